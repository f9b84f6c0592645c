"""Progress on a terminal: one line for each event, or a bar for the work under way.

Text from corpora and files never reaches a terminal raw: control characters are escaped
here, whoever sends them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from generator.core.progress import QuietProgress


def escape_line(text: str) -> str:
    """Return text on one line, control characters escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class LineProgress(QuietProgress):
    """A listener that prints one line for each event.

    `level` -1 prints warnings alone, 1 prints everything.
    """

    def __init__(self, stream: TextIO, level: int = 0) -> None:
        super().__init__()
        self._stream, self._level = stream, level
        self._model, self._epochs = "", 0

    def say(self, text: str, level: int = 0) -> None:
        """Write one line if the listener's level allows.

        Args:
            text: The line.
            level: The least level at which to write it.
        """
        if self._level >= level:
            print(escape_line(text), file=self._stream, flush=True)

    def make_muted(self) -> LineProgress:
        """Return a listener that says nothing, not even warnings."""
        return LineProgress(self._stream, -2)

    def study(self, number: int, total: int, slug: str) -> None:
        """Report that a study begins."""
        self.say(f"study {number} of {total}: {slug}")

    def model(self, name: str, epochs: int, done: int) -> None:
        """Report that a model is trained."""
        self._model, self._epochs = name, epochs
        after = f" after {done}" if done else ""
        self.say(f"  training {name}: {epochs} epochs{after}")

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Report the losses of an epoch."""
        shown = format_losses(loss, validation)
        self.say(f"  {self._model}: epoch {epoch} of {self._epochs}{shown}")

    def artifact(self, name: str, number: int, total: int) -> None:
        """Report that an artifact is collected."""
        self.say(f"  artifact {number} of {total}: {name}")

    def note(self, text: str) -> None:
        """Report a line of news."""
        self.say(text)

    def warn(self, text: str) -> None:
        """Count a warning, and print it."""
        super().warn(text)
        self.say(f"warning: {text}", -1)


def format_losses(loss: float, validation: float) -> str:
    """Format those losses that are not NaN, to follow the name of the epoch."""
    shown = "" if math.isnan(loss) else f", loss {loss:.3f}"
    return shown + ("" if math.isnan(validation) else f", validation {validation:.3f}")


class BarProgress(LineProgress):
    """A bar for the work under way, with the time left; lines stay above it."""

    def __init__(self, stream: TextIO, level: int = 0, *, color: bool = True) -> None:
        super().__init__(stream, level)
        self._console = Console(file=stream, no_color=None if color else True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[facts]}", markup=False),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            transient=True,
        )
        self._study, self._task = "", self._bar.add_task("", total=None, facts="")
        self._validation = math.nan

    def say(self, text: str, level: int = 0) -> None:
        """Write one line above the bar."""
        if self._level >= level:
            self._console.print(escape_line(text), markup=False, highlight=False)

    def study(self, number: int, total: int, slug: str) -> None:
        """Show which study begins."""
        self._study = f"study {number} of {total}"
        super().study(number, total, slug)
        self._begin(slug, None)

    def model(self, name: str, epochs: int, done: int) -> None:
        """Show which model is trained."""
        self._model, self._epochs, self._validation = name, epochs, math.nan
        self._begin(f"{name}: epoch {done + 1} of {epochs}", epochs, done)

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Move the bar."""
        self._bar.update(
            self._task,
            completed=epoch - 1 + step / max(steps, 1),
            description=self._format_description(
                f"{self._model}: epoch {epoch} of {self._epochs}"
            ),
            facts=format_losses(loss, self._validation).removeprefix(", "),
        )

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Keep the validation loss in sight."""
        self._validation = validation
        super().epoch(epoch, loss, validation)

    def artifact(self, name: str, number: int, total: int) -> None:
        """Show which artifact is collected."""
        self._begin(f"artifact {name}", total, number - 1)

    def _begin(self, text: str, total: int | None, done: int = 0) -> None:
        described = self._format_description(text)
        self._bar.reset(
            self._task, total=total, completed=done, description=described, facts=""
        )

    def _format_description(self, text: str) -> str:
        return escape_line(f"{self._study}: {text}" if self._study else text)

    @contextmanager
    def show_bar(self) -> Iterator[None]:
        """Show the bar within the block."""
        with self._bar:
            yield
