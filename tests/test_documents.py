"""What `docs/` and `CONTRIBUTING.md` say of the code is true of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from docs import generate
from generator.core.spec import ClassTable
from tests.stub.project import REPOSITORY

DOCUMENTS = ("CONTRIBUTING.md", "README.md", "docs/ARCHITECTURE.md")
ARCHITECTURE = (REPOSITORY / "docs/ARCHITECTURE.md").read_text("utf-8")


def defined(path: Path) -> set[str]:
    """Names that a module defines at its top, and `Class.name` of its classes."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{one.name}"
                for one in node.body
                if isinstance(one, ast.FunctionDef)
            }
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for one in names if isinstance(one, ast.Name)}
    return found


def table_rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, each a list of its cells."""
    section = ARCHITECTURE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    return [line.split(" | ") for line in lines[1:]]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_module_named_is_there(document: str) -> None:
    """Every path to a module that a document names leads to one."""
    text = (REPOSITORY / document).read_text("utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    floors = "core|artifacts|corpora|models|networks|methods|figures|study|collect|site"
    for path in re.findall(rf"`((?:generator/)?(?:{floors})/[\w/]+\.py)`", text):
        if Path(path).stem != "x":
            place = path if path.startswith("generator/") else f"generator/{path}"
            assert (REPOSITORY / place).is_file(), path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_between_documents_leads_somewhere(document: str) -> None:
    """A relative link names a file of the repository."""
    place = REPOSITORY / document
    prose = re.sub(r"`[^`\n]+`", "", place.read_text("utf-8"))
    for target in re.findall(r"\]\(([\w./-]+\.(?:md|py))\)", prose):
        assert (place.parent / target).is_file(), target


def test_the_eight_hops_are_in_their_files() -> None:
    """Each hop of an attention weight names what its file defines."""
    rows = table_rows("The life of one attention weight")
    assert len(rows) == 8
    for _, file, names, _ in rows:
        known = defined(REPOSITORY / file.strip("`"))
        assert set(re.findall(r"`([\w.]+)`", names)) <= known, file


def test_every_term_is_a_class_of_its_module() -> None:
    """The glossary's classes are defined where it says."""
    for term, where, _ in table_rows("The words of the code"):
        for module in re.findall(r"`([\w/]+\.py)`", where):
            known = defined(REPOSITORY / "generator" / module)
            classes = re.findall(r"`(\w+)`", where)
            assert set(classes) <= known, term


def test_every_floor_is_a_layer() -> None:
    """The table of floors is that of the contract in `pyproject.toml`."""
    text = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    layers = re.search(r"^layers = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert layers
    held = [set(re.findall(r"\w+", line)) for line in layers[1].splitlines()]
    said = [set(re.findall(r"`(\w+)`", row[1])) for row in table_rows("Seven floors")]
    assert said == held
    assert ClassTable.__name__ in ARCHITECTURE


def test_the_table_of_models_and_methods_is_current() -> None:
    """What `docs/generate.py` would write is what is committed."""
    path = REPOSITORY / "docs/models-and-methods.md"
    current = generate.build_tables() == path.read_text("utf-8")
    assert current, f"{path.name} is out of date; run: python docs/generate.py"


def test_every_page_of_the_documentation_is_in_its_contents() -> None:
    """Pages and contents agree, and pages of the API name modules that are there."""
    listed = re.findall(
        r"- ([\w/-]+\.md)$",
        (REPOSITORY / "mkdocs.yml").read_text("utf-8"),
        re.MULTILINE,
    )
    folder = REPOSITORY / "docs"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}
    assert set(listed) == there
    for path in folder.glob("api/*.md"):
        for name in re.findall(
            r"^::: ([\w.]+)$", path.read_text("utf-8"), re.MULTILINE
        ):
            place = REPOSITORY / name.replace(".", "/")
            assert place.with_suffix(".py").is_file(), name
