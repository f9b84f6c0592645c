"""The width of text, in fonts that are the same on every machine.

They are the DejaVu files that come with matplotlib. SVG names families of the same
widths and narrower ones, so that what fits here fits there.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

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


@lru_cache(maxsize=65536)
def unit_width(text: str, face: Face) -> float:
    """Compute the width of a text at size 1."""
    if face in {"mono", "strong", "slanted"} and text.isascii():
        return MONO * len(text)
    return float(load_font(face, UNIT).getlength(text)) / UNIT


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
