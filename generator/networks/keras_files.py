"""Trained networks as files that stock Keras opens: `NAME.keras` and `NAME.json`.

Each network is built again of Keras's own layers and operations, with the arrays that
it was trained to, so that `keras.models.load_model` needs nothing of this package. A
model reads ids, or rows of numbers, as the network here does, and puts out a dict with
`probabilities`, and with attention `weights` (n, T). The JSON file says what the ids
stand for, in order, and what the outputs are.

What Keras has no layer for is built of operations: the average by attention is a
softmax and a product. The softmax here adds 1e-7 to its sum, so that weights differ by
as much. The perceptron is evaluated in double precision here, in single by Keras. What
is left is rounding: small networks agree within 1e-6, one with weights as large as
those of textgenrnn's own character model within 1e-5.
"""

from __future__ import annotations

import io
import json
import tempfile
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from functools import singledispatch
from pathlib import Path
from typing import Any

import keras
import numpy as np

from generator.core import files
from generator.models.base import encode_json
from generator.networks.char_rnn.inference import CharNetwork
from generator.networks.parameters import Arrays
from generator.networks.perceptron.network import PerceptronNetwork
from generator.networks.sentiment.inference import SentimentClassifier
from generator.networks.sentiment.network import SentimentSettings
from generator.networks.textgenrnn.inference import WindowNetwork

PAD, UNKNOWN = "padding", "unknown"
"""What the ids stand for that no token has."""
HIDDEN_SCORE = -1e9
"""What is added to the score of a slot that is not read."""

Symbolic = Any
"""A tensor of Keras without values."""


def encode_keras_files(network: object, name: str) -> dict[str, bytes]:
    """Encode a network as a file of Keras, and what it reads and puts out.

    Args:
        network: A network with given weights, of a kind that has stock layers alone.
        name: What the files' names begin with.

    Returns:
        The bytes of each file by its name.
    """
    model = build_stock_model(network)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # Keras asks NumPy for a copy in a way that NumPy 2 is about to end.
        warnings.simplefilter("ignore", DeprecationWarning)
        path = Path(folder, "model.keras")
        model.save(path)
        data = files.read_regular_file(path)
    return {
        f"{name}.keras": _remove_chance(data),
        f"{name}.json": encode_json(describe_inputs(network)),
    }


def _remove_chance(data: bytes) -> bytes:
    """Return a file of Keras without clock and addresses: same model, same bytes."""
    shared: dict[int, int] = {}

    def number_objects(value: dict[str, Any]) -> dict[str, Any]:
        if isinstance(address := value.get("shared_object_id"), int):
            value["shared_object_id"] = shared.setdefault(address, len(shared) + 1)
        return value

    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as given,
        zipfile.ZipFile(buffer, "w") as written,
    ):
        for member in sorted(given.namelist()):
            content = given.read(member)
            if member.endswith(".json"):
                values = json.loads(content, object_hook=number_objects)
                if "date_saved" in values:
                    values["date_saved"] = "1980-01-01@00:00:00"
                content = json.dumps(values, sort_keys=True).encode()
            written.writestr(zipfile.ZipInfo(member), content)
    return buffer.getvalue()


@singledispatch
def build_stock_model(network: object) -> keras.Model:
    """Build a network of Keras's own layers.

    Args:
        network: The network with its weights.

    Returns:
        A model with a dict of outputs.
    """
    raise NotImplementedError(type(network).__name__)


@singledispatch
def describe_inputs(network: object) -> Mapping[str, object]:
    """Describe what a model reads and puts out, as JSON.

    Args:
        network: The network with its weights.
    """
    raise NotImplementedError(type(network).__name__)


@build_stock_model.register
def _(network: PerceptronNetwork) -> keras.Model:
    rows = keras.Input((len(network.features),), name="rows")
    read = rows
    if any(network.means) or set(network.deviations) != {1.0}:
        variances = [deviation**2 for deviation in network.deviations]
        read = keras.layers.Normalization(
            mean=list(network.means), variance=variances, name="standardised"
        )(rows)
    for number, units in enumerate(network.settings.layers, 1):
        dense = keras.layers.Dense(units, activation="relu", name=f"hidden_{number}")
        read = dense(read)
    outputs = _make_probabilities(read, len(network.labels))
    return _fill(keras.Model(rows, outputs, name="perceptron"), network.arrays)


