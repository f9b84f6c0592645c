"""Training a classifier as a study words it: what is learnt from, kept, and resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core.errors import CorpusError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, SplitPart, split_corpus
from generator.models.trained_by_epochs import derive_seed
from generator.networks.sentiment import network
from generator.networks.sentiment import training as sentiment_recipe
from generator.networks.sentiment.training import (
    SavedModel,
    SentimentPlan,
    SentimentReadingOptions,
    compute_balanced_weights,
    prepare_lesson,
)
from generator.networks.training import loop
from generator.networks.training import steps as stepping
from generator.networks.training.loop import TrainingState
from tests.networks import tiny

pytestmark = pytest.mark.slow(9)

SETTINGS = network.SentimentSettings(
    size=3, dim_attention=2, dim_embeddings=4, max_tokens=9
)
READING = SentimentReadingOptions(
    validation=0.2, test=0.2, max_words=50, least_count=1, max_tokens=9, masked=True
)
WHOLE = replace(READING, validation=0, test=0)
"""Documents stay where their publisher put them."""
PLAN = SentimentPlan(
    settings=SETTINGS,
    reading=READING,
    training=loop.TrainingSettings(
        epochs=2, seed=5, batch_size=4, learning_rate=0.01, checkpoint_seconds=5
    ),
    dropout=0.3,
    word_dropout=0.2,
    class_weights="balanced",
    vectors=None,
    train_vectors=True,
)
WORDS = {"bad": ("dull", "slow"), "good": ("fine", "warm")}


def corpus(count: int = 40, **changed: Any) -> Corpus:
    """Reviews of 3 to 12 words, a third of them bad, one word telling which."""
    documents = []
    for number in range(count):
        label = "bad" if number % 3 == 0 else "good"
        filler = " ".join(["it", "was", "really"] * 4)
        text = f"{WORDS[label][number % 2]} {filler}".split()[: 3 + number % 10]
        documents.append(Document(" ".join(text), label=label))
    documents += changed.pop("more", [])
    return Corpus(tuple(documents), "key", labels=("bad", "good"), **changed)


def trained(
    folder: Path, plan: SentimentPlan = PLAN, seed: int = 1, **more: Any
) -> SavedModel:
    """What training leaves."""
    sentiment_recipe.train(
        more.pop("corpus", corpus()), plan, seed, folder, QuietProgress()
    )
    return SavedModel(folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the plan as it is was trained."""
    folder = tmp_path_factory.mktemp("plain")
    trained(folder)
    return folder


