"""Scores of features: small pictures where they are pixels, bars where they are not.

Every panel is one row of a corpus or the mean over many, of one model. All panels of a
figure share one scale, in true units, so that models can be compared by eye; artifacts
of different quantities are refused. Pixels or features that an annotation mask names
are outlined or marked with a dot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Artifact, FeaturePanel, FeatureScores
from generator.core.errors import FigureError
from generator.figures.base import (
    DataTable,
    Figure,
    Items,
    TableRow,
    View,
    heading_tracks,
)
from generator.figures.export import fonts
from generator.figures.export.frame import FINE, INSET, ROOM, paragraph_part
from generator.figures.export.shapes import (
    EDGE,
    INK,
    RULE,
    SOFT,
    Box,
    Label,
    Part,
    Shape,
    Stroke,
    fill_colour,
)
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_fixed,
    format_significant,
    make_visible,
)
from generator.figures.scales import Scale, choose_bound

ACROSS = 6
"""Small pictures in a line."""

WIDTH = 100.0
"""Units of a bar's drawing from end to end."""


@dataclass(frozen=True, slots=True)
class Pixel:
    """A square of a picture: its place, its colour class, whether it is masked."""

    x: int
    y: int
    css: str
    marked: bool


@dataclass(frozen=True, slots=True)
class FeatureBar:
    """A feature's bar: its class, its ends in units of the drawing, its number."""

    css: str
    left: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class ScorePanel:
    """One picture, or one column of bars, and what it is of."""

    name: str
    description: str
    pixels: tuple[Pixel, ...]
    bars: tuple[FeatureBar, ...]


@dataclass(frozen=True, slots=True)
class FeatureName:
    """A feature's name, and whether it is masked."""

    name: str
    marked: bool


