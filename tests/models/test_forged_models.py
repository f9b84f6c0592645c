"""A model whose files say otherwise than the study is trained again, or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.collect import tasks
from generator.collect.tasks import CorpusTask, TrainTask, run_train_task
from generator.core import files
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Folders
from generator.corpora.numeric.points import Points
from generator.models.bag_of_words import BagOfWordsRecipe
from generator.models.base import TrainingLog
from generator.models.perceptron import PerceptronRecipe
from generator.models.trained_by_epochs import EpochTrainedSpec

KEY = "0" * 64


def make_task(project: Path, **settings: Any) -> TrainTask:
    """The training of a small perceptron."""
    words: dict[str, Any] = {"corpus": "points", "layers": (3,), "epochs": 1}
    spec = PerceptronRecipe(kind="perceptron", **words | settings)
    corpus = CorpusTask("points", Points(documents=60), Folders(project, project), "p")
    folder = project / ".cache" / "models" / KEY
    return TrainTask("small", spec, corpus, 0, folder, KEY)


def forge(folder: Path, name: str, **changes: Any) -> None:
    """Change what a file of a model says, and recompute its hashes."""
    stated = json.loads((folder / name).read_text()) | changes
    (folder / name).write_text(json.dumps(stated))
    listed = json.loads((folder / files.MANIFEST_NAME).read_text())["files"]
    files.write_manifest(folder, listed)
    assert files.is_complete(folder), "its hashes fit"


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    """No model of another test is in memory."""
    tasks.clear_loaded()


@pytest.mark.slow(8)
def test_other_settings_are_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another network or number of epochs, under this model's key: made anew.

    The same folder, true, is left as it is; and the control: without the comparison the
    other network is believed.
    """
    other = make_task(tmp_path, layers=(4,), epochs=2)
    assert run_train_task(other).trained
    listener = QuietProgress()
    with monkeypatch.context() as patch:
        patch.setattr(EpochTrainedSpec, "find_disagreement", lambda *_given: "")
        assert not run_train_task(make_task(tmp_path)).trained
    tasks.clear_loaded()
    done = run_train_task(make_task(tmp_path), listener)
    assert done.trained
    (said,) = listener.warnings
    assert "model small is trained again" in said
    assert 'its layers is "(4,)", in the study file it is "(3,)"' in said
    assert not run_train_task(make_task(tmp_path)).trained
    tasks.clear_loaded()
    listener = QuietProgress()
    assert run_train_task(make_task(tmp_path, epochs=2), listener).trained
    assert "it trained for 1 epochs, in the study file 2" in listener.warnings[0]


@pytest.mark.slow(4)
def test_what_the_corpus_tells_is_compared(tmp_path: Path) -> None:
    """Texts held out that its corpus does not have, or twice, are named."""
    task = make_task(tmp_path)
    run_train_task(task)
    assert task.corpus
    corpus = task.corpus.spec.load(task.corpus.folders)
    assert task.spec.find_disagreement(task.spec.load(task.folder), corpus) == ""
    for changes, said in (
        ({"held_out": [59, 60]}, "beyond the 60 of its corpus"),
        ({"held_out": [3], "tested": [3]}, "holds the same text out twice"),
    ):
        forge(task.folder, "log.json", **changes)
        model = task.spec.load(task.folder)
        assert said in task.spec.find_disagreement(model, corpus)


def test_labels_are_those_of_the_corpus() -> None:
    """A model of other labels, or of the same in another order, is named."""
    log = TrainingLog((0, 1), (0.0, 0.0), (0.0, 0.0), 1, 1, (0,), None, ())

    class Labelled:
        """A trained model that says its labels."""

        def __init__(self, *labels: str) -> None:
            self.log, self.labels = log, labels

        def at(self, epoch: object) -> object:
            """No network."""
            return epoch

    spec = BagOfWordsRecipe(kind="bag_of_words", corpus="texts")
    corpus = replace(Corpus((), "k"), labels=("bad", "good"), documents=(None,))  # type: ignore[arg-type] - one document
    assert spec.find_disagreement(Labelled("bad", "good"), corpus) == ""
    assert spec.find_disagreement(Labelled("good", "bad"), None) == ""
    said = spec.find_disagreement(Labelled("good", "bad"), corpus)
    assert said == 'its labels are "good, bad", its corpus\' "bad, good"'
