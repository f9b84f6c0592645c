"""Attention compared with the words known to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates
from generator.corpora.base import Annotation
from generator.methods.attention.measures import (
    BEFORE,
    EVEN,
    AttendedTexts,
    AttentionComparison,
    AttentionTable,
    masked_attention,
)
from generator.methods.attention.over_training import (
    even_rationale_share,
    rationale_attention,
)
from generator.methods.base import Context
from generator.methods.common import statistics
from generator.methods.common.classifier_texts import InputText
from generator.methods.common.spans import (
    Mask,
    average_precision,
    draw_elsewhere,
    holds_largest,
    random_precision,
    spans_mask,
)
from generator.models.base import Floats

Measure = Literal["share", "first", "auprc"]
RATIONALE = "rationale"
DRAWS = 20
"""Other spans drawn for each document."""


class AttentionRationale(AttentionTable):
    """Does attention rest on the words that decide, where these are known?

    The model reads documents that it did not learn from, and of which it is known by
    construction which words decide the label: the rationale. Each `measure` is a table of
    one quantity:

    1. `share`: the attention on the rationale. Beside it stand what even attention over the
       same slots would put there; the attention on other spans of the same lengths,
       drawn at random from the words outside the rationale and averaged over twenty draws;
       and the attention on the rationale before training. Means have 95 % bootstrap
       intervals over documents.
    2. `first`: how often the largest weight of a text is the weight of a word of the
       rationale; a tie with any other slot counts as lost. Beside it stand the rate of a
       slot taken at random, and the rate before training. Wilson intervals.
    3. `auprc`: the average precision with which the weights rank the words of the rationale
       above the other words: the mean, over the words of the rationale from the largest
       weight down, of the share of rationale among the words with weights as large or
       larger. 1 is all of them on top. Beside it stand the average precision expected of a
       random order, and that of the weights before training. Padding is not ranked.

    What the model did not read of a document, as it was too long, does not count. Documents
    of whose rationale nothing was read, and those of which it is every word, are left out
    and counted in the notes. A document without room for other spans of the same lengths
    has no value in that row.

    Verdict. The first row is compared with the largest value of the other rows: even
    attention, other spans, a random order, and the model before training. Supported: its
    whole interval lies above, by more than rounding, 0.000001. Not supported: none of it
    does. Undecided otherwise.

    A model may be right because of the words that decide and not show it: the vector at
    another word can hold what was read at the deciding one. Then the table says so: the
    weights do not show what decided.

    Source: planted rationales as a gate for methods, Bastings et al. (2021), "Will you find
    these shortcuts?", arXiv 2111.07367; area under the precision-recall curve against
    rationales, DeYoung et al. (2020), ERASER, arXiv 1911.03429.

    Differs: the bar of the ranking is the average precision of a random order and not the
    share of words that decide. The two agree on long texts; on short ones a random order
    does better, and the share would call chance a success.
    """

    version: ClassVar[int] = 2
    expects: ClassVar = frozenset({Annotation.RATIONALE})
    method: Literal["attention_rationale"]
    measure: Measure = "share"
    """Which table: one quantity on one axis."""

    def collect(self, context: Context) -> Estimates:
        """Measure attention on rationales; see the base."""
        comparison = self.compare(
            context, context.model.at(self.epoch), unusable_reason
        )
        return TABLES[self.measure](comparison)


def unusable_reason(question: InputText) -> str:
    """Return why a document cannot be used, "" where it can."""
    known = rationale_mask(question)
    if not known.any():
        return "no word of its rationale was read"
    return "every word is in its rationale" if known.all() else ""


def rationale_share_table(comparison: AttentionComparison) -> Estimates:
    """Build the table of the attention on the rationale."""
    rng = comparison.context.generator

    def on_others(row: Floats, one: InputText) -> float:
        return attention_on_other_span(row, one, rng(1, one.document or 0))

    rows = [
        comparison.mean_row(
            RATIONALE, comparison.now.measure_each(rationale_attention)
        ),
        comparison.mean_row(
            EVEN, comparison.now.measure_each(even_rationale_share), "null"
        ),
        comparison.mean_row(
            "other spans as long", comparison.now.measure_each(on_others), "null"
        ),
    ]
    rows += comparison.control_row(rationale_attention)
    return judge_table(
        comparison,
        "attention on the rationale",
        "attention rests on the words that decide",
        rows,
    )


def largest_on_rationale_table(comparison: AttentionComparison) -> Estimates:
    """Build the table of how often the largest weight is on the rationale."""
    chance = comparison.now.measure_each(even_rationale_share)
    rows = [
        comparison.share_row(RATIONALE, is_largest_on_rationale(comparison.now)),
        comparison.mean_row("a slot at random", chance, "null"),
    ]
    if comparison.before is not None:
        hits = is_largest_on_rationale(comparison.before)
        rows.append(comparison.share_row(BEFORE, hits, "negative control"))
    return judge_table(
        comparison,
        "share of documents whose largest weight is on the rationale",
        "attention ranks a word that decides first",
        rows,
    )


def auprc_table(comparison: AttentionComparison) -> Estimates:
    """Build the table of how well the weights rank the words of the rationale."""
    rows = [
        comparison.mean_row(RATIONALE, comparison.now.measure_each(row_precision)),
        comparison.mean_row(
            "a random order", comparison.now.measure_each(chance_precision), "null"
        ),
    ]
    rows += comparison.control_row(row_precision)
    return judge_table(
        comparison,
        "average precision for the words of the rationale",
        "attention ranks the words that decide above the others",
        rows,
    )


def judge_table(
    comparison: AttentionComparison, quantity: str, claim: str, rows: list[Estimate]
) -> Estimates:
    """Build a table whose first row is judged by all others.

    Args:
        comparison: The attention.
        quantity: What the values are.
        claim: The sentence that the verdict is about.
        rows: The second is the figure's reference line.
    """
    bar = statistics.largest_value(rows[1:])
    return comparison.build_table(
        quantity,
        claim,
        reference=(rows[1].value, rows[1].name),
        verdict=statistics.judge_interval(rows[0], bar),
        rows=rows,
    )


TABLES: dict[Measure, Callable[[AttentionComparison], Estimates]] = {
    "share": rationale_share_table,
    "first": largest_on_rationale_table,
    "auprc": auprc_table,
}


def rationale_mask(question: InputText) -> Mask:
    """Return which words of a text are in its rationale, (tokens,)."""
    return spans_mask(question.rationale, len(question.ids))


def attention_on_other_span(
    row: Floats, question: InputText, rng: np.random.Generator
) -> float:
    """Compute the mean attention on other spans of the same lengths, NaN without room."""
    spans = (draw_elsewhere(rationale_mask(question), rng) for _ in range(DRAWS))
    sums = [masked_attention(row, other) for other in spans if other is not None]
    return float(np.mean(sums)) if sums else float("nan")


def is_largest_on_rationale(attended: AttendedTexts) -> NDArray[np.bool_]:
    """Return whether the largest weight of each text is on its rationale, ties lost."""
    pairs = zip(attended.weights, attended.questions, strict=True)
    return np.array([holds_largest(row, rationale_mask(one)) for row, one in pairs])


def row_precision(row: Floats, question: InputText) -> float:
    """Compute the average precision of a text's weights."""
    return average_precision(row[: len(question.ids)], rationale_mask(question))


def chance_precision(_row: Floats, question: InputText) -> float:
    """Compute the average precision of a random order."""
    return random_precision(int(rationale_mask(question).sum()), len(question.ids))
