"""Planted documents: what a model with known behaviour must be found to do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.artifacts import Curves, Estimate, Estimates
from generator.core.errors import CorpusError, IntegrityError, UnsupportedError
from generator.corpora.base import Corpus, Truth
from generator.corpora.tokenization import MARK, Vocabulary
from generator.methods.language_model import planted
from generator.methods.language_model.planted import NAMES, PlantedCurve, PlantedTest
from generator.methods.language_model.planted_documents import find_planted_cases
from tests.fakes.language_models import (
    FakeTrained,
    HandWriter,
    LinearWriter,
    UniformWriter,
    ask,
    characters,
    corpus_of,
    trained,
)

KEYS, CITIES, FILLERS = 4, 2, 10
NAMES_OF = [f"k{at}" for at in range(KEYS)]
PLACES = [f"c{at}" for at in range(CITIES)]
WORDS = (*NAMES_OF, *PLACES, *(f"x{at}" for at in range(FILLERS)), MARK)
VOCABULARY = Vocabulary(WORDS, word_level=True)
WINDOW = 8
MEASURES = (
    "accuracy",
    "attention",
    "occlusion",
    "decision",
    "contribution",
    "ranking",
    "agreement",
)


def document(number: int, lag: int) -> tuple[str, Truth]:
    """Fillers, a key, fillers, and `lag` words after the key its city."""
    rng = np.random.default_rng([5, number])
    before, key = int(rng.integers(0, 4)), number % KEYS
    words = [f"x{at}" for at in rng.integers(0, FILLERS, before + lag + 2)]
    words[before], words[before + lag] = NAMES_OF[key], PLACES[key % CITIES]
    truth = Truth((before, before + 1), before + lag, tuple(PLACES))
    return " ".join(words), truth


def corpus(count: int = 60, lags: range = range(2, 7)) -> Corpus:
    """Planted documents at all lags."""
    made = [document(at, lags[at % len(lags)]) for at in range(count)]
    return corpus_of(*(text for text, _ in made), truths=[truth for _, truth in made])


def knows(rows: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of a model that writes the key's city wherever it sees a key."""
    found = np.full((len(rows), len(VOCABULARY)), 0.01)
    for row, history in zip(found, rows, strict=True):
        for index in history:
            if 1 <= index <= KEYS:
                row[1 + KEYS + (index - 1) % CITIES] = 0.9
    return found / found.sum(1, keepdims=True)


def on_newest(rows: NDArray[Any]) -> NDArray[Any]:
    """Attention that never looks at a key: nearly all on the newest slot."""
    weights = np.full(rows.shape, 0.03 / (WINDOW - 1))
    weights[:, -1] = 0.97
    return weights


def on_keys(rows: NDArray[Any]) -> NDArray[Any]:
    """Attention on the key, even where there is none."""
    scores = np.where((rows >= 1) & (rows <= KEYS), 50.0, 1.0)
    return scores / scores.sum(1, keepdims=True)


def model(attend: Any = on_newest, answer: Any = knows, **log: Any) -> FakeTrained:
    """A writer that knows, beside an even one before training."""
    states = {
        0: UniformWriter(VOCABULARY, WINDOW, 0),
        2: HandWriter(VOCABULARY, WINDOW, 2, attend=attend, answer=answer),
    }
    return FakeTrained(states, **{"held_out": range(60), **log})


def collect(
    found: FakeTrained, measure: str = "attention", given: Any = None, **settings: Any
) -> Estimates:
    """One table."""
    method = PlantedTest(method="planted", model="lm", measure=measure, **settings)
    return method.collect(ask(found, corpus=given or corpus()))


def rows(found: Estimates) -> dict[str, Estimate]:
    """Rows by name."""
    return {row.name: row for row in found.rows}


def test_accuracy_of_a_model_that_knows() -> None:
    """It is right with the key, at chance without it and before training."""
    found = collect(model(), "accuracy")
    named = rows(found)
    assert named["among the choices"].value == 1
    assert named["among all words"].value == 1
    assert named["without the key"].value == 0.5
    assert named["before training"].value == 0.5
    assert named["among the choices"].n == 60
    assert named["among the choices"].low == pytest.approx(0.9398, abs=1e-3)
    assert found.reference == 0.5
    assert found.verdict == "supported"
    assert found.epoch == 2


def test_accuracy_without_the_key_is_no_use_of_it() -> None:
    """A model as right when the key is hidden has not been seen to use it."""

    def always(rows: NDArray[Any]) -> NDArray[Any]:
        return np.tile(np.eye(len(VOCABULARY))[1 + KEYS], (len(rows), 1))

    one_city = [document(at, 3) for at in range(0, 80, 2)]
    given = corpus_of(*(text for text, _ in one_city), truths=[t for _, t in one_city])
    found = collect(model(answer=always, held_out=range(40)), "accuracy", given)
    assert rows(found)["among the choices"].value == 1
    assert rows(found)["without the key"].value == 1
    assert found.verdict == "not supported"


