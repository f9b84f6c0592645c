"""Anchors of texts, against classifiers whose rules are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from generator.artifacts import AnchoredText, Anchors, Measurement, SlotScores
from generator.core.errors import ConfigError, IntegrityError, UnsupportedError
from generator.core.tokens import Token
from generator.corpora.base import Corpus
from generator.methods.attribution.anchor_search import anchor_precisions
from generator.methods.attribution.anchors import AnchorExplanation
from generator.methods.attribution.shapley_values import all_coalitions
from tests.fakes.classifiers import LinearClassifier, known
from tests.fakes.language_models import HandWriter, ask, trained, words
from tests.methods.attending import corpus, learnt, stored
from tests.methods.attribution.test_anchor_search import search_for

WORDS = known(
    "not", "good", "bad", "the", "film", "was", "a", "very", "plot", "and", "but",
    "i", "saw", "it", "with", "friends",
)  # fmt: skip
SHORT = "the film was not good"
LONG = "i saw it with friends and the film was not very good but a plot"


class Ruled(LinearClassifier):
    """Says negative where `not` and `good` both stand, else positive."""

    def __init__(self, **given: Any) -> None:
        super().__init__(WORDS, np.zeros((len(WORDS), 2)), **given)
        self.calls = 0

    def decides(self, text: Any) -> bool:
        return WORDS.ids["not"] in text and WORDS.ids["good"] in text

    def logits(self, texts: Any) -> Any:
        self.calls += 1
        sure = np.array([2.0 if self.decides(text) else -2.0 for text in texts])
        return np.stack([sure, -sure], axis=1)


class Either(Ruled):
    """Says negative where `not` or `bad` or `but` stands."""

    def decides(self, text: Any) -> bool:
        return any(WORDS.ids[word] in text for word in ("not", "bad", "but"))


class Always(Ruled):
    """Says negative of nearly everything: where one of six words stands."""

    def decides(self, text: Any) -> bool:
        return len({*text} - {0, 1}) >= 2


def collect(
    model: Any,
    *texts: str,
    corpus_: Corpus | None = None,
    seed: tuple[int, ...] = (7, 1),
    **settings: Any,
) -> Anchors:
    """The anchors of texts, and of documents if some are asked for."""
    method = AnchorExplanation(method="anchors", model="m", texts=texts, **settings)
    count = len(corpus_.documents) if corpus_ else 0
    return method.collect(
        ask(learnt(model, documents=count), corpus=corpus_, seed=seed)
    )


def one(model: Any, text: str, **settings: Any) -> AnchoredText:
    """The anchor of a text."""
    return collect(model, text, **settings).texts[0]


def read(text: AnchoredText) -> list[str]:
    """The words of an anchor, in the order of the text."""
    return [text.tokens[place].text for place in sorted(text.anchor)]


def facts(text: AnchoredText) -> dict[str, Measurement]:
    """Facts by name."""
    return {fact.name: fact for fact in text.facts}


def doubts(text: AnchoredText) -> list[str]:
    """What speaks against an anchor."""
    return [fact.doubt for fact in text.facts if fact.doubt]


def test_a_planted_rule_is_recovered_exactly() -> None:
    """NOT and GOOD give negative: precision 1, a quarter of the texts, base 1/4."""
    found = collect(Ruled(), SHORT)
    (text,) = found.texts
    assert text.anchor == (3, 4)
    assert text.label == "negative"
    assert (text.precision, text.low, text.high) == (1, 1, 1)
    assert text.samples == 2**3
    assert (text.coverage, text.coverage_samples, text.base) == (0.25, 0, 0.25)
    assert facts(text)["other anchors as short that reach the threshold"].value == 0
    assert facts(text)["perturbed texts asked about, all there are"].value == 2**5
    assert not doubts(text)
    assert found.threshold == 0.95
    assert "replaced by the unknown word with the probability 0.5" in found.perturbation


def test_a_planted_rule_is_recovered_by_draws() -> None:
    """The same rule in a longer text: an interval up to 1, and its own base."""
    text = one(Ruled(), LONG)
    assert read(text) == ["not", "good"]
    assert text.precision == text.high == 1
    assert 0.99 < text.low < 1
    assert text.samples == 1000
    assert (text.coverage, text.coverage_samples) == (0.25, 0)
    assert text.base == pytest.approx(0.25, abs=0.05)
    assert not doubts(text)
    assert facts(text)["tokens that can be hidden"].value == 15


def test_of_equal_words_one_is_taken_and_the_others_counted() -> None:
    """Three words of which any suffices: the leftmost, which has two rivals."""
    text = one(Either(), "but was not a bad film")
    assert read(text) == ["but"]
    assert facts(text)["other anchors as short that reach the threshold"].value == 2
    assert text.base == pytest.approx(7 / 8)
    assert text.coverage == 0.5


@pytest.mark.parametrize("exact_up_to", [0, 10])
def test_the_empty_anchor(exact_up_to: int) -> None:
    """Where most texts have the label, no word is needed, and all texts are covered."""
    text = one(Always(), LONG[:40], exact_up_to=exact_up_to, samples=100)
    assert text.anchor == ()
    assert not text.undefined
    assert text.precision == text.base > 0.95
    assert text.coverage == 1
    assert (text.low < text.high) == (exact_up_to == 0)


def test_a_short_text_has_no_shorter_anchor() -> None:
    """Of every enumerated text, all smaller sets are below the threshold."""
    rng = np.random.default_rng(5)
    for seed in range(12):
        model = LinearClassifier(WORDS, rng.standard_t(2, (len(WORDS), 2)))
        text = " ".join(rng.permutation(WORDS.words)[:8])
        found = one(model, text, seed=(seed,))
        (whole,) = [model.words.encode(text.split())]
        sets = np.where(all_coalitions(8), whole, 1)
        same = model.predict(list(map(tuple, sets.tolist()))).argmax(1)
        exact = anchor_precisions(same == same[-1], 0.5)
        sizes = all_coalitions(8).sum(axis=1)
        assert exact[sizes < len(found.anchor)].max(initial=0) < 0.95
        row = sum(2**place for place in found.anchor)
        assert found.precision == exact[row] == exact[sizes == len(found.anchor)].max()
        assert found.base == exact[0]


@pytest.mark.slow(2)
def test_the_interval_holds_the_exact_precision() -> None:
    """In at least 95 % of 200 searches, which choose what they then report."""
    tokens, held, exactly = 12, 0, 0
    rng = np.random.default_rng(9)
    method = AnchorExplanation(
        method="anchors", model="m", texts=("a",), exact_up_to=0, samples=500,
        budget=2000,
    )  # fmt: skip
    for seed in range(200):
        weights = rng.standard_t(2, tokens)
        whole = weights.sum()

        def same(masks: Any, weights: Any = weights, whole: float = whole) -> Any:
            return (masks @ weights + whole / 2) * whole > 0

        exact = anchor_precisions(same(all_coalitions(tokens)), 0.5)
        asked = ask(trained(HandWriter(words(2), 3)), seed=(seed, 0))
        rule = search_for(method._search_rule(tokens, asked, 0), same)
        _, low, high, texts = rule.precision
        exactly += texts != 500
        held += low <= exact[sum(2**place for place in rule.anchor)] <= high
    assert held >= 0.95 * 200
    assert exactly < 100


def test_fresh_texts_are_not_those_of_the_search() -> None:
    """A model that knows the search's texts by heart is found out, and it is told."""
    method = AnchorExplanation(method="anchors", model="m", texts=("a",), longest=1)
    asked = ask(trained(HandWriter(words(2), 3)))
    seen = set()

    def same(masks: Any) -> Any:
        if len(masks) == 1000:  # the precision is measured
            return np.array([row.tobytes() in seen for row in masks])
        seen.update(row.tobytes() for row in masks)
        return np.ones(len(masks), np.bool_)

    rule = search_for(method._search_rule(30, asked, 0), same)
    assert rule.anchor == ()
    assert rule.precision.value < 0.01
    (doubt,) = (fact.doubt for fact in rule.measurements)
    assert doubt == "on the texts of the search it reached 0.95"


