"""Attention weights of a classifier against scores that are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Measurement, ScoredText, TokenScores
from generator.core.errors import CorpusError, IntegrityError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.attention.weights import LEVEL, ONE, AttentionWeights
from tests.fakes.classifiers import softmax
from tests.fakes.language_models import ask
from tests.methods.attending import (
    WORDS,
    attentive,
    corpus,
    learnt,
    scores,
    stored,
    wrong,
)

TEXT = "the film was bright"


def collect(
    model: Any,
    *texts: str,
    given: Corpus | None = None,
    count: int = 0,
    **settings: Any,
) -> TokenScores:
    """The weights of texts, and of documents if some are asked for."""
    method = AttentionWeights(method="attention", model="m", texts=texts, **settings)
    return method.collect(ask(learnt(model, documents=count), corpus=given))


def facts(text: ScoredText) -> dict[str, Measurement]:
    """Facts by name."""
    return {fact.name: fact for fact in text.facts}


def test_weights_are_the_softmax_of_the_scores() -> None:
    """Each token has its weight, in the text's order, summing to 1."""
    found = collect(attentive(bright=2.0, the=-1.0), TEXT)
    (text,) = found.texts
    assert [token.text for token in text.tokens] == TEXT.split()
    assert text.scores == pytest.approx(softmax(np.array([-1, 0, 0, 2.0])))
    assert text.scores.dtype == np.float32
    assert found.quantity == "attention weight"
    assert not found.signed
    assert text.label == ""
    assert text.probabilities.argmax() == 1
    assert found.epoch == 2
    assert {check.name for check in found.checks} == {
        "padding is not weighed",
        "attention rows sum to 1",
        "attention is not negative",
        "probabilities lie from 0 to 1",
    }


def test_padding_is_kept_where_it_is_weighed() -> None:
    """The slots behind the tokens are tokens of their kind, and their sum is given."""
    (text,) = collect(attentive(masked=False, pad=1.0), TEXT).texts
    assert [token.kind for token in text.tokens] == ["word"] * 4 + ["pad"] * 8
    known = 8 * math.e / (8 * math.e + 4)
    assert facts(text)["attention on padding"].value == pytest.approx(known)
    assert facts(text)["even share"].value == pytest.approx(1 / 12)


def test_masked_models_have_no_padding() -> None:
    """There is no slot but the tokens', and no fact about padding."""
    found = collect(attentive(), TEXT, "dull")
    assert [len(text.scores) for text in found.texts] == [4, 1]
    assert "attention on padding" not in facts(found.texts[0])
    assert "masked" in found.notes[0]


def test_even_attention_is_said_to_be_even() -> None:
    """Entropy is all of log n, and nothing is weighed more than another."""
    (text,) = collect(attentive(), TEXT).texts
    assert facts(text)["entropy / log n"].value == pytest.approx(1)
    assert facts(text)["largest weight"] == Measurement(
        "largest weight", 0.25, doubt=LEVEL
    )


def test_entropy_of_known_weights() -> None:
    """Two tokens of weights p and 1 - p have the binary entropy of p."""
    (text,) = collect(attentive(bright=1.0), "film bright").texts
    p = math.e / (1 + math.e)
    bits = -(p * math.log2(p) + (1 - p) * math.log2(1 - p))
    assert facts(text)["entropy / log n"].value == pytest.approx(bits)
    assert facts(text)["largest weight"].value == pytest.approx(p)
    assert not facts(text)["largest weight"].doubt


def test_given_texts_come_before_documents() -> None:
    """Documents carry their number, label and rationale; given texts none of them."""
    given = corpus((TEXT, "positive", [(3, 4)]), ("the plot", "negative", []))
    found = collect(attentive(), "dull film", given=given, count=2, documents=2)
    assert [text.document for text in found.texts] == [None, 0, 1]
    assert [text.truth for text in found.texts] == ["", "positive", "negative"]
    assert found.texts[1].rationale == ((3, 4),)
    assert found.labels == ("negative", "positive")


def test_one_token_is_not_defined() -> None:
    """Its weight is 1 by definition, which is said instead of drawn."""
    (text,) = collect(attentive(), "bright").texts
    assert text.undefined == ONE
    assert text.scores.tolist() == [1]
    assert "entropy / log n" not in facts(text)


