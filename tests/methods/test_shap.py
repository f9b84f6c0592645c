"""Shapley values of classifiers: exact, by orders, and when there are none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from generator.artifacts import TokenScores
from generator.core.errors import IntegrityError
from generator.corpora.base import Corpus
from generator.methods.attribution.shap import Shap, ShapleyDivision, doubt_reason
from generator.methods.attribution.shapley_values import all_coalitions, exact_values
from generator.methods.common.perturbation import apply_masks, explained_value
from tests.fakes.classifiers import LinearClassifier, WeighingClassifier, ids, softmax
from tests.fakes.language_models import ask
from tests.methods.attending import corpus, learnt, stored
from tests.methods.explaining import LETTERS, Telling, facts, filled, spoken, writer

TEXT = "a b c d e f"
LONG = " ".join("abcdefghijklmnop")
Array = NDArray[Any]


def collect(
    model: Any,
    *texts: str,
    corpus_: Corpus | None = None,
    count: int = 0,
    seed: Sequence[int] = (7, 1),
    **settings: Any,
) -> TokenScores:
    """Explain texts."""
    method = Shap(method="shap", model="m", texts=texts, **settings)
    return method.collect(
        ask(learnt(model, documents=count), corpus=corpus_, seed=seed)
    )


def by_hand(model: Any, text: str, label: int, operator: Any, scale: Any) -> Array:
    """The values of all coalitions, asked one by one, divided."""
    whole = ids(model, text)
    rows = [
        model.predict(apply_masks(whole, m[None], operator))
        for m in all_coalitions(len(whole))
    ]
    return exact_values(explained_value(np.concatenate(rows), label, scale))


def mixing() -> WeighingClassifier:
    """A classifier whose tokens interact: it weighs them against each other."""
    draw = np.random.default_rng(3)
    size = len(LETTERS)
    return WeighingClassifier(
        LETTERS, draw.normal(0, 2, size), draw.normal(0, 3, (size, 2)), max_tokens=30
    )


@pytest.mark.parametrize("scale", ["probability", "log probability", "log odds"])
@pytest.mark.parametrize("operator", ["remove", "unknown", "pad"])
def test_short_texts_are_exact(scale: str, operator: str) -> None:
    """Up to the bound every coalition is asked about, and nothing is drawn."""
    model = mixing()
    found = collect(model, TEXT, scale=scale, operator=operator)
    (text,) = found.texts
    known = by_hand(model, TEXT, model.labels.index(text.label), operator, scale)
    assert text.scores == pytest.approx(known, rel=1e-6, abs=1e-8)
    assert not text.spread.size
    told = facts(text)
    assert told["coalitions asked about"].value == 64
    total = (
        told[f"{scale} with every token"].value - told[f"{scale} with no token"].value
    )
    assert text.scores.sum(dtype=float) == pytest.approx(total, rel=1e-5)
    assert abs(told["efficiency gap"].value) < 1e-9
    units = {"probability": "probability", "log odds": "logits"}
    assert found.unit == units.get(scale, "nats")
    assert found.quantity == "Shapley value"
    assert found.signed


def test_what_is_summed_is_checked() -> None:
    """Scores sum to what they divide: exactly, or by orders, each has its check."""
    found = collect(mixing(), TEXT, LONG)
    names = {check.name: check for check in found.checks}
    exactly = names["scores sum to the prediction less the base"]
    sampled = names["sampled scores sum to the prediction less the base"]
    assert exactly.tolerance == 1e-9
    assert sampled.tolerance == 1e-3
    assert max(exactly.error, sampled.error) < 1e-12


def test_in_a_linear_model_each_scores_its_own_logit() -> None:
    """Log odds of a linear classifier: the word's weight less its replacement's."""
    model = spoken()
    weights = np.diff(model.word_logits()[list(ids(model, LONG))], axis=1)[:, 0]
    unknown = np.diff(model.word_logits()[1])[0]
    for text, operator, known in (
        (TEXT, "remove", weights[:6]),
        (LONG, "remove", weights),
        (TEXT, "unknown", weights[:6] - unknown),
        (LONG, "unknown", weights - unknown),
    ):
        (found,) = collect(
            model, text, label="positive", scale="log odds", operator=operator
        ).texts
        assert found.scores == pytest.approx(known, abs=2e-3)


def test_a_token_that_changes_nothing_scores_exactly_nothing() -> None:
    """A word the model does not read is a dummy, exact or drawn."""
    model = Telling(lambda words: 0.8 if {"a", "b"} <= set(words) else 0.3)
    for text in (TEXT, LONG):
        (found,) = collect(model, text).texts
        assert (found.scores[2:] == 0).all()
        assert found.scores[:2].sum() == pytest.approx(0.5)


def test_two_tokens_that_act_alike_score_alike() -> None:
    """A word that stands twice shares its credit, where order says nothing."""
    (found,) = collect(mixing(), "a b a c").texts
    assert found.scores[0] == pytest.approx(found.scores[2], abs=1e-7)
    model = Telling(lambda words: 0.9 if {"a", "b"} & set(words) else 0.1)
    (found,) = collect(model, "a b c").texts
    assert found.scores == pytest.approx([0.4, 0.4, 0], abs=1e-7)


def test_drawn_orders_come_to_the_exact_values() -> None:
    """The error is what the standard error says."""
    model = mixing()
    known = collect(model, "a b c d e f g h", label="positive").texts[0].scores
    off = []
    for seed in range(40):
        (text,) = collect(
            model,
            "a b c d e f g h",
            label="positive",
            exact_up_to=1,
            orders=30,
            seed=(7, seed),
        ).texts
        off.append((text.scores - known) / text.spread)
    assert np.std(off) == pytest.approx(1, abs=0.2)


def test_more_orders_give_smaller_errors() -> None:
    """Sixteen times as many, a quarter of the standard error."""
    few, many = (collect(mixing(), LONG, orders=count).texts[0] for count in (25, 400))
    ratio = np.linalg.norm(few.spread) / np.linalg.norm(many.spread)
    assert ratio == pytest.approx(4, rel=0.25)
    assert facts(few)["pairs of orders"].value == 25
    assert facts(many)["largest standard error"].value == pytest.approx(
        many.spread.max()
    )


def test_drawing_ends_at_the_precision() -> None:
    """A text is drawn for no longer than it needs; others go on."""
    loose, tight = (
        collect(mixing(), LONG, orders=2000, precision=error).texts[0]
        for error in (0.02, 0.005)
    )
    pairs = [facts(text)["pairs of orders"].value for text in (loose, tight)]
    assert pairs[0] < pairs[1] < 2000
    assert loose.spread.max() <= 0.02
    assert tight.spread.max() <= 0.005
    (never,) = collect(mixing(), LONG, orders=15, precision=1e-6).texts
    assert facts(never)["pairs of orders"].value == 15
    assert "was not reached" in facts(never)["largest standard error"].doubt


def test_rounds_draw_the_orders_that_would_be_drawn_at_once() -> None:
    """With a precision that is never reached the scores are those without one."""
    plain = collect(mixing(), LONG, orders=25).texts[0]
    rounds = collect(mixing(), LONG, orders=25, precision=1e-9).texts[0]
    assert rounds.scores == pytest.approx(plain.scores, abs=1e-7)


def test_scores_lost_in_their_errors_are_told() -> None:
    """Where every score is within two standard errors of 0, it says so."""

    def explain(*scores: float) -> ShapleyDivision:
        told, errors = np.array(scores), np.full(len(scores), 0.1)
        return ShapleyDivision(told, errors, 0.0, float(told.sum()), 9, 5, "", ())

    assert (
        doubt_reason(explain(0.1, -0.19), None)
        == "no score is clear of its standard error"
    )
    assert doubt_reason(explain(0.1, -0.21), None) == ""
    assert doubt_reason(explain(0.1, -0.21), 0.11) == ""
    assert "0.05, was not reached" in doubt_reason(explain(0.1, -0.21), 0.05)


@pytest.mark.parametrize("operator", ["remove", "unknown"])
def test_one_word_is_compared_with_none(operator: str) -> None:
    """Its score is all of the difference."""
    (text,) = collect(spoken(), "a", label="positive", operator=operator).texts
    rest = {"remove": (), "unknown": (1,)}[operator]
    model = spoken()
    p, q = (softmax(model.logits([t]))[0, 1] for t in (ids(model, "a"), rest))
    assert text.scores == pytest.approx([p - q], abs=1e-6)


def test_what_cannot_be_divided() -> None:
    """Unknown words, a prediction that never changes, an empty document."""
    (text,) = collect(spoken(), "qua sed").texts
    assert text.undefined == "all 2 words are outside the vocabulary"
    for length in (TEXT, LONG):
        (text,) = collect(Telling(lambda _: 0.7), length).texts
        assert text.undefined == "the prediction is the same whatever is hidden"
        assert np.isnan(text.scores).all()
    told = corpus(("", "negative", []), ("a b c", "positive", [(1, 2)]))
    found = collect(spoken(), corpus_=told, count=2, documents=2)
    assert found.texts[0].undefined == "the text is empty"
    assert found.texts[1].rationale == ((1, 2),)


def test_equal_scores_are_not_drawn() -> None:
    """Where every word counts alike, nothing stands out and nothing is said."""
    (text,) = collect(Telling(lambda words: 0.25 * len(words)), "a b c d").texts
    assert text.undefined == "all scores are equal"


def test_unknown_words_are_players_only_if_they_go() -> None:
    """Replaced by itself an unknown word has no score, and doubles no work."""
    (text,) = collect(spoken(), "a qua b", operator="unknown").texts
    assert np.isnan(text.scores).tolist() == [False, True, False]
    assert facts(text)["coalitions asked about"].value == 4
    (text,) = collect(spoken(), "a qua b").texts
    assert np.isfinite(text.scores).all()
    assert facts(text)["coalitions asked about"].value == 8


def test_texts_are_asked_together() -> None:
    """Short ones take one call and long ones another, after that of the whole ones."""
    model = Telling(lambda words: 0.05 * len(words))
    collect(model, "a b c", TEXT, LONG, LONG + " q r", orders=5)
    assert len(model.calls) == 3
    assert model.calls[1] == 8 + 64


def test_it_is_the_same_again_whatever_comes_after() -> None:
    """The same seed gives the same bits; texts that follow change nothing."""
    one, again = collect(mixing(), LONG), collect(mixing(), LONG, "g h", LONG)
    np.testing.assert_array_equal(one.texts[0].scores, again.texts[0].scores)
    np.testing.assert_array_equal(one.texts[0].spread, again.texts[0].spread)
    other = collect(mixing(), LONG, seed=(7, 2)).texts[0].scores
    assert not np.array_equal(one.texts[0].scores, other)


def test_the_operator_is_told() -> None:
    """The notes say what hiding means, and results differ by it."""
    gone, replaced = (
        collect(spoken(), TEXT, operator=one) for one in ("remove", "unknown")
    )
    assert "taken out" in gone.notes[0]
    assert "unknown word" in replaced.notes[0]
    assert not np.allclose(gone.texts[0].scores, replaced.texts[0].scores)


@pytest.mark.parametrize("operator", ["unknown", "pad"])
def test_a_written_token_is_divided(operator: str) -> None:
    """The token written is the label; hidden words become the model's unknown."""
    model, asked = writer()
    method = Shap(method="shap", model="m", of="read", step=3, operator=operator)
    (text,) = method.collect(asked).texts
    known = exact_values(model.answer(filled(all_coalitions(3)))[:, 4])
    assert text.label == "w4"
    assert text.scores[[0, 2, 3]] == pytest.approx(known, abs=1e-6)
    assert np.isnan(text.scores[1])


def test_it_is_stored_as_it_is() -> None:
    """Scores are read back to the bit, undefined ones as undefined."""
    found = collect(mixing(), TEXT, LONG, "qua")
    back = stored(found)
    assert isinstance(back, TokenScores)
    for left, right in zip(found.texts, back.texts, strict=True):
        np.testing.assert_array_equal(left.scores, right.scores)
        np.testing.assert_array_equal(left.spread, right.spread)
        assert left.facts == right.facts


def test_what_is_wrong() -> None:
    """Answers that are no probabilities, and settings that make no sense."""

    class Logits(LinearClassifier):
        def predict(self, texts: Any) -> Any:
            return self.logits(texts).astype(np.float32)

    with pytest.raises(IntegrityError, match="probabilities sum to 1"):
        collect(Logits(LETTERS, np.ones((len(LETTERS), 2))), TEXT)
    with pytest.raises(IntegrityError):
        collect(Telling(lambda words: math.nan if len(words) == 2 else 0.3), TEXT)
    for wrong in ({"orders": 1}, {"exact_up_to": 17}, {"precision": 0.0}):
        with pytest.raises(ValidationError):
            collect(spoken(), TEXT, **wrong)
