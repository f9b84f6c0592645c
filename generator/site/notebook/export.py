"""Notebooks of studies, `study.ipynb`: every figure's artifact, loaded and drawn.

The notebook lies beside the study's page and reads the same files that the page links
to. Its cells are the source of `helpers` and of `notebook_cells`, so what a reader runs
is what tests run. The format is nbformat 4.5, written by hand: ids are numbers, there
are no outputs and there is no clock, so the same study gives the same bytes.
"""

from __future__ import annotations

import ast
import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from generator.artifacts import ARTIFACTS, Artifact

CELLS = tuple(
    Path(__file__).with_name(f"{name}.py") for name in ("helpers", "notebook_cells")
)
"""Whose functions are copied into notebooks, in this order."""
IMPORTS = """\
import hashlib
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np"""
NotebookCell = tuple[str, str]
"""Kind of a cell, and its text."""


@dataclass(frozen=True, slots=True)
class NotebookFigure:
    """A figure of a study: its number on the page, its title, its artifacts."""

    number: int
    title: str
    artifacts: tuple[str, ...]


def build_notebook(
    title: str,
    summary: str,
    figures: Sequence[NotebookFigure],
    kinds: Mapping[str, str],
) -> bytes:
    """Build the notebook of a study.

    Args:
        title: Title of the study.
        summary: Summary of the study.
        figures: The figures in the page's order.
        kinds: The kind of each artifact by its name.

    Returns:
        A notebook file in nbformat 4.5.
    """
    written = list(iterate_cells(title, summary, figures, kinds))
    cells = [_cell(number, *cell) for number, cell in enumerate(written, 1)]
    data = {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(data, indent=1, ensure_ascii=True) + "\n").encode()


def iterate_cells(
    title: str,
    summary: str,
    figures: Sequence[NotebookFigure],
    kinds: Mapping[str, str],
) -> Iterator[NotebookCell]:
    """Yield the cells of a notebook in their order.

    Args:
        title: Title of the study.
        summary: Summary of the study.
        figures: The figures in the page's order.
        kinds: The kind of each artifact by its name.

    Yields:
        The kind of each cell, `markdown` or `code`, and its text.
    """
    yield (
        "markdown",
        f"# {escape_markdown(title)}\n\n{escape_markdown(summary)}\n\n{INTRODUCTION}",
    )
    yield "code", IMPORTS
    yield "markdown", LOADING
    yield "code", function_source("load")
    yield "markdown", DRAWING
    yield "code", join_sources(function_source(name) for name in helper_functions())
    yield (
        "code",
        join_sources(
            function_source(name) for name in needed_functions(kinds.values())
        ),
    )
    before: dict[str, int] = {}
    for figure in figures:
        again = [f"`{name}` in figure {before[name]}" for name in figure.artifacts
                 if name in before]  # fmt: skip
        note = f"\n\nDrawn above: {', '.join(again)}." if again else ""
        yield (
            "markdown",
            f"## Figure {figure.number}: {escape_markdown(figure.title)}{note}",
        )
        for name in figure.artifacts:
            if before.setdefault(name, figure.number) == figure.number:
                yield "code", call_code(name, kinds[name])
    rest = [name for name in kinds if name not in before]
    if rest:
        yield "markdown", "## Artifacts that no figure draws"
        for name in rest:
            yield "code", call_code(name, kinds[name])


INTRODUCTION = (
    "This notebook reads the files that the study's page is made of, from the folder "
    "`data` beside it, and draws them again. It needs NumPy and Matplotlib and nothing "
    "else: put it beside that folder, or open it where the site is, and run it."
)
LOADING = (
    "An artifact is a JSON file: one line with the SHA-256 of all that follows, how it "
    "was made (`made`), and its numbers (`content`). Large arrays lie in a file `.npz` "
    "of the same name. Numbers that are not defined are `null`, and NaN once loaded."
)
DRAWING = (
    "Each kind of artifact has one way of being drawn. Colours are on one scale a "
    "picture, up to the largest size in it, which the bar beside it prints. Scores for "
    "and against share one around 0."
)


def call_code(name: str, kind: str) -> str:
    """Return the code that loads and shows an artifact.

    Args:
        name: Name of the artifact.
        kind: Kind of the artifact.

    Returns:
        One line of Python.
    """
    return f"{show_function(kind)}(load({name!r})['content'])"


@cache
def show_function(kind: str) -> str:
    """Return the name of the function that shows a kind of artifact.

    It is its own, else that of the kind it is derived from or that its frames are of,
    else the one that shows any artifact.

    Args:
        kind: Kind of the artifact.

    Returns:
        The name of a function of the cells.
    """
    kinds = {of: name for name, of in ARTIFACTS.items()} | {Artifact: "artifact"}
    of = ARTIFACTS[kind]
    frames = get_args(get_type_hints(of).get("frames"))[:1]
    names = (
        f"show_{kinds[one].replace('-', '_')}"
        for one in (*of.__mro__[:-2], *frames, Artifact)
        if one in kinds
    )
    return next(name for name in names if name in all_functions())


def needed_functions(kinds: Iterable[str]) -> list[str]:
    """Return the functions that show these kinds, in the order of the cells.

    Args:
        kinds: Kinds of artifacts.

    Returns:
        Names of functions.
    """
    wanted = {show_function(kind) for kind in kinds}
    return [name for name in all_functions() if name in wanted]


def helper_functions() -> list[str]:
    """Return the names of the functions that those of all kinds may use."""
    return [n for n in all_functions() if n != "load" and not n.startswith("show_")]


def join_sources(sources: Iterable[str]) -> str:
    """Join the sources of functions, with two blank lines between them."""
    return "\n\n\n".join(sources)


def function_source(name: str) -> str:
    """Return the source of a function of the cells."""
    return all_functions()[name]


@cache
def all_functions() -> dict[str, str]:
    """Return the source of every function of the cells, by name, in their order."""
    return {name: text for path in CELLS for name, text in read_functions(path)}


def read_functions(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the source of every function of a module."""
    text = path.read_text("utf-8")
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, "\n".join(lines[node.lineno - 1 : node.end_lineno])


def escape_markdown(text: str) -> str:
    """Escape an author's text for Markdown, where `<` begins no element."""
    return html.escape(" ".join(text.split()), quote=False)


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
