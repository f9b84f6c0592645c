"""From a study and its artifacts to a post: figures drawn, prose read, facts told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import dirname

import jinja2
from markupsafe import Markup

from generator.artifacts import Scores
from generator.content import content_of
from generator.drawer import Drawer, Fragments
from generator.errors import FigureError, StudyError
from generator.figurefiles import card_of, painted, path_of
from generator.judging.verdicts import on_page, unlinked, verdicts
from generator.noted import NOWHERE, Imprint
from generator.pages import graded, making
from generator.pages.post import Article, Post, Unread
from generator.pages.records import (
    category,
    in_words,
    series,
    study_path,
    tag,
)
from generator.pictures.card import Words, card
from generator.postparts import (
    NOTEBOOK,
    changes,
    content,
    contents,
    data_files,
    notebook_link,
    notebook_of,
    pictures,
    sections,
    traits,
)
from generator.store import artifact_path, load
from generator.study import Study
from generator.values import look_up
from generator.writeup import Known, Placed, WriteUp, read_write_up

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
    page = study_path(study.category, study.date, study.slug)
    stored = {name: load(artifact_path(study, name)) for name in study.artifacts}
    artifacts = {name: one.artifact for name, one in stored.items()}
    shown = f"studies/{study.folder.name}/index.md"
    decided, warnings = verdicts(study, artifacts)
    known = Known(
        study.figures,
        artifacts,
        studies,
        page,
        lambda text: look_up(artifacts, text, decided),
        tuple(f"claim-{name}" for name in decided),
    )
    prose = read_write_up(study.folder / "index.md", shown, known)
    imprint = replace(imprint, authors=study.authors or imprint.authors)
    numbers = {name: number for number, name in enumerate(prose.figures, 1)}
    said = on_page(study, decided, numbers)
    drawer = Drawer(study, stored, templates, page, grades, fragments, imprint, said)
    body = drawn(prose, drawer, numbers)
    unplaced = sorted(set(study.figures) - set(prose.figures))
    warnings += tuple(f"{shown}: figure {name} is placed nowhere" for name in unplaced)
    warnings += unlinked(study, said)
    picture, small, name = pictures(study, artifacts, prose)
    files, links = data_files(study, page, stored)
    files |= own_files(prose, drawer, numbers)
    files[card_of(page)] = painted(
        card(Words(imprint.site, study.title, in_words(study.date), study.summary),
             picture),
        fragments.pictures if fragments else None,
        scale=1,
    )  # fmt: skip
    book = notebook_of(study, stored, numbers)
    files[f"{dirname(page)}/{NOTEBOOK}"] = book
    links += (notebook_link(page, book),)
    here = dirname(page)
    files |= {f"{here}/images/{n}": path for n, path in sorted(prose.pictures.items())}
    article = Article(
        body=body,
        contents=contents(prose, study, body),
        facts=making.facts({name: one.head for name, one in stored.items()}),
        downloads=links,
        references=prose.references,
        content=content(study, page, prose, body, files),
    )
    post = Post(
        path=page,
        folder=study.folder.name,
        title=study.title,
        summary=study.summary,
        date=study.date,
        tags=tuple(tag(name) for name in study.tags),
        category=category(study.category),
        authors=study.authors,
        draft=study.draft,
        claims=said,
        minutes=max(1, round(prose.words / SPEED)),
        figures=len(numbers),
        models=len(study.models),
        strip=small,
        picture=picture,
        picture_id=f"fig-{name}" if name else "",
        picture_number=numbers.get(name, 0),
        changes=changes(study),
        licence=study.licence,
        series=(series(study.series),) if study.series else (),
        aliases=study.aliases,
        sampling=study.sampling or "",
        sections=sections(study, prose, body),
        traits=traits(study),
        card=card_of(page),
        card_alt=f"{study.title}. {picture.said if picture else study.summary}".strip(),
        grades=tuple(g for g in grades if g.group.folder == study.folder.name),
        unread=Unread(lambda: article),
        files={path: content_of(file) for path, file in files.items()},
    )
    return post, warnings


def own_files(
    prose: WriteUp, drawer: Drawer, numbers: Mapping[str, int]
) -> dict[str, bytes | Path]:
    """The files of every figure by their paths: `figures/<name>.png` and others."""
    placed = [piece for piece in prose.pieces if isinstance(piece, Placed)]
    return {
        path_of(drawer.page, one.name, ending): body
        for one in placed
        for ending, body in drawer.files(one, numbers[one.name]).items()
    }


def drawn(
    prose: WriteUp, drawer: Drawer, numbers: Mapping[str, int]
) -> tuple[Markup, ...]:
    """The write-up's pieces with its figures, which have `numbers`, drawn."""
    body: list[Markup] = []
    problems: list[str] = []
    for piece in prose.pieces:
        if isinstance(piece, Markup):
            body.append(piece)
            continue
        try:
            body.append(drawer.figure(piece, numbers[piece.name]))
        except FigureError as error:
            problems += error.problems
    if problems:
        raise FigureError(*problems)
    return tuple(body)


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
