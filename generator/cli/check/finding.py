"""Findings of a check: one line each, with its place and what to do.

    site/index.html:12: error[links]: "x.html" is no file of the site; mend the link

Findings are sorted by file, line and kind. As JSON they are one array of objects; for
GitHub they are annotations, which its pages show beside the lines they are about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from generator.cli.terminal import escape_line


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """A finding of a check. `line` is 0 where it is about a whole file."""

    file: str
    line: int
    kind: str
    text: str
    fix: str
    level: str = "error"


def format_findings(found: Iterable[Finding], style: str) -> str:
    """Format findings in their order.

    Args:
        found: The findings.
        style: `text`, `json` or `github`.

    Returns:
        The text.
    """
    if style == "json":
        return json.dumps([asdict(one) for one in found], indent=1)
    write = format_annotation if style == "github" else format_line
    return "\n".join(write(one) for one in found)


def format_line(one: Finding) -> str:
    """Format a finding as `file:line: level[kind]: text; fix`."""
    place = f"{one.file}:{one.line}" if one.line else one.file
    return escape_line(f"{place}: {one.level}[{one.kind}]: {one.text}; {one.fix}")


def format_annotation(one: Finding) -> str:
    """Format a finding as a workflow command of GitHub Actions."""
    level = {"warn": "warning"}.get(one.level, one.level)
    where = [f"file={escape_property(one.file)}", f"line={max(1, one.line)}"]
    where.append(f"title={escape_property(one.kind)}")
    text = f"{one.text}; {one.fix}".replace("%", "%25").replace("\r", "%0D")
    return f"::{level} {','.join(where)}::{escape_line(text.replace(chr(10), '%0A'))}"


def escape_property(text: str) -> str:
    """Escape text for a property of a workflow command."""
    pairs = {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
    return "".join(pairs.get(c, c) for c in text)
