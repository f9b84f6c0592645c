"""The recipe: what a study may say, what its models can do, what decides a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generator.core.errors import ConfigError, CorpusError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, Folders, split_corpus
from generator.models import MODELS
from generator.models.capabilities import (
    Attentive,
    Averaging,
    Classifier,
    Differentiable,
    Randomisable,
)
from generator.models.sentiment import Sentiment

TINY = {
    "size": 3,
    "dim_embeddings": 4,
    "max_tokens": 8,
    "batch_size": 16,
    "epochs": 0,
}
CORPUS = Corpus(
    tuple(
        Document(f"the {noun} was {word} again", label=label)
        for noun in ("plot", "cast", "song", "film", "end")
        for word, label in (("dull", "bad"), ("slow", "bad"), ("fine", "good"))
    ),
    "key",
    labels=("bad", "good"),
)


def recipe(**settings: Any) -> Sentiment:
    """A recipe as a study file would give it."""
    given = {"kind": "sentiment", "corpus": "c", **settings}
    return Sentiment.model_validate(given)


def trained(folder: Path, **settings: Any) -> Any:
    """What training a tiny recipe gives."""
    spec = recipe(**{**TINY, **settings})
    spec.train(CORPUS, 3, folder, QuietProgress())
    assert spec.is_trained(folder)
    return spec.load(folder)


class TestSettings:
    def test_in_the_table(self) -> None:
        """The recipe is found by its kind and wants labelled texts."""
        assert MODELS["sentiment"] is Sentiment
        assert Sentiment.expects == {"label"}

    @pytest.mark.parametrize("kind", ["sentiment", "bag_of_words"])
    def test_permuting_is_written_where_it_is_asked_for(self, kind: str) -> None:
        """Labels as they were leave no trace in what a model's key is made of."""
        given = {"kind": kind, "corpus": "c"}
        plain = MODELS[kind].model_validate(given)
        told = MODELS[kind].model_validate({**given, "permute_labels": True})
        assert "permute_labels" not in plain.model_dump(mode="json")
        assert told.model_dump(mode="json")["permute_labels"] is True

    def test_right_reasons_are_written_where_they_are_asked_for(self) -> None:
        """Without the penalty nothing of it enters a key; with it both numbers do."""
        given = {"kind": "sentiment", "corpus": "c"}
        told = {**given, "right_reasons": {"mask": "decoy", "strength": 10.0}}
        assert "right_reasons" not in Sentiment(**given).model_dump(mode="json")
        dumped = Sentiment(**told).model_dump(mode="json")
        assert dumped["right_reasons"] == {"mask": "decoy", "strength": 10.0}

    def test_right_reasons_need_a_mask(self) -> None:
        """A penalty on no word is refused, with what to write."""
        with pytest.raises(ValidationError, match="name of an annotation mask"):
            Sentiment(kind="sentiment", corpus="c", right_reasons={"strength": 1.0})

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"encoder": "gru", "layer_normalization": True, "attention": "double_tanh"},
            {"encoder": "average", "attention": "uniform"},
            {"attention": "none"},
            {"pooling": "attention_gru", "attention": "dot"},
            {"masked": False, "max_tokens": 300},
            {"vectors": "glove/100.txt", "train_vectors": False},
            {"learning_rate": 1e-4, "decay": 0.9, "learning_rate_floor": 1e-6},
        ],
    )
    def test_good(self, settings: dict[str, Any]) -> None:
        """All kinds of network, with their settings."""
        recipe(**settings)

    def test_abilities(self) -> None:
        """No attention, no weights; no average, no exact division of logits."""
        assert set(recipe().capabilities()) == set(Sentiment.offers)
        plain = {Classifier, Differentiable, Randomisable}
        assert set(recipe(attention="none").capabilities()) == plain
        assert Averaging not in recipe(pooling="attention_gru").capabilities()
        assert Attentive in recipe(pooling="attention_gru").capabilities()

    def test_which_epochs_are_kept(self) -> None:
        """Those named and the last; without names all of them."""
        assert [e for e in range(5) if recipe(epochs=3).is_epoch_saved(e)] == [
            0,
            1,
            2,
            3,
        ]
        some = recipe(epochs=3, snapshots=(0, 2))
        assert [e for e in range(5) if some.is_epoch_saved(e)] == [0, 2, 3]


