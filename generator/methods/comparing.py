"""Attention to documents, after training and before it, as one table of estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Estimate, Estimates, Role
from generator.methods import estimates
from generator.methods.base import Asked, Method
from generator.methods.classified import Question, documents
from generator.methods.states import before_training
from generator.methods.weighing import Weighed, fit, weigh
from generator.models.attentive import Attentive
from generator.models.base import Epoch, Floats

BEFORE = "before training"
EVEN = "even attention"


class AttentionTable(Method):
    """A method that gives a table of attention to documents."""

    needs: ClassVar = (Attentive,)
    gives: ClassVar = Estimates
    documents: int = Field(default=500, ge=1, le=100_000)
    """At most so many documents."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus from which documents are taken."""
    epoch: Epoch = "best"
    """The snapshot that is asked, beside the one before training."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The one snapshot that must be there."""
        return (self.epoch,)

    def compare(
        self, asked: Asked, model: Attentive, why_not: Callable[[Question], str]
    ) -> Compared:
        """Read the documents for which `why_not` gives no reason not to.

        Raises `CorpusError` where there are none, and `IntegrityError`.
        """
        every = documents(asked, model, self.part, self.documents)
        kept, notes = fit(every, self.part, why_not)
        before = before_training(asked, model)
        return Compared(
            asked, weigh(model, kept), weigh(before, kept) if before else None, notes
        )


@dataclass(frozen=True)
class Compared:
    """What a model attends to in documents, and what it did before training.

    `before` is None where epoch 0 was not kept or is `now`.
    """

    asked: Asked
    now: Weighed
    before: Weighed | None
    notes: tuple[str, ...]

    def mean(
        self, name: str, values: NDArray[np.floating[Any]], role: Role = "observed"
    ) -> Estimate:
        """Mean over the documents in which the value is defined."""
        return estimates.mean(name, values, self.asked.generator(0), role)

    def control(self, value: Callable[[Floats, Question], float]) -> list[Estimate]:
        """The mean before training as a row; no row where that is not known."""
        if self.before is None:
            return []
        return [self.mean(BEFORE, self.before.each(value), "negative control")]

    def table(
        self,
        quantity: str,
        claim: str,
        *,
        reference: tuple[float, str],
        verdict: estimates.Verdict,
        rows: list[Estimate],
        notes: tuple[str, ...] = (),
    ) -> Estimates:
        """The rows as an artifact; `reference` is what no effect would give."""
        return Estimates(
            epoch=self.now.model.epoch,
            checks=self.now.checks,
            quantity=quantity,
            rows=tuple(rows),
            reference=reference[0],
            reference_name=reference[1],
            verdict=verdict,
            claim=claim,
            notes=self.notes + notes,
        )
