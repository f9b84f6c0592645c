"""The label of a planted film review, worked out from its clauses, and what decides it.

The rules are those of `planted_reviews`. They can be asked about a review with words
taken out, so that what decides can be told from what does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from generator.corpora.synthetic.film_review_language import (
    NOT,
    OPERATORS,
    WORTH,
    ReviewPart,
    compute_clause_value,
)

Classes = Literal[2, 5]

LABELS: dict[Classes, dict[int, str]] = {
    2: {-2: "negative", -1: "negative", 1: "positive", 2: "positive"},
    5: {
        -2: "very negative",
        -1: "negative",
        0: "neutral",
        1: "positive",
        2: "very positive",
    },
}
"""The label of each value a review can have, in the natural order."""
EVIDENCE: dict[Classes, frozenset[str]] = {
    2: frozenset((*WORTH, *NOT)),
    5: frozenset((*WORTH, *OPERATORS)),
}
"""Words that decide where they stand in a clause that counts.

A word of degree never changes the side, so of two labels it decides none.
"""


def compute_label(
    words: Sequence[str],
    parts: Iterable[ReviewPart],
    classes: Classes = 5,
    without: Collection[int] = (),
) -> str | None:
    """The label by the rules, after the words at the places `without` are taken out.

    None where nothing evaluates, or with two classes where neither side prevails.
    """
    found = [
        compute_clause_value(words[at] for at in range(*part.span) if at not in without)
        for part in parts
        if is_counted(part, without)
    ]
    values = [value for value in found if value is not None]
    mean = int(sum(values) / len(values)) if values else None
    return None if mean is None else LABELS[classes].get(mean)


def is_counted(part: ReviewPart, without: Collection[int] = ()) -> bool:
    """Whether a clause counts, after the words `without` are taken out."""
    if part.kind == "overruled":
        return part.connective in without
    return part.kind == "verdict"


def find_rationale(
    words: Sequence[str], parts: Iterable[ReviewPart], classes: Classes = 5
) -> tuple[tuple[int, int], ...]:
    """Half-open spans of the words that decide, sorted; neighbours are one span."""
    decide = {part.connective for part in parts if part.connective is not None}
    decide |= {
        at
        for part in parts
        if is_counted(part)
        for at in range(*part.span)
        if words[at] in EVIDENCE[classes]
    }
    return merge_places(decide)


def merge_places(places: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Places as half-open spans, sorted; neighbours are one span."""
    found: list[tuple[int, int]] = []
    for at in sorted(places):
        start = found.pop()[0] if found and found[-1][1] == at else at
        found.append((start, at + 1))
    return tuple(found)
