"""A char-rnn: what it reads, what it carries, what its cells do, and how it is held."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from generator.corpora.tokenization import Vocabulary
from generator.models.capabilities import CellClamp, CellModel
from generator.networks import parameters
from generator.networks.char_rnn import network as char_rnn
from generator.networks.char_rnn.inference import (
    CharNetwork,
    pad_texts,
    split_texts_together,
)
from generator.networks.char_rnn.network import (
    CharRnnSettings,
    build_char_rnn,
    char_rnn_shapes,
)
from generator.networks.training.streams import HeldOutParts, WindowStreams

VOCABULARY = Vocabulary(tuple("abcdefgh"), word_level=False, mark=None)
SETTINGS = CharRnnSettings(rnn_layers=2, rnn_size=5, dim_embeddings=4, streams=4)


def ids(length: int, seed: int = 1) -> np.ndarray:
    """Characters."""
    return np.random.default_rng(seed).integers(1, 9, size=length).astype(np.int32)


@cache
def network() -> CharNetwork:
    """A network with larger weights than it begins with."""
    drawn = parameters.draw_initial_arrays(
        char_rnn_shapes(SETTINGS, len(VOCABULARY)), 3
    )
    large = [2 * array for array in drawn]
    return CharNetwork(SETTINGS, VOCABULARY, large, 2)


def keras_logits(rows: np.ndarray, *, training: bool = False) -> np.ndarray:
    """What the Keras model makes of rows of characters."""
    model = build_char_rnn(SETTINGS, len(VOCABULARY), 3)
    model.set_weights(network().arrays)
    given = (rows, np.arange(len(rows), dtype=np.int32), np.ones((len(rows), 1)))
    return np.asarray(model(given, training=training))


def test_it_is_a_model_whose_cells_can_be_asked() -> None:
    """It has the capability, and as many cells as its layers have."""
    assert isinstance(network(), CellModel)
    assert network().layers == (5, 5)
    assert network().parameters == sum(a.size for a in network().arrays)


def test_numpy_reads_as_keras_does() -> None:
    """Probabilities after every character agree, whatever the texts' lengths."""
    texts = [ids(17), ids(9, 2), ids(30, 4)]
    places = [np.arange(len(text)) for text in texts]
    found = network().predict_next(texts, places)
    start = 0
    for text in texts:
        logits = keras_logits(text[None])[0]
        wanted = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        part = found[start : start + len(text)]
        assert part == pytest.approx(wanted, abs=1e-5)
        start += len(text)


def test_activity_is_what_the_output_reads() -> None:
    """Activations make the probabilities; memories make activations by a gate."""
    (seen,) = network().trace_cells([ids(12)])
    kernel, bias = network().arrays[-2:]
    logits = seen.activations @ kernel + bias
    wanted = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    found = network().predict_next([ids(12)], [np.arange(12)])
    assert found == pytest.approx(wanted, abs=1e-6)
    assert (np.abs(seen.activations) <= np.abs(np.tanh(seen.memories)) + 1e-6).all()


def test_a_text_is_read_by_itself() -> None:
    """Neither the texts beside it nor what comes later changes what a cell does."""
    alone = network().trace_cells([ids(10)])[0]
    beside = network().trace_cells([ids(25, 7), ids(10)])[1]
    longer = network().trace_cells([np.concatenate([ids(10), ids(5, 8)])])[0]
    assert beside.memories == pytest.approx(alone.memories, abs=1e-6)
    assert longer.memories[:10] == pytest.approx(alone.memories, abs=1e-6)


def test_holding_a_cell_where_it_is_changes_nothing() -> None:
    """A cell held at the only memory it ever has leaves the answers as they are."""
    arrays = [array.copy() for array in network().arrays]
    arrays[3][:, :10] = arrays[4][:, :10] = 0  # gates that never open, never keep
    arrays[5][:10] = -40
    still = CharNetwork(SETTINGS, VOCABULARY, arrays, 0)
    text, at = [ids(20)], [np.array([4, 19])]
    (seen,) = still.trace_cells(text)
    assert np.abs(seen.memories[:, 0]).max() < 1e-6
    held = still.predict_clamped(text, at, [CellClamp(0, 0.0)])
    assert held[0] == pytest.approx(still.predict_next(text, at), abs=1e-6)