class TestTeaching:
    def test_words_are_those_of_training_texts(self) -> None:
        """A word that only other sides hold is unknown; so is what is cut off."""
        parts: list[tuple[str, str, SplitPart]] = [
            ("warm words", "good", "train"),
            ("dull one two three four five six seven eight beyond", "bad", "train"),
            ("warm secret", "good", "validation"),
            ("hidden", "bad", "test"),
        ]
        documents = tuple(Document(t, label=y, part=part) for t, y, part in parts)
        lesson = prepare_lesson(
            Corpus(documents, "", labels=("bad", "good")), READING, 0
        )
        assert {"warm", "words", "dull", "eight"} <= set(lesson.words.words)
        assert not {"secret", "hidden", "beyond"} & set(lesson.words.words)
        ids, truths = lesson.held_out.take(np.array([0]))
        assert ids.tolist() == [[lesson.words.ids["warm"], 1]]
        assert truths.tolist() == [1]
        assert lesson.counts == (1, 1)

    def test_the_split_is_that_of_the_study(self) -> None:
        """It follows from corpus, shares and seed, as every classifier's does."""
        lesson = prepare_lesson(corpus(), READING, 7)
        assert lesson.sides == split_corpus(corpus(), 0.2, 0.2, 7)

    def test_permuted_labels(self) -> None:
        """Training texts alone get each other's, which is noted; all else stays."""
        own = prepare_lesson(corpus(), READING, 7)
        other = prepare_lesson(corpus(), replace(READING, permute_labels=True), 7)
        numbers = np.arange(len(own.train))
        ids, truths = own.train.take(numbers)
        same, permuted = other.train.take(numbers)
        assert np.array_equal(ids, same)
        assert sorted(truths) == sorted(permuted)
        assert (truths != permuted).any()
        assert own.held_out.key == other.held_out.key
        assert own.counts == other.counts
        assert any("are permuted among them" in note for note in other.notes)
        assert not any("permuted" in note for note in own.notes)

    def test_what_is_noted(self) -> None:
        """Labels, words, lengths, cut texts and empty ones, each with its count."""
        more = [Document(" ", label="bad", part="train"), Document("", label="good")]
        parts = corpus(more=more).documents
        documents = tuple(
            replace(d, part="validation" if i in {1, 5, 41} else "train")
            for i, d in enumerate(parts)
        )
        lesson = prepare_lesson(Corpus(documents, "", labels=("bad", "good")), WHOLE, 0)
        notes = "\n".join(lesson.notes)
        assert "training texts: 14 bad, 24 good; always answering good" in notes
        assert "would be right for 63.2% of them" in notes
        assert "7 of the 7 different words of the training texts are known" in notes
        assert "0.0% of the training texts' words and 0.0% of" in notes
        assert "38 training texts have 6.9 tokens on average" in notes
        assert "12 of 39 training texts are longer than 9 tokens; the first 9" in notes
        assert "1 of 39 training texts hold no word and are left out" in notes
        assert "1 of 3 validation texts hold no word" in notes
        assert len(lesson.train) == 38

    @pytest.mark.parametrize(
        ("documents", "message"),
        [
            ([("a b", "good", "train"), ("c", "good", "train")], r'only "good" \(2\)'),
            ([], "found only no text at all"),
            (
                [("a", "bad", "train"), ("b", "good", "validation")],
                r'only "bad" \(1\) on the training side',
            ),
            (
                [
                    ("a", "bad", "train"),
                    ("b", "good", "train"),
                    (" ", "good", "validation"),
                ],
                "none of the 1 validation documents holds a word",
            ),
            (
                [("a", "bad", "train"), ("b", "fair", "train")],
                r'document 2 has the label "fair"; expected one of "bad", "good"',
            ),
            ([("a", "bad", "train"), ("b", None, "train")], 'the label ""; expected'),
        ],
    )
    def test_too_little_to_learn(self, documents: list[Any], message: str) -> None:
        """One label, none, no text to choose by: each is an error of the corpus."""
        made = tuple(Document(t, label=y, part=part) for t, y, part in documents)
        with pytest.raises(CorpusError, match=message):
            prepare_lesson(Corpus(made, "", labels=("bad", "good")), WHOLE, 0)

    def test_a_label_that_no_training_text_has(self) -> None:
        """Of three labels, each must be taught."""
        made = tuple(Document(t, label=t, part="train") for t in "ab")
        with pytest.raises(CorpusError, match='no training document has the label "c"'):
            prepare_lesson(Corpus(made, "", labels=("a", "b", "c")), WHOLE, 0)

    def test_words_too_rare(self) -> None:
        """A vocabulary without a word is an error that names the setting."""
        rare = replace(WHOLE, least_count=1000)
        with pytest.raises(CorpusError, match="lower least_count"):
            prepare_lesson(corpus(), rare, 0)


