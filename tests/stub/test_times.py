"""What a build takes: estimated before, told while it runs, remembered afterwards."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from generator.cli.terminal import LineProgress, format_shares
from generator.collect import timings
from generator.collect.pipeline import (
    Collection,
    CollectReport,
    Workspace,
    collect_studies,
)
from generator.collect.timings import OWN_FILE, SHARED_FILE, Timing, Timings
from generator.core.forecast import Duration, Forecast, PlannedTask
from tests.stub.conftest import Stub
from tests.stub.project import everything
from tests.stub.specs import load_stub_studies

LM = PlannedTask("first/model lm", "model stub")


def test_a_dry_run_lists_what_a_build_makes(stub: Stub, project: Path) -> None:
    """Each model and artifact is named, and made by the build; the rehearsal is not."""
    before = everything(project)
    said = stub(project, "build", "--dry-run").stdout
    assert everything(project) == before
    studies, work = load_stub_studies(project), Workspace(project, project / "data")
    planned = Collection(studies, work, CollectReport()).tasks
    for study in studies:
        tasks = planned[study.slug]
        assert {task.short_name for task in tasks} >= set(study.artifacts)
        assert all(f"    {task.short_name} ({task.kind}): " in said for task in tasks)
    stub(project)
    assert "nothing to collect" in stub(project, "--dry-run").stdout


@pytest.mark.parametrize("command", ["clean", "render", "list"])
def test_a_dry_run_of_another_command_is_refused(
    stub: Stub, project: Path, command: str
) -> None:
    """What cannot be rehearsed is not done instead."""
    before = everything(project)
    done = stub(project, "--dry-run", command, status=2)
    assert "--dry-run is for build, collect and publish" in done.stderr
    assert everything(project) == before


def test_times_are_remembered_and_estimate_the_next(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one run each task has an estimate; under SOURCE_DATE_EPOCH none is kept."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    studies, work = load_stub_studies(project), Workspace(project, project / "data")
    planned = Collection(studies, work, CollectReport()).tasks
    tasks = [task for one in planned.values() for task in one]
    report = collect_studies(studies, work)
    assert set(report.seconds) == set(tasks)
    assert not (project / OWN_FILE).exists()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    for path in (project / "studies").glob("*/artifacts/*"):
        path.unlink()
    known = collect_studies(studies, work).seconds
    found = Timings.read(project)
    assert set(found.own) == {task.name for task in known}
    for task, seconds in known.items():
        estimate = found.estimate(task)
        assert estimate is not None
        assert estimate.low <= seconds * 1.01
        assert estimate.high >= seconds * 0.99


def test_the_nearest_knowledge_is_used() -> None:
    """This machine's time of a task, then another's, then that of the same kind."""
    own = {LM.name: Timing(LM.kind, (10.0, 30.0, 20.0))}
    shared = {LM.name: Timing(LM.kind, (50.0,))}
    both = Timings(own, shared, speed=2.0).estimate(LM)
    assert both == Duration(5 * 0.8, 10.0, 15 * 1.4)
    other = Timings({}, shared, speed=2.0).estimate(LM)
    assert other is not None
    assert other.likely == 25
    similar = Timings(own, {}, 1.0).estimate(PlannedTask("x/model y", LM.kind))
    assert similar is not None
    assert similar.likely == 20
    assert Timings(own, shared).estimate(PlannedTask(LM.name, "model other")) is None
    assert Timings().estimate(LM) is None


def test_a_few_runs_are_remembered() -> None:
    """The last ones count, and another kind under the same name begins anew."""
    known = Timings(speed=2.0)
    for seconds in range(20):
        known.add(LM, float(seconds))
    assert known.own[LM.name].work == tuple(2.0 * s for s in range(15, 20))
    known.add(PlannedTask(LM.name, "model other"), 1.0)
    assert known.own[LM.name] == Timing("model other", (2.0,))


def test_what_is_shared_is_read_back(tmp_path: Path) -> None:
    """A clone knows what the author's machine took, by one number a task."""
    known = Timings({LM.name: Timing(LM.kind, (1.0, 2.0, 9.0))}, {}, 1.0)
    assert known.write_shared(tmp_path) == tmp_path / SHARED_FILE
    found = Timings.read(tmp_path)
    assert found.shared == {LM.name: Timing(LM.kind, (2.0,))}
    assert not found.own


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"format": 2, "tasks": {}}',
        b'{"format": 1, "tasks": []}',
        b'{"format": 1, "tasks": {"a": {"kind": "k", "work": []}}}',
        b'{"format": 1, "tasks": {"a": {"kind": "k", "work": ["x"]}}}',
        b'{"format": 1, "tasks": {"a": {"kind": "k", "work": [NaN]}}}',
        b'{"format": 1, "tasks": {"a": {"kind": "k", "work": [-1]}}}',
        b'{"format": 1, "tasks": {"a": 3}}',
        b"[" * 100_000,
        b" " * (timings.MAX_BYTES + 1),
    ],
)
def test_damaged_times_cost_the_estimates_alone(tmp_path: Path, content: bytes) -> None:
    """A file that is no table of times is as one that is not there."""
    for file in (OWN_FILE, SHARED_FILE):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_bytes(content)
    found = Timings.read(tmp_path)
    assert not found.own
    assert not found.shared


def test_parts_of_a_time_are_all_of_it() -> None:
    """The largest are named, the others counted; what is too short is not named."""
    parts = {"a": 60.0, "b": 30.0, "c": 20.0, "d": 10.0, "e": 5.0, "f": 4.0, "g": 0.1}
    assert format_shares(parts) == "2 min: a 60 s, b 30 s, c 20 s, d 10 s, 3 others 9 s"
    assert format_shares({"a": 9.0, "b": 1.0}) == "10 s: a 9 s, b 1 s"
    assert format_shares({"a": 0.1}) == "1 s"


def test_a_log_says_now_and_then_what_is_left() -> None:
    """Without a terminal a line comes at each interval while something is left."""
    stream = io.StringIO()
    lines = LineProgress(stream)
    with lines.report_time(0.01):
        time.sleep(0.05)
        assert not stream.getvalue()
        lines.plan(Forecast({"a": Duration(60, 120, 240), "b": Duration(1, 1, 1)}))
        time.sleep(0.2)
    told = stream.getvalue().splitlines()
    assert told[0] == "models and artifacts to make: 2, 60 s to 4 min"
    assert set(told[1:]) == {"  0 of 2 done, 60 s to 4 min left"}


def test_times_as_a_program_reads_them(stub: Stub, built: Path) -> None:
    """`list --json` has seconds where something is to be made, nothing where not."""
    shown = json.loads(stub(built, "list", "--json").stdout)
    assert [study["seconds"] for study in shown] == [[0, 0], [0, 0]]
    for path in (built / "studies").glob("*/artifacts/*"):
        path.unlink()
    shown = json.loads(stub(built, "list", "--json").stdout)
    assert [study["seconds"] for study in shown] == [None, None]
