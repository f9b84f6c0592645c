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

from generator.artifacts import Artifact, Estimate, Estimates, Scores, TrustScore
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.figures.base import (
    DataTable,
    Figure,
    Items,
    TableRow,
    View,
    heading_tracks,
)
from generator.figures.export.axes import (
    DRAWN,
    NO_EFFECT,
    AxisTick,
    EstimateWhisker,
    axis_part,
    estimate_row,
    point_shapes,
)
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    TEXT,
    paragraph_part,
    paragraphs_part,
)
from generator.figures.export.shapes import INK, KeySign, Part, Stroke
from generator.figures.formatting import (
    Phrase,
    format_fixed,
    format_significant,
    make_visible,
)
from generator.figures.scales import format_label
from generator.figures.statistics.estimates import (
    EstimateAxis,
    build_whisker,
    claim_sentence,
    estimate_axis,
    format_estimate,
    interval_decimals,
)


@dataclass(frozen=True, slots=True)
class GradedRow:
    """One explanation by one measure: its places, and the words beside it."""

    whisker: EstimateWhisker
    baseline: AxisTick | None
    description: str
    beside: str


@dataclass(frozen=True, slots=True)
class MeasureAxis:
    """One measure on its own axis."""

    name: str
    better: str
    rows: tuple[GradedRow, ...]
    ticks: tuple[AxisTick, ...]


@dataclass(frozen=True, kw_only=True)
class ScoresView(View):
    """Measures, one below the other."""

    aspect: str
    measures: tuple[MeasureAxis, ...]
    remarks: tuple[str, ...]

    def items(self) -> Items:
        """Return the grades of every measure, each a row."""
        rows = [row.whisker.name for one in self.measures for row in one.rows]
        return Items(heading_tracks(rows))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw measures below each other, each on its own axis."""
        k = DRAWN / 176
        for one in self.measures:
            top = paragraph_part(
                f"{one.name} · {one.better}", INSET, y, ROOM, TEXT, INK
            )
            yield top
            y = top.bottom + 4
            for row in one.rows:
                part = estimate_row(
                    row.whisker,
                    row.baseline,
                    y,
                    k,
                    role=row.description,
                    told=row.beside,
                )
                yield part
                y = part.bottom
            axis = axis_part(one.ticks, None, y, k, "")
            yield axis
            y = axis.bottom + 16
        yield paragraphs_part(self.remarks, y - 8, FINE)

    def key_signs(self) -> list[KeySign]:
        """Return what a row of grades is made of."""
        line = Stroke(((2, 8), (26, 8)), INK, 2.5)
        mean: KeySign = (
            [line, *point_shapes("disc", 14, 8)],
            "mean and 95% interval over texts",
        )
        ground: KeySign = ([NO_EFFECT], "what its baseline gets on the same texts")
        return [mean, ground]

    def below_key(self) -> tuple[str, ...]:
        """Return what is graded."""
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

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> ScoresView:
        """Return what the template renders."""
        (scores,) = artifacts
        assert isinstance(scores, Scores)  # noqa: S101 - checked with the study
        chosen = {
            name: measure_rows(scores, name) for name in self.choose_measures(scores)
        }
        every = [row for rows in chosen.values() for row in rows]
        self.check_names(every)
        return ScoresView(
            summary=summary(scores, next(iter(chosen.values())), self.names),
            tables=(table(every, scores.aspect, self.names),),
            aspect=scores.aspect,
            measures=tuple(
                build_measure(name, rows, self.names) for name, rows in chosen.items()
            ),
            remarks=tuple(map(claim_sentence, scores.notes)),
        )

    def choose_measures(self, scores: Scores) -> tuple[str, ...]:
        """Return the names of the measures to draw.

        Raises:
            FigureError: A measure is not there, or the artifact has no row.
        """
        known = tuple(dict.fromkeys(row.name for row in scores.rows))
        if not known:
            raise FigureError("scores: the artifact holds no row, nothing to draw")
        for name in self.measures:
            if name not in known:
                raise FigureError(
                    f"measures: there is no {quote_text(name)}; "
                    f"{suggest_nearest(name, known)}"
                )
        return self.measures or known

    def check_names(self, rows: list[TrustScore]) -> None:
        """Check that all explanations that the author renamed are graded.

        Raises:
            FigureError: One of them is not.
        """
        known = {row.of for row in rows}
        for name in self.names:
            if name not in known:
                raise FigureError(
                    f"names: {quote_text(name)} is not graded; "
                    f"{suggest_nearest(name, known)}"
                )


def measure_rows(scores: Scores, measure: str) -> list[TrustScore]:
    """Return the rows of one measure, in the order of the artifact."""
    return [row for row in scores.rows if row.name == measure]


def row_label(row: TrustScore, names: dict[str, str]) -> str:
    """Return the name of a row."""
    return format_label(names.get(row.of, row.of))


def build_measure(
    name: str, rows: list[TrustScore], names: dict[str, str]
) -> MeasureAxis:
    """Return the rows of one measure on an axis that holds their baselines too."""
    made = [score_estimate(row, row_label(row, names)) for row in rows]
    grounds = [baseline_estimate(row) for row in rows if row.baseline is not None]
    axis = estimate_axis(Estimates(quantity=name, rows=(*made, *grounds)), None, None)
    graded = (
        GradedRow(
            build_whisker(one, axis),
            baseline_tick(row, axis),
            format_score_verdict(row),
            describe_baseline(row),
        )
        for row, one in zip(rows, made, strict=True)
    )
    ticks = (
        AxisTick(axis.position(v), format_significant(v)) for v in (axis.low, axis.high)
    )
    better = "higher" if rows[0].higher_is_better else "lower"
    return MeasureAxis(
        make_visible(name, blanks=False),
        f"{better} is better",
        tuple(graded),
        tuple(ticks),
    )


def score_estimate(row: TrustScore, name: str) -> Estimate:
    """Return a grade as an estimate."""
    return Estimate(name, row.value, row.low, row.high, row.n)


def baseline_estimate(row: TrustScore) -> Estimate:
    """Return a grade's baseline as an estimate."""
    found = (row.baseline, row.baseline_low, row.baseline_high)
    value, low, high = (math.nan if v is None else v for v in found)
    return Estimate(row.baseline_name, value, low, high, row.n, "null")


