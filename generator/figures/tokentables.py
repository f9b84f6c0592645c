"""The numbers behind shaded words, as tables a screen reader can read."""

from __future__ import annotations

import math

import numpy as np

from generator.artifacts import ScoredText, TokenScores
from generator.figures.numbers import count, fixed
from generator.figures.readings import pads
from generator.figures.tokens import show
from generator.figures.tokenscale import TokenScale, drawn, pad_sum, turned, word
from generator.figures.tokenstrip import FOLD
from generator.figures.view import Row, Table

MOST = 400
"""Tokens of a text that its table lists; of longer ones, those of the largest size."""


def token_table(
    scores: TokenScores, text: ScoredText, scale: TokenScale | None, name: str
) -> Table:
    """One row for each token: its score, and its standard error where there is one."""
    values = drawn(scores, text)
    places = listed(values, text)
    spread = bool(text.spread.size)
    digits = 4 if scale is None else max(4, scale.digits + 1)

    def said(value: float) -> str:
        return fixed(math.nan if text.undefined else value, digits, scores.signed)

    rows = [
        Row(
            show(text.tokens[i]),
            (
                said(float(values[i])),
                *((fixed(float(text.spread[i]), digits),) if spread else ()),
            ),
        )
        for i in places
    ]
    if pads(text) > FOLD:
        blank = ("",) if spread else ()
        rows.append(Row(f"<pad> ×{pads(text)}", (said(pad_sum(scores, text)), *blank)))
    head = ("token", scores.quantity, *(("standard error",) if spread else ()))
    return Table(caption(scores, text, name, len(places)), head, tuple(rows))


def listed(values: np.ndarray, text: ScoredText) -> list[int]:
    """Places that a table lists, in the order of the text."""
    folded = pads(text) > FOLD
    places = [i for i, t in enumerate(text.tokens) if not (folded and t.kind == "pad")]
    if len(places) <= MOST:
        return places
    sizes = np.nan_to_num(np.abs(values))
    return sorted(sorted(places, key=lambda i: -sizes[i])[:MOST])


def caption(scores: TokenScores, text: ScoredText, name: str, rows: int) -> str:
    """What a table holds, and whose sign its numbers have."""
    unit = f" ({scores.unit})" if scores.unit else ""
    said = f"{scores.quantity[:1].upper()}{scores.quantity[1:]}{unit} of {name}"
    if turned(scores, text):
        said += (
            f"; + speaks for {word(scores.labels[1])}: the data speak for "
            f"{word(text.label)}, and their signs are turned here"
        )
    elif scores.signed and text.label:
        said += f"; + speaks for {word(text.label)}"
    if rows < len(text.tokens) and rows == MOST:
        said += (
            f"; the {MOST} of the largest size of {count(len(text.tokens), 'token')}"
        )
    return said
