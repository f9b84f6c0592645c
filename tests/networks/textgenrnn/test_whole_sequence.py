"""textgenrnn over whole sequences: one pass, in parts, and cell by cell, all agree."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from generator.core.progress import QuietProgress
from generator.corpora.tokenization import Vocabulary
from generator.models.capabilities import CellClamp, CellModel
from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks import parameters
from generator.networks.inference.batching import softmax
from generator.networks.layers.attention import compute_attention_weights
from generator.networks.layers.recurrent import differentiable_lstm
from generator.networks.layers.sliding_attention import compute_sliding_averages
from generator.networks.textgenrnn import network as textgenrnn
from generator.networks.textgenrnn import whole_sequence
from generator.networks.textgenrnn.cells import WholeSequenceNetwork
from generator.networks.training import loop
from generator.networks.training.examples import pack_documents
from generator.networks.training.loop import TrainingOutcome, TrainingState
from generator.networks.training.streams import (
    STRETCH,
    HeldOutStretches,
    SequenceStreams,
)
from tests.networks.tiny import Clock

SHAPE = TextGenRnnSettings(rnn_size=6, rnn_layers=2, dim_embeddings=5, max_length=7)
SIZE, STREAMS, PART = 11, 3, 8
VOCABULARY = Vocabulary(tuple("abcdefghij"), False, None)
RNG = np.random.default_rng(0)


def draw_normal(*shape: int, scale: float = 1.0) -> tf.Tensor:
    """Normal numbers."""
    return tf.constant(RNG.normal(0, scale, shape).astype(np.float32))


def network(seed: int = 1) -> tuple[Any, list[np.ndarray]]:
    """A model with weights large enough to matter, and the weights."""
    model = whole_sequence.build_whole_sequence(SHAPE, SIZE, 1)
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(0, 0.7, w.shape).astype(np.float32) for w in model.weights]
    model.set_weights(arrays)
    return model, arrays


def rest(rows: int) -> list[np.ndarray]:
    """What is carried before anything was read."""
    return [
        np.zeros((rows, *shape), np.float32)
        for shape in whole_sequence.list_carried_shapes(SHAPE)
    ]


def packed(lengths: tuple[int, ...] = (50, 3, 31, 1, 0, 64, 17)) -> Any:
    """Documents of drawn ids, some of them unknown."""
    rng = np.random.default_rng(5)
    return pack_documents((rng.integers(0, SIZE, n) for n in lengths), SIZE)


@pytest.mark.parametrize("window", [1, 6, 40])
@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_running_sums_are_the_averages(window: int, scale: float) -> None:
    """As computed for every place by itself, scores of hundreds apart included."""
    scores, vectors = draw_normal(2, 60, scale=scale), draw_normal(2, 60, 3)
    absent = tf.cast(tf.range(60) < 4, tf.bool)
    scores = tf.where(absent, scores.dtype.min, scores)
    found = compute_sliding_averages(scores, vectors, window).numpy()
    for t in range(4, 60):
        part = slice(max(t - window + 1, 4), t + 1)
        direct = tf.einsum(
            "nt,ntd->nd", compute_attention_weights(scores[:, part]), vectors[:, part]
        )
        np.testing.assert_allclose(found[:, t], direct, rtol=2e-5, atol=2e-6)
    assert np.isfinite(found).all()


def test_running_sums_have_the_gradient_of_the_averages() -> None:
    """By scores and by vectors."""
    scores, vectors, by = (
        draw_normal(2, 30),
        draw_normal(2, 30, 3),
        draw_normal(2, 30, 3),
    )

    def direct(window: int) -> tf.Tensor:
        parts = [slice(max(t - window + 1, 0), t + 1) for t in range(30)]
        found = [
            tf.einsum(
                "nt,ntd->nd", compute_attention_weights(scores[:, p]), vectors[:, p]
            )
            for p in parts
        ]
        return tf.stack(found, 1)

    gradients = []
    for made in (
        lambda: compute_sliding_averages(scores, vectors, 6),
        lambda: direct(6),
    ):
        with tf.GradientTape() as tape:
            tape.watch([scores, vectors])
            total = tf.reduce_sum(made() * by)
        gradients.append(tape.gradient(total, [scores, vectors]))
    for ours, expected in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)


def test_the_way_back_is_that_of_automatic_differentiation() -> None:
    """Of an LSTM written step by step, by all it depends on, memories included."""
    at = [
        draw_normal(9, 2, 12),
        draw_normal(3, 12),
        draw_normal(2, 3),
        draw_normal(2, 3),
    ]
    by_output, by_memory = draw_normal(9, 2, 3), draw_normal(9, 2, 3)

    def plain(x: Any, matrix: Any, h: Any, c: Any) -> tuple[Any, Any]:
        outputs, memories = [], []
        for t in range(9):
            i, f, new, o = tf.split(x[t] + h @ matrix, 4, -1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(new)
            h = tf.sigmoid(o) * tf.tanh(c)
            outputs.append(h)
            memories.append(c)
        return tf.stack(outputs), tf.stack(memories)

    found = []
    for made in (differentiable_lstm, plain):
        with tf.GradientTape() as tape:
            tape.watch(at)
            h, c = made(*at)
            total = tf.reduce_sum(h * by_output + c * by_memory)
        found.append([total, *tape.gradient(total, at)])
    for ours, expected in zip(*found, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.slow(3)
def test_a_text_in_parts_is_the_text() -> None:
    """Whatever the parts, shorter than the window or longer, logits are the same."""
    model, _ = network()
    ids = RNG.integers(0, SIZE, (2, 40)).astype(np.int32)
    whole = model([ids, np.ones(2, np.float32), *rest(2)])["logits"].numpy()
    for cuts in ((20,), (1, 2, 3, 9), (5, 35)):
        left, found = rest(2), []
        for part in np.split(ids, cuts, axis=1):
            outputs = model([part, np.zeros(2, np.float32), *left])
            left = [one.numpy() for one in outputs["carried"]]
            found.append(outputs["logits"].numpy())
        np.testing.assert_allclose(np.concatenate(found, 1), whole, atol=2e-5)


def test_what_is_fresh_forgets() -> None:
    """A row that begins from rest answers as if nothing had been carried."""
    model, _ = network()
    ids = RNG.integers(0, SIZE, (2, 9)).astype(np.int32)
    carried = model([ids, np.zeros(2, np.float32), *rest(2)])["carried"]
    before = [one.numpy() for one in carried]
    fresh = np.array([1, 0], np.float32)
    found = model([ids, fresh, *before])["logits"].numpy()
    alone = model([ids, np.ones(2, np.float32), *rest(2)])["logits"].numpy()
    np.testing.assert_allclose(found[0], alone[0], atol=1e-6)
    assert np.abs(found[1] - alone[1]).max() > 0.01


def test_one_pass_is_reading_step_by_step() -> None:
    """NumPy, character by character with attention over what it saw, says the same."""
    model, arrays = network()
    ids = RNG.integers(0, SIZE, (2, 30)).astype(np.int32)
    stepped = WholeSequenceNetwork(SHAPE, VOCABULARY, arrays, 3)
    logits = model([ids, np.ones(2, np.float32), *rest(2)])["logits"].numpy()
    found = stepped.predict_next(list(ids), [np.arange(30)] * 2)
    np.testing.assert_allclose(found, softmax(logits.reshape(-1, SIZE)), atol=1e-5)


def test_cells_are_watched_and_held() -> None:
    """It is a model of cells; one held at a value changes what comes next."""
    _, arrays = network()
    model = WholeSequenceNetwork(SHAPE, VOCABULARY, arrays, 0)
    assert isinstance(model, CellModel)
    text = RNG.integers(0, SIZE, 20).astype(np.int32)
    (seen,) = model.trace_cells([text])
    assert seen.activations.shape == (20, 12)
    assert model.layers == (6, 6)
    held = model.predict_clamped(
        [text], [np.arange(20)], [CellClamp(2, 5.0), CellClamp(11, -5.0)]
    )
    free = model.predict_next([text], [np.arange(20)])
    assert held.shape == (2, 20, SIZE)
    assert (np.abs(held - free).max((1, 2)) > 1e-3).all()
    same = model.draw_untrained(4).arrays
    expected = parameters.draw_initial_arrays(
        whole_sequence.whole_sequence_shapes(SHAPE, SIZE), 4
    )
    assert all(np.array_equal(a, b) for a, b in zip(same, expected, strict=True))


def test_a_text_is_read_after_the_mark_that_opens_documents() -> None:
    """As if the mark stood before it, which what is given back does not show."""
    _, arrays = network()
    text, at = RNG.integers(1, SIZE - 1, 12).astype(np.int32), np.array([0, 11])
    marked = Vocabulary((*"abcdefghi", "<s>"), False, "<s>")
    given = np.array([SIZE - 1, *text], np.int32)
    bare, opened = (
        WholeSequenceNetwork(SHAPE, v, arrays, 0) for v in (VOCABULARY, marked)
    )
    (one,), (other,) = bare.trace_cells([given]), opened.trace_cells([text])
    assert np.array_equal(one.memories[1:], other.memories)
    assert np.array_equal(
        bare.predict_next([given], [at + 1]), opened.predict_next([text], [at])
    )
    clamp = [CellClamp(2, 1.0)]
    assert np.array_equal(
        bare.predict_clamped([given], [at + 1], clamp),
        opened.predict_clamped([text], [at], clamp),
    )


def test_before_training_the_last_slots_count_most() -> None:
    """A score fades by 1 with each place, and all arrays are textgenrnn's but that."""
    ours = whole_sequence.build_whole_sequence(SHAPE, SIZE, 7).get_weights()
    theirs = parameters.draw_initial_arrays(
        textgenrnn.textgenrnn_shapes(SHAPE, SIZE), 7
    )
    assert float(ours[-1]) == 1
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=False))


