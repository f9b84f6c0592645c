"""The files beside a study's page: pictures, figures, data, a notebook, a card."""

from __future__ import annotations

from pathlib import Path
from posixpath import dirname

from generator.artifacts.store import artifact_path
from generator.figures.export.figure_files import (
    card_path,
    figure_file_path,
    render_png,
)
from generator.figures.export.social_card import CardText, draw_card
from generator.figures.squares import Thumbnail
from generator.site.compose import ComposedStudy
from generator.site.figure_renderer import artifact_downloads, format_size, title_of
from generator.site.notebook.export import NotebookFigure, build_notebook
from generator.site.pages.post import Download, format_date
from generator.site.writeup.writeup import PlacedFigure

PostFiles = dict[str, bytes | Path]
"""Content, or the file it is copied from, by the path in the site."""
NOTEBOOK = "study.ipynb"


def study_files(
    composed: ComposedStudy, picture: Thumbnail | None
) -> tuple[PostFiles, tuple[Download, ...]]:
    """Make all files of a study but its page.

    Args:
        composed: The composed study.
        picture: The study's lead picture, None without one.

    Returns:
        The files by path, and the entries of the page's list of downloads.
    """
    data, links = data_files(composed)
    book = study_notebook(composed)
    here = dirname(composed.page)
    files = {
        **data,
        **all_figure_files(composed),
        card_path(composed.page): draw_study_card(composed, picture),
        f"{here}/{NOTEBOOK}": book,
        **{f"{here}/images/{n}": p for n, p in sorted(composed.prose.pictures.items())},
    }
    return files, (*links, notebook_link(composed.page, book))


def data_files(composed: ComposedStudy) -> tuple[PostFiles, tuple[Download, ...]]:
    """Return the artifacts' files as they are on disk.

    Args:
        composed: The composed study.

    Returns:
        The files by path, and the entries of the page's list of downloads.
    """
    study, here = composed.study, dirname(composed.page)
    links = tuple(
        link
        for name in study.artifacts
        for link in artifact_downloads(study, name, here)
    )
    files: PostFiles = {
        link.path: artifact_path(study, Path(link.path).stem).with_suffix(
            Path(link.path).suffix
        )
        for link in links
    }
    return files, links


def all_figure_files(composed: ComposedStudy) -> PostFiles:
    """Draw the files of every figure: `figures/<name>.png` and others.

    Args:
        composed: The composed study.

    Returns:
        The files by path.
    """
    placed = [
        piece
        for piece in composed.prose.pieces
        if isinstance(piece, PlacedFigure) and composed.drawer.is_drawable(piece.name)
    ]
    return {
        figure_file_path(composed.page, one.name, ending): body
        for one in placed
        for ending, body in composed.drawer.render_files(
            one, composed.numbers[one.name]
        ).items()
    }


def draw_study_card(composed: ComposedStudy, picture: Thumbnail | None) -> bytes:
    """Draw the card that other sites show for a link to the study.

    Args:
        composed: The composed study.
        picture: The study's lead picture, None without one.

    Returns:
        A PNG file.
    """
    study, drawer = composed.study, composed.drawer
    site, day = drawer.imprint.site, format_date(study.date)
    words = CardText(site, study.title, day, study.summary)
    pictures = drawer.figure_cache.pictures if drawer.figure_cache else None
    return render_png(draw_card(words, picture), pictures, scale=1)


def study_notebook(composed: ComposedStudy) -> bytes:
    """Build the study's notebook, with the placed figures in the page's order.

    Args:
        composed: The composed study.

    Returns:
        A notebook file.
    """
    study = composed.study
    figures = tuple(
        NotebookFigure(
            number, title_of(study.figures[name]), study.figures[name].artifact_names()
        )
        for name, number in composed.numbers.items()
        if composed.drawer.is_drawable(name)
    )
    kinds = {name: one.head.kind for name, one in composed.drawer.stored.items()}
    return build_notebook(study.title, study.summary, figures, kinds)


def notebook_link(page: str, book: bytes) -> Download:
    """Return the notebook's entry in the list of downloads.

    Args:
        page: Path of the page within the site.
        book: The notebook file.

    Returns:
        The entry.
    """
    path = f"{dirname(page)}/{NOTEBOOK}"
    return Download("notebook", path, "Jupyter", format_size(len(book)))
