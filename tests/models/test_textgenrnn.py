"""The recipe: what a study may say, what training leaves, what is found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core.errors import ConfigError, CorpusError, IntegrityError
from generator.core.progress import QuietProgress
from generator.corpora import tokenization
from generator.corpora.base import Corpus, Document, Folders
from generator.models import MODELS
from generator.models.capabilities import (
    CellModel,
    DifferentiableLanguageModel,
    LanguageModel,
)
from generator.models.textgenrnn import TextGenRNN
from generator.study.study import load_study
from tests.networks.states import write_upstream_files

TINY = {"rnn_size": 4, "dim_embeddings": 3, "max_length": 5, "batch_size": 16}
CORPUS = Corpus(
    tuple(
        Document(f"the {colour} {animal} sat , and the {animal} slept .")
        for colour in ("red", "blue", "old")
        for animal in ("cat", "dog", "hen")
    ),
    "key",
)
WHOLE = {"corpus": "c", "mode": "whole_sequence"}
FILES = {"weights": "x_weights.hdf5", "vocabulary": "x_vocab.json"}


def recipe(**settings: Any) -> TextGenRNN:
    """A recipe as a study file would give it."""
    return TextGenRNN.model_validate({"kind": "textgenrnn", **settings})


def trained(folder: Path, **settings: Any) -> Any:
    """What training a tiny recipe gives."""
    told = {"corpus": "c", **TINY, **settings}
    if "mode" in settings:
        del told["batch_size"]
    spec = recipe(**told)
    spec.train(CORPUS, 3, folder, QuietProgress())
    assert spec.is_trained(folder)
    return spec.load(folder)


class TestSettings:
    def test_in_the_table(self) -> None:
        """The recipe is found by its kind and offers a language model."""
        assert MODELS["textgenrnn"] is TextGenRNN
        asked = (LanguageModel, DifferentiableLanguageModel)
        assert TextGenRNN.offers == (*asked, CellModel)
        assert recipe(corpus="c").capabilities() == (*asked, CellModel)
        for unfit in ("word_level", "rnn_bidirectional"):
            assert recipe(corpus="c", **{unfit: True}).capabilities() == asked
        assert recipe(**WHOLE).capabilities() == (CellModel,)
        assert recipe(**WHOLE, word_level=True).capabilities() == ()

    @pytest.mark.parametrize(
        ("settings", "method", "message"),
        [
            ("rnn_bidirectional: true", "cells", "set rnn_bidirectional: false"),
            ("word_level: true", "cells", "set word_level: false"),
            ("mode: whole_sequence", "writing", "no window; leave mode out"),
        ],
    )
    def test_what_settings_rule_out_is_said(
        self, tmp_path: Path, settings: str, method: str, message: str
    ) -> None:
        """Before training, with what to set instead."""
        folder = tmp_path / "studies" / "2026-01-02-a"
        folder.mkdir(parents=True)
        (folder / "index.md").write_text("")
        (folder / "study.yaml").write_text(
            "title: T\n"
            "corpora: {c: {kind: source_code}}\n"
            f"models: {{m: {{kind: textgenrnn, corpus: c, {settings}}}}}\n"
            f"artifacts: {{a: {{method: {method}, model: m}}}}\n"
        )
        with pytest.raises(ConfigError, match=message):
            load_study(folder)

    def test_a_window_keeps_its_key(self) -> None:
        """Settings of whole sequences enter the key of those alone."""
        settings = {"mode", "streams", "steps"}
        assert not settings & set(recipe(corpus="c").key_settings())
        assert settings <= set(recipe(corpus="c", mode="whole_sequence").key_settings())

    @pytest.mark.parametrize(
        "settings",
        [
            {"corpus": "c"},
            {"pretrained": True},
            {"pretrained": True, "corpus": "c", "epochs": 2},
            {"files": {**FILES, "config": "sub/x.json"}},
            {"corpus": "c", "epochs": 4, "snapshots": (0, 4)},
            {"corpus": "c", "mode": "whole_sequence", "streams": 2, "steps": 8},
        ],
    )
    def test_good(self, settings: dict[str, Any]) -> None:
        """A corpus, or weights to begin with, or both."""
        recipe(**settings)


class TestTraining:
    @pytest.mark.slow
    def test_snapshots_and_log(self, tmp_path: Path) -> None:
        """Every epoch is kept, 0 included, and the best is the lowest held-out."""
        found = trained(tmp_path, word_level=True, epochs=2, validation=0.2)
        assert found.log.epochs == (0, 1, 2)
        assert len(found.log.held_out) == 2
        assert found.log.best == int(np.argmin(found.log.validation_losses))
        assert np.isnan(found.log.losses[0])
        states = [found.at(epoch) for epoch in (0, 1, 2)]
        assert [state.epoch for state in states] == [0, 1, 2]
        assert found.at("best").epoch == found.log.best
        assert found.at("last") is states[2]
        assert not np.array_equal(states[0].arrays[0], states[1].arrays[0])
        with pytest.raises(ConfigError, match="kept: 0, 1, 2"):
            found.at(3)

    @pytest.mark.slow
    def test_whole_sequences(self, tmp_path: Path) -> None:
        """Training lowers the held-out loss, and what comes back is a model of cells.

        The held-out loss is that of what comes next as the model's own answers say it.
        """
        found = trained(
            tmp_path,
            **WHOLE,
            epochs=4,
            validation=0.2,
            streams=2,
            steps=16,
            dropout=0.1,
        )
        losses = found.log.validation_losses
        assert losses[-1] < losses[0]
        assert found.log.learnt == "parts"
        model = found.at(4)
        assert isinstance(model, CellModel)
        texts = [
            tokenization.encode_texts([CORPUS.documents[i].text], model.vocabulary)[0][
                1:
            ]
            for i in found.log.held_out
        ]
        places = [np.arange(len(text)) - 1 for text in texts]  # -1 is the mark's
        chances = model.predict_next([text[:-1] for text in texts], places)
        after = np.concatenate(texts).astype(int)
        expected = -np.log(chances[np.arange(len(after)), after]).mean()
        assert losses[-1] == pytest.approx(expected, rel=1e-4)

    def test_untrained(self, tmp_path: Path) -> None:
        """Without epochs, the first weights are what the seed draws, whatever else."""
        from generator.networks.parameters import draw_initial_arrays
        from generator.networks.textgenrnn.network import textgenrnn_shapes

        found = trained(tmp_path, rnn_bidirectional=True)
        state = found.at("best")
        drawn = draw_initial_arrays(
            textgenrnn_shapes(state.settings, len(state.vocabulary)), 3
        )
        for one, other in zip(state.arrays, drawn, strict=True):
            assert np.array_equal(one, other)

    def test_complete_is_left_alone(self, tmp_path: Path) -> None:
        """Training a trained folder changes nothing, not even by its corpus."""
        trained(tmp_path)
        before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        recipe(corpus="c", **TINY).train(Corpus((), ""), 4, tmp_path, QuietProgress())
        after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        assert after == before
        assert not list(tmp_path.glob("checkpoint*"))

    def test_damage_is_found(self, tmp_path: Path) -> None:
        """One flipped bit in a snapshot and the folder is not trained."""
        trained(tmp_path)
        path = next(tmp_path.rglob("*.npz"))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        spec = recipe(corpus="c", **TINY)
        assert not spec.is_trained(tmp_path)
        with pytest.raises(IntegrityError, match="SHA-256"):
            spec.load(tmp_path)

    @pytest.mark.parametrize("documents", [(), (Document(""),), (Document("   "),)])
    def test_nothing_to_learn(
        self, tmp_path: Path, documents: tuple[Document, ...]
    ) -> None:
        """A corpus without a token is an error, and leaves no model."""
        spec = recipe(corpus="c", word_level=True, epochs=1, **TINY)
        with pytest.raises(CorpusError, match="no token"):
            spec.train(Corpus(documents, ""), 0, tmp_path, QuietProgress())
        assert not spec.is_trained(tmp_path)

    @pytest.mark.slow
    def test_a_single_text(self, tmp_path: Path) -> None:
        """A single text trains without marks and writes from nothing."""
        found = trained(tmp_path, single_text=True, epochs=1)
        state = found.at("last")
        assert state.vocabulary.mark is None
        assert state.write([[]], 5, 0, (0,)).lengths.tolist() == [5]


class TestBeginnings:
    def test_pretrained(self, tmp_path: Path) -> None:
        """The package's weights are kept as epoch 0, without a corpus."""
        spec = recipe(pretrained=True)
        spec.train(None, 0, tmp_path, QuietProgress())
        found = spec.load(tmp_path)
        assert found.log.epochs == (0,)
        assert len(found.at("best").vocabulary) == 465

    @pytest.mark.slow
    def test_fine_tuning(self, tmp_path: Path) -> None:
        """Fine-tuning keeps the package's vocabulary and begins at its weights."""
        from generator.networks.textgenrnn.upstream import read_packaged_model

        spec = recipe(pretrained=True, corpus="c", epochs=1, batch_size=256)
        spec.train(CORPUS, 0, tmp_path, QuietProgress())
        found, shipped = spec.load(tmp_path), read_packaged_model()
        assert found.at(0).vocabulary == shipped.vocabulary
        assert np.array_equal(found.at(0).arrays[0], shipped.arrays[0])
        assert not np.array_equal(found.at(1).arrays[0], shipped.arrays[0])

    def files(self, folder: Path) -> TextGenRNN:
        """A recipe over a trio of files in a study's folder."""
        state = trained(folder / "model", word_level=True).at(0)
        paths = write_upstream_files(
            folder, state.settings, state.vocabulary, state.arrays, "x"
        )
        names = dict(zip(("weights", "vocabulary", "config"), paths, strict=True))
        return recipe(files={name: path.name for name, path in names.items()})

    def test_files(self, tmp_path: Path) -> None:
        """A trio in the study's folder is used with its own settings."""
        spec = self.files(tmp_path).with_folders(Folders(tmp_path, tmp_path))
        spec.train(None, 0, tmp_path / "out", QuietProgress())
        found = spec.load(tmp_path / "out").at("best")
        assert found.window == TINY["max_length"]
        assert found.vocabulary.word_level

    def test_their_bytes_are_part_of_the_key(self, tmp_path: Path) -> None:
        """Another vocabulary file is another model; other recipes have no such key."""
        spec = self.files(tmp_path).with_folders(Folders(tmp_path, tmp_path))
        before = spec.foreign_key()
        path = tmp_path / "x_vocab.json"
        path.write_bytes(path.read_bytes() + b" ")
        assert before != spec.foreign_key()
        assert recipe(pretrained=True).foreign_key() == ""

    def test_settings_may_not_contradict_files(self, tmp_path: Path) -> None:
        """A setting that the files answer otherwise is an error that names it."""
        told = self.files(tmp_path).model_dump(include={"kind", "files"})
        spec = recipe(**told, max_length=9).with_folders(Folders(tmp_path, tmp_path))
        with pytest.raises(ConfigError, match="max_length is 5"):
            spec.train(None, 0, tmp_path / "out", QuietProgress())

    def test_files_that_are_not_there(self, tmp_path: Path) -> None:
        """A missing file, a link, an unknown folder: each is said before training."""
        spec = self.files(tmp_path)
        with pytest.raises(ConfigError, match="not known"):
            spec.foreign_key()
        path = tmp_path / "x_vocab.json"
        moved = path.rename(tmp_path / "moved")
        with pytest.raises(ConfigError, match="no such file"):
            spec.with_folders(Folders(tmp_path, tmp_path)).foreign_key()
        path.symlink_to(moved)
        with pytest.raises(ConfigError, match="a link"):
            spec.with_folders(Folders(tmp_path, tmp_path)).foreign_key()
