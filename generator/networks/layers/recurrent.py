"""Recurrences over the slots of many texts at once, forwards or backwards.

What a cell makes of its input alone is computed beforehand, for all slots in one matrix
product; only what depends on the state before is left to the loop (`scan_slots`). At a
masked slot the state stays exactly as it was, so padding changes nothing wherever it
stands.

Cells, with `x` being the input's share (n, gates · units) and `h` the state before:

1. LSTM (Hochreiter and Schmidhuber, 1997), gates input, forget, cell, output:
   `i, f, c~, o = x + h U`, `c = σ(f) ∘ c' + σ(i) ∘ tanh(c~)`, `h = σ(o) ∘ tanh(c)`.
2. GRU (Cho et al., 2014), gates update, reset, candidate, the reset gate acting on the
   matrix product: `z = σ(x_z + h U_z + b_z)`, `r = σ(x_r + h U_r + b_r)`,
   `h~ = tanh(x_h + r ∘ (h U_h + b_h))`, `h = z ∘ h' + (1 − z) ∘ h~`.
3. Layer-normalised GRU (Ba, Kiros and Hinton, 2016): what goes into each σ and tanh is
   first brought to mean 0 and variance 1 over the units, then scaled and shifted.

Differs: in the layer-normalised GRU of Goku Mohandas (2017) the update gate was
computed from the reset gate's numbers, and the reset gate acted before the matrix; here
gates are separate, and the reset gate acts after the matrix as in 2.

`differentiable_lstm` is the LSTM of 1 with its backward pass written out. The gradient
by the gates is found step by step from the last; that by the recurrent matrix is then
one product over all steps, where automatic differentiation would make one at every step
and add them up (Werbos, 1990, Backpropagation Through Time). It takes two thirds of
the time (`tests/benchmarks/backward.py`).

`SlotVectors` are the vectors that stand in the slots. Many texts hold few different
words, perturbed ones most of all: what is computed of a word alone is computed once for
each different one, and looked up where the word stands (`look_up_vectors`). Training
and gradients hold a vector for every slot. The numbers are the same, bit for bit: a row
of a matrix product does not depend on the others if their count is a multiple of
`ROWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from generator.networks.inference.batching import ROWS


@tf.custom_gradient  # type: ignore[untyped-decorator]
def differentiable_lstm(
    shares: Tensor, recurrent: Tensor, output: Tensor, memory: Tensor
) -> tuple[tuple[Tensor, Tensor], Callable[..., tuple[Tensor, ...]]]:
    """Run an LSTM over all steps, with a backward pass of one matrix product.

    Args:
        shares: The inputs' shares of the gates, bias included, (T, n, 4 units).
        recurrent: The recurrent matrix, (units, 4 units).
        output: The output before the first step, (n, units).
        memory: The memory before the first step, (n, units).

    Returns:
        Outputs and memories (T, n, units) after every step, and the function that
        computes gradients by all four arguments.
    """
    outputs, memories, gates = _run_forwards(shares, recurrent, output, memory)

    def back(by_output: Tensor, by_memory: Tensor) -> tuple[Tensor, ...]:
        earlier = tf.concat([memory[None], memories[:-1]], 0)
        by_gates, by_output_before, by_memory_before = _run_backwards(
            by_output, by_memory, gates, memories, earlier, recurrent
        )
        before = tf.concat([output[None], outputs[:-1]], 0)
        by_matrix = tf.matmul(
            _flatten_steps(before), _flatten_steps(by_gates), transpose_a=True
        )
        return by_gates, by_matrix, by_output_before, by_memory_before

    return (outputs, memories), back


def _run_forwards(
    shares: Tensor, recurrent: Tensor, output: Tensor, memory: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return outputs, memories and gates of all steps, (T, n, …)."""
    steps = tf.shape(shares)[0]
    inputs = tf.TensorArray(shares.dtype, steps).unstack(shares)

    def go(t: Tensor, h: Tensor, c: Tensor, *arrays: Tensor) -> tuple[Tensor, ...]:
        squashed = squash_lstm_gates(inputs.read(t) + tf.matmul(h, recurrent))
        h, c = update_lstm(squashed, c)
        values = (h, c, tf.concat(squashed, -1))
        return (
            t + 1,
            h,
            c,
            *[k.write(t, x) for k, x in zip(arrays, values, strict=True)],
        )

    arrays = [tf.TensorArray(shares.dtype, steps) for _ in range(3)]
    last = tf.while_loop(lambda t, *_: t < steps, go, (0, output, memory, *arrays))
    outputs, memories, gates = (array.stack() for array in last[3:])
    return outputs, memories, gates


