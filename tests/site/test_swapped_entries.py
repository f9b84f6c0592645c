"""Whatever stands in the cache, the site is the one that is made from nothing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.core import cache as caches
from generator.core.cache import HEADER_BYTES, MARKER, Cache, seal_entry
from generator.core.files import digest
from generator.site.build import render_site
from generator.study.study import Study
from tests.figures import gallery
from tests.stub.project import tree

pytestmark = pytest.mark.slow(6)

FOLDERS = ("kept", "pictures")
PAYLOAD = (
    b"<!doctype html><html lang=en><title>x</title><script>alert(1)</script>"
    b"<p onclick=alert(2)>"
)
Site = dict[str, str]


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, tuple[Study, ...], Site]:
    """A project whose site is cached, its studies, and the site's hashes."""
    project = tmp_path_factory.mktemp("built")
    studies = tuple(gallery.small(project))
    return project, studies, rendered(project, studies)


def rendered(project: Path, studies: tuple[Study, ...]) -> Site:
    """Render with the cache that is there; the hashes of all files."""
    into = project / "site"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    cache = Cache(project / ".cache" / "kept", project)
    render_site(project, studies, gallery.SETTINGS, into, kept=cache)
    return {path: sha for path, (_, sha) in tree(into).items()}


def entries(project: Path) -> list[Path]:
    """All entries of both caches."""
    found = [p for name in FOLDERS for p in (project / ".cache" / name).glob("*")]
    return sorted(path for path in found if path.name != MARKER)


def swap(paths: list[Path], draw: random.Random) -> None:
    """Exchange two entries."""
    first, second = draw.sample(paths, 2)
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)


