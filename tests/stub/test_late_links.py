"""A folder of a project that becomes a link while a build runs.

What was read behind it is somebody else's, and a site without a study that belongs to
it is wrong: the build ends with its reason, and the site before stays. Where the site
is written, nothing behind a link changes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.stub import faults
from tests.stub.conftest import Done, Stub
from tests.stub.project import tree, write_study

STUDY = "studies/2024-01-01-first"
FOLDERS = {"artifacts": f"{STUDY}/artifacts", "study": STUDY, "next": "site.next"}


@pytest.fixture(scope="module")
def ready(stub: Stub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built with pages, and whose second study was edited since."""
    project = tmp_path_factory.mktemp("ready") / "project"
    for day, slug in enumerate(("first", "second"), 1):
        write_study(project, slug, day=day)
    stub(project, STUB_PAGES="1")
    (project / "studies" / "2024-01-02-second" / "index.md").write_text("Other words.")
    return project


@pytest.fixture(scope="module")
def foreign(stub: Stub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study of another project, whose numbers are others."""
    project = tmp_path_factory.mktemp("foreign") / "project"
    write_study(project, "first", epochs=3)
    stub(project, STUB_PAGES="1")
    shutil.copytree(project / "site", project / "site.next")
    return project


class Swaps:
    """Builds of copies of a project in which a folder becomes a link at an event."""

    def __init__(
        self, stub: Stub, ready: Path, foreign: Path, folder: Path, name: str
    ) -> None:
        self.stub, self.ready, self.foreign, self.folder = stub, ready, foreign, folder
        self.place = FOLDERS[name]
        self.before = tree(ready / "site")
        done, _ = self.build(0)
        assert done.returncode == 0
        self.expected = tree(folder / "0" / "site")
        self.events = done.events or 0

    def build(self, number: int, **changes: str) -> tuple[Done, Path]:
        """Build a copy; the folder becomes a link at an event, 0 for none."""
        copy = Path(shutil.copytree(self.ready, self.folder / str(number)))
        words = (str(number), str(copy / self.place), str(self.foreign / self.place))
        swap = {faults.SWAP: "\n".join(words)}
        done = self.stub(copy, status=None, STUB_PAGES="1", **swap, **changes)
        return done, copy

    def find_mistake(self, number: int, **changes: str) -> str:
        """Return what is wrong after a build, "" where nothing is."""
        before = tree(self.foreign)
        done, copy = self.build(number, **changes)
        site = tree(copy / "site")
        shutil.rmtree(copy)
        if tree(self.foreign) != before:
            return f"event {number}: changed what is behind the link"
        if done.returncode == 0:
            return "" if site == self.expected else f"event {number}: another site"
        if done.returncode not in {2, 3, 5}:
            return f"event {number}: status {done.returncode}: {done.stderr}"
        if site != self.before:
            return f"event {number}: the site before is gone"
        named = "site" if self.place == FOLDERS["next"] else "first"
        return "" if named in done.stderr else f"event {number}: {done.stderr}"


@pytest.fixture(params=sorted(FOLDERS))
def swaps(
    stub: Stub,
    ready: Path,
    foreign: Path,
    tmp_path: Path,
    request: Any,
) -> Swaps:
    """Swaps of one of the folders."""
    return Swaps(stub, ready, foreign, tmp_path, request.param)


def choose_events(swaps: Swaps, builds: int) -> range:
    """Events for so many builds, as far apart as one another."""
    return range(1, swaps.events + 1, max(1, swaps.events // builds))


@pytest.mark.slow(20)
def test_a_study_is_on_the_site_or_the_build_fails(swaps: Swaps) -> None:
    """Whenever its folder goes: the whole site, or an error with its reason."""
    mistakes = map(swaps.find_mistake, choose_events(swaps, 12))
    assert [mistake for mistake in mistakes if mistake] == []


@pytest.mark.slow(200)
def test_a_study_is_on_the_site_whatever_the_event(swaps: Swaps) -> None:
    """The same at more events of a build."""
    mistakes = map(swaps.find_mistake, choose_events(swaps, 150))
    assert [mistake for mistake in mistakes if mistake] == []


@pytest.mark.slow(20)
def test_without_the_guards_it_is_left_out(
    stub: Stub, ready: Path, foreign: Path, tmp_path: Path
) -> None:
    """The control: as it once was, the study is missing and the exit status is 0."""
    swaps = Swaps(stub, ready, foreign, tmp_path, "artifacts")
    lenient = {"STUB_LENIENT": "1", "STUB_UNGUARDED": "1"}
    numbers = choose_events(swaps, 40)
    assert any("another site" in swaps.find_mistake(n, **lenient) for n in numbers)


@pytest.mark.slow(20)
def test_a_writer_that_follows_changes_what_is_behind(
    stub: Stub, ready: Path, foreign: Path, tmp_path: Path
) -> None:
    """The control: where folders are opened through links, another project changes."""
    swaps = Swaps(stub, ready, foreign, tmp_path, "next")
    kept = Path(shutil.copytree(foreign, tmp_path / "kept"))
    found = [
        swaps.find_mistake(number, STUB_FOLLOWING="1")
        for number in choose_events(swaps, 12)
    ]
    shutil.rmtree(foreign)
    shutil.copytree(kept, foreign)
    assert any("changed what is behind" in mistake for mistake in found)
