"""An attentional sentiment classifier: embed, encode, weigh, pool, decide.

1. Ids (n, T) become vectors, padding (id 0) after each text.
2. An encoder turns them into states h_t (`encoders`).
3. Attention scores every state (`scoring`), and softmax makes weights a_t of the
   scores. Masked, padding weighs exactly 0. Unmasked, a text is padded to `max_tokens`
   slots and padding is a token like others: it begins with its share of the slots.
4. The context is the average `c = Σ a_t h_t`, or what an attention GRU makes of states
   and weights (`attention_gru`), or, without attention, the last state.
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
from generator.networks.layers.attention import shares
from generator.networks.layers.encoders import Named, Tensor
from generator.networks.layers.recurrent import Slots
from generator.networks.parameters import Shapes
from generator.networks.training.regularization import PENALTY, Hiding, penalised


@dataclass(frozen=True, slots=True)
class Settings(encoders.Settings):
    """What decides the network's shape."""

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
        """Raises `ValueError` where settings contradict each other."""
        if self.layer_normalization and self.encoder != "gru":
            raise ValueError("layer normalisation is the GRU's")
        if self.attention == "none" and self.encoder == "average":
            raise ValueError("an encoder that does not read has no last state")
        if self.attention == "none" and self.pooling != "average":
            raise ValueError("an attention GRU needs attention")

    @property
    def context(self) -> int:
        """Channels of the context."""
        return self.size if self.pooling == "attention_gru" else self.width


def shapes(settings: Settings, ids: int, labels: int) -> Shapes:
    """Name and shape of every array, in the order of the model's weights."""
    kind, width, size = settings.attention, settings.width, settings.size
    pooled = settings.pooling == "attention_gru"
    return (
        ("embedding/embeddings", (ids, settings.dim_embeddings)),
        *encoders.shapes(settings),
        *attention.score_shapes(kind, width, settings.dim_attention),
        *(attention.gru_shapes(width, size) if pooled else ()),
        ("output/kernel", (settings.context, labels)),
        ("output/bias", (labels,)),
    )


def named(settings: Settings, arrays: Sequence[Tensor]) -> dict[str, Tensor]:
    """Arrays in the order of `shapes`, by name."""
    return parameters.named(shapes(settings, 0, 0), arrays)


class Read(NamedTuple):
    """What the network makes of embedded texts, up to the context."""

    states: Tensor  # (n, T, width)
    weights: Tensor | None  # (n, T), None without attention
    context: Tensor  # (n, context)


def read(
    settings: Settings,
    arrays: Named,
    points: Slots,
    mask: Tensor | None,
    *,
    frozen: bool = False,
) -> Read:
    """Read embedded texts; `mask` (n, T) is true where visible.

    `frozen` takes the weights as constants, so that no gradient flows through them.
    """
    states, last = encoders.encode(settings, arrays, points, mask)
    if settings.attention == "none":
        return Read(states, None, last)
    found = shares(attention.score(settings.attention, arrays, states), mask)
    found = tf.stop_gradient(found) if frozen else found
    if settings.pooling == "attention_gru":
        return Read(states, found, attention.pool(arrays, states, found))
    return Read(states, found, tf.linalg.matvec(states, found, transpose_a=True))


def decide(arrays: Named, context: Tensor) -> Tensor:
    """Logits (n, labels) of contexts."""
    return tf.matmul(context, arrays["output/kernel"]) + arrays["output/bias"]


def visible(settings: Settings, ids: Tensor) -> Tensor | None:
    """The mask of ids (n, T): None where padding is read like any token."""
    return tf.not_equal(ids, 0) if settings.masked else None


class _Arrays(keras.layers.Layer):
    """Variables of given shapes, made at once."""

    def __init__(self, wanted: Shapes, *, trainable: bool = True) -> None:
        super().__init__(trainable=trainable)
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in wanted
        ]
        self.built = True


class Sentiment(keras.Model):
    """The network as Keras trains it; `shapes` names its weights."""

    def __init__(
        self,
        settings: Settings,
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
        self.hiding = Hiding(word_dropout, seed) if word_dropout > 0 else None
        self.drops = None
        if dropout > 0:
            self.drops = [
                keras.layers.SpatialDropout1D(dropout, seed=seed),
                keras.layers.Dropout(dropout, seed=seed),
            ]
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Logits and what leads to them, for ids (n, T), or for ids and marks."""
        ids, marks = inputs if self.reasoned else (inputs, None)
        if self.hiding:
            ids = self.hiding(ids, training=training)
        held = [v.value for v in (*self.vectors.arrays, *self.others.arrays)]
        arrays = named(self.settings, held)
        points = tf.gather(arrays["embedding/embeddings"], ids)
        mask = visible(self.settings, ids)
        if marks is None:
            return self._answer(arrays, points, mask, training)
        outputs: dict[str, Tensor] = {}

        def logits_of(points: Tensor) -> Tensor:
            outputs.update(self._answer(arrays, points, mask, training))
            return outputs["logits"]

        _, penalty = penalised(logits_of, points, marks[..., None])
        return outputs | {PENALTY: penalty}

    def _answer(
        self, arrays: Named, points: Tensor, mask: Tensor | None, training: bool
    ) -> dict[str, Tensor]:
        """Logits and what leads to them, for embedded texts."""
        if self.drops:
            points = self.drops[0](points, training=training)
        found = read(self.settings, arrays, Slots(points), mask)
        context = found.context
        if self.drops:
            context = self.drops[1](context, training=training)
        logits = decide(arrays, context)
        outputs = {"logits": logits, "probabilities": tf.nn.softmax(logits)}
        if found.weights is not None:
            outputs["weights"] = found.weights
        return outputs | {"states": found.states}


def build(
    settings: Settings,
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
    """A network with freshly drawn weights.

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
        out what each text is penalised by as well (`right_reasons`).
    """
    wanted = shapes(settings, ids, labels)
    arrays = parameters.initial(wanted, seed)
    if vectors is not None:
        arrays[0] = _known(vectors, arrays[0])
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


def seed_generators(dropout: float, word_dropout: float = 0.0) -> int:
    """How many the model has: for hidden words, the vectors' dropout, the context's."""
    return (2 if dropout > 0 else 0) + (word_dropout > 0)


def _known(
    vectors: NDArray[np.float32], drawn: NDArray[np.float32]
) -> NDArray[np.float32]:
    """`vectors` where they are known. Raises `ValueError` for another shape."""
    if vectors.shape != drawn.shape:
        raise ValueError(f"vectors must be {drawn.shape}, not {vectors.shape}")
    unknown = np.isnan(vectors).any(1, keepdims=True)
    return np.where(unknown, drawn, vectors).astype(np.float32)