def permute(paths: list[Path], draw: random.Random) -> None:
    """Give the contents of a third of all entries to one another."""
    chosen = draw.sample(paths, len(paths) // 3)
    contents = [path.read_bytes() for path in chosen]
    draw.shuffle(contents)
    for path, data in zip(chosen, contents, strict=True):
        path.write_bytes(data)


def rename(paths: list[Path], draw: random.Random) -> None:
    """Put an entry of one cache under the name of one of the other."""
    kept = [path for path in paths if path.parent.name == "kept"]
    pictures = [path for path in paths if path.parent.name == "pictures"]
    draw.choice(kept).write_bytes(draw.choice(pictures).read_bytes())
    draw.choice(pictures).write_bytes(draw.choice(kept).read_bytes())


def plant_bytes(paths: list[Path], draw: random.Random) -> None:
    """Put bytes that nobody sealed, and some sealed as before keys were in it."""
    for data in (draw.randbytes(200), f"{digest(PAYLOAD)}\n".encode() + PAYLOAD):
        draw.choice(paths).write_bytes(data)


def page_records(paths: list[Path]) -> list[Path]:
    """Entries that hold the hash of a page's bytes."""
    return [path for path in paths if path.stat().st_size == HEADER_BYTES + 64]


def swap_pages(paths: list[Path], draw: random.Random) -> None:
    """Exchange the hashes of two pages."""
    swap(page_records(paths), draw)


def plant_page(paths: list[Path], draw: random.Random) -> None:
    """Say that pages are one with a script in it, sealed as ours are."""
    name = digest(PAYLOAD)
    records = page_records(paths)
    place = records[0].with_name(name)
    place.write_bytes(seal_entry(name, PAYLOAD) + PAYLOAD)
    for path in draw.sample(records, len(records) // 2):
        path.write_bytes(seal_entry(path.name, name.encode()) + name.encode())


def plant_parts(paths: list[Path], draw: random.Random) -> None:
    """Put a script into cached figures and articles, sealed; forget whole pages."""
    del draw
    records = page_records(paths)
    for path in paths:
        body = path.read_bytes()[HEADER_BYTES:]
        if path in records:
            path.unlink()
        elif b"<figure" in body or b"<p>" in body:
            harmed = body.replace(b"<figure", b"<script>alert(1)</script><figure")
            harmed = harmed.replace(b"<p>", b"<p><script>alert(1)</script>")
            path.write_bytes(seal_entry(path.name, harmed) + harmed)


def plant_other(paths: list[Path], draw: random.Random) -> None:
    """Seal the content of one entry under the key of another."""
    for path in draw.sample(paths, 3):
        body = draw.choice(paths).read_bytes()[HEADER_BYTES:]
        path.write_bytes(seal_entry(path.name, body) + body)


def attacked(
    built: tuple[Path, tuple[Study, ...], Site],
    attack: Callable[[list[Path], random.Random], None],
    seed: int,
) -> tuple[Site, Site]:
    """The site after an attack on the cache, and as it should be."""
    project, studies, expected = built
    copy = project.with_name(f"{project.name}-{attack.__name__}-{seed}")
    shutil.copytree(project / ".cache", copy / ".cache")
    for link in ("studies", "templates"):
        if (project / link).exists():
            shutil.copytree(project / link, copy / link)
    moved = tuple(
        study.model_copy(update={"folder": copy / "studies" / study.folder.name})
        for study in studies
    )
    rendered(copy, moved)
    draw = random.Random(f"{attack.__name__} {seed}")  # noqa: S311 - a seeded attack
    attack(entries(copy), draw)
    try:
        return rendered(copy, moved), expected
    finally:
        shutil.rmtree(copy)


HONEST = [swap, swap_pages, permute, rename, plant_bytes]


@pytest.mark.parametrize("attack", HONEST, ids=lambda one: one.__name__)
def test_entries_under_other_names_are_not_used(
    built: tuple[Path, tuple[Study, ...], Site],
    attack: Callable[[list[Path], random.Random], None],
) -> None:
    """Exchanged, permuted and planted entries are made again."""
    for seed in range(3):
        site, expected = attacked(built, attack, seed)
        assert site == expected, seed


@pytest.mark.slow(60)
@pytest.mark.parametrize("attack", HONEST, ids=lambda one: one.__name__)
def test_entries_under_other_names_are_not_used_often(
    built: tuple[Path, tuple[Study, ...], Site],
    attack: Callable[[list[Path], random.Random], None],
) -> None:
    """Fifty of each, by their seeds."""
    for seed in range(50):
        site, expected = attacked(built, attack, seed)
        assert site == expected, seed


@pytest.mark.parametrize("attack", [plant_page, plant_other], ids=lambda a: a.__name__)
def test_what_is_sealed_by_somebody_else_is_judged(
    built: tuple[Path, tuple[Study, ...], Site],
    attack: Callable[[list[Path], random.Random], None],
) -> None:
    """A planted page with a script is not written, whatever its seal, and no bug."""
    for seed in range(3):
        site, _ = attacked(built, attack, seed)
        assert digest(PAYLOAD) not in site.values()


def test_parts_of_pages_are_judged_with_the_page(
    built: tuple[Path, tuple[Study, ...], Site],
) -> None:
    """A script in a cached figure or article has all made again, and put anew."""
    site, expected = attacked(built, plant_parts, 0)
    assert site == expected


def test_what_was_planted_does_not_stay(
    built: tuple[Path, tuple[Study, ...], Site], tmp_path: Path
) -> None:
    """After one rendering no entry of the cache holds a script of somebody's."""
    project, studies, _ = built
    shutil.copytree(project / ".cache", tmp_path / ".cache")
    plant_parts(entries(tmp_path), random.Random(0))  # noqa: S311 - not asked
    assert any(b"alert(1)" in path.read_bytes() for path in entries(tmp_path))
    into = tmp_path / "site"
    into.mkdir()
    cache = Cache(tmp_path / ".cache" / "kept", tmp_path)
    render_site(project, studies, gallery.SETTINGS, into, kept=cache)
    cache.prune()
    assert "could harm" in cache.describe_refused()
    kept = [path for path in entries(tmp_path) if path.parent.name == "kept"]
    assert kept
    assert not any(b"alert(1)" in path.read_bytes() for path in kept)


def test_without_the_check_the_planted_page_is_written(
    built: tuple[Path, tuple[Study, ...], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: cached pages that nobody judges bring the script into the site."""
    monkeypatch.setattr("generator.site.render_pages.find_problems", lambda _: [])
    sites = [attacked(built, plant_page, seed)[0] for seed in range(3)]
    assert any(digest(PAYLOAD) in site.values() for site in sites)


def test_without_the_key_in_the_seal_a_swap_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: seals of the content alone let one entry pass for another."""
    monkeypatch.setattr(
        caches, "seal_entry", lambda _, body: f"{digest(body)}\n".encode()
    )
    studies = tuple(gallery.small(tmp_path))
    built = (tmp_path, studies, rendered(tmp_path, studies))
    for seed in range(3):
        site, expected = attacked(built, swap_pages, seed)
        if site != expected:
            return
    raise AssertionError("no swap was to be seen")
