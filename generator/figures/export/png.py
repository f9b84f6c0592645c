"""Shapes as PNG, two pixels to each of the page's, by a palette.

Letters and slanting lines have soft edges of four steps between two colours. Every
letter says what it lies on, so that an image of at most 256 colours holds them all:
such a file is small, and written in a fraction of the time of one in true colour.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from generator.figures.export.fonts import (
    TextRun,
    can_shape,
    is_plain,
    load_font,
    load_run_font,
    run_width,
    text_runs,
)
from generator.figures.export.shapes import (
    PAPER,
    Box,
    Dot,
    Face,
    Label,
    Picture,
    Stroke,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALE = 2
LARGEST = 20_000_000
"""Pixels of a picture beyond which there is one for each of the page's."""
SOFT = 4
"""Steps of a soft edge."""
FINE = 2
"""Times that slanting lines are drawn larger before their edges are made soft."""
FULL = 256


def png(picture: Picture, scale: int = SCALE) -> bytes:
    """Return `picture` as a PNG file, the same bytes each time.

    Args:
        picture: The picture.
        scale: Pixels to a CSS pixel; 1 where there would be more than `LARGEST` pixels.
    """
    if picture.width * picture.height * scale**2 > LARGEST:
        scale = 1
    canvas = Canvas(picture.width * scale, picture.height * scale, scale)
    for shape in picture.shapes:
        canvas.draw_shape(shape)
    out = io.BytesIO()
    canvas.to_image().save(out, "PNG", compress_level=6)
    return out.getvalue()


