"""Parts of a post: its contents, what feeds and searches find, its picture."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape
from posixpath import dirname
from typing import NamedTuple

from generator.composed import Composed
from generator.drawer import title_of
from generator.figures.thumbnails import Thumbnail
from generator.pages.feedtext import picture_path, retold
from generator.pages.records import Change, Entry, Section, Trait
from generator.pages.searching import figure_section, merged, prose_sections
from generator.study import Study
from generator.writeup import Placed


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
