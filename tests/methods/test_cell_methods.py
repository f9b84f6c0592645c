"""The methods that ask single cells, of a model whose quote cell is known."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from generator.artifacts import Cell, CellSearch
from generator.core.errors import ConfigError, CorpusError, UnsupportedError
from generator.corpora.base import Corpus, Document
from generator.methods.cells import activations
from generator.methods.cells.ablation import CellAblation, split_by_text
from generator.methods.cells.activations import CellActivations, find_busiest_stretch
from generator.methods.cells.over_training import CellTraining
from generator.methods.cells.search import HypothesisSearch
from generator.methods.cells.texts import count_unlearnt, find_passages
from generator.models.capabilities import CellModel
from tests.methods.quoting import (
    HYPOTHESES,
    QUOTE,
    WIDTH,
    Quoting,
    corpus,
    make_context,
)

PLANTED = Cell(1, QUOTE + 1)


def cells(**given: object) -> HypothesisSearch:
    """A search of small texts."""
    settings = {"characters": 1500, "length": 750, "networks": 6, **given}
    return HypothesisSearch(method="cells", model="m", **settings)


@cache
def search() -> CellSearch:
    """What it finds."""
    return cells().collect(make_context())


def test_the_model_of_these_tests_is_one() -> None:
    """It has the capability that the methods need."""
    assert isinstance(Quoting(), CellModel)


def test_texts_are_held_out_and_disjoint() -> None:
    """Documents in turn, from their beginnings, until there are enough characters."""
    model = Quoting()
    first, second = find_passages(make_context(), model, 1800, 700)
    assert (first.documents, second.documents) == ((0, 6), (3, 9))
    assert [len(text) for text in first.texts] == [700, 700]
    documents = corpus().documents
    assert first.texts[1] == documents[6].text[:700]
    assert first.labels.shape == (3, 1400)
    short = find_passages(make_context(), model, 1000, 700)[0]
    assert [len(text) for text in short.texts] == [700, 300]


def test_the_planted_cell_is_found_and_no_other() -> None:
    """Rank 1, AUROC 1 on both texts; what follows by itself is no finding."""
    found = search()
    fit = found.fits[0]
    assert (fit.name, fit.cell, fit.sign) == ("in string", PLANTED, 1)
    assert fit.score == fit.again == 1
    assert fit.found
    assert fit.closes == "a quote"
    assert found.found[0].sum() == 1
    assert (len(found.cells), len(found.fits), found.networks) == (WIDTH, 3, 6)
    assert found.characters == (1500, 1500)


def test_before_training_nothing_is_found() -> None:
    """The same search at epoch 0 finds at most a twentieth of the pairs."""
    found = cells(epoch=0).collect(make_context())
    assert found.epoch == 0
    assert found.found.mean() <= 0.05


def test_a_search_is_repeatable() -> None:
    """The same question gives the same artifact."""
    again = cells().collect(make_context())
    assert again.fits == search().fits
    assert (again.strengths == search().strengths).all()


def test_hypotheses_can_be_chosen() -> None:
    """Those that are named, in that order; others are told with the nearest."""
    found = cells(hypotheses=("in comment", "in string")).collect(make_context())
    assert [fit.name for fit in found.fits] == ["in comment", "in string"]
    with pytest.raises(ConfigError, match=r"in strin\" is none.*in string"):
        cells(hypotheses=("in strin",)).collect(make_context())


def test_without_known_states_there_is_nothing_to_search() -> None:
    """So it is without two documents that the model has not seen."""
    bare = replace(corpus(), hypotheses=())
    with pytest.raises(CorpusError, match="nothing is known"):
        cells().collect(make_context(given=bare))
    few = replace(corpus(), documents=corpus().documents[:3])
    with pytest.raises(CorpusError, match="only 1 held-out"):
        cells().collect(make_context(given=few))


def test_a_cell_that_is_used_is_told_from_one_that_is_not() -> None:
    """Holding the planted cell closes fewer strings, if the model reads it."""
    ablation = CellAblation(
        method="ablation", model="m", of="s", characters=1500, length=750, random=20
    )
    used, other = ablation.collect(make_context(search())).effects
    assert (used.hypothesis, used.cell, used.use) == ("in string", PLANTED, "used")
    assert used.off > 0.3
    assert used.off_random < 0.05
    assert used.on > 0.3
    assert used.on_random < 0.05
    assert used.random == 20
    assert used.before == pytest.approx(0.715, abs=0.03)
    assert (other.hypothesis, other.closes) == ("in comment", "a line break")
    idle = ablation.collect(make_context(search(), used=False)).effects[0]
    assert idle.use == "correlates only"


def test_an_ablation_has_rows_for_claims() -> None:
    """Observed changes, each followed by what random cells reach."""
    made = CellAblation(
        method="ablation", model="m", of="s", hypotheses=("in string",),
        characters=1500, length=750, random=20,
    ).collect(make_context(search()))  # fmt: skip
    assert [row.name for row in made.rows] == [
        "in string held off", "in string held off, random cells",
        "in string held on", "in string held on, random cells",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match='nothing closes "bracket depth"'):
        CellAblation(
            method="ablation", model="m", of="s", hypotheses=("bracket depth",)
        ).collect(make_context(search()))


def test_places_find_their_texts() -> None:
    """A place of the whole is a place of one text, and answers come back in order."""
    first, _ = find_passages(make_context(), Quoting(), 1500, 500)
    where = np.array([10, 499, 500, 700])
    at, order = split_by_text(first, where)
    assert [one.tolist() for one in at] == [[10, 499], [0, 200]]
    flat = np.concatenate([p + 500 * i for i, p in enumerate(at)])
    assert flat[order].tolist() == where.tolist()


def test_traces_are_what_the_model_does() -> None:
    """The best cell over a stretch of a held-out document, with its labels."""
    method = CellActivations(
        method="activations", model="m", of="s", hypotheses=("in string",), length=200,
    )  # fmt: skip
    found = method.collect(make_context(search()))
    assert found.cells == (PLANTED,)
    assert found.hypotheses == tuple(one.name for one in HYPOTHESES)
    assert found.document is not None
    document = corpus().documents[found.document]
    text = "".join(token.text for token in found.tokens)
    assert text == document.text[found.start : found.start + 200]
    assert (np.sign(found.memories[0]) == 2 * (found.truths[0] > 0) - 1).mean() > 0.9
    assert found.memories == pytest.approx(2 * found.activations, abs=0.002)


def test_all_cells_are_read_unless_some_are_named() -> None:
    """A text that is given has no labels."""
    method = CellActivations(method="activations", model="m", text='a "b"')
    found = method.collect(make_context())
    assert len(found.cells) == WIDTH
    assert found.activations.shape == (WIDTH, 5)
    assert found.memories.shape == found.activations.shape
    assert not found.hypotheses
    one = CellActivations(method="activations", model="m", text="ab", cells=("1.2",))
    assert one.collect(make_context()).cells == (PLANTED,)
    gone = CellActivations(method="activations", model="m", text="ab", cells=("2.1",))
    with pytest.raises(ConfigError, match=r"no cell 2\.1; the last is 1\.24"):
        gone.collect(make_context())


def test_the_first_window_of_a_single_text_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Characters that were read through padding are left out, others as they were.

    A model that reads texts from end to end has no window, and shows all of them.
    """
    context = make_context()
    model = context.model.at("best")
    single = SimpleNamespace(vocabulary=replace(model.vocabulary, mark=None))
    assert count_unlearnt(model) == count_unlearnt(single) == 0
    single.window = 4
    assert count_unlearnt(single) == 3
    method = CellActivations(method="activations", model="m", text='a "bcd"')
    whole = method.collect(context)
    assert len(whole.tokens) == len('a "bcd"')
    monkeypatch.setattr(activations, "count_unlearnt", lambda _: 3)
    cut = method.collect(context)
    assert (cut.start, cut.tokens) == (3, whole.tokens[3:])
    np.testing.assert_array_equal(cut.memories, whole.memories[:, 3:])
    short = CellActivations(method="activations", model="m", text="abc")
    with pytest.raises(UnsupportedError, match=r"3 characters; .* give a longer one"):
        short.collect(context)


