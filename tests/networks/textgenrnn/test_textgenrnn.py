"""The network: its shapes, its first weights, what attention's exposure changes."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks.layers.attention import AttentionWeightedAverage
from generator.networks.parameters import draw_initial_arrays
from generator.networks.textgenrnn.network import build_textgenrnn, textgenrnn_shapes
from tests.networks.states import SHAPES, TINY, histories, network


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_builds(shape: dict[str, Any]) -> None:
    """Outputs and weights have the stated shapes, in the stated order."""
    settings = TextGenRnnSettings(**{**TINY, **shape})
    model = build_textgenrnn(settings, 11, seed=0, dropout=0.1)
    found = model(np.zeros((2, settings.max_length), np.int32))
    width = sum(settings.widths)
    assert found["probabilities"].shape == found["logits"].shape == (2, 11)
    assert found["weights"].shape == (2, settings.max_length)
    assert found["slots"].shape == (2, settings.max_length, width)
    wanted = textgenrnn_shapes(settings, 11)
    assert [tuple(w.shape) for w in model.weights] == [shape for _, shape in wanted]
    assert len(settings.parts) == len(settings.widths) == settings.rnn_layers + 1


@pytest.mark.parametrize("shape", SHAPES)
def test_exposed_weights_are_the_ones_used(shape: dict[str, Any]) -> None:
    """Weights recomputed from the layers' outputs equal those exposed."""
    state = network(**shape)
    model = build_textgenrnn(state.settings, 11, seed=0)
    model.set_weights(state.arrays)
    rows = histories(state)
    slots = np.asarray(model(rows)["slots"], np.float64)
    scores = slots @ state.arrays[-3][:, 0].astype(float)
    shares = np.exp(scores - scores.max(1, keepdims=True))
    weights = shares / shares.sum(1, keepdims=True)
    found = state.predict(rows)
    np.testing.assert_allclose(found.weights, weights, atol=1e-6)
    np.testing.assert_allclose(found.weights.sum(1), 1, atol=1e-6)
    logits = (weights[..., None] * slots).sum(1) @ state.arrays[-2] + state.arrays[-1]
    shares = np.exp(logits - logits.max(1, keepdims=True))
    expected = shares / shares.sum(1, keepdims=True)
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)


@pytest.mark.parametrize("shape", [{}, {"rnn_bidirectional": True}])
def test_exposure_changes_no_prediction(shape: dict[str, Any]) -> None:
    """Without the attention output, probabilities are the same, bit by bit."""
    state = network(**shape)
    exposed = build_textgenrnn(state.settings, 11, seed=0)
    exposed.set_weights(state.arrays)
    plain = keras.Model(exposed.input, exposed.output["probabilities"])
    rows = histories(state)
    both = exposed.predict(rows, verbose=0)["probabilities"]
    assert np.array_equal(plain.predict(rows, verbose=0), both)


def test_first_weights() -> None:
    """They follow the seed and the place, in Keras's distributions."""
    wanted = textgenrnn_shapes(TextGenRnnSettings(), 50)
    first, same, other = (
        draw_initial_arrays(wanted, 1),
        draw_initial_arrays(wanted, 1),
        draw_initial_arrays(wanted, 2),
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    by_name = dict(zip((name for name, _ in wanted), first, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert abs(by_name["embedding/embeddings"]).max() <= 0.05
    recurrent = by_name["rnn_1/recurrent_kernel"]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(128), atol=1e-5)
    bias = by_name["rnn_2/bias"].reshape(4, 128)
    assert bias.sum(1).tolist() == [0, 128, 0, 0]
    limit = np.sqrt(6 / (356 + 50))
    assert 0.95 * limit < abs(by_name["output/kernel"]).max() <= limit
    assert not by_name["output/bias"].any()


def test_first_weights_do_not_shift() -> None:
    """A layer more changes no array before it."""
    short = draw_initial_arrays(
        textgenrnn_shapes(TextGenRnnSettings(rnn_layers=1), 9), 0
    )
    long = draw_initial_arrays(
        textgenrnn_shapes(TextGenRnnSettings(rnn_layers=2), 9), 0
    )
    for one, other in zip(short[:4], long[:4], strict=True):
        assert np.array_equal(one, other)


def test_dropout_only_in_training() -> None:
    """Dropout changes training, follows the seed, and leaves answers alone."""
    rows = np.ones((4, 7), np.int32)
    kept = {**TINY, "dim_embeddings": 40}
    one, two = (
        build_textgenrnn(TextGenRnnSettings(**kept), 11, seed=3, dropout=0.5)
        for _ in range(2)
    )
    still = one(rows)["logits"]
    assert np.array_equal(still, one(rows)["logits"])
    moved = one(rows, training=True)["logits"]
    assert not np.allclose(moved, still)
    assert np.array_equal(moved, two(rows, training=True)["logits"])


def test_attention_layer_is_shared_in_name() -> None:
    """Layers keep upstream's names, by which its files address them."""
    model = build_textgenrnn(TextGenRnnSettings(**TINY), 11, seed=0)
    assert isinstance(model.get_layer("attention"), AttentionWeightedAverage)
    assert {"input", "embedding", "rnn_1", "rnn_2", "rnn_concat", "output"} <= {
        layer.name for layer in model.layers
    }
