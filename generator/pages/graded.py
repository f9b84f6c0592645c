"""Grades of methods on texts of which it is known which words decide, site-wide.

A study that grades explanations against known rationales tells every other one how far
the same method can be trusted. Here its rows are gathered, put in order and given the
ids by which other pages link to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from slugify import slugify

from generator.artifacts import Score, Scores
from generator.provenance import Head

PATH = "trust/index.html"
"""Where the page of all grades lies."""
FIRST = "AUPRC"
"""The measure that methods are put in order by, largest first."""


@dataclass(frozen=True, slots=True)
class Group:
    """What grades share that can be compared: a study, its texts and a model."""

    folder: str
    study: str  # its title
    path: str  # its page
    artifact: str  # the grades
    model: str
    model_kind: str
    corpus: str  # its kind, in words
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """One explanation, graded. `kind` tells apart variants of a method."""

    group: Group
    artifact: str  # the explanation
    method: str
    kind: str
    scores: tuple[Score, ...]
    id: str = ""

    @property
    def name(self) -> str:
        """The method and its variant, as a reader calls them."""
        name = words(self.method)
        return f"{name} ({self.kind})" if self.kind else name

    @property
    def first(self) -> Score | None:
        """The score that decides the order."""
        return next((score for score in self.scores if score.name == FIRST), None)


def grades(
    folder: str,
    title: str,
    path: str,
    heads: Mapping[str, Head],
    found: Mapping[str, Scores],
) -> Iterator[Grade]:
    """What one study says of methods, in the order of its artifacts."""
    for artifact, scores in found.items():
        if scores.aspect != "rationale":
            continue
        for of in dict.fromkeys(row.of for row in scores.rows if row.of in heads):
            made = heads[of].made
            group = Group(
                folder=folder,
                study=title,
                path=path,
                artifact=artifact,
                model=made.model.name if made.model else "",
                model_kind=made.model.kind if made.model else "",
                corpus=words(made.corpus.kind) if made.corpus else "given texts",
                notes=scores.notes,
            )
            rows = tuple(row for row in scores.rows if row.of == of)
            yield Grade(group, of, made.method, kind_of(heads[of]), rows)


def words(name: str) -> str:
    """A name of a table as a reader says it."""
    return name.replace("_", " ")


def kind_of(head: Head) -> str:
    """The variant of a method, where it has several."""
    kind = head.made.settings.get("kind", "")
    return kind if isinstance(kind, str) else ""


def in_order(every: Iterable[Grade]) -> tuple[Grade, ...]:
    """All grades, the largest first score first, each with an id of its own.

    An id is the method's name; another grade of the same method has a number after it.
    """
    order = sorted(every, key=rank)
    seen: dict[str, int] = {}
    named = []
    for grade in order:
        slug = slugify(grade.name)
        seen[slug] = number = seen.get(slug, 0) + 1
        named.append(replace(grade, id=slug if number == 1 else f"{slug}-{number}"))
    return tuple(named)


def seen_by(folder: str, every: Iterable[Grade]) -> tuple[Grade, ...]:
    """All grades as the study in `folder` can show them: its own, and the rest unnamed.

    No figure tells which study a grade came from, so none is drawn again where that
    study has another title.
    """
    return tuple(one if one.group.folder == folder else unnamed(one) for one in every)


def unnamed(grade: Grade) -> Grade:
    """A grade without the study that gave it."""
    return replace(grade, group=replace(grade.group, folder="", study="", path=""))


def rank(grade: Grade) -> tuple[float, str, str, str]:
    """Where a grade stands: by its first score, what has none last; then by name."""
    value = grade.first.value if grade.first else math.nan
    last = math.inf if math.isnan(value) else -value
    return last, grade.name, grade.group.folder, grade.artifact


def grade_of(every: Iterable[Grade], head: Head) -> Grade | None:
    """The grade that speaks for an artifact: of its method and variant.

    Of several, one on a model of the same kind comes first, then the one that rests on
    most texts.
    """
    made = head.made
    model = made.model.kind if made.model else ""
    same = [g for g in every if (g.method, g.kind) == (made.method, kind_of(head))]
    return min(
        (g for g in same if g.first and not math.isnan(g.first.value)),
        key=lambda g: (g.group.model_kind != model, -g.first.n if g.first else 0),
        default=None,
    )
