"""What methods ask of a classifier: answers, weights, exact sums, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from generator.models.base import HasParameterCount
from generator.models.capabilities import (
    Attentive,
    Averaging,
    Classifier,
    Differentiable,
)
from generator.networks.layers import attention
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.sentiment import network as sentiment
from generator.networks.sentiment.inference import compile_sentiment
from tests.networks.sentiments import (
    LABELS,
    SHAPES,
    by_name,
    draw_arrays,
    padded,
    small,
    softmax,
    state,
    texts,
)

SOME = texts()
TEXT = (2, 5, 3, 9, 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_capabilities(shape: dict[str, Any]) -> None:
    """A network is what it can be asked, and no more."""
    settings = small(**shape)
    model = state(**shape)
    attends = settings.attention != "none"
    assert isinstance(model, Classifier)
    assert isinstance(model, Differentiable)
    assert isinstance(model, Attentive) == attends
    averages = attends and settings.pooling == "average"
    assert isinstance(model, Averaging) == averages
    assert (model.labels, model.max_tokens, model.epoch) == (LABELS, 8, 1)
    built = sentiment.build_sentiment(settings, 10, 3, seed=0, dropout=0.0)
    assert isinstance(model, HasParameterCount)
    assert model.parameters == sum(weight.size for weight in built.get_weights())
    if attends:
        assert model.masked == settings.masked
        squashed = settings.attention == "double_tanh"
        assert (model.ratio == pytest.approx(np.exp(2))) == squashed


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_are_the_networks(shape: dict[str, Any]) -> None:
    """Probabilities and weights are those of the network that was trained."""
    model, settings = state(**shape), small(**shape)
    network = sentiment.build_sentiment(settings, 10, 3, seed=0, dropout=0.3)
    network.set_weights(draw_arrays(settings))
    expected = network(padded(SOME))
    found = model.predict(SOME)
    np.testing.assert_allclose(found, expected["probabilities"], atol=1e-6)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-6)
    if settings.attention == "none":
        return
    attended = model.attend(SOME)
    assert np.array_equal(attended.probabilities, found)
    for text, row, weights in zip(
        SOME, expected["weights"], attended.weights, strict=True
    ):
        slots = len(text) if settings.masked else 8
        assert weights.shape == (slots,)
        np.testing.assert_allclose(weights, row[:slots], atol=1e-6)
        assert not slots or abs(weights.sum() - 1) < 1e-6


@pytest.mark.parametrize("shape", [{}, {"masked": False}])
def test_answers_do_not_depend_on_company(shape: dict[str, Any]) -> None:
    """A text's bits are the same alone, repeated, moved, and among hundreds."""
    model = state(**shape)
    many = texts(300, seed=5)
    whole = model.predict(many)
    assert np.array_equal(model.predict(many[::-1])[::-1], whole)
    assert np.array_equal(model.predict([t for t in many for _ in (0, 1)])[::2], whole)
    for place in (0, 17, 200):
        assert np.array_equal(model.predict(many[place : place + 1])[0], whole[place])
    alone = model.attend(many[7:8]).weights[0]
    assert np.array_equal(alone, model.attend(many).weights[7])


def test_few_traces() -> None:
    """Texts of all lengths and states of all weights share what is compiled."""
    for seed in (0, 1):
        model = state(seed)
        for count in (1, 20, 90):
            model.predict(texts(count, seed=count))
            model.compute_gradients(model.embed([TEXT[:count]]), [1], "logit")
    made = compile_sentiment(small())
    assert made.answer.experimental_get_tracing_count() == 1
    assert made.slopes.experimental_get_tracing_count() == 1


