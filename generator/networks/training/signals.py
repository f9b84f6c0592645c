"""Signals delayed until a moment at which work can be put down.

A Ctrl-C may fall between a step's update of the weights and the count of that step.
While `DelayedSignals` is active, SIGINT and SIGTERM are only recorded, and
`handle_pending`, called between steps, hands them to the handler that was there before,
which then raises where nothing is half done. A second signal is not delayed: whoever
insists is obeyed at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

DELAYED_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class DelayedSignals:
    """A context that delays signals; it does nothing outside the main thread."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._noted: list[tuple[int, FrameType | None]] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in DELAYED_SIGNALS:
                if callable(signal.getsignal(number)):
                    self._before[number] = signal.signal(number, self._record_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if kind is None:
            self.handle_pending()

    def handle_pending(self) -> None:
        """Hand a delayed signal to its handler; what the handler raises passes on."""
        while self._noted:
            number, frame = self._noted.pop()
            handler: Callable[[int, FrameType | None], object] = self._before[number]
            handler(number, frame)

    def _record_signal(self, number: int, frame: FrameType | None) -> None:
        first = not self._noted
        self._noted.append((number, frame))
        if not first:
            self.handle_pending()