def test_each_cell_is_held_by_itself() -> None:
    """Many cells at once give what each gives alone, in either layer."""
    texts, at = [ids(20), ids(14, 3)], [np.array([3, 11]), np.array([13])]
    clamps = [CellClamp(2, 1.5), CellClamp(7, -1.0), CellClamp(2, -1.5)]
    found = network().predict_clamped(texts, at, clamps)
    assert found.shape == (3, 3, len(VOCABULARY))
    assert found.sum(-1) == pytest.approx(1, abs=1e-5)
    for clamp, row in zip(clamps, found, strict=True):
        alone = network().predict_clamped(texts, at, [clamp])[0]
        assert row == pytest.approx(alone, abs=1e-6)
    assert np.abs(found[0] - found[2]).max() > 1e-3
    assert np.abs(found[0] - network().predict_next(texts, at)).max() > 1e-3


def test_an_untrained_network_has_the_shape_and_other_weights() -> None:
    """The seed decides them; nothing of the trained ones is left."""
    one, same, other = (network().draw_untrained(seed) for seed in (5, 5, 6))
    assert one.epoch == 0
    assert [a.shape for a in one.arrays] == [a.shape for a in network().arrays]
    assert all((a == b).all() for a, b in zip(one.arrays, same.arrays, strict=True))
    assert (one.arrays[0] != other.arrays[0]).any()


def test_training_goes_on_from_where_a_stream_was_left() -> None:
    """Two steps of a stream answer like one of twice the length, unless begun anew."""
    model = build_char_rnn(SETTINGS, len(VOCABULARY), 3)
    model.set_weights(network().arrays)
    rows = np.stack([ids(16, seed) for seed in range(4)])
    place = np.arange(4, dtype=np.int32)

    def step(part: np.ndarray, going: float, which: np.ndarray = place) -> np.ndarray:
        again = np.full((len(which), 1), going, np.float32)
        return np.asarray(model((part[which], which, again), training=True))

    whole = step(rows, 0.0)
    step(rows[:, :8], 0.0)
    halves = [step(rows[:, 8:], 1.0, part) for part in (place[:2], place[2:])]
    assert np.concatenate(halves) == pytest.approx(whole[:, 8:], abs=1e-5)
    anew = step(rows[:, :8], 0.0)
    assert anew == pytest.approx(whole[:, :8], abs=1e-5)


def test_streams_are_read_in_order_and_once() -> None:
    """Steps follow each other; targets are the characters after; epochs begin anew."""
    text = np.arange(103).astype(np.uint8)
    offsets = np.array([0, 50, 60, 103])
    made = WindowStreams(text, offsets, (0, 2), 3, 5)
    assert (made.steps, len(made)) == (6, 18)
    assert made.in_order
    rows = np.concatenate([text[:50], text[60:]])[: 3 * 31].reshape(3, 31)
    read = []
    for step in range(made.steps):
        (found, row, going), after = made.take(np.arange(3 * step, 3 * step + 3))
        assert row.tolist() == [0, 1, 2]
        assert going.ravel().tolist() == [float(step > 0)] * 3
        read.append(found)
        assert (after[:, :-1] == found[:, 1:]).all()
    assert (np.concatenate(read, axis=1) == rows[:, :-1]).all()
    (again, _, going), _ = made.take(np.arange(3) + len(made))
    assert (again == read[0]).all()
    assert not going.any()
    assert len(WindowStreams(text, offsets, (1,), 3, 5)) == 0


def test_held_out_parts_stay_in_their_documents() -> None:
    """Whole parts alone, none across a border, and keys that know their texts."""
    text = np.arange(60).astype(np.uint8)
    made = HeldOutParts(text, np.array([0, 25, 60]), (0, 1), 10)
    (found, _, going), after = made.take(np.arange(len(made)))
    assert found[:, 0].tolist() == [0, 10, 25, 35, 45]
    assert (after == found + 1).all()
    assert not going.any()
    other = HeldOutParts(text, np.array([0, 25, 60]), (1,), 10)
    assert made.key != other.key


def test_the_loss_is_a_mean_over_characters() -> None:
    """Logits that are all equal lose the logarithm of the vocabulary at each."""
    logits = np.zeros((2, 7, 9), np.float32)
    found = char_rnn.compute_sequence_loss(logits, np.zeros((2, 7), np.int32))
    assert np.asarray(found) == pytest.approx(np.log(9))


def test_texts_are_padded_behind_and_read_in_parts() -> None:
    """None is a text too; the last part is what is left."""
    assert pad_texts([np.array([1, 2]), np.array([3])]).tolist() == [[1, 2], [3, 0]]
    assert pad_texts([]).shape == (0, 0)
    parts = [(one.start, one.stop) for one in split_texts_together(5, 2)]
    assert parts == [(0, 2), (2, 4), (4, 5)]
    assert [*split_texts_together(0, 2)] == []
