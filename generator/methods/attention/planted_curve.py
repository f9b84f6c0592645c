"""Accuracy, attention and occlusion on planted documents, by epoch."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Curves
from generator.corpora.base import Annotation
from generator.methods import measures
from generator.methods.base import Asked, Method
from generator.methods.states import by_epoch
from generator.methods.truth import Cases, cases, ranks_first
from generator.models.base import Epoch
from generator.models.language_models import LanguageModel

NAMES = (
    "accuracy among the choices",
    "attention on the key",
    "key first by attention",
    "key first by occlusion among the choices",
)


class PlantedCurve(Method):
    """The planted documents epoch by epoch: does attention find the key as it is learnt?

    1. The held-out documents of *planted* are asked at each epoch, 0 being before training.
    2. Four shares are drawn on one axis: the accuracy of the decided word among the words
       that could stand there; the attention on the key's slot; and how often the key's slot
       has the largest value of the window by attention and by occlusion among the words
       that could stand there, ties lost.

    If accuracy rises and attention on the key does not, the model learnt to use the key
    without ever showing it in its map.

    Source: as in *planted*.
    """

    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Curves
    expects: ClassVar = frozenset({Annotation.TRUTH})
    method: Literal["planted_curve"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were kept."""
    documents: int = Field(default=200, ge=1, le=100_000)
    """At most so many held-out documents."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epochs asked for by name."""
        return self.epochs

    def collect(self, asked: Asked) -> Curves:
        """Measure. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        found = cases(asked, asked.model.at("best"), self.documents)
        return by_epoch(
            asked, self.epochs, lambda model: shares(model, found), NAMES, "share"
        )


def shares(model: LanguageModel, found: Cases) -> tuple[float, ...]:
    """What `NAMES` says, means over documents."""
    among, _ = measures.right(model, found, found.rows)
    weights = measures.attention(model, found)
    drops = measures.decision(model, found)
    return (
        float(among.mean()),
        float(measures.on_key(weights, found).mean()),
        float(ranks_first(weights, found).mean()),
        float(ranks_first(drops, found).mean()),
    )
