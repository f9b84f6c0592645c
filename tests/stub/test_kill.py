"""A build killed at any moment and run again ends as if it had never been killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stub.conftest import Stub
from tests.stub.project import everything, tree, write_project


def sweep(
    stub: Stub, folder: Path, old: bool, step: int, **faults: str
) -> Iterator[str]:
    """Kill at every `step`-th event and run again; what went wrong, a line each."""
    start = write_project(folder / "start")
    if old:
        stub(start)
        for study in sorted((start / "studies").glob("*/study.yaml")):
            study.write_text(study.read_text().replace("seed: 5", "seed: 6"))
    before = tree(start / "site") if old else {}
    reference = shutil.copytree(start, folder / "reference")
    events = stub(reference).events or 0
    assert events > 50
    expected = everything(reference)
    for number in range(1 + step // 2, events + 1, step):
        project = shutil.copytree(start, folder / f"killed-{number}")
        killed = stub(project, kill=number, status=None, **faults)
        assert killed.returncode == -9 or faults, killed
        if not whole(project / "site", before):
            yield f"{number}: the site is neither the old one nor a new one"
        done = stub(project, status=None)
        if done.returncode or everything(project) != expected:
            yield f"{number}: {done.returncode} {done.stderr[-300:]}"
        elif "damaged" in done.stderr:
            yield f"{number}: a kill left a damaged file"
        left = [*project.rglob(".tmp-*"), *project.glob("site.next")]
        yield from (f"{number}: left {path}" for path in left)
        shutil.rmtree(project)


def whole(site: Path, before: dict[str, tuple[int, str]]) -> bool:
    """Whether a site is the old one, or absent as it was, or all its marker lists."""
    if not site.exists():
        return not before
    found = {name: digest for name, (_, digest) in tree(site).items()}
    if tree(site) == before:
        return True
    lines = (site / ".generated-by").read_text().splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines if "  " in line)
    found.pop(".generated-by")
    return found == listed and "index.html" in listed


@pytest.mark.slow(5)
@pytest.mark.parametrize("old", [False, True], ids=["empty", "older site"])
def test_killed_at_some_events(stub: Stub, tmp_path: Path, old: bool) -> None:
    """After a kill at every thirteenth event, the same command gives the same bytes."""
    assert list(sweep(stub, tmp_path, old, 13)) == []


@pytest.mark.slow(60)
@pytest.mark.parametrize("old", [False, True], ids=["empty", "older site"])
def test_killed_at_every_event(stub: Stub, tmp_path: Path, old: bool) -> None:
    """After a kill at any event at all, the same command gives the same bytes."""
    assert list(sweep(stub, tmp_path, old, 1)) == []


@pytest.mark.slow(8)
def test_the_sweep_sees_a_careless_writer(stub: Stub, tmp_path: Path) -> None:
    """With files written in place, a kill leaves damage that the sweep reports."""
    assert next(sweep(stub, tmp_path, False, 2, STUB_PLAIN="1"), "")
