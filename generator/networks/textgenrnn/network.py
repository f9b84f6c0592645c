"""textgenrnn as a Keras 3 model, its attention always an output.

The tokens of a window become vectors; LSTMs read them, each the one below; what
attention averages is, for every slot of the window, its embedding beside all layers'
outputs; one matrix turns the average into a logit for every token.

Source: textgenrnn 2.0.0 by Max Woolf, `model.py`; its layers keep their names here.
Differs: attention weights, the vectors they weigh and the logits are outputs too;
initial weights come from our own draws (`draw_initial_arrays`). As upstream, nothing is
masked: padding is a token like others, and unknown words share its id.

Order of the arrays: embedding; for every LSTM its kernel (inputs, 4 units),
recurrent kernel (units, 4 units) and bias (4 units), gates input, forget, cell, output;
backward ones after the forward ones of the same layer; the attention kernel; the
output's kernel and bias.

A study puts questions to many snapshots of one network. `CompiledReader` takes the
weights as an input, so that the next snapshot costs no compilation. Questions go in
batches of one fixed size, filled up with padding: then a row's answer does not depend
on how many others were asked with it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks import parameters
from generator.networks.layers.attention import AttentionWeightedAverage
from generator.networks.parameters import Shapes

UNROLL_LIMIT = 64
"""Longer windows run in a loop: a graph slot by slot would take minutes to build."""


def textgenrnn_shapes(settings: TextGenRnnSettings, vocabulary: int) -> Shapes:
    """Return the name and shape of every array, in order, of `vocabulary` ids."""
    widths, units = settings.widths, settings.rnn_size
    shapes: list[tuple[str, tuple[int, ...]]] = [
        ("embedding/embeddings", (vocabulary, settings.dim_embeddings))
    ]
    sides = ("forward", "backward") if settings.rnn_bidirectional else ("",)
    for number in range(1, settings.rnn_layers + 1):
        for side in sides:
            name = f"rnn_{number}/{side}".rstrip("/")
            shapes += [
                (f"{name}/kernel", (widths[number - 1], 4 * units)),
                (f"{name}/recurrent_kernel", (units, 4 * units)),
                (f"{name}/bias", (4 * units,)),
            ]
    channels = sum(widths)
    shapes += [
        ("attention/W", (channels, 1)),
        ("output/kernel", (channels, vocabulary)),
        ("output/bias", (vocabulary,)),
    ]
    return tuple(shapes)


def build_textgenrnn(
    settings: TextGenRnnSettings, vocabulary: int, seed: int, dropout: float = 0.0
) -> keras.Model:
    """Build a network with freshly drawn weights.

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
    embedded = _embed_ids(ids, settings, vocabulary, seed, dropout)
    layers = [embedded]
    for number in range(1, settings.rnn_layers + 1):
        layers.append(_make_lstm(settings, number, seed)(layers[-1]))
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
    model.set_weights(
        parameters.draw_initial_arrays(textgenrnn_shapes(settings, vocabulary), seed)
    )
    return model


def _embed_ids(
    ids: tf.Tensor,
    settings: TextGenRnnSettings,
    vocabulary: int,
    seed: int,
    dropout: float,
) -> tf.Tensor:
    """Return vectors (n, window, dim_embeddings) of ids, with dropout of channels."""
    layer = keras.layers.Embedding(
        vocabulary, settings.dim_embeddings, name="embedding"
    )
    embedded = layer(ids)
    if dropout > 0:
        drop = keras.layers.SpatialDropout1D(dropout, seed=seed, name="dropout")
        embedded = drop(embedded)
    return embedded


def _make_lstm(
    settings: TextGenRnnSettings, number: int, seed: int
) -> keras.layers.Layer:
    """Return LSTM `number` (from 1), which gives its output at every slot."""
    name = f"rnn_{number}"
    lstm = keras.layers.LSTM(
        settings.rnn_size,
        return_sequences=True,
        recurrent_activation="sigmoid",
        unroll=settings.max_length <= UNROLL_LIMIT,
        use_cudnn=False,
        seed=seed,  # never drawn from, but a state that checkpoints hold
        name=name,
    )
    if settings.rnn_bidirectional:
        return keras.layers.Bidirectional(lstm, name=name)
    return lstm


BATCH = 64
"""Rows in every call of a compiled network."""

Weights = list[tf.Tensor]


class CompiledReader:
    """The compiled functions of all networks of one shape, without weights."""

    def __init__(self, settings: TextGenRnnSettings, vocabulary: int) -> None:
        self.settings = settings
        self._model = build_textgenrnn(settings, vocabulary, 0)
        rows = tf.TensorSpec((BATCH, settings.max_length), tf.int32)
        ids = tf.TensorSpec((BATCH,), tf.int32)
        arrays = [tf.TensorSpec(v.shape, v.dtype) for v in self._model.weights]
        self.predict = tf.function(self._predict, input_signature=(arrays, rows))
        self.decompose = tf.function(
            self._decompose, input_signature=(arrays, rows, ids)
        )

    def compute_outputs(
        self, weights: Weights, histories: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Return all outputs of the network with these weights.

        Args:
            weights: The network's arrays, in the order of its shapes.
            histories: Ids (n, window).

        Returns:
            The dict of outputs that `build_textgenrnn` describes.
        """
        others = self._model.non_trainable_variables
        outputs, _ = self._model.stateless_call(
            weights, others, histories, training=False
        )
        return outputs

    def _predict(
        self, weights: Weights, histories: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return logits (n, vocabulary) and attention weights (n, window)."""
        outputs = self.compute_outputs(weights, histories)
        return outputs["logits"], outputs["weights"]

    def _decompose(
        self, weights: Weights, histories: tf.Tensor, targets: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return the logit of each target by slot and part, whole, and its bias.

        `logit_k = b_k + Σ a_i (x_i · W[:, k])`: the sum over a slot's channels falls
        apart into those of the embedding and of each layer.
        """
        outputs = self.compute_outputs(weights, histories)
        columns = tf.gather(tf.transpose(weights[-2]), targets)
        shares = outputs["slots"] * outputs["weights"][..., None] * columns[:, None]
        parts = tf.split(shares, self.settings.widths, -1)
        by_part = tf.stack([tf.reduce_sum(part, -1) for part in parts], -1)
        logits = tf.gather(outputs["logits"], targets, batch_dims=1)
        return by_part, logits, tf.gather(weights[-1], targets)


def pad_to_size(rows: NDArray[Any], size: int = BATCH) -> tf.Tensor:
    """Return `rows` (n, …) with rows of zeros, padding, after them, `size` in all."""
    more = [(0, size - len(rows))] + [(0, 0)] * (rows.ndim - 1)
    return tf.constant(np.pad(rows, more))


@cache
def find_reader(settings: TextGenRnnSettings, vocabulary: int) -> CompiledReader:
    """Return the one reader of this shape."""
    return CompiledReader(settings, vocabulary)
