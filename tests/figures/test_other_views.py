"""Curves, samples and estimates."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from generator.artifacts import Estimate, Samples
from generator.core.errors import FigureError
from generator.figures.formatting import format_count, phrase_text
from generator.figures.language_model.samples import SampledTexts
from generator.figures.statistics.curve import Curve
from generator.figures.statistics.curve_drawing import spread_labels
from generator.figures.statistics.estimates import EstimateDots
from tests.figures import examples


def curve(**given: object) -> Curve:
    """A curve figure."""
    return Curve(figure="curve", artifact="a", **given)  # type: ignore[arg-type]


def parsed(svg: str) -> ET.Element:
    """A drawing as XML."""
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def test_a_curve_is_the_same_bytes_each_time() -> None:
    """No date, no random name, no library's name is in the drawing."""
    first = curve().view(examples.curves()).svg
    assert curve().view(examples.curves()).svg == first
    assert not re.search(r"20\d\d-\d\d|atplotlib|style=|<style|#[0-9a-f]{6}\b", first)


def test_a_curve_takes_the_pages_colours() -> None:
    """Lines and their names carry classes, so that both themes colour them."""
    svg = curve().view(examples.curves()).svg
    root = parsed(svg)
    classes = {c for e in root.iter() for c in e.get("class", "").split()}
    assert {
        "plot",
        "line-0",
        "line-1",
        "name-0",
        "name-1",
        "axis-line",
        "gridline",
        "tick",
        "tick-text",
    } <= classes
    assert "training loss" in "".join(root.itertext())


@pytest.mark.parametrize(
    "name", ["$$", "a$\\foo$", "$\\frac{$", "<s>", "\x1b[0m", "注"]
)
def test_hard_names_are_drawn_literally(name: str) -> None:
    """Dollar signs are no mathematics, controls are no ill-formed XML."""
    drawn = curve().view(replace(examples.curves(), names=(name, "other"))).svg
    text = "".join(parsed(drawn).itertext())
    assert name.replace("\x1b", "␛") in text


def test_two_curves_share_no_name() -> None:
    """Names inside drawings differ, so that two can stand on one page."""
    first = curve().view(examples.curves()).svg
    second = curve(title="Another").view(examples.curves()).svg
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_a_curve_without_values_is_refused() -> None:
    """Nothing is drawn for a line of NaN."""
    empty = replace(examples.curves(), y=np.full((2, 9), np.nan, np.float32))
    with pytest.raises(FigureError, match="no line has a value"):
        curve().view(empty)
    with pytest.raises(FigureError, match="did you mean"):
        curve(curves=("trainin loss",)).view(examples.curves())


def test_names_at_line_ends_keep_apart() -> None:
    """Names never overlap, and stay beside the axis."""
    placed = spread_labels(
        [(0.5, 0), (0.51, 1), (0.52, 2), (0.99, 3), (1.0, 4)], [1] * 5
    )
    heights = [at for at, _ in placed]
    gaps = [b - a for a, b in pairwise(heights)]
    assert min(gaps) >= 0.0749
    assert max(heights) <= 1.0001


def test_samples_are_grouped_and_shown_as_written() -> None:
    """Texts stand under their epoch and temperature; what is invisible is shown."""
    view = SampledTexts(figure="samples", artifact="a").view(examples.samples())
    assert [stage.name for stage in view.stages] == ["epoch 2", "epoch 8"]
    assert len(view.stages[0].groups) == 3
    texts = [t for stage in view.stages for g in stage.groups for t in g.texts]
    assert any("<s> & </script> ␛[31m red ‹U+202E›right to left" in t for t in texts)
    assert "∅" in texts
    assert view.generated


def test_samples_that_do_not_exist_are_an_error() -> None:
    """An epoch without texts is told with those there are."""
    figure = SampledTexts(figure="samples", artifact="a", epochs=(3,))
    with pytest.raises(FigureError, match="there are epochs 2, 8"):
        figure.view(examples.samples())
    with pytest.raises(FigureError, match="none"):
        SampledTexts(figure="samples", artifact="a").view(Samples(samples=()))