@pytest.mark.parametrize("streams", [1, 2, 3, 5])
def test_every_token_but_the_first_is_a_target_once(streams: int) -> None:
    """In each epoch, with documents of any length, and each read in its order."""
    ids, offsets = packed()
    examples = SequenceStreams(ids, offsets, (0, 1, 2, 3, 4, 5, 6), streams, PART, 1)
    expected = sorted(
        (int(ids[i]), int(ids[i + 1]))
        for start, end in pairwise(offsets)
        for i in range(start, end - 1)
        if ids[i + 1]
    )
    orders = []
    for epoch in range(3):
        pairs, total, seen = [], 0.0, []
        for place in range(0, len(examples), streams):
            numbers = np.arange(streams) + place + epoch * len(examples)
            (read, fresh), (after, weight) = examples.take(numbers)
            known = weight > 0
            pairs += zip(read[known].tolist(), after[known].tolist(), strict=True)
            total += float(weight.sum())
            seen.append(read.tobytes())
            assert place or fresh.all()
        assert sorted(pairs) == expected
        assert total == pytest.approx(len(examples), rel=1e-5)
        orders.append(seen)
    assert orders[0] != orders[1]


def test_what_is_held_out_is_counted_once() -> None:
    """Every target of a long document, and of one shorter than what is read before."""
    ids, offsets = packed((2 * STRETCH + 30, 5, 1))
    examples = HeldOutStretches(ids, offsets, (0, 1, 2), 7)
    (_, fresh), (after, weight) = examples.take(np.arange(len(examples)))
    assert fresh.all()
    counted = sorted(after[weight > 0].tolist())
    tokens = [*ids[1 : offsets[1]], *ids[offsets[1] + 1 : offsets[2]]]
    assert counted == sorted(int(token) for token in tokens if token)
    assert float(weight.sum()) == pytest.approx(len(examples), rel=1e-5)
    np.testing.assert_array_equal(
        examples.take(np.array([1]))[0][0][0, :7], ids[STRETCH - 7 : STRETCH]
    )


