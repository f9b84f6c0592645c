"""A char-rnn: LSTMs over whole sequences of characters, the next predicted everywhere.

A character becomes a vector; LSTMs read the vectors, each the one below; what all
layers give out at a character, side by side, makes through one matrix a logit for every
character that could come next. One pass over a sequence answers at all its places,
where a network with a window reads the window again for each.

In training a sequence is a part of a stream: each layer begins with the state in which
it left the same stream a step ago, and errors do not reach back beyond the part. That
is truncated backpropagation through time. The states are variables of the model, so a
checkpoint holds them. Without training every sequence is read from rest.

Source: char-rnn by Andrej Karpathy; Karpathy, Johnson and Fei-Fei (2015).
Differs: the output reads all layers, not the last alone, and vectors are learnt in
place of one-hot codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from generator.networks import parameters
from generator.networks.parameters import Shapes
from generator.networks.training.steps import Tensor


@dataclass(frozen=True, slots=True)
class CharRnnSettings:
    """The settings that decide the network's shape."""

    rnn_layers: int = 1
    rnn_size: int = 128
    dim_embeddings: int = 32
    streams: int = 16  # read at once in training, each with a state


def char_rnn_shapes(settings: CharRnnSettings, vocabulary: int) -> Shapes:
    """Return the name and shape of every array, in order, of `vocabulary` ids."""
    units, width = settings.rnn_size, settings.dim_embeddings
    shapes: list[tuple[str, tuple[int, ...]]] = [
        ("embedding/embeddings", (vocabulary, width))
    ]
    for number in range(1, settings.rnn_layers + 1):
        shapes += [
            (f"rnn_{number}/hidden", (settings.streams, units)),
            (f"rnn_{number}/memory", (settings.streams, units)),
            (f"rnn_{number}/kernel", (width, 4 * units)),
            (f"rnn_{number}/recurrent_kernel", (units, 4 * units)),
            (f"rnn_{number}/bias", (4 * units,)),
        ]
        width = units
    channels = units * settings.rnn_layers
    shapes += [
        ("output/kernel", (channels, vocabulary)),
        ("output/bias", (vocabulary,)),
    ]
    return tuple(shapes)


class CarriedLSTM(keras.layers.Layer):
    """An LSTM that in training goes on from the state in which it left each stream."""

    def __init__(self, units: int, streams: int, seed: int, name: str) -> None:
        super().__init__(name=name)
        self.lstm = keras.layers.LSTM(
            units,
            return_sequences=True,
            return_state=True,
            recurrent_activation="sigmoid",
            use_cudnn=False,
            seed=seed,  # never drawn from, but a state that checkpoints hold
        )
        shape = (streams, units)
        self.states = [
            self.add_weight(shape=shape, initializer="zeros", trainable=False, name=n)
            for n in ("hidden", "memory")
        ]

    def call(
        self, read: Tensor, rows: Tensor, going: Tensor, *, training: bool = False
    ) -> Tensor:
        """Return outputs (n, T, units).

        Args:
            read: Vectors (n, T, channels).
            rows: The stream of each row, (n,).
            going: 0 where a stream begins anew, 1 where it goes on, (n, 1).
            training: Whether states are carried; otherwise rows are read from rest.
        """
        if not training:
            return self.lstm(read)[0]
        start = [tf.gather(state, rows) * going for state in self.states]
        outputs, *after = self.lstm(read, initial_state=start)
        for state, new in zip(self.states, after, strict=True):
            updated = tf.tensor_scatter_nd_update(state, rows[:, None], new)
            state.assign(tf.stop_gradient(updated))
        return outputs


def build_char_rnn(
    settings: CharRnnSettings, vocabulary: int, seed: int
) -> keras.Model:
    """Build a network with freshly drawn weights.

    Args:
        settings: Its shape.
        vocabulary: How many ids there are, 0 included.
        seed: Decides the initial weights.

    Returns:
        A model of ids (n, T), the stream of each row (n,), and whether it goes on
        (n, 1), with logits (n, T, vocabulary).
    """
    ids = keras.Input((None,), dtype="int32", name="input")
    rows = keras.Input((), dtype="int32", name="rows")
    going = keras.Input((1,), dtype="float32", name="going")
    embed = keras.layers.Embedding(
        vocabulary, settings.dim_embeddings, name="embedding"
    )
    read, layers = embed(ids), []
    for number in range(1, settings.rnn_layers + 1):
        name = f"rnn_{number}"
        layer = CarriedLSTM(settings.rnn_size, settings.streams, seed, name)
        read = layer(read, rows, going)
        layers.append(read)
    whole = layers[0] if len(layers) == 1 else keras.layers.Concatenate()(layers)
    logits = keras.layers.Dense(vocabulary, name="output")(whole)
    model = keras.Model((ids, rows, going), logits, name="char_rnn")
    arrays = parameters.draw_initial_arrays(char_rnn_shapes(settings, vocabulary), seed)
    model.set_weights(arrays)
    return model


def compute_sequence_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean cross-entropy (n,) of every sequence.

    Args:
        logits: Logits (n, T, vocabulary).
        targets: Ids (n, T).
    """
    every = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
    return tf.reduce_mean(every, -1)
