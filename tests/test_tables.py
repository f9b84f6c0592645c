"""The tables are the lists: what is in a folder is in its table, and is documented."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from generator.artifacts import ARTIFACTS
from generator.corpora import CORPORA
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.models import MODELS
from generator.pages import PAGES
from generator.settings import SiteSettings
from generator.spec import Spec, described
from generator.study import WORDS, Study

ROOT = Path(__file__).resolve().parents[1]
GENERATOR = ROOT / "generator"

TABLES: dict[str, dict[str, type[Spec]]] = {
    "corpora": {**CORPORA},
    "models": {**MODELS},
    "methods": {**METHODS},
    "figures": {**FIGURES},
}
WORD = {"corpora": "kind", "models": "kind", "methods": "method", "figures": "figure"}

HELPERS = {
    "corpora": {
        "archives",
        "base",
        "boundaries",
        "brackets",
        "columns",
        "datasets",
        "downloads",
        "docstrings",
        "drawing",
        "grammar",
        "keys",
        "labels",
        "lexical",
        "marking",
        "masks",
        "numeric",
        "packaged",
        "pair_lexicon",
        "parts",
        "paths",
        "patterns",
        "reading",
        "repeats",
        "review_clauses",
        "review_grammar",
        "review_labels",
        "review_lexicon",
        "review_parts",
        "sentences",
        "song_cleaning",
        "song_grammar",
        "source",
        "story_grammar",
        "strict_json",
        "tabular",
        "tokenisation",
        "truths",
        "vocabulary",
        "words",
    },
    "models": {
        "attentive",
        "bag_of_words_fitting",
        "bag_of_words_grams",
        "bag_of_words_keeping",
        "bag_of_words_model",
        "bag_of_words_training",
        "base",
        "cells",
        "classifiers",
        "differentiable",
        "epochs",
        "language_models",
        "logs",
        "reasons",
        "rows",
        "translators",
    },
    "methods": {
        "adversary",
        "agreeing",
        "anchor_asking",
        "anchor_facts",
        "anchor_precision",
        "anchor_search",
        "anchor_space",
        "ascent",
        "attributing",
        "averages",
        "base",
        "battery_tables",
        "block_intervals",
        "calibration",
        "checks",
        "circular_shifts",
        "clamping",
        "classified",
        "coalitions",
        "comparing",
        "divergence",
        "discovery",
        "dividing",
        "erasing",
        "estimates",
        "evaluation_tables",
        "facts",
        "faithful",
        "finding",
        "flipping",
        "grading",
        "groups",
        "integrating",
        "klucb",
        "lime_facts",
        "linking",
        "linear_probe",
        "logodds",
        "masses",
        "matrices",
        "measures",
        "neighbours",
        "next_token",
        "numbered",
        "outcomes",
        "pairs",
        "passages",
        "permuting",
        "perturbing",
        "planted_tables",
        "players",
        "pointing_tables",
        "portions",
        "rank_scores",
        "ranked",
        "reasking",
        "relaxing",
        "repeating",
        "reseeding",
        "rivals",
        "rows",
        "scoring",
        "searching_cells",
        "sloping",
        "spans",
        "states",
        "statistics",
        "surrogate",
        "taus",
        "texts",
        "translated",
        "truth",
        "weighing",
        "windows",
    },
    "figures": {
        "aligned",
        "alignedpanels",
        "anchored",
        "arcs",
        "base",
        "chosentexts",
        "colour",
        "contours",
        "csvs",
        "density",
        "drawing",
        "epochlines",
        "items",
        "masses",
        "numbers",
        "pointing",
        "ramps",
        "readings",
        "ruleaxis",
        "searched",
        "sharedscales",
        "slots",
        "squares",
        "states",
        "strip",
        "tables",
        "texthead",
        "thumbnails",
        "tokens",
        "tokenscale",
        "tokenstrip",
        "tokentables",
        "view",
        "violinaxis",
    },
    "pages": {
        "addresses",
        "authors",
        "base",
        "citing",
        "feed",
        "feedtext",
        "graded",
        "keyed",
        "licences",
        "making",
        "metadata",
        "post",
        "records",
        "related",
        "scoreblock",
        "searching",
    },
}
"""Modules of a folder that are no entry of its table."""

ENTRIES = [
    pytest.param(folder, name, kind, id=f"{folder}-{name}")
    for folder, table in TABLES.items()
    for name, kind in table.items()
]


def modules(folder: Path) -> Iterator[Path]:
    """Python modules below `folder`."""
    return (path for path in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("folder", sorted(HELPERS))
def test_a_module_is_in_its_table_or_is_a_helper(folder: str) -> None:
    """Nothing in a folder is forgotten: it is an entry, or declared to help entries."""
    if folder == "pages":
        homes = {inspect.getmodule(pages) for pages in PAGES.values()}
        entries = {str(home.__name__).rpartition(".")[2] for home in homes if home}
    else:
        entries = {
            kind.__module__.rpartition(".")[2] for kind in TABLES[folder].values()
        }
    there = {path.stem for path in modules(GENERATOR / folder)} - {"__init__"}
    assert there - entries == HELPERS[folder]


@pytest.mark.parametrize(("folder", "name", "kind"), ENTRIES)
def test_an_entry_is_called_as_its_table_calls_it(
    folder: str, name: str, kind: type[Spec]
) -> None:
    """The word of a study file, the table's key and the class agree."""
    field = kind.model_fields[WORD[folder]]
    assert get_args(field.annotation) == (name,)
    assert field.is_required() or field.default == name


