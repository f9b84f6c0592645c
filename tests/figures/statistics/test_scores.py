"""Grades as dots: on one axis for each measure, beside their baselines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.artifacts import Scores
from generator.core.errors import FigureError
from generator.figures.formatting import phrase_text
from generator.figures.statistics.scores import ScoreDots, ScoresView
from tests.figures import trusted


def view(made: Scores, **settings: Any) -> ScoresView:
    """What a figure of grades shows."""
    return ScoreDots(figure="scores", artifact="a", **settings).view(made)


def number(text: str) -> float:
    """A number as a page prints it."""
    return float(text.replace("−", "-"))


def test_every_row_stands_under_its_measure() -> None:
    """Measures come in the artifact's order, rows in theirs, none is lost."""
    made = trusted.grades()
    drawn = view(made)
    names = list(dict.fromkeys(row.name for row in made.rows))
    assert [one.name for one in drawn.measures] == names
    for one in drawn.measures:
        of = [row.of for row in made.rows if row.name == one.name]
        assert [row.whisker.name for row in one.rows] == of
    assert len(drawn.tables[0].rows) == len(made.rows)


def test_points_intervals_and_baselines_lie_on_their_axis() -> None:
    """Each is where its number is between the two ends of its measure's axis."""
    made = trusted.faithful()
    for one in view(made).measures:
        low, high = (number(tick.text) for tick in one.ticks)
        rows = [row for row in made.rows if row.name == one.name]
        for row, shown in zip(rows, one.rows, strict=True):
            assert row.baseline is not None
            assert low <= row.baseline <= high
            share = (row.baseline - low) / (high - low)
            assert shown.baseline
            assert shown.baseline.x == pytest.approx(6 + 164 * share, abs=0.06)
            if shown.whisker.point is None:
                assert shown.whisker.text == "no value"
                continue
            share = (row.value - low) / (high - low)
            assert shown.whisker.point == pytest.approx(6 + 164 * share, abs=0.06)
            assert shown.whisker.low <= shown.whisker.point <= shown.whisker.high


def test_verdicts_directions_and_baselines_are_words() -> None:
    """What was found, which way is better, and what chance gets stand in text."""
    needed, enough, _ = view(trusted.faithful()).measures
    assert needed.better == "higher is better"
    assert enough.better == "lower is better"
    assert [row.description for row in needed.rows] == [
        "better than random", "not better than random", "",
    ]  # fmt: skip
    assert needed.rows[0].beside == "random order 0.060 [0.050, 0.070], n = 60"


def test_a_grade_without_a_baseline_has_no_mark() -> None:
    """Nothing is drawn where nothing is known."""
    (one,) = view(trusted.sane()).measures
    assert one.rows[0].baseline is None
    assert one.rows[0].beside == "n = 60"
    assert one.rows[0].description == "passed"


def test_the_summary_names_the_best() -> None:
    """The largest where higher is better, the smallest where lower is."""
    said = phrase_text(view(trusted.faithful()).summary)
    assert said.startswith("Faithfulness: comprehensiveness of exact is 0.310 [")
    assert said.endswith("the best of 3; random order gets 0.06.")
    said = phrase_text(view(trusted.faithful(), measures=("sufficiency",)).summary)
    assert "sufficiency of exact is 0.080" in said
    rows = tuple(replace(row, value=float("nan")) for row in trusted.sane().rows)
    said = phrase_text(view(replace(trusted.sane(), rows=rows)).summary)
    assert said.endswith("could be measured on no text.")


def test_measures_and_names_can_be_chosen() -> None:
    """Only what is asked for is drawn, under the names that are given."""
    drawn = view(
        trusted.grades(), measures=("top word", "AUPRC"), names={"blind": "guessing"}
    )
    assert [one.name for one in drawn.measures] == ["top word", "AUPRC"]
    assert drawn.measures[0].rows[2].whisker.name == "guessing"
    assert len(drawn.tables[0].rows) == 6
    with pytest.raises(FigureError, match='no "AUPR"; did you mean "AUPRC"'):
        view(trusted.grades(), measures=("AUPR",))
    with pytest.raises(FigureError, match='names: "blin" is not graded'):
        view(trusted.grades(), names={"blin": "x"})
    with pytest.raises(FigureError, match="no row"):
        view(replace(trusted.grades(), rows=()))