class TestTraining:
    def test_what_is_left(self, plain: Path) -> None:
        """Snapshots from epoch 0 on, the log, and a classifier that answers."""
        found = SavedModel(plain)
        assert found.log.epochs == (0, 1, 2)
        assert found.log.best == int(np.argmin(found.log.validation_losses))
        divided = split_corpus(corpus(), 0.2, 0.2, 1)
        assert found.log.held_out == divided.validation
        assert found.log.tested == divided.test
        assert found.log.windows == len(divided.train)
        assert any("are known" in note for note in found.log.notes)
        state = found.at("last")
        assert state.epoch == 2
        assert state.labels == ("bad", "good")
        asked = [state.words.encode(("fine", "it")), ()]
        assert state.predict(asked).sum(1) == pytest.approx(1)
        assert {p.name for p in plain.iterdir()} == {
            "log.json",
            "manifest.json",
            "model.json",
            "snapshots",
            "vocabulary.json",
        }

    def test_the_held_out_loss_is_that_of_the_texts(self, plain: Path) -> None:
        """Batches of like lengths change no loss; class weights are in it."""
        found = SavedModel(plain)
        lesson = prepare_lesson(corpus(), READING, 1)
        state = found.at(2)
        ids, truths = lesson.held_out.take(np.arange(len(lesson.held_out)))
        answers = state.predict([[i for i in row if i] for row in ids.tolist()])
        logs = -np.log(answers[np.arange(len(truths)), truths].astype(float))
        expected = (logs * compute_balanced_weights(lesson.counts)[truths]).mean()
        assert found.log.validation_losses[2] == pytest.approx(expected, rel=1e-5)

    def test_fewer_texts_than_a_batch(self, tmp_path: Path) -> None:
        """An epoch is then one step."""
        wide = replace(PLAN.training, batch_size=1000, epochs=1)
        found = trained(tmp_path, replace(PLAN, training=wide))
        assert found.log.windows < 1000

    @pytest.mark.slow
    def test_unmasked(self, tmp_path: Path) -> None:
        """Every text is then as wide as the network, in training too."""
        settings = replace(SETTINGS, masked=False)
        reading = replace(READING, masked=False)
        found = trained(tmp_path, replace(PLAN, settings=settings, reading=reading))
        assert prepare_lesson(corpus(), reading, 1).train.take(np.array([0]))[
            0
        ].shape == (1, 9)
        (weights,) = found.at("last").attend([(2,)]).weights  # type: ignore[attr-defined]
        assert len(weights) == 9

    @pytest.mark.slow
    def test_it_learns(self, tmp_path: Path) -> None:
        """A word that decides is found: every test text is right after some epochs."""
        more = replace(PLAN.training, epochs=12, learning_rate=0.05)
        found = trained(tmp_path, replace(PLAN, training=more), corpus=corpus(120))
        state = found.at("best")
        tested = [corpus(120).documents[i] for i in found.log.tested]
        asked = [state.words.encode(d.text.split()[:9]) for d in tested]
        right = state.predict(asked).argmax(1) == [d.label == "good" for d in tested]
        assert right.all()

    def test_vectors_to_begin_with(self, tmp_path: Path) -> None:
        """Their rows are the first weights, and stay so where they are not trained."""
        path = tmp_path / "v.txt"
        path.write_text("warm 1 2 3 4\nnever 1 1 1 1\n")
        once = replace(PLAN.training, epochs=1)
        plan = replace(
            PLAN, training=once, vectors=(path, "v.txt"), train_vectors=False
        )
        found = trained(tmp_path / "model", plan)
        row = found.words.ids["warm"]
        before, after = (found.at(e).embedding() for e in (0, 1))
        assert before[row].tolist() == [1, 2, 3, 4]
        assert abs(np.delete(before, row, 0)).max() < 0.1
        assert np.array_equal(before, after)
        note = "1 of the 7 known words have a vector in v.txt"
        assert note in found.log.notes


class Kill(BaseException):
    """Stands for the end of the process."""


def variables_of(folder: Path) -> dict[str, bytes]:
    """All files of a trained model but the log, which holds seconds."""
    every = sorted(p for p in folder.rglob("*") if p.is_file())
    kept = [p for p in every if p.name not in {"log.json", "manifest.json"}]
    return {str(p.relative_to(folder)): p.read_bytes() for p in kept}


def losses(found: SavedModel) -> tuple[list[str], list[str]]:
    """All losses of a log, to the bit."""
    log = found.log
    return [x.hex() for x in log.losses], [x.hex() for x in log.validation_losses]


@pytest.mark.slow
def test_killed_after_any_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets, dropout and order follow from the step, so a resumed run ends alike."""
    real_train = loop.train

    def with_clock(*args: Any, **named: Any) -> Any:
        return real_train(*args, **named, clock=tiny.Clock())

    monkeypatch.setattr(loop, "train", with_clock)
    whole = trained(tmp_path / "whole")
    expected = variables_of(tmp_path / "whole")
    real, steps = TrainingState.step, 7
    for last in (0, 2, 5, 7, 11, 13):
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
        assert losses(trained(folder)) == losses(whole)
        assert variables_of(folder) == expected


class TestSeeds:
    def test_a_model_may_have_its_own(self) -> None:
        """Study and model together decide, each alone changes it, none is too large."""
        drawn = {
            derive_seed("sentiment", study, model)
            for study in range(20)
            for model in range(20)
        }
        assert len(drawn) == 400
        assert all(0 <= seed < 2**31 for seed in drawn)

    def test_class_weights(self) -> None:
        """Labels weigh the same in all, and a text 1 on average."""
        weights = compute_balanced_weights((30, 10, 20))
        assert weights * [30, 10, 20] == pytest.approx([20, 20, 20])

    def test_a_weighted_loss(self) -> None:
        """It is the cross-entropy times the weight of the truth."""
        outputs = {"logits": np.log(np.array([[0.25, 0.75], [0.5, 0.5]], np.float32))}
        loss = stepping.make_weighted_loss(np.array([3, 0.5], np.float32))
        found = loss(outputs, np.array([0, 1], np.int32)).numpy()
        assert found == pytest.approx([3 * np.log(4), 0.5 * np.log(2)], rel=1e-6)
