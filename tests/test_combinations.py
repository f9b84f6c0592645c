"""Every corpus, model, method and figure with every other: accepted, or an error."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from generator.core.errors import ConfigError
from generator.core.spec import Spec
from generator.corpora import CORPORA
from generator.corpora.base import Annotation
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.methods.base import Method
from generator.models import MODELS
from generator.study.study import load_study
from generator.study.yaml import source

SETTINGS: dict[tuple[str, str], dict[str, Any]] = {
    ("kind", "external"): {"labels": ["no", "yes"]},
    ("kind", "function"): {"file": "model.py"},
    ("kind", "labelled"): {"path": "texts.csv"},
    ("kind", "lines"): {"path": "texts.txt"},
    ("kind", "pairs"): {"path": "texts.tsv"},
    ("kind", "rules"): {
        "path": "texts.txt",
        "rules": {"in quotes": {"between": ['"', '"']}},
    },
    ("method", "given"): {"path": "scores.json"},
    ("method", "reading"): {"text": "a b"},
    ("method", "agreement"): {"of": ["training", "samples"]},
    ("method", "same_links"): {"to": "samples"},
    ("figure", "alignment"): {"artifact": "training"},
    ("figure", "compare"): {"artifacts": ["training", "lime"]},
}
"""What a kind needs beside any value for each field that has no default."""
ASK = {"texts", "documents"}
"""Fields of methods that want one of the two."""


def entry(table: str, kind: str, spec: type[Spec], **names: str) -> dict[str, Any]:
    """The fewest settings of a kind; a field for an artifact names `training`."""
    settings: dict[str, Any] = {table: kind, **names}
    for name, field in spec.model_fields.items():
        if name in settings or not field.is_required():
            continue
        if "Literal" in str(field.annotation):
            settings[name] = get_args(field.annotation)[0]
        else:
            settings[name] = "training" if field.annotation is str else ["training"]
    if table == "method" and spec.model_fields.keys() >= ASK:
        settings["documents"] = 2
    return settings | SETTINGS.get((table, kind), {})


CORPUS = {kind: entry("kind", kind, spec) for kind, spec in CORPORA.items()}
MODEL = {kind: entry("kind", kind, spec, corpus="c") for kind, spec in MODELS.items()}
MODEL |= {"pretrained": {"kind": "textgenrnn", "pretrained": True}}


def methods(model: str) -> dict[str, dict[str, Any]]:
    """Every method asked of a model."""
    return {
        kind: entry("method", kind, spec, model=model) for kind, spec in METHODS.items()
    }


def problems(folder: Path, **sections: object) -> dict[str, str]:
    """What is wrong with each entry of a study; every problem has its line."""
    study = folder / "studies" / "2024-02-29-all"
    study.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"title": "T", **sections}, indent=1)
    (study / "study.yaml").write_text(text)
    try:
        load_study(study)
    except ConfigError as error:
        return dict(map(parted, error.problems))
    return {}


def parted(problem: str) -> tuple[str, str]:
    """The entry that a problem is of, and the problem.

    It names its line, and nothing that only the code knows: no name of a class.
    """
    place = r"studies/2024-02-29-all/study\.yaml:\d+:\d+"
    found = re.fullmatch(rf"{place}: (\w+\.[\w-]+)[^:]*: (.+)(?s:\n.*)?", problem)
    assert found, problem
    assert not re.search(r"\b[A-Z][a-z]+[A-Z]|\b(Estimates|Scores|Frames)\b", found[2])
    return found[1], found[2]


@pytest.fixture(autouse=True)
def _every_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST", 10_000)


@pytest.mark.parametrize("kind", CORPORA)
def test_every_model_and_corpus(tmp_path: Path, kind: str) -> None:
    """A model learns from a corpus that has what it expects, and from no other."""
    found = problems(tmp_path, corpora={"c": CORPUS[kind]}, models=MODEL)
    holds = CORPORA[kind].holds
    for name, spec in MODELS.items():
        fits = spec.expects <= holds and (
            (Annotation.NUMBERS in holds) == (Annotation.NUMBERS in spec.expects)
        )
        assert (f"models.{name}" not in found) == fits
        assert fits or "; name a corpus of kind " in found[f"models.{name}"]
    assert "models.pretrained" not in found


@pytest.mark.parametrize("model", MODEL)
def test_every_method_model_and_corpus(tmp_path: Path, model: str) -> None:
    """A method is accepted, or refused with a line; refused where annotations lack.

    Of corpora that have the same annotations, one stands for all: nothing else of a
    corpus is looked at before it is read.
    """
    of = {spec.holds: kind for kind, spec in CORPORA.items()}
    for holds, kind in of.items():
        found = problems(
            tmp_path,
            corpora={"c": CORPUS[kind]},
            models={model: MODEL[model]},
            artifacts=methods(model),
        )
        for name, spec in METHODS.items():
            accepted = f"artifacts.{name}" not in found
            assert not accepted or spec.expects <= holds


def test_every_figure_and_artifact(tmp_path: Path) -> None:
    """A figure draws artifacts of its kinds, each in its place, and no others."""
    pairs = [(figure, method) for figure in FIGURES for method in METHODS]
    figures = {}
    for figure, method in pairs:
        text = json.dumps(entry("figure", figure, FIGURES[figure]))
        figures[f"{figure}-{method}"] = json.loads(text.replace("training", method))
    found = problems(
        tmp_path,
        corpora={"c": CORPUS["lines"]},
        models={"textgenrnn": MODEL["textgenrnn"]},
        artifacts=methods("textgenrnn"),
        figures=figures,
    )
    for figure, method in pairs:
        spec = FIGURES[figure].model_validate(
            figures[f"{figure}-{method}"], strict=False
        )
        gives = METHODS[method].gives
        fits = all(issubclass(gives, kinds) for kinds in spec.accepted_kinds())
        assert (f"figures.{figure}-{method}" not in found) == fits


def test_known_combinations(tmp_path: Path) -> None:
    """What nothing is known of is not searched for, what must be known is named."""
    artifacts = {"s": {"method": "cells", "model": "m"}}
    char = {"m": MODEL["char_rnn"]}
    lines = problems(
        tmp_path, corpora={"c": CORPUS["lines"]}, models=char, artifacts=artifacts
    )
    assert lines["artifacts.s"] == (
        "method cells needs documents with the states of every character, such as "
        'inside quotes; the corpus of model "m" has none; name a corpus of kind rules '
        "or source_code"
    )
    code = {"c": CORPUS["source_code"]}
    assert not problems(tmp_path, corpora=code, models=char, artifacts=artifacts)
    songs = problems(
        tmp_path,
        corpora={"c": CORPUS["planted_songs"]},
        models={"m": MODEL["translation"]},
    )
    assert songs["models.m"] == (
        'model translation needs documents with their translations; corpus "c" of '
        "kind planted_songs has none; name a corpus of kind dates or pairs or "
        "planted_pairs"
    )


def test_annotations_have_words() -> None:
    """Whatever a corpus has, a model or a method expects, a message can name."""
    tables = (CORPORA, MODELS, METHODS)
    specs = [spec for table in tables for spec in table.values()]
    named = {
        one for s in specs for one in getattr(s, "holds", getattr(s, "expects", ()))
    }
    assert named == set(Annotation)
    assert len({one.words for one in Annotation}) == len(Annotation)


def test_every_figure_has_a_heading() -> None:
    """A figure without a title of its own is called something, and each otherwise."""
    headings = [spec.heading for spec in FIGURES.values()]
    assert all(headings)
    assert len({*headings}) == len(FIGURES)


def test_every_method_and_artifact_it_reads(tmp_path: Path) -> None:
    """A method reads artifacts of its kinds; others are refused, and named instead.

    Whatever names artifacts says of which kinds they may be.
    """
    readers = {
        name: spec
        for name, spec in METHODS.items()
        if spec.artifact_names is not Method.artifact_names
    }
    assert len(readers) > 15
    assert [name for name, spec in readers.items() if not spec.reads] == []
    entries: dict[str, Any] = {}
    for reader, method in itertools.product(readers, METHODS):
        text = json.dumps(methods("sentiment")[reader])
        if '"training"' in text:
            text = text.replace('"training"', f'"{method}"')
            entries[f"{reader}-{method}"] = json.loads(text)
    found = problems(
        tmp_path,
        corpora={"c": CORPUS["planted_reviews"]},
        models={"sentiment": MODEL["sentiment"]},
        artifacts=methods("sentiment") | entries,
    )
    refused = 0
    for name in entries:
        reader, method = name.split("-")
        if not issubclass(METHODS[method].gives, METHODS[reader].reads):
            assert f"artifacts.{name}" in found
            refused += "cannot read artifact" in found[f"artifacts.{name}"]
    assert refused > 300
