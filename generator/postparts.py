"""Parts of a post: its contents, what a search finds, its picture, its files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape
from pathlib import Path
from posixpath import dirname

from markupsafe import Markup

from generator.artifacts import Artifact
from generator.drawer import bytes_told, downloads, title_of
from generator.figures.thumbnail import Picture, lead, scores_of, strip
from generator.notebooks.export import Drawn, notebook
from generator.pages.feedtext import picture_path, retold
from generator.pages.records import Change, Download, Entry, Section, Trait
from generator.pages.searching import figure_section, merged, prose_sections
from generator.store import Stored, artifact_path
from generator.study import Study
from generator.writeup import Placed, WriteUp

NOTEBOOK = "study.ipynb"


def content(
    study: Study,
    page: str,
    prose: WriteUp,
    body: tuple[Markup, ...],
    files: Collection[str],
) -> str:
    """The write-up for feeds: its prose as it is, its figures as pictures."""
    told: list[str] = []
    for piece, html in zip(prose.pieces, body, strict=True):
        if isinstance(piece, Placed):
            title, path = title_of(study.figures[piece.name]), picture_path(piece.name)
            shown = path if f"{dirname(page)}/{path}" in files else ""
            told.append(retold(piece.name, title, html, piece.caption, shown))
        else:
            told.append(html)
    return "\n".join(told)


def sections(
    study: Study, prose: WriteUp, body: tuple[Markup, ...]
) -> tuple[Section, ...]:
    """What a search finds of the study, in the order of the page."""
    found: list[Section] = []
    for piece, html in zip(prose.pieces, body, strict=True):
        if isinstance(piece, Placed):
            title = title_of(study.figures[piece.name])
            found.append(figure_section(piece.name, title, html, piece.caption))
        else:
            found += prose_sections(html)
    return merged(found)


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


def contents(
    prose: WriteUp, study: Study, body: tuple[Markup, ...]
) -> tuple[Entry, ...]:
    """Second-level headings and figures, in the order of the page."""
    texts = {h.id: h.text for h in prose.headings if h.level == 2}  # noqa: PLR2004
    entries: list[Entry] = []
    number = 0
    for piece, html in zip(prose.pieces, body, strict=True):
        if isinstance(piece, Placed):
            number += 1
            name = title_of(study.figures[piece.name])
            entries.append(Entry(f"fig-{piece.name}", name, number))
            continue
        found = (unescape(own) for own in re.findall(r'<h2 id="([^"]*)"', html))
        entries += [Entry(own, texts[own]) for own in found if own in texts]
    return tuple(entries)


def pictures(
    study: Study, artifacts: Mapping[str, Artifact], prose: WriteUp
) -> tuple[Picture | None, Picture | None, str]:
    """The lead picture, the strip and the figure they are cut from."""
    order = sorted(
        prose.figures, key=lambda name: study.figures[name].figure != "matrix"
    )
    for name in order:
        figure = study.figures[name]
        scores = scores_of([artifacts[read] for read in figure.reads()], figure)
        if scores is not None:
            bound = getattr(figure, "bound", None)
            return lead(scores, bound, figure), strip(scores, bound, figure), name
    return None, None, ""


def data_files(
    study: Study, page: str, stored: Mapping[str, Stored]
) -> tuple[dict[str, bytes | Path], tuple[Download, ...]]:
    """Every artifact beside the page, as it is on disk, and the links to them."""
    here = dirname(page)
    links = tuple(link for name in stored for link in downloads(study, name, here))
    files: dict[str, bytes | Path] = {
        link.path: artifact_path(study, Path(link.path).stem).with_suffix(
            Path(link.path).suffix
        )
        for link in links
    }
    return files, links


def notebook_of(
    study: Study, stored: Mapping[str, Stored], numbers: Mapping[str, int]
) -> bytes:
    """The study as a notebook: the figures that are placed, in the page's order."""
    figures = tuple(
        Drawn(number, title_of(study.figures[name]), study.figures[name].reads())
        for name, number in numbers.items()
    )
    kinds = {name: one.head.kind for name, one in stored.items()}
    return notebook(study.title, study.summary, figures, kinds)


def notebook_link(page: str, book: bytes) -> Download:
    """The notebook in the list of a page's files."""
    path = f"{dirname(page)}/{NOTEBOOK}"
    return Download("notebook", path, "Jupyter", bytes_told(len(book)))
