"""Plain words of a YAML file, as YAML 1.2 reads them.

`true` and `false` are the only yes and no; `no`, `on` and dates are text; `1e-3` is a
number. Words that YAML 1.1 and 1.2 read as different numbers (`0123`, `12:30:45`) are
refused rather than guessed, as are numbers that are not finite or absurdly long.
"""

from __future__ import annotations

import math
import re

_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0_?[0-9][0-9_]*")
_BASE_60 = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?")
_WORDS = {
    word: value
    for base, value in (("true", True), ("false", False), ("null", None))
    for word in (base, base.capitalize(), base.upper())
} | {"~": None}
LONGEST_NUMBER = 40
"""Characters of a number."""


class RefusedError(Exception):
    """A plain word that is not read; the message follows the name of its setting."""


def plain(text: str) -> str | bool | int | float | None:
    """The value of an unquoted word. Raises `RefusedError`."""
    if not text:
        raise RefusedError("is empty; give it a value or remove it")
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise RefusedError(f"must be finite, got {text}")
    if _LEADING_ZERO.fullmatch(text) or _BASE_60.fullmatch(text):
        raise RefusedError(
            f"is an ambiguous number, {_cut(text)}; quote it, or write digits"
        )
    return _number(text)


def _number(text: str) -> str | int | float:
    """The number that `text` writes, or `text`."""
    is_whole = _INTEGER.fullmatch(text)
    is_based = _BASED.fullmatch(text)
    if not (is_whole or is_based or _FLOAT.fullmatch(text)):
        return text
    if len(text) > LONGEST_NUMBER:
        raise RefusedError(f"is a number too long to be meant ({len(text)} characters)")
    if is_whole:
        return int(text)
    if is_based:
        return int(text, 0)
    value = float(text)
    if not math.isfinite(value):
        raise RefusedError(f"must be finite, got {text}")
    return value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NUMBER else f"{text[:LONGEST_NUMBER]}…"
