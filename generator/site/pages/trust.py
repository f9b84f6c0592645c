"""Which method can be trusted here? All grades against known rationales, on one page.

Methods that were graded on the same texts with the same model stand in one table, the
best first by average precision. Tables of newer studies come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from generator.artifacts import TrustScore
from generator.figures.formatting import make_visible
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.statistics.scores import format_baseline, format_score_verdict
from generator.site.pages.base import Page, SiteData
from generator.site.pages.methods import method_path
from generator.site.pages.post import PATH, GradeGroup, MethodGrade, sort_grades
from generator.site.pages.score_block import format_score

TITLE = "Which method can be trusted here?"
WORDS = "How methods do where it is known which words decide."


@dataclass(frozen=True, slots=True)
class MeasureCell:
    """One measure of one method, in words."""

    value: str
    baseline: str
    n: str
    description: str


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A method with the page about it and its measures."""

    id: str
    name: str
    path: str
    artifact: str
    cells: tuple[MeasureCell | None, ...]


@dataclass(frozen=True, slots=True)
class GradeTable:
    """The methods graded on the same texts with the same model."""

    group: GradeGroup
    measures: tuple[str, ...]
    methods: tuple[MethodRow, ...]
    notes: tuple[str, ...]


def pages(data: SiteData) -> Iterator[Page]:
    """Yield the page of grades, also where nothing was graded.

    Args:
        data: Everything that pages are made of.
    """
    every = sort_grades(chain.from_iterable(post.grades for post in data.posts))
    folders = [post.folder for post in data.posts]
    groups = sorted(
        dict.fromkeys(grade.group for grade in every),
        key=lambda group: (folders.index(group.folder), group.artifact, group.model),
    )
    known = {method.name for method in data.methods}
    tables = tuple(build_grade_table(group, every, known) for group in groups)
    yield Page(PATH, "trust.html", TITLE, WORDS, {"tables": tables})


def build_grade_table(
    group: GradeGroup, every: tuple[MethodGrade, ...], known: set[str]
) -> GradeTable:
    """Build one table, its rows in the order of all grades.

    Args:
        group: The grades' study, texts and model.
        every: All grades, sorted.
        known: Names of the methods that have a page.

    Returns:
        The table.
    """
    mine = [grade for grade in every if grade.group == group]
    measures = tuple(dict.fromkeys(s.name for grade in mine for s in grade.scores))
    return GradeTable(
        group,
        tuple(make_visible(name, blanks=False) for name in measures),
        tuple(
            MethodRow(
                grade.id,
                grade.name,
                method_path(grade.method) if grade.method in known else "",
                make_visible(grade.artifact, blanks=False),
                tuple(map(measure_cell, scores_by_measure(grade, measures))),
            )
            for grade in mine
        ),
        tuple(claim_sentence(note) for note in group.notes),
    )


def scores_by_measure(
    grade: MethodGrade, measures: tuple[str, ...]
) -> Iterator[TrustScore | None]:
    """Yield a grade's scores in the order of a table's columns.

    Args:
        grade: The grade.
        measures: Names of the measures, one a column.

    Yields:
        A score, or None where the measure was not taken.
    """
    for name in measures:
        yield next((score for score in grade.scores if score.name == name), None)


def measure_cell(score: TrustScore | None) -> MeasureCell | None:
    """Format one measure in words, None where it was not taken."""
    if score is None:
        return None
    name = make_visible(score.baseline_name, blanks=False)
    return MeasureCell(
        format_score(score),
        "" if score.baseline is None else f"{name} {format_baseline(score)}",
        f"{score.n:,}",
        format_score_verdict(score),
    )