@dataclass(frozen=True, kw_only=True)
class FeaturesView(View):
    """Panels on one scale."""

    panels: tuple[ScorePanel, ...]
    columns: int
    lines: int
    features: tuple[FeatureName, ...]
    """Names of the bars; none where there are pictures."""
    zero: float
    mask: str
    rest: str

    def items(self) -> Items:
        """Return the panels, each as a whole."""
        return Items(heading_tracks([panel.name for panel in self.panels]))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw small pictures in lines, or bars in columns."""
        if not self.columns:
            yield bars_part(self, y)
        across = min(ACROSS, max(3, len(self.panels)))
        room = (ROOM - 18 * (across - 1)) / across
        cell = min(room / max(self.columns, 1), 18.0)
        high = cell * self.lines + 66
        for i, panel in enumerate(self.panels if self.columns else ()):
            x = INSET + (i % across) * (room + 18)
            yield draw_feature_panel(
                self, panel, x, y + i // across * high, (cell, room)
            )

    def below_key(self) -> tuple[str, ...]:
        """Return what is outlined or marked."""
        if not self.mask:
            return ()
        how = "Outlined" if self.columns else "•"
        return (f"{how}: annotation mask {self.mask}.",)


class FeatureImportance(Figure):
    """Scores of features, of one artifact or several."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (FeatureScores,)
    heading: ClassVar[str] = "How much each feature counts"
    figure: Literal["features"]
    artifacts: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    """Names of the scores to draw, one to eight, all of one quantity."""
    names: dict[str, str] = Field(default={})
    """What the models are called, by artifact; without it, as the artifact."""
    most: int = Field(default=16, ge=1, le=200)
    """How many bars are drawn: of masked features, then those with the largest scores;
    the table has all."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest or longest; without it, the largest of the data."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifacts it draws, in order."""
        return self.artifacts

    def view(self, *artifacts: Artifact) -> FeaturesView:
        """Return what the template renders."""
        found = [one for one in artifacts if isinstance(one, FeatureScores)]
        scale = self.shared_scale(found)
        first = found[0]
        shown = [] if first.shape else largest_features(found, self.most)
        panels = [
            build_score_panel(one, each, self.panel_name(name, one, each), scale, shown)
            for name, one in zip(self.artifacts, found, strict=True)
            for each in one.panels
        ]
        every = [each for one in found for each in one.panels]
        marked = set().union(*(each.marked.tolist() for each in every))
        features = tuple(
            FeatureName(make_visible(first.features[i], blanks=False), i in marked)
            for i in shown
        )
        left = len(first.features) - len(shown) if shown else 0
        return FeaturesView(
            summary=self.summary(found),
            scale=scale,
            tables=(table(found, [one.name for one in panels]),),
            panels=tuple(panels),
            lines=first.shape[0] if first.shape else 0,
            columns=first.shape[1] if first.shape else 0,
            features=features,
            zero=WIDTH / 2 if first.signed else 0.0,
            mask=make_visible(first.mask, blanks=False) if marked else "",
            rest=f"{format_count(left, 'feature')} with smaller scores are in the table"
            if left
            else "",
        )

    def shared_scale(self, found: Sequence[FeatureScores]) -> Scale:
        """Return one scale for all artifacts.

        Raises:
            FigureError: They are not one quantity of the same features.
        """
        kinds = {(o.quantity, o.unit, o.signed, o.shape, o.features) for o in found}
        if len(kinds) > 1:
            raise FigureError(
                "features: one figure holds one quantity of the same features; "
                f"found {format_count(len(kinds), 'kind')}: draw them in figures of "
                f"their own"
            )
        values = np.concatenate([p.scores for o in found for p in o.panels])
        values = values.astype(np.float64)
        if not values.size or not np.isfinite(values).all():
            raise FigureError("features: the artifact holds no score, nothing to draw")
        one, size = found[0], float(np.abs(values).max())
        bound, origin = choose_bound(one.quantity, self.bound, size, values)
        beyond = int((np.abs(values) > bound * (1 + 1e-6)).sum())
        unit = make_visible(one.unit, blanks=False)
        return Scale(
            bound,
            one.signed,
            one.quantity,
            unit,
            origin,
            beyond,
            speaks_for=one.speaks_for,
        )

    def panel_name(self, name: str, scores: FeatureScores, panel: FeaturePanel) -> str:
        """Return a panel's name: the model's and, of several rows, the row's."""
        model = make_visible(self.names.get(name, name), blanks=False)
        if len(scores.panels) == 1:
            return model
        return f"{model}, {make_visible(panel.name, blanks=False)}"

    def summary(self, found: Sequence[FeatureScores]) -> Phrase:
        """Return a sentence on the largest score of each artifact, and where it is."""
        told = []
        for name, one in zip(self.artifacts, found, strict=True):
            sizes = np.stack([np.abs(each.scores) for each in one.panels]).max(0)
            place = int(sizes.argmax())
            model = make_visible(self.names.get(name, name), blanks=False)
            feature = make_visible(one.features[place], blanks=False)
            said = f"{model}, {format_significant(float(sizes[place]))} at {feature}"
            told.append(said)
        quantity = found[0].quantity
        return (f"Largest {quantity}: {'; '.join(told)}.",)


def largest_features(found: Sequence[FeatureScores], most: int) -> list[int]:
    """Return the masked features, then those of the largest scores of any panel.

    Args:
        found: The artifacts.
        most: How many features to return.

    Returns:
        Their indices, in their own order.
    """
    every = [each for one in found for each in one.panels]
    sizes = np.stack([np.abs(each.scores) for each in every]).max(0)
    for each in every:
        sizes[each.marked] = np.inf
    return sorted(np.argsort(-sizes, kind="stable")[:most].tolist())


def build_score_panel(
    scores: FeatureScores,
    panel: FeaturePanel,
    name: str,
    scale: Scale,
    shown: Sequence[int],
) -> ScorePanel:
    """Return one picture or one column of bars."""
    marked = set(panel.marked.tolist())
    values = panel.scores.astype(np.float64)
    pixels: tuple[Pixel, ...] = ()
    if scores.shape:
        places = [divmod(i, scores.shape[1]) for i in range(values.size)]
        pixels = tuple(
            Pixel(x, y, scale.shade(float(values[i])), i in marked)
            for i, (y, x) in enumerate(places)
        )
    bars = tuple(build_feature_bar(float(values[i]), scale) for i in shown)
    return ScorePanel(name, describe_panel(panel), pixels, bars)