def test_nothing_to_read() -> None:
    """Of an empty text a masked network says its biases; of no texts, nothing."""
    for shape in ({}, {"attention": "none"}, {"pooling": "attention_gru"}):
        settings, model = small(**shape), state(**shape)
        found = by_name(settings, draw_arrays(settings))
        expected = softmax(found["output/bias"])
        np.testing.assert_allclose(model.predict([()])[0], expected, atol=1e-6)
    model = state()
    assert model.predict([]).shape == (0, 3)
    assert model.attend([()]).weights[0].shape == (0,)
    assert model.average([()]).values[0].shape == (0, 3)
    assert model.embed([()])[0].shape == (0, 5)
    slopes = model.compute_gradients(model.embed([()]), [1], "logit")
    assert slopes.gradients[0].shape == (0, 5)
    np.testing.assert_allclose(slopes.values, [draw_arrays(small())[-1][1]], atol=1e-6)
    assert model.compute_gradients([], [], "logit").probabilities.shape == (0, 3)
    unmasked = state(masked=False)
    assert unmasked.attend([()]).weights[0].shape == (8,)


def test_a_padding_inside_is_passed_over() -> None:
    """A masked network reads on over padding inside a text, which weighs nothing."""
    model = state()
    whole = model.attend([(2, 0, 5, 3)])
    short = model.attend([(2, 5, 3)])
    np.testing.assert_allclose(whole.probabilities, short.probabilities, atol=1e-6)
    assert whole.weights[0][1] == 0
    np.testing.assert_allclose(whole.weights[0][[0, 2, 3]], short.weights[0], atol=1e-6)


@pytest.mark.parametrize("shape", [s for s in SHAPES if small(**s).attention != "none"])
def test_logits_divide_exactly(shape: dict[str, Any]) -> None:
    """Bias and weighted values add up to the logits, and softmax gives `predict`."""
    model = state(**{**shape, "pooling": "average"})
    found = model.average(SOME)
    slots = [len(text) if model.masked else 8 for text in SOME]
    assert [value.shape for value in found.values] == [(n, 3) for n in slots]
    for weights, values, logits in zip(
        found.weights, found.values, found.logits, strict=True
    ):
        total = found.biases + weights @ values
        np.testing.assert_allclose(total, logits, atol=1e-5)
    np.testing.assert_allclose(
        softmax(found.logits.astype(float)), model.predict(SOME), atol=1e-6
    )


def test_embedded() -> None:
    """Embedded texts are rows of the embedding; unmasked, padding's rows follow."""
    for shape in ({}, {"masked": False}):
        model = state(**shape)
        rows = model.embedding()
        assert rows.shape == (10, 5)
        (point,) = model.embed([TEXT])
        pads = () if model.masked else (0, 0, 0)
        assert np.array_equal(point, rows[[*TEXT, *pads]])


@pytest.mark.parametrize(
    ("shape", "frozen"),
    [
        ({}, False),
        ({}, True),
        ({"encoder": "gru", "layer_normalization": True}, False),
        ({"pooling": "attention_gru", "bidirectional": False}, False),
        ({"pooling": "attention_gru", "bidirectional": False}, True),
        ({"masked": False}, False),
        ({"attention": "none", "bidirectional": False}, False),
    ],
)
def test_gradients(shape: dict[str, Any], frozen: bool) -> None:
    """On every row they are those of differences, through attention or past it."""
    model = state(**shape)
    (point,) = model.embed([TEXT])
    found = model.compute_gradients([point], [2], "logit", frozen=frozen)
    moves = 1e-3 * np.eye(point.size).reshape(-1, *point.shape)
    moved = np.concatenate([point + moves, point - moves])
    ahead, behind = np.split(_logits(model, moved, point if frozen else None)[:, 2], 2)
    differences = ((ahead - behind) / 2e-3).reshape(point.shape)
    error = np.linalg.norm(found.gradients[0] - differences, axis=1)
    assert (error <= 1e-3 * np.linalg.norm(differences, axis=1)).all()
    again = model.compute_gradients([point], [2], "logit", frozen=frozen)
    assert np.array_equal(again.gradients[0], found.gradients[0])


