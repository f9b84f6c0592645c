"""The translator: masks are exact, scores are their formulas, steps are the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from generator.corpora.words import WordVocabulary
from generator.models.capabilities import DifferentiableTranslator
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.parameters import Arrays
from generator.networks.translation import network as translation
from generator.networks.translation import network as translation_model
from generator.networks.translation.inference import TranslationNetwork
from generator.networks.translation.network import END, TranslationSettings
from generator.networks.translation.training import TextPairs

WORDS = WordVocabulary(("</s>", *(f"w{i}" for i in range(6))))
KINDS = ("additive", "multiplicative", "location", "uniform")
SOURCES = [(3, 5, 4, END), (6, END), (8, 7, 3, 3, 1, END)]
TARGETS = [(4, 4, END), (7, 6, 5, 3, END), (END,)]


def settings(**given: Any) -> TranslationSettings:
    """A tiny network."""
    small = {
        "size": 5,
        "dim_attention": 4,
        "dim_embeddings": 3,
        "filters": 2,
        "span": 3,
    }
    return TranslationSettings(**{**small, **given})


def arrays(shape: TranslationSettings, seed: int = 1) -> Arrays:
    """Weights that are all different from 0, so that nothing hides."""
    rng = np.random.default_rng(seed)
    wanted = translation.translation_shapes(shape, len(WORDS), len(WORDS))
    return [rng.normal(size=size).astype(np.float32) * 0.7 for _, size in wanted]


def model(**given: Any) -> TranslationNetwork:
    """A tiny network that can be asked."""
    shape = settings(**given)
    return TranslationNetwork(shape, (WORDS, WORDS), ("word", 12), arrays(shape), 3)


@pytest.mark.parametrize("attention", KINDS)
@pytest.mark.parametrize("encoder", ["gru", "lstm", "average"])
def test_rows_are_shares(attention: Any, encoder: Any) -> None:
    """Each row of weights sums to 1 over the source's own tokens."""
    found = model(attention=attention, encoder=encoder).read(SOURCES, TARGETS)
    for weights, source, target in zip(found.weights, SOURCES, TARGETS, strict=True):
        assert weights.shape == (len(target), len(source))
        assert weights.min() >= 0
        np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    if attention == "uniform":
        np.testing.assert_allclose(found.weights[0], 0.25, atol=1e-6)
    else:
        assert np.ptp(found.weights[0]) > 1e-3


@pytest.mark.parametrize("attention", KINDS)
def test_padding_is_masked_exactly(attention: Any) -> None:
    """More padding on either side changes no answer and weighs exactly nothing."""
    shape = settings(attention=attention)
    held = translation.name_translation_arrays(
        shape, [tf.constant(one) for one in arrays(shape)]
    )

    def read(pad: int) -> tuple[np.ndarray, np.ndarray]:
        source = tf.constant([[*SOURCES[0], *[0] * pad]])
        target = tf.constant([[*TARGETS[0], *[0] * pad]])
        points = tf.gather(held["source/embeddings"], source)
        memory = translation.read_source(
            shape, held, SlotVectors(points), tf.not_equal(source, 0)
        )
        logits, weights = translation.force_targets(shape, held, memory, target)
        assert not weights.numpy()[:, :, len(SOURCES[0]) :].any()
        return logits.numpy()[0, :3], weights.numpy()[0, :3, : len(SOURCES[0])]

    for plain, padded in zip(read(0), read(5), strict=True):
        np.testing.assert_allclose(plain, padded, atol=2e-6)


@pytest.mark.parametrize("attention", KINDS)
def test_scores_are_their_formulas(attention: Any) -> None:
    """Weights of one step against the formulas written out in NumPy."""
    shape = settings(attention=attention)
    held = dict(
        zip(
            (name for name, _ in translation.translation_shapes(shape, 0, 0)),
            arrays(shape),
            strict=True,
        )
    )
    rng = np.random.default_rng(5)
    states = rng.normal(size=(1, 6, shape.width)).astype(np.float32)
    state = rng.normal(size=(1, shape.size)).astype(np.float32)
    before = rng.dirichlet(np.ones(6), 1).astype(np.float32)
    mask = np.ones((1, 6), np.bool_)
    from generator.networks.translation import network as aligning

    keys = aligning.alignment_keys(attention, held, states)
    memory = aligning.EncodedSource(states, keys, mask, state)
    given = tf.constant(state), tf.constant(before)
    found = aligning.compute_alignment_weights(attention, held, memory, *given)
    scores = np.zeros(6)
    if attention == "multiplicative":
        scores = states[0] @ held["attention/source/kernel"] @ state[0]
    elif attention != "uniform":
        inside = states[0] @ held["attention/source/kernel"]
        inside = inside + state[0] @ held["attention/state/kernel"]
        if attention == "location":
            padded = np.pad(before[0], 1)
            seen = np.stack([padded[i : i + 3] for i in range(6)])
            filtered = seen @ held["attention/filters/kernel"]
            inside = inside + filtered @ held["attention/location/kernel"]
        scores = np.tanh(inside) @ held["attention/score"]
    expected = np.exp(scores - scores.max())
    np.testing.assert_allclose(found[0], expected / expected.sum(), atol=1e-5)


