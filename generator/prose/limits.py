"""A limit on the time that reading a write-up may take.

Some texts of a few kilobytes keep a Markdown reader busy for minutes. A process of its
own would cost each build a start of Python; the alarm clock of the system costs
nothing, and interrupts regular expressions too. It needs the main thread of a POSIX
system; elsewhere only the limit on size holds.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from generator.errors import WriteUpError

SECONDS = 10.0


@contextmanager
def time_limit(what: str, seconds: float = SECONDS) -> Iterator[None]:
    """Raises `WriteUpError` in the block once `seconds` have passed."""
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise WriteUpError(
            f"{what}: took longer than {seconds:g} s to read; look for long runs of "
            "brackets or stars, and make it shorter"
        )

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
