"""Forecasts: what is left of a run, and how it is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.forecast import (
    CORRECTION,
    Duration,
    Forecast,
    add_durations,
    format_seconds,
)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def around(seconds: float) -> Duration:
    """A duration with a range around it."""
    return Duration(seconds / 2, seconds, seconds * 2)


def rest(forecast: Forecast) -> Duration:
    """What is left, which is known."""
    found = forecast.estimate_rest()
    assert found is not None
    return found


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=8), st.data())
def test_a_run_as_expected_leaves_what_has_not_ended(
    likely: list[float], data: st.DataObject
) -> None:
    """While each task takes what was expected, the rest is the sum of the others."""
    clock, names = Clock(), [str(i) for i in range(len(likely))]
    forecast = Forecast(dict(zip(names, map(around, likely), strict=True)), clock=clock)
    order = data.draw(st.permutations(names))
    for done, name in enumerate(order):
        expected = sum(likely[int(other)] for other in order[done:])
        assert rest(forecast).likely == pytest.approx(expected)
        assert forecast.ended == done
        forecast.begin(name)
        clock.now += likely[int(name)]
        assert forecast.end(name) == pytest.approx(likely[int(name)])
    assert rest(forecast) == add_durations([])


@pytest.mark.parametrize("factor", [0.01, 0.5, 3.0, 100.0])
def test_the_rest_is_corrected_by_what_has_ended(factor: float) -> None:
    """A machine that is slower than expected is slower for the rest, within limits."""
    clock = Clock()
    forecast = Forecast({"a": around(100), "b": around(40)}, clock=clock)
    forecast.begin("a")
    clock.now = 100 * factor
    forecast.end("a")
    least, most = CORRECTION
    assert rest(forecast).likely == pytest.approx(40 * min(most, max(least, factor)))


def test_short_tasks_correct_nothing() -> None:
    """A task of a second that takes three says nothing of an hour's."""
    clock = Clock()
    forecast = Forecast({"a": around(1), "b": around(3600)}, clock=clock)
    forecast.begin("a")
    clock.now = 3
    forecast.end("a")
    assert rest(forecast).likely == 3600


def test_a_task_under_way_is_told_by_its_own_pace() -> None:
    """A quarter done in 30 s leaves 90 s, whatever was expected."""
    clock = Clock()
    forecast = Forecast({"a": around(1000)}, clock=clock)
    forecast.begin("a")
    clock.now = 30
    forecast.advance(0.25)
    assert rest(forecast).likely == pytest.approx(90)
    assert rest(forecast).low < 90 < rest(forecast).high


def test_a_task_over_its_time_leaves_nothing_below_zero() -> None:
    """What takes longer than expected is about to end, not overdue."""
    clock = Clock()
    forecast = Forecast({"a": around(10)}, clock=clock)
    forecast.begin("a")
    clock.now = 1e6
    assert rest(forecast) == Duration(0, 0, 0)


def test_waiting_for_a_turn_is_no_work() -> None:
    """Among several jobs a task counts with what it took, not with its waiting."""
    clock = Clock()
    forecast = Forecast({"a": around(100), "b": around(40)}, jobs=2, clock=clock)
    forecast.begin("a")
    forecast.begin("b")
    clock.now = 500
    assert rest(forecast).likely == pytest.approx(70)
    assert forecast.end("a", 100) == 100
    assert rest(forecast).likely == pytest.approx(20)


def test_what_is_unknown_is_not_guessed() -> None:
    """One task without an estimate leaves the whole without one, until it ends."""
    forecast = Forecast({"a": None, "b": around(1)})
    assert forecast.estimate_rest() is None
    forecast.end("a")
    assert rest(forecast).likely == 1


def test_jobs_share_the_rest() -> None:
    """Four at once take a quarter of the time."""
    tasks = {str(i): around(60) for i in range(8)}
    assert rest(Forecast(tasks, jobs=4)).likely == pytest.approx(120)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (9.4, "9 s"),
        (12, "10 s"),
        (88, "90 s"),
        (91, "2 min"),
        (45 * 60, "45 min"),
        (95 * 60, "1 h 35 min"),
        (7201, "2 h"),
    ],
)
def test_seconds_as_people_say_them(seconds: float, text: str) -> None:
    """No second is told where minutes are meant."""
    assert format_seconds(seconds) == text


@given(st.floats(0, 1e6), st.floats(1, 10))
def test_a_range_names_its_unit_once(low: float, factor: float) -> None:
    """`2 to 5 min`, `40 s to 2 min`, and `about 3 min` where both ends are the same."""
    text = str(Duration(low, low, low * factor))
    least, most = format_seconds(low), format_seconds(low * factor)
    if least == most:
        assert text == f"about {most}"
    else:
        assert text.endswith(f" to {most}")
        assert least.startswith(text.removesuffix(f" to {most}"))
