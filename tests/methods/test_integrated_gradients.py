"""Integrated gradients of models whose scores are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from generator.artifacts import TokenScores
from generator.core.errors import ConfigError
from generator.methods.attribution.integrated_gradients import (
    IntegratedGradients,
    baseline_vector,
)
from generator.methods.common.explained_predictions import NextTokenClassifier
from generator.models.capabilities import InputGradients
from tests.fakes.classifiers import LinearClassifier, SlopingClassifier, ids
from tests.fakes.language_models import ask, trained, words
from tests.methods.attending import WORDS, learnt, opinions, stored
from tests.methods.attending import scores as weighing
from tests.methods.explaining import facts
from tests.methods.sloped import (
    TEXT,
    VECTORS,
    WEIGHTS,
    Sums,
    linear,
    sloping_model,
    value,
    written,
)

Array = NDArray[Any]
KNOWN: dict[str, Array] = {
    "zero": np.zeros(3),
    "pad": VECTORS[0],
    "unknown": VECTORS[1],
    "mean": VECTORS[2:].mean(0),
}


def collect(model: Any, *texts: str, **settings: Any) -> TokenScores:
    """The scores of texts."""
    method = IntegratedGradients(
        method="integrated_gradients", model="m", texts=texts, **settings
    )
    return method.collect(ask(learnt(model)))


@pytest.mark.parametrize("baseline", sorted(KNOWN))
@pytest.mark.parametrize("label", ["negative", "positive"])
def test_a_linear_model(baseline: Any, label: str) -> None:
    """A word's score is the weights times how far its vector is from the baseline's."""
    model = linear()
    found = collect(model, TEXT, baseline=baseline, label=label, nodes=3)
    (text,) = found.texts
    place = model.labels.index(label)
    away = VECTORS[list(ids(model, TEXT))] - KNOWN[baseline]
    assert text.scores == pytest.approx(away @ WEIGHTS[:, place], abs=1e-5)
    told = facts(text)
    whole = model.logits([ids(model, TEXT)])[0, place]
    base = model.biases[place] + 8 * KNOWN[baseline] @ WEIGHTS[:, place]
    assert told["logit with every token"].value == pytest.approx(whole, abs=1e-5)
    assert told["logit at the baseline"].value == pytest.approx(base, abs=1e-5)
    assert told["completeness gap"].value == pytest.approx(0, abs=1e-5)
    assert told["completeness gap"].doubt == ""
    assert told["nodes"].value == 3
    assert told["sum over padding"].value == 0
    assert found.signed
    assert (found.quantity, found.unit) == ("integrated gradient", "logits")
    assert any("baseline" in note for note in found.notes)


@pytest.mark.parametrize("quantity", ["logit", "probability", "log probability"])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("baseline", ["zero", "pad", "unknown", "mean"])
def test_completeness(quantity: Any, masked: bool, baseline: Any) -> None:
    """Through attention, scores and padding's sum to the difference at 64 nodes."""
    model = sloping_model(masked=masked)
    found = collect(model, TEXT, quantity=quantity, baseline=baseline, label="positive")
    (text,) = found.texts
    (point,) = model.embed([ids(model, TEXT)])
    nothing = np.tile(baseline_vector(model, baseline), (len(point), 1))
    change = value(model, point, quantity) - value(model, nothing, quantity)
    assert text.scores.sum() == pytest.approx(change, rel=1e-3, abs=1e-6)
    told = facts(text)
    assert told["nodes"].value == 64
    assert told["completeness gap"].doubt == ""
    pads = told["sum over padding"].value
    assert pads == pytest.approx(text.scores[8:].sum(), abs=1e-6)
    assert (pads == 0) == (masked or baseline == "pad")


def test_nodes_are_doubled_until_it_is_complete() -> None:
    """With one node to begin with, more are taken, and how many is told."""
    model = sloping_model()
    (few,) = collect(model, TEXT, nodes=1, most_nodes=1).texts
    (more,) = collect(model, TEXT, nodes=1).texts
    assert "a thousandth of the difference" in facts(few)["completeness gap"].doubt
    assert facts(more)["completeness gap"].doubt == ""
    assert facts(more)["nodes"].value in {2, 4, 8, 16, 32}
    (full,) = collect(model, TEXT).texts
    assert more.scores == pytest.approx(full.scores, abs=1e-2)


