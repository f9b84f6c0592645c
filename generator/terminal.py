"""Progress where nobody watches: one line for each event.

Text from corpora and files never reaches a terminal raw: control characters are
escaped here, whoever sends them.
"""

from __future__ import annotations

import math
from typing import TextIO

from generator.progress import Quiet


def plain(text: str) -> str:
    """`text` on one line, control characters escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class Lines(Quiet):
    """One line for each event. `level` -1 warns only, 1 tells everything."""

    def __init__(self, stream: TextIO, level: int = 0) -> None:
        super().__init__()
        self._stream, self._level = stream, level
        self._model, self._epochs = "", 0

    def say(self, text: str, level: int = 0) -> None:
        """Write one line if the listener wants to know as much."""
        if self._level >= level:
            print(plain(text), file=self._stream, flush=True)

    def muted(self) -> Lines:
        """A listener that says nothing, not even warnings."""
        return Lines(self._stream, -2)

    def study(self, number: int, total: int, slug: str) -> None:
        """Say which study begins."""
        self.say(f"study {number} of {total}: {slug}")

    def model(self, name: str, epochs: int, done: int) -> None:
        """Say which model is trained."""
        self._model, self._epochs = name, epochs
        after = f" after {done}" if done else ""
        self.say(f"  training {name}: {epochs} epochs{after}")

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Say how an epoch ended."""
        shown = losses(loss, validation)
        self.say(f"  {self._model}: epoch {epoch} of {self._epochs}{shown}")

    def artifact(self, name: str, number: int, total: int) -> None:
        """Say which artifact is collected."""
        self.say(f"  artifact {number} of {total}: {name}")

    def note(self, text: str) -> None:
        """Pass on a line of news."""
        self.say(text)

    def warn(self, text: str) -> None:
        """Keep a warning, and say it."""
        super().warn(text)
        self.say(f"warning: {text}", -1)


def losses(loss: float, validation: float) -> str:
    """The losses that exist, ready to follow the epoch."""
    shown = "" if math.isnan(loss) else f", loss {loss:.3f}"
    return shown + ("" if math.isnan(validation) else f", validation {validation:.3f}")
