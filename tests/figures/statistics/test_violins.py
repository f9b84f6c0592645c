"""Violins: outlines are densities, points are the means that the artifact holds."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts import DistributionGroup, Distributions
from generator.core.errors import FigureError
from generator.figures.formatting import phrase_text
from generator.figures.statistics.violins import (
    MIDDLE,
    Violins,
    ViolinsView,
    bandwidth,
    density,
)
from tests.figures import scored


def view(distributions: Distributions, **given: object) -> ViolinsView:
    """What violins of `made` show."""
    figure = Violins(figure="violins", artifact="a", **given)  # type: ignore[arg-type]
    return figure.view(distributions)


def sample_normal(size: int, seed: int = 1) -> np.ndarray:
    """Normal values."""
    return np.random.Generator(np.random.PCG64(seed)).normal(size=size)


def test_a_density_has_an_area_of_one() -> None:
    """With and without ends, what is beyond them folded back."""
    for values, ends in (
        (sample_normal(400), None),
        (np.abs(sample_normal(400)), (0.0, 10.0)),
    ):
        places, heights = density(values, ends)
        assert np.trapezoid(heights, places) == pytest.approx(1, abs=0.01)


def test_a_density_follows_the_values() -> None:
    """It is near the normal curve that many normal values come from."""
    places, heights = density(sample_normal(20_000))
    truth = np.exp(-0.5 * places**2) / np.sqrt(2 * np.pi)
    assert np.abs(heights - truth).max() < 0.02


def test_no_density_lies_beyond_an_end() -> None:
    """Values piled at an end keep their height there and give none beyond."""
    values = np.abs(sample_normal(2000)) * 0.2
    places, heights = density(values, (0.0, 1.0))
    assert places.min() == 0
    assert heights[0] > 0.9 * heights.max()


def test_the_bandwidth_is_silvermans() -> None:
    """The smaller of two measures of spread counts, and no spread gives none."""
    values = sample_normal(1000)
    sd = float(values.std(ddof=1))
    assert bandwidth(values) == pytest.approx(0.9 * sd * 1000**-0.2, rel=0.1)
    wild = np.append(values, [1000.0])
    assert bandwidth(wild) < 2 * bandwidth(values)
    assert bandwidth(np.ones(10)) == 0
    one_apart = np.append(np.zeros(9), [10.0])
    sd = float(one_apart.std(ddof=1))
    assert bandwidth(one_apart) == pytest.approx(0.9 * sd * 10**-0.2)
    assert bandwidth(np.array([1.0])) == 0
    assert bandwidth(np.array([1.0, 2.0])) > 0
    assert density(np.ones(10))[0].size == 0


def test_points_and_intervals_lie_on_the_axis() -> None:
    """Means lie within their intervals, the paper's mean has its own place."""
    for one in view(scored.distributions()).violins[:3]:
        assert one.point is not None
        assert one.published is not None
        assert 8 <= one.low <= one.point <= one.high <= 352


def test_an_outline_is_symmetric_and_as_wide_as_the_next() -> None:
    """Upper and lower edges mirror each other; the widest place is the same for all."""
    for one in view(scored.distributions()).violins[:3]:
        points = re.findall(r"([\d.]+) ([\d.]+)", one.outline)
        heights = [round(float(y) - MIDDLE, 1) for _, y in points]
        assert heights == [-h for h in reversed(heights)]
        assert max(heights) == pytest.approx(17, abs=0.1)


def test_few_values_are_ticks_and_none_say_so() -> None:
    """Below five values there is no outline; with none there is no point either."""
    many, _, some, four, none = view(scored.distributions()).violins
    assert (bool(many.outline), len(many.ticks)) == (True, 0)
    assert (bool(some.outline), len(some.ticks)) == (True, 48)
    assert (four.outline, len(four.ticks)) == ("", 4)
    assert (none.outline, none.ticks, none.point) == ("", (), None)
    assert (none.text, none.n) == ("no value", "n = 0 texts")


def test_equal_values_have_no_outline() -> None:
    """Where all values are one there is a point, and nothing is spread."""
    values = np.full(30, 0.25, np.float32)
    group = DistributionGroup("level", values, 0.25, 0.25, 0.25)
    one = view(replace(scored.distributions(), groups=(group,))).violins[0]
    assert one.outline == ""
    assert one.point is not None


def test_the_axis_holds_everything_and_respects_the_ends() -> None:
    """Values, intervals, reported means and the reference lie between its ends."""
    made = scored.distributions()
    drawn = view(made)
    low, high = (float(t.text.replace("−", "-")) for t in drawn.axis)
    values = np.concatenate([g.values for g in made.groups])
    assert -1 <= low <= values.min()
    assert values.max() <= high <= 1
    assert drawn.reference
    assert drawn.reference.text == "no relation 0"
    assert [t.text for t in view(made, low=-1.0, high=1.0).axis] == ["−1", "1"]


def test_the_paper_is_named_only_where_its_means_are_drawn() -> None:
    """Without a reported mean there is no diamond and no line in the key."""
    made = scored.distributions()
    assert view(made).published == "Jain and Wallace (2019)"
    own = tuple(replace(group, published=None) for group in made.groups)
    assert view(replace(made, groups=own)).published == ""


def test_the_summary_holds_the_observed_means_and_no_verdict() -> None:
    """Controls are in the table; the sentence is about what was observed."""
    said = phrase_text(view(scored.distributions()).summary)
    assert said.count("[") == 3
    assert "supported" not in said


def test_the_table_holds_means_and_quartiles() -> None:
    """Each group's numbers are its artifact's; what is not there is a dash."""
    made = scored.distributions()
    (table,) = view(made).tables
    assert [row.head for row in table.rows] == [group.name for group in made.groups]
    median = float(np.median(made.groups[0].values.astype(np.float64)))
    assert float(str(table.rows[0].cells[6])) == pytest.approx(median, rel=1e-3)
    assert table.rows[-1].cells[2:8] == ("–",) * 6


@pytest.mark.parametrize(("unit", "words"), [("nats", " (nats)"), ("", "")])
def test_the_table_names_the_unit_if_there_is_one(unit: str, words: str) -> None:
    """In brackets after the quantity."""
    made = replace(scored.distributions(), quantity="entropy", unit=unit)
    (table,) = view(made).tables
    assert f"entropy{words}: means" in table.caption


def test_nothing_to_draw_is_an_error() -> None:
    """An artifact without groups is refused."""
    with pytest.raises(FigureError, match="no group"):
        view(replace(scored.distributions(), groups=()))


@pytest.mark.parametrize("values", [[1.0, 3.0], [0.0, 0.5, 4.0], list(range(40))])
def test_the_bandwidth_is_silverman_s(values: list[float]) -> None:
    """Of the smaller of two spreads, from two values on; 0 where there is none."""
    given = np.array(values, float)
    low, high = np.quantile(given, (0.25, 0.75))
    spread = min(given.std(ddof=1), (high - low) / 1.34)
    known = 0.9 * spread * len(given) ** -0.2
    assert bandwidth(given) == pytest.approx(known)
    assert bandwidth(given[:1]) == bandwidth(np.full(5, 2.0)) == 0
    places, heights = density(given)
    assert np.trapezoid(heights, places) == pytest.approx(1, abs=0.01)
