"""The tables are the lists: what is in a folder is in its table, and is documented."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from generator.artifacts import ARTIFACTS
from generator.core.spec import Spec, describe_fields
from generator.corpora import CORPORA
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.models import MODELS
from generator.site.pages import PAGES, base
from generator.study.site_settings import SiteSettings
from generator.study.study import KIND_WORDS, Study

ROOT = Path(__file__).resolve().parents[1]
GENERATOR = ROOT / "generator"

TABLES: dict[str, dict[str, type[Spec]]] = {
    "corpora": {**CORPORA},
    "models": {**MODELS},
    "methods": {**METHODS},
    "figures": {**FIGURES},
}
WORD = {"corpora": "kind", "models": "kind", "methods": "method", "figures": "figure"}

ENTRIES = [
    (folder, name, kind)
    for folder, table in TABLES.items()
    for name, kind in table.items()
]


def modules(folder: Path) -> Iterator[Path]:
    """Python modules below `folder`."""
    return (path for path in sorted(folder.rglob("*.py")))


def inside(package: str) -> Iterator[object]:
    """Whatever is defined in the modules of a package."""
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if getattr(value, "__module__", "") == found.name:
                yield value


@pytest.mark.parametrize("folder", sorted(TABLES))
def test_a_kind_is_in_its_table(folder: str) -> None:
    """Nothing in a folder that says what a study file calls it is forgotten."""
    kinds = {
        value
        for value in inside(f"generator.{folder}")
        if isinstance(value, type)
        and issubclass(value, Spec)
        and WORD[folder] in value.model_fields
        and get_args(value.model_fields[WORD[folder]].annotation)
    }
    assert kinds == set(TABLES[folder].values())


def test_a_maker_of_pages_is_in_its_table() -> None:
    """No function that makes pages of a site is forgotten."""
    makes = {"data": "SiteData", "return": "Iterator[Page]"}
    makers = {
        value
        for value in inside(str(base.__package__))
        if inspect.isfunction(value) and value.__annotations__ == makes
    }
    assert makers == set(PAGES.values())


def test_an_entry_is_called_as_its_table_calls_it() -> None:
    """The word of a study file, the table's key and the class agree."""
    for folder, name, kind in ENTRIES:
        field = kind.model_fields[WORD[folder]]
        assert get_args(field.annotation) == (name,), kind
        assert field.is_required() or field.default == name, kind


def test_every_setting_is_described() -> None:
    """Every field of every spec says what it means, for editors and for readers."""
    silent = [
        f"{folder}.{name}: no docstring below {field}"
        for folder, name, kind in ENTRIES
        for field in kind.model_fields
        if not describe_fields(kind).get(field, "").strip() and field != WORD[folder]
    ]
    assert silent == []


@pytest.mark.parametrize("kind", [Study, SiteSettings])
def test_every_setting_of_a_study_and_a_site_is_described(kind: type[Spec]) -> None:
    """The top of a study file and the settings of a site are described too."""
    assert describe_fields(kind).keys() == kind.model_fields.keys()


def test_an_entry_does_what_its_base_promises() -> None:
    """Versions are numbers from 1; what is given and drawn is a kind that is stored."""
    stored = set(ARTIFACTS.values())
    for folder, _, kind in ENTRIES:
        assert folder == "figures" or getattr(kind, "version", 0) >= 1, kind
    for method in METHODS.values():
        assert method.gives in stored, method
    for figure in FIGURES.values():
        assert figure.draws, figure
        assert set(figure.draws) <= stored, figure


def test_every_artifact_can_be_drawn() -> None:
    """There is a figure for whatever a method gives."""
    drawn = tuple(kind for figure in FIGURES.values() for kind in figure.draws)
    for name, method in METHODS.items():
        assert issubclass(method.gives, drawn), name


@pytest.mark.slow(3)
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


def test_a_method_teaches_itself() -> None:
    """Its class has three sentences or more, and says where it comes from."""
    for name, method in METHODS.items():
        words = inspect.cleandoc(method.__doc__ or "")
        assert len(re.findall(r"[.!?](\s|$)", words)) >= 3, name
        sourced = re.search(r"^Source: \S", words, re.MULTILINE)
        assert sourced, f"{name}: add a line `Source: …`"


def test_a_figure_has_its_template_and_a_template_its_figure() -> None:
    """A figure's view is drawn by the template of its name, and none is left over."""
    folder = ROOT / "templates" / "figures"
    assert {path.name.partition(".")[0] for path in folder.iterdir()} == set(FIGURES)
    assert all((folder / f"{name}.html").is_file() for name in FIGURES)


def test_sections_of_a_study_are_its_tables() -> None:
    """Every section of a study file has its table and its word."""
    named = {"artifacts": "methods"}
    assert {named.get(section, section) for section in KIND_WORDS} == set(TABLES)
    assert all(WORD[named.get(s, s)] == word for s, word in KIND_WORDS.items())


def test_no_two_entries_have_one_name() -> None:
    """A schema tells kinds apart by the names of their classes."""
    named = Counter(
        kind.__name__ for table in TABLES.values() for kind in table.values()
    )
    assert [name for name, count in named.items() if count > 1] == []
