"""The files that a copied study takes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.study.new_study import find_referenced_files


@pytest.mark.parametrize("section", ["corpora", "models"])
def test_files_of_the_folder_that_entries_name_are_found(
    section: str, tmp_path: Path
) -> None:
    """Under any setting that ends in "path"; no other file, and none outside."""
    folder = tmp_path / "study"
    folder.mkdir()
    for name in ("a.txt", "w.h5", "other.txt", "../outside.txt"):
        (folder / name).write_text("x")
    entries = {
        "one": {"path": "a.txt", "weights_path": "w.h5", "label": "other.txt"},
        "two": {"path": "../outside.txt"},
        "three": {"path": "missing.txt"},
        "four": None,
        "five": "other.txt",
    }
    found = find_referenced_files(folder, {section: entries, "figures": entries})
    assert found == {"a.txt": folder / "a.txt", "w.h5": folder / "w.h5"}
    assert find_referenced_files(folder, {section: None}) == {}
