"""The README says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.study.study import load_study

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str, number: int = 0) -> str:
    """The README's code block `number` in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[number]


def test_the_example_study_loads(tmp_path: Path) -> None:
    """The study file shown is one: every word of it is known, every name refers."""
    folder = tmp_path / "studies" / "2026-01-02-example"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(block("yaml"), "utf-8")
    study = load_study(folder)
    assert set(study.figures) == {"weights", "needed", "name"}
    assert set(study.claims) == {"name"}
    named = set(re.findall(r"figure:([a-z]+)", block("markdown")))
    assert named <= set(study.figures)
    values = set(re.findall(r"{{ ([a-z]+)\.", block("markdown")))
    assert values <= {*study.artifacts, "claims"}


@pytest.mark.parametrize("line", re.findall(r"`python build\.py ?([a-z]*)", README))
def test_every_command_exists(line: str) -> None:
    """Each command of the README is one of the program's."""
    from generator.cli.main import cli

    assert not line or line in cli.commands


def test_every_command_is_told() -> None:
    """Each command of the program is in the README."""
    from generator.cli.main import cli

    for name in cli.commands:
        assert re.search(rf"`(python build\.py )?{name}\b", README), name


def test_every_target_is_told() -> None:
    """Each target that `make help` lists is in the README, and runs what is there."""
    text = (ROOT / "Makefile").read_text("utf-8")
    for name in re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE):
        assert re.search(rf"`(make )?{name}`", README) or name == "help", name
    for name in re.findall(r"-m tests\.benchmarks\.(\w+)", text):
        assert (ROOT / "tests" / "benchmarks" / f"{name}.py").is_file(), name


def test_the_setup_lines_name_files_that_are_there() -> None:
    """The two commands install from files of the repository."""
    for name in re.findall(r"-r (requirements[a-z-]*\.txt)", README):
        assert (ROOT / name).is_file()
