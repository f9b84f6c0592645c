"""A translator: an encoder, and a decoder that attends to it for every token it writes.

1. A source is divided into words or characters and closed by a mark. GRUs or LSTMs, in
   both directions unless asked otherwise, turn its tokens into states.
2. The decoder is a GRU. For every token its state scores all states of the source, and
   softmax turns the scores into weights, which sum to 1 over the source's tokens;
   padding weighs exactly 0. The scores are `additive`, `multiplicative`, or
   `location`-aware; `uniform` weighs all alike and is there for comparison.
3. The average of the states by the weights, the decoder's state, and one hidden layer
   make the probabilities of the next token.

In training the decoder is given the tokens of the corpus's own translation (teacher
forcing). Adam makes the steps, on batches of pairs of like lengths; `dropout` hides
channels of a source's vectors, the same ones all through a text. Asked to translate,
the decoder is given what it wrote itself, by beam search.

The weights of all target tokens are a matrix, often read as an alignment: which word
gave which. Nothing in training asks for that. The model may look elsewhere where
what it has written already tells it what comes next, and a state of the source knows
its neighbours, so that looking beside a word can do as well. Whether a matrix is an
alignment can be measured where the alignment is known.

Source: Bahdanau, Cho and Bengio (2015), Neural machine translation by jointly learning
to align and translate, arXiv 1409.0473; multiplicative scores by Luong, Pham and
Manning (2015), location-aware ones by Chorowski et al. (2015).
Differs: one hidden layer with tanh before the logits instead of maxout, and the token
before enters the decoder's state alone.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.corpora.base import Annotation
from generator.models.capabilities import DifferentiableTranslator, Translator
from generator.models.trained_by_epochs import SeededSpec, Trainer


class Translation(SeededSpec):
    """A translator that attends to its source."""

    offers: ClassVar[tuple[type, ...]] = (Translator, DifferentiableTranslator)
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRANSLATION})
    draws: ClassVar[str] = "sentiment"
    kind: Literal["translation"]
    corpus: str
    """Name of the corpus to learn from."""

    unit: Literal["word", "character"] = "word"
    """What texts of both sides are divided into."""
    encoder: Literal["gru", "lstm", "average"] = "gru"
    """What turns tokens into states; `average` lets no token know its neighbours."""
    bidirectional: bool = True
    """Whether a GRU or LSTM reads the source in both directions."""
    layers: int = Field(default=1, ge=1, le=8)
    """How many encoders, one over the other."""
    size: int = Field(default=48, ge=1, le=2048)
    """Channels of a state, of the encoder in each direction and of the decoder."""
    attention: Literal["additive", "multiplicative", "location", "uniform"] = "additive"
    """How states of the source are scored."""
    dim_attention: int = Field(default=32, ge=1, le=2048)
    """Hidden channels of additive and location-aware scores."""
    filters: int = Field(default=8, ge=1, le=256)
    """Convolutions over the weights before, of location-aware scores."""
    span: int = Field(default=5, ge=1, le=101)
    """Places that such a convolution sees, an odd number."""
    dim_embeddings: int = Field(default=32, ge=1, le=2048)
    """Channels of a token's vector, on both sides."""

    max_tokens: int = Field(default=40, ge=2, le=1000)
    """The longest text of either side, its closing mark counted; pairs with a longer
    one are left out, and no longer target is written."""
    max_words: int = Field(default=20_000, ge=1, le=1_000_000)
    """The most frequent tokens of each side that are known; the others are unknown."""
    least_count: int = Field(default=1, ge=1, le=1_000_000)
    """How often training texts must hold a token for it to be known."""

    epochs: int = Field(default=6, ge=0, le=10_000)
    """How often to go through the training pairs."""
    batch_size: int = Field(default=32, ge=1, le=65536)
    """Pairs in a step of training."""
    learning_rate: float = Field(default=1e-2, gt=0, le=10)
    """Of Adam in the first epoch."""
    decay: float = Field(default=0.9, gt=0, le=1)
    """What the rate is multiplied by after each epoch."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of the channels of a source's vectors that training drops."""
    validation: float = Field(default=0.05, ge=0, le=0.9)
    """Share of pairs to choose the best epoch by."""
    test: float = Field(default=0.1, ge=0, le=0.9)
    """Share of pairs that decide nothing."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Beside the study's seed, decides first weights, dropout and the order of pairs,
    but not how the corpus is divided."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        """Refuse settings that contradict each other."""
        located = self.attention == "location"
        for name in ("filters", "span"):
            if name in self.model_fields_set and not located:
                raise ValueError(
                    f"{name} is for attention: location, not {self.attention}; leave "
                    "it out"
                )
        hidden = located or self.attention == "additive"
        if "dim_attention" in self.model_fields_set and not hidden:
            raise ValueError(
                "dim_attention is for additive and location, not "
                f"{self.attention}; leave it out"
            )
        if self.span % 2 == 0:
            raise ValueError(f"span {self.span} has no middle; write an odd number")
        return self

    def _import_trainer(self) -> Trainer:
        from generator.networks.translation import training

        return training

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.translation import network, training

        return self._copy_settings(
            training.TranslationPlan,
            settings=self._copy_settings(network.TranslationSettings),
            reading=self._copy_settings(training.TranslationReadingOptions),
            training=self._make_decaying_settings(seed, self.decay),
        )