def test_estimates_lie_on_their_axis() -> None:
    """A point lies between the ends of its interval, all within the axis."""
    view = EstimateDots(figure="estimates", artifact="a").view(examples.estimates())
    for row in view.whiskers:
        assert row.point is not None
        assert 6 <= row.low <= row.point <= row.high <= 170
    assert view.reference is not None
    assert {row.shape for row in view.whiskers} == {"disc", "square", "up", "down"}
    assert "would give 0" in phrase_text(view.summary)


def test_the_summary_tells_the_row_that_the_author_chose() -> None:
    """Whichever it is; without a choice the first observed one; no row, no figure."""
    made = examples.estimates()
    for row in made.rows:
        view = EstimateDots(figure="estimates", artifact="a", point=row.name).view(made)
        assert f", {row.name}: " in phrase_text(view.summary)
    first = next(row for row in made.rows if row.role == "observed")
    view = EstimateDots(figure="estimates", artifact="a").view(made)
    assert f", {first.name}: " in phrase_text(view.summary)
    with pytest.raises(FigureError, match=r"there is no row.*did you mean"):
        EstimateDots(figure="estimates", artifact="a", point=f"{first.name}x").view(
            made
        )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_shapes_are_explained_of_the_roles_that_are_there(count: int) -> None:
    """Of any row, each once, in one order."""
    made = examples.estimates()
    view = EstimateDots(figure="estimates", artifact="a").view(
        replace(made, rows=made.rows[:count])
    )
    known = {row.role for row in made.rows[:count]}
    assert {role for role, _ in view.roles} == known
    assert len(view.roles) == len(known)


def test_an_estimate_without_an_interval_shows_none() -> None:
    """A single measurement is its value alone."""
    rows = (Estimate("once", 12.5, float("nan"), float("nan"), 1),)
    view = EstimateDots(figure="estimates", artifact="a").view(
        replace(examples.estimates(), rows=rows)
    )
    assert view.whiskers[0].text == "12.5"


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_estimates_that_are_all_alike_have_an_axis(value: float) -> None:
    """Two models that never differ, or times that were not kept, can be drawn."""
    rows = (Estimate("same", value, value, value, 9),)
    view = EstimateDots(figure="estimates", artifact="a").view(
        replace(examples.estimates(), rows=rows, reference=0.0)
    )
    assert [tick.text for tick in view.ticks] == ["0", "1"]


def test_estimates_without_any_value_have_an_axis() -> None:
    """Nor a reference: from 0 to 1."""
    nan = float("nan")
    rows = (Estimate("none", nan, nan, nan, 0),)
    view = EstimateDots(figure="estimates", artifact="a").view(
        replace(examples.estimates(), rows=rows, reference=None)
    )
    low, high = view.ticks
    assert (low.text, high.text) == ("0", "1")


def test_an_estimate_without_a_value_is_told_in_words() -> None:
    """NaN is "not defined", not a point at the axis' end."""
    nan = float("nan")
    rows = (Estimate("none", nan, nan, nan, 0), *examples.estimates().rows)
    view = EstimateDots(figure="estimates", artifact="a").view(
        replace(examples.estimates(), rows=rows)
    )
    assert view.whiskers[0].point is None
    assert view.whiskers[0].text == "no value"


@pytest.mark.parametrize(
    ("number", "thing", "text"),
    [
        (1, "stretch", "1 stretch"),
        (50, "stretch", "50 stretches"),
        (2, "loss", "2 losses"),
        (9, "epoch", "9 epochs"),
        (1200, "slot", "1,200 slots"),
    ],
)
def test_counts_have_an_english_plural(number: int, thing: str, text: str) -> None:
    """After a hiss the plural ends in es; the ch of an epoch is none."""
    assert format_count(number, thing) == text


@pytest.mark.parametrize(
    ("row", "truth", "said"),
    [
        (None, "b", "mean"),
        (0, "", "said a, p = 0.250"),
        (0, "a", "said a, p = 0.250"),
        (7, "b", "said a, p = 0.250; it is b"),
    ],
)
def test_a_panel_says_what_was_predicted_of_its_row(
    row: int | None, truth: str, said: str
) -> None:
    """And the truth, where it is known and another."""
    from generator.artifacts.inputs import FeaturePanel
    from generator.figures.features.feature_scores import describe_panel

    none = np.zeros(0)
    panel = FeaturePanel("mean", none, none.astype(int), row, truth, "a", 0.25)
    assert describe_panel(panel) == said
