r"""Patterns over text whose search takes bounded time, whatever the text.

A pattern is a part of what Python's regular expressions know:

- a character stands for itself; `.` for any but a line's end; `[a-z_]` and `[^a-z]` for
  one of a class; `\d \w \s`, their opposites `\D \W \S`, `\n`, `\t`, and a
  backslash before a character that means something else;
- `^` and `$` are the beginning and the end of a line, `\b` that of a word;
- `?`, `*`, `+`, `{3}` and `{2,5}` repeat what stands before them;
- `|` divides the pattern into alternatives, of which the first that fits is taken.

There are no brackets around parts and no references. A repetition takes all that it can
and gives nothing back, so `.*x` never fits: nothing is tried twice, which is how
expressions come to take forever. Without an end of its own it takes 200 characters at
most, and all repetitions of a pattern together 1,000: that bounds the time at a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.errors import quoted

PATTERN_LIMIT = 200
"""Characters of the longest pattern."""
ENDLESS = 200
"""What a repetition takes at most if the pattern does not say."""
TOGETHER = 1000
"""What all repetitions of a pattern may take."""

ITEM = re.compile(
    r"""(?P<class>\[\^?(?:\\[^\n]|[^]\\[\n])+\])
    |(?P<escape>\\[dDwWsSnt]|\\[^A-Za-z0-9\n])
    |(?P<edge>\\b|\^|\$)
    |(?P<or>\|)
    |(?P<plain>[^\\\[\](){}?*+|\n])""",
    re.VERBOSE,
)
SETS = ("--", "&&", "||", "~~")
"""What Python's expressions may come to read as an operation on classes."""
REPEAT = re.compile(
    r"(?P<mark>[?*+])|\{(?P<low>[0-9]{1,4})(?:,(?P<high>[0-9]{1,4}))?\}"
)


def compiled(pattern: str) -> re.Pattern[str]:
    """What `pattern` says. Raises `ValueError`, which says where it is wrong."""
    if not 0 < len(pattern) <= PATTERN_LIMIT:
        raise ValueError(
            f"a pattern of {len(pattern):,} characters; expected 1 to {PATTERN_LIMIT}"
        )
    found = "".join(_pieces(pattern))
    try:
        return re.compile(found, re.MULTILINE)
    except re.error as error:
        raise ValueError(f"{quoted(pattern)}: {error}; mend the pattern") from error


def _pieces(pattern: str) -> Iterator[str]:
    """The pattern part by part, every repetition bounded and giving nothing back."""
    at, taken = 0, 0
    while at < len(pattern):
        item = ITEM.match(pattern, at)
        if item is None or any(sign in (item["class"] or "") for sign in SETS):
            raise _refused(pattern, at)
        at = item.end()
        repeat = REPEAT.match(pattern, at)
        if repeat is None:
            yield item[0]
            continue
        if item.lastgroup in {"edge", "or"}:
            raise _refused(pattern, at)
        low, high = _times(repeat)
        taken += high
        if low > high or taken > TOGETHER:
            raise ValueError(
                f"{quoted(pattern)}: repeats {low:,} to {high:,} times at character "
                f"{at + 1}; expected a rising range, and {TOGETHER:,} at most in all "
                f"repetitions ({ENDLESS} for one without end)"
            )
        at = repeat.end()
        yield f"{item[0]}{{{low},{high}}}+"


def _times(repeat: re.Match[str]) -> tuple[int, int]:
    """How often, at least and at most."""
    if repeat["mark"]:
        return {"?": (0, 1), "*": (0, ENDLESS), "+": (1, ENDLESS)}[repeat["mark"]]
    return int(repeat["low"]), int(repeat["high"] or repeat["low"])


def _refused(pattern: str, at: int) -> ValueError:
    return ValueError(
        f"{quoted(pattern)}: {quoted(pattern[at])} at character {at + 1}; expected "
        "characters, classes such as [a-z], repetitions and alternatives, without "
        "parts in brackets: put a backslash before a character that stands for itself"
    )
