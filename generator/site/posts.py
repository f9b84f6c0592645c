"""Posts from composed studies: contents, search sections, feed content and pictures."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import unescape
from itertools import chain
from posixpath import dirname
from typing import NamedTuple

import jinja2

from generator.artifacts import Scores
from generator.artifacts.store import (
    NewerSchemaError,
    OlderSchemaError,
    artifact_path,
    load_artifact,
)
from generator.figures.export.figure_files import card_path
from generator.figures.squares import Thumbnail
from generator.site.annotated_figures import NOWHERE, Imprint
from generator.site.compose import ComposedStudy, compose_study
from generator.site.content import SiteFiles, content_of
from generator.site.figure_renderer import UNKNOWN, FigureCache, title_of
from generator.site.pages import post, provenance
from generator.site.pages.feed import build_feed_figure, picture_path
from generator.site.pages.post import (
    ContentsEntry,
    Download,
    LazyArticle,
    Post,
    PostArticle,
    SearchSection,
    SharedTrait,
    StudyChange,
    category_listing,
    series_listing,
    study_path,
    tag_listing,
)
from generator.site.pages.search_index import (
    figure_section,
    merge_sections,
    prose_sections,
)
from generator.site.post_files import letter_warnings, study_files
from generator.site.writeup.writeup import PlacedFigure
from generator.study.older_versions import find_older_versions
from generator.study.origins import StudyOrigins
from generator.study.study import Study


class LeadPictures(NamedTuple):
    """A study's lead picture, its strip and the figure that they are cut from."""

    lead: Thumbnail | None = None
    strip: Thumbnail | None = None
    name: str = ""


def choose_pictures(composed: ComposedStudy) -> LeadPictures:
    """Cut the lead picture from the first figure that has scores.

    Figures of a matrix come before all others.

    Args:
        composed: The composed study.

    Returns:
        The picture, its strip and their figure, empty if no figure has scores.
    """
    study, stored = composed.study, composed.drawer.stored
    order = sorted(
        filter(composed.drawer.is_drawable, composed.prose.figures),
        key=lambda name: study.figures[name].figure != "matrix",
    )
    for name in order:
        figure = study.figures[name]
        small = figure.thumbnails(
            *(stored[read].artifact for read in figure.artifact_names())
        )
        if small is not None:
            return LeadPictures(*small, name)
    return LeadPictures()


def feed_content(composed: ComposedStudy, files: Collection[str]) -> str:
    """Return the write-up for feeds: prose, with figures as pictures.

    Args:
        composed: The composed study.
        files: Paths of the study's files within the site.

    Returns:
        The HTML of the entry.
    """
    parts: list[str] = []
    for piece, html in composed.pieces:
        if isinstance(piece, PlacedFigure):
            title = title_of(composed.study.figures[piece.name])
            path = picture_path(piece.name)
            shown = path if f"{dirname(composed.page)}/{path}" in files else ""
            parts.append(
                build_feed_figure(piece.name, title, html, piece.caption, shown)
            )
        else:
            parts.append(html)
    return "\n".join(parts)


def search_sections(composed: ComposedStudy) -> tuple[SearchSection, ...]:
    """Return the sections and figures to be searched, in the order of the page.

    Args:
        composed: The composed study.
    """
    sections: list[SearchSection] = []
    for piece, html in composed.pieces:
        if isinstance(piece, PlacedFigure):
            title = title_of(composed.study.figures[piece.name])
            sections.append(figure_section(piece.name, title, html, piece.caption))
        else:
            sections += prose_sections(html)
    return merge_sections(sections)


def contents_entries(composed: ComposedStudy) -> tuple[ContentsEntry, ...]:
    """Return second-level headings and figures, in the order of the page.

    Args:
        composed: The composed study.
    """
    texts = {h.id: h.text for h in composed.prose.headings if h.level == 2}  # noqa: PLR2004 - an <h2>
    entries: list[ContentsEntry] = []
    for piece, html in composed.pieces:
        if isinstance(piece, PlacedFigure):
            title = title_of(composed.study.figures[piece.name])
            number = composed.numbers[piece.name]
            entries.append(ContentsEntry(f"fig-{piece.name}", title, number))
            continue
        heading_ids = (unescape(own) for own in re.findall(r'<h2 id="([^"]*)"', html))
        entries += [
            ContentsEntry(own, texts[own]) for own in heading_ids if own in texts
        ]
    return tuple(entries)


def study_traits(study: Study) -> tuple[SharedTrait, ...]:
    """Return each trait that other studies may share with this one, once.

    Args:
        study: The study.
    """
    named = (
        *(("tag", name) for name in study.tags),
        *(("method", one.method) for one in study.artifacts.values()),
        *(("model", one.kind) for one in study.models.values()),
        *(("corpus", one.kind) for one in study.corpora.values()),
    )
    return tuple(dict.fromkeys(SharedTrait(kind, str(name)) for kind, name in named))


