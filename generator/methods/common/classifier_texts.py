"""The texts a classifier is applied to, and its predictions as artifacts hold them.

A text is one that an author wrote, or a document that the model did not learn from.
Which
documents are taken depends on the study's seed alone, not on the artifact's name, so
that
every method of a study sees the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import ScoredText
from generator.core.errors import ConfigError, CorpusError, quote_text, suggest_nearest
from generator.core.tokens import Token
from generator.corpora.tokenization import PAD
from generator.corpora.words import (
    Span,
    Unit,
    find_rationale_sentences,
    split_into_words,
)
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    choose_places,
    corpus_documents,
    to_float32,
)
from generator.models.base import Epoch
from generator.models.capabilities import Classifier, EncodedStory, StoryReader

PADDING = Token(PAD, "pad")


@dataclass(frozen=True, slots=True)
class InputText:
    """A text to classify, cut to what the model reads."""

    tokens: tuple[Token, ...]
    ids: tuple[int, ...]
    truth: str = ""
    rationale: tuple[tuple[int, int], ...] = ()
    document: int | None = None
    length: int = 0  # tokens of the whole text, if more than are read
    question: str = ""  # what is asked about the text, "" where nothing is
    unit: Unit = "word"  # what its tokens are; sentences are said to be words


class ClassifierMethod(Method):
    """A method that applies a classifier, at one snapshot or several, to texts."""

    texts: tuple[str, ...] = Field(default=(), max_length=100)
    """Texts to ask about, as an author writes them."""
    documents: int = Field(default=0, ge=0, le=100_000)
    """How many documents to ask about, which the model did not learn from."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus from which documents are taken."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        self.check_texts()
        return self

    def list_typed_texts(self) -> tuple[str, ...]:
        """Return the texts that the author wrote."""
        return self.texts

    def check_texts(self) -> None:
        """Check that the settings name at least one usable text.

        Raises:
            ValueError: There are neither texts nor documents, or a text holds no word.
        """
        if not self.texts and not self.documents:
            raise ValueError("give texts, or a number of documents to ask about")
        if any(not split_into_words(text) for text in self.texts):
            raise ValueError("texts: one of them holds no word; leave it out")

    def input_texts(self, context: Context, model: Classifier) -> tuple[InputText, ...]:
        """Return the author's texts, then the documents.

        Args:
            context: Where documents come from.
            model: The classifier, which decides how texts are cut.

        Returns:
            The texts in a fixed order.

        Raises:
            CorpusError: Documents are wanted and there are none on that side.
        """
        texts = (build_input_text(model, model.words.split(t)) for t in self.texts)
        if not self.documents:
            return tuple(texts)
        return (*texts, *document_texts(context, model, self.part, self.documents))


class TextMethod(ClassifierMethod):
    """A method that applies one snapshot of a classifier to texts."""

    epoch: Epoch = "best"
    """The snapshot that is asked."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)


def build_input_text(
    model: Classifier,
    words: Sequence[str],
    *,
    truth: str = "",
    rationale: tuple[tuple[int, int], ...] = (),
    document: int | None = None,
) -> InputText:
    """Build the input of a classifier from words.

    A reader of stories divides them into sentences; a rationale becomes the sentences
    it is in.

    Args:
        model: The classifier; `words` are cut to its `max_tokens`.
        words: Words of the whole text.
        truth: The text's own label, "" if unknown.
        rationale: Half-open spans of words; what lies beyond the cut is cut off.
        document: Index of the document in its corpus, if it is one.

    Returns:
        The text as the model reads it.
    """
    if isinstance(model, StoryReader):
        return build_story_text(model.story(words), truth, rationale, document)
    read = words[: model.max_tokens]
    spans = ((start, min(end, len(read))) for start, end in rationale)
    return InputText(
        tokens=model.words.tokens(read),
        ids=model.words.encode(read),
        truth=truth,
        rationale=tuple((start, end) for start, end in spans if start < end),
        document=document,
        length=len(words) if len(words) > len(read) else 0,
        unit=model.words.unit,
    )


def build_story_text(
    read: EncodedStory, truth: str, rationale: Sequence[Span], document: int | None
) -> InputText:
    """Build the input of a story reader.

    Args:
        read: The story as its reader divides it into sentences.
        truth: The story's answer, "" if unknown.
        rationale: Half-open spans of words.
        document: Index of the document in its corpus, if it is one.

    Returns:
        The text, its tokens being sentences; rationales are spans of sentences.
    """
    spans = find_rationale_sentences(read.spans, rationale)
    size = len(read.sentences)
    return InputText(
        tokens=read.sentences,
        ids=read.ids,
        truth=truth,
        rationale=tuple(span for span in spans if span[1] <= size),
        document=document,
        length=len(read.spans) if len(read.spans) > size else 0,
        question=read.question,
    )


def document_texts(
    context: Context, model: Classifier, part: str, limit: int | None = None
) -> Iterator[InputText]:
    """Yield documents of one side of the corpus as inputs, in their order.

    Args:
        context: The corpus, the model's log and the seed that chooses.
        model: The classifier, which decides how texts are cut.
        part: "test" or "validation".
        limit: At most so many documents, None for all.

    Yields:
        One input per document.

    Raises:
        CorpusError: There is no corpus, or no document on that side.
    """
    every = corpus_documents(context)
    for index in choose_places(side_documents(context, part), limit, context.seed[:1]):
        document = every[index]
        yield build_input_text(
            model,
            model.words.split(document.text),
            truth=document.label or "",
            rationale=model.words.map_spans(document.text, document.rationale),
            document=index,
        )


def side_documents(context: Context, part: str) -> tuple[int, ...]:
    """Return the indices of the documents on one side of the corpus.

    Args:
        context: The model's log holds the sides.
        part: "test" or "validation".

    Returns:
        Indices into the corpus's documents, at least one.

    Raises:
        CorpusError: No document is on that side.
    """
    log = context.model.log
    indices = log.tested if part == "test" else log.held_out
    if not indices:
        raise CorpusError(
            f"no document is on the {part} side; expected some that the model was not "
            f"trained on: give the model a share for {part}"
        )
    return indices


def label_index(model: Classifier, label: str) -> int:
    """Return the index of a label among the model's.

    Raises:
        ConfigError: The model has no such label.
    """
    if label not in model.labels:
        raise ConfigError(
            f"label: the model has no {quote_text(label)}; {suggest_nearest(label, model.labels)}"
        )
    return model.labels.index(label)


def predicted_labels(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.intp]:
    """Return the index of the most probable label of each row.

    Args:
        probabilities: (…, labels).

    Returns:
        Indices (…), the first of a tie.
    """
    return np.asarray(np.argmax(probabilities, axis=-1))


def build_scored_text(
    question: InputText,
    scores: NDArray[np.floating[Any]],
    probabilities: NDArray[np.floating[Any]],
    **more: Any,  # noqa: ANN401 - fields of `ScoredText`
) -> ScoredText:
    """Build the artifact's text from an input and its scores.

    Args:
        question: The text that was classified.
        scores: (slots,); those beyond the text's tokens are padding's.
        probabilities: (labels,), of the whole text.
        more: Further fields of `ScoredText`.

    Returns:
        The text with one score per token, padding tokens appended where scored.
    """
    pads = len(scores) - len(question.tokens)
    return ScoredText(
        tokens=question.tokens + (PADDING,) * pads,
        scores=to_float32(scores),
        probabilities=to_float32(probabilities),
        truth=question.truth,
        rationale=question.rationale,
        document=question.document,
        length=question.length,
        question=question.question,
        **more,
    )
