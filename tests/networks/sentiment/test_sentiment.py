"""The sentiment network: shapes, first weights, exact sums, masking, dropout."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from generator.networks.parameters import copy_values, draw_initial_arrays
from generator.networks.sentiment.network import (
    build_sentiment,
    count_seed_generators,
    sentiment_shapes,
)
from generator.networks.training import regularization
from tests.networks.sentiments import SHAPES, by_name, draw_arrays, padded, small, texts

ROWS = padded(texts(12, seed=3))


def outputs(settings: Any, rows: np.ndarray = ROWS) -> dict[str, np.ndarray]:
    """Outputs of a network with large weights."""
    model = build_sentiment(settings, 10, 3, seed=0)
    model.set_weights(draw_arrays(settings))
    return {name: np.asarray(found) for name, found in model(rows).items()}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_builds(shape: dict[str, Any]) -> None:
    """Outputs and weights have the stated shapes; weights the stated order."""
    settings = small(**shape)
    model = build_sentiment(settings, 10, 3, seed=1, dropout=0.2)
    assert isinstance(model, keras.Model)
    found = model(ROWS)
    assert found["logits"].shape == found["probabilities"].shape == (12, 3)
    assert found["states"].shape == (12, 8, settings.width)
    assert ("weights" in found) == (settings.attention != "none")
    wanted = sentiment_shapes(settings, 10, 3)
    told = [(v.name.replace(".", "/"), tuple(v.shape)) for v in model.weights]
    assert told == list(wanted)
    states = regularization.states_of(model, count_seed_generators(0.2))
    assert len(states) == 2


@pytest.mark.parametrize("attention", ["tanh", "dot", "double_tanh", "uniform"])
@pytest.mark.parametrize("pooling", ["average", "attention_gru"])
def test_attention_begins_uniform(attention: Any, pooling: Any) -> None:
    """Before training padding has n_pad / T of it, or exactly nothing if masked."""
    pads = (ROWS == 0).sum(1)
    for masked in (True, False):
        settings = small(attention=attention, pooling=pooling, masked=masked)
        weights = np.asarray(build_sentiment(settings, 10, 3, seed=1)(ROWS)["weights"])
        mass = np.where(ROWS == 0, weights, 0).sum(1)
        if masked:
            assert not mass.any()
            seen = weights.sum(1)[pads < 8]
            np.testing.assert_allclose(seen, 1, atol=1e-6)
        else:
            np.testing.assert_allclose(mass, pads / 8, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES[:4])
def test_masked_weights_of_padding_are_zero(shape: dict[str, Any]) -> None:
    """With any weights, padding has exactly none of the attention, tokens all of it."""
    weights = outputs(small(**shape))["weights"]
    assert not weights[ROWS == 0].any()
    np.testing.assert_allclose(weights.sum(1), (ROWS != 0).any(1), atol=1e-6)


def test_unmasked_weights_count_padding() -> None:
    """Unmasked, weights of all slots sum to 1, and padding has some."""
    weights = outputs(small(masked=False))["weights"]
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    assert (weights[ROWS == 0] > 0).all()


@pytest.mark.parametrize("shape", [s for s in SHAPES if s.get("attention") != "none"])
def test_logits_are_sums_over_slots(shape: dict[str, Any]) -> None:
    """With an average, a logit is its bias and each slot's weight times its value."""
    settings = small(**{**shape, "pooling": "average"})
    found, arrays = outputs(settings), by_name(settings, draw_arrays(settings))
    said = found["states"].astype(float) @ arrays["output/kernel"]
    total = (found["weights"][..., None] * said).sum(1) + arrays["output/bias"]
    np.testing.assert_allclose(found["logits"], total, atol=1e-5)


@pytest.mark.parametrize("shape", [s for s in SHAPES if s.get("masked", True)])
def test_padding_is_not_read(shape: dict[str, Any]) -> None:
    """More padding after a text changes neither its answer nor its weights."""
    settings = small(**shape)
    short, long = outputs(settings), outputs(settings, np.pad(ROWS, ((0, 0), (0, 3))))
    np.testing.assert_allclose(short["logits"], long["logits"], atol=1e-6)
    if "weights" in short:
        wide = np.pad(short["weights"], ((0, 0), (0, 3)))
        np.testing.assert_allclose(wide, long["weights"], atol=1e-6)


