"""Where attention rests and how evenly, as a claim with a verdict."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import Estimates
from generator.core.errors import UnsupportedError
from generator.methods.attention import measures
from generator.methods.attention.measures import (
    BEFORE,
    EVEN,
    AttendedTexts,
    AttentionComparison,
    AttentionTable,
    collect_attention,
    count_slots,
)
from generator.methods.attention.over_training import (
    even_padding_share,
    no_fifths_reason,
    padding_share,
)
from generator.methods.attention.weights import ONE
from generator.methods.base import Context
from generator.methods.common import statistics
from generator.methods.common.classifier_texts import InputText
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Attentive

Measure = Literal["places", "evenness", "padding"]
AFTER = "after training"
FIFTHS = ("first fifth", "second fifth", "third fifth", "fourth fifth", "last fifth")
LEVEL = 0.999
"""Entropy as a share of log n from which attention is called even."""


class AttentionDistribution(AttentionTable):
    """Does attention start even, leave padding, favour endings? Each claim with a verdict.

    The model reads documents that it did not learn from, with dropout off. Each `measure`
    is a table of one quantity, a mean over documents with its 95 % bootstrap interval:

    1. `places`: the attention on each fifth of the text, as a share of the attention on its
       words. A word that a border cuts counts in proportion, so that even attention gives
       each fifth exactly 0.2. Texts of fewer than five words, and those too long to be read
       to their end, are left out. The claim is that attention favours endings. Supported:
       the whole interval of the last fifth lies above 0.2. Not supported: it lies below.
       The last fifth before training stands beside it, as a network can favour a place
       before it has learnt anything.
    2. `evenness`: the entropy of a text's weights as a share of log n over its n slots,
       which is 1 for even attention, before training and after. Texts of a single slot are
       left out. The claim is that attention starts even. Supported: the whole interval
       before training lies above 0.999. Not supported: it lies below. The notes say how
       many times the even share the largest weight of a text is, on average.
    3. `padding`: the attention on padding in a model that weighs it, before training and
       after. The line is even attention: the share of slots that are padding. If the
       formula of the score bounds the ratio r of two weights, the least that padding can
       get is given too: with p padded slots and t words it is p / (p + r t), whatever the
       model has learnt. Texts that fill all slots are left out. The claim is that attention
       ignores padding. Supported: the whole interval after training lies below `threshold`,
       or below even attention where that is less. Not supported: it lies above.

    In each case it is undecided where the bar lies inside the interval; an end within
    rounding, 0.000001, of the bar is on it, and not beyond it.

    Source: the claims made of the maps of Goku Mohandas, Attentional interfaces (2017).

    Differs: the claims were read off pictures of one batch of training texts whose first
    frame came after an epoch of training, the weights being stretched over the range of the
    colours. With its score, squashed into the range from -1 to 1, r is e² = 7.39: of 300
    slots, 100 of them padding, padding gets at least 6.3 %.
    """

    version: ClassVar[int] = 3
    method: Literal["attention_shares"]
    measure: Measure
    """Which table: one quantity on one axis."""
    threshold: float = Field(default=0.05, gt=0, lt=1)
    """The attention on padding below which it counts as ignored; for `padding`."""

    @model_validator(mode="after")
    def _of_padding(self) -> Self:
        if "threshold" in self.model_fields_set and self.measure != "padding":
            raise ValueError("threshold is for the measure padding alone; leave it out")
        return self

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the snapshot, and epoch 0 where the claim is about it."""
        return (0, self.epoch) if self.measure == "evenness" else (self.epoch,)

    def collect(self, context: Context) -> Estimates:
        """Measure the distribution of attention; see the base."""
        model: Attentive = context.model.at(self.epoch)
        if self.measure == "places":
            return fifths_table(self.compare(context, model, no_fifths_reason))
        if self.measure == "evenness":
            comparison = self.compare(
                context, model, lambda one: no_evenness_reason(model, one)
            )
            return evenness_table(comparison)
        if model.masked:
            raise UnsupportedError(
                "measure: padding: the model masks padding, whose attention is 0 by "
                "construction; expected a model that does not mask it: ask for "
                "evenness or places"
            )
        comparison = self.compare(
            context, model, lambda one: no_padding_reason(model, one)
        )
        return padding_table(comparison, self.threshold)


