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
from generator.figures.export.fonts import (
    can_shape,
    find_missing,
    fonts_key,
    is_shaped,
)
from generator.figures.export.frame import FigureSource
from generator.figures.export.png import SCALE, png
from generator.figures.export.shapes import Label, Picture
from generator.figures.tables import csv_of

ENDINGS = ("csv", "svg", "png")
NAMED = 5
"""Letters that a warning names."""
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

    There is no PNG where letters are missing, see `missing_letters`.

    Args:
        view: What the figure shows.
        source: Which figure of which study it is.
        kept: The cache of pictures, if there is one.
    """
    from generator.figures.export.layouts import draw_figure
    from generator.figures.export.svg import svg

    made = draw_figure(view, source)
    files = {"csv": csv_of(view.tables), "svg": svg(made)}
    if not missing_letters(made):
        files["png"] = render_png(made, kept)
    return files


def missing_letters(picture: Picture) -> str:
    """Return the letters that a picture's PNG could not show, each once, sorted.

    An SVG names families of fonts, and whoever shows it takes others where they lack a
    letter; a PNG would have a box in its place.
    """
    labels = {
        (shape.text, shape.face) for shape in picture.shapes if isinstance(shape, Label)
    }
    found = {char for text, face in labels for char in find_missing(text, face)}
    return "".join(sorted(found))


def explain_missing(letters: str, what: str) -> str:
    """Return a warning that a PNG was not made, with what makes it possible.

    Args:
        letters: The letters that it could not show.
        what: What is not there for that, with its place.
    """
    shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in letters[:NAMED])
    more = f" and {len(letters) - NAMED} more" if len(letters) > NAMED else ""
    if not can_shape() and any(map(is_shaped, letters)):
        problem = "this installation of Pillow has no raqm to join these letters"
        mend = "install libraqm and FriBiDi"
    else:
        problem = "no font has these letters"
        mend = (
            "put a font that has them into studies/ and name it in studies/site.yaml, "
            "as in `fonts: [NotoSansDevanagari-Regular.ttf]`"
        )
    return f"{what}, as {problem}: {shown}{more}; {mend}"


def render_png(made: Picture, kept: Cache | None = None, scale: int = SCALE) -> bytes:
    """Return a picture as PNG, from the cache where it is there."""
    if kept is None:
        return png(made, scale)
    shapes = digest(repr(made).encode())
    key = hash_parts("png", compute_program_key(), scale, shapes, fonts_key())
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