@pytest.mark.parametrize("attention", KINDS)
def test_greedy_is_reading_what_is_written(attention: Any) -> None:
    """The decoder step by step and the decoder in one go agree, token by token."""
    network = model(attention=attention)
    found = network.translate(SOURCES, 1)
    again = network.read(SOURCES, found.ids)
    for ids, total, best, logs in zip(
        found.ids, found.sums, again.best, again.logs, strict=True
    ):
        assert ids == best
        assert logs.sum() == pytest.approx(total, abs=1e-4)
        assert ids[-1] == END or len(ids) == network.max_tokens


def test_padding_is_never_written() -> None:
    """Whatever the weights, no target holds the id 0."""
    for seed in range(8):
        shape = settings()
        held = arrays(shape, seed)
        network = TranslationNetwork(shape, (WORDS, WORDS), ("word", 12), held, 1)
        assert all(min(ids) > 0 for ids in network.translate(SOURCES, 3).ids)


def test_a_wide_beam_is_no_less_probable() -> None:
    """And its sum is that of reading its answer."""
    network = model()
    narrow, wide = network.translate(SOURCES, 1), network.translate(SOURCES, 30)
    logs = network.read(SOURCES, wide.ids).logs
    for one, other, row in zip(narrow.sums, wide.sums, logs, strict=True):
        assert other >= one - 1e-5
        assert row.sum() == pytest.approx(other, abs=1e-4)


def test_an_answer_does_not_depend_on_company() -> None:
    """A pair read alone has the same numbers as among others."""
    network = model()
    together = network.read(SOURCES, TARGETS)
    for place, (source, target) in enumerate(zip(SOURCES, TARGETS, strict=True)):
        alone = network.read([source], [target])
        np.testing.assert_array_equal(alone.weights[0], together.weights[place])
        np.testing.assert_array_equal(alone.logs[0], together.logs[place])


@pytest.mark.slow(2)
@pytest.mark.parametrize("attention", KINDS)
def test_products_are_gradients_times_vectors(attention: Any) -> None:
    """Against differences: the vector of one source token is made slightly longer."""
    shape = settings(attention=attention)
    source, target = (4, 5, 6, END), (3, 7, END)  # no token twice
    plain = arrays(shape)
    found = TranslationNetwork(shape, (WORDS, WORDS), ("word", 9), plain, 1)
    assert isinstance(found, DifferentiableTranslator)
    (products,) = found.products([source], [target])
    step = 1e-2
    for place, token in enumerate(source):
        logs = []
        for sign in (1, -1):
            moved = [one.copy() for one in plain]
            moved[0][token] *= 1 + sign * step
            near = TranslationNetwork(shape, (WORDS, WORDS), ("word", 9), moved, 1)
            logs.append(near.read([source], [target]).logs[0])
        slope = (logs[0] - logs[1]) / (2 * step)
        np.testing.assert_allclose(products[:, place], slope, atol=5e-3)


def test_the_loss_is_the_mean_of_a_targets_tokens() -> None:
    """Of its own tokens; padding teaches nothing."""
    shape = settings()
    network = translation_model.build_translation(shape, len(WORDS), len(WORDS), 1)
    network.set_weights(arrays(shape))
    pairs = TextPairs(SOURCES, TARGETS, (len(WORDS), len(WORDS)))
    inputs, lengths = pairs.take(np.arange(3))
    outputs = network(inputs)
    losses = translation_model.read_loss(outputs, lengths).numpy()
    asked = TranslationNetwork(shape, (WORDS, WORDS), ("word", 9), arrays(shape), 1)
    expected = [-row.mean() for row in asked.read(SOURCES, TARGETS).logs]
    np.testing.assert_allclose(losses, expected, atol=1e-5)


def test_attention_is_even_before_training() -> None:
    """Additive scores begin at 0."""
    network = translation_model.build_translation(settings(), len(WORDS), len(WORDS), 1)
    pairs = TextPairs(SOURCES, TARGETS, (len(WORDS), len(WORDS)))
    weights = network(pairs.take(np.arange(1))[0])["weights"].numpy()
    np.testing.assert_allclose(weights, 0.25, atol=1e-6)


@pytest.mark.parametrize("bad", [(), (0, END), (99, END)])
def test_bad_texts(bad: tuple[int, ...]) -> None:
    """Empty texts, padding inside, and unknown ids are refused."""
    with pytest.raises(ValueError, match="closed text"):
        model().read([bad], [(3, END)])


def test_pairs_are_padded_and_told_apart() -> None:
    """Both sides are as wide as their longest text; the key knows every id."""
    pairs = TextPairs(SOURCES, TARGETS, (9, 9))
    (sources, targets), lengths = pairs.take(np.array([0, 1]))
    assert sources.tolist() == [[3, 5, 4, 2], [6, 2, 0, 0]]
    assert targets.tolist() == [[4, 4, 2, 0, 0], [7, 6, 5, 3, 2]]
    assert lengths.tolist() == [7, 7]
    assert len(pairs) == 3
    other = TextPairs(SOURCES, [*TARGETS[:2], (3, END)], (9, 9))
    moved = TextPairs([*SOURCES[:2], (8, END)], TARGETS, (9, 9))
    assert len({pairs.key, other.key, moved.key}) == 3
    with pytest.raises(ValueError, match="3 sources with 2 targets"):
        TextPairs(SOURCES, TARGETS[:2], (9, 9))