def test_attention_that_ignores_the_key() -> None:
    """All attention is elsewhere: the claim is not supported though accuracy is 1."""
    found = collect(model())
    named = rows(found)
    assert named["key"].value == pytest.approx(0.03 / 7)
    assert named["newest token"].value == pytest.approx(0.97)
    assert named["key before training"].value == pytest.approx(1 / 8)
    assert found.reference == pytest.approx(1 / 8)
    assert found.verdict == "not supported"


def test_attention_on_the_key() -> None:
    """Attention that finds the key is found: this control must be able to succeed."""
    found = collect(model(on_keys))
    assert rows(found)["key"].value == pytest.approx(50 / 57)
    assert rows(found)["another word"].value == pytest.approx(1 / 57)
    assert found.verdict == "supported"


def test_even_attention_is_not_supported() -> None:
    """Exactly even attention lies on the line, which is not above it."""
    assert collect(model(None)).verdict == "not supported"


def test_padding_and_even_attention() -> None:
    """Padding's mass is its share of the slots."""
    even = model(None)
    found = rows(collect(even))["padding"].value
    asked = ask(even, corpus=corpus())
    seen = find_planted_cases(asked, even.at(2), 99).rows
    assert found == pytest.approx((seen == 0).mean())


def test_occlusion_finds_what_attention_hides() -> None:
    """Without the key the city is as probable as any word; without another it stays."""
    found = collect(model(), "occlusion")
    named = rows(found)
    # 0.9 and sixteen times 0.01, against seventeen equal shares.
    drop = math.log(0.9 / (0.9 + 0.01 * 17)) - math.log(1 / 18)
    assert len(VOCABULARY) == 18
    assert named["key"].value == pytest.approx(drop, rel=1e-5)
    assert named["another word"].value == pytest.approx(0, abs=1e-6)
    assert named["key before training"].value == pytest.approx(0, abs=1e-6)
    assert found.verdict == "supported"


def test_decision_among_the_choices() -> None:
    """Without the key both cities are equally probable; no other word tells them."""
    found = collect(model(), "decision")
    named = rows(found)
    # 0.9 and 0.01 for the other city; hidden, both 0.01.
    known = math.log(0.9 / 0.91) - math.log(0.5)
    assert named["key"].value == pytest.approx(known, rel=1e-5)
    assert named["another word"].value == pytest.approx(0, abs=1e-6)
    assert found.verdict == "supported"


def test_a_word_that_asks_for_any_city_decides_none() -> None:
    """What makes all cities probable drops the probability and not the choice."""

    def any_city(seen: NDArray[Any]) -> NDArray[Any]:
        found = knows(seen)
        found[seen[:, -1] == 0, 1 + KEYS : 1 + KEYS + CITIES] /= 1000
        return found / found.sum(1, keepdims=True)

    asking = model(answer=any_city)
    assert rows(collect(asking, "occlusion"))["newest token"].value > 3
    newest = rows(collect(asking, "decision"))["newest token"]
    assert newest.value == pytest.approx(0, abs=1e-6)
    ranked = rows(collect(asking, "ranking"))
    assert ranked["by occlusion"].value < 0.5
    assert ranked["by occlusion among the choices"].value == 1


def linear() -> FakeTrained:
    """A linear writer: a key's slot adds 8 to its city, others nearly nothing."""
    size = len(VOCABULARY)
    table = np.zeros((2, size, size))
    for key in range(KEYS):
        table[1, 1 + key, 1 + KEYS + key % CITIES] = 8.0
    table[0, 1 + KEYS + CITIES :, 1 + KEYS :] = 0.1
    state = LinearWriter(VOCABULARY, WINDOW, table, np.zeros(size), epoch=2)
    return FakeTrained({2: state}, held_out=range(60))


def test_contributions_of_a_linear_writer() -> None:
    """The key's slot carries an even share of 8 logits."""
    found = collect(linear(), "contribution")
    assert rows(found)["key"].value == pytest.approx(1.0)
    assert abs(rows(found)["another word"].value) < 0.02
    assert found.verdict == "supported"
    assert found.quantity.endswith("in logits")


def test_ranking_and_ties() -> None:
    """By contribution and occlusion the key is first; even attention ties, so never."""
    named = rows(collect(linear(), "ranking"))
    assert named["by contribution"].value == 1
    assert named["by occlusion"].value == 1
    assert named["by attention"].value == 0
    assert rows(collect(model(on_keys), "ranking"))["by attention"].value == 1


def test_agreement() -> None:
    """Constant attention has no order; contribution and occlusion share theirs."""
    named = rows(collect(linear(), "agreement"))
    assert named["attention and occlusion"].n == 0
    assert math.isnan(named["attention and occlusion"].value)
    assert named["occlusion and contribution"].value > 0.8
    assert named["occlusion and contribution"].n == 60


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure(measure: str) -> None:
    """Rows have distinct names, intervals hold their values, a claim is made."""
    found = collect(linear(), measure)
    assert len({row.name for row in found.rows}) == len(found.rows)
    for row in found.rows:
        if row.n > 1:
            assert row.low <= row.value <= row.high
    assert found.claim
    assert found.reference_name
    assert found == collect(linear(), measure) or math.isnan(found.rows[0].value)


