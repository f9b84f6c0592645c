"""What is kept is right or absent, whatever happened to it, and never needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.core import cache
from generator.core.cache import MARKER, SIGNATURE, Cache
from generator.core.errors import ConfigError
from generator.core.files import hash_parts
from generator.study.study import load_study
from generator.study.yaml.read import read_yaml
from tests.stub.project import write_study

KEY = hash_parts("a key")


def entries(folder: Path) -> set[str]:
    """Names of a cache's files, without its marker."""
    return {path.name for path in folder.iterdir()} - {cache.MARKER}


def test_what_is_put_is_got(tmp_path: Path) -> None:
    """Any bytes come back as they were, from another object too; others are absent."""
    for body in (b"", b"\n", b"text\r\n\x00\xff"):
        Cache(tmp_path / "kept").put(KEY, body)
        assert Cache(tmp_path / "kept").get(KEY) == body
    assert Cache(tmp_path / "kept").get(hash_parts("another")) is None


@pytest.mark.parametrize("place", range(0, 75, 7))
def test_a_flipped_bit_is_never_handed_out(tmp_path: Path, place: int) -> None:
    """Wherever it is: in the hash, at the line's end, in the body."""
    kept = Cache(tmp_path)
    kept.put(KEY, b"ten bytes.")
    data = bytearray((tmp_path / KEY).read_bytes())
    data[place] ^= 4
    (tmp_path / KEY).write_bytes(data)
    assert kept.get(KEY) is None
    (tmp_path / KEY).write_bytes(data[:-3])
    assert kept.get(KEY) is None


def test_links_and_folders_are_no_entries(tmp_path: Path) -> None:
    """A link is not followed; a folder in an entry's place makes way and is kept."""
    kept = Cache(tmp_path / "kept")
    kept.put(KEY, b"x")
    (tmp_path / "kept" / KEY).rename(tmp_path / "elsewhere")
    (tmp_path / "kept" / KEY).symlink_to(tmp_path / "elsewhere")
    assert kept.get(KEY) is None
    other = hash_parts("folder")
    (tmp_path / "kept" / other).mkdir()
    (tmp_path / "kept" / other / "file").write_text("theirs")
    kept.put(other, b"x")
    assert kept.get(other) == b"x"
    assert [f.read_text() for f in (tmp_path / "kept").rglob("file")] == ["theirs"]


def test_a_folder_that_cannot_be_is_no_error(tmp_path: Path) -> None:
    """Where nothing can be kept, nothing is, and nobody is told."""
    (tmp_path / "file").write_text("in the way")
    kept = Cache(tmp_path / "file" / "kept")
    kept.put(KEY, b"x")
    assert kept.get(KEY) is None
    kept.prune()


def test_pruning_leaves_what_was_used(tmp_path: Path) -> None:
    """What this run put or asked for stays; the rest goes."""
    before = Cache(tmp_path)
    keys = [hash_parts(n) for n in range(3)]
    for key in keys:
        before.put(key, key.encode())
    now = Cache(tmp_path)
    now.get(keys[0])
    now.put(keys[1], b"new")
    now.prune()
    assert entries(tmp_path) == set(keys[:2])


def test_a_file_reads_the_same_from_what_was_kept(tmp_path: Path) -> None:
    """Data and every place; and a study made of it is equal, its errors placed."""
    folder = write_study(tmp_path)
    kept = Cache(tmp_path / "kept")
    path = folder / "study.yaml"
    first = read_yaml(path, "study.yaml", kept=kept)
    again = read_yaml(path, "study.yaml", kept=Cache(tmp_path / "kept"))
    assert len(entries(tmp_path / "kept")) == 1
    assert again.find_value_place(("models",)) == first.find_value_place(
        ("models",)
    )  # places are read now
    assert (again.data, again.keys, again.values) == (
        first.data, first.keys, first.values,
    )  # fmt: skip
    path.write_text(path.read_text().replace("kind: stub, count", "kindd: x, count"))
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"study.yaml:4:\d+"):
            load_study(folder, kept=kept)


def test_a_file_with_a_mistake_is_read_anew(tmp_path: Path) -> None:
    """Its problems are found each time; nothing of it is kept."""
    path = tmp_path / "study.yaml"
    path.write_text("a: 1\na: 2\n")
    kept = Cache(tmp_path / "kept")
    for _ in range(2):
        assert read_yaml(path, "study.yaml", kept=kept).problems
    assert not (tmp_path / "kept").exists()


def swap(folder: Path) -> None:
    """Exchange the only two entries of a cache."""
    one, other = sorted(entries(folder))
    (folder / one).rename(folder / "aside")
    (folder / other).rename(folder / one)
    (folder / "aside").rename(folder / other)


def test_an_entry_under_another_key_is_none(tmp_path: Path) -> None:
    """Two entries that were exchanged are both refused, named, and put anew."""
    keys = [hash_parts(n) for n in range(2)]
    for key in keys:
        Cache(tmp_path).put(key, key.encode())
    swap(tmp_path)
    now = Cache(tmp_path)
    assert [now.get(key) for key in keys] == [None, None]
    assert "2 entries of the cache damaged, or put there" in now.describe_refused()
    for key in keys:
        now.put(key, key.encode())
        assert now.get(key) == key.encode()
    assert not Cache(tmp_path).describe_refused()


