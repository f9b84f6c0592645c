"""The files beside a study's page: pictures, figures, data, a notebook, a card."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from posixpath import dirname

from generator.artifacts.store import artifact_path
from generator.figures.export.figure_files import (
    card_path,
    explain_missing,
    figure_file_path,
    missing_letters,
    render_png,
)
from generator.figures.export.shapes import Picture
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
    card = draw_study_card(composed, picture)
    files = {
        **data,
        **all_figure_files(composed),
        **({card_path(composed.page): card} if card else {}),
        f"{here}/{NOTEBOOK}": book,
        **{
            f"{here}/images/{name}": picture.content
            for name, picture in sorted(composed.prose.pictures.items())
        },
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


def letter_warnings(
    composed: ComposedStudy, picture: Thumbnail | None, files: Collection[str]
) -> Iterator[str]:
    """Yield a warning for each PNG that was not made, as fonts lack its letters.

    Args:
        composed: The composed study.
        picture: The study's lead picture, None without one.
        files: Paths of the study's files within the site.
    """
    study, drawer = composed.study, composed.drawer
    for piece in composed.prose.pieces:
        if not (isinstance(piece, PlacedFigure) and drawer.is_drawable(piece.name)):
            continue
        if missing := drawer.missing_letters(piece, composed.numbers[piece.name]):
            where = f"{study.folder.name}/study.yaml: figures.{piece.name}"
            yield explain_missing(missing, f"{where}: no PNG")
    if card_path(composed.page) not in files:
        missing = missing_letters(build_study_card(composed, picture))
        yield explain_missing(missing, f"{study.folder.name}: no card for links")


def build_study_card(composed: ComposedStudy, picture: Thumbnail | None) -> Picture:
    """Build the card that other sites show for a link to the study.

    Args:
        composed: The composed study.
        picture: The study's lead picture, None without one.
    """
    study = composed.study
    site, day = composed.drawer.imprint.site, format_date(study.date)
    return draw_card(CardText(site, study.title, day, study.summary), picture)


def draw_study_card(composed: ComposedStudy, picture: Thumbnail | None) -> bytes:
    """Draw the card that other sites show for a link to the study.

    Args:
        composed: The composed study.
        picture: The study's lead picture, None without one.

    Returns:
        A PNG file; nothing where letters of its words are missing.
    """
    drawer = composed.drawer
    pictures = drawer.figure_cache.pictures if drawer.figure_cache else None
    card = build_study_card(composed, picture)
    return b"" if missing_letters(card) else render_png(card, pictures, scale=1)


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
