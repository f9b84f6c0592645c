"""The width of text, in fonts that are the same on every machine.

They are the DejaVu files that come with matplotlib. SVG names families of the same
widths and narrower ones, so that what fits here fits there.

DejaVu has Latin, Greek, Cyrillic, Hebrew and Arabic letters, and signs. A project
brings fonts for others (`use_fonts`). Letters that join or stand above each other are
shaped by raqm, which comes with Pillow on most machines; Latin ones are set as they
always were, one after the other. `find_missing` tells which letters no font has: a
picture with boxes in their place would say nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from generator.core.direction import (
    Direction,
    has_turned_letters,
    paragraph_direction,
)
from generator.core.errors import IntegrityError
from generator.figures.export.shapes import Face

if TYPE_CHECKING:
    from PIL import ImageFont

FILES: dict[Face, str] = {
    "sans": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "mono": "DejaVuSansMono.ttf",
    "strong": "DejaVuSansMono-Bold.ttf",
    "slanted": "DejaVuSansMono-Oblique.ttf",
}
UNIT = 100
"""Size at which widths are measured, once for all sizes."""
MONO = 0.60205
"""Width of a character of the fonts of one width, in their size."""


SHAPED_FROM, SHAPED_TO = 0x0590, 0x1CFF
"""Between these code points lie the scripts whose letters join, stack or are turned."""
UNSHAPED = (range(0x10A0, 0x1200), range(0x13A0, 0x1700))
"""What lies between and is set like Latin: Georgian, Hangul, Cherokee, Ogham, Runic."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font, and the hash of its file where a project brings it."""

    path: Path
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of a line in one font; `shaped` if raqm sets it, with its direction."""

    text: str
    font: FontFile
    shaped: bool = False
    direction: Direction = "ltr"


_OWN: ContextVar[tuple[FontFile, ...]] = ContextVar("own fonts", default=())


@contextmanager
def use_fonts(fonts: tuple[FontFile, ...]) -> Iterator[None]:
    """Draw with a project's fonts too, in their order."""
    token = _OWN.set(fonts)
    try:
        yield
    finally:
        _OWN.reset(token)


def fonts_key() -> tuple[str, ...]:
    """Return what besides its shapes decides a picture's letters."""
    return (*(font.digest for font in _OWN.get()), f"raqm {can_shape()}")


@cache
def can_shape() -> bool:
    """Return whether this Pillow has raqm, which shapes letters."""
    from PIL import features

    return bool(features.check("raqm"))


def is_shaped(char: str) -> bool:
    """Return whether a letter's form or place depends on those beside it."""
    code = ord(char)
    if code < SHAPED_FROM:
        return False
    return (
        (code <= SHAPED_TO and not any(code in some for some in UNSHAPED))
        or has_turned_letters(char)
        or 0xA800 <= code <= 0xABFF  # noqa: PLR2004 - Indic and other scripts
        or 0x11000 <= code <= 0x11FFF  # noqa: PLR2004 - more Indic scripts
    )