def build_feature_bar(value: float, scale: Scale) -> FeatureBar:
    """Return a bar from 0, to the left of the middle where a score speaks against."""
    share = max(-1.0, min(1.0, value / scale.bound))
    if not scale.signed:
        return FeatureBar(
            scale.shade(value), 0.0, round(share * WIDTH, 1), format_significant(value)
        )
    half = share * WIDTH / 2
    left = round(WIDTH / 2 + min(0.0, half), 1)
    text = format_fixed(value, 3, signed=True)
    return FeatureBar(scale.shade(value), left, round(abs(half), 1), text)


def describe_panel(panel: FeaturePanel) -> str:
    """Return what a panel is of, below it."""
    if panel.row is None:
        return make_visible(panel.name, blanks=False)
    told = f"said {panel.label}, p = {format_fixed(panel.probability, 3)}"
    if panel.truth and panel.truth != panel.label:
        told += f"; it is {panel.truth}"
    return make_visible(told, blanks=False)


def table(found: Sequence[FeatureScores], names: Sequence[str]) -> DataTable:
    """Return a table of every score, and which features are masked."""
    panels = [each for one in found for each in one.panels]
    marked = set().union(*(each.marked.tolist() for each in panels))
    rows = tuple(
        TableRow(
            make_visible(feature, blanks=False),
            (
                *(format_significant(float(each.scores[i]), 4) for each in panels),
                *(["yes" if i in marked else ""] if marked else []),
            ),
        )
        for i, feature in enumerate(found[0].features)
    )
    mask = [f"in {make_visible(found[0].mask, blanks=False)}"] if marked else []
    unit = f", {found[0].unit}" if found[0].unit else ""
    title = make_visible(f"{found[0].quantity}{unit}", blanks=False)
    return DataTable(title, ("feature", *names, *mask), rows)


def draw_feature_panel(
    view: FeaturesView, panel: ScorePanel, x: float, y: float, size: tuple[float, float]
) -> Part:
    """Draw one small picture, its name above and what it is of below."""
    cell, room = size
    top = y + 30
    wide, high = cell * view.columns, cell * view.lines
    name = fonts.wrap_text(panel.name, room, 12, "bold", 2)
    shapes: list[Shape] = [
        Label(x, y + 10 + i * 14, line, 12, INK, "bold") for i, line in enumerate(name)
    ]
    shapes.append(Box(x - 1, top - 1, wide + 2, high + 2, "", RULE))
    for one in panel.pixels:
        place = x + one.x * cell + 0.5, top + one.y * cell + 0.5
        edge = INK if one.marked else ""
        shapes.append(Box(*place, cell - 1, cell - 1, fill_colour(one.css), edge))
    below = paragraph_part(panel.description, x, top + high + 3, room, 10, SOFT, most=2)
    return Part([*shapes, *below.shapes], top + high + 34)


def bars_part(view: FeaturesView, y: float) -> Part:
    """Draw a line for each feature, a column for each panel."""
    head = min(220.0, max(fonts.text_width(f.name, 12) for f in view.features) + 16)
    step = min(300.0, (ROOM - head - 10) / len(view.panels))
    room = step - 78
    shapes: list[Shape] = []
    for i, panel in enumerate(view.panels):
        x = INSET + head + 10 + i * step
        name = fonts.clip_text(panel.name, step - 8, 12)
        shapes.append(Label(x, y + 10, name, 12, INK, "bold"))
        for j, one in enumerate(panel.bars):
            line = y + 22 + j * 18
            left, wide = (v / WIDTH * room for v in (one.left, one.width))
            shapes.append(Box(x + left, line, wide, 12, fill_colour(one.css), EDGE))
            shapes.append(Label(x + room + 8, line + 10, one.text, FINE, SOFT))
        zero = x + view.zero / WIDTH * room
        ends = (zero, y + 20), (zero, y + 22 + len(panel.bars) * 18)
        shapes.append(Stroke(ends, EDGE))
    for j, feature in enumerate(view.features):
        said = fonts.clip_text(
            f"{feature.name}{' •' if feature.marked else ''}", head, 12
        )
        place = INSET + head, y + 32 + j * 18
        shapes.append(Label(*place, said, 12, INK, anchor="end"))
    return Part(shapes, y + 28 + len(view.features) * 18)
