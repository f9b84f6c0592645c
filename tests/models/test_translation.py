"""The recipe: what a study may say, what is learnt from, kept, and resumed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Alignments
from generator.core.errors import CorpusError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, Folders, split_corpus
from generator.corpora.files.parallel import Pairs
from generator.corpora.synthetic.dates import Dates
from generator.corpora.synthetic.parallel import PlantedPairs
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.methods.base import Context
from generator.models import MODELS
from generator.models.capabilities import DifferentiableTranslator, Translator
from generator.models.translation import Translation
from generator.networks.training import loop
from generator.networks.training.loop import TrainingState
from tests.fakes.translators import corpus
from tests.networks import tiny

TINY = {
    "size": 3,
    "dim_embeddings": 3,
    "dim_attention": 2,
    "epochs": 2,
    "batch_size": 16,
    "validation": 0.1,
}
PAIRS = corpus(60)
NOWHERE = Folders(Path(), Path())


class Kill(BaseException):
    """Stands for the end of the process."""


def recipe(**settings: Any) -> Translation:
    """A recipe as a study file would give it."""
    return Translation.model_validate(
        {"kind": "translation", "corpus": "c", **settings}
    )


def trained(folder: Path, pairs: Corpus = PAIRS, **settings: Any) -> Any:
    """What training a tiny recipe gives."""
    spec = recipe(**{**TINY, **settings})
    spec.train(pairs, 3, folder, QuietProgress())
    assert spec.is_trained(folder)
    return spec.load(folder)


def test_in_the_table() -> None:
    """The recipe is found by its kind and wants translations."""
    assert MODELS["translation"] is Translation
    assert Translation.expects == {"translation"}
    assert Translation.offers == (Translator, DifferentiableTranslator)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"attention": "location", "filters": 3, "span": 7},
        {"attention": "multiplicative"},
        {"attention": "uniform", "encoder": "average"},
        {"unit": "character", "encoder": "lstm", "bidirectional": False},
    ],
)
def test_good_settings(settings: dict[str, Any]) -> None:
    """All kinds of network, with their settings."""
    recipe(**settings)


@pytest.mark.slow(6)
def test_what_training_leaves(tmp_path: Path) -> None:
    """A translator at every epoch, the sides of the corpus, losses in nats a token."""
    found = trained(tmp_path)
    assert found.log.epochs == (0, 1, 2)
    divided = split_corpus(PAIRS, 0.1, 0.1, 3)
    assert found.log.learnt == "pairs"
    assert found.log.held_out == divided.validation
    assert found.log.tested == divided.test
    assert found.log.validation_losses[0] == pytest.approx(
        np.log(len(found.at(0).targets)), abs=0.1
    )
    assert found.log.losses[2] < found.log.losses[1]
    assert isinstance(found.at("best"), DifferentiableTranslator)
    assert "49 training pairs" in found.log.notes[0]


@pytest.mark.slow(2)
def test_the_closing_mark_is_no_word(tmp_path: Path) -> None:
    """A text that spells the mark is words; the mark has the id 2 on both sides."""
    document = Document("a </s> b", translation="x </s> y")
    found = trained(tmp_path, Corpus((document,) * 30, "k"), epochs=0)
    model = found.at(0)
    assert model.sources.words[0] == model.targets.words[0] == "</s>"
    assert set(model.sources.words[1:]) == {"a", "<", "/", "s", ">", "b"}


@pytest.mark.slow(2)
def test_long_and_empty_pairs_are_left_out(tmp_path: Path) -> None:
    """They are on no side, and counted."""
    more = (
        Document("dog " * 30, translation="hundo"),
        Document("dog", translation=""),
        Document("cat", translation="kato " * 14),
    )
    pairs = replace(PAIRS, documents=(*more, *PAIRS.documents))
    found = trained(tmp_path, pairs, max_tokens=14, epochs=0)
    assert not {0, 1, 2} & {*found.log.held_out, *found.log.tested}
    assert "3 pairs left out" in " ".join(found.log.notes)
    with pytest.raises(CorpusError, match="raise max_tokens"):
        trained(tmp_path / "none", max_tokens=3)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    """Bit for bit; another seed gives another on the same division."""
    one, same = (trained(tmp_path / name, epochs=1) for name in ("a", "b"))
    other = trained(tmp_path / "c", epochs=1, seed=1)
    for left, right in zip(one.at(1).arrays, same.at(1).arrays, strict=True):
        np.testing.assert_array_equal(left, right)
    assert other.log.tested == one.log.tested
    assert other.log.losses[1] != one.log.losses[1]


@pytest.mark.slow
def test_training_that_was_killed_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Buckets, dropout and order follow from the step, so a resumed run ends alike."""
    real_train, real, steps = loop.train, TrainingState.step, 3

    def with_clock(*args: Any, **named: Any) -> Any:
        return real_train(*args, **named, clock=tiny.Clock())

    monkeypatch.setattr(loop, "train", with_clock)
    whole = trained(tmp_path / "whole")
    for last in (2, 5):
        folder = tmp_path / str(last)

        def fatal(
            self: TrainingState, epoch: int, place: int, last: int = last
        ) -> float:
            if epoch * steps + place >= last:
                raise Kill
            return real(self, epoch, place)

        with monkeypatch.context() as patch:
            patch.setattr(TrainingState, "step", fatal)
            with pytest.raises(Kill):
                trained(folder)
        again = trained(folder)
        assert again.log.losses[1:] == whole.log.losses[1:]
        assert again.log.validation_losses == whole.log.validation_losses
        for left, right in zip(again.at(2).arrays, whole.at(2).arrays, strict=True):
            np.testing.assert_array_equal(left, right)


