"""Gradients and integrated gradients of real networks: exact, complete, repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from generator.artifacts import TokenScores
from generator.methods.attribution.gradients import WordGradients
from generator.methods.attribution.integrated_gradients import IntegratedGradients
from generator.methods.language_model.writing import TextGeneration
from generator.networks.sentiment import network as sentiment
from generator.networks.sentiment.inference import SentimentClassifier
from tests.fakes.language_models import ask, trained
from tests.methods.explaining import facts
from tests.networks.sentiments import (
    LABELS,
    WORDS,
    draw_arrays,
    padded,
    small,
    state,
    texts,
)
from tests.networks.states import network

SAID = ("a b c d e", "h g f", "b b b x c", "e")
METHODS: list[Any] = [
    (WordGradients, {"method": "gradients", "kind": "input"}),
    (WordGradients, {"method": "gradients", "kind": "norm"}),
    (IntegratedGradients, {"method": "integrated_gradients"}),
]


@pytest.fixture(scope="module")
def learnt() -> Any:
    """A bidirectional LSTM with tanh attention, after steps with dropout."""
    settings = small()
    made = sentiment.build_sentiment(
        settings, len(WORDS), len(LABELS), seed=0, dropout=0.3
    )
    made.set_weights(draw_arrays(settings))
    ids = tf.constant(padded(texts(32)))
    labels = tf.constant(np.arange(32) % len(LABELS))
    for _ in range(5):
        with tf.GradientTape() as tape:
            logits = made(ids, training=True)["logits"]
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        variables = made.trainable_variables
        for variable, slope in zip(
            variables, tape.gradient(loss, variables), strict=True
        ):
            variable.assign(variable - 0.5 * tf.convert_to_tensor(slope))
    assert not np.array_equal(made(ids, training=True)["logits"], made(ids)["logits"])
    return SentimentClassifier(settings, WORDS, LABELS, made.get_weights(), 1)


def collect(kind: Any, model: Any, /, **settings: Any) -> TokenScores:
    """What a method says of the texts."""
    found: TokenScores = kind(model="m", texts=SAID, epoch=1, **settings).collect(
        ask(trained(model))
    )
    return found


@pytest.mark.parametrize(("kind", "settings"), METHODS)
def test_asked_twice(learnt: Any, kind: Any, settings: dict[str, Any]) -> None:
    """Dropout is off: a network trained with it says the same to the last bit."""
    once, again = (collect(kind, learnt, **settings) for _ in range(2))
    for left, right in zip(once.texts, again.texts, strict=True):
        np.testing.assert_array_equal(left.scores, right.scores)
        assert np.isfinite(left.scores).all()
        assert left.facts == right.facts


@pytest.mark.parametrize("quantity", ["logit", "probability", "log probability"])
@pytest.mark.parametrize("baseline", ["zero", "pad", "unknown", "mean"])
def test_completeness(learnt: Any, quantity: Any, baseline: Any) -> None:
    """With 64 nodes scores sum to the difference within a thousandth of it."""
    told = {"method": "integrated_gradients", "nodes": 64, "most_nodes": 64}
    found = collect(
        IntegratedGradients, learnt, quantity=quantity, baseline=baseline, **told
    )
    for text in found.texts:
        known = facts(text)
        ends = [
            known[f"{quantity} {at}"] for at in ("with every token", "at the baseline")
        ]
        change = ends[0].value - ends[1].value
        assert abs(known["completeness gap"].value) <= 1e-3 * abs(change)
        assert text.scores.sum() == pytest.approx(change, rel=1e-3)
        assert known["sum over padding"].value == 0


@pytest.mark.parametrize(("kind", "settings"), METHODS)
def test_padding(kind: Any, settings: dict[str, Any]) -> None:
    """A network that reads padding is explained by it too; its sum is told."""
    found = collect(kind, state(masked=False), **settings)
    for said, text in zip(SAID, found.texts, strict=True):
        count = len(said.split())
        assert [token.kind == "pad" for token in text.tokens] == [
            place >= count for place in range(8)
        ]
        pads = facts(text)["sum over padding"].value
        assert pads == pytest.approx(text.scores[count:].sum(), rel=1e-5, abs=1e-6)
        assert pads != 0


@pytest.mark.slow(2)
@pytest.mark.parametrize("shape", [{}, {"rnn_bidirectional": True}])
@pytest.mark.parametrize("quantity", ["logit", "probability", "log probability"])
def test_a_written_token(shape: dict[str, Any], quantity: Any) -> None:
    """A language model's step is explained completely, its padding apart."""
    model = network(**shape)
    write = TextGeneration(method="writing", model="m", prefix="ab", length=3)
    read = write.collect(ask(trained(model)))
    method = IntegratedGradients(
        method="integrated_gradients",
        model="m",
        of="read",
        step=2,
        epoch=0,
        quantity=quantity,
        baseline="mean",
    )
    (text,) = method.collect(ask(trained(model), read)).texts
    known = facts(text)
    assert [token.text for token in text.tokens[:3]] == ["<s>", "a", "b"]
    total = text.scores.sum() + known["sum over padding"].value
    change = (
        known[f"{quantity} with every token"].value
        - known[f"{quantity} at the baseline"].value
    )
    assert total == pytest.approx(change, rel=2e-3, abs=1e-6)
    assert known["sum over padding"].value != 0
    assert known["completeness gap"].doubt == ""
