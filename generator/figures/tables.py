"""Tables of the numbers behind a figure, for screen readers and as CSV.

CSV is UTF-8, with lines that end in a newline, and has the same numbers as the table on
the page. A number is written as programs read it (`-0.3`, `1204`), and one that is not
defined is left empty. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@`
for a formula; a token or a name that does is written with an apostrophe before it.

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
from generator.figures.base import DataTable, TableRow
from generator.figures.formatting import (
    MINUS,
    DisplayToken,
    display_token,
    format_count,
    format_fixed,
    format_significant,
)
from generator.figures.language_model.history_slots import TextSlots
from generator.figures.scales import (
    TextWithScores,
    TokenScale,
    displayed_scores,
    format_label,
    padding_mass,
    plus_label,
    recency_mass,
    token_padding_sum,
)
from generator.figures.text_header import count_pads
from generator.figures.token_chips import FOLD

DIGITS = 4
"""Decimals of a score in a table."""
NOTHING = 0.5 * 10.0**-DIGITS
"""Sizes below it round to nothing."""


def slot_table(slots: TextSlots) -> DataTable:
    """Return a table of steps: every slot, then the sums of the row."""
    scores = slots.scores
    unit = f" ({scores.unit})" if scores.unit else ""
    distances = tuple(str(back) for back in range(slots.window, 0, -1))
    return DataTable(
        f"{scores.quantity[:1].upper()}{scores.quantity[1:]}{unit} by step (rows) and "
        "slot (columns, tokens back)",
        (name_targets(scores), *distances, "padding", "last slot", "p"),
        tuple(
            TableRow(display_token(scores.targets[t]), step_cells(slots, t))
            for t in range(slots.steps)
        ),
    )


def name_targets(scores: SlotScores) -> str:
    """Return the heading of the column of tokens written."""
    return "token written" + (" (+ speaks for it)" if scores.signed else "")


def step_cells(slots: TextSlots, step: int) -> tuple[str, ...]:
    """Return a step's numbers: slots, padding's sum, newest slot, probability."""
    scores = slots.scores
    values = [float(v) for v in scores.scores[step]]
    values += [float(slots.padding[step]), float(slots.recency[step])]
    probability = format_significant(float(scores.probabilities[step]), 6)
    return (*map(format_cell, values), probability)


def format_cell(value: float) -> str:
    """Format a score for a table; what rounds to nothing is `0`."""
    return "0" if abs(value) < NOTHING else format_fixed(value, DIGITS)


def step_table(frames: tuple[SlotScores, ...], names: tuple[str, ...]) -> DataTable:
    """Return a table of steps: padding's sum, the newest slot and p in each frame."""
    masses = [(padding_mass(f), recency_mass(f), f.probabilities) for f in frames]
    head = [
        f"{name}: {what}" for name in names for what in ("padding", "last slot", "p")
    ]
    rows = tuple(
        TableRow(
            display_token(token),
            tuple(
                format_fixed(float(part[t]), DIGITS) for mass in masses for part in mass
            ),
        )
        for t, token in enumerate(frames[0].targets)
    )
    return DataTable(
        "Sums of each step, by epoch", (name_targets(frames[0]), *head), rows
    )


MOST = 400
"""Tokens of a text that its table lists; of longer ones, those of the largest size."""


def token_table(
    scores: TokenScores, text: ScoredText, scale: TokenScale | None, name: str
) -> DataTable:
    """Return a table of tokens: their scores, and standard errors where there are any.

    Args:
        scores: The artifact that the text belongs to.
        text: The text.
        scale: The figure's scale, which decides how many decimals are printed.
        name: What the caption calls the text.
    """
    values = displayed_scores(scores, text)
    places = choose_places(values, text)
    spread = bool(text.spread.size)
    digits = 4 if scale is None else max(4, scale.digits + 1)

    def describe_value(value: float) -> str:
        return format_fixed(
            math.nan if text.undefined else value, digits, scores.signed
        )

    rows = [
        TableRow(
            display_token(text.tokens[i]),
            (
                describe_value(float(values[i])),
                *((format_fixed(float(text.spread[i]), digits),) if spread else ()),
            ),
        )
        for i in places
    ]
    if count_pads(text) > FOLD:
        blank = ("",) if spread else ()
        rows.append(
            TableRow(
                f"<pad> ×{count_pads(text)}",
                (describe_value(token_padding_sum(scores, text)), *blank),
            )
        )
    quantity = label_column(scores.quantity, scores.unit, scores, text)
    head = ("token", quantity, *(("standard error",) if spread else ()))
    return DataTable(table_caption(scores, text, name, len(places)), head, tuple(rows))


def label_column(name: str, unit: str, scores: TokenScores, text: ScoredText) -> str:
    """Return the heading of a column of scores: its unit, and what + speaks for."""
    label = plus_label(scores, text)
    plus = f"+ speaks for {format_label(label)}" if label else ""
    said = "; ".join(filter(None, (unit, plus)))
    return f"{name} ({said})" if said else name


def choose_places(values: np.ndarray, text: ScoredText) -> list[int]:
    """Return the indices of tokens that a table lists, in the order of the text."""
    folded = count_pads(text) > FOLD
    places = [i for i, t in enumerate(text.tokens) if not (folded and t.kind == "pad")]
    if len(places) <= MOST:
        return places
    sizes = np.nan_to_num(np.abs(values))
    return sorted(sorted(places, key=lambda i: -sizes[i])[:MOST])


