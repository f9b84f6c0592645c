"""The numbers behind a heatmap, as a table a screen reader can read.

The numbers behind shaded words, as tables a screen reader can read.

The tables behind a figure as CSV: what a reader computes with.

UTF-8, lines that end in a newline, the same numbers as in the table on the page. A
number is written as programs read it (`-0.3`, `1204`), and one that is not defined is
left empty. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a
formula; a token or a name that does is written with an apostrophe before it.

Several tables share a file: then a first column says which table a row is of, and a
table whose columns differ from those above brings its own heading.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from generator.artifacts import ScoredText, SlotScores, TokenScores
from generator.figures.base import Row, Table
from generator.figures.formatting import MINUS, Shown, count, fixed, show, significant
from generator.figures.language_model.history_slots import Slots
from generator.figures.scales import (
    Drawn,
    TokenScale,
    drawn,
    pad_sum,
    padding_mass,
    recency_mass,
    turned,
    word,
)
from generator.figures.text_header import pads
from generator.figures.token_chips import FOLD

DIGITS = 4
"""Decimals of a score in a table."""
NOTHING = 0.5 * 10.0**-DIGITS
"""Sizes below it round to nothing."""


def slot_table(slots: Slots) -> Table:
    """One row for each token written: every slot, then the row's sums."""
    scores = slots.scores
    unit = f" ({scores.unit})" if scores.unit else ""
    distances = tuple(str(back) for back in range(slots.window, 0, -1))
    return Table(
        f"{scores.quantity[:1].upper()}{scores.quantity[1:]}{unit} by step (rows) and "
        "slot (columns, tokens back)",
        ("token written", *distances, "padding", "last slot", "p"),
        tuple(
            Row(show(scores.targets[t]), cells(slots, t)) for t in range(slots.steps)
        ),
    )


def cells(slots: Slots, step: int) -> tuple[str, ...]:
    """A step's numbers: slots, padding's sum, newest slot, probability."""
    scores = slots.scores
    values = [float(v) for v in scores.scores[step]]
    values += [float(slots.padding[step]), float(slots.recency[step])]
    probability = significant(float(scores.probabilities[step]), 3)
    return (*map(cell, values), probability)


def cell(value: float) -> str:
    """A score of a table; what rounds to nothing is `0`, as most of them may be."""
    return "0" if abs(value) < NOTHING else fixed(value, DIGITS)


def step_table(frames: tuple[SlotScores, ...], names: tuple[str, ...]) -> Table:
    """Padding's sum, the newest slot and p by step, for each of several frames."""
    masses = [(padding_mass(f), recency_mass(f), f.probabilities) for f in frames]
    head = [
        f"{name}: {what}" for name in names for what in ("padding", "last slot", "p")
    ]
    rows = tuple(
        Row(
            show(token),
            tuple(fixed(float(part[t]), DIGITS) for mass in masses for part in mass),
        )
        for t, token in enumerate(frames[0].targets)
    )
    return Table("Sums of each step, by epoch", ("token written", *head), rows)


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


NUMBER = re.compile(
    rf"[+\-{MINUS}]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.\d+)?(?:e[+\-]?\d+)?"
)
FORMULA = ("=", "+", "-", "@")


def csv_of(tables: Sequence[Table]) -> bytes:
    """All of `tables` as one file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows(lines(tables))
    return out.getvalue().encode("utf-8", "replace")


def lines(tables: Sequence[Table]) -> Iterator[list[str]]:
    """The file line by line: headings and rows."""
    several = len(tables) > 1
    last: tuple[Shown | str, ...] = ()
    for table in tables:
        if table.head != last:
            yield [*(["table"] if several else []), *map(name, table.head)]
        last = table.head
        before = [name(table.caption)] if several else []
        for row in table.rows:
            yield [*before, csv_cell(row.head), *map(csv_cell, row.cells)]


def csv_cell(value: Shown | str) -> str:
    """A cell: a token as it is shown, a number as programs read it."""
    if isinstance(value, Shown):
        return harmless(value.text)
    return number(value) if is_number(value) else harmless(value)


def name(value: Shown | str) -> str:
    """A heading, which is never taken for a number."""
    return harmless(value.text if isinstance(value, Shown) else value)


def is_number(text: str) -> bool:
    """Whether a cell is a number, or says that there is none."""
    bare = text.lstrip(f"+-{MINUS}")
    return text in {"–", "∞", f"{MINUS}∞"} or bool(
        bare and bare[0] in ".0123456789" and NUMBER.fullmatch(text)
    )


def number(text: str) -> str:
    """A number as programs read it; nothing where there is none."""
    if text == "–":
        return ""
    plain = text.replace(MINUS, "-").replace(",", "").replace("∞", "inf")
    return plain.removeprefix("+")


def harmless(text: str) -> str:
    """`text`, never a formula; a number stays what it is."""
    formula = text.startswith(FORMULA) and not re.fullmatch(
        r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text
    )
    return f"'{text}" if formula else text
