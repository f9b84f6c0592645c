"""How work under way reports itself. Everything here is optional to the worker.

The terminal's display extends `Progress`; tests and worker processes use `Quiet`.
"""

from __future__ import annotations


class Progress:
    """A listener to the pipeline, in the order of the calls below; deaf by itself."""

    def study(self, number: int, total: int, slug: str) -> None:
        """Study `number` of `total` (from 1) begins."""

    def model(self, name: str, epochs: int, done: int) -> None:
        """Training of a model begins, or goes on after `done` epochs."""

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """`step` of `steps` in `epoch` (from 1) is done; `loss` is a running mean."""

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """An epoch is done."""

    def artifact(self, name: str, number: int, total: int) -> None:
        """Collection of an artifact begins."""

    def note(self, text: str) -> None:
        """One line of news."""

    def warn(self, text: str) -> None:
        """One line that an author should read; counted, an error under --strict."""


class QuietProgress(Progress):
    """A listener that keeps the warnings and says nothing."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Keep it."""
        self.warnings.append(text)
