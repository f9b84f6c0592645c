"""The texts a classifier is asked about, and its answers as artifacts hold them.

A text is one that an author wrote, or a document that the model did not learn from.
Which documents are taken depends on the study's seed alone, not on the artifact's name,
so that every method of a study sees the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import ScoredText
from generator.core.errors import ConfigError, CorpusError, nearest, quoted
from generator.core.tokens import Token
from generator.corpora.tokenization import PAD
from generator.corpora.words import Span, within, words_of
from generator.methods.base import Asked, Method
from generator.methods.common.language_model_texts import chosen, documents_of, narrow
from generator.models.base import Epoch
from generator.models.capabilities import Classifier, Reader, Story

PADDING = Token(PAD, "pad")


@dataclass(frozen=True, slots=True)
class Question:
    """A text to ask about, cut to what the model reads."""

    tokens: tuple[Token, ...]
    ids: tuple[int, ...]
    truth: str = ""
    rationale: tuple[tuple[int, int], ...] = ()
    document: int | None = None
    length: int = 0  # tokens of the whole text, if more than are read
    question: str = ""  # what is asked about the text, "" where nothing is


class OfTexts(Method):
    """A method that asks a classifier, in one state or several, about texts."""

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

    def check_texts(self) -> None:
        """Raise `ValueError` where nothing is asked about."""
        if not self.texts and not self.documents:
            raise ValueError("give texts, or a number of documents to ask about")
        if any(not words_of(text) for text in self.texts):
            raise ValueError("texts: one of them holds no word; leave it out")

    def questions(self, asked: Asked, model: Classifier) -> tuple[Question, ...]:
        """The texts given, then the documents. Raises `CorpusError`."""
        given = (question(model, words_of(text)) for text in self.texts)
        if not self.documents:
            return tuple(given)
        return (*given, *documents(asked, model, self.part, self.documents))


class TextMethod(OfTexts):
    """A method that asks one state of a classifier about texts."""

    epoch: Epoch = "best"
    """The snapshot that is asked."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The one snapshot that is asked."""
        return (self.epoch,)


def question(
    model: Classifier,
    words: Sequence[str],
    *,
    truth: str = "",
    rationale: tuple[tuple[int, int], ...] = (),
    document: int | None = None,
) -> Question:
    """`words` as the model reads them; spans beyond the cut are cut too.

    A reader of stories reads them by sentence: a rationale are the sentences it is in.
    """
    if isinstance(model, Reader):
        return story(model.story(words), truth, rationale, document)
    read = words[: model.max_tokens]
    spans = ((start, min(end, len(read))) for start, end in rationale)
    return Question(
        tokens=model.words.tokens(read),
        ids=model.words.encode(read),
        truth=truth,
        rationale=tuple((start, end) for start, end in spans if start < end),
        document=document,
        length=len(words) if len(words) > len(read) else 0,
    )


def story(
    read: Story, truth: str, rationale: Sequence[Span], document: int | None
) -> Question:
    """A story as its reader divides it."""
    spans = within(read.spans, rationale)
    size = len(read.sentences)
    return Question(
        tokens=read.sentences,
        ids=read.ids,
        truth=truth,
        rationale=tuple(span for span in spans if span[1] <= size),
        document=document,
        length=len(read.spans) if len(read.spans) > size else 0,
        question=read.question,
    )


def documents(
    asked: Asked, model: Classifier, part: str, limit: int | None = None
) -> Iterator[Question]:
    """Documents of one side, at most `limit`, in their order. Raises `CorpusError`."""
    every = documents_of(asked)
    for index in chosen(side(asked, part), limit, asked.seed[:1]):
        document = every[index]
        yield question(
            model,
            words_of(document.text),
            truth=document.label or "",
            rationale=document.rationale,
            document=index,
        )


def side(asked: Asked, part: str) -> tuple[int, ...]:
    """Indices of the documents of one side. Raises `CorpusError` if there are none."""
    log = asked.model.log
    found = log.tested if part == "test" else log.held_out
    if not found:
        raise CorpusError(
            f"no document is on the {part} side; expected some that the model was not "
            f"trained on: give the model a share for {part}"
        )
    return found


def label_place(model: Classifier, label: str) -> int:
    """Where a label stands among the model's. Raises `ConfigError`."""
    if label not in model.labels:
        raise ConfigError(
            f"label: the model has no {quoted(label)}; {nearest(label, model.labels)}"
        )
    return model.labels.index(label)


def predicted(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.intp]:
    """The most probable label of each row, the first of a tie."""
    return np.asarray(np.argmax(probabilities, axis=-1))


def scored(
    asked: Question,
    scores: NDArray[np.floating[Any]],
    probabilities: NDArray[np.floating[Any]],
    **more: Any,  # noqa: ANN401 - fields of `ScoredText`
) -> ScoredText:
    """A question with its scores; scores beyond the tokens are padding's."""
    pads = len(scores) - len(asked.tokens)
    return ScoredText(
        tokens=asked.tokens + (PADDING,) * pads,
        scores=narrow(scores),
        probabilities=narrow(probabilities),
        truth=asked.truth,
        rationale=asked.rationale,
        document=asked.document,
        length=asked.length,
        question=asked.question,
        **more,
    )
