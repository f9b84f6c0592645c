"""What a terminal says of work: which parts, how long, and in how many lines."""

from __future__ import annotations

import io
import math
import time

import pytest

from generator.cli.commands import (
    DownloadBar,
    format_plan,
    format_total,
    list_data_folders,
)
from generator.cli.terminal import (
    BarProgress,
    LineProgress,
    format_losses,
    format_shares,
)
from generator.collect.timings import Timings
from generator.core.forecast import Duration, Forecast, PlannedTask

SURE = Duration(20.0, 20.0, 20.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ({}, "1 s"),
        ({"a": 0.4}, "1 s"),
        ({"a": 0.5}, "1 s: a 1 s"),
        ({"b": 4.0, "a": 4.0, "c": 8.0}, "15 s: c 8 s, a 4 s, b 4 s"),
        ({"a": 4.0, "b": 0.3}, "4 s: a 4 s"),
        ({"a": 4.0, "b": 0.3, "c": 0.3}, "5 s: a 4 s, 2 others 1 s"),
        (dict.fromkeys("abcd", 1.0), "4 s: a 1 s, b 1 s, c 1 s, d 1 s"),
        (dict.fromkeys("abcde", 1.0), "5 s: a 1 s, b 1 s, c 1 s, d 1 s, e 1 s"),
        (
            dict.fromkeys("abcdef", 1.0),
            "6 s: a 1 s, b 1 s, c 1 s, d 1 s, 2 others 2 s",
        ),
        (dict.fromkeys("abcdef", 0.1), "1 s"),
    ],
)
def test_the_largest_parts_are_named(seconds: dict[str, float], text: str) -> None:
    """From half a second on, four at most; a single other has its name."""
    assert format_shares(seconds) == text


def test_losses_are_said_where_there_are_some() -> None:
    """Each of the two by itself."""
    assert format_losses(0.5, 0.25) == ", loss 0.500, validation 0.250"
    assert format_losses(0.5, math.nan) == ", loss 0.500"
    assert format_losses(math.nan, 0.25) == ", validation 0.250"
    assert format_losses(math.nan, math.nan) == ""


def test_a_level_decides_what_is_said() -> None:
    """Warnings at -1 and up, models at 0, epochs at 1; workers say what theirs does."""
    for level in (-2, -1, 0, 1):
        stream = io.StringIO()
        for lines in (one := LineProgress(stream, level), one.open_worker()):
            lines.warn("w")
            lines.model("lm", 1, 0)
            lines.model("lm", 2, 1)
            lines.epoch(2, 0.5, math.nan)
            lines.artifact("greedy", 1, 3)
            lines.make_muted().warn("muted")
        said = [
            (-1, "warning: w"),
            (0, "  training lm: 1 epoch"),
            (0, "  training lm: 2 epochs after 1"),
            (1, "  lm: epoch 2 of 2, loss 0.500"),
            (1, "  artifact 1 of 3: greedy"),
        ]
        due = [text for least, text in said if level >= least]
        assert stream.getvalue().splitlines() == due * 2


def test_control_characters_are_escaped() -> None:
    """A line stays one line, whatever is in it."""
    stream = io.StringIO()
    LineProgress(stream).say("a\n\x1bé")
    assert stream.getvalue() == "a\\n\\x1bé\n"


def test_a_plan_counts_what_is_to_be_made() -> None:
    """With the time, where it is known; where nothing is to be made it is silent."""
    for tasks, text in (
        ({}, ""),
        ({"a": SURE}, "models and artifacts to make: 1, about 20 s\n"),
        ({"a": SURE, "b": None}, "models and artifacts to make: 2\n"),
    ):
        stream = io.StringIO()
        LineProgress(stream).plan(Forecast(tasks))
        assert stream.getvalue() == text


def test_the_time_left_follows_what_has_ended() -> None:
    """It is said until all has ended, and without an estimate the count alone."""
    for other, text in ((SURE, "1 of 2 done, about 20 s left"), (None, "1 of 2 done")):
        lines = LineProgress(io.StringIO())
        assert lines.describe_rest() == ""
        forecast = Forecast({"a": SURE, "b": other})
        lines.plan(forecast)
        forecast.end("a")
        assert lines.describe_rest() == text
        forecast.end("b")
        assert lines.describe_rest() == ""


def test_the_time_left_is_said_now_and_then() -> None:
    """While there is something left, and no more after the block."""
    stream = io.StringIO()
    lines = LineProgress(stream)
    forecast = Forecast({"a": SURE})
    lines.plan(forecast)
    with lines.report_time(0.01):
        deadline = time.monotonic() + 60
        while "left" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    said = stream.getvalue()
    assert "  0 of 1 done, about 20 s left\n" in said
    time.sleep(0.03)
    assert stream.getvalue() == said


