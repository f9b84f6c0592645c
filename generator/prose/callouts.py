"""Annotations of a figure: the list right below its image line.

    ![A caption.](figure:weights)
    - @reminder: The name that the sentence hangs on.
    - @summer/reminder, 3..5: Two places, one note.

What stands between `@` and the colon names tokens or cells, see
`generator.figures.pointing`; what follows is prose like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.prose.source import Source

BULLET = re.compile(r"^ {0,3}[-*+][ \t]+(?=@)", re.MULTILINE)
NOTE = re.compile(
    r'@(?P<target>(?:"[^"\n]*"|`[^`\n]*`|[^:"`\n])+):[ \t]+(?P<text>\S.*)', re.DOTALL
)
MOST = 26
"""Annotations of a figure; more would hide it."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One note: what it is about, its prose as written, the line it stands in."""

    target: str
    text: str
    line: int


def divided(block: str) -> tuple[str, str]:
    """A block's image line, and the list below it, "" where there is none."""
    match = BULLET.search(block)
    return (block[: match.start()], block[match.start() :]) if match else (block, "")


def is_list(block: str) -> bool:
    """Whether a block goes on with annotations."""
    return BULLET.match(block.lstrip("\n")) is not None


def notes_in(source: Source, name: str, text: str) -> list[Annotation]:
    """The notes in a list; what is none is kept as a problem of its line."""
    start = source.text.find(f"(figure:{name})")
    found: list[Annotation] = []
    for item in BULLET.split(text)[1:]:
        line, start = line_after(source, item, start)
        match = NOTE.fullmatch(item.strip())
        if match is None:
            source.blame(
                line,
                "an annotation names what it is about and says something of it; "
                "expected `- @token: prose`",
            )
        elif len(found) == MOST:
            source.blame(
                line, f"more than {MOST} annotations; a figure has room for fewer"
            )
        else:
            prose = " ".join(part.strip() for part in match["text"].splitlines())
            found.append(Annotation(match["target"].strip(), prose, line))
    return found


def line_after(source: Source, item: str, start: int) -> tuple[int, int]:
    """The line of an annotation beyond `start`, and where the next may begin.

    Values in it are marked already, so only its first word is looked for.
    """
    first = re.escape(re.split(r"[\s:]", item, maxsplit=1)[0])
    bullet = re.compile(BULLET.pattern + first, re.MULTILINE)
    match = bullet.search(source.text, max(0, start))
    place = match.start() if match else max(0, start)
    return source.text.count("\n", 0, place) + 1, place + 1
