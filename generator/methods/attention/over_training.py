"""Shares of attention and accuracy, by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Curves
from generator.methods.attention import measures
from generator.methods.attention.measures import Weighed, fit, weigh
from generator.methods.base import Asked, Method
from generator.methods.common.classifier_texts import Question, documents, predicted
from generator.methods.common.snapshots import by_epoch
from generator.methods.common.spans import mask_of
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Attentive

Line = Callable[[Floats, Question], float]
"""One value of one text, from its weights; NaN leaves the text out."""

ACCURACY = "accuracy"
SHORT = "it has fewer than five words"
CUT = "it is too long to be read to its end"


class AttentionCurve(Method):
    """What attention does as training goes on: how even it is, and where it rests.

    1. At most `documents` documents that the model did not learn from are read at each
       epoch with dropout off. Epoch 0 is before training, and a mark stands at the best
       epoch by validation. The documents are the same at every epoch.
    2. Each line is a mean over documents, and all are shares from 0 to 1:
       - the accuracy, so that one sees when the model learns;
       - the entropy of a text's weights as a share of log n over its n slots, 1 being even
         attention, texts of a single slot left out;
       - the largest weight of a text;
       - the attention on the last fifth of the text, as a share of the attention on its
         words. A word that the border of the fifth cuts counts in proportion, so that even
         attention gives exactly 0.2. Texts of fewer than five words, and those too long to
         be read to their end, are left out;
       - where the model weighs padding too, the attention on padding, beside the share of
         slots that are padding, which is what even attention would give it;
       - where documents say which words decide, the attention on these words, beside their
         share of the slots. What was cut away from a document does not count.

    If accuracy rises and attention on the words that decide does not, the model learnt to
    use them without showing it.

    Source: the claims made of the maps of Goku Mohandas, Attentional interfaces (2017):
    that attention starts even, leaves padding, and favours the ends of reviews.

    Differs: the claims were read off pictures of one batch of training texts, whose weights
    were stretched over the range of the colours; here they are measured on held-out texts.
    """

    needs: ClassVar = (Attentive,)
    gives: ClassVar = Curves
    method: Literal["attention_curve"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were kept."""
    documents: int = Field(default=500, ge=1, le=100_000)
    """At most so many documents."""
    part: Literal["test", "validation"] = "validation"
    """The side of the corpus from which documents are taken."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epochs asked for by name."""
        return self.epochs

    def collect(self, asked: Asked) -> Curves:
        """Measure. Raises `CorpusError` and `IntegrityError`."""
        best: Attentive = asked.model.at("best")
        every = documents(asked, best, self.part, self.documents)
        questions, _ = fit(every, self.part, lambda _: "")
        drawn = lines(best, questions)
        return by_epoch(
            asked,
            self.epochs,
            lambda model: means(weigh(model, questions), drawn),
            (ACCURACY, *drawn),
            "share",
        )


def lines(model: Attentive, questions: tuple[Question, ...]) -> dict[str, Line]:
    """The lines that mean something for this model and these documents."""
    found: dict[str, Line] = {
        "entropy / log n": lambda row, _: measures.evenness(row),
        "largest weight": lambda row, _: measures.largest(row),
        "attention on the last fifth": on_last_fifth,
        "even share of a fifth": lambda _row, _one: 1 / measures.PARTS,
    }
    if not model.masked:
        found["attention on padding"] = on_padding
        found["even share of padding"] = share_of_padding
    if any(one.rationale for one in questions):
        found["attention on the rationale"] = on_rationale
        found["even share of the rationale"] = share_of_rationale
    return found


def means(found: Weighed, drawn: dict[str, Line]) -> tuple[float, ...]:
    """Accuracy, then the mean of each line over the texts that have a value."""
    return (accuracy(found), *(mean(found.each(line)) for line in drawn.values()))


def mean(values: NDArray[np.floating[Any]]) -> float:
    """The mean of what is defined, NaN where nothing is."""
    real = values[np.isfinite(values)]
    return float(real.mean()) if real.size else math.nan


def accuracy(found: Weighed) -> float:
    """Share of labelled texts whose most probable label is theirs."""
    labels = found.model.labels
    given = predicted(found.probabilities)
    pairs = zip(given, found.questions, strict=True)
    hits = [labels[place] == one.truth for place, one in pairs if one.truth]
    return mean(np.array(hits, dtype=np.float64))


def no_fifths(question: Question) -> str:
    """Why a text has no fifths to compare, "" where it has."""
    if question.length:
        return CUT
    return SHORT if len(question.ids) < measures.PARTS else ""


def on_last_fifth(row: Floats, question: Question) -> float:
    """Share of the attention on words that is on the last fifth."""
    if no_fifths(question):
        return math.nan
    return float(measures.fifths(row, len(question.ids))[-1])


def on_padding(row: Floats, question: Question) -> float:
    """Attention behind the text."""
    return measures.on_padding(row, len(question.ids))


def share_of_padding(row: Floats, question: Question) -> float:
    """What even attention would put there."""
    return 1 - len(question.ids) / row.size


def on_rationale(row: Floats, question: Question) -> float:
    """Attention on the words that decide, NaN where none is known."""
    if not question.rationale:
        return math.nan
    return measures.on(row, mask_of(question.rationale, len(question.ids)))


def share_of_rationale(row: Floats, question: Question) -> float:
    """What even attention would put there."""
    if not question.rationale:
        return math.nan
    return float(mask_of(question.rationale, len(question.ids)).sum()) / row.size
