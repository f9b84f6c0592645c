"""An attentional sentiment classifier: embed, encode, weigh, pool, decide.

1. Ids (n, T) become vectors, padding (id 0) after each text.
2. An encoder turns them into states h_t (`layers.encoders`).
3. Attention scores every state (`layers.attention`), and softmax makes weights a_t of
   the scores. Masked, padding weighs exactly 0. Unmasked, a text is padded to
   `max_tokens` slots and padding is a token like others: it begins with its share of
   the slots.
4. The context is the average `c = Σ a_t h_t`, or what an attention GRU makes of states
   and weights (`pool_by_gates`), or, without attention, the last state.
5. One matrix makes logits: `c K + b`. So with the average a logit is its bias plus
   `Σ a_t (h_t K)`: what each slot gave is known exactly.

Everything is a function of named arrays, so that a trained network can be asked with
any weights, at any embedded point, without being built again.

Source: the attentional interface of Goku Mohandas (2017); Jain and Wallace (2019) for
the variants with tanh and dot.
Differs: the context sums all slots that weights were made for. Mohandas's softmax
went over all slots of a window and the sum over those of the text, so that the weights
of a text did not sum to 1. Scores are not squashed again unless `double_tanh` asks for
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.networks import parameters
from generator.networks.layers import attention, encoders
from generator.networks.layers.attention import compute_attention_weights
from generator.networks.layers.encoders import NamedTensors, Tensor
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.parameters import Shapes
from generator.networks.training.regularization import (
    PENALTY_OUTPUT,
    WordDropout,
    compute_penalised_logits,
)


@dataclass(frozen=True, slots=True)
class SentimentSettings(encoders.EncoderSettings):
    """The settings that decide the network's shape."""

    encoder: Literal["gru", "lstm", "average"] = "lstm"
    bidirectional: bool = True
    layers: int = 1
    size: int = 128
    layer_normalization: bool = False
    attention: Literal["tanh", "dot", "double_tanh", "uniform", "none"] = "tanh"
    dim_attention: int = 64
    masked: bool = True
    pooling: Literal["average", "attention_gru"] = "average"
    dim_embeddings: int = 128
    max_tokens: int = 200

    def __post_init__(self) -> None:
        """Check that settings do not contradict each other.

        Raises:
            ValueError: They do.
        """
        if self.layer_normalization and self.encoder != "gru":
            raise ValueError("layer normalisation is the GRU's")
        if self.attention == "none" and self.encoder == "average":
            raise ValueError("an encoder that does not read has no last state")
        if self.attention == "none" and self.pooling != "average":
            raise ValueError("an attention GRU needs attention")

    @property
    def context(self) -> int:
        """The channels of the context."""
        return self.size if self.pooling == "attention_gru" else self.width


def sentiment_shapes(settings: SentimentSettings, ids: int, labels: int) -> Shapes:
    """Return the name and shape of every array, in the order of the model's weights."""
    kind, width, size = settings.attention, settings.width, settings.size
    pooled = settings.pooling == "attention_gru"
    return (
        ("embedding/embeddings", (ids, settings.dim_embeddings)),
        *encoders.encoder_shapes(settings),
        *attention.score_shapes(kind, width, settings.dim_attention),
        *(attention.gru_shapes(width, size) if pooled else ()),
        ("output/kernel", (settings.context, labels)),
        ("output/bias", (labels,)),
    )


