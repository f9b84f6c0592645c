"""Apply the edits of an error, as a program would that mends a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.core.edits import Edit, LineEdit


def apply_edits(
    edits: Iterable[Edit], settings: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """Return an entry's settings with the edits made; files are changed in place."""
    changed = dict(settings)
    for edit in edits:
        if isinstance(edit, LineEdit):
            _replace_lines(edit, folder)
        elif edit.value is None:
            changed.pop(edit.setting)
        else:
            changed[edit.setting] = edit.value
    return changed


def _replace_lines(edit: LineEdit, folder: Path) -> None:
    path = folder / edit.file
    lines = path.read_bytes().decode().split("\n")
    new = [] if edit.text is None else [edit.text]
    lines[edit.line - 1 : edit.line - 1 + edit.lines] = new
    path.write_bytes("\n".join(lines).encode())
