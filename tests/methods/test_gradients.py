"""Gradients of classifiers, and of a language model, whose gradients are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import TokenScores
from generator.core.errors import (
    ConfigError,
    CorpusError,
    IntegrityError,
    UnsupportedError,
)
from generator.methods.attribution import gradients
from generator.methods.attribution.gradients import WordGradients, slot_scores
from generator.models.capabilities import Differentiable, InputGradients
from tests.fakes.classifiers import LinearClassifier, SlopingClassifier, ids
from tests.fakes.language_models import HandWriter, ask, trained, words
from tests.methods.attending import WORDS, corpus, learnt, opinions, stored
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

UNIT = {"logit": "logits", "probability": "probability", "log probability": "nats"}


def collect(
    model: Any, *texts: str, corpus_: Any = None, count: int = 0, **settings: Any
) -> TokenScores:
    """The scores of texts, and of documents if some are asked for."""
    method = WordGradients(method="gradients", model="m", texts=texts, **settings)
    return method.collect(ask(learnt(model, documents=count), corpus=corpus_))


@pytest.mark.parametrize("label", [None, "negative", "positive"])
def test_input_in_a_linear_model(label: str | None) -> None:
    """Each word's score is what it adds to the logit, which they sum to."""
    model = linear()
    found = collect(model, TEXT, kind="input", label=label)
    (text,) = found.texts
    logits = model.logits([ids(model, TEXT)])[0]
    place = int(np.argmax(logits)) if label is None else model.labels.index(label)
    said = model.word_logits()[list(ids(model, TEXT)), place]
    assert text.scores == pytest.approx(said, abs=1e-6)
    assert text.label == model.labels[place]
    assert text.scores.sum() + model.biases[place] == pytest.approx(logits[place])
    assert (found.quantity, found.unit, found.signed) == (
        "gradient × input",
        "logits",
        True,
    )
    told = facts(text)
    assert told["logit with every token"].value == pytest.approx(logits[place])
    assert told["sum over padding"].value == 0
    assert told["largest gradient"].value == pytest.approx(
        np.linalg.norm(WEIGHTS[:, place])
    )


@pytest.mark.parametrize("quantity", ["logit", "probability", "log probability"])
@pytest.mark.parametrize("masked", [True, False])
def test_differences(quantity: Any, masked: bool) -> None:
    """Through attention, each length is that of differences of what is explained."""
    model = sloping_model(masked=masked)
    found = collect(model, TEXT, quantity=quantity, label="positive")
    (text,) = found.texts
    (point,) = model.embed([ids(model, TEXT)])
    moves = 1e-5 * np.eye(point.size).reshape(-1, *point.shape)
    ahead = np.array([value(model, point + move, quantity) for move in moves])
    behind = np.array([value(model, point - move, quantity) for move in moves])
    slopes = ((ahead - behind) / 2e-5).reshape(point.shape)
    known = np.linalg.norm(slopes, axis=1)
    assert text.scores == pytest.approx(known, rel=1e-3, abs=1e-7)
    assert found.unit == f"{UNIT[quantity]} per unit of distance"
    assert (found.quantity, found.signed) == ("saliency", False)
    assert quantity in found.notes[0]
    pads = known[8:].sum()
    assert (pads > 0) != masked
    told = facts(text)
    assert told["sum over padding"].value == pytest.approx(pads, rel=1e-3)
    assert f"{quantity} with every token" in told
    assert [token.kind for token in text.tokens[8:]] == ["pad"] * (len(known) - 8)


def test_saliency_in_a_linear_model_is_the_weights() -> None:
    """Every word has the length of the label's weights, so saliency says nothing."""
    (point,) = linear().embed([ids(linear(), TEXT)])
    slopes = linear().compute_gradients([point], [1], "logit").gradients[0]
    length = np.linalg.norm(WEIGHTS[:, 1])
    assert slot_scores(slopes, point, "norm") == pytest.approx(np.full(8, length))
    (text,) = collect(linear(), TEXT).texts
    assert text.undefined == "all scores are equal"
    assert np.isnan(text.scores).all()
    (alone,) = collect(linear(), "bright", label="positive").texts
    assert alone.scores == pytest.approx([length])


def test_a_gradient_of_zero() -> None:
    """A model that ignores what it reads has none, and the text says so."""
    for text in (TEXT, "bright"):
        (found,) = collect(linear(0 * WEIGHTS), text, kind="input").texts
        assert found.undefined == "the gradient is zero everywhere"
        assert np.isnan(found.scores).all()
        assert facts(found)["largest gradient"].value == 0


