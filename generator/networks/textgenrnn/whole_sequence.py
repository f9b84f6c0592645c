"""textgenrnn over whole sequences: one pass answers at every place.

The same arrays as those of `build_textgenrnn`, used in another way. LSTMs read a text
from its beginning to its end, with no window. At every place attention averages the
last `max_length` slots, fewer at the beginning of a text, where the window's network
would weigh padding. The average makes the logits of what comes next.

In a window, a slot's place can be told from how long the LSTMs have read, and attention
can prefer the last. Here they have read for any time. So one number more is learnt, how
much the score of a slot fades with each place that comes after it. It begins at 1.

A sequence can be read in parts. What one part leaves to the next are the outputs and
memories of all layers and the last `max_length - 1` slots (`carried`). A part that is
`fresh` begins from rest instead, with no slot behind it. Errors do not go back into
what was carried: that is truncated backpropagation through time.

Source: textgenrnn 2.0.0 by Max Woolf; Williams and Peng (1990), An Efficient
Gradient-Based Algorithm for On-Line Training of Recurrent Network Trajectories.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks import parameters
from generator.networks.layers.recurrent import differentiable_lstm
from generator.networks.layers.sliding_attention import compute_sliding_averages
from generator.networks.parameters import Shapes
from generator.networks.textgenrnn import network
from generator.networks.training.steps import Tensor


def list_carried_shapes(settings: TextGenRnnSettings) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of what one part of a sequence leaves to the next.

    They are those of one row: of the layers' outputs and memories, of slots, and of 1
    for each slot that exists.
    """
    behind = settings.max_length - 1
    states = (settings.rnn_layers, 2, settings.rnn_size)
    return states, (behind, sum(settings.widths)), (behind,)


def build_whole_sequence(
    settings: TextGenRnnSettings, vocabulary: int, seed: int, dropout: float = 0.0
) -> keras.Model:
    """Build a network with freshly drawn weights, the same as `build_textgenrnn` draws.

    Args:
        settings: Its shape.
        vocabulary: How many ids there are, 0 included.
        seed: Decides the initial weights and the dropout masks.
        dropout: Share of embedding channels dropped in training, in [0, 1).

    Returns:
        A model of ids (n, T), of whether a row begins from rest (n,) and of `carried`,
        with a dict of outputs: `logits` (n, T, vocabulary) and `carried`.
    """
    inputs = [
        keras.Input((None,), dtype="int32", name="input"),
        keras.Input((), dtype="float32", name="fresh"),
        *(
            keras.Input(shape, dtype="float32", name=name)
            for shape, name in zip(
                list_carried_shapes(settings), ("states", "slots", "there"), strict=True
            )
        ),
    ]
    read = WholeSequence(settings, vocabulary, seed, dropout)
    model = keras.Model(inputs, read(*inputs), name="whole_sequence")
    model.set_weights(
        parameters.draw_initial_arrays(
            whole_sequence_shapes(settings, vocabulary), seed
        )
    )
    return model


def whole_sequence_shapes(settings: TextGenRnnSettings, vocabulary: int) -> Shapes:
    """Return the name and shape of every array: textgenrnn's, and the fading."""
    return (*network.textgenrnn_shapes(settings, vocabulary), ("attention/fading", ()))


class WholeSequence(keras.layers.Layer):
    """All of the network: one layer, whose arrays are in textgenrnn's order."""

    def __init__(
        self, settings: TextGenRnnSettings, vocabulary: int, seed: int, dropout: float
    ) -> None:
        super().__init__(name="textgenrnn")
        self.settings = settings
        self.arrays = [
            self.add_weight(shape=shape, initializer="zeros", name=name.split("/")[-1])
            for name, shape in whole_sequence_shapes(settings, vocabulary)
        ]
        self.drop: keras.layers.Layer | None = None
        if dropout > 0:
            drop = keras.layers.SpatialDropout1D(dropout, seed=seed, name="dropout")
            self.drop = drop

    def call(
        self,
        ids: Tensor,
        fresh: Tensor,
        states: Tensor,
        slots: Tensor,
        there: Tensor,
        *,
        training: bool = False,
    ) -> dict[str, Tensor]:
        """Return logits at every place, and what is carried on.

        Args:
            ids: Ids (n, T).
            fresh: 1 where a row begins from rest, 0 elsewhere, (n,).
            states: Outputs and memories of the layers, (n, layers, 2, units).
            slots: The slots behind, (n, max_length - 1, D).
            there: 1 for each of these slots that exists, (n, max_length - 1).
            training: Whether embedding channels are dropped.
        """
        going = 1 - fresh
        states *= going[:, None, None, None]
        there *= going[:, None]
        embedding, *recurrent, _, _, _, _ = self.arrays
        vectors = tf.gather(embedding, ids)
        if self.drop is not None:
            vectors = self.drop(vectors, training=training)
        here, after = self._recur(recurrent, vectors, states)
        slots = tf.concat([slots, here], 1)
        there = tf.concat([there, tf.ones_like(here[..., 0])], 1)
        logits = self._attend(slots, there)
        first = tf.shape(ids)[1]
        left = (after, slots[:, first:], there[:, first:])
        return {"logits": logits, "carried": [tf.stop_gradient(one) for one in left]}

    def _recur(
        self, recurrent: list[Tensor], vectors: Tensor, states: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return slots (n, T, D), and states (n, layers, 2, units) at the end."""
        read, slots, after = tf.transpose(vectors, (1, 0, 2)), [vectors], []
        for layer in range(self.settings.rnn_layers):
            kernel, matrix, bias = map(
                tf.convert_to_tensor, recurrent[3 * layer : 3 * layer + 3]
            )
            start = states[:, layer, 0], states[:, layer, 1]
            read, memories = differentiable_lstm(
                tf.matmul(read, kernel) + bias, matrix, *start
            )
            slots.append(tf.transpose(read, (1, 0, 2)))
            after.append(tf.stack([read[-1], memories[-1]], 1))
        return tf.concat(slots, -1), tf.stack(after, 1)

    def _attend(self, slots: Tensor, there: Tensor) -> Tensor:
        """Return logits at the places that are new, of averages of the last slots.

        The matrix acts before the average where that makes vectors shorter.
        """
        attention, kernel, bias, fading = map(tf.convert_to_tensor, self.arrays[-4:])
        scores = tf.linalg.matvec(slots, tf.squeeze(attention, -1))
        scores += fading * tf.cast(tf.range(tf.shape(slots)[1]), scores.dtype)
        scores = tf.where(there > 0, scores, scores.dtype.min)
        window, shorter = self.settings.max_length, kernel.shape[1] < kernel.shape[0]
        values = tf.matmul(slots, kernel) if shorter else slots
        averages = compute_sliding_averages(scores, values, window)[:, window - 1 :]
        return (averages if shorter else tf.matmul(averages, kernel)) + bias


def compute_weighted_loss(
    outputs: dict[str, Tensor], targets: tuple[Tensor, Tensor]
) -> Tensor:
    """Compute the weighted cross-entropy (n,) of every row.

    Args:
        outputs: The network's outputs.
        targets: Ids and their weights, both (n, T).
    """
    ids, shares = targets
    every = tf.nn.sparse_softmax_cross_entropy_with_logits(ids, outputs["logits"])
    return tf.reduce_sum(every * shares, -1)