@describe_inputs.register
def _(network: PerceptronNetwork) -> Mapping[str, object]:
    return {
        "inputs": "rows (n, features), in the corpus's own units",
        "features": network.features,
        "outputs": {"probabilities": "(n, labels)"},
        "labels": network.labels,
    }


@build_stock_model.register
def _(network: CharNetwork) -> keras.Model:
    settings, count = network.settings, len(network.vocabulary)
    ids = keras.Input((None,), dtype="int32", name="ids")
    embed = keras.layers.Embedding(count, settings.dim_embeddings, name="embedding")
    read, layers = embed(ids), []
    for number in range(1, settings.rnn_layers + 1):
        read = keras.layers.LSTM(
            settings.rnn_size, return_sequences=True, name=f"rnn_{number}"
        )(read)
        layers.append(read)
    outputs = _make_probabilities(_concatenate(layers, "states"), count)
    arrays = [network.arrays[0]]
    for number in range(settings.rnn_layers):  # past the states of streams
        arrays += network.arrays[3 + 5 * number : 6 + 5 * number]
    arrays += network.arrays[-2:]
    return _fill(keras.Model(ids, outputs, name="char_rnn"), arrays)


@describe_inputs.register
def _(network: CharNetwork) -> Mapping[str, object]:
    return {
        "inputs": "ids (n, T) of characters, read from rest",
        "tokens": (PAD, *network.vocabulary.tokens),
        "outputs": {"probabilities": "(n, T, tokens), of the next after each place"},
    }


@build_stock_model.register
def _(network: WindowNetwork) -> keras.Model:
    settings, count = network.settings, len(network.vocabulary)
    ids = keras.Input((settings.max_length,), dtype="int32", name="ids")
    embed = keras.layers.Embedding(count, settings.dim_embeddings, name="embedding")
    layers = [embed(ids)]
    for number in range(1, settings.rnn_layers + 1):
        rnn = keras.layers.LSTM(
            settings.rnn_size, return_sequences=True, name=f"rnn_{number}"
        )
        if settings.rnn_bidirectional:
            rnn = keras.layers.Bidirectional(rnn, name=f"rnn_{number}")
        layers.append(rnn(layers[-1]))
    slots = _concatenate(layers, "rnn_concat")
    scores = keras.layers.Dense(1, use_bias=False, name="attention")(slots)
    average, weights = _average_slots(slots, scores, None)
    outputs = {"weights": weights, **_make_probabilities(average, count)}
    return _fill(keras.Model(ids, outputs, name="textgenrnn"), network.arrays)


@describe_inputs.register
def _(network: WindowNetwork) -> Mapping[str, object]:
    return {
        "inputs": f"ids (n, {network.window}), padded on the left",
        "tokens": (f"{PAD} and {UNKNOWN}", *network.vocabulary.tokens),
        "opening": network.vocabulary.mark,
        "outputs": {
            "probabilities": "(n, tokens), of the next token",
            "weights": "(n, T), attention to each slot of the window",
        },
    }


@build_stock_model.register
def _(network: SentimentClassifier) -> keras.Model:
    settings, arrays = network.settings, list(network.arrays)
    slots = None if settings.masked else settings.max_tokens
    ids = keras.Input((slots,), dtype="int32", name="ids")
    embed = keras.layers.Embedding(
        len(network.words), settings.dim_embeddings, name="embedding"
    )
    mask = keras.ops.not_equal(ids, 0) if settings.masked else None
    states = _encode_states(settings, embed(ids), mask)
    outputs = {}
    if settings.attention == "none":
        context = states
    else:
        scores = _score_states(settings, states)
        context, outputs["weights"] = _average_slots(states, scores, mask)
        if settings.attention != "uniform":  # the vector of scores is a matrix here
            place = -4 if settings.attention == "double_tanh" else -3
            vector = arrays[place][:, None]
            by_width = settings.attention == "dot"
            arrays[place] = vector / np.sqrt(len(vector)) if by_width else vector
    outputs |= _make_probabilities(context, len(network.labels))
    return _fill(keras.Model(ids, outputs, name="sentiment"), arrays)


