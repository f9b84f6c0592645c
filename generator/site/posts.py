"""From a study and its artifacts to a post: composed, its files made, facts told.

Parts of a post: its contents, what feeds and searches find, its picture.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import unescape
from posixpath import dirname
from typing import NamedTuple

import jinja2

from generator.artifacts import Scores
from generator.artifacts.store import artifact_path, load
from generator.core.errors import StudyError
from generator.figures.export.figure_files import card_of
from generator.figures.thumbnails import Thumbnail
from generator.site.annotated_figures import NOWHERE, Imprint
from generator.site.compose import Composed, compose
from generator.site.content import Files, content_of
from generator.site.figure_renderer import Fragments, title_of
from generator.site.pages import post, provenance
from generator.site.pages.feed import picture_path, retold
from generator.site.pages.post import (
    Article,
    Change,
    Download,
    Entry,
    Post,
    Section,
    Trait,
    Unread,
    category,
    series,
    study_path,
    tag,
)
from generator.site.pages.search_index import figure_section, merged, prose_sections
from generator.site.post_files import files_of
from generator.site.writeup.writeup import Placed
from generator.study.study import Study


class Pictures(NamedTuple):
    """A study's lead picture, its strip and the figure that they are cut from."""

    lead: Thumbnail | None = None
    strip: Thumbnail | None = None
    name: str = ""


def pictures(made: Composed) -> Pictures:
    """Cut from the first figure that has scores, from a matrix before all others."""
    study, stored = made.study, made.drawer.stored
    order = sorted(
        made.prose.figures, key=lambda name: study.figures[name].figure != "matrix"
    )
    for name in order:
        figure = study.figures[name]
        small = figure.thumbnails(*(stored[read].artifact for read in figure.reads()))
        if small is not None:
            return Pictures(*small, name)
    return Pictures()


def content(made: Composed, files: Collection[str]) -> str:
    """The write-up for feeds: its prose as it is, its figures as pictures."""
    told: list[str] = []
    for piece, html in made.pieces:
        if isinstance(piece, Placed):
            title = title_of(made.study.figures[piece.name])
            path = picture_path(piece.name)
            shown = path if f"{dirname(made.page)}/{path}" in files else ""
            told.append(retold(piece.name, title, html, piece.caption, shown))
        else:
            told.append(html)
    return "\n".join(told)


def sections(made: Composed) -> tuple[Section, ...]:
    """What a search finds of the study, in the order of the page."""
    found: list[Section] = []
    for piece, html in made.pieces:
        if isinstance(piece, Placed):
            title = title_of(made.study.figures[piece.name])
            found.append(figure_section(piece.name, title, html, piece.caption))
        else:
            found += prose_sections(html)
    return merged(found)


def contents(made: Composed) -> tuple[Entry, ...]:
    """Second-level headings and figures, in the order of the page."""
    texts = {h.id: h.text for h in made.prose.headings if h.level == 2}  # noqa: PLR2004
    entries: list[Entry] = []
    for piece, html in made.pieces:
        if isinstance(piece, Placed):
            title = title_of(made.study.figures[piece.name])
            number = made.numbers[piece.name]
            entries.append(Entry(f"fig-{piece.name}", title, number))
            continue
        found = (unescape(own) for own in re.findall(r'<h2 id="([^"]*)"', html))
        entries += [Entry(own, texts[own]) for own in found if own in texts]
    return tuple(entries)


def traits(study: Study) -> tuple[Trait, ...]:
    """What other studies may have in common with this one, each once."""
    named = (
        *(("tag", name) for name in study.tags),
        *(("method", one.method) for one in study.artifacts.values()),
        *(("model", one.kind) for one in study.models.values()),
        *(("corpus", one.kind) for one in study.corpora.values()),
    )
    return tuple(dict.fromkeys(Trait(kind, str(name)) for kind, name in named))


def changes(study: Study) -> tuple[Change, ...]:
    """Updates and corrections, newest first; of one day, the last written first."""
    told = (Change(u.date, u.kind, u.text) for u in reversed(study.updates))
    return tuple(sorted(told, key=lambda change: change.date, reverse=True))


SPEED = 230
"""Words read in a minute."""


def make_post(
    study: Study,
    templates: jinja2.Environment,
    studies: Mapping[str, str],
    grades: Sequence[post.Grade] = (),
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
        facts=provenance.facts({n: one.head for n, one in made.drawer.stored.items()}),
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


def usable(study: Study) -> tuple[str, tuple[post.Grade, ...]]:
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
    told = post.grades(study.folder.name, study.title, page, heads, scores)
    return "", tuple(told)
