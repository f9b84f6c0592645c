"""What is wrong with the syntax of a YAML file, in words an author can act on.

Also the one place where what looks like a credential is taken out of text on its way
into a message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.errors import quoted

if TYPE_CHECKING:  # slow to import
    from ruamel.yaml.error import MarkedYAMLError

_SECRET = re.compile(
    r"(?<=//)[^/@\s]+(?=@)|\bgh[a-z]_\w{16,}|\bgithub_pat_\w{16,}|\bAKIA[0-9A-Z]{12,}"
)
_WORDS = (
    ("mapping values are not allowed", 'a value that holds ": " must be quoted'),
    ("unknown escape", r'unknown escape; inside "…" write \\ for a backslash'),
    ("tag handle", "tags (!) are not allowed; write plain values"),
    ("but found '<alias>'", "aliases (*) are not allowed; write the value out"),
    ("character '\\t'", "a tab where a space belongs; use spaces"),
    ("<document start>", "this line is indented unlike the lines it belongs to"),
    ("<block end>", "this line is indented unlike the lines it belongs to"),
    ("expected the node content", "a value is missing, or a bracket is not closed"),
    ("could not find expected ':'", 'expected ": " after a key'),
)
_OPENING = (
    ("quoted scalar", "the quote opened here is not closed"),
    ("flow sequence", "the [ opened here is not closed, or a comma is missing"),
    ("flow mapping", "the { opened here is not closed, or a comma is missing"),
)


def redacted(text: str) -> str:
    """`text` with what looks like a credential replaced by dots of equal length."""
    return _SECRET.sub(lambda found: "·" * len(found[0]), text)


def explained(error: MarkedYAMLError, text: str) -> tuple[str, Any]:
    """A sentence for `error`, and the mark it is about."""
    problem, context = str(error.problem), str(error.context)
    mark = error.problem_mark or error.context_mark
    if re.match(r" *\t", _line(text, mark.line)):
        return "tab used for indentation; use spaces", mark
    for part, message in _OPENING:
        if part in context and error.context_mark and "escape" not in problem:
            return message, error.context_mark
    for part, message in _WORDS:
        if part in problem:
            return message, mark
    if found := re.search(r"character '(.+)' that cannot start", problem):
        return f"a value cannot begin with {quoted(found[1], 8)}; quote it", mark
    return f"not YAML: {quoted(problem)}", mark


def _line(text: str, number: int) -> str:
    lines = re.split("\r\n|[\n\r\u2028\u2029]", text)
    return lines[number] if number < len(lines) else ""
