"""Fields of arrows and scores of features: true lengths, one scale, masks marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Artifact
from generator.core.errors import FigureError
from generator.figures.export.shapes import Label
from generator.figures.features.feature_scores import (
    WIDTH,
    FeatureImportance,
    FeaturesView,
    bars_part,
)
from generator.figures.features.feature_scores import build_feature_bar as feature_bar
from generator.figures.features.quiver import (
    LONGEST,
    SIDE,
    Quiver,
    QuiverView,
    level_lines,
    scale_bar,
)
from generator.figures.formatting import phrase_text
from generator.figures.scales import Scale
from generator.figures.tables import csv_of
from tests.figures import numbered


def field(**settings: Any) -> QuiverView:
    """A figure of the made-up field."""
    made = numbered.plane(**settings.pop("changed", {}))
    return Quiver(figure="quiver", artifact="a", **settings).view(made)


def features(*made: Artifact, **settings: Any) -> FeaturesView:
    """A figure of scores of features."""
    names = tuple("abcdefgh"[: len(made)])
    return FeatureImportance(figure="features", artifacts=names, **settings).view(*made)


def test_an_arrows_length_is_its_gradients_on_one_scale() -> None:
    """Lengths are proportional, the printed bar is too, and up is up."""
    made = numbered.plane()
    drawn = field()
    sizes = np.hypot(made.gradients[..., 0], made.gradients[..., 1])[::-1].ravel()
    unit = LONGEST * SIDE / 9 / sizes.max()
    for arrow, size in zip(drawn.arrows, sizes, strict=True):
        if not arrow.is_dot:
            assert np.hypot(arrow.dx, arrow.dy) == pytest.approx(size * unit, abs=0.1)
        else:
            assert size < 0.02 * sizes.max() * (1 + 1e-6)
    number = float(drawn.size.split()[0])
    assert drawn.bar == pytest.approx(number * unit, abs=0.1)
    assert "per unit of x and y" in drawn.size
    above = next(a for a in drawn.arrows if a.x == SIDE / 2 and not a.is_dot)
    assert above.y < SIDE / 2
    assert above.dy < 0, "outwards is upwards above the middle"


def test_what_is_differentiated_is_named() -> None:
    """The function stands with the drawing, in the summary and over the table."""
    drawn = field()
    assert drawn.function == "the probability of <outside>"
    assert drawn.function in phrase_text(drawn.summary)
    assert drawn.function in drawn.tables[0].caption


def test_the_models_boundary_is_where_both_labels_are_as_likely() -> None:
    """One closed line, everywhere 30 from the middle as the made-up model has it."""
    (line,) = field(changed={"points": 31}).model
    assert line[0] == line[-1]
    middle = SIDE / 2
    scale = (96 + 96 / 30) / SIDE
    away = [np.hypot(x - middle, y - middle) * scale for x, y in line]
    assert away == pytest.approx([30] * len(line), abs=0.2)


def test_lines_end_at_the_edge_or_close() -> None:
    """A plane's level is one straight line; crosswise signs give two."""
    grid = np.arange(4.0)
    x, y = np.meshgrid(grid, grid)
    (line,) = level_lines(grid, grid, x - y + 0.5)
    assert all(b - a == pytest.approx(0.5) for a, b in line)
    signs = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert len(level_lines(grid[:2], grid[:2], signs)) == 2
    assert level_lines(grid, grid, np.ones((4, 4))) == []


def test_a_flat_field_is_refused() -> None:
    """Where nothing differs from 0 there is no scale to draw on."""
    flat = np.zeros((9, 9, 2), np.float32)
    with pytest.raises(FigureError, match="nothing to draw"):
        field(changed={"gradients": flat})


def test_pictures_share_one_scale_and_outline_the_mask() -> None:
    """The darkest pixel of all is at the bound; the corners are outlined in both."""
    one, two = numbered.pixels(1), numbered.pixels(2)
    drawn = features(one, two, names={"a": "plain"})
    assert drawn.scale is not None
    largest = max(float(p.scores.max()) for o in (one, two) for p in o.panels)
    assert drawn.scale.bound == pytest.approx(largest)
    assert [panel.name for panel in drawn.panels] == ["plain", "b"]
    for panel in drawn.panels:
        marked = {(p.x, p.y) for p in panel.pixels if p.marked}
        assert marked == {(0, 0), (4, 0), (0, 4), (4, 4)}
    assert drawn.features == ()
    assert [t.key for t in drawn.items().tracks] == ["1-", "2-"]


def test_bars_show_masked_features_and_the_largest() -> None:
    """So many of them, on both sides of 0; the table has all."""
    made = numbered.columns()
    drawn = features(made, most=7)
    assert [f.name for f in drawn.features[:4]] == [f"<feature {i}>" for i in range(4)]
    assert len(drawn.features) == 7
    assert drawn.rest == "13 features with smaller scores are in the table"
    chosen = [int(f.name[9:-1]) for f in drawn.features]
    for panel, one in zip(drawn.panels, made.panels, strict=True):
        for bar, score in zip(panel.bars, one.scores[chosen], strict=True):
            assert (bar.left < 50) == (score < 0)
            width = abs(float(score)) / drawn.scale.bound * 50  # type: ignore[union-attr] # drawn
            assert bar.width == pytest.approx(width, abs=0.06)
    assert drawn.panels[0].description == "said b, p = 0.750; it is a"
    assert len(csv_of(drawn.tables).decode().splitlines()) == 21


