"""Gradients of a language model, against differences of it written out in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.methods.common.explained_predictions import NextTokenClassifier
from generator.models.capabilities import Differentiable, DifferentiableLanguageModel
from generator.networks.textgenrnn.inference import find_compiled_gradients
from generator.networks.textgenrnn.network import textgenrnn_shapes
from tests.networks.sentiments import sigmoid, softmax
from tests.networks.states import histories, network

TWO_WAYS = {"rnn_bidirectional": True}
TARGET = 4
Array = np.ndarray[Any, Any]


def logits(model: Any, points: Array, fixed: Array | None = None) -> Array:
    """Logits (n, vocabulary) at points in double precision.

    Attention is that of the point `fixed` (1, window, dimensions), if it is given.
    """
    slots, weights, named = _read(model, points)
    if fixed is not None:
        weights = np.repeat(_read(model, fixed)[1], len(points), 0)
    average = np.einsum("nt,ntc->nc", weights, slots)
    return np.asarray(average @ named["output/kernel"] + named["output/bias"])


def _read(model: Any, points: Array) -> tuple[Array, Array, dict[str, Array]]:
    """Slots, attention weights, and the network's arrays by name."""
    names = [
        name for name, _ in textgenrnn_shapes(model.settings, len(model.vocabulary))
    ]
    named = {n: a.astype(float) for n, a in zip(names, model.arrays, strict=True)}
    parts = [points]
    for number in range(1, model.settings.rnn_layers + 1):
        sides = ["forward", "backward"] if model.settings.rnn_bidirectional else [""]
        read = [
            _lstm(named, f"rnn_{number}/{side}".rstrip("/"), parts[-1], side)
            for side in sides
        ]
        parts.append(np.concatenate(read, -1))
    slots = np.concatenate(parts, -1)
    return slots, softmax((slots @ named["attention/W"])[..., 0]), named


def _lstm(named: dict[str, Array], name: str, points: Array, side: str) -> Array:
    """Outputs of an LSTM at every slot, read backwards by a backward one."""
    if side == "backward":
        return _lstm(named, name, points[:, ::-1], "")[:, ::-1]
    units = named[f"{name}/bias"].size // 4
    output = cell = np.zeros((len(points), units))
    found = []
    for slot in np.moveaxis(points, 1, 0):
        gates = slot @ named[f"{name}/kernel"] + named[f"{name}/bias"]
        gates = gates + output @ named[f"{name}/recurrent_kernel"]
        enter, keep, new, leave = np.split(gates, 4, -1)
        cell = sigmoid(keep) * cell + sigmoid(enter) * np.tanh(new)
        output = sigmoid(leave) * np.tanh(cell)
        found.append(output)
    return np.stack(found, 1)


def quantity(found: Array, name: str, target: int = TARGET) -> Array:
    """A quantity (n,) of one token's, of logits."""
    shares = softmax(found)[:, target]
    return {"logit": found[:, target], "probability": shares}.get(name, np.log(shares))


@pytest.mark.parametrize("shape", [{}, TWO_WAYS, {"rnn_layers": 1, "max_length": 66}])
@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("name", ["logit", "probability", "log probability"])
def test_gradients(shape: dict[str, Any], frozen: bool, name: Any) -> None:
    """On every slot they are those of differences, through attention or past it."""
    model = network(**shape)
    row = histories(model)[5]
    point = model.embedding()[row]
    found = model.compute_gradients([point], [TARGET], name, frozen=frozen)
    moves = 1e-4 * np.eye(point.size).reshape(-1, *point.shape)
    moved = np.concatenate([point + moves, point - moves])
    fixed = point[None].astype(float) if frozen else None
    values = quantity(logits(model, moved, fixed), name)
    ahead, behind = np.split(values, 2)
    differences = ((ahead - behind) / 2e-4).reshape(point.shape)
    error = np.linalg.norm(found.gradients[0] - differences, axis=1)
    sizes = np.linalg.norm(differences, axis=1)
    # Beyond 64 slots the first ones hardly matter: rounding is then of all slots
    assert (error <= 1e-3 * np.maximum(sizes, 1e-3 * sizes.max())).all()
    assert sizes.min() > 0
    known = quantity(logits(model, point[None].astype(float)), name)
    np.testing.assert_allclose(found.values, known, rtol=1e-4, atol=1e-6)


