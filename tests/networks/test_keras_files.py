"""A file of Keras answers as the network does, where nothing but Keras is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.networks.char_rnn.inference import CharNetwork
from generator.networks.char_rnn.network import CharRnnSettings, char_rnn_shapes
from generator.networks.keras_files import encode_keras_files
from generator.networks.perceptron.network import (
    PerceptronNetwork,
    PerceptronSettings,
    perceptron_shapes,
)
from tests.networks import sentiments, states

TOLERANCE = 1e-6
SENTIMENTS: dict[str, dict[str, Any]] = {
    "tanh": {},
    "dot": {"encoder": "gru", "layers": 2, "attention": "dot"},
    "double": {"bidirectional": False, "attention": "double_tanh"},
    "uniform": {"encoder": "average", "attention": "uniform"},
    "last": {"attention": "none", "layers": 2},
    "window": {"masked": False, "encoder": "gru", "bidirectional": False},
}
WINDOWS: dict[str, dict[str, Any]] = {
    "both": {"rnn_layers": 2, "rnn_bidirectional": True},
    "forwards": {"rnn_layers": 3},
}
OPEN = """
import sys, warnings
from pathlib import Path
warnings.simplefilter("error", UserWarning)
import keras, numpy as np
for file in sorted(Path(sys.argv[1]).glob("*.keras")):
    model = keras.models.load_model(file)
    outputs = model(np.load(file.with_suffix(".npy")))
    arrays = {name: np.asarray(value) for name, value in outputs.items()}
    np.savez(file.with_suffix(".npz"), **arrays)
assert not [name for name in sys.modules if name.split(".")[0] == "generator"]
"""
Case = tuple[Any, np.ndarray, dict[str, np.ndarray]]
"""A network, what it reads, and what it answers."""


def perceptron(rng: np.random.Generator, **shift: tuple[float, ...]) -> Case:
    """A perceptron that standardises, or not."""
    settings = PerceptronSettings(3, 2, (5, 4))
    arrays = draw(rng, perceptron_shapes(settings))
    standards = {"means": (0.0,) * 3, "deviations": (1.0,) * 3, **shift}
    names = ("a", "b", "c"), ("no", "yes")
    model = PerceptronNetwork(settings, *names, **standards, arrays=arrays, epoch=1)
    rows = rng.normal(1, 2, (9, 3)).astype(np.float32)
    return model, rows, {"probabilities": model.predict(rows)}


def char_rnn(rng: np.random.Generator, layers: int) -> Case:
    """A char-rnn, asked after every character."""
    settings = CharRnnSettings(layers, 6, 5, streams=3)
    vocabulary = states.vocabulary(9, mark=False)
    arrays = draw(rng, char_rnn_shapes(settings, len(vocabulary)))
    model = CharNetwork(settings, vocabulary, arrays, 1)
    ids = rng.integers(1, 9, (4, 7)).astype(np.int32)
    every = model.predict_next(list(ids), [np.arange(7)] * 4)
    return model, ids, {"probabilities": every.reshape(4, 7, -1)}


def windows(shape: dict[str, Any]) -> Case:
    """A textgenrnn, asked after windows with padding and unknown tokens."""
    model = states.network(**shape)
    ids = states.histories(model).astype(np.int32)
    found = model.predict(ids)
    return model, ids, {"probabilities": found.probabilities, "weights": found.weights}


def sentiment(shape: dict[str, Any]) -> Case:
    """A classifier, asked about texts of all lengths, the empty one too."""
    model = sentiments.state(**shape)
    texts = sentiments.texts()
    ids = sentiments.padded(texts)
    if model.settings.attention == "none":
        return model, ids, {"probabilities": model.predict(texts)}
    found = model.attend(texts)
    weights = np.zeros(ids.shape, np.float32)
    for row, own in zip(weights, found.weights, strict=True):
        row[: len(own)] = own
    return model, ids, {"probabilities": found.probabilities, "weights": weights}


def draw(rng: np.random.Generator, shapes: Any) -> list[np.ndarray]:
    """Arrays that leave nothing at zero."""
    return [rng.normal(0, 0.8, shape).astype(np.float32) for _, shape in shapes]


def cases() -> dict[str, Case]:
    """Every kind, and every shape that is built in its own way."""
    rng = np.random.default_rng(1)
    return {
        "perceptron": perceptron(rng),
        "standardised": perceptron(
            rng, means=(0.5, -1.0, 2.0), deviations=(2.0, 1.0, 0.3)
        ),
        "one": char_rnn(rng, 1),
        "two": char_rnn(rng, 2),
        **{name: windows(shape) for name, shape in WINDOWS.items()},
        **{name: sentiment(shape) for name, shape in SENTIMENTS.items()},
    }


@pytest.mark.slow(20)
def test_stock_keras_answers_alike(tmp_path: Path) -> None:
    """All outputs are within 1e-6; another network's are not (negative control)."""
    every = cases()
    for name, (model, read, _) in every.items():
        for file, data in encode_keras_files(model, name).items():
            (tmp_path / file).write_bytes(data)
        np.save(tmp_path / f"{name}.npy", read)
    command = [sys.executable, "-c", OPEN, str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for name, (_, _, expected) in every.items():
        with np.load(tmp_path / f"{name}.npz") as outputs:
            assert set(outputs) == set(expected), name
            for output, values in expected.items():
                np.testing.assert_allclose(
                    outputs[output], values, rtol=0, atol=TOLERANCE, err_msg=name
                )
    one, other = every["perceptron"][2], every["standardised"][2]
    assert np.abs(one["probabilities"] - other["probabilities"]).max() > TOLERANCE


def test_same_model_same_bytes() -> None:
    """Neither the clock nor what Keras made before is in a file; weights are."""
    model, _, _ = sentiment({"encoder": "gru", "attention": "dot"})
    first = encode_keras_files(model, "x")
    assert encode_keras_files(model, "x") == first
    other = sentiments.state(seed=1, encoder="gru", attention="dot")
    assert encode_keras_files(other, "x")["x.keras"] != first["x.keras"]


def test_what_the_ids_stand_for_is_beside() -> None:
    """The JSON file has a token for every id, in their order, and every label."""
    model, _, _ = sentiment({"encoder": "average"})
    described = json.loads(encode_keras_files(model, "x")["x.json"])
    assert described["tokens"] == ["padding", "unknown", *"abcdefgh"]
    assert len(described["tokens"]) == len(model.words)
    assert described["labels"] == list(sentiments.LABELS)
    assert set(described["outputs"]) == {"probabilities", "weights"}
