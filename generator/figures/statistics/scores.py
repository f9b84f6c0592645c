"""How far explanations can be trusted: one measure after another, a row for each.

Every measure has its own axis, as measures have their own units. A row is a point with
its 95 % interval; the dashed line through it is what an explanation that knows nothing
gets on the same texts. Whether it was found better than that is a word, no colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, Estimate, Estimates, Score, Scores
from generator.core.errors import FigureError, nearest, quoted
from generator.figures.base import Figure, Items, Row, Table, View, named
from generator.figures.export.axes import (
    DRAWN,
    NO_EFFECT,
    axis_part,
    estimate_row,
    point,
)
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    TEXT,
    Sign,
    paragraph,
    paragraphs,
)
from generator.figures.export.shapes import INK, Part, Stroke
from generator.figures.formatting import Phrase, fixed, significant, visible
from generator.figures.scales import word
from generator.figures.statistics.estimates import (
    Axis,
    Tick,
    Whisker,
    axis_of,
    decimals,
    sentence,
    told,
    whisker,
)


@dataclass(frozen=True, slots=True)
class Graded:
    """One explanation by one measure: its places, and the words beside it."""

    whisker: Whisker
    baseline: Tick | None
    said: str
    beside: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure on its own axis."""

    name: str
    better: str
    rows: tuple[Graded, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, kw_only=True)
class ScoresView(View):
    """Measures, one below the other."""

    aspect: str
    measures: tuple[Measure, ...]
    remarks: tuple[str, ...]

    def items(self) -> Items:
        """The grades of every measure, each a row."""
        rows = [row.whisker.name for one in self.measures for row in one.rows]
        return Items(named(rows))

    def picture(self, y: float) -> Iterator[Part]:
        """Measures below each other, each on its own axis."""
        k = DRAWN / 176
        for one in self.measures:
            top = paragraph(f"{one.name} · {one.better}", INSET, y, ROOM, TEXT, INK)
            yield top
            y = top.bottom + 4
            for row in one.rows:
                part = estimate_row(
                    row.whisker, row.baseline, y, k, role=row.said, told=row.beside
                )
                yield part
                y = part.bottom
            axis = axis_part(one.ticks, None, y, k, "")
            yield axis
            y = axis.bottom + 16
        yield paragraphs(self.remarks, y - 8, FINE)

    def signs(self) -> list[Sign]:
        """What a row of grades is made of."""
        line = Stroke(((2, 8), (26, 8)), INK, 2.5)
        mean: Sign = ([line, *point("disc", 14, 8)], "mean and 95% interval over texts")
        ground: Sign = ([NO_EFFECT], "what its baseline gets on the same texts")
        return [mean, ground]

    def below_key(self) -> tuple[str, ...]:
        """What is graded."""
        return (
            f"{self.aspect[:1].upper()}{self.aspect[1:]}; each measure on its axis.",
        )


