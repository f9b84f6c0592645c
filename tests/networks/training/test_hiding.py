"""Words hidden in training: how many, which not, and when."""

from __future__ import annotations

import numpy as np
import pytest

from generator.networks.sentiment import network
from generator.networks.training import regularization
from generator.networks.training.regularization import WordDropout

IDS = np.tile(np.array([2, 3, 4, 5, 0, 1], np.int32), (500, 20))


def test_a_share_of_the_words() -> None:
    """About that many become unknown, padding stays, and every call draws anew."""
    layer = WordDropout(0.3, seed=1)
    first, second = (layer(IDS, training=True).numpy() for _ in range(2))
    words = IDS > 1
    assert (first[words] == 1).mean() == pytest.approx(0.3, abs=0.01)
    assert np.array_equal(first[~words], IDS[~words])
    kept = first != 1
    assert np.array_equal(first[kept], IDS[kept])
    assert not np.array_equal(first, second)


def test_nothing_is_hidden_when_asked() -> None:
    """Answers of a trained network see every word."""
    assert np.array_equal(WordDropout(0.9, seed=1)(IDS), IDS)


def test_its_randomness_is_the_steps() -> None:
    """Its state is among those that the loop sets, so a step can be made again."""
    model = network.build_sentiment(
        network.SentimentSettings(size=2, dim_embeddings=2),
        9,
        2,
        seed=1,
        word_dropout=0.5,
    )
    count = network.count_seed_generators(0.0, 0.5)
    (state,) = regularization.states_of(model, count)
    found = []
    for _ in range(2):
        state.assign(regularization.compute_seed_states(4, 1, 7)[0])
        found.append(model(IDS[:9], training=True)["logits"].numpy())
    assert np.array_equal(*found)