def test_the_same_seed_gives_the_same_and_another_other_draws() -> None:
    """Everything follows from the seed and the text's place."""
    first, again = one(Either(), LONG), one(Either(), LONG)
    assert first.base == again.base
    assert first.facts == again.facts
    assert collect(Either(), "the film", LONG).texts[1].base != first.base
    assert one(Either(), LONG, seed=(8, 1)).base != first.base


def test_unknown_words_are_never_in_an_anchor() -> None:
    """The unknown word cannot replace them; taken out, they can matter."""
    text = one(Ruled(), "qua not sed good ut")
    assert text.anchor == (1, 3)
    assert text.samples == 1
    assert facts(text)["tokens that can be hidden"].value == 2
    assert facts(text)["unknown words"].value == 3
    text = one(Ruled(), "qua not sed good ut", operator="remove")
    assert text.anchor == (1, 3)
    assert facts(text)["tokens that can be hidden"].value == 5


def test_nothing_known_is_not_defined() -> None:
    """A text of unknown words has no anchor, and says why; the others have theirs."""
    found = collect(Ruled(), "qua sed", SHORT)
    none, text = found.texts
    assert none.undefined == "all 2 words are outside the vocabulary"
    assert none.anchor == ()
    assert math.isnan(none.precision)
    assert math.isnan(none.coverage)
    assert none.samples == 0
    assert text.anchor == (3, 4)