@describe_inputs.register
def _(network: SentimentClassifier) -> Mapping[str, object]:
    longest = network.settings.max_tokens
    slots = f"T, of {longest} at most" if network.settings.masked else str(longest)
    outputs = {"probabilities": "(n, labels)"}
    if network.settings.attention != "none":
        outputs["weights"] = "(n, T), attention to each slot"
    return {
        "inputs": f"ids (n, {slots}), padded on the right",
        "unit": network.words.unit,
        "tokens": (PAD, UNKNOWN, *network.words.words),
        "outputs": outputs,
        "labels": network.labels,
    }


def _encode_states(
    settings: SentimentSettings, read: Symbolic, mask: Symbolic | None
) -> Symbolic:
    """Return states (n, T, width), or without attention the last one (n, width)."""
    recurrent = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
    for number in range(1, settings.layers + 1):
        name = f"{settings.encoder}_{number}"
        if settings.encoder == "average":
            dense = keras.layers.Dense(settings.size, activation="tanh", name=name)
            read = dense(read)
            continue
        every = number < settings.layers or settings.attention != "none"
        layer = recurrent[settings.encoder](
            settings.size, return_sequences=every, name=name
        )
        if settings.bidirectional:
            layer = keras.layers.Bidirectional(layer, name=name)
        read = layer(read, mask=mask)
    return read


def _score_states(settings: SentimentSettings, states: Symbolic) -> Symbolic:
    """Return scores (n, T, 1) of states."""
    kind, inner = settings.attention, states
    if kind == "uniform":
        return keras.ops.zeros_like(states[..., :1])
    if kind != "dot":
        inner = keras.layers.Dense(
            settings.dim_attention, activation="tanh", name="attention"
        )(states)
    twice = kind == "double_tanh"
    return keras.layers.Dense(
        1, activation="tanh" if twice else None, use_bias=twice, name="scores"
    )(inner)


def _average_slots(
    slots: Symbolic, scores: Symbolic, mask: Symbolic | None
) -> tuple[Symbolic, Symbolic]:
    """Return the average (n, D) of slots by attention, and its weights (n, T)."""
    scores = keras.ops.squeeze(scores, -1)
    if mask is None:
        weights = keras.ops.softmax(scores, -1)
    else:
        seen = keras.ops.cast(mask, "float32")
        weights = keras.ops.softmax(scores + (1 - seen) * HIDDEN_SCORE, -1) * seen
    average = keras.ops.einsum("nt,ntd->nd", weights, slots)
    return average, weights


def _make_probabilities(read: Symbolic, count: int) -> dict[str, Symbolic]:
    """Return the output that all models have."""
    logits = keras.layers.Dense(count, name="output")(read)
    return {"probabilities": keras.layers.Softmax(name="probabilities")(logits)}


def _concatenate(layers: Sequence[Symbolic], name: str) -> Symbolic:
    """Return layers' outputs beside each other."""
    if len(layers) == 1:
        return layers[0]
    return keras.layers.Concatenate(name=name)(layers)


def _fill(model: keras.Model, arrays: Arrays) -> keras.Model:
    """Give a model its weights, after those that it has of its settings.

    Operations are numbered, since Keras names them by how many it made before.
    """
    for number, operation in enumerate(model.operations):
        if not isinstance(operation, keras.Layer):
            operation.name = f"operation_{number}"
    wanted = [
        variable
        for layer in model.layers
        if not isinstance(layer, keras.layers.Normalization)
        for variable in layer.weights
    ]
    for variable, array in zip(wanted, arrays, strict=True):
        variable.assign(array)
    return model