@pytest.mark.parametrize(("folder", "name", "kind"), ENTRIES)
def test_every_setting_is_described(folder: str, name: str, kind: type[Spec]) -> None:
    """Every field of every spec says what it means, for editors and for readers."""
    silent = [
        field
        for field in kind.model_fields
        if not described(kind).get(field, "").strip() and field != WORD[folder]
    ]
    assert not silent, f"{folder}.{name}: no docstring below {', '.join(silent)}"


@pytest.mark.parametrize("kind", [Study, SiteSettings])
def test_every_setting_of_a_study_and_a_site_is_described(kind: type[Spec]) -> None:
    """The top of a study file and the settings of a site are described too."""
    assert described(kind).keys() == kind.model_fields.keys()


@pytest.mark.parametrize(("folder", "name", "kind"), ENTRIES)
def test_an_entry_does_what_its_base_promises(
    folder: str, name: str, kind: type[Spec]
) -> None:
    """Versions are numbers from 1; what is given and drawn is a kind that is stored."""
    del name
    if folder != "figures":
        assert getattr(kind, "version", 0) >= 1
    if folder == "methods":
        assert kind.gives in ARTIFACTS.values()  # type: ignore[attr-defined]  # a method
    if folder == "figures":
        assert kind.draws  # type: ignore[attr-defined]  # a figure
        assert set(kind.draws) <= set(ARTIFACTS.values())  # type: ignore[attr-defined]


def test_every_artifact_can_be_drawn() -> None:
    """There is a figure for whatever a method gives."""
    drawn = tuple(kind for figure in FIGURES.values() for kind in figure.draws)
    for name, method in METHODS.items():
        assert issubclass(method.gives, drawn), name


def test_every_module_says_what_it_is() -> None:
    """A module begins with a docstring of at least one sentence."""
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in (*modules(GENERATOR), ROOT / "build.py")
        if not re.search(r"[.!?:]\s*(\n|$)", ast.get_docstring(parsed(path)) or "")
    ]
    assert silent == []


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_method_teaches_itself(name: str) -> None:
    """Its class has three sentences or more, and says where it comes from."""
    words = inspect.cleandoc(METHODS[name].__doc__ or "")
    assert len(re.findall(r"[.!?](\s|$)", words)) >= 3
    assert re.search(r"^Source: \S", words, re.MULTILINE), "add a line `Source: …`"


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_has_its_template(name: str) -> None:
    """A figure's view is drawn by the template of its name."""
    assert (ROOT / "templates" / "figures" / f"{name}.html").is_file()


def test_no_template_draws_nothing() -> None:
    """A template of a figure belongs to a figure."""
    there = {
        path.name.partition(".")[0]
        for path in (ROOT / "templates" / "figures").iterdir()
    }
    assert there == set(FIGURES)


def test_sections_of_a_study_are_its_tables() -> None:
    """Every section of a study file has its table and its word."""
    named = {"artifacts": "methods"}
    assert {named.get(section, section) for section in WORDS} == set(TABLES)
    assert all(WORD[named.get(s, s)] == word for s, word in WORDS.items())


def test_no_two_entries_have_one_name() -> None:
    """A schema tells kinds apart by the names of their classes."""
    named = Counter(
        kind.__name__ for table in TABLES.values() for kind in table.values()
    )
    assert [name for name, count in named.items() if count > 1] == []
