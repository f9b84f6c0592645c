"""The numbers behind shaded words, as tables a screen reader can read."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from generator.artifacts import ScoredText, TokenScores
from generator.figures.numbers import count, fixed
from generator.figures.readings import pads
from generator.figures.tokens import show
from generator.figures.tokenscale import (
    Drawn,
    TokenScale,
    drawn,
    pad_sum,
    turned,
    word,
)
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


WHOLE = 6000
"""Numbers in the table of a text at several epochs; beyond, it holds sums."""


def frames_table(shown: Sequence[Drawn], names: Sequence[str]) -> Table:
    """Every token by epoch; where those would be too many, each epoch's sums."""
    first, text = shown[0]
    quantity = f"{first.quantity[:1].upper()}{first.quantity[1:]}"
    unit = f" ({first.unit})" if first.unit else ""
    every = [
        [math.nan] * len(t.tokens) if t.undefined else drawn(s, t) for s, t in shown
    ]
    if len(text.tokens) * len(shown) <= WHOLE:
        rows = [
            Row(
                show(token),
                tuple(fixed(float(values[i]), 4, first.signed) for values in every),
            )
            for i, token in enumerate(text.tokens)
        ]
        head = ("token", *names)
        return Table(f"{quantity}{unit} of each token, by epoch", head, tuple(rows))
    rows = [
        Row(
            name,
            (
                *(fixed(float(v), 4, first.signed) for v in (max(values), min(values))),
                fixed(pad_sum(s, t), 4, first.signed) if pads(t) else "",
            ),
        )
        for name, values, (s, t) in zip(names, every, shown, strict=True)
    ]
    head = ("epoch", "largest", "smallest", "sum over padding")
    return Table(f"{quantity}{unit} of a text, by epoch", head, tuple(rows))


def compared_table(shown: Sequence[Drawn], names: Sequence[str]) -> Table:
    """Every word of a text by answer, and padding's sums below."""
    every = [
        [math.nan] * len(t.tokens) if t.undefined else drawn(s, t) for s, t in shown
    ]
    signs = [scores.signed for scores, _ in shown]
    text = shown[0][1]
    real = [i for i, token in enumerate(text.tokens) if token.kind != "pad"]
    rows = [
        Row(
            show(text.tokens[i]),
            tuple(
                fixed(float(values[i]), 4, sign)
                for values, sign in zip(every, signs, strict=True)
            ),
        )
        for i in real[:MOST]
    ]
    if any(pads(one) for _, one in shown):
        sums = (fixed(pad_sum(s, t), 4, s.signed) if pads(t) else "" for s, t in shown)
        rows.append(Row("padding, summed", tuple(sums)))
    units = [
        f"{n} ({s.unit})" if s.unit else n
        for n, (s, _) in zip(names, shown, strict=True)
    ]
    said = "Scores of each token, by row of the figure"
    flipped = [n for n, (s, t) in zip(names, shown, strict=True) if turned(s, t)]
    if flipped:
        label = word(shown[names.index(flipped[0])][0].labels[1])
        said += (
            f"; the signs of {', '.join(flipped)} are turned, so that + is for {label}"
        )
    if len(real) > MOST:
        said += f"; the first {MOST} of {count(len(real), 'token')}"
    return Table(said, ("token", *units), tuple(rows))
