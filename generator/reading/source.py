"""A file that was read: its data, the place of everything in it, and its problems."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generator.errors import quoted
from generator.reading.text import Place

Way = tuple[str | int, ...]
"""Keys and indices from the top of a file to one value."""
MOST = 40
"""Problems of one file that are listed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake and where it is."""

    place: Place
    text: str


@dataclass
class Source:
    """A file that was read: its data, and where each part of it stands.

    `keys` and `values` give the place of a key and of its value; `refused` holds the
    ways whose value is already among the `problems`, so that it is not judged twice.
    """

    name: str
    data: dict[str, Any]
    keys: dict[Way, Place] = field(default_factory=dict)
    values: dict[Way, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[Way] = field(default_factory=set)
    unread: Callable[[], None] | None = field(default=None, compare=False)
    """What fills `keys` and `values`, where nobody has asked for a place yet."""

    def key(self, way: Way) -> Place:
        """Where the key at `way` is, or the nearest thing above it."""
        self._fill()
        while way and way not in self.keys and way not in self.values:
            way = way[:-1]
        return self.keys.get(way) or self.values.get(way, (1, 1))

    def value(self, way: Way) -> Place:
        """Where the value at `way` is, or the nearest thing above it."""
        self._fill()
        return self.values[way] if way in self.values else self.key(way)

    def note(self, way: Way | None, place: Place, text: str) -> None:
        """Remember a problem, and that the value at `way` is not to be judged again."""
        self.problems.append(Problem(place, text))
        if way is not None:
            self.refused.add(way)

    def messages(self) -> tuple[str, ...]:
        """All problems as `file:line:column: text`, in the order of the file."""
        found = sorted(set(self.problems))
        lines = [f"{self.name}:{p.place[0]}:{p.place[1]}: {p.text}" for p in found]
        if len(lines) > MOST:
            lines[MOST:] = [f"{self.name}: and {len(lines) - MOST} more problems"]
        return tuple(lines)

    def _fill(self) -> None:
        if self.unread:
            unread, self.unread = self.unread, None
            unread()


def dotted(way: Way) -> str:
    """`models.lm.epochs[1]`; parts that are no plain names are quoted."""
    shown = ""
    for part in way:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            plain_name = re.fullmatch(r"[\w-]{1,64}", part, re.ASCII)
            shown += f"{'.' if shown else ''}{part if plain_name else quoted(part, 30)}"
    return shown