def test_scores_beyond_a_written_bound_are_counted() -> None:
    """Not what is at it: the darkest pixel itself is none of them."""
    made = numbered.pixels(1)
    sizes = np.sort(np.abs(made.panels[0].scores.astype(float)))
    for bound, beyond in ((sizes[-1], 0), (sizes[-2], 1), (sizes[-4] * 0.999, 4)):
        scale = features(made, bound=float(bound)).scale
        assert scale is not None
        assert scale.beyond == beyond
    assert features(made).scale.beyond == 0  # type: ignore[union-attr] # drawn


def test_other_quantities_or_features_are_refused() -> None:
    """One scale is of one quantity and the same features."""
    with pytest.raises(FigureError, match="one quantity of the same features"):
        features(numbered.pixels(), numbered.columns())
    with pytest.raises(FigureError, match="one quantity"):
        features(numbered.pixels(), numbered.pixels(quantity="gradient"))


def test_a_head_lies_behind_its_tip_on_both_sides() -> None:
    """Its two strokes are equal, mirror each other in the shaft, and point back."""
    arrows = [arrow for arrow in field().arrows if not arrow.is_dot]
    assert len(arrows) > 10
    for arrow in arrows:
        shaft = np.array([arrow.dx, arrow.dy])
        length = np.hypot(*shaft)
        first, second = np.array(arrow.head)
        size = min(5.0, 0.45 * length)
        for stroke in (first, second):
            assert np.hypot(*stroke) == pytest.approx(size, abs=0.1)
            assert stroke @ shaft < 0, "backwards"
        across = np.array([-shaft[1], shaft[0]]) / length
        assert first @ across == pytest.approx(-second @ across, abs=0.15)
        assert abs(first @ across) == pytest.approx(size * np.sin(0.45), abs=0.15)


@pytest.mark.parametrize("shape", [(5, 9), (9, 5), (3, 4)])
def test_arrows_stay_with_their_cells_on_a_grid_of_any_shape(
    shape: tuple[int, int],
) -> None:
    """The longest goes over as many of the finer axis's cells as on a square."""
    rows, columns = shape
    line = numbered.plane(points=max(shape))
    made = {
        name: getattr(line, name)[:rows, :columns]
        for name in ("values", "gradients", "probabilities")
    } | {"x": line.x[:columns], "y": line.y[:rows]}
    drawn = field(changed={"points": max(shape), **made})
    longest = max(np.hypot(a.dx, a.dy) for a in drawn.arrows)
    assert longest == pytest.approx(LONGEST * SIDE / max(shape), abs=0.1)
    assert len(drawn.arrows) == rows * columns


@pytest.mark.parametrize("bound", [0.0013, 0.02, 0.5, 1.0, 1.9, 4.99, 73.0])
def test_the_printed_size_is_round_and_no_longer_than_the_longest(bound: float) -> None:
    """One, two or five of a power of ten, at least two fifths of the bound."""
    shown, long = scale_bar(bound, 80)
    assert bound / 2.5 - 1e-12 <= shown <= bound
    digits = f"{shown:.6e}".split("e")[0]
    assert float(digits) in {1.0, 2.0, 5.0}
    assert long == pytest.approx(80 * shown / bound, abs=0.05)


@pytest.mark.parametrize("value", [-3.0, -1.0, -0.25, 0.0, 0.4, 1.0, 7.0])
@pytest.mark.parametrize("signed", [False, True])
def test_a_bar_begins_at_nothing_and_ends_at_its_score(
    value: float, signed: bool
) -> None:
    """To the left of the middle where it is below 0, and never beyond the end."""
    if not signed and value < 0:
        return
    one = feature_bar(value, Scale(1.0, signed, "score", "", "data"))
    share = max(-1.0, min(1.0, value)) * WIDTH
    if not signed:
        assert (one.left, one.width) == (0, pytest.approx(share, abs=0.05))
        return
    ends = sorted((WIDTH / 2, WIDTH / 2 + share / 2))
    assert (one.left, one.left + one.width) == pytest.approx(ends, abs=0.11)
    assert one.width >= 0


def test_names_of_features_are_whole_where_there_is_room() -> None:
    """The column is as wide as the longest name, marked ones too."""
    for names in (("a", "a longer name", "b"), ("a longer name", "a", "b")):
        made = numbered.columns(
            features=names,
            panels=(numbered.panel(3, 4, (1,), sizes=False),),
        )
        part = bars_part(features(made), 0)
        labels = [s for s in part.shapes if isinstance(s, Label) and s.anchor == "end"]
        assert {s.text.removesuffix(" •") for s in labels} == set(names)
        assert [s.text.endswith(" •") for s in labels] == [
            f.marked for f in features(made).features
        ]
