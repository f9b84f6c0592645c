"""Measures of attention, and accuracy, by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Curves
from generator.methods.attention import measures
from generator.methods.attention.measures import (
    AttendedTexts,
    collect_attention,
    select_texts,
)
from generator.methods.base import Context, Method
from generator.methods.common.classifier_texts import (
    InputText,
    document_texts,
    predicted_labels,
)
from generator.methods.common.snapshots import measure_epochs
from generator.methods.common.spans import spans_mask
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Attentive

AttentionMeasure = Callable[[Floats, InputText], float]
"""One value of one text, from its weights; NaN leaves the text out."""

ACCURACY = "accuracy"
SHORT = "fewer than five words"
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
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Curves:
        """Measure attention at each epoch; see the base."""
        best: Attentive = context.model.at("best")
        every = document_texts(context, best, self.part, self.documents)
        questions, _ = select_texts(every, self.part, lambda _: "")
        lines = applicable_measures(best, questions)
        return measure_epochs(
            context,
            self.epochs,
            lambda model: mean_values(collect_attention(model, questions), lines),
            (ACCURACY, *lines),
            "share",
        )


def applicable_measures(
    model: Attentive, questions: tuple[InputText, ...]
) -> dict[str, AttentionMeasure]:
    """Return the measures that mean something for this model and these documents."""
    lines: dict[str, AttentionMeasure] = {
        "entropy / log n": lambda row, _: measures.attention_evenness(row),
        "largest weight": lambda row, _: measures.largest_weight(row),
        "attention on the last fifth": last_fifth_attention,
        "even share of a fifth": lambda _row, _one: 1 / measures.PARTS,
    }
    if not model.masked:
        lines["attention on padding"] = padding_share
        lines["even share of padding"] = even_padding_share
    if any(one.rationale for one in questions):
        lines["attention on the rationale"] = rationale_attention
        lines["even share of the rationale"] = even_rationale_share
    return lines


def mean_values(
    attended: AttendedTexts, lines: dict[str, AttentionMeasure]
) -> tuple[float, ...]:
    """Compute accuracy, then the mean of each measure over the texts that have a value."""
    return (
        labelled_accuracy(attended),
        *(defined_mean(attended.measure_each(measure)) for measure in lines.values()),
    )


def defined_mean(values: NDArray[np.floating[Any]]) -> float:
    """Compute the mean of what is defined, NaN where nothing is."""
    real = values[np.isfinite(values)]
    return float(real.mean()) if real.size else math.nan


def labelled_accuracy(attended: AttendedTexts) -> float:
    """Compute the share of labelled texts whose most probable label is theirs."""
    labels = attended.model.labels
    predicted = predicted_labels(attended.probabilities)
    pairs = zip(predicted, attended.questions, strict=True)
    hits = [labels[place] == one.truth for place, one in pairs if one.truth]
    return defined_mean(np.array(hits, dtype=np.float64))


def no_fifths_reason(question: InputText) -> str:
    """Return why a text has no fifths to compare, "" where it has."""
    if question.length:
        return CUT
    return SHORT if len(question.ids) < measures.PARTS else ""


def last_fifth_attention(row: Floats, question: InputText) -> float:
    """Compute the share of the attention on words that is on the last fifth."""
    if no_fifths_reason(question):
        return math.nan
    return float(measures.attention_by_fifth(row, len(question.ids))[-1])


def padding_share(row: Floats, question: InputText) -> float:
    """Compute the attention after the text's tokens."""
    return measures.padding_attention(row, len(question.ids))


def even_padding_share(row: Floats, question: InputText) -> float:
    """Compute what even attention would put after the text's tokens."""
    return 1 - len(question.ids) / row.size


def rationale_attention(row: Floats, question: InputText) -> float:
    """Compute the attention on the words that decide, NaN where none is known."""
    if not question.rationale:
        return math.nan
    return measures.masked_attention(
        row, spans_mask(question.rationale, len(question.ids))
    )


def even_rationale_share(row: Floats, question: InputText) -> float:
    """Compute what even attention would put on the words that decide."""
    if not question.rationale:
        return math.nan
    return float(spans_mask(question.rationale, len(question.ids)).sum()) / row.size
