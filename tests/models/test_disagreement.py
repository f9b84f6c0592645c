"""What a model's folder states is compared with the study file, setting by setting."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from generator.core.errors import IntegrityError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document
from generator.models.bag_of_words import BagOfWordsRecipe
from generator.models.base import TrainingLog
from generator.models.external import ExternalRecipe
from generator.models.perceptron import PerceptronRecipe
from generator.models.sentiment import Sentiment

LOG = TrainingLog((0, 1, 2), (0.0,) * 3, (0.0,) * 3, 1, 1, (0,), None, (), tested=(1,))
CORPUS = Corpus((Document("a"), Document("b")), "k")


@dataclass
class Stated:
    """The settings that a network's files state."""

    layers: tuple[int, ...] = (3,)
    own: int = 5


class Model:
    """A trained model with a log and perhaps settings."""

    def __init__(self, log: TrainingLog = LOG, settings: object = None) -> None:
        self.log, self.settings = log, settings

    def at(self, epoch: object) -> object:
        """No network."""
        return epoch


def recipe(**settings: Any) -> PerceptronRecipe:
    """A perceptron of two epochs."""
    words: dict[str, Any] = {"corpus": "c", "layers": (3,), "epochs": 2}
    return PerceptronRecipe(kind="perceptron", **words | settings)


@pytest.mark.parametrize(
    ("settings", "stated", "said"),
    [
        ({}, None, ""),
        ({}, Stated(), ""),
        ({}, Stated(own=6), ""),
        ({}, {"layers": (9,)}, ""),
        (
            {},
            Stated(layers=(4,)),
            'its layers is "(4,)", in the study file it is "(3,)"',
        ),
        ({"epochs": 3}, None, "it trained for 2 epochs, in the study file 3"),
        ({"epochs": 1}, None, "it trained for 2 epochs, in the study file 1"),
        ({"epochs": 3, "early_stop": 1}, None, ""),
        (
            {"epochs": 1, "early_stop": 1},
            None,
            "it trained for 2 epochs, in the study file 1",
        ),
    ],
)
def test_settings_and_epochs_are_those_of_the_study(
    settings: dict[str, Any], stated: object, said: str
) -> None:
    """Fewer epochs where training may stop early; what only the files know stays."""
    assert recipe(**settings).find_disagreement(Model(settings=stated), None) == said


@pytest.mark.parametrize(
    ("held", "tested", "said"),
    [
        ((0,), (1,), ""),
        ((), (), ""),
        ((0,), (0,), "it holds the same text out twice"),
        ((0, 0), (), "it holds the same text out twice"),
        ((0,), (2,), "it holds out texts beyond the 2 of its corpus"),
        ((-1,), (), "it holds out texts beyond the 2 of its corpus"),
    ],
)
def test_texts_that_are_held_out_are_of_the_corpus(
    held: tuple[int, ...], tested: tuple[int, ...], said: str
) -> None:
    """Each once; without a corpus at hand nothing is said."""
    model = Model(replace(LOG, held_out=held, tested=tested))
    assert recipe().find_disagreement(model, CORPUS) == said
    assert recipe().find_disagreement(model, None) == ""


def test_without_epochs_none_was_trained() -> None:
    """A log that is empty is not that of a training."""
    said = recipe().find_disagreement(Model(replace(LOG, epochs=())), None)
    assert said == "it trained for 0 epochs, in the study file 2"


def test_a_model_without_labels_has_none_to_compare() -> None:
    """Whatever the corpus has."""
    spec = BagOfWordsRecipe(kind="bag_of_words", corpus="c")
    assert spec.find_disagreement(Model(), replace(CORPUS, labels=("x", "y"))) == ""


def external(**settings: Any) -> ExternalRecipe:
    """A model that lives elsewhere."""
    words: dict[str, Any] = {"kind": "external", "labels": ("a", "b")}
    return ExternalRecipe(**words | settings)


@pytest.mark.parametrize("corpus", [None, CORPUS])
def test_an_external_model_is_what_is_said_of_it(
    corpus: Corpus | None, tmp_path: Path
) -> None:
    """Its labels and a log of one epoch; all texts of its corpus were kept from it."""
    folder = tmp_path / ".cache" / "models" / ("0" * 64)
    folder.mkdir(parents=True)
    spec = external(about="Ours.")
    assert not spec.is_trained(folder)
    spec.train(corpus, 0, folder, QuietProgress())
    assert spec.is_trained(folder)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    spec.train(None, 0, folder, QuietProgress())
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == before
    model: Any = spec.load(folder)
    assert (model.labels, model.epoch, model.at("best")) == (("a", "b"), 1, model)
    log = model.log
    assert (log.epochs, log.best, log.windows) == ((1,), 1, 0)
    assert math.isnan(log.losses[0])
    assert log.tested == (() if corpus is None else (0, 1))
    assert log.notes == ("it cannot be asked here", "Ours.")
    assert spec.find_disagreement(model, None) == ""
    other = external(labels=("b", "a"))
    assert other.find_disagreement(model, None).startswith("its labels are not")
    (folder / "model.json").write_text("{}")
    with pytest.raises(IntegrityError):
        spec.load(folder)


def test_an_external_model_has_one_epoch_and_different_labels() -> None:
    """At least two of them."""
    assert [n for n in range(4) if external().is_epoch_saved(n)] == [1]
    for labels in (("a", "a"), ("a",), ()):
        with pytest.raises(ValidationError):
            external(labels=labels)


def test_what_attention_rules_out_is_explained() -> None:
    """With the setting that would help; what is offered needs no explanation."""
    for settings, advice in (
        ({"attention": "none"}, "set attention: tanh"),
        ({"pooling": "attention_gru"}, "set pooling: average"),
        ({}, ""),
    ):
        words: dict[str, Any] = {"kind": "sentiment", "corpus": "c"}
        spec = Sentiment(**words | settings)
        said = [spec.explain_missing_capability(one) for one in spec.offers]
        given = [one in spec.capabilities() for one in spec.offers]
        assert all(given) == (not advice)
        for one, has in zip(said, given, strict=True):
            assert (one == "") if has else (advice in one)
        assert spec.explain_missing_capability(int) == ""