def test_an_empty_document_is_not_defined() -> None:
    """It has no word that could be kept."""
    told_ = corpus(("", "negative", []), (SHORT, "negative", [(3, 5)]))
    found = collect(Ruled(), documents=2, corpus_=told_)
    assert found.texts[0].undefined == "the text is empty"
    assert found.texts[1].rationale == ((3, 5),)
    assert found.texts[1].truth == "negative"
    assert found.texts[1].document == 1


def test_a_label_that_is_not_given_has_no_anchor() -> None:
    """What the model does not say of the text cannot be kept."""
    found = collect(Ruled(), SHORT, "the film", label="positive")
    assert found.texts[0].undefined == 'the model says "negative", not "positive"'
    assert found.texts[1].label == "positive"
    assert not found.texts[1].undefined
    with pytest.raises(ConfigError, match="did you mean"):
        collect(Ruled(), SHORT, label="positives")


def test_a_length_that_does_not_suffice_is_told() -> None:
    """The best set of that length is given, with what speaks against it."""
    for text in (SHORT, LONG):
        found = one(Ruled(), text, longest=1)
        assert len(found.anchor) == 1
        assert found.precision == pytest.approx(0.5, abs=0.05)
        (doubt,) = doubts(found)
        assert doubt == "no set of so few reaches 0.95; this is the best found"


def test_few_draws_are_told() -> None:
    """Draws that end before it is settled speak against the anchor."""
    found = one(Ruled(), LONG, budget=100, batch=50)
    assert any("ended before it was settled" in doubt for doubt in doubts(found))


@pytest.mark.parametrize("keep", [0.2, 0.8])
def test_a_coin_that_is_not_fair(keep: float) -> None:
    """Coverage is the chance that both words are kept, and so is the base."""
    for exact_up_to in (0, 10):
        found = one(Ruled(), SHORT, keep=keep, exact_up_to=exact_up_to, samples=5000)
        assert read(found) == ["not", "good"]
        assert found.coverage == pytest.approx(keep**2)
        assert found.base == pytest.approx(keep**2)
        assert found.precision == 1


def test_a_written_token_has_an_anchor() -> None:
    """A token that a language model writes after another is anchored by it."""

    def answer(histories: Any) -> Any:
        chances = np.full((len(histories), 8), 0.05)
        seen = (histories == 3).any(axis=1)
        chances[np.arange(len(chances)), np.where(seen, 5, 6)] = 0.65
        return chances

    model = HandWriter(words(6), 5, answer=answer)
    tokens = tuple(Token(f"w{number}") for number in (1, 3, 2, 4, 5))
    slots = SlotScores(
        targets=(Token("w5"),),
        histories=((Token("<pad>", "pad"), *tokens[:4]),),
        scores=np.full((1, 5), 0.2, np.float32),
        probabilities=np.array([0.65], np.float32),
        quantity="attention weight",
    )
    method = AnchorExplanation(method="anchors", model="m", of="greedy", step=1)
    (text,) = method.collect(ask(trained(model), slots)).texts
    assert text.label == "w5"
    assert read(text) == ["w3"]
    assert (text.precision, text.base, text.coverage) == (1, 0.5, 0.5)


@pytest.mark.slow(2)
def test_many_texts_take_few_calls() -> None:
    """Twenty texts of twenty words: a few thousand questions each, in few calls."""
    rng = np.random.default_rng(2)
    model = Either()
    texts = [
        " ".join(rng.permutation([*WORDS.words, *WORDS.words])[:20]) for _ in "x" * 20
    ]
    collect(model, *texts, budget=1000)
    assert model.calls < 100
    assert model.asked < 20 * 10_000


def test_it_is_stored_as_it_is() -> None:
    """Anchors are read back as they were written, undefined ones as undefined."""
    found = collect(Ruled(), SHORT, "qua sed")
    back = stored(found)
    assert isinstance(back, Anchors)
    assert back.texts[0].anchor == (3, 4)
    assert back.texts[0].facts == found.texts[0].facts
    assert math.isnan(back.texts[1].precision)
    assert back.texts[1].undefined == found.texts[1].undefined


def test_what_is_wrong_is_refused() -> None:
    """Answers that are no probabilities, a model of the other kind, bad settings."""

    class Logits(Ruled):
        def predict(self, texts: Any) -> Any:
            return self.logits(texts).astype(np.float32)

    with pytest.raises(IntegrityError, match="probabilities sum to 1"):
        collect(Logits(), SHORT)
    method = AnchorExplanation(method="anchors", model="m", texts=("a",))
    with pytest.raises(UnsupportedError, match="language model"):
        method.collect(ask(trained(HandWriter(words(2), 3))))
    for wrong in ({"threshold": 1.5}, {"keep": 1.0}, {"beam": 0}, {"exact_up_to": 30}):
        with pytest.raises(ValueError, match=r"(less|greater) than"):
            AnchorExplanation(method="anchors", model="m", texts=("a",), **wrong)
