"""When a build may leave the rendering out, and when it must not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.cli import commands
from generator.cli.job import Job
from generator.site import fingerprint
from generator.site.ownership import list_paths
from tests.stub import site as plain_pages
from tests.stub.conftest import Stub
from tests.stub.project import tree
from tests.stub.specs import install


def test_a_note_is_kept_of_a_quiet_rendering(built: Path) -> None:
    """The note fits the site it was made with, and another key does not."""
    key, _, said, *_ = (built / ".cache" / "rendered").read_text().split("\n")
    assert fingerprint.recall_result(built / ".cache", built / "site", key) == said
    assert said == "built 2 studies, 3 pages"
    assert fingerprint.recall_result(built / ".cache", built / "site", "0" * 64) is None


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: page.write_bytes(page.read_bytes() + b" "),
        lambda page: page.unlink(),
        lambda page: (page.parent / "extra.html").write_text("x"),
    ],
)
def test_a_site_that_was_touched_is_not_believed(
    built: Path, harm: Callable[[Path], object]
) -> None:
    """A page changed, gone or added: the note no longer holds."""
    key = (built / ".cache" / "rendered").read_text().split("\n")[0]
    site = built / "site"
    harm(next(site / name for name in list_paths(site) if name.endswith(".html")))
    assert fingerprint.recall_result(built / ".cache", site, key) is None


def test_an_edited_page_is_rendered_again(stub: Stub, built: Path) -> None:
    """What somebody wrote into a page is gone after the next build."""
    before = tree(built / "site")
    (built / "site" / "index.html").write_text("mine")
    stub(built)
    assert tree(built / "site") == before


def test_damaged_notes_are_ignored(stub: Stub, built: Path) -> None:
    """A note that is garbage costs a rendering and nothing else."""
    before = tree(built / "site")
    for garbage in (b"", b"\xff\xfe", b"a\nb\nc\n"):
        (built / ".cache" / "rendered").write_bytes(garbage)
        stub(built)
        assert tree(built / "site") == before


@pytest.mark.parametrize(
    "place",
    ["studies/site.yaml", "templates/style.css", "studies/2024-01-01-first/index.md"],
)
def test_the_key_knows_every_source(built: Path, place: str) -> None:
    """Settings, templates and prose enter the key; so do the options."""
    folders = sorted((built / "studies").glob("2024*"))
    studies: Any = [
        SimpleNamespace(slug=f.name[11:], folder=f, artifacts={}) for f in folders
    ]
    before = fingerprint.site_key(built, studies, ["", False])
    assert fingerprint.site_key(built, studies, ["https://x/", False]) != before
    assert fingerprint.site_key(built, studies[:1], ["", False]) != before
    path = built / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("# changed\n")
    assert fingerprint.site_key(built, studies, ["", False]) != before


def test_warnings_are_said_again(stub: Stub, built: Path) -> None:
    """A build that warned, warns each time: it is never left out."""
    study = built / "studies" / "2024-01-01-first" / "study.yaml"
    study.write_text(study.read_text().replace("epochs: 2", "epochs: 3"))
    for _ in range(2):
        assert "is stale" in stub(built, "render").stderr


def test_what_changed_during_a_rendering_is_rendered_again(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a site that may be of other words than are there now, no note is kept.

    The control: undisturbed, the next rendering keeps one.
    """
    install(monkeypatch.setitem)
    prose = built / "studies" / "2024-01-01-first" / "index.md"
    moments = ["Later words."]

    def render(*given: Any, **options: Any) -> Any:
        done = plain_pages.render_site(*given, **options)
        prose.write_text(moments.pop() if moments else prose.read_text())
        return done

    changing = SimpleNamespace(render_site=render)
    monkeypatch.setitem(sys.modules, "generator.site.build", changing)
    prose.write_text("Earlier words.")
    commands.render(Job(project=str(built)))
    assert "changed while its site was rendered; run: " in capsys.readouterr().err
    assert fingerprint.read_note(built / ".cache") is None
    commands.render(Job(project=str(built)))
    assert fingerprint.read_note(built / ".cache")
