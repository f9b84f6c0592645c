"""What day it is, when studies appear, and what is left out until then."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import ConfigError
from generator.study import schedule
from generator.study.site_settings import load_settings
from tests.stub.conftest import Stub, project, stub
from tests.stub.project import tree, write_study

__all__ = ["project", "stub"]  # fixtures
FRIDAY = dt.date(2026, 11, 27)
DATES = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1))


@given(st.sampled_from(schedule.DAYS), st.none() | DATES, DATES)
def test_the_next_slot(day: str, newest: dt.date | None, today: dt.date) -> None:
    """It is the weekday's first day that is after the newest and not in the past."""
    found = schedule.find_next_slot(f"weekly {day}", newest, today)
    assert found.strftime("%A").lower() == day
    assert found >= today
    before = found - dt.timedelta(days=7)
    assert before < today or (newest is not None and before <= newest)
    assert newest is None or found > newest


def test_without_a_rhythm_it_is_today() -> None:
    """A blog without a cadence is written when it is written."""
    assert schedule.find_next_slot("", dt.date(2030, 1, 1), FRIDAY) == FRIDAY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weekly fryday", 'did you mean "friday"'),
        ("friday", "must be weekly and a weekday"),
        ("daily", "the days are monday"),
    ],
)
def test_a_rhythm_that_is_none(text: str, said: str, tmp_path: Path) -> None:
    """A mistyped day is met with the nearest one, at its place in the file."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "site.yaml").write_text(f"title: x\ncadence: {text}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert caught.value.problems[0].startswith("studies/site.yaml:2:10: cadence must")
    assert said in caught.value.problems[0]


@pytest.mark.parametrize(
    ("now", "zone", "waits"),
    [
        ("2026-11-26T23:30", "UTC", "in 1 h"),
        ("2026-11-26T00:00", "UTC", "in 24 h"),
        ("2026-11-20", "UTC", "in 7 days"),
        ("2026-11-26T23:30+00:00", "Europe/Berlin", ""),
        ("2026-11-27T00:30+00:00", "America/New_York", "in 5 h"),
        ("2026-11-27", "UTC", ""),
    ],
)
def test_a_day_begins_where_the_site_is(now: str, zone: str, waits: str) -> None:
    """The site's midnight decides, not that of Greenwich or of the machine."""
    moment = schedule.parse_moment(now, zone)
    assert schedule.is_due(FRIDAY, moment) == (not waits)
    if waits:
        assert schedule.format_wait(FRIDAY, moment) == waits


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "26-1-1", "1\x1b[2J"])
def test_a_now_that_is_none(text: str) -> None:
    """What is no date is refused, escaped."""
    with pytest.raises(ConfigError, match="--now: ") as caught:
        schedule.parse_moment(text, "UTC")
    assert caught.value.problems[0].isprintable()


def test_a_scheduled_study_waits(stub: Stub, project: Path) -> None:
    """It is neither trained nor shown before its day, and one line says when."""
    late = write_study(project, "late", day=9)
    told = stub(project, STUDY_NOW="2024-01-03T12:00")
    assert "late: scheduled for 2024-01-09, in 6 days" in told.stderr
    assert "built 2 studies" in told.stdout
    assert not (late / "artifacts").exists()
    assert "built 3 studies" in stub(project, "--future", STUDY_NOW="2024-01-03").stdout
    assert "built 3 studies" in stub(project, "--now", "2024-01-09").stdout


def test_the_day_decides_and_no_cache(stub: Stub, project: Path) -> None:
    """The same files give the site of each day, in whatever order days are asked."""
    write_study(project, "late", day=9)
    stub(project, "--future")
    sites = [
        tree(project / "site")
        for day in ("2024-01-05", "2024-01-10", "2024-01-05")
        if stub(project, "render", "--now", day)
    ]
    assert sites[0] == sites[2] != sites[1]


def test_recorded_times_do_not_schedule(stub: Stub, project: Path) -> None:
    """SOURCE_DATE_EPOCH is what to write into files, and not the day of the site."""
    assert "built 2 studies" in stub(project, SOURCE_DATE_EPOCH="0").stdout


def test_a_clock_that_is_wrong_empties_no_site(stub: Stub, project: Path) -> None:
    """Where every study is to come, nothing is built and the old site stays."""
    stub(project)
    before = tree(project / "site")
    failed = stub(project, "--now", "1970-01-01", status=2)
    assert "scheduled for 2024-01-01" in failed.stderr
    assert "today is 1970-01-01" in failed.stderr
    assert tree(project / "site") == before


def test_a_list_of_what_is_asked_for(stub: Stub, project: Path) -> None:
    """Drafts, studies to come and stale ones are listed alone when asked for."""
    stub(project)
    write_study(project, "late", day=9)
    write_study(project, "rough", day=1, extra="draft: true\n")
    day = ("--now", "2024-01-03")

    def listed(*words: str) -> list[str]:
        lines = stub(project, "list", *day, *words).stdout.splitlines()
        return [line.split("  ")[1] for line in lines if line[0] != " "]

    assert listed() == ["first", "rough", "second", "late"]
    assert listed("--drafts") == ["rough"]
    assert listed("--scheduled") == ["late"]
    assert listed("--stale") == ["rough", "late"]
    assert listed("--drafts", "--scheduled") == ["rough", "late"]
    assert "(scheduled, in 6 days)" in stub(project, "list", *day).stdout
    assert '"scheduled": true' in stub(project, "list", "--json", *day).stdout
