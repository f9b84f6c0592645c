"""The recipe of a char-rnn: it learns, it is repeatable, it says what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from generator.core import files
from generator.core.errors import ConfigError, CorpusError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document
from generator.models.base import HasParameterCount
from generator.models.capabilities import CellModel
from generator.models.char_rnn import CharRNN


def corpus(documents: int = 10) -> Corpus:
    """Documents in which every character follows from the one before."""
    return Corpus(tuple(Document("abcdefgh" * 40) for _ in range(documents)), "k")


def recipe(**given: object) -> CharRNN:
    """A small one."""
    settings = {
        "epochs": 3, "rnn_size": 12, "length": 16, "batch_size": 4,
        "learning_rate": 0.02, **given,
    }  # fmt: skip
    return CharRNN(kind="char_rnn", corpus="c", **settings)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained one."""
    path = tmp_path_factory.mktemp("char")
    recipe().train(corpus(), 5, path, QuietProgress())
    return path


def test_it_learns_what_follows(folder: Path) -> None:
    """The held-out loss falls to next to nothing, and the best epoch is the last."""
    trained = recipe().load(folder)
    losses = trained.log.validation_losses
    assert len(trained.log.held_out) == 1
    assert losses[0] == pytest.approx(np.log(9), abs=0.1)
    assert losses[-1] < 0.3
    assert trained.log.best == 3
    model = trained.at("best")
    text = np.array(model.vocabulary.encode("abcdefgh" * 2), np.int32)
    found = model.predict_next([text], [np.arange(8, 16)])
    assert (found.argmax(1) == np.roll(text, -1)[8:16]).all()


def test_it_offers_what_it_says(folder: Path) -> None:
    """Every state of it can be asked about its cells."""
    trained = recipe().load(folder)
    for epoch in range(4):
        assert isinstance(trained.at(epoch), CellModel)
        assert isinstance(trained.at(epoch), HasParameterCount)
        assert trained.at(epoch).epoch == epoch
    assert recipe().is_trained(folder)


def test_its_losses_are_of_characters(folder: Path, tmp_path: Path) -> None:
    """The log says so, and that of a folder whose log speaks of texts does too."""
    log = recipe().load(folder).log
    assert log.learnt == "parts"
    older = shutil.copytree(folder, tmp_path / "older")
    path = older / "log.json"
    path.write_text(path.read_text().replace('"parts"', '"texts"'))
    files.write_manifest(older, files.read_verified_files(folder))
    assert recipe().load(older).log == log


@pytest.mark.slow
def test_training_repeats_itself(folder: Path, tmp_path: Path) -> None:
    """The same seed gives the same bits, another seed others."""
    recipe().train(corpus(), 5, tmp_path / "a", QuietProgress())
    recipe().train(corpus(), 6, tmp_path / "b", QuietProgress())
    paths = [path / "snapshots" for path in (folder, tmp_path / "a", tmp_path / "b")]
    one, same, other = ((p / "epoch-003.npz").read_bytes() for p in paths)
    assert one == same
    assert one != other


def test_too_little_text_is_an_error(tmp_path: Path) -> None:
    """So is none."""
    short = Corpus((Document("abc"), Document("abc")), "k")
    with pytest.raises(CorpusError, match="3 characters to learn from"):
        recipe().train(short, 5, tmp_path, QuietProgress())
    with pytest.raises(ConfigError, match="needs a corpus"):
        recipe().train(None, 5, tmp_path, QuietProgress())
