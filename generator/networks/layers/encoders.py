"""What turns embedded texts into the states that attention weighs.

- `lstm` and `gru`: recurrent layers, each reading the one below, in one direction or in
  both, whose outputs stand beside each other. A state knows its neighbours.
- `average`: each layer is `tanh(x W + b)`, slot by slot. A state knows its own token
  and nothing else: the network is a weighted bag of words.

Under a mask, recurrent layers pass over hidden slots. Without one, padding is embedded
and read like any token, before the text on the way back and after it on the way there.

Differs: the encoder of Goku Mohandas (2017) stopped at a text's end and gave padding
zeros, which attention then weighed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from generator.networks.layers import recurrent as recurrence
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.parameters import Shapes

Tensor = Any
NamedTensors = Mapping[str, Tensor]
GATES = {"lstm": 4, "gru": 3}
STATES = {"lstm": 2, "gru": 1}


class EncoderSettings:
    """The settings of an encoder, as part of a network's settings."""

    __slots__ = ()
    encoder: str
    """`lstm`, `gru` or `average`."""
    bidirectional: bool
    layers: int
    """How many, one over the other."""
    size: int
    """Channels of a state in one direction."""
    dim_embeddings: int
    """Channels of a token's vector."""
    layer_normalization = False
    """Whether the gates of a GRU are normalised."""

    @property
    def sides(self) -> tuple[str, ...]:
        """The directions in which layers read; `average` has none."""
        both = self.bidirectional and self.encoder != "average"
        return ("forward", "backward") if both else ("",)

    @property
    def width(self) -> int:
        """The channels of a state."""
        return self.size * len(self.sides)


def encoder_shapes(settings: EncoderSettings) -> Shapes:
    """Return the name and shape of every array, by layer, forward before backward."""
    shapes: list[tuple[str, tuple[int, ...]]] = []
    inputs = settings.dim_embeddings
    for number in range(1, settings.layers + 1):
        for side in settings.sides:
            arrays = _layer_shapes(settings, inputs).items()
            name = _format_name(settings, number, side)
            shapes += [(f"{name}/{kind}", shape) for kind, shape in arrays]
        inputs = settings.width
    return tuple(shapes)


def encode_points(
    settings: EncoderSettings,
    named: NamedTensors,
    points: SlotVectors,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Encode embedded texts as states.

    The last state of the `average` encoder, which does not read, is the first
    slot's and means nothing.

    Args:
        settings: The encoder's settings.
        named: The network's arrays by name.
        points: Vectors of the texts, (n, T, dim_embeddings).
        mask: True where a slot is visible, (n, T); None where all are.

    Returns:
        The states (n, T, width) and the last state in each direction (n, width).
    """
    slots = points
    for number in range(1, settings.layers + 1):
        read = [
            _encode_layer(
                settings, named, _format_name(settings, number, side), slots, mask
            )
            for side in settings.sides
        ]
        states, last = (tf.concat(parts, -1) for parts in zip(*read, strict=True))
        slots = SlotVectors(states)
    return states, last


def _format_name(settings: EncoderSettings, number: int, side: str) -> str:
    return f"{settings.encoder}_{number}/{side}".rstrip("/")


def _layer_shapes(settings: EncoderSettings, inputs: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of one layer's arrays in one direction, by their last names."""
    units = settings.size
    if settings.encoder == "average":
        return {"kernel": (inputs, units), "bias": (units,)}
    wide = GATES[settings.encoder] * units
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (inputs, wide),
        "recurrent_kernel": (units, wide),
        "bias": (wide,) if settings.encoder == "lstm" else (2, wide),
    }
    if settings.layer_normalization:
        shapes |= {"gain": (wide,), "shift": (wide,)}
    return shapes


def _encode_layer(
    settings: EncoderSettings,
    named: NamedTensors,
    name: str,
    slots: SlotVectors,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Return one layer's outputs (n, T, units) in one direction, and the last state."""
    kernel, bias = named[f"{name}/kernel"], named[f"{name}/bias"]
    if settings.encoder == "average":
        states = slots.map_vectors(lambda x: tf.tanh(tf.tensordot(x, kernel, 1) + bias))
        return states.expand_vectors(), states.expand_vectors()[:, 0]
    recurrent = named[f"{name}/recurrent_kernel"]
    if settings.encoder == "lstm":
        step, share = recurrence.lstm_step(recurrent), bias
    else:
        scale = None
        if settings.layer_normalization:
            scale = (named[f"{name}/gain"], named[f"{name}/shift"])
        step, share = recurrence.gru_step(recurrent, bias[1], scale), bias[0]
    inputs = slots.map_vectors(lambda x: tf.tensordot(x, kernel, 1) + share)
    start = recurrence.make_rest_states(inputs, settings.size, STATES[settings.encoder])
    backwards = name.endswith("backward")
    return recurrence.scan_slots(step, inputs, start, mask, backwards=backwards)