def test_a_word_at_the_baseline_scores_nothing() -> None:
    """An unknown word is the baseline itself, where that is the unknown word."""
    model = sloping_model()
    (text,) = collect(model, "the film was qua bright", baseline="unknown").texts
    assert text.scores[3] == 0
    assert np.abs(text.scores[[0, 1, 4]]).min() > 0
    assert facts(text)["unknown words"].value == 1


def test_a_word_the_model_ignores_scores_nothing() -> None:
    """Its own weights are zero, so that nothing on the way depends on it."""
    vectors = VECTORS.copy()
    vectors[WORDS.ids["film"]] = 0
    model = LinearClassifier(WORDS, WEIGHTS, vectors=vectors)
    (text,) = collect(model, TEXT).texts
    assert text.scores[1] == 0


def test_nothing_to_say() -> None:
    """Texts of unknown words, and models that ignore what they read."""
    (text,) = collect(linear(), "qua sed").texts
    assert text.undefined == "all 2 words are outside the vocabulary"
    for told in (TEXT, "bright"):
        (text,) = collect(linear(0 * WEIGHTS), told).texts
        assert text.undefined == "all scores are zero"
        assert np.isnan(text.scores).all()
        assert facts(text)["completeness gap"].doubt == ""


def test_many_texts_share_calls() -> None:
    """All nodes of all texts are asked about together, and no text feels the others."""
    calls = []

    class Counting(SlopingClassifier):
        def compute_gradients(
            self, points: Any, *asked: Any, **more: Any
        ) -> InputGradients:
            calls.append(len(points))
            return super().compute_gradients(points, *asked, **more)

    texts = ("the film was dull", TEXT, "bright", "a dull plot")
    model = Counting(WORDS, weighing(bright=1, dull=0.5), opinions())
    whole = collect(model, *texts)
    assert calls == [4, 4, 4 * 64]
    for text, alone in zip(texts, whole.texts, strict=True):
        (found,) = collect(model, text).texts
        np.testing.assert_array_equal(found.scores, alone.scores)


@pytest.mark.parametrize("baseline", ["zero", "pad", "unknown", "mean"])
def test_a_written_token(baseline: Any) -> None:
    """The window's last slots are the text; padding before it is told as a sum."""
    model = Sums(words(4), 6)
    text = written(model, "w4 w2")
    method = IntegratedGradients(
        method="integrated_gradients",
        model="lm",
        of="read",
        step=1,
        epoch=1,
        baseline=baseline,
        nodes=2,
    )
    (one,) = method.collect(ask(trained(model), text)).texts
    target = model.vocabulary.ids[text.targets[0].text]
    nothing = {"zero": np.zeros(3), "mean": model.rows[1:].mean(0)}
    base = nothing.get(baseline, model.rows[0])
    read = [model.vocabulary.ids[token.text] for token in one.tokens]
    known = (model.rows[read] - base) @ model.kernel[:, target] * [1, 1, 2]
    assert one.scores == pytest.approx(known, abs=1e-5)
    told = facts(one)
    pads = 3 * float((model.rows[0] - base) @ model.kernel[:, target])
    assert told["sum over padding"].value == pytest.approx(pads, abs=1e-5)
    total = told["logit with every token"].value - told["logit at the baseline"].value
    assert one.scores.sum() + pads == pytest.approx(total, abs=1e-4)


def test_the_mean_is_of_words_alone() -> None:
    """Padding and the unknown word are no words, in either vocabulary."""
    found = baseline_vector(linear(), "mean")
    assert found == pytest.approx(VECTORS[2:].mean(0), abs=1e-6)
    model = Sums(words(4), 6)
    found = baseline_vector(NextTokenClassifier(model, 2), "mean")
    assert found == pytest.approx(model.rows[1:].mean(0), abs=1e-6)


def test_it_is_stored_as_it_is() -> None:
    """Scores are read back to the bit."""
    found = collect(sloping_model(masked=False), TEXT, "qua film")
    back = stored(found)
    assert isinstance(back, TokenScores)
    for left, right in zip(found.texts, back.texts, strict=True):
        np.testing.assert_array_equal(left.scores, right.scores)
        assert left.facts == right.facts


def test_what_is_wrong() -> None:
    """A limit below the number of nodes, and a label that is not there."""
    with pytest.raises(ValidationError, match="most_nodes: 10; expected at least"):
        collect(linear(), TEXT, most_nodes=10)
    with pytest.raises(ConfigError, match=r'did you mean "positive"'):
        collect(linear(), TEXT, label="positiv")
