"""char-rnn: LSTMs that read characters and say at each what comes next.

1. A character becomes a vector of `dim_embeddings` channels. `rnn_layers` LSTMs of
   `rnn_size` cells read the vectors, each the one below.
2. What all layers give out at a character makes a logit for every character that could
   come next; softmax makes probabilities.
3. Training divides the documents, laid behind each other, into `batch_size` streams. A
   step reads the next `length` characters of each, from the state in which the step
   before left it; errors do not reach back beyond the step (truncated backpropagation
   through time). The loss is taken at every character.

The whole text is read once, character after character, where a model with a window
reads its window again for each. What such a network keeps in mind, it keeps in its
cells: there is nothing else.

Source: char-rnn by Andrej Karpathy; Karpathy, Johnson and Fei-Fei (2015), Visualizing
and Understanding Recurrent Networks.
Differs: characters have learnt vectors, and the output reads all layers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from generator import manifest
from generator.corpora.base import Corpus
from generator.errors import ConfigError
from generator.models.base import Counted, Trained
from generator.models.cells import CellModel
from generator.models.epochs import ByEpochs
from generator.progress import Progress

if TYPE_CHECKING:
    from generator.networks.char_recipe import Plan


class CharRNN(ByEpochs):
    """LSTMs over whole sequences of characters."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (CellModel, Counted)
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

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Train into `folder`; see `ModelSpec.train`."""
        from generator.networks import char_recipe

        if corpus is None:
            raise ConfigError("char_rnn: needs a corpus to learn from; name one")
        if not manifest.is_complete(folder):
            char_recipe.train(corpus, self._plan(seed), folder, progress)

    def load(self, folder: Path) -> Trained:
        """The trained model. Raises `IntegrityError` for a damaged folder."""
        from generator.networks import char_recipe

        return char_recipe.Trained(folder)

    def _plan(self, seed: int) -> Plan:
        from generator.networks import training
        from generator.networks.char_recipe import Plan
        from generator.networks.char_rnn import Settings

        return Plan(
            settings=Settings(
                self.rnn_layers, self.rnn_size, self.dim_embeddings, self.batch_size
            ),
            training=training.Settings(
                epochs=self.epochs,
                seed=seed,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                patience=self.early_stop,
                snapshots=self.snapshots,
            ),
            length=self.length,
            validation=self.validation,
        )
