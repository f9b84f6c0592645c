"""One measure of attention against the words known to decide."""

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
    AttentionTable,
    Compared,
    Weighed,
    on,
)
from generator.methods.attention.over_training import on_rationale, share_of_rationale
from generator.methods.base import Asked
from generator.methods.common import statistics
from generator.methods.common.classifier_texts import Question
from generator.methods.common.spans import (
    Mask,
    average_precision,
    elsewhere,
    holds_largest,
    mask_of,
    random_precision,
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
    whole interval lies above. Not supported: its whole interval lies below. Undecided
    otherwise, or where no more than rounding, 0.000001, lies between.

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

    expects: ClassVar = frozenset({Annotation.RATIONALE})
    method: Literal["attention_rationale"]
    measure: Measure = "share"
    """Which table: one quantity on one axis."""

    def collect(self, asked: Asked) -> Estimates:
        """Measure. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        found = self.compare(asked, asked.model.at(self.epoch), why_not)
        return TABLES[self.measure](found)


def why_not(question: Question) -> str:
    """Why a document cannot tell, "" where it can."""
    known = mask(question)
    if not known.any():
        return "no word of its rationale was read"
    return "every word is in its rationale" if known.all() else ""


def share(found: Compared) -> Estimates:
    """How much attention is on the rationale."""
    rng = found.asked.generator

    def on_others(row: Floats, one: Question) -> float:
        return on_another_span(row, one, rng(1, one.document or 0))

    rows = [
        found.mean(RATIONALE, found.now.each(on_rationale)),
        found.mean(EVEN, found.now.each(share_of_rationale), "null"),
        found.mean("other spans as long", found.now.each(on_others), "null"),
    ]
    rows += found.control(on_rationale)
    return judged(
        found,
        "attention on the rationale",
        "attention rests on the words that decide",
        rows,
    )


def first(found: Compared) -> Estimates:
    """How often the largest weight is on the rationale."""
    chance = found.now.each(share_of_rationale)
    rows = [
        statistics.share(RATIONALE, ranks_first(found.now)),
        found.mean("a slot at random", chance, "null"),
    ]
    if found.before is not None:
        hits = ranks_first(found.before)
        rows.append(statistics.share(BEFORE, hits, "negative control"))
    return judged(
        found,
        "share of documents whose largest weight is on the rationale",
        "attention ranks a word that decides first",
        rows,
    )


def auprc(found: Compared) -> Estimates:
    """How well the weights rank the words of the rationale."""
    rows = [
        found.mean(RATIONALE, found.now.each(precision)),
        found.mean("a random order", found.now.each(by_chance), "null"),
    ]
    rows += found.control(precision)
    return judged(
        found,
        "average precision for the words of the rationale",
        "attention ranks the words that decide above the others",
        rows,
    )


def judged(
    found: Compared, quantity: str, claim: str, rows: list[Estimate]
) -> Estimates:
    """A table whose first row all others judge; the second is the figure's line."""
    bar = statistics.largest(rows[1:])
    return found.table(
        quantity,
        claim,
        reference=(rows[1].value, rows[1].name),
        verdict=statistics.verdict(rows[0], bar),
        rows=rows,
    )


TABLES: dict[Measure, Callable[[Compared], Estimates]] = {
    "share": share,
    "first": first,
    "auprc": auprc,
}


def mask(question: Question) -> Mask:
    """Which words of a text are in its rationale."""
    return mask_of(question.rationale, len(question.ids))


def on_another_span(row: Floats, question: Question, rng: np.random.Generator) -> float:
    """Mean attention on other spans of the same lengths, NaN where there is no room."""
    drawn = (elsewhere(mask(question), rng) for _ in range(DRAWS))
    found = [on(row, other) for other in drawn if other is not None]
    return float(np.mean(found)) if found else float("nan")


def ranks_first(found: Weighed) -> NDArray[np.bool_]:
    """Whether the largest weight of each text is on its rationale, ties lost."""
    pairs = zip(found.weights, found.questions, strict=True)
    return np.array([holds_largest(row, mask(one)) for row, one in pairs])


def precision(row: Floats, question: Question) -> float:
    """Average precision of a text's weights."""
    return average_precision(row[: len(question.ids)], mask(question))


def by_chance(_row: Floats, question: Question) -> float:
    """That of a random order."""
    return random_precision(int(mask(question).sum()), len(question.ids))
