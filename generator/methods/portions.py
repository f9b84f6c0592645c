"""Things taken together, as many at once as memory allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Thing = TypeVar("Thing")


def portions(
    things: Iterable[Thing], size: Callable[[Thing], int], most: int
) -> Iterator[list[Thing]]:
    """Things in their order, in lists of at most `most` in all, or of one thing."""
    held: list[Thing] = []
    total = 0
    for thing in things:
        more = size(thing)
        if held and total + more > most:
            yield held
            held, total = [], 0
        held.append(thing)
        total += more
    if held:
        yield held
