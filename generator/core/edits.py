"""Edits that mend what an error tells of, in a form that a program can apply.

A message ends with what to do. Where that is one definite change, the error carries it
as edits too, which are applied together; the words are made of them by `format_edit`,
so that what a person reads and what a program applies cannot differ.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = "str | int | bool | list[str] | dict[str, str | None] | None"
"""What a study file can be given for a setting."""
PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that YAML, or a reader of YAML, may take for something else."""


@dataclass(frozen=True, slots=True)
class SettingEdit:
    """Write a setting into an entry of a study file, or remove it.

    Attributes:
        setting: The setting's name in the entry that the error is about.
        value: What it is set to; None removes the setting.
    """

    setting: str
    value: Value


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Replace lines of a file that a study reads.

    Attributes:
        file: The file as the study names it.
        line: The first line, from 1.
        text: What stands there instead, without the end of the line; None removes it.
        lines: How many lines are replaced.
    """

    file: str
    line: int
    text: str | None
    lines: int = 1


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace a piece of a file of the project.

    Attributes:
        file: The file's path from the project's folder on.
        line: The line that the piece begins in, from 1.
        column: Its first character there, from 1.
        old: The piece; where something else stands, the edit cannot be made.
        new: What stands there instead.
    """

    file: str
    line: int
    column: int
    old: str
    new: str


Edit = SettingEdit | LineEdit | TextEdit


def format_edit(edit: SettingEdit) -> str:
    """Format an edit as the line of YAML that it writes.

    Args:
        edit: The edit of a setting that is not removed.

    Returns:
        Such as `encoding: cp1252`.
    """
    return f"{edit.setting}: {_format_value(edit.value)}"


def _format_value(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_format_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_format_value(k)}: {_format_value(v)}" for k, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, str) and (
        not PLAIN_WORD.fullmatch(value) or value.lower() in NOT_TEXT
    ):
        return json.dumps(value, ensure_ascii=not value.isprintable())
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
