"""What happens to artifacts and models that are not what they should be."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stub.conftest import Stub
from tests.stub.project import everything, tree


def flip(path: Path, place: int) -> None:
    """Turn one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place // 8 % len(data)] ^= 1 << place % 8
    path.write_bytes(data)


def swap(path: Path) -> None:
    """Put another artifact of the project under this name."""
    other = path.parents[2] / "2024-01-02-second" / "artifacts" / path.name
    path.write_bytes(other.read_bytes())


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a bit flipped": lambda p: flip(p, 4321),
    "emptied": lambda p: p.write_bytes(b""),
    "cut in half": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "a byte more": lambda p: p.write_bytes(p.read_bytes() + b"\n"),
    "a folder": lambda p: (p.unlink(), p.mkdir()),
    "a dangling link": lambda p: (p.unlink(), p.symlink_to("nowhere")),
}


@pytest.mark.parametrize("name", ["small.json", "large.json", "large.npz"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_and_mended(
    stub: Stub, built: Path, name: str, damage: str
) -> None:
    """A damaged artifact is named in a warning and made again, and nothing else is."""
    before = everything(built)
    path = built / "studies" / "2024-01-01-first" / "artifacts" / name
    DAMAGE[damage](path)
    done = stub(built)
    kind = {"small": "slot-scores", "large": "curves"}[path.stem]
    assert f"artifact {kind} first/{path.stem} was damaged; recomputing" in done.stderr
    assert "(collected 1 artifact)" in done.stdout
    after = everything(built)
    assert {k: v for k, v in after.items() if "/.aside-" not in k} == before


def test_another_artifact_under_its_name(stub: Stub, project: Path) -> None:
    """A sound artifact of another study is not drawn in its place."""
    second = project / "studies" / "2024-01-02-second" / "study.yaml"
    second.write_text(second.read_text().replace("seed: 5", "seed: 6"))
    stub(project)
    before = everything(project)
    swap(project / "studies" / "2024-01-01-first" / "artifacts" / "small.json")
    assert everything(project) != before
    stub(project)
    assert everything(project) == before


@pytest.mark.parametrize("count", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_random_flips_never_reach_a_page(stub: Stub, built: Path, count: int) -> None:
    """Bits flipped at random in artifacts are all found before a page is drawn."""
    before = everything(built)
    found = sorted((built / "studies").glob("*/artifacts/*"))
    chance = random.Random(1)  # noqa: S311 - places, not secrets
    for _ in range(count):
        path = chance.choice(found)
        flip(path, chance.randrange(path.stat().st_size * 8))
        assert "was damaged; recomputing" in stub(built).stderr, path
        assert everything(built) == before


def test_believed_flips_reach_a_page(stub: Stub, built: Path) -> None:
    """With hashes not compared, a flipped digit is published: the test can fail."""
    before = tree(built / "site")
    path = built / "studies" / "2024-01-01-first" / "artifacts" / "table.json"
    text = path.read_text()
    place = text.index('"value": ') + len('"value": ') + 4
    digit = "1" if text[place] != "1" else "2"
    path.write_text(text[:place] + digit + text[place + 1 :])
    stub(built, "render", STUB_BLIND="1")
    assert tree(built / "site") != before


def test_damage_is_not_rendered(stub: Stub, built: Path) -> None:
    """Rendering alone refuses a damaged artifact and leaves the site."""
    before = tree(built / "site")
    flip(built / "studies" / "2024-01-01-first" / "artifacts" / "table.json", 5000)
    done = stub(built, "render", status=3)
    assert "first: table: damaged" in done.stderr
    assert tree(built / "site") == before


@pytest.mark.parametrize("damage", ["a bit flipped", "emptied", "cut in half"])
def test_damaged_models_are_trained_again(stub: Stub, built: Path, damage: str) -> None:
    """A model whose file is not what it was is trained again, with a warning."""
    before = everything(built)
    (weights,) = (built / ".cache" / "models").glob("*/epoch-2.npy")
    DAMAGE[damage](weights)
    (built / "studies" / "2024-01-01-first" / "artifacts" / "small.json").unlink()
    done = stub(built)
    assert "warning: model lm is trained again: " in done.stderr
    assert everything(built) == before


def test_exchanged_entries_are_said_once(stub: Stub, built: Path) -> None:
    """All of the cache exchanged: one warning, the same bytes, and all is put anew."""
    before = everything(built)
    kept = sorted((built / ".cache" / "kept").glob("[0-9a-f]*"))
    contents = [path.read_bytes() for path in kept]
    for path, data in zip(kept, contents[1:] + contents[:1], strict=True):
        path.write_bytes(data)
    (built / ".cache" / "rendered").unlink()
    done = stub(built, "--strict")
    assert done.stderr.count("warning") == 1
    assert f"{len(kept)} entries of the cache damaged, or put there" in done.stderr
    assert everything(built) == before
    assert "warning" not in stub(built).stderr


def test_a_cache_that_is_gone(stub: Stub, project: Path) -> None:
    """Without the cache everything is made again, to the same bytes."""
    import shutil

    stub(project)
    before = everything(project)
    shutil.rmtree(project / ".cache")
    for folder in (project / "studies").glob("*/artifacts"):
        shutil.rmtree(folder)
    stub(project)
    assert everything(project) == before


def test_an_older_schema_is_renewed_in_silence(stub: Stub, project: Path) -> None:
    """An artifact of an older schema is made again without a warning."""
    from tests.stub.test_builds import sealed

    stub(project)
    before = everything(project)
    path = project / "studies" / "2024-01-01-first" / "artifacts" / "small.json"
    sealed(path, '"schema": 1', '"schema": 0')
    done = stub(project, STUB_PAST="1")
    assert "warning" not in done.stderr
    assert "(collected 1 artifact)" in done.stdout
    assert everything(project) == before


@pytest.mark.slow
def test_many_leftovers(stub: Stub, project: Path) -> None:
    """100,000 files that killed runs left are removed within ten seconds."""
    import time

    folder = project / "studies" / "2024-01-01-first" / "artifacts"
    folder.mkdir()
    for number in range(100_000):
        (folder / f".tmp-{number}.json").touch()
    begun = time.monotonic()
    stub(project)
    assert time.monotonic() - begun < 10
    assert not list(folder.glob(".tmp-*"))


def test_strangers_among_artifacts(stub: Stub, project: Path) -> None:
    """Files that are no artifacts of the study neither stop a build nor are touched."""
    folder = project / "studies" / "2024-01-01-first" / "artifacts"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "other.json").write_text(json.dumps({"a": float("nan")}))
    stub(project)
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "other.json").exists()
