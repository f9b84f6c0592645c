"""Which method can be trusted here? All grades against known rationales, on one page.

Methods that were graded on the same texts with the same model stand in one table, the
best first by average precision. Tables of newer studies come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from generator.artifacts import Score
from generator.figures.formatting import visible
from generator.figures.statistics.estimates import sentence
from generator.figures.statistics.scores import baseline_told
from generator.site.pages.base import Page, SiteData
from generator.site.pages.methods import path as method_path
from generator.site.pages.post import PATH, Grade, Group, in_order
from generator.site.pages.score_block import value

TITLE = "Which method can be trusted here?"
WORDS = "How methods do where it is known which words decide."


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one method, in words."""

    value: str
    baseline: str
    n: str
    said: str


@dataclass(frozen=True, slots=True)
class Method:
    """A row: a method, where it is told of, and its measures."""

    id: str
    name: str
    path: str
    artifact: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Graded:
    """A table: methods on the same texts with the same model."""

    group: Group
    measures: tuple[str, ...]
    methods: tuple[Method, ...]
    notes: tuple[str, ...]


def pages(data: SiteData) -> Iterator[Page]:
    """The one page, also where nothing was graded."""
    every = in_order(chain.from_iterable(post.grades for post in data.posts))
    folders = [post.folder for post in data.posts]
    groups = sorted(
        dict.fromkeys(grade.group for grade in every),
        key=lambda group: (folders.index(group.folder), group.artifact, group.model),
    )
    known = {method.name for method in data.methods}
    tables = tuple(graded(group, every, known) for group in groups)
    yield Page(PATH, "trust.html", TITLE, WORDS, {"tables": tables})


def graded(group: Group, every: tuple[Grade, ...], known: set[str]) -> Graded:
    """One table, its rows in the order of all grades."""
    mine = [grade for grade in every if grade.group == group]
    measures = tuple(dict.fromkeys(s.name for grade in mine for s in grade.scores))
    return Graded(
        group,
        tuple(visible(name, blanks=False) for name in measures),
        tuple(
            Method(
                grade.id,
                grade.name,
                method_path(grade.method) if grade.method in known else "",
                visible(grade.artifact, blanks=False),
                tuple(map(cell, by_measure(grade, measures))),
            )
            for grade in mine
        ),
        tuple(sentence(note) for note in group.notes),
    )


def by_measure(grade: Grade, measures: tuple[str, ...]) -> Iterator[Score | None]:
    """A grade's scores in the order of a table's columns."""
    for name in measures:
        yield next((score for score in grade.scores if score.name == name), None)


def cell(score: Score | None) -> Cell | None:
    """One measure in words, None where it was not taken."""
    if score is None:
        return None
    name = visible(score.baseline_name, blanks=False)
    return Cell(
        value(score),
        "" if score.baseline is None else f"{name} {baseline_told(score)}",
        f"{score.n:,}",
        "" if score.said == "none" else score.said,
    )