class TestTraining:
    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"attention": "none", "bidirectional": False},
            {"encoder": "gru", "pooling": "attention_gru", "attention": "dot"},
            {"encoder": "average", "attention": "uniform", "dropout": 0.0},
        ],
    )
    def test_models_can_what_is_said(
        self, tmp_path: Path, settings: dict[str, Any]
    ) -> None:
        """Each ability is there, and no other of those offered."""
        spec = recipe(**{**TINY, "validation": 0.0, **settings})
        spec.train(CORPUS, 3, tmp_path, QuietProgress())
        state = spec.load(tmp_path).at("best")
        for ability in Sentiment.offers:
            assert isinstance(state, ability) == (ability in spec.capabilities()), (
                ability
            )

    def test_the_split_is_that_of_the_study(self, tmp_path: Path) -> None:
        """The model's own seed changes its weights, and not which texts it is shown."""
        one, other = (trained(tmp_path / str(s), seed=s, epochs=0) for s in (0, 1))
        divided = split_corpus(CORPUS, 0.1, 0.2, 3)
        for found in (one, other):
            assert found.log.held_out == divided.validation
            assert found.log.tested == divided.test
        assert not np.array_equal(one.at(0).embedding(), other.at(0).embedding())

    def test_complete_is_left_alone(self, tmp_path: Path) -> None:
        """Training a trained folder changes nothing, not even by its corpus."""
        trained(tmp_path, epochs=0)
        before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        recipe(**TINY).train(Corpus((), ""), 4, tmp_path, QuietProgress())
        after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        assert after == before

    def test_one_label_is_none(self, tmp_path: Path) -> None:
        """A corpus with one label teaches nothing, and leaves no model."""
        alike = Corpus(tuple(Document("a", label="bad") for _ in "123"), "", (), "")
        with pytest.raises(CorpusError):
            recipe(**TINY).train(alike, 0, tmp_path, QuietProgress())
        assert not recipe(**TINY).is_trained(tmp_path)


class TestVectors:
    def folders(self, folder: Path) -> Folders:
        """A study's folder and a data folder, with vectors in the latter."""
        for name in ("study", "data"):
            (folder / name).mkdir()
        (folder / "data" / "v.txt").write_text("fine 1 2 3 4\nslow 4 3 2 1\n")
        return Folders(folder / "study", folder / "data")

    def test_a_file_of_the_data_folder(self, tmp_path: Path) -> None:
        """It is found there, and its vectors are the first weights."""
        spec = recipe(vectors="v.txt", **TINY).with_folders(self.folders(tmp_path))
        spec.train(CORPUS, 3, tmp_path / "model", QuietProgress())
        state: Any = spec.load(tmp_path / "model").at(0)
        assert state.embedding()[state.words.ids["fine"]].tolist() == [1, 2, 3, 4]

    def test_its_bytes_are_part_of_the_key(self, tmp_path: Path) -> None:
        """Another file is another model; without one there is no such key."""
        spec = recipe(vectors="v.txt").with_folders(self.folders(tmp_path))
        before = spec.foreign_key()
        (tmp_path / "data" / "v.txt").write_text("fine 1 2 3 5\n")
        assert before != spec.foreign_key()
        assert recipe().foreign_key() == ""

    def test_another_dimension(self, tmp_path: Path) -> None:
        """What was found and what was expected are said, before any training."""
        spec = recipe(vectors="v.txt", **{**TINY, "dim_embeddings": 5})
        with pytest.raises(CorpusError, match=r'"v.txt":1: 4 numbers .* expected 5'):
            spec.with_folders(self.folders(tmp_path)).train(
                CORPUS, 3, tmp_path / "model", QuietProgress()
            )

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """A missing file and an unknown place are errors of their own."""
        spec = recipe(vectors="w.txt")
        with pytest.raises(ConfigError, match="place the recipe"):
            spec.foreign_key()
        with pytest.raises(CorpusError, match="no such file"):
            spec.with_folders(self.folders(tmp_path)).foreign_key()