def test_attention_matters_to_the_gradient() -> None:
    """Held fixed, the gradient is another one."""
    model = network()
    points = [model.embedding()[histories(model)[5]]]
    free = model.compute_gradients(points, [TARGET], "logit").gradients[0]
    frozen = model.compute_gradients(points, [TARGET], "logit", frozen=True).gradients[
        0
    ]
    assert not np.allclose(free, frozen, rtol=1e-2)


def test_values_are_those_of_the_answer() -> None:
    """At embedded histories they agree with predictions, the pair with its token."""
    model = network()
    rows = histories(model, 90)
    targets = np.arange(90) % 11
    points = [model.embedding()[row] for row in rows]
    own = model.predict(rows).probabilities[np.arange(90), targets]
    for name, known in (("probability", own), ("log probability", np.log(own))):
        found = model.compute_gradients(points, targets, name)
        np.testing.assert_allclose(found.values, known, atol=1e-5)
        pair = np.stack([1 - own, own], axis=1)
        np.testing.assert_allclose(found.probabilities, pair, atol=1e-6)
    known = model.decompose(rows, targets).logits
    found = model.compute_gradients(points, targets, "logit")
    np.testing.assert_allclose(found.values, known, atol=1e-5)


def test_answers_do_not_depend_on_company() -> None:
    """A point's bits are the same alone and among many; asked twice, the same."""
    model = network()
    points = [model.embedding()[row] for row in histories(model, 150)]
    targets = np.full(150, TARGET)
    many = model.compute_gradients(points, targets, "logit")
    alone = model.compute_gradients(points[70:71], targets[:1], "logit")
    assert np.array_equal(alone.gradients[0], many.gradients[70])
    assert alone.values[0] == many.values[70]
    again = model.compute_gradients(points, targets, "logit")
    assert np.array_equal(np.array(again.gradients), np.array(many.gradients))


def test_states_share_what_is_compiled() -> None:
    """Other weights and other numbers of points cost no compilation."""
    for seed in (0, 1):
        model = network(seed)
        for count in (1, 70):
            points = [model.embedding()[row] for row in histories(model, count + 1)]
            model.compute_gradients(points, np.full(len(points), TARGET), "logit")
    made = find_compiled_gradients(model.settings, 11)
    assert made.free.experimental_get_tracing_count() == 1


def test_a_network_and_its_written_token_can_be_differentiated() -> None:
    """The protocols hold, for the network and for one token of it as a classifier."""
    model = network()
    assert isinstance(model, DifferentiableLanguageModel)
    token = NextTokenClassifier(model, TARGET)
    assert isinstance(token, Differentiable)
    (point,) = token.embed([(3, 5)])
    assert np.array_equal(point, model.embedding()[[0, 0, 0, 0, 0, 3, 5]])
    found = token.compute_gradients([point], [1], "probability")
    known = model.compute_gradients([point], [TARGET], "probability")
    assert np.array_equal(found.gradients[0], known.gradients[0])
    np.testing.assert_allclose(found.probabilities, token.predict([(3, 5)]), atol=1e-6)


def test_nothing_is_asked() -> None:
    """Of no points there are no gradients."""
    found = network().compute_gradients([], np.zeros(0, int), "logit")
    assert found.gradients == ()
    assert found.probabilities.shape == (0, 2)


@pytest.mark.parametrize("targets", [[0, 1], [11], [-1], [[0]], [0.5]])
def test_bad_targets(targets: Any) -> None:
    """Targets are one known id for each point."""
    model = network()
    with pytest.raises(ValueError, match="one known id for each point"):
        model.compute_gradients(
            [np.zeros((7, 5), np.float32)], np.array(targets), "logit"
        )


@pytest.mark.parametrize("shape", [(6, 5), (7, 4), (7,)])
def test_bad_points(shape: tuple[int, ...]) -> None:
    """A point is a whole window of vectors."""
    with pytest.raises(ValueError, match=r"expected \(7, 5\)"):
        network().compute_gradients(
            [np.zeros(shape, np.float32)], np.array([1]), "logit"
        )