def test_one_token_beside_weighed_padding_is_defined() -> None:
    """Where padding is weighed, a single token has eleven slots beside it."""
    (text,) = collect(attentive(masked=False), "bright").texts
    assert text.undefined == ""
    assert text.scores == pytest.approx([1 / 12] * 12)


def test_unknown_words_are_counted() -> None:
    """A text of unknown words alone keeps its scores and is doubted."""
    found = collect(attentive(), "qua sed ut", "qua film")
    assert [token.kind for token in found.texts[0].tokens] == ["unknown"] * 3
    doubt = "all 3 words are outside the vocabulary"
    assert facts(found.texts[0])["unknown words"] == Measurement(
        "unknown words", 3.0, doubt=doubt
    )
    assert found.texts[0].scores == pytest.approx([1 / 3] * 3)
    assert facts(found.texts[1])["unknown words"] == Measurement("unknown words", 1.0)


def test_a_document_without_words_is_not_defined() -> None:
    """It has no scores, and it does not spoil the others."""
    given = corpus(("", "positive", []), (TEXT, "positive", []))
    for masked in (True, False):
        model = attentive(masked=masked)
        found = collect(model, given=given, count=2, documents=2)
        assert found.texts[0].undefined
        assert found.texts[0].scores.size == 0
        assert found.texts[1].scores.sum() == pytest.approx(1)


def test_long_texts_are_cut() -> None:
    """A text is read up to what the model reads, and its whole length is kept."""
    (text,) = collect(attentive(), "the film " * 10).texts
    assert len(text.tokens) == 12
    assert text.length == 20


def test_the_bound_of_the_formula() -> None:
    """A bound is handed on with the ratio found; a ratio above it is refused."""
    model = attentive(bright=2.0)
    model.ratio = math.exp(2)
    found = collect(model, TEXT)
    assert found.ratio == pytest.approx(7.389, abs=1e-3)
    name = "largest / smallest weight"
    assert facts(found.texts[0])[name].value == pytest.approx(math.exp(2), rel=1e-5)
    assert found.checks[-1].passed
    model.ratio = 7.38
    with pytest.raises(IntegrityError, match=r"at most 7\.38 times the smallest"):
        collect(model, TEXT)


@pytest.mark.parametrize(
    ("row", "masked", "told"),
    [
        ((0.5, 0.6), True, "sum to 1"),
        ((1.2, -0.2), True, "not negative"),
        ((math.nan, 1.0), True, "sum to 1"),
        ((0.4, 0.3, 0.3), True, "padding is not weighed"),
        ((0.5, 0.5), False, "12 slots"),
    ],
)
def test_what_is_no_attention_is_refused(
    row: tuple[float, ...], masked: bool, told: str
) -> None:
    """Rows that do not sum to 1, are negative or have other slots are not stored."""
    with pytest.raises(IntegrityError, match=told):
        collect(wrong(row, masked=masked), "dull film")


def test_a_weight_of_nothing_breaks_any_bound() -> None:
    """Where a ratio is promised, no weight may be 0."""
    with pytest.raises(IntegrityError, match="times the smallest"):
        collect(wrong((1.0, 0.0), ratio=7.389), "dull film")


def test_it_is_stored_as_it_is() -> None:
    """The artifact is read back the same."""
    found = collect(attentive(masked=False, bright=1.0), TEXT, "qua")
    back = stored(found)
    assert isinstance(back, TokenScores)
    assert back.texts[0].scores.tolist() == found.texts[0].scores.tolist()
    assert [t.facts for t in back.texts] == [t.facts for t in found.texts]


def test_what_is_missing() -> None:
    """No corpus, no side, no such epoch."""
    given = corpus((TEXT, "positive", []))
    with pytest.raises(CorpusError, match="no corpus"):
        collect(attentive(), documents=3)
    with pytest.raises(CorpusError, match="no document is on the validation side"):
        collect(attentive(), given=given, documents=3, part="validation")
    with pytest.raises(UnsupportedError, match="epoch 7"):
        collect(attentive(), TEXT, epoch=7)


def test_scores_of_the_fakes_are_those_told() -> None:
    """The words of the tests have the scores that the tests say."""
    assert scores(pad=1, unknown=2, dull=3).tolist()[:4] == [1, 2, 3, 0]
    assert len(scores()) == len(WORDS)