def test_a_gradient_that_is_not_finite() -> None:
    """Scores that overflowed are not shown."""

    class Exploding(LinearClassifier):
        def compute_gradients(self, *asked: Any, **more: Any) -> InputGradients:
            found = super().compute_gradients(*asked, **more)
            gone = tuple(g * np.float32(np.inf) for g in found.gradients)
            return InputGradients(found.values, gone, found.probabilities)

    (text,) = collect(Exploding(WORDS, WEIGHTS, vectors=VECTORS), TEXT).texts
    assert text.undefined == "a score is not finite"


def test_nothing_known_is_not_defined() -> None:
    """Texts of unknown words, and empty documents, have no scores."""
    told = corpus(("qua sed", "positive", []), ("", "negative", []))
    found = collect(linear(), TEXT, corpus_=told, count=2, documents=2, kind="input")
    whys = [text.undefined for text in found.texts]
    assert whys == ["", "all 2 words are outside the vocabulary", "the text is empty"]
    assert [text.scores.size for text in found.texts] == [8, 2, 0]


def test_memory_bounds_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked about at once, no bit changes; by default, all at once."""
    calls = []

    class Counting(SlopingClassifier):
        def compute_gradients(
            self, points: Any, *asked: Any, **more: Any
        ) -> InputGradients:
            calls.append(len(points))
            return super().compute_gradients(points, *asked, **more)

    texts = ("the film was dull", TEXT, "bright", "a dull plot", "qua")
    model = Counting(WORDS, weighing(bright=1, dull=0.5), opinions())
    whole = collect(model, *texts, kind="input")
    assert calls == [4]
    monkeypatch.setattr(gradients, "CELLS", 60)
    parts = collect(model, *texts, kind="input")
    assert calls == [4, 1, 1, 2]
    for one, other in zip(whole.texts, parts.texts, strict=True):
        np.testing.assert_array_equal(one.scores, other.scores)
        assert one.facts == other.facts


def test_a_written_token() -> None:
    """The window's last slots are the text; padding before it is told as a sum."""
    model = Sums(words(4), 6)
    text = written(model, "w4 w2")
    method = WordGradients(
        method="gradients", model="lm", of="read", step=1, kind="input", epoch=1
    )
    found = method.collect(ask(trained(model), text))
    (one,) = found.texts
    target = model.vocabulary.ids[text.targets[0].text]
    said = model.rows @ model.kernel[:, target]
    read = [model.vocabulary.ids[token.text] for token in one.tokens]
    assert [token.text for token in one.tokens] == ["<s>", "w4", "w2"]
    known = said[read] * [1, 1, 2]
    assert one.scores == pytest.approx(known, abs=1e-6)
    told = facts(one)
    assert told["sum over padding"].value == pytest.approx(3 * said[0])
    total = told["logit with every token"].value
    assert one.scores.sum() + told["sum over padding"].value == pytest.approx(total)
    assert one.label == text.targets[0].text


def test_a_language_model_without_gradients() -> None:
    """It is refused by name, should a study's check not have done so."""
    model = HandWriter(words(4), 6)
    method = WordGradients(method="gradients", model="lm", of="read", step=1, epoch=1)
    with pytest.raises(UnsupportedError, match="gives no gradients"):
        method.collect(ask(trained(model), written(model, "w1")))


def test_it_is_stored_as_it_is() -> None:
    """Scores are read back to the bit."""
    found = collect(sloping_model(masked=False), TEXT, "qua film", kind="input")
    back = stored(found)
    assert isinstance(back, TokenScores)
    for left, right in zip(found.texts, back.texts, strict=True):
        np.testing.assert_array_equal(left.scores, right.scores)
        assert left.facts == right.facts


def test_what_is_missing_or_wrong() -> None:
    """No such label, no documents, another model at the point than at the text."""

    class Dropping(LinearClassifier):
        def compute_gradients(
            self, points: Any, *asked: Any, **more: Any
        ) -> InputGradients:
            return super().compute_gradients(
                [0.5 * point for point in points], *asked, **more
            )

    with pytest.raises(ConfigError, match=r'no "positiv"; did you mean "positive"\?'):
        collect(linear(), TEXT, label="positiv")
    with pytest.raises(CorpusError, match="no corpus"):
        collect(linear(), documents=2)
    with pytest.raises(IntegrityError, match="probabilities at the embedded text"):
        collect(Dropping(WORDS, WEIGHTS, vectors=VECTORS), TEXT)
    assert isinstance(linear(), Differentiable)
