"""Leaving one token out, against classifiers whose answer is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.artifacts import Measurement, ScoredText, TokenScores
from generator.core.errors import ConfigError, CorpusError, IntegrityError
from generator.corpora.base import Corpus
from generator.methods.attribution.leave_one_out import LeaveOneOut
from generator.methods.language_model.occlusion import SlotOcclusion
from generator.methods.language_model.writing import TextGeneration
from tests.fakes.classifiers import LinearClassifier, WeighingClassifier, ids, softmax
from tests.fakes.language_models import CopyWriter, ask, trained, words
from tests.methods.attending import WORDS, corpus, learnt, opinions, scores, stored

TEXT = "the film was bright and a bright plot"
SAID: NDArray[Any] = np.random.default_rng(4).normal(0, 1, (len(WORDS), 2))


def linear(epoch: int = 1) -> Any:
    """Each word adds to the logits what a table says."""
    return LinearClassifier(WORDS, SAID, biases=(0.3, -0.2), epoch=epoch)


def collect(
    model: Any,
    *texts: str,
    corpus_: Corpus | None = None,
    count: int = 0,
    **settings: Any,
) -> TokenScores:
    """The scores of texts, and of documents if some are asked for."""
    method = LeaveOneOut(method="leave_one_out", model="m", texts=texts, **settings)
    return method.collect(ask(learnt(model, documents=count), corpus=corpus_))


def chance(model: Any, text: tuple[int, ...]) -> NDArray[Any]:
    """Probabilities of one text, in double precision."""
    return softmax(model.logits([text])[0])


def facts(text: ScoredText) -> dict[str, Measurement]:
    """Facts by name."""
    return {fact.name: fact for fact in text.facts}


@pytest.mark.parametrize("quantity", ["probability", "log probability"])
@pytest.mark.parametrize("replace", ["remove", "unknown", "pad"])
@pytest.mark.parametrize("label", [None, "negative", "positive"])
def test_scores_are_the_drops(quantity: str, replace: str, label: str | None) -> None:
    """Each is what the label loses when its token is gone, computed by hand."""
    model = linear()
    found = collect(model, TEXT, quantity=quantity, operator=replace, label=label)
    (text,) = found.texts
    whole = ids(model, TEXT)
    p = chance(model, whole)
    place = p.argmax() if label is None else model.labels.index(label)
    put = {"remove": (), "unknown": (1,), "pad": (0,)}[replace]
    scale = np.log if quantity == "log probability" else np.asarray
    known = [
        scale(p)[place]
        - scale(chance(model, (*whole[:at], *put, *whole[at + 1 :])))[place]
        for at in range(len(whole))
    ]
    assert text.scores == pytest.approx(known, abs=2e-6)
    assert text.label == model.labels[place]
    assert found.signed
    assert found.quantity == f"drop in {quantity}"
    assert found.unit == {"probability": "probability"}.get(quantity, "nats")
    assert facts(text)["probability with every token"].value == pytest.approx(
        float(p[place])
    )
    assert facts(text)["largest change"].value == pytest.approx(
        max(map(abs, known)), abs=2e-6
    )


def test_the_operator_is_told() -> None:
    """The notes say what became of the token."""
    assert "taken out" in collect(linear(), TEXT).notes[0]
    assert "unknown word" in collect(linear(), TEXT, operator="unknown").notes[0]


@given(st.lists(st.sampled_from(WORDS.words), min_size=1, max_size=9))
def test_log_odds_fall_by_what_the_word_said(words: list[str]) -> None:
    """In a linear model a token's drop for one label less the other's is its own."""
    model = linear()
    text = " ".join(words)
    both = [collect(model, text, label=label).texts[0].scores for label in model.labels]
    known = np.diff(model.word_logits()[list(ids(model, text))], axis=1)[:, 0]
    assert both[1] - both[0] == pytest.approx(known, abs=1e-4)


def test_a_word_that_stands_twice_is_two_tokens() -> None:
    """Leaving out one of them leaves the other in its place."""
    found = collect(linear(), "bright film bright").texts[0].scores
    assert found[0] == pytest.approx(found[2])
    model = WeighingClassifier(WORDS, scores(), opinions())
    alone = collect(model, "bright film", label="positive").texts[0].scores
    twice = collect(model, "bright bright film", label="positive").texts[0].scores
    assert twice[0] == twice[1]
    assert twice[0] < alone[0]


def test_all_texts_are_asked_together() -> None:
    """However many there are: about the texts once, then about all without a token."""
    calls = []

    class Counting(LinearClassifier):
        def predict(self, texts: Any) -> Any:
            calls.append(len(texts))
            return super().predict(texts)

    model = Counting(WORDS, SAID)
    collect(model, TEXT, "dull film", "the plot was dull")
    assert calls == [3, 8 + 2 + 4]


def test_one_token_is_compared_with_the_empty_text() -> None:
    """Its drop is defined, and the fact says what it was compared with."""
    model = linear()
    (text,) = collect(model, "bright", label="positive").texts
    known = np.log(chance(model, ids(model, "bright"))) - np.log(chance(model, ()))
    assert text.scores == pytest.approx(known[1:], abs=1e-6)
    assert text.undefined == ""
    assert facts(text)["tokens"].doubt == "one token: compared with the empty text"
    (text,) = collect(model, "bright", label="positive", operator="unknown").texts
    assert "tokens" not in facts(text)
    assert np.isfinite(text.scores).all()


@pytest.mark.parametrize("replace", ["remove", "unknown"])
def test_nothing_known_is_not_defined(replace: str) -> None:
    """A text of unknown words has no scores, and says why."""
    (text,) = collect(linear(), "qua sed ut", operator=replace).texts
    assert text.undefined == "all 3 words are outside the vocabulary"
    assert np.isnan(text.scores).all()
    assert "largest change" not in facts(text)
    assert facts(text)["unknown words"].doubt == text.undefined


def test_an_unknown_word_is_not_replaced_by_itself() -> None:
    """It has no score where nothing was replaced, and one where it was taken out."""
    (text,) = collect(linear(), "qua film", operator="unknown").texts
    assert np.isnan(text.scores).tolist() == [True, False]
    (text,) = collect(linear(), "qua film").texts
    assert np.isfinite(text.scores).all()
    assert facts(text)["unknown words"] == Measurement("unknown words", 1.0)


def test_no_token_matters() -> None:
    """A model that ignores its text is said to."""
    model = LinearClassifier(WORDS, np.zeros((len(WORDS), 2)), biases=(1.0, 0.0))
    (text,) = collect(model, TEXT).texts
    assert text.scores == pytest.approx([0] * 8, abs=1e-9)
    assert facts(text)["largest change"].doubt == "no single token changes it"


def test_documents_and_their_cut() -> None:
    """Documents keep number, label and rationale; what was cut is not left out."""
    told = corpus(("the " * 60, "positive", [(3, 4)]), ("", "negative", []))
    found = collect(linear(), corpus_=told, count=2, documents=2)
    assert len(found.texts[0].scores) == 50
    assert found.texts[0].length == 60
    assert found.texts[0].rationale == ((3, 4),)
    assert found.texts[1].undefined
    assert found.texts[1].scores.size == 0
    assert found.epoch == 1


def test_ties_go_to_the_first_label() -> None:
    """Where labels are equally probable the first is explained."""
    model = LinearClassifier(WORDS, np.zeros((len(WORDS), 2)))
    assert collect(model, TEXT).texts[0].label == "negative"


def test_it_is_stored_as_it_is() -> None:
    """Scores are read back to the bit, undefined ones as undefined."""
    found = collect(linear(), TEXT, "qua film", operator="unknown")
    back = stored(found)
    assert isinstance(back, TokenScores)
    for left, right in zip(found.texts, back.texts, strict=True):
        np.testing.assert_array_equal(left.scores, right.scores)
        assert left.facts == right.facts


@pytest.mark.parametrize("quantity", ["probability", "log probability"])
def test_a_written_token_is_occluded(quantity: Any) -> None:
    """With padding it is what occlusion gives the tokens of that step's history."""
    model = trained(CopyWriter(words(5), 6, lag=3))
    text = TextGeneration(method="writing", model="lm", prefix="w4 w2 w5", length=9)
    read = text.collect(ask(model))
    told = {"model": "lm", "of": "read", "quantity": quantity}
    slots = SlotOcclusion(method="occlusion", **told).collect(ask(model, read))
    for step in (1, 2, -1):
        method = LeaveOneOut(
            method="leave_one_out", operator="pad", epoch=1, step=step, **told
        )
        (found,) = method.collect(ask(model, read)).texts
        place = step - 1 if step > 0 else step
        real = [token.kind != "pad" for token in read.histories[place]]
        assert found.scores == pytest.approx(slots.scores[place][real], abs=1e-6)
        assert found.label == read.targets[place].text
        assert np.abs(found.scores).max() > 0.1


def test_what_is_missing_or_wrong() -> None:
    """No such label, no documents, answers that are no probabilities."""

    class Logits(LinearClassifier):
        def predict(self, texts: Any) -> Any:
            return self.logits(texts).astype(np.float32)

    with pytest.raises(ConfigError, match=r'no "positiv"; did you mean "positive"\?'):
        collect(linear(), TEXT, label="positiv")
    with pytest.raises(CorpusError, match="no corpus"):
        collect(linear(), documents=2)
    with pytest.raises(IntegrityError, match="probabilities sum to 1"):
        collect(Logits(WORDS, SAID), TEXT)
    assert math.isnan(collect(linear(), "qua").texts[0].scores[0])
