"""Attention weights of the same texts at several epochs."""

from __future__ import annotations

from typing import ClassVar, Literal

from generator.artifacts import TokenFrames
from generator.methods.attention.weights import attention_scores
from generator.methods.base import Asked
from generator.methods.classified import OfTexts
from generator.methods.states import states
from generator.models.attentive import Attentive
from generator.models.base import Epoch


class AttentionHistory(OfTexts):
    """The attention a classifier pays to the same texts, epoch by epoch.

    1. The texts are divided into words once. They are the ones an author gives, or
       documents that the model did not learn from.
    2. They are read with the weights of every epoch that was kept, or of the epochs asked
       for, with dropout off. Epoch 0 is before training.
    3. Each epoch is a frame, and the texts are the same in every frame: what changes
       between frames is the model alone. A token has its weight, as in *attention*, and all
       frames are drawn on one scale.

    How attention begins can be seen in the frame of epoch 0 alone: by the end of the first
    epoch every weight of the network has been changed many times.

    Source: the maps of one review over epochs in Goku Mohandas, Attentional interfaces
    (2017).

    Differs: the texts are held out and dropout is off, where the maps were taken from the
    last training batch with dropout on; epoch 0 is among the frames, where the first one
    came after an epoch of training; one scale for all frames.
    """

    needs: ClassVar = (Attentive,)
    gives: ClassVar = TokenFrames
    method: Literal["attention_history"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask, in the order of the frames; without it, all kept."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epochs asked for by name."""
        return self.epochs

    def collect(self, asked: Asked) -> TokenFrames:
        """Weigh. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        texts = self.questions(asked, asked.model.at("best"))
        kept = {model.epoch: model for model in states(asked, self.epochs)}
        frames = tuple(attention_scores(model, texts) for model in kept.values())
        return TokenFrames(
            epoch=frames[0].epoch if len(frames) == 1 else None, frames=frames
        )