def _run_backwards(  # noqa: PLR0917 - gradients, then the forward pass's values
    by_output: Tensor,
    by_memory: Tensor,
    gates: Tensor,
    memories: Tensor,
    earlier: Tensor,
    recurrent: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return gradients by gates before σ and tanh, and by first output and memory."""
    i, f, new, o = tf.split(gates, 4, -1)
    squashed = tf.tanh(memories)
    slopes = tf.concat([new * i * (1 - i), earlier * f * (1 - f), i * (1 - new**2)], -1)
    terms = (
        by_output,
        by_memory,
        squashed * o * (1 - o),
        o * (1 - squashed**2),
    )
    steps = tf.shape(gates)[0]
    arrays = [
        tf.TensorArray(gates.dtype, steps).unstack(each) for each in (*terms, slopes, f)
    ]
    back = tf.transpose(recurrent)

    def go(k: Tensor, dh: Tensor, dc: Tensor, written: Tensor) -> tuple[Tensor, ...]:
        t = steps - 1 - k
        more, more_memory, leave, through, slope, forget = (
            one.read(t) for one in arrays
        )
        dh += more
        dc += more_memory + dh * through
        by_gates = tf.concat([tf.tile(dc, [1, 3]) * slope, dh * leave], -1)
        return k + 1, tf.matmul(by_gates, back), dc * forget, written.write(t, by_gates)

    rest = tf.zeros_like(memories[0])
    written = tf.TensorArray(gates.dtype, steps)
    last = tf.while_loop(lambda k, *_: k < steps, go, (0, rest, rest, written))
    return last[3].stack(), last[1], last[2]


def _flatten_steps(steps: Tensor) -> Tensor:
    """Return the rows of all steps below each other, (T · n, channels)."""
    return tf.reshape(steps, (-1, steps.shape[-1]))


@dataclass(frozen=True)
class SlotVectors:
    """Vectors of slots (n, T, k), or distinct ones (m, k) and their places (n, T)."""

    vectors: Tensor
    places: Tensor | None = None

    @property
    def rows(self) -> Tensor:
        """The number of texts, a scalar tensor."""
        return tf.shape(self.vectors if self.places is None else self.places)[0]

    def map_vectors(self, function: Callable[[Tensor], Tensor]) -> SlotVectors:
        """Return the same slots with `function`, which works slot by slot, applied."""
        return replace(self, vectors=function(self.vectors))

    def expand_vectors(self) -> Tensor:
        """Return a vector for every slot, (n, T, k)."""
        if self.places is None:
            return self.vectors
        return tf.gather(self.vectors, self.places)

    def split_columns(self) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        """Return T, and a function from a slot to the vectors (n, k) of all texts."""
        if self.places is None:
            read = unstack_columns(tf.transpose(self.vectors, (1, 0, 2))).read
            return tf.shape(self.vectors)[1], read
        places = tf.transpose(self.places)
        return tf.shape(places)[0], lambda slot: tf.gather(self.vectors, places[slot])


def look_up_vectors(table: Tensor, ids: Tensor) -> SlotVectors:
    """Look up vectors, each distinct one once.

    Args:
        table: Vectors of all ids, (ids, k).
        ids: Ids (n, T).

    Returns:
        The distinct vectors, their count a multiple of `ROWS`, and their places (n, T).
    """
    different, places = tf.unique(tf.reshape(ids, [-1]))
    filling = -tf.shape(different)[0] % ROWS
    different = tf.pad(different, [[0, filling]])
    return SlotVectors(tf.gather(table, different), tf.reshape(places, tf.shape(ids)))


def unstack_columns(columns: Tensor) -> Tensor:
    """Return a TensorArray of columns (T, n, …), which a loop reads slot by slot."""
    return tf.TensorArray(columns.dtype, tf.shape(columns)[0]).unstack(columns)


Tensor = Any
RecurrentStates = tuple[Tensor, ...]
RecurrentStep = Callable[[Tensor, RecurrentStates], RecurrentStates]
"""(input's share (n, k) of one slot, states before) -> states after, output first."""

EPSILON = 1e-5
"""Added to a variance before its root is taken."""


def scan_slots(
    step: RecurrentStep,
    inputs: SlotVectors,
    start: RecurrentStates,
    mask: Tensor | None = None,
    *,
    backwards: bool = False,
) -> tuple[Tensor, Tensor]:
    """Run a recurrent step over all slots.

    Args:
        step: The cell.
        inputs: The inputs' shares, of k channels.
        start: States (n, units) before the first slot.
        mask: True where a slot is visible, (n, T); None where all are.
        backwards: Whether slots are read from the last to the first.

    Returns:
        Outputs (n, T, units) at every slot, and the last one (n, units). A masked
        slot's output is the last one before it.
    """
    count, column = inputs.split_columns()
    seen = None if mask is None else unstack_columns(tf.transpose(mask)[..., None])
    shape = (None, start[0].shape[-1])
    outputs = tf.TensorArray(start[0].dtype, count, element_shape=shape)

    def go(done: Tensor, states: RecurrentStates, outputs: Tensor) -> tuple[Any, ...]:
        place = count - 1 - done if backwards else done
        after = step(column(place), states)
        if seen is not None:
            here = seen.read(place)
            pairs = zip(after, states, strict=True)
            after = tuple(tf.where(here, new, old) for new, old in pairs)
        return done + 1, after, outputs.write(place, after[0])

    _, last, outputs = tf.while_loop(
        lambda done, *_: done < count, go, (0, start, outputs)
    )
    return tf.transpose(outputs.stack(), (1, 0, 2)), last[0]


def make_rest_states(inputs: SlotVectors, units: int, states: int) -> RecurrentStates:
    """Return `states` states (n, units) of zeros for `inputs`."""
    return (tf.zeros((inputs.rows, units), inputs.vectors.dtype),) * states


def lstm_step(recurrent: Tensor) -> RecurrentStep:
    """Return a step of an LSTM with states (output, cell).

    Args:
        recurrent: The recurrent matrix, (units, 4 units).
    """

    def step(share: Tensor, states: RecurrentStates) -> RecurrentStates:
        output, cell = states
        return update_lstm(
            squash_lstm_gates(share + tf.matmul(output, recurrent)), cell
        )

    return step


def squash_lstm_gates(gates: Tensor) -> tuple[Tensor, ...]:
    """Return input, forget, cell and output gates (…, units) after σ and tanh.

    Args:
        gates: All four before, (…, 4 units).
    """
    i, f, new, o = tf.split(gates, 4, -1)
    return tf.sigmoid(i), tf.sigmoid(f), tf.tanh(new), tf.sigmoid(o)


def update_lstm(squashed: tuple[Tensor, ...], memory: Tensor) -> tuple[Tensor, Tensor]:
    """Return output and memory of an LSTM after a step, both (…, units).

    Args:
        squashed: The four gates after σ and tanh.
        memory: The memory before, (…, units).
    """
    i, f, new, o = squashed
    memory = f * memory + i * new
    return o * tf.tanh(memory), memory


def gru_step(
    recurrent: Tensor, bias: Tensor, scale: tuple[Tensor, Tensor] | None = None
) -> RecurrentStep:
    """Return a step of a GRU.

    Args:
        recurrent: The recurrent matrix, (units, 3 units): update, reset, candidate.
        bias: The bias of the recurrent part, (3 units,).
        scale: Gains and shifts of layer normalisation, each (3 units,); None for none.

    Returns:
        A step with one state (n, units), the output.
    """

    def step(share: Tensor, states: RecurrentStates) -> RecurrentStates:
        (before,) = states
        z, r, c = tf.split(share, 3, -1)
        z_back, r_back, c_back = tf.split(tf.matmul(before, recurrent) + bias, 3, -1)
        r = tf.sigmoid(_normalise_gate(r + r_back, scale, 1))
        z = tf.sigmoid(_normalise_gate(z + z_back, scale, 0))
        c = tf.tanh(_normalise_gate(c + r * c_back, scale, 2))
        return (z * before + (1 - z) * c,)

    return step


def _normalise_gate(
    gate: Tensor, scale: tuple[Tensor, Tensor] | None, place: int
) -> Tensor:
    """Normalise a gate's input (n, units) over its units, if there is a scale."""
    if scale is None:
        return gate
    gain, shift = (tf.split(part, 3)[place] for part in scale)
    mean = tf.reduce_mean(gate, -1, keepdims=True)
    spread = tf.reduce_mean(tf.square(gate - mean), -1, keepdims=True)
    return (gate - mean) * tf.math.rsqrt(spread + EPSILON) * gain + shift