def test_without_the_key_in_its_seal_an_entry_passes_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed by its content alone, as it was once, an exchanged entry is believed."""
    real = cache.seal_entry
    monkeypatch.setattr(cache, "seal_entry", lambda _key, body: real("", body))
    keys = [hash_parts(n) for n in range(2)]
    for key in keys:
        Cache(tmp_path).put(key, key.encode())
    swap(tmp_path)
    assert Cache(tmp_path).get(keys[0]) == keys[1].encode()


def test_what_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    """A sealed entry of another meaning is no bug: it is made and put anew."""
    Cache(tmp_path).put(KEY, b"no number")
    now = Cache(tmp_path)
    assert now.recall(KEY, int) is None
    assert KEY[:9] in now.describe_refused()
    now.put(KEY, b"5")
    assert Cache(tmp_path).recall(KEY, int) == 5


def test_entries_that_are_not_trusted_are_put_anew(tmp_path: Path) -> None:
    """After `distrust`, what was there is not handed out, and what is put is."""
    Cache(tmp_path).put(KEY, b"old")
    now = Cache(tmp_path)
    assert now.get(KEY) == b"old"
    now.distrust()
    assert now.get(KEY) is None
    assert now.size(KEY) is None
    now.put(KEY, b"new")
    assert now.get(KEY) == b"new"


def test_only_names_of_ours_are_pruned(tmp_path: Path) -> None:
    """Files of other names and folders stay, and so do names of ours elsewhere."""
    kept = tmp_path / "kept"
    Cache(kept).put(KEY, b"x")
    (kept / "thesis.tex").write_text("years of work")
    (kept / hash_parts("folder")).mkdir()
    (tmp_path / KEY).write_text("mine")
    assert Cache(kept).prune() == 1
    assert entries(kept) == {"thesis.tex", hash_parts("folder")}
    assert (tmp_path / KEY).read_text() == "mine"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """Without our marker nothing is put or pruned, whatever the names in it are."""
    (tmp_path / KEY).write_text("an object of another program")
    (tmp_path / "config").write_text("mine")
    kept = Cache(tmp_path)
    kept.put(KEY, b"x")
    assert kept.prune() == 0
    assert (tmp_path / KEY).read_text() == "an object of another program"
    (
        tmp_path / "config"
    ).unlink()  # then all names are ours, as before there were marks
    assert Cache(tmp_path).prune() == 1


def test_a_cache_behind_a_link_is_not_used(tmp_path: Path) -> None:
    """Neither its folder nor one above it, up to the project's, may be a link."""
    Cache(tmp_path / "elsewhere").put(KEY, b"x")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".cache").symlink_to(tmp_path)
    kept = Cache(tmp_path / "project" / ".cache" / "elsewhere", tmp_path / "project")
    assert kept.get(KEY) is None
    assert kept.size(KEY) is None
    kept.put(hash_parts("other"), b"x")
    assert kept.prune() == 0
    assert entries(tmp_path / "elsewhere") == {KEY}
    careless = Cache(tmp_path / "project" / ".cache" / "elsewhere")
    assert careless.get(KEY) == b"x", "followed, where the path above is trusted"


def test_an_entry_with_a_second_name_is_replaced_and_not_written_to(
    tmp_path: Path,
) -> None:
    """A hard link to a file elsewhere, final or temporary, leaves that file alone."""
    (tmp_path / "mine").write_text("years of work")
    kept = tmp_path / "kept"
    Cache(kept).put(hash_parts("other"), b"x")
    for name in (KEY, f".tmp-{KEY}"):
        (kept / name).hardlink_to(tmp_path / "mine")
    Cache(kept).put(KEY, b"x")
    assert Cache(kept).get(KEY) == b"x"
    assert (tmp_path / "mine").read_text() == "years of work"


def test_a_fifo_is_no_entry(tmp_path: Path) -> None:
    """It is neither waited for nor an error; what is put takes its place."""
    Cache(tmp_path).put(hash_parts("other"), b"x")
    os.mkfifo(tmp_path / KEY)
    kept = Cache(tmp_path)
    assert kept.get(KEY) is None
    kept.put(KEY, b"x")
    assert kept.get(KEY) == b"x"


@pytest.mark.parametrize("damage", [b"", b"an entry of the cache", None])
def test_a_damaged_marker_is_written_again(
    tmp_path: Path, damage: bytes | None
) -> None:
    """So that a cache is used again after it; None stands for a folder in its place.

    The controls: a mark of another program stays, and so does one among other names.
    """
    kept = tmp_path / "kept"
    Cache(kept).put(KEY, b"x")
    whole = (kept / MARKER).read_bytes()
    (kept / MARKER).unlink()
    if damage is None:
        (kept / MARKER).mkdir()
    else:
        (kept / MARKER).write_bytes(damage)
    other = hash_parts("other")
    Cache(kept).put(other, b"y")
    assert Cache(kept).get(other) == b"y"
    assert (kept / MARKER).read_bytes() == whole
    (kept / MARKER).write_bytes(SIGNATURE + b"# of another program")
    assert Cache(kept).prune() == 0
    (kept / MARKER).write_bytes(b"damaged")
    (kept / "thesis.tex").write_text("years of work")
    assert Cache(kept).prune() == 0
