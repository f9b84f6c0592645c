"""Cells of a network over windows: each state is a window's, and they are held."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from generator.core.errors import UnsupportedError
from generator.models.capabilities import CellClamp, CellModel
from generator.networks import parameters
from generator.networks.textgenrnn import cells
from generator.networks.textgenrnn.network import textgenrnn_shapes
from tests.networks.states import network

MARK = 10
SHAPES: list[dict[str, Any]] = [{}, {"mark": False}, {"max_length": 1, "rnn_layers": 1}]


def ids(length: int, seed: int = 1) -> np.ndarray:
    """Characters, an unknown one among them, no mark."""
    found = np.random.default_rng(seed).integers(1, MARK, size=length)
    found[length // 2] = 0
    return found.astype(np.int32)


def windows(model: Any, text: np.ndarray) -> np.ndarray:
    """The window that ends with each character, as training cuts it."""
    opening = [MARK] if model.vocabulary.mark else []
    whole = [*[0] * model.window, *opening, *text]
    ends = range(len(whole) - len(text) + 1, len(whole) + 1)
    return np.array([whole[end - model.window : end] for end in ends])


def keras_states(model: Any, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What Keras's LSTMs give out after windows, and their memories."""
    read, held = model.arrays[0][rows], []
    for layer in range(model.settings.rnn_layers):
        lstm = keras.layers.LSTM(
            model.settings.rnn_size, return_sequences=True, return_state=True
        )
        lstm.build(read.shape)
        lstm.set_weights(model.arrays[1 + 3 * layer : 4 + 3 * layer])
        read, *states = (np.asarray(one) for one in lstm(read))
        held.append(states)
    outputs, memories = (np.hstack([one[k] for one in held]) for k in (0, 1))
    return outputs, memories


@pytest.mark.parametrize("shape", SHAPES)
def test_states_are_those_of_the_window(shape: dict[str, Any]) -> None:
    """Activations and memories are what Keras's LSTMs have at the last slot."""
    model, text = network(**shape), ids(20)
    assert isinstance(model, CellModel)
    found = model.trace_cells([ids(9, 2), text])[1]
    outputs, memories = keras_states(model, windows(model, text))
    assert found.activations.shape == (20, sum(model.layers))
    assert found.activations == pytest.approx(outputs, abs=1e-5)
    assert found.memories == pytest.approx(memories, abs=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_comes_next_is_what_the_language_model_says(shape: dict[str, Any]) -> None:
    """Of the window that ends at each place, opening mark and padding included."""
    model, texts = network(**shape), [ids(20), ids(9, 2)]
    at = [np.array([0, 3, 19]), np.array([8])]
    rows = [windows(model, text)[one] for text, one in zip(texts, at, strict=True)]
    found = model.predict_next(texts, at)
    expected = model.predict(np.concatenate(rows)).probabilities
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_state_knows_its_window_alone() -> None:
    """What lies further back than `max_length` tokens changes nothing, less does."""
    model, text = network(), ids(20)
    other = text.copy()
    other[:5] = ids(5, 3)
    one, two = (seen.memories for seen in model.trace_cells([text, other]))
    assert np.array_equal(one[4 + model.window :], two[4 + model.window :])
    assert not np.allclose(one[4 : 4 + model.window], two[4 : 4 + model.window])


def test_holding_a_cell_where_it_is_changes_nothing() -> None:
    """A cell that never has another memory is held at that; another value tells."""
    model = network()
    for array in model.arrays[1:3]:
        array[:, :12] = 0  # input and forget gates that never open
    model.arrays[3][:12] = -40
    text, at = [ids(20)], [np.array([4, 19])]
    (seen,) = model.trace_cells(text)
    assert np.abs(seen.memories[:, 0]).max() < 1e-6
    still, moved = model.predict_clamped(
        text, at, [CellClamp(0, 0.0), CellClamp(0, 2.0)]
    )
    free = model.predict_next(text, at)
    assert still == pytest.approx(free, abs=1e-6)
    assert np.abs(moved - free).max() > 1e-3


def test_windows_are_held_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each clamp gives what it gives alone, however many windows are read at once."""
    texts, at = [ids(20), ids(9, 3)], [np.array([3, 11]), np.array([8])]
    clamps = [CellClamp(2, 1.5), CellClamp(7, -1.0), CellClamp(2, -1.5)]
    model = network()
    found = model.predict_clamped(texts, at, clamps)
    assert found.sum(-1) == pytest.approx(1, abs=1e-5)
    monkeypatch.setattr(cells, "SLOTS", 2 * model.window)
    for clamp, row in zip(clamps, found, strict=True):
        assert row == pytest.approx(
            model.predict_clamped(texts, at, [clamp])[0], abs=1e-6
        )
    assert np.abs(found[0] - found[2]).max() > 1e-3
    nowhere = [np.zeros(0, int)] * 2
    assert model.predict_clamped(texts, nowhere, clamps).shape == (3, 0, 11)


def test_an_untrained_network_has_the_shape_and_other_weights() -> None:
    """The seed decides them, and nothing of the trained ones is left."""
    model = network()
    drawn = model.draw_untrained(4)
    expected = parameters.draw_initial_arrays(textgenrnn_shapes(model.settings, 11), 4)
    assert drawn.epoch == 0
    assert all(map(np.array_equal, drawn.arrays, expected))


@pytest.mark.parametrize(
    ("shape", "what"),
    [({"rnn_bidirectional": True}, "backwards"), ({"word_level": True}, "of words")],
)
def test_cells_that_have_no_character_are_refused(
    shape: dict[str, Any], what: str
) -> None:
    """Files can bring such a network; the error says what is expected."""
    model = network(**shape)
    for ask in (
        lambda: model.trace_cells([ids(5)]),
        lambda: model.predict_next([ids(5)], [np.array([1])]),
        lambda: model.predict_clamped([ids(5)], [np.array([1])], [CellClamp(0, 0.0)]),
    ):
        with pytest.raises(UnsupportedError, match=f"{what}.* expected a network of"):
            ask()
