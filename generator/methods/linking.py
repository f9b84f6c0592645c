"""From a matrix of scores to links, and how links stand to a gold alignment.

Each target token is linked to the source token of its largest score, the first of a
tie: one link for every target token, as many as like for a source token. Rows of which
nobody has said where they come from, closing marks among them, are not counted.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import AlignedText, Links, Token

Array = NDArray[np.floating[Any]]
Kind = Literal["in order", "moved", "second of two"]


def linked(scores: Array) -> Links:
    """The link of each target token whose row has a score."""
    rows = np.asarray(scores, dtype=np.float64)
    return tuple(
        (target, int(np.nanargmax(row)))
        for target, row in enumerate(rows)
        if np.isfinite(row).any()
    )


class Counts(NamedTuple):
    """What an alignment error rate is made of; counts of texts are added up."""

    links: int  # |A|, of target tokens that have a sure or possible link
    sure: int  # |S|
    right_sure: int  # |A and S|
    right: int  # |A and P|, sure links being possible too


def counts(links: Links, gold: Links, possible: Links = ()) -> Counts:
    """How the links of one text stand to its gold alignment."""
    sure = set(gold)
    either = sure | set(possible)
    known = {target for target, _ in either}
    found = {link for link in links if link[0] in known}
    return Counts(len(found), len(sure), len(found & sure), len(found & either))


def error_rate(found: Counts) -> float:
    """Alignment error rate, `1 - (|A and S| + |A and P|) / (|A| + |S|)`.

    NaN where there is neither a link nor a sure one.
    """
    total = found.links + found.sure
    return 1 - (found.right_sure + found.right) / total if total else math.nan


def counts_of(text: AlignedText) -> Counts:
    """The counts of a text whose gold alignment is known."""
    return counts(linked(text.scores), text.gold or (), text.possible)


def is_word(token: Token) -> bool:
    """Whether a token holds a letter or digit, and is no closing mark."""
    return token.kind != "mark" and any(map(str.isalnum, token.text))


def coverage(text: AlignedText) -> float:
    """The share of the source's words that some target word is linked to.

    Closing marks are left out on both sides; NaN where the source has no word.
    """
    words = {i for i, token in enumerate(text.sources) if token.kind != "mark"}
    marks = {i for i, token in enumerate(text.targets) if token.kind == "mark"}
    found = {source for target, source in linked(text.scores) if target not in marks}
    return len(found & words) / len(words) if words else math.nan


def kinds(gold: Links) -> dict[int, Kind]:
    """Of what kind the link of each target token is.

    `second of two`: the target token before has the same source. Else `moved`: some
    other link crosses this one. Else `in order`.
    """
    first: dict[int, int] = {}
    for target, source in gold:
        first.setdefault(target, source)
    found: dict[int, Kind] = {}
    for target, source in first.items():
        crossed = any((t - target) * (s - source) < 0 for t, s in gold)
        found[target] = "moved" if crossed else "in order"
        if first.get(target - 1) == source:
            found[target] = "second of two"
    return found