def measured(folder: Path, pairs: Corpus, **settings: Any) -> tuple[float, float, Any]:
    """Token accuracy and alignment error rate on the test, and the alignments."""
    spec = recipe(**settings)
    spec.train(pairs, 3, folder, QuietProgress())

    def collect(method: str, *read: Any, **given: Any) -> Any:
        made = METHODS[method].model_validate({"method": method, "model": "m", **given})
        return made.collect(Context(spec.load(folder), pairs, read, (3, 1)))

    right = collect("translation_accuracy").rows[0].value
    words = collect("alignment", documents=200)
    error = collect("alignment_error", words, of=("words",)).rows[0].value
    return right, error, words


@pytest.mark.slow
def test_local_swaps_are_aligned(tmp_path: Path) -> None:
    """Token accuracy at least 0.98, error rate at most 0.05, on held-out sentences."""
    pairs = PlantedPairs(documents=2000, fertility="none").load(NOWHERE)
    right, error, _ = measured(tmp_path, pairs)
    assert right >= 0.98
    assert error <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("task", ["copy", "reverse"])
def test_copies_are_diagonals(tmp_path: Path, task: Any) -> None:
    """A copy is a diagonal, a reversal an anti-diagonal, in nearly every row."""
    pairs = PlantedPairs(documents=1500, task=task).load(NOWHERE)
    right, error, words = measured(tmp_path, pairs)
    assert right >= 0.98
    assert error <= 0.05
    for text in words.texts[:20]:
        size = len(text.sources) - 1
        places = np.arange(size) if task == "copy" else np.arange(size)[::-1]
        found = text.scores[:size].argmax(1)
        assert (found == places).mean() >= 0.8


@pytest.mark.slow
def test_dates_are_read(tmp_path: Path) -> None:
    """Dates of all forms, character by character; looking is far from random."""
    pairs = Dates(documents=2500).load(NOWHERE)
    right, error, _ = measured(
        tmp_path, pairs, unit="character", max_tokens=40, size=32, epochs=5
    )
    assert right >= 0.98
    assert error <= 0.4


@pytest.mark.slow
def test_a_real_pair_has_no_gold_alignment(tmp_path: Path) -> None:
    """Of a cut of Tatoeba's pairs the figure says so, and no error rate is given."""
    data = Path(os.environ.get("STUDY_DATA", ""))
    if not (data / "translation/eng-fra.txt").is_file():
        pytest.skip("english_french is not in STUDY_DATA")
    spec = Pairs(dataset="english_french", limit=400)
    pairs = spec.load(Folders(tmp_path, data))
    model = trained(tmp_path / "model", pairs, epochs=1)
    made = METHODS["alignment"].model_validate(
        {"method": "alignment", "model": "m", "documents": 5}
    )
    found = made.collect(Context(model, pairs, (), (3, 1)))
    assert isinstance(found, Alignments)
    for number, text in enumerate(found.texts, 1):
        assert text.gold is None
        assert "alignment error rate" not in {fact.name for fact in text.facts}
        figure = {"figure": "alignment", "artifact": "a", "text": number}
        view = FIGURES["alignment"].model_validate(figure).view(found)
        assert "no gold alignment" in repr(view)
        assert "gold link" not in repr(view)
