"""Reading one YAML file safely, with the line and column of everything in it.

The file is taken as a stream of events and never trusted: its size, its bytes, its
depth and its number of nodes are bounded before a value is made. What YAML offers
beyond plain data (aliases, anchors, merge keys, tags, directives, a second document) is
refused where it stands. Plain words are read as YAML 1.2 does, see `scalars`.
Nothing recurses deeper than that, so no nesting can end the process.

A mistake that leaves the rest readable (a duplicate key, an ambiguous number) is noted
in `Source.problems`; one that does not ends the reading as a `ConfigError`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from generator.errors import ConfigError
from generator.files import combined
from generator.kept import Kept
from generator.program import program_key
from generator.reading.recalling import recalled, told
from generator.reading.source import Problem, Source
from generator.reading.text import (
    LIMITS,
    Limits,
    StoppedError,
    contents,
    decoded,
    guard,
    pointer,
)


def read(
    path: Path, name: str, limits: Limits = LIMITS, kept: Kept | None = None
) -> Source:
    """The file at `path`, called `name` in messages.

    What a file without a mistake holds is read from `kept` where it was read before.
    Raises `ConfigError` for a file that cannot be read to its end as one mapping.
    """
    source = Source(name, {})
    text = decoded(contents(path, name, limits.size), name)
    key = combined("yaml", program_key(), asdict(limits), text) if kept else ""
    if kept and recalled(source, kept.get(key)):
        return source
    # Slow to import, and not needed for what was read before.
    from generator.reading.parsing import Builder, events_of  # noqa: PLC0415

    try:
        guard(text)
        Builder(source, limits, events_of(text)).build()
    except StoppedError as stopped:
        line, column = stopped.place
        shown = f"{stopped}{pointer(text, line, column)}"
        source.problems.append(Problem(stopped.place, shown))
        raise ConfigError(*source.messages()) from None
    if kept and not source.problems:
        kept.put(key, told(source))
    return source
