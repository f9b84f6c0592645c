"""What is kept is right or absent, whatever happened to it, and never needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.cache import Cache
from generator.core.errors import ConfigError
from generator.core.files import hash_parts
from generator.study.study import load_study
from generator.study.yaml.read import read_yaml
from tests.stub.project import write_study

KEY = hash_parts("a key")


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
    """Neither is followed, and both may stand where an entry would be put."""
    kept = Cache(tmp_path / "kept")
    kept.put(KEY, b"x")
    (tmp_path / "kept" / KEY).rename(tmp_path / "elsewhere")
    (tmp_path / "kept" / KEY).symlink_to(tmp_path / "elsewhere")
    assert kept.get(KEY) is None
    other = hash_parts("folder")
    (tmp_path / "kept" / other).mkdir()
    kept.put(other, b"x")
    assert kept.get(other) is None


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
    assert {path.name for path in tmp_path.iterdir()} == set(keys[:2])


def test_a_file_reads_the_same_from_what_was_kept(tmp_path: Path) -> None:
    """Data and every place; and a study made of it is equal, its errors placed."""
    folder = write_study(tmp_path)
    kept = Cache(tmp_path / "kept")
    path = folder / "study.yaml"
    first = read_yaml(path, "study.yaml", kept=kept)
    again = read_yaml(path, "study.yaml", kept=Cache(tmp_path / "kept"))
    assert len(list((tmp_path / "kept").iterdir())) == 1
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