class Canvas:
    """A palette image that shapes are drawn on."""

    def __init__(self, width: int, height: int, scale: int) -> None:
        self.scale = scale
        self._colours: dict[str, int] = {}
        self._seen: dict[tuple[object, ...], Image.Image] = {}
        self._between: dict[tuple[str, str], list[int]] = {}
        self._image = Image.new("P", (width, height), self.index(PAPER))
        self._draw = ImageDraw.Draw(self._image)

    def index(self, colour: str) -> int:
        """Return a colour's index in the palette, the nearest one's if that is full."""
        if colour not in self._colours:
            if len(self._colours) == FULL:
                return self._colours[nearest_colour(colour, self._colours)]
            self._colours[colour] = len(self._colours)
        return self._colours[colour]

    def to_image(self) -> Image.Image:
        """Return the image with its palette."""
        self._image.putpalette(
            [part for c in self._colours for part in parse_colour(c)]
        )
        return self._image

    def draw_shape(self, shape: Box | Label | Stroke | Dot) -> None:
        """Draw a shape over what is there."""
        if isinstance(shape, Label):
            self._label(shape)
        elif isinstance(shape, Box):
            self._box(shape)
        elif isinstance(shape, Stroke):
            self._stroke(shape)
        else:
            self._dot(shape)

    def _box(self, box: Box) -> None:
        left, top = round(box.x * self.scale), round(box.y * self.scale)
        right = round((box.x + box.width) * self.scale) - 1
        bottom = round((box.y + box.height) * self.scale) - 1
        if right < left or bottom < top:
            return
        fill = self.index(box.fill) if box.fill else None
        edge = self.index(box.stroke) if box.stroke and not box.dashed else None
        thick = max(1, round(box.thick * self.scale)) if edge is not None else 0
        if fill is not None or edge is not None:
            self._draw.rectangle((left, top, right, bottom), fill, edge, thick)
        if box.stroke and box.dashed:
            half = box.thick / 2
            x, y = box.x + half, box.y + half
            far, low = box.x + box.width - half, box.y + box.height - half
            corners = ((x, y), (far, y), (far, low), (x, low), (x, y))
            self._stroke(Stroke(corners, box.stroke, box.thick, (3, 2)))

    def _label(self, label: Label) -> None:
        if not label.text:
            return
        mask, (left, top) = self._mask(label)
        x, y = label.x * self.scale, label.y * self.scale
        place = (round(x + left), round(y + top))
        key = (label.text, label.face, label.size, label.turned)
        if key not in self._seen:
            self._seen[key] = mask.point(SEEN)
        shades = self._shades(label.on, label.colour)
        self._image.paste(mask.point(shades), place, self._seen[key])

    def _shades(self, below: str, above: str) -> list[int]:
        """Return the table from coverage to palette indices between two colours."""
        if (below, above) not in self._between:
            levels = [
                self.index(mix_colours(below, above, k / SOFT)) for k in edge_steps()
            ]
            self._between[below, above] = shade_table(levels)
        return self._between[below, above]

    def _mask(self, label: Label) -> tuple[Image.Image, tuple[float, float]]:
        """Return a text's coverage, and where it lies from the text's place."""
        face = load_font(label.face, label.size * self.scale)
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
        ascent, _ = face.getmetrics()
        size = label.size * self.scale
        if is_plain(label.text, label.face) or not can_shape():
            text = visual_order(label.text)
            mask = rasterize_text(text, label.face, size, turned=label.turned)
            along = face.getlength(text) * shift
        else:
            runs = text_runs(label.text, label.face)
            mask = rasterize_runs(runs, label.face, size, turned=label.turned)
            along = sum(run_width(run, size) for run in runs) * shift
        if label.turned:
            return mask, (-ascent - PAD, along - mask.height + PAD)
        return mask, (-along - PAD, -ascent - PAD)

    def _stroke(self, stroke: Stroke) -> None:
        if stroke.fill:
            self._draw.polygon(self._places(stroke.points), self.index(stroke.fill))
        if not stroke.stroke:
            return
        level = all(x == u or y == v for (x, y), (u, v) in pairwise(stroke.points))
        for run in split_dashes(stroke.points, stroke.dashes):
            if level:
                self._straight(run, stroke)
        if not level:
            self._soft(list(split_dashes(stroke.points, stroke.dashes)), stroke)

    def _straight(self, run: list[tuple[float, float]], stroke: Stroke) -> None:
        """Draw lines along the axes, whose edges are sharp."""
        thick = max(1, round(stroke.thick * self.scale))
        for (x, y), (u, v) in pairwise(run):
            left, right = sorted((x * self.scale, u * self.scale))
            top, bottom = sorted((y * self.scale, v * self.scale))
            if y == v:
                top -= thick / 2
                bottom = top + thick
            else:
                left -= thick / 2
                right = left + thick
            corners = (round(left), round(top), round(right) - 1, round(bottom) - 1)
            if corners[2] >= corners[0] and corners[3] >= corners[1]:
                self._draw.rectangle(corners, self.index(stroke.stroke))

    def _soft(self, runs: list[list[tuple[float, float]]], stroke: Stroke) -> None:
        """Draw slanting lines, larger at first and then reduced for soft edges."""
        every = [place for run in runs for place in run]
        reach = stroke.thick + 2
        left = math.floor(min(x for x, _ in every) - reach)
        top = math.floor(min(y for _, y in every) - reach)
        wide = math.ceil(max(x for x, _ in every) + reach) - left
        high = math.ceil(max(y for _, y in every) + reach) - top
        fine = self.scale * FINE
        large = Image.new("L", (wide * fine, high * fine))
        draw = ImageDraw.Draw(large)
        thick = max(1, round(stroke.thick * fine))
        for run in runs:
            places = [((x - left) * fine, (y - top) * fine) for x, y in run]
            draw.line(places, 255, thick, "curve")
        self._soften(large, (left * self.scale, top * self.scale), stroke.stroke)

    def _soften(self, large: Image.Image, place: tuple[int, int], colour: str) -> None:
        mask = large.reduce(FINE)
        self._image.paste(
            mask.point(self._shades(PAPER, colour)), place, mask.point(SEEN)
        )

    def _dot(self, one: Dot) -> None:
        reach = one.radius + one.thick
        left, top = math.floor(one.x - reach), math.floor(one.y - reach)
        size = math.ceil(2 * reach) + 2
        fine = self.scale * FINE
        parts = [(one.stroke, one.radius + one.thick / 2)] if one.stroke else []
        parts.append((one.fill, one.radius - (one.thick / 2 if one.stroke else 0)))
        for colour, radius in parts:
            large = Image.new("L", (size * fine, size * fine))
            x, y = (one.x - left) * fine, (one.y - top) * fine
            r = radius * fine
            ImageDraw.Draw(large).ellipse((x - r, y - r, x + r, y + r), 255)
            self._soften(large, (left * self.scale, top * self.scale), colour)

    def _places(
        self, points: tuple[tuple[float, float], ...]
    ) -> list[tuple[float, float]]:
        return [(x * self.scale, y * self.scale) for x, y in points]


