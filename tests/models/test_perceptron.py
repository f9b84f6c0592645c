"""Perceptrons in study files: what they may name, in which order they are trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.core.errors import ConfigError
from generator.corpora.base import Folders
from generator.models.perceptron import PerceptronRecipe
from generator.study.keys import compute_expected_keys, order_models
from generator.study.study import Study, load_study

CHAIN = """\
title: T
corpora:
  colours: {kind: toy_colours, documents: 200}
  songs: {kind: planted_songs, documents: 20}
models:
  third:
    {kind: perceptron, corpus: colours, right_reasons: {unlike: [first, second]}}
  second:
    {kind: perceptron, corpus: colours, right_reasons: {unlike: [first]}}
  first: {kind: perceptron, corpus: colours, epochs: 1}
"""


def loaded(folder: Path, text: str) -> Study:
    """The study that a file words."""
    place = folder / "studies" / "2026-01-02-chain"
    place.mkdir(parents=True, exist_ok=True)
    (place / "study.yaml").write_text(text, "utf-8")
    return load_study(place)


def keys(folder: Path, text: str) -> dict[str, Any]:
    """The keys of its models."""
    study = loaded(folder, text)
    return compute_expected_keys(study, Folders(study.folder, folder)).models


def test_models_are_ordered_after_those_they_follow(tmp_path: Path) -> None:
    """Whatever the file's order, an earlier model comes earlier."""
    assert order_models(loaded(tmp_path, CHAIN)) == ("first", "second", "third")


def test_a_change_of_an_earlier_model_reaches_all_behind_it(tmp_path: Path) -> None:
    """Keys change along the chain; a change of a later one leaves the earlier ones."""
    before = keys(tmp_path, CHAIN)
    first = keys(tmp_path, CHAIN.replace("epochs: 1}\n", "epochs: 2}\n"))
    assert all(before[name] != first[name] for name in before)
    told = "unlike: [first, second]"
    later = CHAIN.replace(told, f"{told}, strength: 2")
    changed = {n for n, key in keys(tmp_path, later).items() if key != before[n]}
    assert changed == {"third"}


def test_another_name_for_an_earlier_model_retrains_nothing(tmp_path: Path) -> None:
    """Names enter no key: what was trained stays when one is reworded."""
    before = keys(tmp_path, CHAIN)
    other = keys(tmp_path, CHAIN.replace("first", "primary"))
    assert other["second"] == before["second"]
    assert other["third"] == before["third"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unlike: [first]", "unlike: [frist]", 'no model "frist"; did you mean'),
        ("unlike: [first]", "unlike: [third]", "models follow each other in a circle"),
        ("unlike: [first]", "strength: 2", "give mask"),
        ("unlike: [first]", "mask: corners, unlike: [first]", "one of the two"),
        ("corpus: colours, epochs: 1}", "corpus: songs, epochs: 1}",
         "needs documents with labels and rows of numbers"),
        ("first: {kind: perceptron, corpus: colours, epochs: 1}",
         "first: {kind: bag_of_words, corpus: songs}", "must be of the same kind"),
        ("first: {kind: perceptron, corpus: colours, epochs: 1}",
         "first: {kind: sentiment, corpus: colours}", "reads texts; corpus"),
        ("epochs: 1}\n", "epochs: 1, layers: [0]}\n", "1 to 4096 units"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """Every mistake is found before anything is trained."""
    assert old in CHAIN
    with pytest.raises(ConfigError, match=said):
        loaded(tmp_path, CHAIN.replace(old, new))


def test_methods_of_texts_are_not_for_rows(tmp_path: Path) -> None:
    """A perceptron cannot be asked for the words of a text, and the message says so."""
    text = f"{CHAIN}artifacts:\n  a: {{method: lime, model: first, documents: 1}}\n"
    with pytest.raises(ConfigError, match="kind perceptron is none; name a model"):
        loaded(tmp_path, text)


def test_settings_that_enter_keys_name_no_other_model() -> None:
    """They leave out corpus, earlier models and the usual number of shards."""
    spec = PerceptronRecipe(
        kind="perceptron", corpus="c", right_reasons={"unlike": ("a",), "strength": 2.0}
    )
    told = spec.key_settings()
    assert told["right_reasons"] == {"mask": None, "strength": 2.0}
    assert set(told) == set(PerceptronRecipe.model_fields) - {"corpus", "shards"}


@pytest.mark.slow
def test_a_chain_is_trained_in_order(tmp_path: Path) -> None:
    """A question to the last model trains all of them, the earlier ones first."""
    pytest.importorskip("tensorflow", reason="tensorflow is not installed")
    from generator.collect.pipeline import Workspace, collect_studies

    study = loaded(
        tmp_path, f"{CHAIN}artifacts:\n  a: {{method: predictions, model: third}}\n"
    )
    report = collect_studies([study], Workspace(project=tmp_path, data=tmp_path))
    assert report.failures == []
    names = [name.rpartition("/")[2] for name in report.trained]
    assert names == ["first", "second", "third"]
    assert len(report.collected) == 1