def test_the_busiest_stretch_is_found() -> None:
    """Where hypotheses change most and a line begins; too short a document has none."""
    states = np.zeros((2, 100), np.int16)
    states[0, 60:63] = states[1, 66:70] = 1
    text = "\n".join(["x" * 9] * 10) + "x"  # a line begins at 0, 10, 20 and so on
    assert find_busiest_stretch(states, text, 20) == (4, 60)
    assert find_busiest_stretch(states, text, 12) == (4, 60)
    assert find_busiest_stretch(states, "x" * 100, 20) == (0, 0)
    assert find_busiest_stretch(states, text, 101) == (-1, 0)


def test_no_document_is_long_enough() -> None:
    """A stretch longer than every held-out document is an error that says so."""
    short = Corpus((Document("a"),) * 12, "k", hypotheses=HYPOTHESES)
    method = CellActivations(method="activations", model="m")
    with pytest.raises(CorpusError, match="no held-out document of 400"):
        method.collect(make_context(given=short))


def test_a_cell_gets_its_part_while_the_model_learns() -> None:
    """Its score rises from chance; the best cell of epoch 0 is told beside it."""
    method = CellTraining(
        method="cell_training", model="m", of="s", hypotheses=("in string",),
        characters=1500, length=750,
    )  # fmt: skip
    found = method.collect(make_context(search()))
    assert found.x.tolist() == [0, 1]
    assert found.names == (
        "in string, cell 1.2", "in string, best cell at each epoch",
    )  # fmt: skip
    assert found.y[:, 1].tolist() == [1, 1]
    assert found.y[0, 0] <= found.y[1, 0] < 0.9
    assert found.y_label == "AUROC"


def test_a_search_must_be_one() -> None:
    """Methods that follow a search say what they were given instead."""
    wrong = make_context(CellTraining(
        method="cell_training", model="m", of="s", hypotheses=("in string",),
        characters=500, length=250,
    ).collect(make_context(search())))  # fmt: skip
    for method in (
        CellAblation(method="ablation", model="m", of="s"),
        CellActivations(method="activations", model="m", of="s"),
        CellTraining(
            method="cell_training", model="m", of="s", hypotheses=("in string",)
        ),
    ):
        with pytest.raises(UnsupportedError, match='"s" holds no search'):
            method.collect(wrong)


@pytest.mark.parametrize("characters", [1, 700, 701, 1400])
def test_a_passage_has_the_characters_that_were_asked_for(characters: int) -> None:
    """No document more than it needs: none is empty, and their sum is exact."""
    for text in find_passages(make_context(), Quoting(), characters, 700):
        assert all(text.texts)
        assert len(text) == characters == text.labels.shape[1]
        assert len(text.texts) == math.ceil(characters / 700)
        whole = text.first_documents(characters)
        assert (whole.texts, len(text.first_documents(1).texts)) == (text.texts, 1)
