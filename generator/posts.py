"""From a study and its artifacts to a post: composed, its files made, facts told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import jinja2

from generator.artifacts import Scores
from generator.composed import Composed, compose
from generator.content import Files, content_of
from generator.drawer import Fragments
from generator.errors import StudyError
from generator.figurefiles import card_of
from generator.noted import NOWHERE, Imprint
from generator.pages import graded, making
from generator.pages.post import Article, Post, Unread
from generator.pages.records import Download, category, series, study_path, tag
from generator.postfiles import files_of
from generator.postparts import (
    Pictures,
    changes,
    content,
    contents,
    pictures,
    sections,
    traits,
)
from generator.store import artifact_path, load
from generator.study import Study

SPEED = 230
"""Words read in a minute."""


def make_post(
    study: Study,
    templates: jinja2.Environment,
    studies: Mapping[str, str],
    grades: Sequence[graded.Grade] = (),
    fragments: Fragments | None = None,
    *,
    imprint: Imprint = NOWHERE,
) -> tuple[Post, tuple[str, ...]]:
    """The post of a study, and warnings. Raises `StudyError` for what cannot be drawn.

    `studies` gives the page of each study on the site by the name of its folder;
    `grades` are those of all studies; `fragments` are figures drawn before,
    `imprint` says where the study appears.
    """
    made, warnings = compose(
        study, templates, studies, grades, fragments, imprint=imprint
    )
    cut = pictures(made)
    files, links = files_of(made, cut.lead)
    article = article_of(made, links, files)
    kept = {path: content_of(file) for path, file in files.items()}
    return post_of(made, cut, article, kept), warnings


def article_of(
    made: Composed, links: tuple[Download, ...], files: Collection[str]
) -> Article:
    """What stands on the study's own page; `files` are the paths of its files."""
    return Article(
        body=made.body,
        contents=contents(made),
        facts=making.facts({n: one.head for n, one in made.drawer.stored.items()}),
        downloads=links,
        references=made.prose.references,
        content=content(made, files),
    )


def post_of(made: Composed, cut: Pictures, article: Article, files: Files) -> Post:
    """What is told of the study, on its own page and on others."""
    study, folder = made.study, made.study.folder.name
    shown = cut.lead.said if cut.lead else study.summary
    return Post(
        path=made.page,
        folder=folder,
        title=study.title,
        summary=study.summary,
        date=study.date,
        tags=tuple(tag(name) for name in study.tags),
        category=category(study.category),
        authors=study.authors,
        draft=study.draft,
        claims=tuple(made.drawer.claims),
        minutes=max(1, round(made.prose.words / SPEED)),
        figures=len(made.numbers),
        kinds=tuple(sorted({study.figures[name].figure for name in made.numbers})),
        models=len(study.models),
        strip=cut.strip,
        picture=cut.lead,
        picture_id=f"fig-{cut.name}" if cut.name else "",
        picture_number=made.numbers.get(cut.name, 0),
        changes=changes(study),
        licence=study.licence,
        series=(series(study.series),) if study.series else (),
        aliases=study.aliases,
        sampling=study.sampling or "",
        sections=sections(made),
        traits=traits(study),
        card=card_of(made.page),
        card_alt=f"{study.title}. {shown}".strip(),
        grades=tuple(g for g in made.drawer.grades if g.group.folder == folder),
        unread=Unread(lambda: article),
        files=files,
    )


def usable(study: Study) -> tuple[str, tuple[graded.Grade, ...]]:
    """Why a study cannot be drawn, "" if it can; and how it grades methods."""
    heads, scores = {}, {}
    for name in study.artifacts:
        try:
            one = load(artifact_path(study, name))
        except StudyError as error:
            return error.problems[0], ()
        heads[name] = one.head
        if isinstance(one.artifact, Scores):
            scores[name] = one.artifact
    page = study_path(study.category, study.date, study.slug)
    told = graded.grades(study.folder.name, study.title, page, heads, scores)
    return "", tuple(told)