@cache
def font_letters(font: FontFile) -> frozenset[int]:
    """Return the code points that a font has."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font.path)).get_charmap())


@lru_cache(maxsize=65536)
def font_of(char: str, face: Face, own: tuple[FontFile, ...]) -> FontFile | None:
    """Return the first font that has a character, None where none has.

    Args:
        char: The character.
        face: The font that it should have.
        own: The project's fonts, which come first for letters that are shaped.
    """
    folder = find_font_folder()
    upright = "DejaVuSans-Bold.ttf" if face in {"bold", "strong"} else "DejaVuSans.ttf"
    shipped = (shipped_font(face), FontFile(folder / upright))
    order = (*own, *shipped) if is_shaped(char) else (*shipped, *own)
    return next((font for font in order if ord(char) in font_letters(font)), None)


def shipped_font(face: Face) -> FontFile:
    """Return the font of matplotlib that a face is of."""
    return FontFile(find_font_folder() / FILES[face])


@lru_cache(maxsize=65536)
def is_plain(text: str, face: Face) -> bool:
    """Return whether letters are set one after the other, all in one font."""
    if text.isascii():
        return True
    first = shipped_font(face)
    return not any(map(is_shaped, text)) and all(
        char.isascii() or ord(char) in font_letters(first) for char in text
    )


def find_missing(text: str, face: Face) -> list[str]:
    """Return the letters of a text that no font has, or that cannot be shaped."""
    if is_plain(text, face):
        return []
    own = _OWN.get()
    return [
        char
        for char in text
        if (not is_ignored(char) and font_of(char, face, own) is None)
        or (is_shaped(char) and not can_shape())
    ]


def is_ignored(char: str) -> bool:
    """Return whether a character is not drawn, such as a joiner or a selector."""
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


def text_runs(text: str, face: Face) -> tuple[TextRun, ...]:
    """Return a line in pieces of one font each, from left to right."""
    return _text_runs(text, face, _OWN.get())


@lru_cache(maxsize=65536)
def _text_runs(text: str, face: Face, own: tuple[FontFile, ...]) -> tuple[TextRun, ...]:
    first = shipped_font(face)
    if is_plain(text, face) or not can_shape():
        return (TextRun(text, first),)
    # A label is one line, and raqm sets no text that ends a paragraph within.
    text = "".join(" " if unicodedata.bidirectional(c) == "B" else c for c in text)
    base = paragraph_direction(text)
    fonts: list[FontFile] = []
    for char in text:
        before = fonts[-1] if fonts else first
        sticks = is_ignored(char) or unicodedata.category(char)[0] in "MZP"
        if sticks and (is_ignored(char) or ord(char) in font_letters(before)):
            fonts.append(before)
        else:
            fonts.append(font_of(char, face, own) or first)
    runs = []
    for font, group in groupby(zip(fonts, text, strict=True), lambda pair: pair[0]):
        part = "".join(char for _, char in group)
        # Spaces around words go where the line goes; a sign stays before its number.
        way: Direction = base if any(map(str.isalpha, part)) else "ltr"
        runs.append(TextRun(part, font, shaped=True, direction=way))
    return order_runs(runs, base)


def order_runs(runs: list[TextRun], base: Direction) -> tuple[TextRun, ...]:
    """Return runs from left to right: those of the other direction turn together."""
    turned = [has_turned_letters(run.text) for run in runs]
    ordered: list[TextRun] = []
    pairs = zip(turned, runs, strict=True)
    for is_turned, group in groupby(pairs, lambda pair: pair[0]):
        several = [run for _, run in group]
        ordered += several[::-1] if is_turned == (base == "ltr") else several
    return tuple(ordered if base == "ltr" else ordered[::-1])


@cache
def load_run_font(
    file: FontFile, size: float, *, shaped: bool
) -> ImageFont.FreeTypeFont:
    """Load a font: shaped by raqm, or without ligatures and kerning."""
    from PIL import ImageFont

    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(file.path, size, layout_engine=engine)


def run_width(run: TextRun, size: float) -> float:
    """Compute the width of a run at a size."""
    font = load_run_font(run.font, size, shaped=run.shaped)
    if run.shaped:
        return float(font.getlength(run.text, direction=run.direction))
    return float(font.getlength(run.text))


@cache
def find_font_folder() -> Path:
    """Return the folder of matplotlib's fonts.

    Raises:
        IntegrityError: The fonts are not there.
    """
    found = find_spec("matplotlib")
    home = Path(found.origin).parent if found and found.origin else Path()
    fonts = home / "mpl-data" / "fonts" / "ttf"
    if not (fonts / FILES["sans"]).is_file():
        raise IntegrityError(f"{fonts}: matplotlib's fonts are missing; install again")
    return fonts


@cache
def load_font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    """Load a font, without ligatures and kerning."""
    from PIL import ImageFont

    return ImageFont.truetype(
        find_font_folder() / FILES[face], size, layout_engine=ImageFont.Layout.BASIC
    )


def unit_width(text: str, face: Face) -> float:
    """Compute the width of a text at size 1."""
    if face in {"mono", "strong", "slanted"} and text.isascii():
        return MONO * len(text)
    return _unit_width(text, face, () if text.isascii() else _OWN.get())


@lru_cache(maxsize=65536)
def _unit_width(text: str, face: Face, own: tuple[FontFile, ...]) -> float:
    if is_plain(text, face):
        return float(load_font(face, UNIT).getlength(text)) / UNIT
    return sum(run_width(run, UNIT) for run in _text_runs(text, face, own)) / UNIT


def text_width(text: str, size: float, face: Face = "sans") -> float:
    """Compute the width of a line of text in pixels."""
    return unit_width(text, face) * size


def clip_text(text: str, room: float, size: float, face: Face = "sans") -> str:
    """Return `text`, its end left out where it does not fit into `room`."""
    if text_width(text, size, face) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = text_width(f"{text[:middle]}…", size, face) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


def wrap_text(
    text: str, room: float, size: float, face: Face = "sans", most: int = 0
) -> list[str]:
    """Break `text` into lines that fit into `room`.

    Args:
        text: The text, broken at spaces, and within words that are too long.
        room: The width of a line in pixels.
        size: The size of letters.
        face: The font.
        most: The most lines, of which the last is clipped; 0 for any number.
    """
    lines: list[str] = []
    here = ""
    for word in text.split(" "):
        longer = f"{here} {word}" if here else word
        if text_width(longer, size, face) <= room:
            here = longer
            continue
        if here:
            lines.append(here)
        *full, here = break_word(word, room, size, face)
        lines += full
    lines.append(here)
    if most and len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        return [*lines[: most - 1], clip_text(rest, room, size, face)]
    return lines


def break_word(word: str, room: float, size: float, face: Face) -> list[str]:
    """Break a word that alone is too long for a line."""
    found: list[str] = []
    while word and text_width(word, size, face) > room:
        kept = max(1, len(clip_text(word, room, size, face)) - 1)
        found.append(word[:kept])
        word = word[kept:]
    return [*found, word]
