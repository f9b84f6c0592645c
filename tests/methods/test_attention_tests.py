"""The battery of attention tests, on classifiers whose verdict is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.artifacts import Artifact, DistributionGroup, Distributions
from generator.core.errors import ConfigError, CorpusError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.attention.hypothesis_tests.attention_tests import (
    ASKS,
    AttentionTests,
)
from generator.methods.attention.hypothesis_tests.report import MEANS, PAIRS
from generator.methods.attention.weights import AttentionWeights
from generator.methods.common.divergence import LN2
from generator.methods.common.statistics import BY_LARGEST
from generator.models.capabilities import Attentive, Averaging, Differentiable
from tests.fakes.classifiers import SlopingClassifier, known, reviews
from tests.fakes.classifiers import tested as learnt
from tests.fakes.language_models import ask

Array = NDArray[Any]
NAMES = tuple(f"w{number}" for number in range(1, 31))
WORDS = known(*NAMES)


def documents(count: int = 40, length: int = 12) -> Corpus:
    """Texts of different words, drawn."""
    rng = np.random.default_rng(11)
    told = (" ".join(rng.permutation(NAMES)[:length]) for _ in range(count))
    return reviews(*((text, "positive") for text in told))


def classifier(
    seed: int = 0,
    *,
    sharpness: float = 1.5,
    loudness: float = 2.0,
    labels: int = 2,
    **more: Any,
) -> SlopingClassifier:
    """Scores drawn from the seed; what words say is the same for all seeds."""
    ids = len(WORDS)
    scores = sharpness * np.random.default_rng([1, seed]).normal(size=ids)
    values = loudness * np.random.default_rng([2, labels]).normal(size=(ids, labels))
    return SlopingClassifier(
        WORDS,
        scores,
        values,
        labels=tuple(f"label {number}" for number in range(labels)),
        biases=(0.0,) * labels,
        **more,
    )


def collect(
    model: SlopingClassifier,
    test: str,
    *read: Artifact,
    corpus: Corpus | None = None,
    **settings: Any,
) -> Distributions:
    """The test of a model, on documents drawn."""
    held = documents() if corpus is None else corpus
    method = AttentionTests(method="attention_tests", model="m", test=test, **settings)
    return method.collect(ask(learnt(model, held), *read, corpus=held))


def named(found: Distributions, name: str) -> DistributionGroup:
    """The group of a name."""
    return next(one for one in found.groups if one.name == name)


def attention_of(model: SlopingClassifier, corpus: Corpus | None = None) -> Artifact:
    """The attention of a model to the same documents."""
    held = documents() if corpus is None else corpus
    method = AttentionWeights(method="attention", model="m", documents=300)
    return method.collect(ask(learnt(model, held), corpus=held))


def test_the_taus_of_an_average_of_equally_loud_words() -> None:
    """Gradients rank as attention does, and the published means stand beside."""
    model = classifier()
    model.values = np.sign(model.values[:, :1]) * np.array([[0.0, 1.0]])
    found = collect(model, "taus", published="sst tanh lstm")
    assert tuple(one.name for one in found.groups) == PAIRS
    assert named(found, "attention–gradient").mean == pytest.approx(1)
    assert tuple(one.published for one in found.groups) == MEANS["sst tanh lstm"]
    assert "Jain and Wallace" in found.published_name
    assert any("largest distance" in note and "0.6" in note for note in found.notes)
    assert found.verdict == "not supported"
    assert found.ends == (-1, 1)


def test_gradients_and_leaving_out_agree_where_attention_says_nothing() -> None:
    """Nearly even attention ranks by chance; the others rank by what is said."""
    found = collect(classifier(sharpness=0.02), "taus")
    assert found.verdict == "supported"
    assert named(found, PAIRS[2]).mean > 0.3
    assert abs(named(found, PAIRS[0]).mean) < 0.3
    assert found.published_name == ""
    assert all(one.published is None for one in found.groups)


def test_texts_without_a_tau_are_counted() -> None:
    """All three means are of the same texts; a text of one word said is left out."""
    texts = [(" ".join(NAMES[at : at + 5]), "positive") for at in range(20)]
    corpus = reviews(*texts, ("w1", "positive"), ("w3 w3 w3", "positive"))
    found = collect(classifier(), "taus", corpus=corpus)
    assert {len(one.values) for one in found.groups} == {20}
    assert any(note.startswith("1 left out: one of the three") for note in found.notes)
    assert any("fewer than two tokens" in note for note in found.notes)


def test_even_attention_has_no_taus() -> None:
    """Weights that do not vary rank nothing; the author is told."""
    with pytest.raises(UnsupportedError, match="in none of 40 texts"):
        collect(classifier(sharpness=0), "taus")


def test_shuffling_even_attention_changes_nothing() -> None:
    """Each text's value is exactly 0, and the claim is not supported."""
    found = collect(classifier(sharpness=0), "permutation")
    assert named(found, "all texts").values.tolist() == [0] * 40
    assert found.verdict == "not supported"
    assert [one.name for one in found.groups] == ["all texts", BY_LARGEST[0]]


def test_shuffling_sharp_attention_to_loud_words_changes_much() -> None:
    """Where one word has the weight and words differ, it matters which one."""
    found = collect(classifier(sharpness=6, loudness=4), "permutation")
    assert found.verdict == "supported"
    assert named(found, "all texts").mean > 0.1
    grouped = [one for one in found.groups if one.name != "all texts"]
    assert sum(len(one.values) for one in grouped) == 40
    assert found.ends == (0, 1)


