"""The files of a figure: its numbers as CSV, its drawing as SVG and as PNG.

They lie beside the study's page, `figures/<name>.csv`, `.svg` and `.png`, so that a
feed or another page can name them: `figure_file_path`. PNG files are cached in
`.cache/pictures` by the hash of everything that decides their bytes; without that
folder the bytes are the same.
"""

from __future__ import annotations

from posixpath import dirname

from generator.core.cache import Cache, compute_program_key
from generator.core.files import digest, hash_parts
from generator.figures.base import View
from generator.figures.export.frame import FigureSource
from generator.figures.export.png import SCALE, png
from generator.figures.export.shapes import Picture
from generator.figures.tables import csv_of

ENDINGS = ("csv", "svg", "png")
MOST = 4000
"""Pictures kept; beyond, those that a rendering did not ask for are dropped."""


def figure_file_path(page: str, name: str, ending: str = "png") -> str:
    """Return the path of a figure's file in the site.

    Args:
        page: The path of the study's page.
        name: The figure's name in the study.
        ending: One of `ENDINGS`.
    """
    return f"{dirname(page)}/figures/{name}.{ending}"


def card_path(page: str) -> str:
    """Return the path of a page's card."""
    return f"{dirname(page)}/card.png".lstrip("/")


def figure_files(
    view: View, source: FigureSource, kept: Cache | None = None
) -> dict[str, bytes]:
    """Return the contents of a figure's files by their ending.

    Args:
        view: What the figure shows.
        source: Which figure of which study it is.
        kept: The cache of pictures, if there is one.
    """
    from generator.figures.export.layouts import draw_figure
    from generator.figures.export.svg import svg

    made = draw_figure(view, source)
    return {"csv": csv_of(view.tables), "svg": svg(made), "png": render_png(made, kept)}


def render_png(made: Picture, kept: Cache | None = None, scale: int = SCALE) -> bytes:
    """Return a picture as PNG, from the cache where it is there."""
    if kept is None:
        return png(made, scale)
    key = hash_parts("png", compute_program_key(), scale, digest(repr(made).encode()))
    found = kept.recall(key, _require_png)
    if found is None:
        found = png(made, scale)
        kept.put(key, found)
    return found


def _require_png(data: bytes) -> bytes:
    """Return the bytes of a picture as they are.

    Raises:
        ValueError: They are not PNG.
    """
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("not PNG")
    return data


def find_picture_cache(kept: Cache | None) -> Cache | None:
    """Return the cache of pictures beside another cache."""
    return None if kept is None else kept.sibling("pictures")


def prune_pictures(kept: Cache | None) -> None:
    """Drop pictures that this run did not use, if there are more than `MOST`."""
    if kept is not None and kept.count_entries() > MOST:
        kept.prune()
