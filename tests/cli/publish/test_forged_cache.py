"""Whatever is sealed in the cache as this program does, none of it is published."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from generator.cli import commands
from generator.cli.job import Job
from generator.cli.publish import derivation
from generator.core.cache import HEADER_BYTES, MARKER, Cache, seal_entry
from generator.core.errors import IntegrityError
from generator.core.files import digest
from generator.figures.export import png
from generator.figures.export.shapes import Picture
from generator.site import build as building
from tests.cli.publish import canary
from tests.cli.publish.conftest import Place, git
from tests.cli.publish.test_canary import put_stub

FOLDER = "2024-01-01-open"
WORD, FORGED = b"plainopenline", b"neverwroteit!"


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stub in the tables for one test, and the clock's own day."""
    put_stub(monkeypatch)
    monkeypatch.delenv("STUDY_NOW", raising=False)


def forge(folder: Path, change: Callable[[bytes], bytes]) -> int:
    """Change the entries of a cache and seal them; count those that changed.

    An entry whose name is the hash of its content moves to its new one, and those that
    name it follow.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.name != MARKER]
    bodies = {path.name: path.read_bytes()[HEADER_BYTES:] for path in paths}
    changed = {name: change(body) for name, body in bodies.items()}
    names = {
        name: digest(changed[name])
        for name, body in bodies.items()
        if name == digest(body) and changed[name] != body
    }
    for path in paths:
        path.unlink()
    for name, body in changed.items():
        for before, after in names.items():
            body = body.replace(before.encode(), after.encode())  # noqa: PLW2901 - step by step
        name = names.get(name, name)  # noqa: PLW2901 - its new name
        (folder / name).write_bytes(seal_entry(name, body) + body)
    return sum(changed[name] != body for name, body in bodies.items())


def forge_words(project: Path) -> None:
    """Put other words, as harmless, into all cached pages and articles."""
    assert forge(project / ".cache/kept", lambda body: body.replace(WORD, FORGED))


def forge_figures(project: Path) -> None:
    """Exchange the numbers of a cached drawing."""
    assert forge(project / ".cache/kept", lambda body: body.replace(b"0.5", b"0.9"))


def forge_pictures(project: Path) -> None:
    """Put a white square in the place of all cached pictures."""
    square = png.png(Picture(8, 8, (), "", ""), 1)
    assert forge(project / ".cache/pictures", lambda _: square)
    # Posts that were made keep their pictures beside them.
    for path in (project / ".cache/kept").iterdir():
        if path.name != MARKER:
            path.unlink()


ATTACKS = [forge_words, forge_figures, forge_pictures]


def attack(place: Place, change: Callable[[Path], None]) -> bytes:
    """Build a study, forge the cache of its pages, and build the site from it again."""
    canary.write_study(place.project, FOLDER, "")
    commands.build(Job(project=str(place.project), quiet=True))
    place.commit()
    before = _read_site(place.project)
    change(place.project)
    shutil.rmtree(place.project / "site")
    (place.project / ".cache" / "rendered").unlink()
    commands.build(Job(project=str(place.project), quiet=True))
    assert _read_site(place.project) != before, "the attack changes the site"
    return before


def _read_site(project: Path) -> bytes:
    site = project / "site"
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return b"".join(p.read_bytes() for p in files if p.name != ".generated-by")


@pytest.mark.slow(8)
@pytest.mark.parametrize("change", ATTACKS, ids=lambda one: one.__name__)
def test_a_forged_entry_is_not_published(
    place: Place, change: Callable[[Path], None]
) -> None:
    """`publish` refuses what the cache alone gives; built again, the site is true."""
    true = attack(place, change)
    with pytest.raises(IntegrityError, match=r"only what follows.*was removed"):
        place.publish()
    assert not place.tip()
    commands.build(Job(project=str(place.project), quiet=True))
    assert _read_site(place.project) == true
    place.publish()
    assert not git(place.bare, "grep", "-l", FORGED.decode(), "gh-pages", check=False)


def test_with_the_caches_it_would_be(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: rendered once more from the same cache, the forged page is sent."""
    attack(place, forge_words)
    kept = Cache(place.project / ".cache" / "kept", place.project)
    forging = partial(building.render_site, kept=kept)
    monkeypatch.setattr(building, "render_site", forging)
    place.publish()
    assert git(place.bare, "grep", "-l", FORGED.decode(), "gh-pages", check=False)


def test_no_cached_result_is_read(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither study files and settings nor states of artifacts come from a cache.

    One line says why publishing takes as long as rendering does.
    """
    canary.write_study(place.project, FOLDER, "")
    commands.build(Job(project=str(place.project), quiet=True))
    place.commit()
    read: list[str] = []
    get = Cache.get

    def note(cache: Cache, key: str) -> bytes | None:
        read.append(cache.folder.name)
        return get(cache, key)

    monkeypatch.setattr(Cache, "get", note)
    place.publish()
    assert set(read) <= {"collected"}
    assert capsys.readouterr().err.count("once more without the caches") == 1
    job = derivation.restrict_to_released(Job(project=str(place.project)))
    assert job.usable_cache is None
    assert Job(project=str(place.project)).usable_cache is not None
