"""Listeners to work under way; a worker can do without one.

The terminal's display extends `Progress`; tests and worker processes use
`QuietProgress`.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.core.forecast import Forecast, PlannedTask


class Progress:
    """A listener to the pipeline, called in this order; by itself it does nothing."""

    def plan(self, forecast: Forecast) -> None:
        """Report what the whole run will do.

        Args:
            forecast: The time left, which follows the work.
        """

    def study(self, number: int, total: int, slug: str) -> None:
        """Report the beginning of a study.

        Args:
            number: Which study it is, from 1.
            total: How many studies there are.
            slug: Its slug.
        """

    def study_end(self, slug: str, seconds: Mapping[PlannedTask, float]) -> None:
        """Report the end of a study for which something was trained or collected.

        Args:
            slug: Its slug.
            seconds: What each of its tasks took.
        """

    def model(self, name: str, epochs: int, done: int) -> None:
        """Report the beginning, or the resuming, of a model's training.

        Args:
            name: The model's name.
            epochs: Epochs in all.
            done: Epochs trained already.
        """

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Report a training step.

        Args:
            epoch: Its epoch, from 1.
            step: The step within the epoch, from 1.
            steps: Steps of the epoch.
            loss: Mean training loss of the epoch so far.
        """

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Report the end of an epoch.

        Args:
            epoch: The epoch, from 1.
            loss: Training loss.
            validation: Validation loss, NaN where nothing is held out.
        """

    def artifact(self, name: str, number: int, total: int) -> None:
        """Report the beginning of an artifact's collection.

        Args:
            name: The artifact's name.
            number: Which artifact of the study it is, from 1.
            total: How many are collected.
        """

    def open_worker(self) -> Progress:
        """Open a listener to the trainings of another process.

        Returns:
            The listener, whose `model`, `step` and `epoch` are called.
        """
        return self

    def note(self, text: str) -> None:
        """Report one line of news.

        Args:
            text: The line.
        """

    def warn(self, text: str) -> None:
        """Report one line that an author should read; under --strict it is an error.

        Args:
            text: The line.
        """


class QuietProgress(Progress):
    """A listener that prints nothing and collects the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Add a warning to `warnings`."""
        self.warnings.append(text)
