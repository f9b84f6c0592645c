"""The pairs a translator is applied to, and its scores as artifacts hold them.

A pair is a document that the model did not learn from, with the corpus's own target, or
a source that an author wrote, with the target that the model writes for it. Which
documents are taken depends on the study's seed alone, so that every method of a study,
and every model on the same corpus, uses the same ones.
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
from generator.corpora.words import (
    WordVocabulary,
    split_into_clusters,
    split_into_words,
)
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
    """A method that applies a translator, at one snapshot or several, to pairs."""

    needs: ClassVar = (Translator,)
    texts: tuple[str, ...] = Field(default=(), max_length=100)
    """Sources to ask about, as an author writes them; the model writes the targets."""
    documents: int = Field(default=0, ge=0, le=100_000)
    """How many pairs of the corpus to ask about, which the model did not learn from."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus from which documents are taken."""
    width: int = Field(default=4, ge=1, le=100)
    """How many targets beam search keeps, for what the model writes."""

    def list_typed_texts(self) -> tuple[str, ...]:
        """Return the sources that the author wrote."""
        return self.texts

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.texts and not self.documents:
            raise ValueError("give texts, or a number of documents to ask about")
        if not all(text.strip() for text in self.texts):
            raise ValueError("texts: one of them is blank; leave it out")
        return self

    def pairs(self, context: Context, model: Translator) -> tuple[SentencePair, ...]:
        """Return the author's texts with the model's targets, then the documents.

        Args:
            context: Where documents come from.
            model: The translator, which writes targets and decides how texts are split.

        Raises:
            CorpusError: Documents are wanted and there are none, or a text is too long.
        """
        translated = (
            translate_texts(model, self.texts, self.width) if self.texts else ()
        )
        if not self.documents:
            return translated
        return (*translated, *document_pairs(context, model, self.part, self.documents))


class TranslatorStateMethod(TranslatorMethod):
    """A method that applies one snapshot of a translator to pairs."""

    epoch: Epoch = "best"
    """The snapshot that is asked."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)


def split_text(model: Translator, text: str) -> tuple[str, ...]:
    """Split a text into the tokens that a model reads."""
    split = split_into_clusters if model.unit == "character" else split_into_words
    return split(text)


def closed_ids(words: WordVocabulary, tokens: Sequence[str]) -> tuple[int, ...]:
    """Encode tokens, and add the closing mark."""
    return (*words.encode(tokens), END)


def closed_tokens(words: WordVocabulary, tokens: Sequence[str]) -> tuple[Token, ...]:
    """Return tokens as artifacts hold them, and the closing mark."""
    return (*words.tokens(tokens), CLOSED)


def translate_texts(
    model: Translator, texts: Sequence[str], width: int
) -> tuple[SentencePair, ...]:
    """Translate sources by beam search.

    Args:
        model: The translator.
        texts: The sources.
        width: Of the beam.

    Raises:
        CorpusError: A source is empty or too long.
    """
    sources = [split_text(model, text) for text in texts]
    for text in sources:
        if not 0 < len(text) < model.max_tokens:
            raise CorpusError(
                f"texts: one of them has {len(text):,} tokens; expected 1 to "
                f"{model.max_tokens - 1:,}, as the model reads: shorten it"
            )
    ids = [closed_ids(model.sources, text) for text in sources]
    targets = model.translate(ids, width).ids
    return tuple(
        SentencePair(
            closed_tokens(model.sources, text),
            tuple(token_of_id(model.targets, index) for index in target),
            (row, target),
        )
        for text, row, target in zip(sources, ids, targets, strict=True)
    )


def token_of_id(words: WordVocabulary, index: int) -> Token:
    """Return the token of an id, the closing mark as such."""
    return CLOSED if index == END else words.token(index)


def document_pairs(
    context: Context, model: Translator, part: Literal["test", "validation"], count: int
) -> tuple[SentencePair, ...]:
    """Return pairs of the corpus that the model did not learn from.

    Args:
        context: The corpus, the model's log and the seed that chooses.
        model: The translator, which decides how texts are split.
        part: The side of the corpus.
        count: At most so many.

    Raises:
        CorpusError: There is none.
    """
    every = corpus_documents(context)
    log = context.model.log
    candidates = log.tested if part == "test" else log.held_out
    if not candidates:
        raise CorpusError(
            f"no document is on the {part} side; expected some that the model did not "
            f"learn from: give the model a share {part}: above 0"
        )
    chosen = choose_places(candidates, count, context.seed[:1])
    return tuple(document_pair(model, every[index], index) for index in chosen)


def document_pair(model: Translator, one: Document, index: int) -> SentencePair:
    """Build the pair of a document, with its links where it has them."""
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
    """Return which tokens of a target are the likeliest in their place.

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
    """Build the artifact of signed scores, in nats.

    Args:
        model: The translator.
        pairs: The pairs.
        scores: Of each pair, (targets, sources).
        probabilities: Of each pair's target tokens, (targets,).
        quantity: What the scores are.
    """
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
    """Build a pair with its scores and measurements.

    Args:
        pair: The pair.
        scores: (targets, sources).
        probabilities: Of the target tokens, (targets,).
        shares: Whether rows sum to 1, so that they have an entropy.
    """
    text = AlignedText(
        sources=pair.sources,
        targets=pair.targets,
        scores=np.asarray(scores, dtype=np.float32),
        probabilities=probabilities,
        gold=pair.gold,
        possible=pair.possible,
        document=pair.document,
    )
    return replace(text, facts=tuple(_measurements(text, shares=shares)))


def _measurements(text: AlignedText, *, shares: bool) -> Iterable[Measurement]:
    """Yield the measurements of one matrix."""
    if text.gold is not None:
        yield Measurement("alignment error rate", error_rate(count_text_links(text)))
    if shares:
        yield Measurement("entropy / log n", row_entropy(text))
    yield Measurement("source words linked", source_coverage(text))


def row_entropy(text: AlignedText) -> float:
    """Compute the mean entropy of a text's rows as a share of the largest possible."""
    rows = [attention_evenness(row) for row in text.scores]
    return float(np.mean(rows))


def pair_notes(pairs: Sequence[SentencePair]) -> tuple[str, ...]:
    """Describe whose targets the pairs have, and whether their links are known."""
    written = sum(pair.document is None for pair in pairs)
    notes = ["targets of texts are the model's own, of documents the corpus's"]
    if written in {0, len(pairs)}:
        notes = [f"targets are the {'model' if written else 'corpus'}'s own"]
    unknown = sum(pair.gold is None for pair in pairs)
    if unknown:
        notes.append(f"no gold alignment for {unknown:,} of {len(pairs):,} texts")
    return tuple(notes)
