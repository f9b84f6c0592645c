"""Attention of target tokens over the source at several epochs."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from generator.artifacts import AlignmentFrames
from generator.methods.alignment.alignments import attention
from generator.methods.base import Asked
from generator.methods.states import states
from generator.methods.translated import OfPairs
from generator.models.base import Epoch


class AligningHistory(OfPairs):
    """The attention of a translator over its source, epoch by epoch.

    1. Pairs of the corpus that the model did not learn from are read at every epoch asked
       for, 0 being before training, with the corpus's own target given token by token: so
       all frames have the same rows, however badly an early model would write.
    2. Each frame holds what `alignment` holds: the weights, the probability of each target
       token, and, where the links are known, the alignment error rate.

    Before training the weights of additive and location-aware attention are even, since the
    vector that makes scores begins at zero; multiplicative scores begin at random.

    Source: Bahdanau, Cho and Bengio (2015), arXiv 1409.0473, for the matrix; over epochs,
    as the attention of a classifier is shown in Goku Mohandas, Attentional interfaces
    (2017).
    """

    gives: ClassVar = AlignmentFrames
    method: Literal["alignment_history"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask, in the order of the frames; without it, all kept."""

    @model_validator(mode="after")
    def _same_targets(self) -> Self:
        if self.texts:
            raise ValueError(
                "texts: their targets would change from epoch to epoch; give documents"
            )
        return self

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epochs asked for by name."""
        return self.epochs

    def collect(self, asked: Asked) -> AlignmentFrames:
        """Read. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        pairs = self.pairs(asked, asked.model.at("best"))
        kept = {model.epoch: model for model in states(asked, self.epochs)}
        frames = tuple(attention(model, pairs) for model in kept.values())
        return AlignmentFrames(
            epoch=frames[0].epoch if len(frames) == 1 else None, frames=frames
        )
