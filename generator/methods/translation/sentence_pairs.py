"""The pairs a translator is asked about, and its answers as artifacts hold them.

A pair is a document that the model did not learn from, with the corpus's own target, or
a source that an author wrote, with the target that the model writes for it. Which
documents are taken depends on the study's seed alone, so that every method of a study,
and every model on the same corpus, is asked about the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import AlignedText, Alignments, Links, Measurement
from generator.core.errors import CorpusError
from generator.core.tokens import Token
from generator.corpora.base import Document
from generator.corpora.words import WordVocabulary, split_into_words
from generator.methods.attention.measures import attention_evenness
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    choose_places,
    corpus_documents,
)
from generator.methods.translation.link_extraction import (
    count_text_links,
    error_rate,
    source_coverage,
)
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Translator

UNKNOWN = 1
"""The id of every token that training did not know."""
END = 2
"""The id of the closing mark."""
CLOSED = Token("</s>", "mark")


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A source and a target, both closed, as a translator reads them."""

    sources: tuple[Token, ...]
    targets: tuple[Token, ...]
    ids: tuple[tuple[int, ...], tuple[int, ...]]
    gold: Links | None = None
    possible: Links = ()
    document: int | None = None


class TranslatorMethod(Method):
    """A method that asks a translator, in one state or several, about pairs."""

    needs: ClassVar = (Translator,)
    texts: tuple[str, ...] = Field(default=(), max_length=100)
    """Sources to ask about, as an author writes them; the model writes the targets."""
    documents: int = Field(default=0, ge=0, le=100_000)
    """How many pairs of the corpus to ask about, which the model did not learn from."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus from which documents are taken."""
    width: int = Field(default=4, ge=1, le=100)
    """How many targets beam search keeps, for what the model writes."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.texts and not self.documents:
            raise ValueError("give texts, or a number of documents to ask about")
        if not all(text.strip() for text in self.texts):
            raise ValueError("texts: one of them is blank; leave it out")
        return self

    def pairs(self, context: Context, model: Translator) -> tuple[SentencePair, ...]:
        """The texts given, then the documents. Raises `CorpusError`."""
        given = translate_texts(model, self.texts, self.width) if self.texts else ()
        if not self.documents:
            return given
        return (*given, *document_pairs(context, model, self.part, self.documents))


class TranslatorStateMethod(TranslatorMethod):
    """A method that asks one state of a translator about pairs."""

    epoch: Epoch = "best"
    """The snapshot that is asked."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The one snapshot that is asked."""
        return (self.epoch,)


def split_text(model: Translator, text: str) -> tuple[str, ...]:
    """A text as the tokens that a model reads."""
    return tuple(text) if model.unit == "character" else split_into_words(text)


def closed_ids(words: WordVocabulary, tokens: Sequence[str]) -> tuple[int, ...]:
    """Tokens as ids, and the closing mark."""
    return (*words.encode(tokens), END)


def closed_tokens(words: WordVocabulary, tokens: Sequence[str]) -> tuple[Token, ...]:
    """Tokens as artifacts hold them, and the closing mark."""
    return (*words.tokens(tokens), CLOSED)


def translate_texts(
    model: Translator, texts: Sequence[str], width: int
) -> tuple[SentencePair, ...]:
    """Sources with what the model writes. Raises `CorpusError` for one too long."""
    sources = [split_text(model, text) for text in texts]
    for text in sources:
        if not 0 < len(text) < model.max_tokens:
            raise CorpusError(
                f"texts: one of them has {len(text):,} tokens; expected 1 to "
                f"{model.max_tokens - 1:,}, as the model reads: shorten it"
            )
    ids = [closed_ids(model.sources, text) for text in sources]
    found = model.translate(ids, width).ids
    return tuple(
        SentencePair(
            closed_tokens(model.sources, text),
            tuple(token_of_id(model.targets, index) for index in target),
            (row, target),
        )
        for text, row, target in zip(sources, ids, found, strict=True)
    )