def test_a_step_moves_the_forecast() -> None:
    """By its share of all epochs; without a model or a forecast nothing moves."""

    class Noted(Forecast):
        def advance(self, share: float) -> None:
            shares.append(share)

    shares: list[float] = []
    lines = LineProgress(io.StringIO())
    lines.step(1, 1, 4, 0.0)
    lines.plan(Noted({}))
    lines.step(1, 1, 4, 0.0)
    lines.model("lm", 2, 0)
    for step in ((1, 0, 0), (1, 1, 4), (2, 1, 4), (2, 4, 4)):
        lines.step(*step, 0.0)
    assert shares == [0.0, 0.125, 0.625, 1.0]


def test_a_study_that_took_long_says_what_did() -> None:
    """From half a second on, by the names within the study."""
    stream = io.StringIO()
    lines = LineProgress(stream)
    lines.study_end("s", {PlannedTask("s/a", "lime"): 0.4})
    lines.study_end("s", {PlannedTask("s/a", "lime"): 0.5})
    assert stream.getvalue() == "s took 1 s: a 1 s\n"


def test_a_bar_is_of_the_work_under_way() -> None:
    """Lines stay above it at their level; a worker's bar goes with its last epoch."""
    stream = io.StringIO()
    bar = BarProgress(stream, color=False)
    own = bar._bar.tasks[0]
    bar.study(2, 3, "s")
    assert stream.getvalue() == "study 2 of 3: s\n"
    assert (own.description, own.total) == ("study 2 of 3: s", None)
    bar.model("lm", 4, 1)
    assert own.description == "study 2 of 3: lm: epoch 2 of 4"
    assert (own.completed, own.total) == (1, 4)
    bar.epoch(2, 0.5, 0.25)
    bar.step(3, 1, 4, 0.5)
    assert own.completed == 2.25
    assert own.fields["facts"] == "loss 0.500, validation 0.250"
    assert own.description == "study 2 of 3: lm: epoch 3 of 4"
    bar.step(3, 0, 0, math.nan)
    assert own.completed == 2
    bar.epoch(4, 0.5, 0.25)
    assert own.visible
    bar.artifact("greedy", 2, 5)
    assert (own.completed, own.total, own.fields["facts"]) == (1, 5, "")
    worker = bar.open_worker()
    theirs = bar._bar.tasks[1]
    worker.model("other", 2, 0)
    assert theirs.description == "other: epoch 1 of 2"
    worker.epoch(1, 0.5, 0.25)
    assert theirs.visible
    worker.epoch(2, 0.5, 0.25)
    assert not theirs.visible
    bar.plan(Forecast({"a": SURE}))
    assert bar._describe_row(own.id)
    assert bar._describe_row(theirs.id) == ""
    bar.say("quiet", 1)
    assert "quiet" not in stream.getvalue()


@pytest.mark.parametrize(
    ("durations", "jobs", "text"),
    [
        ([None], 1, "no estimate: nothing like it has run here yet"),
        ([SURE], 1, "about 20 s"),
        ([SURE, SURE], 1, "about 40 s"),
        ([SURE, SURE], 2, "about 20 s"),
        ([SURE, None, None], 1, "about 20 s, without 2 of unknown length"),
    ],
)
def test_the_whole_is_shared_by_processes(
    durations: list[Duration | None], jobs: int, text: str
) -> None:
    """What is not known is counted beside it."""
    assert format_total(durations, jobs) == text


def test_a_plan_counts_models_and_artifacts() -> None:
    """Each where there is one."""
    model, artifact = PlannedTask("s/model lm", "model x"), PlannedTask("s/a", "lime")
    for tasks, counts in (
        ([model], "1 model"),
        ([artifact] * 2, "2 artifacts"),
        ([model, artifact, model], "2 models and 1 artifact"),
    ):
        assert format_plan(tasks, Timings()).startswith(f"{counts}, no estimate")


@pytest.mark.parametrize(
    ("done", "size", "text"),
    [
        (0, 2_000_000, "\rf [..............................]   0% of 2.0 MB"),
        (1_000_000, 2_000_000, "\rf [###############...............]  50% of 2.0 MB"),
        (2_000_000, 2_000_000, "\rf [##############################] 100% of 2.0 MB\n"),
        (0, 0, "\rf [##############################] 100% of 0.0 MB\n"),
    ],
)
def test_a_download_s_bar_fills(
    done: int,
    size: int,
    text: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its share, in one line; on a terminal alone, and not where it is quiet."""
    DownloadBar(quiet=False)("f", done, size)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    DownloadBar(quiet=True)("f", done, size)
    assert capsys.readouterr().err == ""
    DownloadBar(quiet=False)("f", done, size)
    assert capsys.readouterr().err == text


def test_data_come_into_folders_that_are_named_once() -> None:
    """In their order; what is not known has none."""
    from generator.corpora.download import DATASETS

    names = sorted(DATASETS)
    folders = list_data_folders([*names, "none"])
    assert folders == sorted({*folders})
    assert folders
    assert all(one.startswith(".cache/data/") for one in folders)
    assert list_data_folders(["none"]) == []