class ScoreDots(Figure):
    """Grades of explanations."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Scores,)
    heading: ClassVar[str] = "How far it can be trusted"
    figure: Literal["scores"]
    artifact: str
    """Name of the scores to draw."""
    measures: tuple[str, ...] = ()
    """Which measures, in this order; without it, all of them."""
    names: dict[str, str] = Field(default={})
    """What rows are called, by the artifact that is graded; without it, its name."""

    def reads(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> ScoresView:
        """What the template draws. Raises `FigureError`."""
        (scores,) = artifacts
        assert isinstance(scores, Scores)  # noqa: S101 - checked with the study
        chosen = {name: of(scores, name) for name in self.chosen(scores)}
        every = [row for rows in chosen.values() for row in rows]
        self.check_names(every)
        return ScoresView(
            summary=summary(scores, next(iter(chosen.values())), self.names),
            tables=(table(every, scores.aspect, self.names),),
            aspect=scores.aspect,
            measures=tuple(
                measure(name, rows, self.names) for name, rows in chosen.items()
            ),
            remarks=tuple(map(sentence, scores.notes)),
        )

    def chosen(self, scores: Scores) -> tuple[str, ...]:
        """Names of the measures to draw. Raises `FigureError`."""
        known = tuple(dict.fromkeys(row.name for row in scores.rows))
        if not known:
            raise FigureError("scores: the artifact holds no row, nothing to draw")
        for name in self.measures:
            if name not in known:
                raise FigureError(
                    f"measures: there is no {quoted(name)}; {nearest(name, known)}"
                )
        return self.measures or known

    def check_names(self, rows: list[Score]) -> None:
        """Raises `FigureError` for a name of no row."""
        known = {row.of for row in rows}
        for name in self.names:
            if name not in known:
                raise FigureError(
                    f"names: {quoted(name)} is not graded; {nearest(name, known)}"
                )


def of(scores: Scores, measure: str) -> list[Score]:
    """The rows of one measure, in the order of the artifact."""
    return [row for row in scores.rows if row.name == measure]


def called(row: Score, names: dict[str, str]) -> str:
    """What a row is called."""
    return word(names.get(row.of, row.of))


def measure(name: str, rows: list[Score], names: dict[str, str]) -> Measure:
    """The rows of one measure on an axis that holds them and their baselines."""
    made = [estimate(row, called(row, names)) for row in rows]
    grounds = [ground(row) for row in rows if row.baseline is not None]
    axis = axis_of(Estimates(quantity=name, rows=(*made, *grounds)), None, None)
    graded = (
        Graded(whisker(one, axis), tick(row, axis), verdict(row), beside(row))
        for row, one in zip(rows, made, strict=True)
    )
    ticks = (Tick(axis.at(v), significant(v)) for v in (axis.low, axis.high))
    better = "higher" if rows[0].higher_is_better else "lower"
    return Measure(
        visible(name, blanks=False), f"{better} is better", tuple(graded), tuple(ticks)
    )


def estimate(row: Score, name: str) -> Estimate:
    """A grade as an estimate."""
    return Estimate(name, row.value, row.low, row.high, row.n)


def ground(row: Score) -> Estimate:
    """A grade's baseline as an estimate."""
    found = (row.baseline, row.baseline_low, row.baseline_high)
    value, low, high = (math.nan if v is None else v for v in found)
    return Estimate(row.baseline_name, value, low, high, row.n, "null")


def tick(row: Score, axis: Axis) -> Tick | None:
    """Where the baseline lies."""
    if row.baseline is None or not math.isfinite(row.baseline):
        return None
    return Tick(axis.at(row.baseline), significant(row.baseline))


def verdict(row: Score) -> str:
    """The verdict in words, "" where there is none."""
    return "" if row.said == "none" else row.said


def beside(row: Score) -> str:
    """The baseline in words, and how many texts."""
    if row.baseline is None:
        return f"n = {row.n:,}"
    name = visible(row.baseline_name, blanks=False)
    return f"{name} {baseline_told(row)}, n = {row.n:,}"


def baseline_told(row: Score) -> str:
    """The baseline in words, with the digits of the score beside it."""
    low = ground(row)
    digits = decimals(row.high - row.low)
    value, *ends = (fixed(v, digits) for v in (low.value, low.low, low.high))
    return f"{value} [{', '.join(ends)}]" if math.isfinite(low.low) else value


def table(rows: list[Score], aspect: str, names: dict[str, str]) -> Table:
    """Every number drawn."""
    made = []
    for row in rows:
        low = ground(row)
        numbers = (row.value, row.low, row.high, low.value, low.low, low.high)
        made.append(
            Row(
                called(row, names),
                (
                    visible(row.name, blanks=False),
                    *(significant(v, 5) for v in numbers),
                    f"{row.n:,}",
                    verdict(row),
                ),
            )
        )
    head = ("explanation", "measure", "value", "low", "high", "baseline")
    ends = ("baseline low", "baseline high", "n", "verdict")
    caption = f"{aspect[:1].upper()}{aspect[1:]}, 95% intervals over texts"
    return Table(caption, (*head, *ends), tuple(made))


def summary(scores: Scores, rows: list[Score], names: dict[str, str]) -> Phrase:
    """The best by the first measure, and what chance would give, in one sentence."""
    sound = [row for row in rows if math.isfinite(row.value)]
    name = visible(rows[0].name, blanks=False)
    head = f"{scores.aspect[:1].upper()}{scores.aspect[1:]}: "
    if not sound:
        return (f"{head}{name} is not defined for any explanation.",)
    sign = 1 if rows[0].higher_is_better else -1
    best = max(sound, key=lambda row: sign * row.value)
    said = f"{name} of {called(best, names)} is {told(estimate(best, ''))}"
    if len(rows) > 1:
        said += f", the best of {len(rows)}"
    if best.baseline is not None:
        base = visible(best.baseline_name, blanks=False)
        said += f"; {base} gets {significant(best.baseline)}"
    return (f"{head}{said}.",)