def _logits(model: Any, points: np.ndarray, fixed: np.ndarray | None) -> np.ndarray:
    """Logits at points in double precision, with the weights of `fixed` if given."""
    settings = model.settings
    arrays = [tf.constant(array, tf.float64) for array in model.arrays]
    held = sentiment.name_sentiment_arrays(settings, arrays)
    found = sentiment.read_points(
        settings, held, SlotVectors(tf.constant(points)), None
    )
    context = found.context
    if fixed is not None and found.weights is not None:
        there = tf.constant(fixed[None], tf.float64)
        given = sentiment.read_points(settings, held, SlotVectors(there), None).weights
        given = tf.repeat(given, len(points), 0)
        if settings.pooling == "average":
            context = tf.linalg.matvec(found.states, given, transpose_a=True)
        else:
            context = attention.pool_by_gates(held, found.states, given)
    return np.asarray(sentiment.compute_logits(held, context))


def test_quantities() -> None:
    """Values are those of the answer, and gradients follow the chain rule."""
    model = state()
    points = model.embed(SOME)
    labels = [place % 3 for place in range(len(SOME))]
    rows = np.arange(len(SOME))
    probabilities = model.predict(SOME)
    of_label = probabilities[rows, labels]
    every = [
        model.compute_gradients(points, [k] * len(SOME), "logit") for k in range(3)
    ]
    chance = model.compute_gradients(points, labels, "probability")
    logs = model.compute_gradients(points, labels, "log probability")
    np.testing.assert_allclose(chance.values, of_label, atol=1e-6)
    np.testing.assert_allclose(logs.values, np.log(of_label), atol=1e-5)
    np.testing.assert_allclose(chance.probabilities, probabilities, atol=1e-6)
    for row, label in enumerate(labels):
        mean = sum(probabilities[row, k] * every[k].gradients[row] for k in range(3))
        expected = every[label].gradients[row] - mean
        np.testing.assert_allclose(logs.gradients[row], expected, atol=1e-5)
        scaled = of_label[row] * logs.gradients[row]
        np.testing.assert_allclose(chance.gradients[row], scaled, atol=1e-5)


def test_freezing() -> None:
    """It changes gradients through learnt attention and none through uniform."""
    for kind, same in (("tanh", False), ("uniform", True)):
        model = state(encoder="average", attention=kind)
        points = model.embed([TEXT])
        free = model.compute_gradients(points, [0], "logit").gradients[0]
        frozen = model.compute_gradients(points, [0], "logit", frozen=True).gradients[0]
        assert np.allclose(free, frozen, atol=1e-6) == same


def test_padding_has_gradients_only_where_read() -> None:
    """Unmasked, the gradient has rows for padding, and they are not zero."""
    model = state(masked=False)
    (found,) = model.compute_gradients(model.embed([TEXT]), [0], "logit").gradients
    assert found.shape == (8, 5)
    assert np.abs(found[5:]).max(1).min() > 0


@pytest.mark.parametrize("text", [(10,), (-1,), (2,) * 9])
def test_bad_texts(text: tuple[int, ...]) -> None:
    """Unknown ids and texts that are too long are refused, whatever is asked."""
    model = state()
    for ask in (model.predict, model.attend, model.average, model.embed):
        with pytest.raises(ValueError, match=r"ids|at most 8"):
            ask([TEXT, text])


def test_bad_points() -> None:
    """Points of another shape, and labels that are too few or unknown, are refused."""
    model, unmasked = state(), state(masked=False)
    point = np.zeros((3, 5), np.float32)
    for asked, points, labels in (
        (model, [point], [0, 1]),
        (model, [point], [3]),
        (model, [point], [-1]),
        (model, [point[:, :4]], [0]),
        (model, [np.zeros((9, 5), np.float32)], [0]),
        (unmasked, [point], [0]),
    ):
        with pytest.raises(ValueError, match=r"labels|point"):
            asked.compute_gradients(points, labels, "logit")
