"""Where a reader of stories points, against what is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Estimates, TokenScores
from generator.core.errors import CorpusError
from generator.corpora.base import Corpus, Document
from generator.methods import METHODS
from generator.methods.attention.pointer import PointerTest
from generator.methods.attention.weights import AttentionHistory, AttentionWeights
from generator.methods.attribution.gradients import WordGradients
from generator.methods.attribution.integrated_gradients import IntegratedGradients
from generator.methods.attribution.leave_one_out import LeaveOneOut
from generator.methods.attribution.lime import Lime
from generator.methods.attribution.shap import Shap
from generator.methods.evaluation.faithfulness import Faithfulness
from generator.models.capabilities import Differentiable, StoryReader
from tests.fakes.language_models import ask
from tests.methods.attending import learnt, stored
from tests.methods.reading import LABELS, reader, stories

POINTS = {"red": 8.0, "blue": 8.0}
ASIDE = {"grey": 8.0, "green": 7.0}


def collect(*states: Any, given: Corpus | None = None, **settings: Any) -> Estimates:
    """One table."""
    given = given or stories()
    found = learnt(*states, documents=len(given.documents))
    method = PointerTest(method="pointer", model="m", **settings)
    return method.collect(ask(found, corpus=given))


def rows(found: Estimates) -> dict[str, float]:
    """Values of rows by name."""
    return {row.name: row.value for row in found.rows}


def explained(kind: Any, model: Any, **settings: Any) -> TokenScores:
    """What a method makes of the first stories."""
    given = stories()
    found = learnt(model, documents=len(given.documents))
    asked = kind(model="m", documents=8, **settings).collect(ask(found, corpus=given))
    assert isinstance(asked, TokenScores)
    return asked


def test_the_fake_is_a_reader() -> None:
    """What is tested here is asked as a trained reader is."""
    assert isinstance(reader(), StoryReader)
    assert isinstance(reader(), Differentiable)
    assert METHODS["pointer"] is PointerTest


def test_a_reader_that_points() -> None:
    """All ways find the sentence; before training attention is even and finds none."""
    found = collect(reader(0), reader(**POINTS))
    named = rows(found)
    assert named["attention"] == named["attention, right answers"] == 1
    assert named["leaving out"] == named["gradient"] == 1
    assert named["attention before training"] == 0
    assert named["the last sentence"] == named["a sentence at random"] == 0.25
    assert "attention, wrong answers" not in named
    assert found.verdict == "supported"
    assert found.reference == 0.25
    assert stored(found) is not None


def test_a_reader_that_points_elsewhere() -> None:
    """It is right by what little weight is left, and its pointing is told as wrong."""
    pointing = collect(reader(**ASIDE))
    assert rows(pointing)["attention"] == 0
    assert rows(pointing)["leaving out"] == 1
    assert pointing.verdict == "not supported"
    agreeing = collect(reader(**ASIDE), measure="agreement")
    assert rows(agreeing)["attention and leaving out"] == 0
    assert agreeing.verdict == "not supported"
    needing = collect(reader(**ASIDE), measure="dependence")
    assert rows(needing)["the sentence pointed at"] < 0.01


def test_answers_need_their_sentence() -> None:
    """Without it the answer is a guess; without another nothing changes."""
    named = rows(collect(reader(0), reader(**POINTS), measure="accuracy"))
    assert named["all sentences"] == named["without another"] == 1
    assert named["without the one that answers"] == 0.5
    assert named["before training"] == 1


def test_how_much_is_lost() -> None:
    """The drop is the probability with the sentence less that without."""
    found = collect(reader(**POINTS), measure="dependence")
    model = reader(**POINTS)
    whole, without = model.predict([(2, 5, 4, 5), (5, 4, 5)])[:, 0]
    assert rows(found)["the sentence pointed at"] == pytest.approx(whole - without)
    assert rows(found)["another sentence"] == pytest.approx(0, abs=0.01)
    assert found.verdict == "supported"


def test_what_cannot_tell_is_left_out() -> None:
    """A story of one sentence, or with no known support, is counted in the notes."""
    given = stories(6)
    odd = (
        Document("red. where?", label=LABELS[0], rationale=((0, 2),)),
        Document("red. grey. where?", label=LABELS[0]),
    )
    found = collect(
        reader(**POINTS),
        given=Corpus((*given.documents, *odd), "key", labels=LABELS),
    )
    assert found.rows[0].n == 6
    assert "1 left out: it has one sentence" in found.notes
    assert "1 left out: the sentence that answers was not read" in found.notes
    with pytest.raises(CorpusError, match="no test document can be asked"):
        collect(reader(), given=Corpus(odd, "key", labels=LABELS))


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        (AttentionWeights, {"method": "attention"}),
        (LeaveOneOut, {"method": "leave_one_out"}),
        (WordGradients, {"method": "gradients"}),
        (IntegratedGradients, {"method": "integrated_gradients"}),
        (Shap, {"method": "shap"}),
        (Lime, {"method": "lime", "samples": 200}),
    ],
)
def test_methods_take_sentences_for_tokens(method: Any, settings: Any) -> None:
    """Each sentence has one score, the question none, and the support is its sentence.

    What each method thinks the answer needs is the sentence that decides.
    """
    found = explained(method, reader(**POINTS), **settings)
    for text in found.texts:
        assert len(text.tokens) == len(text.scores) == 4
        assert {token.kind for token in text.tokens} == {"sentence"}
        assert text.question == "where?"
        ((place, end),) = text.rationale
        assert end == place + 1
        assert int(np.argmax(text.scores)) == place
    read = stored(found)
    assert isinstance(read, TokenScores)
    assert read.texts[0].question == "where?"


def test_a_gradient_names_the_question() -> None:
    """What falls on the question stands beside the scores and not among them."""
    found = explained(WordGradients, reader(**POINTS), method="gradients")
    names = [fact.name for fact in found.texts[0].facts]
    assert "score of the question" in names
    assert "sum over padding" not in names


def test_epochs_are_of_the_same_stories() -> None:
    """Frames hold the same sentences and question at every epoch."""
    given = stories()
    found = learnt(reader(0), reader(1, **POINTS), documents=len(given.documents))
    method = AttentionHistory(method="attention_history", model="m", documents=2)
    frames = method.collect(ask(found, corpus=given)).frames
    assert [frame.epoch for frame in frames] == [0, 1]
    assert frames[0].texts[0].tokens == frames[1].texts[0].tokens
    assert frames[0].texts[0].question == "where?"


def test_explanations_are_read_back() -> None:
    """What grades an explanation asks the reader about the same story again."""
    given, model = stories(), reader(**POINTS)
    found = learnt(model, documents=len(given.documents))
    scores = explained(LeaveOneOut, model, method="leave_one_out")
    method = Faithfulness(method="faithfulness", model="m", of=("left",))
    graded = method.collect(ask(found, scores, corpus=given))
    assert {row.n for row in graded.rows} == {8}


def test_an_authors_story() -> None:
    """A text of the study file is divided like a document."""
    found = learnt(reader(**POINTS), documents=24)
    method = AttentionWeights(
        method="attention", model="m", texts=("Grey. Red. Where?",)
    )
    (text,) = method.collect(ask(found, corpus=stories())).texts
    assert [token.text for token in text.tokens] == ["grey.", "red."]
    assert text.question == "where?"


def test_a_long_story_is_cut() -> None:
    """More sentences than are read are told, and a support beyond the cut is none."""
    given = stories(3, size=20)
    found = learnt(reader(**POINTS), documents=3)
    method = AttentionWeights(method="attention", model="m", documents=3)
    texts = method.collect(ask(found, corpus=given)).texts
    assert [text.length for text in texts] == [20] * 3
    assert [len(text.tokens) for text in texts] == [12] * 3