def token_of_id(words: WordVocabulary, index: int) -> Token:
    """The token of an id, the closing mark as such."""
    return CLOSED if index == END else words.token(index)


def document_pairs(
    context: Context, model: Translator, part: Literal["test", "validation"], count: int
) -> tuple[SentencePair, ...]:
    """Pairs of the corpus that the model did not learn from. Raises `CorpusError`."""
    every = corpus_documents(context)
    log = context.model.log
    held = log.tested if part == "test" else log.held_out
    if not held:
        raise CorpusError(
            f"no document is on the {part} side; expected some that the model did not "
            f"learn from: give the model a share {part}: above 0"
        )
    taken = choose_places(held, count, context.seed[:1])
    return tuple(document_pair(model, every[index], index) for index in taken)


def document_pair(model: Translator, one: Document, index: int) -> SentencePair:
    """A document with its own target, and its links where it has them."""
    source, target = (
        split_text(model, one.text),
        split_text(model, one.translation or ""),
    )
    links = one.alignment
    known = links is not None and links.unit == model.unit
    return SentencePair(
        closed_tokens(model.sources, source),
        closed_tokens(model.targets, target),
        (closed_ids(model.sources, source), closed_ids(model.targets, target)),
        links.sure if links and known else None,
        links.possible if links and known else (),
        index,
    )


def likeliest_hits(best: Sequence[int], target: Sequence[int]) -> list[bool]:
    """Which tokens of a target are the likeliest in their place.

    One that the model does not know never is: it says nothing of which word it was.
    """
    return [one == other != UNKNOWN for one, other in zip(best, target, strict=True)]


def signed_alignments(
    model: Translator,
    pairs: Sequence[SentencePair],
    scores: Iterable[Floats],
    probabilities: Iterable[Floats],
    quantity: str,
) -> Alignments:
    """Signed scores of source tokens for each target token, in nats."""
    every = zip(pairs, scores, probabilities, strict=True)
    return Alignments(
        epoch=model.epoch,
        texts=tuple(build_aligned_text(*one, shares=False) for one in every),
        quantity=quantity,
        unit="nats",
        signed=True,
        forced=all(pair.document is not None for pair in pairs),
        scoring=model.scoring,
        notes=pair_notes(pairs),
    )


def build_aligned_text(
    pair: SentencePair,
    scores: NDArray[np.floating],
    probabilities: Floats,
    *,
    shares: bool,
) -> AlignedText:
    """A pair with its scores and the facts that belong to them.

    `shares`: rows sum to 1, so that they have an entropy.
    """
    found = AlignedText(
        sources=pair.sources,
        targets=pair.targets,
        scores=np.asarray(scores, dtype=np.float32),
        probabilities=probabilities,
        gold=pair.gold,
        possible=pair.possible,
        document=pair.document,
    )
    return replace(found, facts=tuple(_measurements(found, shares=shares)))


def _measurements(text: AlignedText, *, shares: bool) -> Iterable[Measurement]:
    """Numbers that belong to one matrix."""
    if text.gold is not None:
        yield Measurement("alignment error rate", error_rate(count_text_links(text)))
    if shares:
        yield Measurement("entropy / log n", row_entropy(text))
    yield Measurement("source words linked", source_coverage(text))


def row_entropy(text: AlignedText) -> float:
    """The mean entropy of a text's rows as a share of the largest possible."""
    rows = [attention_evenness(row) for row in text.scores]
    return float(np.mean(rows))


def pair_notes(pairs: Sequence[SentencePair]) -> tuple[str, ...]:
    """Whose targets they are, and whether their links are known."""
    written = sum(pair.document is None for pair in pairs)
    notes = ["targets of texts are the model's own, of documents the corpus's"]
    if written in {0, len(pairs)}:
        notes = [f"targets are the {'model' if written else 'corpus'}'s own"]
    unknown = sum(pair.gold is None for pair in pairs)
    if unknown:
        notes.append(f"no gold alignment for {unknown:,} of {len(pairs):,} texts")
    return tuple(notes)
