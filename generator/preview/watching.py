"""When to look again: at each save below the folders that a site is made from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import Change, watch

from generator.files import TEMPORARY

QUIET = 30
"""Milliseconds without a change after which a burst of them is over."""
ENDINGS = ("~", ".swp", ".swx", ".tmp", ".pyc", ".lock")


def matters(_change: Change, name: str) -> bool:
    """Whether a changed file can change a page: not one under way, not an editor's."""
    path = Path(name)
    hidden = any(part.startswith((".#", TEMPORARY, ".git")) for part in path.parts[-3:])
    return not (hidden or path.name.endswith(ENDINGS) or path.name == "4913")


def watched(
    places: Iterable[Path],
    act: Callable[[frozenset[Path]], None],
    stop: threading.Event,
    *,
    poll: bool = False,
) -> None:
    """Call `act` with the files of each burst of changes until `stop` is set.

    It is called once without any as soon as changes are watched for, because a file may
    have been saved between the look before and that moment.
    """
    begun = False
    for changes in watch(
        *(place for place in places if place.exists()),
        watch_filter=matters,
        debounce=400,
        step=QUIET,
        stop_event=stop,
        rust_timeout=500,
        force_polling=poll or None,
        poll_delay_ms=200,
        raise_interrupt=False,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        if changes or not begun:
            act(frozenset(Path(name) for _change, name in changes))
        begun = True
