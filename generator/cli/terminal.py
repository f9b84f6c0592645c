"""Progress on a terminal: one line for each event, or a bar for the work under way.

Text from corpora and files never reaches a terminal raw: control characters are escaped
here, whoever sends them.
"""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from generator.core.forecast import Forecast, PlannedTask, format_seconds
from generator.core.progress import QuietProgress

WORTH_NAMING = 0.5
"""Seconds from which a part of a time is named."""


def escape_line(text: str) -> str:
    """Return text on one line, control characters escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class LineProgress(QuietProgress):
    """A listener that prints one line for each event.

    `level` -1 prints warnings alone; 0 a line for each study and model; 1 everything.
    """

    def __init__(self, stream: TextIO, level: int = 0) -> None:
        super().__init__()
        self._stream, self._level = stream, level
        self._model, self._epochs = "", 0
        self._forecast: Forecast | None = None

    def say(self, text: str, level: int = 0) -> None:
        """Write one line if the listener's level allows.

        Args:
            text: The line.
            level: The least level at which to write it.
        """
        if self._level >= level:
            # In one piece, since several threads write lines.
            self._stream.write(f"{escape_line(text)}\n")
            self._stream.flush()

    def make_muted(self) -> LineProgress:
        """Return a listener that says nothing, not even warnings."""
        return LineProgress(self._stream, -2)

    def plan(self, forecast: Forecast) -> None:
        """Report how long the whole will take, if something is to be done."""
        self._forecast = forecast
        if forecast.total:
            rest = forecast.estimate_rest()
            time = f", {rest}" if rest else ""
            self.say(f"models and artifacts to make: {forecast.total}{time}")

    def describe_rest(self) -> str:
        """Describe the time left for the whole run, "" where nothing is to be done."""
        forecast = self._forecast
        if forecast is None or forecast.ended >= forecast.total:
            return ""
        rest = forecast.estimate_rest()
        count = f"{forecast.ended} of {forecast.total} done"
        return f"{count}, {rest} left" if rest else count

    @contextmanager
    def report_time(self, every: float = 60.0) -> Iterator[None]:
        """Print the time left now and then within the block.

        Args:
            every: Seconds between two lines.
        """
        ended = threading.Event()

        def report() -> None:
            while not ended.wait(every):
                if text := self.describe_rest():
                    self.say(f"  {text}")

        reporter = threading.Thread(target=report, daemon=True)
        reporter.start()
        try:
            yield
        finally:
            ended.set()
            reporter.join()

    def study(self, number: int, total: int, slug: str) -> None:
        """Report that a study begins."""
        self.say(f"study {number} of {total}: {slug}")

    def open_worker(self) -> LineProgress:
        """Open a listener to the trainings of another process."""
        return LineProgress(self._stream, self._level)

    def study_end(self, slug: str, seconds: Mapping[PlannedTask, float]) -> None:
        """Report what a study's models and artifacts took."""
        by_name = {task.short_name: taken for task, taken in seconds.items()}
        if sum(seconds.values()) >= WORTH_NAMING:
            self.say(f"{slug} took {format_shares(by_name)}")

    def model(self, name: str, epochs: int, done: int) -> None:
        """Report that a model is trained."""
        self._model, self._epochs = name, epochs
        after = f" after {done}" if done else ""
        count = f"{epochs} {'epoch' if epochs == 1 else 'epochs'}"
        self.say(f"  training {name}: {count}{after}")

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Report the losses of an epoch."""
        shown = format_losses(loss, validation)
        self.say(f"  {self._model}: epoch {epoch} of {self._epochs}{shown}", 1)

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Let the time left follow the training."""
        del loss
        if self._forecast is not None and self._epochs:
            share = (epoch - 1 + step / max(steps, 1)) / self._epochs
            self._forecast.advance(share)

    def artifact(self, name: str, number: int, total: int) -> None:
        """Report that an artifact is collected."""
        self.say(f"  artifact {number} of {total}: {name}", 1)

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


def format_shares(seconds: Mapping[str, float], most: int = 4) -> str:
    """Format seconds in all, and the largest parts of them.

    Args:
        seconds: The parts by name.
        most: How many parts to name.

    Returns:
        As in `48 s: model lm 30 s, lime 10 s, 4 others 8 s`.
    """
    parts = sorted(seconds.items(), key=lambda part: (-part[1], part[0]))
    named = [part for part in parts[:most] if part[1] >= WORTH_NAMING]
    texts = [f"{name} {format_seconds(taken)}" for name, taken in named]
    others = parts[len(named) :]
    rest = sum(taken for _, taken in others)
    if named and rest >= WORTH_NAMING:
        text = f"{len(others)} others" if len(others) > 1 else others[0][0]
        texts.append(f"{text} {format_seconds(rest)}")
    total = format_seconds(sum(seconds.values()))
    return f"{total}: {', '.join(texts)}" if texts else total


class RestColumn(ProgressColumn):
    """The time left for the whole run.

    Args:
        describe: Returns it in words, for a row.
    """

    def __init__(self, describe: Callable[[TaskID], str]) -> None:
        super().__init__()
        self._describe = describe

    def render(self, task: Task) -> Text:
        """Return the words."""
        return Text(self._describe(task.id), style="progress.remaining")


class BarProgress(LineProgress):
    """A bar for the work under way, with the time left; lines stay above it."""

    def __init__(self, stream: TextIO, level: int = 0, *, color: bool = True) -> None:
        super().__init__(stream, level)
        self._console = Console(file=stream, no_color=None if color else True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[facts]}", markup=False),
            RestColumn(self._describe_row),
            console=self._console,
            transient=True,
        )
        self._study, self._task = "", self._bar.add_task("", total=None, facts="")
        self._validation, self._is_worker = math.nan, False

    def open_worker(self) -> BarProgress:
        """Add a bar for the trainings of another process."""
        worker = copy.copy(self)
        worker._study, worker._forecast = "", None  # noqa: SLF001 - of this class
        worker._is_worker = True  # noqa: SLF001 - the same
        worker._task = self._bar.add_task("", total=None, facts="")  # noqa: SLF001 - the same
        return worker

    def _describe_row(self, task: TaskID) -> str:
        """Return the time left beside the first bar, "" beside those of workers."""
        return self.describe_rest() if task == self._task else ""

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
        super().step(epoch, step, steps, loss)
        self._bar.update(
            self._task,
            completed=epoch - 1 + step / max(steps, 1),
            description=self._format_description(
                f"{self._model}: epoch {epoch} of {self._epochs}"
            ),
            facts=format_losses(loss, self._validation).removeprefix(", "),
        )

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Keep the validation loss in sight; hide a worker's bar after the last one."""
        self._validation = validation
        super().epoch(epoch, loss, validation)
        if self._is_worker and epoch >= self._epochs:
            self._bar.update(self._task, visible=False)

    def artifact(self, name: str, number: int, total: int) -> None:
        """Show which artifact is collected."""
        self._begin(f"artifact {name}", total, number - 1)

    def _begin(self, text: str, total: int | None, done: int = 0) -> None:
        described = self._format_description(text)
        self._bar.reset(
            self._task,
            total=total,
            completed=done,
            description=described,
            visible=True,
            facts="",
        )

    def _format_description(self, text: str) -> str:
        return escape_line(f"{self._study}: {text}" if self._study else text)

    @contextmanager
    def show_bar(self) -> Iterator[None]:
        """Show the bar within the block."""
        with self._bar:
            yield
