"""Whether a state that a link sets is one that the figure has.

A state is what an address holds after the figure: `step=3`, `view=word&pin=9-3`. An
author who names one that is not there made a mistake; a reader's address that does is
left alone by the script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl

from generator.errors import FigureError, nearest, quoted
from generator.figures.items import Items
from generator.figures.view import View

PADDING = re.compile(r"(\d+-)?p\d*")
FEW = 8
"""Values of a choice up to which a message lists them all."""


def check_state(view: View, state: str) -> None:
    """Raises `FigureError` for a state that a figure does not have."""
    there = {one.name: one.values for one in view.controls() if one.values}
    pins = {key for key in pinned(view.items()) if key}
    known = [*there, *(("pin",) if pins else ())]
    given = parse_qsl(state, keep_blank_values=True)
    if not given:
        raise FigureError(
            f"state {quoted(state)}; expected name=value, as in {hint(there)}"
        )
    for name, value in given:
        if name in {"pin", "k"} and pins:
            if value not in pins and not PADDING.fullmatch(value):
                raise FigureError(f"pins no {quoted(value)}; {nearest(value, pins)}")
        elif name not in there:
            has = f"it has {', '.join(known)}" if known else "it has none"
            close = nearest(name, known) if known else ""
            raise FigureError(
                f"has no state {quoted(name)}; {close if '?' in close else has}"
            )
        elif value not in there[name]:
            raise FigureError(f"has no {name} {quoted(value)}; {values(there[name])}")


def hint(there: dict[str, tuple[str, ...]]) -> str:
    """A state as an example."""
    return next((f"{name}={some[0]}" for name, some in there.items()), "pin=2")


def values(known: Sequence[str]) -> str:
    """What can be chosen, in words."""
    some = known if len(known) <= FEW else (known[0], "…", known[-1])
    return f"it has {', '.join(some)}"


def pinned(items: Items) -> Iterable[str]:
    """Keys that can be kept under the cursor."""
    for track in items.tracks:
        yield from (item.key for item in track.items)
        yield from (track.key,) if not track.items else ()
