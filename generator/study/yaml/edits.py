"""Edits of a setting or of lines, as pieces of a file that are replaced by others.

An edit says what to change in an entry; where it stands, and how the entry is written
(a key on each line, or all in braces), is read from the file, so that comments, quotes
and line ends of all else stay. Where the present value is written in a way that is not
plain, such as over several lines, there is no edit.
"""

from __future__ import annotations

import re
from pathlib import Path

from generator.core.edits import LineEdit, SettingEdit, TextEdit, format_edit
from generator.core.files import open_regular_file
from generator.study.yaml.source import KeyPath, YamlSource

WRITTEN = re.compile(
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|\[[^\[\]{}#]*\]|\{[^\[\]{}#]*\}|[^\s,\[\]{}#]+)"""
)
"""A value that is plain to see: a word, quotes, or brackets with none in them."""
LINE_LIMIT = 20_000_000
"""Bytes of a file whose lines are edited."""
BREAK = re.compile("\r\n|\n|\r")


def locate_setting_edit(
    source: YamlSource, key_path: KeyPath, edit: SettingEdit
) -> TextEdit | None:
    """Return the piece of a study file that writes or removes a setting.

    Args:
        source: The study file.
        key_path: Path of the entry, a mapping.
        edit: What to set.

    Returns:
        The edit; None where how the setting is written is not plain.
    """
    entry = source.data
    for step in key_path:
        entry = entry[str(step)]
    here = (*key_path, edit.setting)
    if edit.setting in entry:
        return _replace_setting(source, here, edit)
    if edit.value is None or not entry:
        return None
    first, *others = entry
    place = source.find_key_place((*key_path, next(iter(others), first)))
    written = source.read_from(place)
    before = source.read_from((place[0], 1))[: place[1] - 1]
    if before.strip():  # the entry is in braces, or shares its line
        if "{" not in before:
            return None
        new = f"{format_edit(edit)}, "
    else:
        new = f"{format_edit(edit)}{source.line_end}{before}"
    word = re.match(r"[\w-]+", written)
    if word is None:
        return None
    return source.make_edit(place, word[0], f"{new}{word[0]}")


def _replace_setting(
    source: YamlSource, key_path: KeyPath, edit: SettingEdit
) -> TextEdit | None:
    """Return the edit of a setting that is written."""
    place = source.find_key_place(key_path)
    line = source.read_from(place)
    begun = re.match(rf"{re.escape(edit.setting)}:[ \t]+", line)
    found = WRITTEN.match(line, begun.end()) if begun else None
    if found is None:
        return None
    old = line[: found.end()]
    if edit.value is not None:
        return source.make_edit(place, old, format_edit(edit))
    rest = line[found.end() :]
    if comma := re.match(r",[ \t]*", rest):
        return source.make_edit(place, old + comma[0], "")
    whole = source.read_from((place[0], 1))
    if whole[: place[1] - 1].strip() or (rest.strip() and rest.strip()[0] != "#"):
        return None
    return source.make_edit((place[0], 1), whole, "")


def read_line_edit(folder: Path, shown: str, edit: LineEdit) -> TextEdit | None:
    """Return the piece of a file of a study that an edit of lines replaces.

    Args:
        folder: The study's folder.
        shown: The folder's path from the project's on.
        edit: The edit.

    Returns:
        The edit; None for files elsewhere, large ones, and those that are not UTF-8.
    """
    path = folder / edit.file
    if not path.resolve().is_relative_to(folder.resolve()):
        return None
    try:
        with open_regular_file(path) as file:
            text = file.read(LINE_LIMIT).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    ends = [0, *(match.end() for match in BREAK.finditer(text)), len(text)]
    first, last = edit.line - 1, edit.line - 1 + edit.lines
    if last >= len(ends):
        return None
    old = text[ends[first] : ends[last]]
    if not old:
        return None
    kept = BREAK.search(old[-2:])
    new = "" if edit.text is None else edit.text + (kept[0] if kept else "")
    return TextEdit(f"{shown}/{edit.file}", edit.line, 1, old, new)