def table_caption(scores: TokenScores, text: ScoredText, name: str, rows: int) -> str:
    """Return what a table holds."""
    unit = f" ({scores.unit})" if scores.unit else ""
    said = f"{scores.quantity[:1].upper()}{scores.quantity[1:]}{unit} of {name}"
    if rows < len(text.tokens) and rows == MOST:
        said += (
            f"; the {MOST} of the largest size of "
            f"{format_count(len(text.tokens), 'token')}"
        )
    return said


WHOLE = 6000
"""Numbers in the table of a text at several epochs; beyond, it holds sums."""


def frames_table(shown: Sequence[TextWithScores], names: Sequence[str]) -> DataTable:
    """Return a table of a text by epoch: tokens, or sums where those are too many."""
    first, text = shown[0]
    quantity = f"{first.quantity[:1].upper()}{first.quantity[1:]}"
    unit = f" ({first.unit})" if first.unit else ""
    every = [
        [math.nan] * len(t.tokens) if t.undefined else displayed_scores(s, t)
        for s, t in shown
    ]
    columns = [
        label_column(n, "", s, t) for n, (s, t) in zip(names, shown, strict=True)
    ]
    if len(text.tokens) * len(shown) <= WHOLE:
        rows = [
            TableRow(
                display_token(token),
                tuple(
                    format_fixed(float(values[i]), 4, first.signed) for values in every
                ),
            )
            for i, token in enumerate(text.tokens)
        ]
        head = ("token", *columns)
        return DataTable(f"{quantity}{unit} of each token, by epoch", head, tuple(rows))
    rows = [
        TableRow(
            name,
            (
                *(
                    format_fixed(float(v), 4, first.signed)
                    for v in (max(values), min(values))
                ),
                format_fixed(token_padding_sum(s, t), 4, first.signed)
                if count_pads(t)
                else "",
            ),
        )
        for name, values, (s, t) in zip(columns, every, shown, strict=True)
    ]
    head = ("epoch", "largest", "smallest", "sum over padding")
    return DataTable(f"{quantity}{unit} of a text, by epoch", head, tuple(rows))


def compared_table(shown: Sequence[TextWithScores], names: Sequence[str]) -> DataTable:
    """Return a table of a text's words by explanation, and padding's sums below."""
    every = [
        [math.nan] * len(t.tokens) if t.undefined else displayed_scores(s, t)
        for s, t in shown
    ]
    signs = [scores.signed for scores, _ in shown]
    text = shown[0][1]
    real = [i for i, token in enumerate(text.tokens) if token.kind != "pad"]
    rows = [
        TableRow(
            display_token(text.tokens[i]),
            tuple(
                format_fixed(float(values[i]), 4, sign)
                for values, sign in zip(every, signs, strict=True)
            ),
        )
        for i in real[:MOST]
    ]
    if any(count_pads(one) for _, one in shown):
        sums = (
            format_fixed(token_padding_sum(s, t), 4, s.signed) if count_pads(t) else ""
            for s, t in shown
        )
        rows.append(TableRow("padding, summed", tuple(sums)))
    units = [
        label_column(n, s.unit, s, t) for n, (s, t) in zip(names, shown, strict=True)
    ]
    said = "Scores of each token, by row of the figure"
    if len(real) > MOST:
        said += f"; the first {MOST} of {format_count(len(real), 'token')}"
    return DataTable(said, ("token", *units), tuple(rows))


NUMBER = re.compile(
    rf"[+\-{MINUS}]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.\d+)?(?:e[+\-]?\d+)?"
)
FORMULA = ("=", "+", "-", "@")


def csv_of(tables: Sequence[DataTable]) -> bytes:
    """Return all of `tables` as one CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows(csv_lines(tables))
    return out.getvalue().encode("utf-8", "replace")


def csv_lines(tables: Sequence[DataTable]) -> Iterator[list[str]]:
    """Yield the lines of a CSV file: headings and rows."""
    several = len(tables) > 1
    last: tuple[DisplayToken | str, ...] = ()
    for table in tables:
        if table.head != last:
            yield [*(["table"] if several else []), *map(csv_heading, table.head)]
        last = table.head
        before = [csv_heading(table.caption)] if several else []
        for row in table.rows:
            yield [*before, csv_cell(row.head), *map(csv_cell, row.cells)]


def csv_cell(value: DisplayToken | str) -> str:
    """Return a cell for CSV: a token as it is shown, a number as programs read it."""
    if isinstance(value, DisplayToken):
        return escape_formula(value.text)
    return csv_number(value) if is_number(value) else escape_formula(value)


def csv_heading(value: DisplayToken | str) -> str:
    """Return a heading for CSV, which is never taken for a number."""
    return escape_formula(value.text if isinstance(value, DisplayToken) else value)


def is_number(text: str) -> bool:
    """Return whether a cell is a number, or says that there is none."""
    bare = text.lstrip(f"+-{MINUS}")
    return text in {"–", "∞", f"{MINUS}∞"} or bool(
        bare and bare[0] in ".0123456789" and NUMBER.fullmatch(text)
    )


def csv_number(text: str) -> str:
    """Return a number as programs read it; "" where there is none."""
    if text == "–":
        return ""
    plain = text.replace(MINUS, "-").replace(",", "").replace("∞", "inf")
    return plain.removeprefix("+")


def escape_formula(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; numbers stay."""
    formula = text.startswith(FORMULA) and not re.fullmatch(
        r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text
    )
    return f"'{text}" if formula else text