PAD = 2
"""Pixels around a text's coverage, for letters that reach out of their line."""


@lru_cache(maxsize=4096)
def rasterize_text(text: str, name: Face, size: float, *, turned: bool) -> Image.Image:
    """Return the coverage of a text, its baseline an ascent and `PAD` below its top.

    Pictures of one study have most of their texts in common: each is drawn once, so
    callers must not change the image.
    """
    face = load_font(name, size)
    ascent, descent = face.getmetrics()
    wide = math.ceil(face.getlength(text)) + 2 * PAD
    mask = Image.new("L", (wide, ascent + descent + 2 * PAD))
    ImageDraw.Draw(mask).text((PAD, PAD + ascent), text, 255, face, anchor="ls")
    return mask.transpose(Image.Transpose.ROTATE_90) if turned else mask


@lru_cache(maxsize=4096)
def rasterize_runs(
    runs: tuple[TextRun, ...], name: Face, size: float, *, turned: bool
) -> Image.Image:
    """Return the coverage of a line in several fonts, placed as that of a text."""
    ascent, descent = load_font(name, size).getmetrics()
    wide = math.ceil(sum(run_width(run, size) for run in runs)) + 2 * PAD
    mask = Image.new("L", (wide, ascent + descent + 2 * PAD))
    draw = ImageDraw.Draw(mask)
    left = float(PAD)
    for run in runs:
        font = load_run_font(run.font, size, shaped=run.shaped)
        way = run.direction if run.shaped else None
        draw.text((left, PAD + ascent), run.text, 255, font, anchor="ls", direction=way)
        left += run_width(run, size)
    return mask.transpose(Image.Transpose.ROTATE_90) if turned else mask


def edge_steps() -> range:
    """Return the steps of a soft edge."""
    return range(SOFT + 1)


def shade_table(levels: list[int]) -> list[int]:
    """Return the table from coverage, 0 to 255, to palette indices."""
    return [levels[(value * SOFT + 127) // 255] for value in range(256)]


SEEN = [255 if (value * SOFT + 127) // 255 else 0 for value in range(256)]
"""Which coverage changes a pixel at all."""


def parse_colour(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of a colour such as `#1a1d21`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix_colours(below: str, above: str, share: float) -> str:
    """Mix two colours, `share` being that of `above`."""
    pairs = zip(parse_colour(below), parse_colour(above), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def nearest_colour(colour: str, known: dict[str, int]) -> str:
    """Return the known colour that differs least."""
    here = parse_colour(colour)
    return min(known, key=lambda one: math.dist(parse_colour(one), here))


def split_dashes(
    points: tuple[tuple[float, float], ...], dashes: tuple[float, ...]
) -> Iterator[list[tuple[float, float]]]:
    """Yield the parts of a line that its dashes draw."""
    if not dashes:
        yield list(points)
        return
    place, left, on = 0, dashes[0], True
    run = [points[0]]
    for a, b in pairwise(points):
        long, gone = math.dist(a, b), 0.0
        while long - gone > left:
            gone += left
            share = gone / long
            run.append((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
            if on:
                yield run
            run, on, place = [run[-1]], not on, (place + 1) % len(dashes)
            left = dashes[place]
        left -= long - gone
        run.append(b)
    if on and len(run) > 1:
        yield run


def visual_order(text: str) -> str:
    """Return `text` in visual order: runs of letters from right to left are reversed.

    Pillow sets letters one after the other; this does what tokens need, not all that
    Unicode's algorithm does.
    """
    if text.isascii():
        return text
    text = re.sub("[\u2066-\u2069]", "", text)  # they move nothing here
    out: list[str] = []
    run: list[str] = []
    for char in text:
        if unicodedata.bidirectional(char) in {"R", "AL"} or (
            run and unicodedata.bidirectional(char) == "NSM"
        ):
            run.insert(0, char)
        else:
            out += [*run, char]
            run = []
    return "".join([*out, *run])