def baseline_tick(row: TrustScore, axis: EstimateAxis) -> AxisTick | None:
    """Return where the baseline lies."""
    if row.baseline is None or not math.isfinite(row.baseline):
        return None
    return AxisTick(axis.position(row.baseline), format_significant(row.baseline))


def format_score_verdict(row: TrustScore) -> str:
    """Return the verdict in words, "" where there is none; a claim's comes first."""
    if row.claimed:
        return f"claim {row.claimed}"
    return "" if row.said == "none" else row.said


def describe_baseline(row: TrustScore) -> str:
    """Return the baseline in words, and how many texts."""
    if row.baseline is None:
        return f"n = {row.n:,}"
    name = make_visible(row.baseline_name, blanks=False)
    return f"{name} {format_baseline(row)}, n = {row.n:,}"


def format_baseline(row: TrustScore) -> str:
    """Return the baseline in words, with the digits of the score beside it."""
    low = baseline_estimate(row)
    digits = interval_decimals(row.high - row.low)
    value, *ends = (format_fixed(v, digits) for v in (low.value, low.low, low.high))
    return f"{value} [{', '.join(ends)}]" if math.isfinite(low.low) else value


def table(rows: list[TrustScore], aspect: str, names: dict[str, str]) -> DataTable:
    """Return a table of every number drawn."""
    made = []
    for row in rows:
        low = baseline_estimate(row)
        numbers = (row.value, row.low, row.high, low.value, low.low, low.high)
        made.append(
            TableRow(
                row_label(row, names),
                (
                    make_visible(row.name, blanks=False),
                    *(format_significant(v, 5) for v in numbers),
                    f"{row.n:,}",
                    format_score_verdict(row),
                ),
            )
        )
    head = ("explanation", "measure", "value", "low", "high", "baseline")
    ends = ("baseline low", "baseline high", "n", "verdict")
    caption = f"{aspect[:1].upper()}{aspect[1:]}, 95% intervals over texts"
    return DataTable(caption, (*head, *ends), tuple(made))


def summary(scores: Scores, rows: list[TrustScore], names: dict[str, str]) -> Phrase:
    """Return a sentence on the best by the first measure, and on chance."""
    sound = [row for row in rows if math.isfinite(row.value)]
    name = make_visible(rows[0].name, blanks=False)
    head = f"{scores.aspect[:1].upper()}{scores.aspect[1:]}: "
    if not sound:
        return (f"{head}{name} could be measured on no text.",)
    sign = 1 if rows[0].higher_is_better else -1
    best = max(sound, key=lambda row: sign * row.value)
    said = (
        f"{name} of {row_label(best, names)} is "
        f"{format_estimate(score_estimate(best, ''))}"
    )
    if len(rows) > 1:
        said += f", the best of {len(rows)}"
    if best.baseline is not None:
        base = make_visible(best.baseline_name, blanks=False)
        said += f"; {base} gets {format_significant(best.baseline)}"
    return (f"{head}{said}.",)