def fifths_table(comparison: AttentionComparison) -> Estimates:
    """Build the table of attention on the fifths of a text, the last first.

    The verdict is about the first row.
    """
    each = zip(FIFTHS[::-1], text_fifth_shares(comparison.now).T[::-1], strict=True)
    rows = [comparison.mean_row(name, values) for name, values in each]
    even = 1 / measures.PARTS
    verdict = statistics.judge_interval(rows[0], even)
    if comparison.before is not None:
        untrained = text_fifth_shares(comparison.before)[:, -1]
        name = f"{FIFTHS[-1]} {BEFORE}"
        rows.append(comparison.mean_row(name, untrained, "negative control"))
    return comparison.build_table(
        "share of the attention on words",
        "attention favours endings",
        reference=(even, EVEN),
        verdict=verdict,
        rows=rows,
    )


def evenness_table(comparison: AttentionComparison) -> Estimates:
    """Build the table of entropy before training and after.

    Raises whatever the model raises where epoch 0 was not saved.
    """
    if comparison.now.model.epoch:
        first = comparison.before or collect_attention(
            comparison.context.model.at(0), comparison.now.questions
        )
        each = {BEFORE: first, AFTER: comparison.now}
    else:
        each = {BEFORE: comparison.now}
    rows = [
        comparison.mean_row(name, one.measure_each(entropy_share))
        for name, one in each.items()
    ]
    return comparison.build_table(
        "entropy of the weights / log n",
        "attention starts even",
        reference=(1.0, EVEN),
        verdict=statistics.judge_interval(rows[0], LEVEL),
        rows=rows,
        notes=tuple(
            f"{name}: {describe_largest_ratio(one)}" for name, one in each.items()
        ),
    )


def padding_table(comparison: AttentionComparison, threshold: float) -> Estimates:
    """Build the table of attention on padding before training and after.

    Args:
        comparison: The attention.
        threshold: The share below which padding counts as ignored.
    """
    model = comparison.now.model
    name = AFTER if model.epoch else BEFORE
    rows = [comparison.mean_row(name, comparison.now.measure_each(padding_share))]
    rows += comparison.control_row(padding_share)
    even = comparison.mean_row(
        EVEN, comparison.now.measure_each(even_padding_share), "null"
    )
    rows.append(even)
    if model.ratio is not None:
        least = least_padding_bounds(comparison.now, model.ratio)
        rows.append(comparison.mean_row("least the formula allows", least, "null"))
    return comparison.build_table(
        "attention on padding",
        "attention ignores padding",
        reference=(even.value, EVEN),
        verdict=statistics.judge_interval(rows[0], min(threshold, even.value), "below"),
        rows=rows,
    )


def no_evenness_reason(model: Attentive, question: InputText) -> str:
    """Return why a text's weights cannot be even or uneven, "" where they can."""
    return ONE if count_slots(model, question) == 1 else ""


def no_padding_reason(model: Attentive, question: InputText) -> str:
    """Return why a text has no padding, "" where it has."""
    filled = len(question.ids) == count_slots(model, question)
    return "it fills all slots and has no padding" if filled else ""


def text_fifth_shares(attended: AttendedTexts) -> NDArray[np.float64]:
    """Compute the shares of attention on the fifths of each text, (documents, 5)."""
    pairs = zip(attended.weights, attended.questions, strict=True)
    return np.array(
        [measures.attention_by_fifth(row, len(one.ids)) for row, one in pairs]
    )


def entropy_share(row: Floats, _question: InputText) -> float:
    """Compute the entropy of a row as a share of log n."""
    return measures.attention_evenness(row)


def describe_largest_ratio(attended: AttendedTexts) -> str:
    """Describe how far the largest weight is above the even share."""
    times = attended.measure_each(
        lambda row, _: measures.largest_weight(row) * row.size
    ).mean()
    return f"the largest weight of a text is {times:.2f} times the even share"


def least_padding_bounds(
    attended: AttendedTexts, ratio: float
) -> NDArray[np.floating[Any]]:
    """Compute the least attention on padding that the formula allows, (documents,)."""
    return attended.measure_each(
        lambda row, one: measures.least_padding_attention(row.size, len(one.ids), ratio)
    )
