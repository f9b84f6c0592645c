"""What methods ask of a network: predictions, decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.models.capabilities import LanguageModel
from tests.networks.states import SHAPES, histories, network


@pytest.fixture(scope="module")
def state() -> Any:
    """One network for many questions."""
    return network()


def test_it_is_a_language_model(state: Any) -> None:
    """It offers what the protocol asks for."""
    assert isinstance(state, LanguageModel)


def test_answers_do_not_depend_on_company(state: Any) -> None:
    """A row's bytes are the same alone, repeated, moved, and among hundreds."""
    rows = histories(state, 200)
    many = state.predict(rows)
    for name in ("probabilities", "weights"):
        whole = getattr(many, name)
        assert np.array_equal(getattr(state.predict(rows[5:6]), name), whole[5:6])
        back = getattr(state.predict(rows[::-1]), name)
        assert np.array_equal(back[::-1], whole)
        twice = getattr(state.predict(np.repeat(rows[:3], 40, 0)), name)
        assert np.array_equal(twice[::40], whole[:3])


def test_rows_are_probabilities(state: Any) -> None:
    """Probabilities sum to 1, and no question has no answer."""
    found = state.predict(histories(state))
    np.testing.assert_allclose(found.probabilities.sum(1), 1, atol=1e-6)
    none = state.predict(np.zeros((0, state.window), int))
    assert none.probabilities.shape == (0, 11)
    assert none.weights.shape == (0, state.window)


@pytest.mark.parametrize("shape", SHAPES)
def test_logits_fall_apart_exactly(shape: dict[str, Any]) -> None:
    """Bias and all slots' parts add up to the logit, and softmax gives `predict`."""
    state = network(**shape)
    rows = histories(state, 70)
    targets = np.arange(70) % 11
    found = state.decompose(rows, targets)
    assert found.parts == state.settings.parts
    assert found.by_part.shape == (70, state.window, len(found.parts))
    total = found.biases + found.by_part.sum((1, 2))
    np.testing.assert_allclose(total, found.logits, atol=1e-5)
    assert np.array_equal(found.biases, state.arrays[-1][targets])
    others = state.decompose(rows, (targets + 1) % 11)
    chosen = state.predict(rows).probabilities[np.arange(70), targets]
    other = state.predict(rows).probabilities[np.arange(70), (targets + 1) % 11]
    np.testing.assert_allclose(
        found.logits - others.logits, np.log(chosen / other), atol=1e-4
    )


def test_parts_are_their_channels(state: Any) -> None:
    """Output weights of the embedding's channels alone leave only that part."""
    rows, targets = histories(state), np.full(20, 3)
    before = state.decompose(rows, targets)
    arrays = [array.copy() for array in state.arrays]
    arrays[-2][5:] = 0
    alone = type(state)(state.settings, state.vocabulary, arrays, 0)
    after = alone.decompose(rows, targets)
    np.testing.assert_allclose(after.by_part[..., 0], before.by_part[..., 0], atol=1e-6)
    assert not after.by_part[..., 1:].any()
    assert before.by_part[..., 1:].any()


@pytest.mark.parametrize(
    "rows", [[[0] * 6], [0] * 7, [[0] * 6 + [11]], [[0] * 6 + [-1]], [[0.0] * 7]]
)
def test_bad_histories(state: Any, rows: Any) -> None:
    """Another width, unknown ids, numbers that are no ids: all are refused."""
    with pytest.raises(ValueError, match=r"histories|ids"):
        state.predict(np.array(rows))


@pytest.mark.parametrize("targets", [[0, 1], [11], [-1], [[0]], [0.5]])
def test_bad_targets(state: Any, targets: Any) -> None:
    """Targets are one known id for each history."""
    with pytest.raises(ValueError, match="targets"):
        state.decompose(np.zeros((1, 7), int), np.array(targets))
