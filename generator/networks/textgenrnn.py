"""textgenrnn as a Keras 3 model, its attention always an output.

The tokens of a window become vectors; LSTMs read them, each the one below; what
attention averages is, for every slot of the window, its embedding beside all layers'
outputs; one matrix turns the average into a logit for every token.

Source: textgenrnn 2.0.0 by Max Woolf, `model.py`; its layers keep their names here.
Differs: attention weights, the vectors they weigh and the logits are outputs too;
initial weights come from our own draws (`weights.initial`). As upstream, nothing is
masked: padding is a token like others, and unknown words share its id.

Order of the arrays: embedding; for every LSTM its kernel (inputs, 4 units),
recurrent kernel (units, 4 units) and bias (4 units), gates input, forget, cell, output;
backward ones after the forward ones of the same layer; the attention kernel; the
output's kernel and bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from generator.networks import weights
from generator.networks.attention import AttentionWeightedAverage
from generator.networks.weights import Shapes

UNROLLED = 64
"""Longer windows run in a loop: a graph slot by slot would take minutes to build."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the network's shape, in upstream's words, with its defaults."""

    word_level: bool = False
    rnn_layers: int = 2
    rnn_size: int = 128
    rnn_bidirectional: bool = False
    max_length: int = 40
    max_words: int = 10000
    dim_embeddings: int = 100
    single_text: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each part of a slot: the embedding, then every layer."""
        layer = self.rnn_size * (2 if self.rnn_bidirectional else 1)
        return (self.dim_embeddings, *([layer] * self.rnn_layers))

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of a slot, in the order of `widths`."""
        return ("embedding", *(f"layer {i + 1}" for i in range(self.rnn_layers)))


def shapes(settings: Settings, vocabulary: int) -> Shapes:
    """Name and shape of every array of a network with `vocabulary` ids, in order."""
    widths, units = settings.widths, settings.rnn_size
    found: list[tuple[str, tuple[int, ...]]] = [
        ("embedding/embeddings", (vocabulary, settings.dim_embeddings))
    ]
    sides = ("forward", "backward") if settings.rnn_bidirectional else ("",)
    for number in range(1, settings.rnn_layers + 1):
        for side in sides:
            name = f"rnn_{number}/{side}".rstrip("/")
            found += [
                (f"{name}/kernel", (widths[number - 1], 4 * units)),
                (f"{name}/recurrent_kernel", (units, 4 * units)),
                (f"{name}/bias", (4 * units,)),
            ]
    channels = sum(widths)
    found += [
        ("attention/W", (channels, 1)),
        ("output/kernel", (channels, vocabulary)),
        ("output/bias", (vocabulary,)),
    ]
    return tuple(found)


def build(
    settings: Settings, vocabulary: int, seed: int, dropout: float = 0.0
) -> keras.Model:
    """A network with freshly drawn weights.

    Args:
        settings: Its shape.
        vocabulary: How many ids there are, 0 included.
        seed: Decides the initial weights and the dropout masks.
        dropout: Share of embedding channels dropped in training, in [0, 1).

    Returns:
        A model of ids (n, max_length) with a dict of outputs: `probabilities` and
        `logits` (n, vocabulary), `weights` (n, max_length), `slots` (n, max_length, D).
    """
    ids = keras.Input((settings.max_length,), dtype="int32", name="input")
    embedded = _embed(ids, settings, vocabulary, seed, dropout)
    layers = [embedded]
    for number in range(1, settings.rnn_layers + 1):
        layers.append(_recurrent(settings, number, seed)(layers[-1]))
    slots = keras.layers.Concatenate(name="rnn_concat")(layers)
    average, attention = AttentionWeightedAverage(name="attention")(slots)
    logits = keras.layers.Dense(vocabulary, name="output")(average)
    outputs = {
        "probabilities": keras.layers.Softmax(name="probabilities")(logits),
        "logits": logits,
        "weights": attention,
        "slots": slots,
    }
    model = keras.Model(ids, outputs, name="textgenrnn")
    model.set_weights(weights.initial(shapes(settings, vocabulary), seed))
    return model


def _embed(
    ids: tf.Tensor, settings: Settings, vocabulary: int, seed: int, dropout: float
) -> tf.Tensor:
    """Vectors (n, window, dim_embeddings) of ids, whole channels dropped if asked."""
    layer = keras.layers.Embedding(
        vocabulary, settings.dim_embeddings, name="embedding"
    )
    embedded = layer(ids)
    if dropout > 0:
        drop = keras.layers.SpatialDropout1D(dropout, seed=seed, name="dropout")
        embedded = drop(embedded)
    return embedded


def _recurrent(settings: Settings, number: int, seed: int) -> keras.layers.Layer:
    """LSTM `number` (from 1), which gives its output at every slot."""
    name = f"rnn_{number}"
    lstm = keras.layers.LSTM(
        settings.rnn_size,
        return_sequences=True,
        recurrent_activation="sigmoid",
        unroll=settings.max_length <= UNROLLED,
        use_cudnn=False,
        seed=seed,  # never drawn from, but a state that checkpoints hold
        name=name,
    )
    if settings.rnn_bidirectional:
        return keras.layers.Bidirectional(lstm, name=name)
    return lstm
