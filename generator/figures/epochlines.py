"""An epoch of a text as one line: cells, or runs of one colour, and numbers beside it.

Up to forty columns are cells that can be pointed at. Longer lines are drawings, in
which neighbours of one step are one stroke, so that a page of many epochs stays small.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts import ScoredText, TokenScores
from generator.figures.colour import ATTENTION
from generator.figures.matrix import Cell
from generator.figures.numbers import chance, fixed, numeral
from generator.figures.readings import certainty, evenness, pads, predicted
from generator.figures.squares import Spans, grouped
from generator.figures.strip import Chip
from generator.figures.tokens import Shown, show
from generator.figures.tokenscale import Drawn, pad_sum, word
from generator.figures.tokenstrip import Words

PAPER = {"s0", "d16"}
"""Colour classes of the page's own paper."""
FOLD = 8
"""Slots of padding that have a column each; more share one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One epoch: its cells or, where there are many, its runs of one colour."""

    name: str
    cells: tuple[Cell, ...]
    spans: Spans
    sums: tuple[str, ...]
    said: str
    here: bool

    @property
    def runs(self) -> tuple[tuple[str, str], ...]:
        """For each colour but the paper's, one path over all places that have it."""
        return tuple(
            (css, "".join(f"M{start} 0h{wide}v1h-{wide}z" for start, wide in places))
            for css, places in self.spans
        )


def name(scores: TokenScores) -> str:
    """A frame's name."""
    return f"epoch {'–' if scores.epoch is None else scores.epoch}"


def columns_of(text: ScoredText) -> tuple[Shown, ...]:
    """What stands below the columns: the words, then padding."""
    real = tuple(show(token) for token in text.tokens if token.kind != "pad")
    padded = pads(text)
    if padded <= FOLD:
        return real + tuple(show(t) for t in text.tokens if t.kind == "pad")
    return (*real, Shown(f"<pad> ×{padded}", f"<pad> ×{padded}", "pad"))


def line(
    one: Drawn,
    strip: Words,
    few: bool,
    here: bool,
) -> Line:
    """One epoch as a line."""
    scores, text = one
    chips = chips_of(strip)
    shades = [shade(chip) for chip in chips]
    sums = said_beside(scores, text)
    return Line(
        name=name(scores),
        cells=tuple(
            Cell(css, chip.numeral or "–")
            for css, chip in zip(shades, chips, strict=True)
        )
        if few
        else (),
        spans=() if few else tuple(grouped(["" if s in PAPER else s for s in shades])),
        sums=tuple(value for _, value in sums),
        said=f"{name(scores)}: {', '.join(' '.join(pair) for pair in sums)}",
        here=here,
    )


def chips_of(strip: Words) -> list[Chip]:
    """The places of a line: words, then padding's slots or the one they share."""
    return [*strip.read, *(strip.pads or ((strip.pad,) if strip.pad else ()))]


def shade(chip: Chip) -> str:
    """A chip's colour class without its marks, nothing where it has no size."""
    css = chip.css.partition(" ")[0]
    return css if css[:1] in {"s", "d"} else ""


def marked(strip: Words) -> tuple[bool, ...]:
    """Which places of a line are outlined."""
    return tuple("key" in chip.css.split() for chip in chips_of(strip))


def said_beside(scores: TokenScores, text: ScoredText) -> tuple[tuple[str, str], ...]:
    """The numbers beside a line, each with its name."""
    share = scores.quantity == ATTENTION
    found = [("entropy / log n", fixed(evenness(text)))] if share else []
    if pads(text):
        mass = pad_sum(scores, text)
        found.append(
            ("padding", fixed(mass) if share else numeral(mass, scores.signed))
        )
    label = word(predicted(scores.labels, text))
    found.append(("predicted", f"{label} {chance(certainty(text))}"))
    if scores.signed and text.label and len(scores.labels) > 2:  # noqa: PLR2004 - two labels have a colour each
        found.append(("scores for", word(text.label)))
    return tuple(found)