def test_a_document_more_changes_no_other_value() -> None:
    """Each text is shuffled by draws of its own."""
    whole, part = documents(12), documents(11)
    values = [
        named(collect(classifier(), "permutation", corpus=corpus), "all texts").values
        for corpus in (whole, part)
    ]
    assert values[0][:11].tolist() == values[1].tolist()


@pytest.mark.parametrize("labels", [2, 3])
def test_words_that_say_the_same_let_attention_go_anywhere(labels: int) -> None:
    """The adversary comes near ln 2, within its bounds, and the claim is supported."""
    found = collect(classifier(loudness=0, labels=labels), "adversary")
    reached = named(found, "adversary")
    assert reached.mean > 0.6
    assert found.verdict == "supported"
    assert found.ends == (0, pytest.approx(LN2))
    assert (reached.values <= LN2 + 1e-6).all()
    assert any(("lower bounds" in note) == (labels > 2) for note in found.notes)


@pytest.mark.parametrize("labels", [2, 4])
def test_the_adversary_keeps_the_answer(labels: int) -> None:
    """What was checked is stored: the answer moves by no more than the tolerance."""
    found = collect(
        classifier(labels=labels), "adversary", tolerance=0.02, documents=15
    )
    check = next(one for one in found.checks if "adversary" in one.name)
    assert check.passed
    assert 0 < check.error <= check.tolerance == 0.02
    assert named(found, "adversary").values.min() >= 0


def test_two_words_of_which_one_decides_leave_no_room() -> None:
    """With two slots that say opposite things, the weights are fixed by the answer."""
    corpus = reviews(*((f"w{at} w{at + 1}", "positive") for at in range(1, 21)))
    model = classifier(sharpness=0.5)
    model.values = np.zeros((len(WORDS), 2))
    model.values[2::2, 1] = 6
    found = collect(model, "adversary", corpus=corpus)
    assert named(found, "adversary").mean < 0.01
    assert found.verdict == "not supported"


def test_a_bound_on_the_weights_is_told() -> None:
    """The adversary is not bound by the formula of the score; the notes say so."""
    notes = collect(classifier(sharpness=0.2, ratio=7.39), "adversary").notes
    assert any("7.39 times another" in note for note in notes)


def test_other_seeds_beside_even_attention_and_the_adversary() -> None:
    """Another seed differs less than an adversary, which is shown again."""
    held = [attention_of(classifier(seed, sharpness=0.3)) for seed in (1, 2)]
    model = classifier(sharpness=0.3)
    adversary = collect(model, "adversary")
    found = collect(
        model, "seeds", *held, adversary, against=("s1", "s2"), adversary="adv"
    )
    assert [one.name for one in found.groups] == [
        "another seed",
        "even attention",
        "adversary",
    ]
    assert found.groups[1].role == "null"
    assert found.groups[2].values.tolist() == adversary.groups[0].values.tolist()
    assert 0 < named(found, "another seed").mean < named(found, "adversary").mean
    assert found.verdict == "supported"
    assert any("2 other models" in note for note in found.notes)


def test_the_same_model_is_no_other_seed() -> None:
    """It differs by nothing, which the notes remark; without adversary no verdict."""
    model = classifier()
    found = collect(model, "seeds", attention_of(model), against=("s1",))
    assert named(found, "another seed").mean == pytest.approx(0, abs=1e-9)
    assert any("exactly" in note for note in found.notes)
    assert found.verdict == "none"
    assert found.claim == ""


def test_texts_of_one_token_are_left_out_of_seeds_too() -> None:
    """The other model's texts are matched before any is left out."""
    corpus = reviews(
        ("w1 w2 w3", "positive"), ("w4", "positive"), ("w5 w6", "positive")
    )
    other = attention_of(classifier(1), corpus)
    found = collect(classifier(), "seeds", other, corpus=corpus, against=("s1",))
    assert len(named(found, "another seed").values) == 2


def test_another_division_of_the_corpus_is_refused() -> None:
    """Attention to other documents is no attention to these."""
    other = attention_of(classifier(1), documents(39))
    with pytest.raises(ConfigError, match='"s1" is about other texts'):
        collect(classifier(), "seeds", other, against=("s1",))


def test_few_texts_decide_nothing() -> None:
    """With fewer than ten texts every verdict is undecided."""
    few = documents(9)
    model = classifier(sharpness=6, loudness=4)
    for test in ("permutation", "adversary", "taus"):
        assert collect(model, test, corpus=few).verdict == "undecided"


def test_nothing_to_ask_about() -> None:
    """Texts of one token have no attention to test."""
    corpus = reviews(("w1", "positive"), ("w2", "positive"))
    with pytest.raises(CorpusError, match="fewer than two tokens"):
        collect(classifier(), "permutation", corpus=corpus)


def test_texts_can_be_given() -> None:
    """An author's texts are asked about without any document."""
    found = collect(classifier(), "adversary", documents=0, texts=("w1 w2 w3 nope",))
    assert len(named(found, "adversary").values) == 1


def test_each_test_asks_for_what_it_needs() -> None:
    """Only the taus need gradients, and only two tests need logits as averages."""
    asked = {
        test: AttentionTests(
            method="attention_tests",
            model="m",
            test=test,
            **({"against": ("s",)} if test == "seeds" else {}),
        )
        for test in ASKS
    }
    assert {
        test
        for test, one in asked.items()
        if Differentiable in one.required_capabilities()
    } == {"taus"}
    assert {
        test for test, one in asked.items() if Averaging in one.required_capabilities()
    } == {
        "permutation",
        "adversary",
    }
    assert all(Attentive in one.required_capabilities() for one in asked.values())
    assert asked["seeds"].artifact_names() == ("s",)