def study_changes(study: Study) -> tuple[StudyChange, ...]:
    """Return updates and corrections, newest first.

    Of one day, the last written comes first.

    Args:
        study: The study.

    Returns:
        The changes.
    """
    updates = (StudyChange(u.date, u.kind, u.text) for u in reversed(study.updates))
    return tuple(sorted(updates, key=lambda change: change.date, reverse=True))


SPEED = 230
"""Words read in a minute."""


def make_post(
    study: Study,
    templates: jinja2.Environment,
    studies: Mapping[str, str],
    grades: Sequence[post.MethodGrade] = (),
    fragments: FigureCache | None = None,
    *,
    imprint: Imprint = NOWHERE,
    origins: StudyOrigins = UNKNOWN,
) -> tuple[Post, tuple[str, ...]]:
    """Make the post of a study.

    Args:
        study: The study.
        templates: The environment of all pages.
        studies: Page of each study on the site by the name of its folder.
        grades: Grades that all studies give to methods.
        fragments: Cache of drawn figures, None for no cache.
        imprint: Where the study appears, for citations.
        origins: Where its artifacts come from.

    Returns:
        The post, and warnings.

    Raises:
        StudyError: If the study cannot be drawn.
    """
    composed, warnings = compose_study(
        study,
        templates,
        studies,
        grades,
        fragments,
        imprint=imprint,
        origins=origins,
    )
    cut = choose_pictures(composed)
    files, links = study_files(composed, cut.lead)
    article = build_article(composed, links, files)
    contents = {path: content_of(file) for path, file in files.items()}
    missing = letter_warnings(composed, cut.lead, files)
    return build_post(composed, cut, article, contents), (*warnings, *missing)


def build_article(
    composed: ComposedStudy, links: tuple[Download, ...], files: Collection[str]
) -> PostArticle:
    """Build the content of the study's own page.

    Args:
        composed: The composed study.
        links: Files that a reader may download.
        files: Paths of the study's files within the site.

    Returns:
        The article.
    """
    heads = {name: one.head for name, one in composed.drawer.stored.items()}
    older = find_older_versions(composed.study, heads)
    return PostArticle(
        body=composed.body,
        contents=contents_entries(composed),
        facts=provenance.provenance_facts(heads),
        origins=provenance.origin_sentences(composed.drawer.origins),
        older=tuple(dict.fromkeys(chain.from_iterable(older.values()))),
        downloads=links,
        references=composed.prose.references,
        content=feed_content(composed, files),
    )


def build_post(
    composed: ComposedStudy, cut: LeadPictures, article: PostArticle, files: SiteFiles
) -> Post:
    """Build the post: the article, and the teaser for other pages.

    Args:
        composed: The composed study.
        cut: The study's lead pictures.
        article: The content of the study's own page.
        files: The study's files by path.

    Returns:
        The post.
    """
    study, folder = composed.study, composed.study.folder.name
    shown = cut.lead.description if cut.lead else study.summary
    return Post(
        path=composed.page,
        folder=folder,
        title=study.title,
        summary=study.summary,
        date=study.date,
        tags=tuple(tag_listing(name) for name in study.tags),
        category=category_listing(study.category),
        authors=study.authors,
        draft=study.draft,
        claims=tuple(composed.drawer.claims),
        minutes=max(1, round(composed.prose.words / SPEED)),
        figures=len(composed.numbers),
        kinds=tuple(sorted({study.figures[name].figure for name in composed.numbers})),
        models=len(study.models),
        strip=cut.strip,
        picture=cut.lead,
        picture_id=f"fig-{cut.name}" if cut.name else "",
        picture_number=composed.numbers.get(cut.name, 0),
        changes=study_changes(study),
        licence=study.licence,
        series=(series_listing(study.series),) if study.series else (),
        aliases=study.aliases,
        sampling=study.sampling or "",
        sections=search_sections(composed),
        traits=study_traits(study),
        card=card if (card := card_path(composed.page)) in files else "",
        card_alt=f"{study.title}. {shown}".strip(),
        grades=tuple(g for g in composed.drawer.grades if g.group.folder == folder),
        unread=LazyArticle(lambda: article),
        files=files,
    )


def read_grades(study: Study) -> tuple[post.MethodGrade, ...]:
    """Read the grades that a study gives to methods.

    Args:
        study: The study.

    Raises:
        StudyError: One of its artifacts is missing or damaged.
    """
    heads, scores = {}, {}
    for name in study.artifacts:
        try:
            one = load_artifact(artifact_path(study, name))
        except (OlderSchemaError, NewerSchemaError):
            continue  # the page says what to do
        heads[name] = one.head
        if isinstance(one.artifact, Scores):
            scores[name] = one.artifact
    page = study_path(study.category, study.date, study.slug)
    grades = post.grade_methods(study.folder.name, study.title, page, heads, scores)
    return tuple(grades)