class Kill(BaseException):
    """Stands for the end of the process."""


def train(folder: Path, clock: Any, **settings: Any) -> TrainingOutcome:
    """A training of a few epochs."""
    ids, offsets = packed()
    return loop.train(
        whole_sequence.build_whole_sequence(SHAPE, SIZE, 1, 0.2),
        whole_sequence.compute_weighted_loss,
        SequenceStreams(ids, offsets, (0, 2, 5), STREAMS, PART, 1),
        HeldOutStretches(ids, offsets, (1, 6), SHAPE.max_length),
        loop.TrainingSettings(
            epochs=3, seed=1, batch_size=STREAMS, checkpoint_seconds=2, **settings
        ),
        folder,
        QuietProgress(),
        seed_generators=1,
        clock=clock,
    )


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within an epoch, what was carried included, to the last bit."""
    straight = train(tmp_path / "straight", Clock())
    made, steps = TrainingState.step, 0

    def step(self: TrainingState, epoch: int, place: int) -> float:
        nonlocal steps
        steps += 1
        if steps in {4, 9}:
            raise Kill
        return made(self, epoch, place)

    monkeypatch.setattr(TrainingState, "step", step)
    for _ in range(3):
        try:
            stopped = train(tmp_path / "stopped", Clock())
            break
        except Kill:
            continue
    else:
        pytest.fail("it never ended")
    assert steps > len(straight.step_losses)
    np.testing.assert_array_equal(stopped.step_losses, straight.step_losses)
    assert stopped.snapshots == straight.snapshots
    assert stopped.log.validation_losses == straight.log.validation_losses


@pytest.mark.slow(3)
def test_what_is_carried_matters() -> None:
    """A step's loss depends on what the one before left."""
    ids, offsets = packed()
    model, _ = network()
    examples = SequenceStreams(ids, offsets, (0, 2, 5), STREAMS, PART, 1)
    settings = loop.TrainingSettings(
        epochs=1, seed=1, batch_size=STREAMS, learning_rate=1e-30
    )
    work = TrainingState(
        model, whole_sequence.compute_weighted_loss, examples, None, settings
    )
    work.step(0, 0)
    after = work.step(0, 1)
    for variable in work.variables[-3:]:
        variable.assign(np.zeros(variable.shape, np.float32))
    assert abs(work.step(0, 1) - after) > 1e-4
