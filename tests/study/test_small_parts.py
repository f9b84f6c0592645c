"""Small parts of studies, each condition decided by itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Estimates
from generator.artifacts.store import ArtifactState
from generator.core.errors import IntegrityError, MissingArtifactError
from generator.methods.common.statistics import mean_estimate
from generator.study.comparison import (
    LEAST_UNITS,
    ComparedEstimate,
    compare_estimates,
    find_unit,
    is_threshold,
    name_units,
)
from generator.study.freshness import StudyStatus, make_incomplete_error
from generator.study.new_study import find_referenced_files, is_own_file
from generator.study.schedule import SOON, format_wait, is_due
from tests.figures import examples


def rng() -> np.random.Generator:
    """The same draws."""
    return np.random.default_rng(0)


@pytest.mark.parametrize("shared", [LEAST_UNITS - 1, LEAST_UNITS, LEAST_UNITS + 1])
def test_few_units_of_both_are_not_paired(shared: int) -> None:
    """From the least number on that an interval stands on."""
    values = rng().normal(size=2 * LEAST_UNITS)
    ids = np.arange(2 * LEAST_UNITS)
    one = mean_estimate("m", values, rng(), ids=ids)
    other = mean_estimate("m", values, rng(), ids=ids + 2 * LEAST_UNITS - shared)
    found = compare_estimates(
        ComparedEstimate(one, "a", "c"), ComparedEstimate(other, "a", "c")
    )
    assert (found.kind == "paired") == (shared >= LEAST_UNITS)


def state(word: Any, reason: str = "") -> ArtifactState:
    """The state of an artifact."""
    return ArtifactState(word, reason)


def status(**artifacts: ArtifactState) -> StudyStatus:
    """A study's artifacts."""
    study: Any = SimpleNamespace(slug="s", artifacts={}, models={}, corpora={})
    return StudyStatus(study, artifacts, {})


def test_damage_in_one_study_is_damage() -> None:
    """Others lack something; the error is that of integrity, with all reasons."""
    missing, damaged = status(a=state("missing")), status(b=state("damaged", "cut"))
    assert type(make_incomplete_error([missing])) is MissingArtifactError
    for both in ([missing, damaged], [damaged, missing], [damaged]):
        error = make_incomplete_error(both)
        assert type(error) is IntegrityError
        assert all(problem.startswith("s: ") for problem in error.problems)
        assert any("cut" in problem for problem in error.problems)


def test_a_unit_is_the_method_s_or_the_corpus_s() -> None:
    """A text where nothing says it."""
    corpus = SimpleNamespace(document_noun="story")
    study: Any = SimpleNamespace(
        artifacts={
            "own": SimpleNamespace(unit="cell", model="m"),
            "read": SimpleNamespace(unit="", model="m"),
            "bare": SimpleNamespace(unit="", model="n"),
        },
        models={"m": SimpleNamespace(corpus="c"), "n": SimpleNamespace(corpus=None)},
        corpora={"c": corpus},
    )
    names = ("own", "read", "bare", "none")
    assert [find_unit(study, name) for name in names] == [
        "cell",
        "story",
        "text",
        "text",
    ]


def test_a_unit_that_is_said_stays() -> None:
    """What says none gets the method's; what holds no estimates stays as it is."""
    estimates = examples.estimates()
    assert isinstance(estimates, Estimates)
    named = name_units(estimates, "story")
    assert isinstance(named, Estimates)
    for before, after in zip(estimates.rows, named.rows, strict=True):
        assert after.unit == (before.unit or "story")
    other = examples.attention()
    assert name_units(other, "story") is other


def test_a_number_has_no_error_of_its_own() -> None:
    """A given one, or a percentile of enough null draws."""
    from generator.artifacts import Estimate

    nan = float("nan")

    def made(value: float, low: float, high: float, **more: Any) -> Estimate:
        words: dict[str, Any] = {"n": LEAST_UNITS, "role": "observed"}
        return Estimate("m", value, low, high, **words | more)

    assert is_threshold(made(1, 1, 1))
    assert not is_threshold(made(1, 0, 1))
    assert not is_threshold(made(1, 1, 2))
    assert not is_threshold(made(1, nan, nan))
    assert is_threshold(made(1, nan, nan, role="null"))
    assert not is_threshold(made(1, nan, nan, role="null", n=LEAST_UNITS - 1))
    assert not is_threshold(made(nan, nan, nan, role="null"))
    assert not is_threshold(made(1, 0, nan, role="null"))
    assert not is_threshold(mean_estimate("m", np.ones(9), rng(), ids=np.arange(9)))


def test_files_that_a_study_names_are_its_own(tmp_path: Path) -> None:
    """By settings that end in path, of corpora and models, where they lie below."""
    folder = tmp_path / "s"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text("x")
    (tmp_path / "out.txt").write_text("x")
    (folder / "link.txt").symlink_to(tmp_path / "out.txt")
    data: dict[str, Any] = {
        "corpora": {
            "one": {"kind": "lines", "path": "a.txt", "other": "c.txt"},
            "two": {"test_path": "b.txt", "gone_path": "gone.txt", "no_path": 3},
            "three": {"path": "link.txt"},
            "four": None,
        },
        "models": None,
        "artifacts": {"a": {"path": "c.txt"}},
    }
    found = {"a.txt": folder / "a.txt", "b.txt": folder / "b.txt"}
    assert find_referenced_files(folder, data) == found
    assert find_referenced_files(folder, {"models": {"m": {"path": "c.txt"}}}) == {
        "c.txt": folder / "c.txt"
    }
    assert find_referenced_files(folder, {}) == {}
    assert not is_own_file(folder, folder)


def test_hours_are_counted_in_the_last_days() -> None:
    """An hour begun is one; from two days on, days are counted."""
    day = dt.date(2030, 5, 10)
    begins = dt.datetime(2030, 5, 10, tzinfo=dt.UTC)
    hours = round(SOON / dt.timedelta(hours=1))
    second = dt.timedelta(seconds=1)
    for left, said in (
        (second, "in 1 h"),
        (dt.timedelta(hours=1), "in 1 h"),
        (dt.timedelta(hours=1) + second, "in 2 h"),
        (SOON - second, f"in {hours} h"),
        (SOON, f"in {hours // 24} days"),
        (dt.timedelta(days=7), "in 7 days"),
    ):
        assert format_wait(day, begins - left) == said
    assert is_due(day, begins)
    assert not is_due(day, begins - second)
