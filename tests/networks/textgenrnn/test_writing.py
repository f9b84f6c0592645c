"""Writing is reading, step by step, only faster."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.networks.states import SHAPES, network

LENGTH = 25


@pytest.fixture(scope="module")
def state() -> Any:
    """One network for many texts."""
    return network()


def step_by_step(state: Any, prefix: list[int], length: int) -> Any:
    """Greedy writing by one `predict` a token: ids, weights, probabilities."""
    history = ([0] * state.window + prefix)[-state.window :]
    ids, weights, probabilities = [], [], []
    for _ in range(length):
        found = state.predict(np.array([history]))
        ids.append(1 + int(found.probabilities[0, 1:].argmax()))
        weights.append(found.weights[0])
        probabilities.append(found.probabilities[0])
        history = [*history[1:], ids[-1]]
    return ids, np.array(weights), np.array(probabilities)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("prefix", [[], [10], [10, 0, 3], list(range(1, 11))])
def test_greedy_is_step_by_step(shape: dict[str, Any], prefix: list[int]) -> None:
    """Ids, weights and probabilities are those of asking anew for every token."""
    state = network(**shape)
    written = state.write([prefix], LENGTH, 0, (0,), stop=False)
    ids, weights, probabilities = step_by_step(state, prefix, LENGTH)
    assert written.ids[0].tolist() == ids
    np.testing.assert_allclose(written.weights[0], weights, atol=1e-6)
    np.testing.assert_allclose(written.probabilities[0], probabilities, atol=1e-6)
    assert written.lengths.tolist() == [LENGTH]


@pytest.mark.parametrize("shape", [{}, {"rnn_bidirectional": True}])
@pytest.mark.parametrize("count", [1, 3, 9, 65])
def test_fast_path_agrees_with_predict(shape: dict[str, Any], count: int) -> None:
    """Sampled texts of any number carry the numbers that `predict` gives."""
    state = network(**shape)
    prefixes = [[10, *range(1, 1 + i % 9)] for i in range(count)]
    written = state.write(prefixes, 18, 1.0, (1,), stop=False)
    asked = state.predict(written.histories.reshape(-1, state.window))
    shape_ = written.probabilities.shape
    np.testing.assert_allclose(
        written.probabilities, asked.probabilities.reshape(shape_), atol=1e-6
    )
    np.testing.assert_allclose(
        written.weights, asked.weights.reshape(written.weights.shape), atol=1e-6
    )


def test_texts_do_not_change_each_other(state: Any) -> None:
    """A text is the same alone, among three, and among seventy."""
    prefixes = [[10], [10, 2], [10, 3, 4]] + [[10]] * 67
    many = state.write(prefixes, LENGTH, 0.8, (4, 2))
    for count in (1, 3):
        few = state.write(prefixes[:count], LENGTH, 0.8, (4, 2))
        assert np.array_equal(few.ids, many.ids[:count])
        np.testing.assert_allclose(few.weights, many.weights[:count], atol=1e-6)


def test_seeds_decide(state: Any) -> None:
    """The same seed writes the same bytes, another seed another text."""
    one, same, other = (
        state.write([[10], [10]], LENGTH, 1.0, seed, stop=False)
        for seed in ((1, 2), (1, 2), (1, 3))
    )
    assert np.array_equal(one.ids, same.ids)
    assert one.probabilities.tobytes() == same.probabilities.tobytes()
    assert not np.array_equal(one.ids, other.ids)
    assert not np.array_equal(one.ids[0], one.ids[1])


def test_histories_are_what_was_seen(state: Any) -> None:
    """Each history ends in the token before, begins with padding, never with later."""
    written = state.write([[10, 3]], 9, 0, (0,), stop=False)
    whole = [0] * 5 + [10, 3] + written.ids[0].tolist()
    for step, history in enumerate(written.histories[0]):
        assert history.tolist() == whole[step : step + state.window]


def test_a_text_ends_at_its_mark() -> None:
    """With `stop`, the mark is the last step; what follows is blank."""
    state = network()
    state.arrays[-1][10] += 2
    state = type(state)(state.settings, state.vocabulary, state.arrays, 0)
    stopped = state.write([[10]] * 8, LENGTH, 1.0, (5,))
    free = state.write([[10]] * 8, LENGTH, 1.0, (5,), stop=False)
    assert stopped.lengths.min() < LENGTH
    for row, end in enumerate(stopped.lengths):
        assert np.array_equal(stopped.ids[row, :end], free.ids[row, :end])
        assert 10 not in stopped.ids[row, : end - 1]
        assert end == LENGTH or stopped.ids[row, end - 1] == 10
        for array in (stopped.ids, stopped.weights, stopped.probabilities):
            assert not array[row, end:].any()
    assert set(free.lengths) == {LENGTH}


def test_padding_is_never_written() -> None:
    """Id 0 is not taken, though the model prefers it, greedy or sampled."""
    state = network()
    state.arrays[-1][0] += 20
    state = type(state)(state.settings, state.vocabulary, state.arrays, 0)
    for temperature in (0, 0.2, 1.0):
        written = state.write([[10]] * 3, LENGTH, temperature, (0,), stop=False)
        assert written.probabilities[..., 0].min() > 0.9
        assert written.ids.min() > 0


def test_a_single_text_has_no_mark() -> None:
    """Without a mark a text begins after nothing but padding and never closes."""
    state = network(mark=False, single_text=True)
    written = state.write([[]], LENGTH, 0, (0,))
    assert not written.histories[0, 0].any()
    assert written.lengths.tolist() == [LENGTH]


def test_nothing_to_write(state: Any) -> None:
    """No texts and no steps give empty arrays."""
    assert state.write([], 5, 0, (0,)).ids.shape == (0, 5)
    assert state.write([[10]], 0, 0, (0,)).ids.shape == (1, 0)


@pytest.mark.parametrize("temperature", [-1, float("nan"), float("inf")])
def test_bad_temperatures(state: Any, temperature: float) -> None:
    """A temperature is a finite number from 0 up."""
    with pytest.raises(ValueError, match="temperature"):
        state.write([[10]], 5, temperature, (0,))


def test_bad_prefix(state: Any) -> None:
    """An id that the vocabulary lacks is refused."""
    with pytest.raises(ValueError, match="ids"):
        state.write([[11]], 5, 0, (0,))


@pytest.mark.parametrize(
    ("length", "temperature"), [(-1, 0.0), (3, -0.1), (3, np.inf), (3, np.nan)]
)
def test_lengths_and_temperatures_are_finite_and_not_negative(
    state: Any, length: int, temperature: float
) -> None:
    """Nothing is written of others; no token at all may be asked for."""
    with pytest.raises(ValueError, match="must be finite and at least 0"):
        state.write([[1]], length, temperature, (0,), stop=False)
    assert state.write([[1]], 0, 0.0, (0,), stop=False).ids.shape == (1, 0)