def name_sentiment_arrays(
    settings: SentimentSettings, arrays: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Return arrays by name, given in the order of `sentiment_shapes`."""
    return parameters.name_arrays(sentiment_shapes(settings, 0, 0), arrays)


class SentimentReading(NamedTuple):
    """What the network computes of embedded texts, up to the context."""

    states: Tensor  # (n, T, width)
    weights: Tensor | None  # (n, T), None without attention
    context: Tensor  # (n, context)


def read_points(
    settings: SentimentSettings,
    arrays: NamedTensors,
    points: SlotVectors,
    mask: Tensor | None,
    *,
    frozen: bool = False,
) -> SentimentReading:
    """Read embedded texts.

    Args:
        settings: The network's settings.
        arrays: The network's arrays by name.
        points: Vectors of the texts, (n, T, dim_embeddings).
        mask: True where a slot is visible, (n, T); None where all are.
        frozen: Whether weights are constants, through which no gradient flows.

    Returns:
        States, weights and context.
    """
    states, last = encoders.encode_points(settings, arrays, points, mask)
    if settings.attention == "none":
        return SentimentReading(states, None, last)
    weights = compute_attention_weights(
        attention.compute_scores(settings.attention, arrays, states), mask
    )
    weights = tf.stop_gradient(weights) if frozen else weights
    if settings.pooling == "attention_gru":
        return SentimentReading(
            states, weights, attention.pool_by_gates(arrays, states, weights)
        )
    return SentimentReading(
        states, weights, tf.linalg.matvec(states, weights, transpose_a=True)
    )


def compute_logits(arrays: NamedTensors, context: Tensor) -> Tensor:
    """Return logits (n, labels) of contexts (n, context)."""
    return tf.matmul(context, arrays["output/kernel"]) + arrays["output/bias"]


def make_visible_mask(settings: SentimentSettings, ids: Tensor) -> Tensor | None:
    """Return the mask of ids (n, T), or None where padding is read like any token."""
    return tf.not_equal(ids, 0) if settings.masked else None


class _Arrays(keras.layers.Layer):
    """A layer that holds variables of given shapes."""

    def __init__(self, wanted: Shapes, *, trainable: bool = True) -> None:
        super().__init__(trainable=trainable)
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in wanted
        ]
        self.built = True


class Sentiment(keras.Model):
    """The network as Keras trains it; `sentiment_shapes` names its weights."""

    def __init__(
        self,
        settings: SentimentSettings,
        wanted: Shapes,
        seed: int,
        dropout: float,
        *,
        word_dropout: float,
        train_vectors: bool,
        reasoned: bool = False,
    ) -> None:
        super().__init__(name="sentiment")
        self.settings, self.reasoned = settings, reasoned
        self.vectors = _Arrays(wanted[:1], trainable=train_vectors)
        self.others = _Arrays(wanted[1:])
        self.hiding = WordDropout(word_dropout, seed) if word_dropout > 0 else None
        self.drops = None
        if dropout > 0:
            self.drops = [
                keras.layers.SpatialDropout1D(dropout, seed=seed),
                keras.layers.Dropout(dropout, seed=seed),
            ]
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Return the logits and what leads to them.

        Args:
            inputs: Ids (n, T); of a reasoned model ids and marks, both (n, T).
            training: Whether words and channels are dropped.

        Returns:
            The outputs that `build_sentiment` lists.
        """
        ids, marks = inputs if self.reasoned else (inputs, None)
        if self.hiding:
            ids = self.hiding(ids, training=training)
        variables = [v.value for v in (*self.vectors.arrays, *self.others.arrays)]
        arrays = name_sentiment_arrays(self.settings, variables)
        points = tf.gather(arrays["embedding/embeddings"], ids)
        mask = make_visible_mask(self.settings, ids)
        if marks is None:
            return self._answer(arrays, points, mask, training)
        outputs: dict[str, Tensor] = {}

        def logits_of(points: Tensor) -> Tensor:
            outputs.update(self._answer(arrays, points, mask, training))
            return outputs["logits"]

        _, penalty = compute_penalised_logits(logits_of, points, marks[..., None])
        return outputs | {PENALTY_OUTPUT: penalty}

    def _answer(
        self, arrays: NamedTensors, points: Tensor, mask: Tensor | None, training: bool
    ) -> dict[str, Tensor]:
        """Return the logits and what leads to them, for embedded texts."""
        if self.drops:
            points = self.drops[0](points, training=training)
        reading = read_points(self.settings, arrays, SlotVectors(points), mask)
        context = reading.context
        if self.drops:
            context = self.drops[1](context, training=training)
        logits = compute_logits(arrays, context)
        outputs = {"logits": logits, "probabilities": tf.nn.softmax(logits)}
        if reading.weights is not None:
            outputs["weights"] = reading.weights
        return outputs | {"states": reading.states}


def build_sentiment(
    settings: SentimentSettings,
    ids: int,
    labels: int,
    seed: int,
    *,
    dropout: float = 0.0,
    word_dropout: float = 0.0,
    vectors: NDArray[np.float32] | None = None,
    train_vectors: bool = True,
    reasoned: bool = False,
) -> Sentiment:
    """Build a network with freshly drawn weights.

    Args:
        settings: Its shape.
        ids: How many there are, padding and the unknown included.
        labels: How many there are.
        seed: Decides the initial weights and the dropout masks.
        dropout: Share dropped in training, in [0, 1): of the channels of a text's
            vectors, and of the context's.
        word_dropout: Share of words that training reads as unknown, in [0, 1).
        vectors: First vectors (ids, dim_embeddings); a row with NaN stays as drawn.
        train_vectors: Whether training changes the vectors.
        reasoned: Whether it also reads which words must not matter.

    Returns:
        A model of ids (n, T), int32, padded with 0 on the right; T is `max_tokens` if
        not masked. A dict of outputs: `logits` and `probabilities` (n, labels),
        `states` (n, T, width), and with attention `weights` (n, T). A reasoned one
        takes (ids, marks), marks (n, T) being 1 where a word must not matter, and puts
        out each text's penalty (n,) as well (`training.regularization`).

    Raises:
        ValueError: `vectors` are of another shape.
    """
    wanted = sentiment_shapes(settings, ids, labels)
    arrays = parameters.draw_initial_arrays(wanted, seed)
    if vectors is not None:
        arrays[0] = _fill_known_vectors(vectors, arrays[0])
    model = Sentiment(
        settings,
        wanted,
        seed,
        dropout,
        word_dropout=word_dropout,
        train_vectors=train_vectors,
        reasoned=reasoned,
    )
    model.set_weights(arrays)
    return model


def count_seed_generators(dropout: float, word_dropout: float = 0.0) -> int:
    """Return how many seed generators the model has.

    One is for hidden words, one for the vectors' dropout, one for the context's.

    Args:
        dropout: Share of channels dropped, in [0, 1).
        word_dropout: Share of words hidden, in [0, 1).
    """
    return (2 if dropout > 0 else 0) + (word_dropout > 0)


def _fill_known_vectors(
    vectors: NDArray[np.float32], drawn: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `vectors` where they are known, `drawn` elsewhere, (ids, dimensions).

    Raises:
        ValueError: The two are of different shapes.
    """
    if vectors.shape != drawn.shape:
        raise ValueError(f"vectors must be {drawn.shape}, not {vectors.shape}")
    unknown = np.isnan(vectors).any(1, keepdims=True)
    return np.where(unknown, drawn, vectors).astype(np.float32)