def test_padding_is_read_where_not_masked() -> None:
    """Unmasked, padding is a token: its vector changes the answer."""
    settings = small(masked=False)
    model = build_sentiment(settings, 10, 3, seed=0)
    arrays = draw_arrays(settings)
    model.set_weights(arrays)
    before = np.asarray(model(ROWS)["logits"])
    arrays[0][0] += 1
    model.set_weights(arrays)
    moved = np.abs(np.asarray(model(ROWS)["logits"]) - before).max(1)
    assert (moved[(ROWS == 0).any(1)] > 1e-3).all()


def test_first_weights() -> None:
    """They follow the seed and the place; only LSTMs remember from the start."""
    settings = small(encoder="lstm", layers=2)
    first, same, other = (
        draw_initial_arrays(sentiment_shapes(settings, 10, 3), seed)
        for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not np.array_equal(first[0], other[0])
    found = by_name(settings, first)
    forget = found["lstm_2/backward/bias"].reshape(4, 4)
    assert forget.sum(1).tolist() == [0, 4, 0, 0]
    assert not found["attention/score"].any()
    deep = draw_initial_arrays(sentiment_shapes(small(layers=3), 10, 3), 1)
    assert all(np.array_equal(a, b) for a, b in zip(first[:13], deep, strict=False))
    gru = small(encoder="gru", layer_normalization=True)
    found = by_name(gru, draw_initial_arrays(sentiment_shapes(gru, 10, 3), 1))
    assert found["gru_1/forward/bias"].shape == (2, 12)
    assert not found["gru_1/forward/bias"].any()
    assert (found["gru_1/forward/gain"] == 1).all()
    assert not found["gru_1/forward/shift"].any()


def test_given_vectors() -> None:
    """They replace those drawn, but for rows with NaN; another shape is refused."""
    settings = small()
    given = np.full((10, 5), 0.5, np.float32)
    given[3] = np.nan
    before = draw_initial_arrays(sentiment_shapes(settings, 10, 3), 4)
    found = copy_values(build_sentiment(settings, 10, 3, seed=4, vectors=given).weights)
    expected = given.copy()
    expected[3] = before[0][3]
    assert np.array_equal(found[0], expected)
    assert all(np.array_equal(a, b) for a, b in zip(found[1:], before[1:], strict=True))
    with pytest.raises(ValueError, match=r"\(10, 5\)"):
        build_sentiment(settings, 10, 3, seed=4, vectors=given[1:])


def test_vectors_that_stay() -> None:
    """Vectors that training may not change keep their place among the weights."""
    model = build_sentiment(small(), 10, 3, seed=0, train_vectors=False)
    told = [v.name.replace(".", "/") for v in model.weights]
    assert told == [name for name, _ in sentiment_shapes(small(), 10, 3)]
    assert all(v is not model.weights[0] for v in model.trainable_variables)
    assert len(model.trainable_variables) == len(model.weights) - 1


def test_dropout_only_in_training() -> None:
    """Dropout changes training, follows the seed, and leaves answers alone."""
    settings = small(dim_embeddings=20, size=20)
    one, two = (build_sentiment(settings, 10, 3, seed=3, dropout=0.5) for _ in range(2))
    plain = build_sentiment(settings, 10, 3, seed=3)
    still = one(ROWS)["logits"]
    assert np.array_equal(still, one(ROWS)["logits"])
    assert np.array_equal(still, plain(ROWS)["logits"])
    assert np.array_equal(still, plain(ROWS, training=True)["logits"])
    moved = one(ROWS, training=True)["logits"]
    assert not np.allclose(moved, still)
    assert np.array_equal(moved, two(ROWS, training=True)["logits"])
    assert count_seed_generators(0.0) == len(regularization.states_of(plain, None)) == 0


@pytest.mark.parametrize(
    "shape",
    [
        {"layer_normalization": True},
        {"encoder": "average", "attention": "none"},
        {"attention": "none", "pooling": "attention_gru"},
    ],
)
def test_contradictions(shape: dict[str, Any]) -> None:
    """Settings that contradict each other are refused."""
    with pytest.raises(ValueError, match=r"GRU|state"):
        small(**shape)
