"""A folder counts as complete when every byte of it is as it was declared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.core import files
from generator.core.errors import IntegrityError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete folder of two files."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "sub" / "b").write_bytes(b"two")
    files.write_manifest(tmp_path, ["a", "sub/b"])
    return tmp_path


def test_whole(folder: Path) -> None:
    """A complete folder gives back its files; one without a manifest is not."""
    assert files.is_complete(folder)
    assert files.read_verified_files(folder) == {"a": b"one", "sub/b": b"two"}
    (folder / files.MANIFEST_NAME).unlink()
    assert not files.is_complete(folder)


@pytest.mark.parametrize("damage", [b"onf", b"on", b"", None])
def test_damage_is_found(folder: Path, damage: bytes | None) -> None:
    """A flipped bit, a file cut short, one that is gone: all are damage."""
    (folder / "a").unlink()
    if damage is not None:
        (folder / "a").write_bytes(damage)
    assert not files.is_complete(folder)
    with pytest.raises(IntegrityError, match="train again"):
        files.read_verified_files(folder)


def test_links_are_not_followed(folder: Path) -> None:
    """A link in place of a file is damage, even to the same bytes."""
    (folder / "a").rename(folder / "c")
    (folder / "a").symlink_to(folder / "c")
    assert not files.is_complete(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"version": 1, "files": {"a": "0"}}',
        '{"version": 2, "files": {}}',
        '{"version": 3, "files": 1}',
    ],
)
def test_bad_manifests(folder: Path, text: str) -> None:
    """A manifest that is none makes a folder incomplete."""
    (folder / files.MANIFEST_NAME).write_text(text, "utf-8")
    assert not files.is_complete(folder)


def test_a_manifest_stays_inside(folder: Path) -> None:
    """A manifest cannot vouch for files elsewhere."""
    listed = {
        "version": files.MANIFEST_VERSION,
        "key": folder.name,
        "files": {"../x": "0"},
    }
    (folder / files.MANIFEST_NAME).write_text(json.dumps(listed), "utf-8")
    with pytest.raises(IntegrityError, match="elsewhere"):
        files.read_verified_files(folder)


def test_a_copy_under_another_name_is_damage(folder: Path) -> None:
    """A folder copied over another, whole and with its manifest, is not the other.

    Without the key in the manifest it would pass for it.
    """
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    assert "another model's" in files.find_damage(other)
    manifest = json.loads((other / files.MANIFEST_NAME).read_text())
    manifest["key"] = other.name
    (other / files.MANIFEST_NAME).write_text(json.dumps(manifest))
    assert files.is_complete(other)


def test_a_manifest_without_a_key_is_said_to_be_old(folder: Path) -> None:
    """What an earlier version wrote is named as such, and not believed."""
    manifest = json.loads((folder / files.MANIFEST_NAME).read_text())
    del manifest["key"]
    manifest["version"] = 1
    (folder / files.MANIFEST_NAME).write_text(json.dumps(manifest))
    assert "earlier version" in files.find_damage(folder)


def test_a_folder_behind_a_link_is_damage(folder: Path) -> None:
    """The folder itself, or one in it, may be no link."""
    (folder.parent / "link").symlink_to(folder)
    assert not files.is_complete(folder.parent / "link")
    (folder / "sub").rename(folder.parent / "elsewhere")
    (folder / "sub").symlink_to(folder.parent / "elsewhere")
    assert not files.is_complete(folder)
