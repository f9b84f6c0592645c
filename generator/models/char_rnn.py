"""char-rnn: LSTMs that read characters and say at each what comes next.

1. A character becomes a vector of `dim_embeddings` channels. `rnn_layers` LSTMs of
   `rnn_size` cells read the vectors, each the one below.
2. What all layers give out at a character makes a logit for every character that could
   come next; softmax makes probabilities.
3. Training divides the documents, laid behind each other, into `batch_size` streams. A
   step reads the next `length` characters of each, from the state in which the step
   before left it; errors do not reach back beyond the step (truncated backpropagation
   through time). The loss is taken at every character.

A character is a code point: an accent or vowel sign that is written apart is read
apart, behind its letter, as the states that corpora know of their characters are.

The whole text is read once, character after character, where a model with a window
reads its window again for each. What such a network keeps in mind, it keeps in its
cells: there is nothing else.

Source: char-rnn by Andrej Karpathy; Karpathy, Johnson and Fei-Fei (2015), Visualizing
and Understanding Recurrent Networks.
Differs: characters have learnt vectors, and the output reads all layers.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from generator.models.base import ExportFormat, HasParameterCount
from generator.models.capabilities import CellModel
from generator.models.trained_by_epochs import EpochTrainedSpec, Trainer


class CharRNN(EpochTrainedSpec):
    """LSTMs over whole sequences of characters."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (CellModel, HasParameterCount)
    export_formats: ClassVar[tuple[ExportFormat, ...]] = ("keras",)
    kind: Literal["char_rnn"]
    corpus: str
    """Name of the corpus to learn from."""

    rnn_layers: int = Field(default=1, ge=1, le=8)
    """How many LSTMs, one over the other."""
    rnn_size: int = Field(default=128, ge=1, le=4096)
    """Cells of each LSTM."""
    dim_embeddings: int = Field(default=32, ge=1, le=4096)
    """Channels of a character's vector."""
    length: int = Field(default=64, ge=2, le=1000)
    """Characters of a stream in one step: how far errors reach back."""

    epochs: int = Field(default=8, ge=0, le=10_000)
    """How often to go through the corpus."""
    batch_size: int = Field(default=16, ge=1, le=4096)
    """Streams that are read at once."""
    learning_rate: float = Field(default=5e-3, gt=0, le=10)
    """Of Adam in the first epoch; it falls by equal parts towards 0."""
    validation: float = Field(default=0.1, gt=0, le=0.9)
    """Share of documents held out."""

    def _import_trainer(self) -> Trainer:
        from generator.networks.char_rnn import training

        return training

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.char_rnn.network import CharRnnSettings
        from generator.networks.char_rnn.training import CharRnnPlan

        return self._copy_settings(
            CharRnnPlan,
            settings=self._copy_settings(CharRnnSettings, streams=self.batch_size),
            training=self._make_loop_settings(
                seed, batch_size=self.batch_size, learning_rate=self.learning_rate
            ),
        )
