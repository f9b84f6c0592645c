"""The files beside a study's page: pictures, figures, data, a notebook, a card."""

from __future__ import annotations

from pathlib import Path
from posixpath import dirname

from generator.artifacts.store import artifact_path
from generator.figures.export.figure_files import card_of, painted, path_of
from generator.figures.export.social_card import Words, card
from generator.figures.thumbnails import Thumbnail
from generator.site.compose import Composed
from generator.site.figure_renderer import bytes_told, downloads, title_of
from generator.site.notebook.export import Drawn, notebook
from generator.site.pages.post import Download, in_words
from generator.site.writeup.writeup import Placed

Files = dict[str, bytes | Path]
"""Content, or the file it is copied from, by the path in the site."""
NOTEBOOK = "study.ipynb"


def files_of(
    made: Composed, picture: Thumbnail | None
) -> tuple[Files, tuple[Download, ...]]:
    """All files of a study but its page, and links to what a reader may take."""
    data, links = data_files(made)
    book = notebook_of(made)
    here = dirname(made.page)
    files = {
        **data,
        **figures_of(made),
        card_of(made.page): carded(made, picture),
        f"{here}/{NOTEBOOK}": book,
        **{f"{here}/images/{n}": p for n, p in sorted(made.prose.pictures.items())},
    }
    return files, (*links, notebook_link(made.page, book))


def data_files(made: Composed) -> tuple[Files, tuple[Download, ...]]:
    """Every artifact beside the page, as it is on disk, and the links to them."""
    study, here = made.study, dirname(made.page)
    links = tuple(
        link for name in made.drawer.stored for link in downloads(study, name, here)
    )
    files: Files = {
        link.path: artifact_path(study, Path(link.path).stem).with_suffix(
            Path(link.path).suffix
        )
        for link in links
    }
    return files, links


def figures_of(made: Composed) -> Files:
    """The files of every figure by their paths: `figures/<name>.png` and others."""
    placed = [piece for piece in made.prose.pieces if isinstance(piece, Placed)]
    return {
        path_of(made.page, one.name, ending): body
        for one in placed
        for ending, body in made.drawer.files(one, made.numbers[one.name]).items()
    }


def carded(made: Composed, picture: Thumbnail | None) -> bytes:
    """The card that other sites show, as PNG."""
    study, drawer = made.study, made.drawer
    site, day = drawer.imprint.site, in_words(study.date)
    words = Words(site, study.title, day, study.summary)
    kept = drawer.fragments.pictures if drawer.fragments else None
    return painted(card(words, picture), kept, scale=1)


def notebook_of(made: Composed) -> bytes:
    """The study as a notebook: the figures that are placed, in the page's order."""
    study = made.study
    figures = tuple(
        Drawn(number, title_of(study.figures[name]), study.figures[name].reads())
        for name, number in made.numbers.items()
    )
    kinds = {name: one.head.kind for name, one in made.drawer.stored.items()}
    return notebook(study.title, study.summary, figures, kinds)


def notebook_link(page: str, book: bytes) -> Download:
    """The notebook in the list of a page's files."""
    path = f"{dirname(page)}/{NOTEBOOK}"
    return Download("notebook", path, "Jupyter", bytes_told(len(book)))
