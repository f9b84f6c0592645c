"""Networks with layers drawn afresh, and what explanations of them are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import TokenScores
from generator.corpora.words import WordVocabulary
from generator.methods.attention.weights import AttentionWeights
from generator.methods.attribution.gradients import WordGradients
from generator.methods.attribution.leave_one_out import LeaveOneOut
from generator.methods.base import Method
from generator.methods.evaluation.faithfulness import Faithfulness
from generator.methods.evaluation.sanity import SanityCheck
from generator.models.capabilities import Randomisable
from generator.networks import parameters
from generator.networks.inference.randomize import list_layers, randomise_layers
from generator.networks.sentiment.inference import SentimentClassifier
from generator.networks.sentiment.network import SentimentSettings, sentiment_shapes
from tests.fakes.language_models import FakeTrained
from tests.methods.explanations import make_context
from tests.networks import sentiments
from tests.networks.sentiments import SHAPES


def test_layers_are_named_from_the_output() -> None:
    """The output first, the vectors last, both directions of a layer as one."""
    settings = sentiments.small(layers=2, encoder="gru", pooling="attention_gru")
    found = list_layers(sentiment_shapes(settings, 10, 2))
    assert found == ("output", "pooling", "attention", "gru_2", "gru_1", "embedding")


@pytest.mark.parametrize("changed", SHAPES, ids=str)
def test_any_network_can_be_randomised(changed: dict[str, Any]) -> None:
    """Layers next to the output are fresh, others and the model itself as before."""
    model = sentiments.state(**changed)
    assert isinstance(model, Randomisable)
    before = [array.copy() for array in model.arrays]
    wanted = sentiment_shapes(model.settings, len(model.words), len(model.labels))
    for count in range(len(model.layers) + 1):
        found = model.randomise_layers(count, 5)
        fresh = model.layers[:count]
        for (name, _), old, new in zip(wanted, before, found.arrays, strict=True):
            kept = np.array_equal(old, new)
            assert kept == (name.partition("/")[0] not in fresh), name
        assert type(found) is type(model)
        assert found.labels == model.labels
    assert all(map(np.array_equal, before, model.arrays))
    texts = sentiments.texts()
    np.testing.assert_array_equal(
        model.randomise_layers(0, 5).predict(texts), model.predict(texts)
    )


def test_a_layer_is_drawn_by_the_seed_alone() -> None:
    """However many others are drawn with it; another seed draws another."""
    model = sentiments.state()
    one, all_ = (
        model.randomise_layers(1, 5),
        model.randomise_layers(len(model.layers), 5),
    )
    np.testing.assert_array_equal(one.arrays[-2], all_.arrays[-2])
    assert not np.array_equal(one.arrays[-2], model.randomise_layers(1, 6).arrays[-2])
    fresh = parameters.draw_initial_arrays(sentiment_shapes(model.settings, 10, 3), 5)
    np.testing.assert_array_equal(all_.arrays[0], fresh[0])


@pytest.mark.parametrize("attention", ["tanh", "dot", "double_tanh"])
def test_random_attention_is_not_even(attention: str) -> None:
    """Before training it is; a network that was randomised attends to something."""
    model = sentiments.state(attention=attention)
    drawn = model.randomise_layers(len(model.layers), 1)
    (row,) = drawn.attend([(2, 3, 4, 5)]).weights
    assert np.ptp(row) > 1e-6


def test_there_are_only_so_many_layers() -> None:
    """More than there are is a mistake of who asks."""
    wanted = sentiment_shapes(sentiments.small(), 5, 2)
    arrays = parameters.draw_initial_arrays(wanted, 0)
    with pytest.raises(ValueError, match="5 layers; there are 4"):
        randomise_layers(wanted, arrays, 5, 0)


@pytest.mark.slow(2)
@pytest.mark.parametrize("encoder", ["lstm", "gru", "average"])
def test_a_network_with_random_weights_has_no_faithful_explanation(
    encoder: Any,
) -> None:
    """Not even what is measured on it, or its own slope, is better than random."""
    settings = SentimentSettings(
        encoder=encoder, size=32, dim_embeddings=100, max_tokens=30
    )
    words = WordVocabulary(tuple(f"w{number}" for number in range(100)))
    arrays = parameters.draw_initial_arrays(
        sentiment_shapes(settings, len(words), 2), 3
    )
    model: Any = SentimentClassifier(
        settings, words, ("negative", "positive"), arrays, 1
    )
    model = model.randomise_layers(
        len(model.layers), 4
    )  # so that attention is not even
    rng = np.random.default_rng(1)
    texts = tuple(" ".join(rng.choice(words.words, 12)) for _ in range(30))
    told: dict[str, Any] = {"model": "m", "texts": texts}
    methods: list[Method] = [
        LeaveOneOut(method="leave_one_out", **told),
        WordGradients(method="gradients", kind="input", **told),
        AttentionWeights(method="attention", **told),
    ]
    read = [method.collect(make_context(model)) for method in methods]
    assert all(isinstance(found, TokenScores) for found in read)
    grade = Faithfulness(method="faithfulness", model="m", of=("a", "b", "c"))
    found = grade.collect(make_context(FakeTrained({1: model}), *read))
    assert {row.said for row in found.rows} == {"not better than random"}
    assert all(row.n == 30 for row in found.rows)
    assert found.rows[2].value > 0.9  # leaving out agrees with itself all the same


def test_attention_does_not_pass_through_the_output() -> None:
    """It stays when only the output is random, and goes with what it is made of."""
    model = sentiments.state(size=8, dim_embeddings=8)
    rng = np.random.default_rng(1)
    texts = tuple(" ".join(rng.choice(model.words.words, 8)) for _ in range(30))
    method = AttentionWeights(method="attention", model="m", texts=texts)
    read = method.collect(make_context(model))
    grade = SanityCheck(method="sanity", model="m", of=("a",))
    found = grade.collect(make_context(FakeTrained({1: model}), read, makers=[method]))
    rows = {row.name.removeprefix("rank correlation, "): row for row in found.rows}
    assert list(rows) == [
        "all layers random",
        "output random",
        "output + attention random",
        "output + attention + lstm_1 random",
    ]
    assert rows["output random"].value == 1
    assert rows["all layers random"].value < 0.9
    assert rows["all layers random"].n == 30
