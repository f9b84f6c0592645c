"""When a build may leave the rendering out, and when it must not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator import rendered
from generator.ours import contents
from tests.stub.conftest import Stub
from tests.stub.project import tree


def test_a_note_is_kept_of_a_quiet_rendering(stub: Stub, project: Path) -> None:
    """The note fits the site it was made with, and another key does not."""
    stub(project)
    key, _, said, *_ = (project / ".cache" / "rendered").read_text().split("\n")
    assert rendered.told(project / ".cache", project / "site", key) == said
    assert said == "built 2 studies, 3 pages"
    assert rendered.told(project / ".cache", project / "site", "0" * 64) is None


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: page.write_bytes(page.read_bytes() + b" "),
        lambda page: page.unlink(),
        lambda page: (page.parent / "extra.html").write_text("x"),
    ],
)
def test_a_site_that_was_touched_is_not_believed(
    stub: Stub, project: Path, harm: Callable[[Path], object]
) -> None:
    """A page changed, gone or added: the note no longer holds."""
    stub(project)
    key = (project / ".cache" / "rendered").read_text().split("\n")[0]
    site = project / "site"
    harm(next(site / name for name in contents(site) if name.endswith(".html")))
    assert rendered.told(project / ".cache", site, key) is None


def test_an_edited_page_is_rendered_again(stub: Stub, project: Path) -> None:
    """What somebody wrote into a page is gone after the next build."""
    stub(project)
    before = tree(project / "site")
    (project / "site" / "index.html").write_text("mine")
    stub(project)
    assert tree(project / "site") == before


def test_damaged_notes_are_ignored(stub: Stub, project: Path) -> None:
    """A note that is garbage costs a rendering and nothing else."""
    stub(project)
    before = tree(project / "site")
    for garbage in (b"", b"\xff\xfe", b"a\nb\nc\n"):
        (project / ".cache" / "rendered").write_bytes(garbage)
        stub(project)
        assert tree(project / "site") == before


@pytest.mark.parametrize(
    "place",
    ["studies/site.yaml", "templates/style.css", "studies/2024-01-01-first/index.md"],
)
def test_the_key_knows_every_source(stub: Stub, project: Path, place: str) -> None:
    """Settings, templates and prose enter the key; so do the options."""
    stub(project)
    folders = sorted((project / "studies").glob("2024*"))
    studies: Any = [SimpleNamespace(slug=f.name[11:], folder=f) for f in folders]
    before = rendered.key_of(project, studies, ["", False])
    assert rendered.key_of(project, studies, ["https://x/", False]) != before
    assert rendered.key_of(project, studies[:1], ["", False]) != before
    path = project / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("# changed\n")
    assert rendered.key_of(project, studies, ["", False]) != before


def test_warnings_are_said_again(stub: Stub, project: Path) -> None:
    """A build that warned, warns each time: it is never left out."""
    stub(project)
    study = project / "studies" / "2024-01-01-first" / "study.yaml"
    study.write_text(study.read_text().replace("epochs: 2", "epochs: 3"))
    for _ in range(2):
        assert "is stale" in stub(project, "render").stderr