def test_keys_beyond_the_window_are_counted_out() -> None:
    """A key that the model cannot see at that step is no question."""
    found = collect(model(), given=corpus(lags=range(7, 11)))
    assert rows(found)["key"].n == 30
    assert found.notes == (
        "30 held-out documents",
        "30 left out: the deciding word is out of the window or unknown to the model",
    )


def test_unknown_words_are_counted_out() -> None:
    """Neither an unknown key nor an unknown answer can be asked about."""
    truth = Truth((0, 1), 2, ("c0", "paris"))
    given = corpus_of(
        "k0 x1 c0", "who x1 c0", "k1 x1 paris", truths=[truth, truth, truth]
    )
    found = collect(model(held_out=(0, 1, 2)), given=given)
    assert [note.split(":")[0] for note in found.notes] == [
        "1 held-out documents",
        "1 left out",
        "1 left out",
    ]


def test_a_key_of_two_words() -> None:
    """Their attention is summed, and even attention gives them two slots."""
    truth = Truth((0, 2), 3, tuple(PLACES))
    given = corpus_of("k0 k2 x1 c0 x2", truths=[truth])
    found = collect(model(on_keys, held_out=(0,)), given=given)
    assert rows(found)["key"].value == pytest.approx(100 / 106)
    assert rows(found)["another word"].value == pytest.approx(2 / 106)
    assert found.reference == pytest.approx(2 / 8)
    assert math.isnan(rows(found)["key"].low)
    assert found.verdict == "undecided"


def test_at_most_so_many_documents() -> None:
    """The limit is kept, and the same ones are taken each time."""
    found = collect(model(), documents=7)
    assert rows(found)["key"].n == 7
    assert found == collect(model(), documents=7)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (corpus_of("k0 x1 c0"), "document 0: no truth"),
        (
            corpus_of("k0 x1 c0", truths=[Truth((0, 1), 1, tuple(PLACES))]),
            "expected one of its choices",
        ),
        (
            corpus_of("k0 x1 c0", truths=[Truth((0, 1), 9, tuple(PLACES))]),
            "expected the key inside the text",
        ),
        (
            corpus_of("k0 x1 c0", truths=[Truth((2, 3), 1, tuple(PLACES))]),
            "expected the key inside the text",
        ),
        (
            corpus_of("zz x1 c0", truths=[Truth((0, 1), 2, tuple(PLACES))]),
            "no held-out document can be asked about",
        ),
    ],
)
def test_truth_that_cannot_be(given: Corpus, told: str) -> None:
    """A document without a truth, or with an impossible one, is named."""
    with pytest.raises(CorpusError, match=told):
        collect(model(held_out=(0,)), given=given)


def test_what_is_missing() -> None:
    """No held-out documents, no words, no such epoch, no shares."""
    with pytest.raises(CorpusError, match="no document is held out"):
        collect(model(held_out=()))
    letters = trained(UniformWriter(characters("kxc012 "), WINDOW), held_out=(0,))
    with pytest.raises(UnsupportedError, match="reads characters"):
        collect(letters)
    with pytest.raises(UnsupportedError, match="epoch 7"):
        collect(model(), epoch=7)
    with pytest.raises(IntegrityError, match="sum to 1"):
        collect(model(lambda seen: np.ones(seen.shape)))


@pytest.mark.parametrize(
    ("low", "high", "known"),
    [
        (0.2, 0.3, "supported"),
        (0.05, 0.09, "not supported"),
        (0.05, 0.3, "undecided"),
        (0.1, 0.3, "undecided"),
        (math.nan, math.nan, "undecided"),
    ],
)
def test_verdict(low: float, high: float, known: str) -> None:
    """The whole interval above the bar, below it, or neither."""
    assert planted.judge_interval(Estimate("key", 0.2, low, high, 9), 0.1) == known


def curve(found: FakeTrained, **settings: Any) -> Curves:
    """The same by epoch."""
    method = PlantedCurve(method="planted_curve", model="lm", **settings)
    return method.collect(ask(found, corpus=corpus()))


def test_curve() -> None:
    """Accuracy rises from chance to 1 while attention on the key falls."""
    found = curve(model(best=2))
    lines = dict(zip(NAMES, found.y.tolist(), strict=True))
    assert found.x.tolist() == [0, 2]
    assert lines["accuracy among the choices"] == [0.5, 1]
    assert lines["attention on the key"] == pytest.approx([1 / 8, 0.03 / 7])
    assert lines["key first by attention"] == [0, 0]
    assert lines["key first by occlusion among the choices"] == [0, 1]
    assert found.marked_x == 2


def test_curve_of_named_epochs() -> None:
    """Only those asked for; one that was not kept is refused."""
    assert curve(model(), epochs=(2,)).x.tolist() == [2]
    with pytest.raises(UnsupportedError, match="epoch 1"):
        curve(model(), epochs=(1,))
