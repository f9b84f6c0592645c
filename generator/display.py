"""Progress for a person at a terminal: a bar for the work under way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from generator.terminal import Lines, losses, plain


class Display(Lines):
    """A bar for the work under way, with its end in sight; lines stay above it."""

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
            self._console.print(plain(text), markup=False, highlight=False)

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
            description=self._described(
                f"{self._model}: epoch {epoch} of {self._epochs}"
            ),
            facts=losses(loss, self._validation).removeprefix(", "),
        )

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Keep the validation loss in sight."""
        self._validation = validation
        super().epoch(epoch, loss, validation)

    def artifact(self, name: str, number: int, total: int) -> None:
        """Show which artifact is collected."""
        self._begin(f"artifact {name}", total, number - 1)

    def _begin(self, text: str, total: int | None, done: int = 0) -> None:
        described = self._described(text)
        self._bar.reset(
            self._task, total=total, completed=done, description=described, facts=""
        )

    def _described(self, text: str) -> str:
        return plain(f"{self._study}: {text}" if self._study else text)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bar while inside."""
        with self._bar:
            yield
