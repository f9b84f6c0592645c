"""Panels of alignment figures: a text's matrix and its lines, or an epoch in small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.artifacts import AlignedText, Alignments
from generator.errors import FigureError
from generator.figures.aligned import Aligned, Line, gold_note, lines, stats
from generator.figures.arcs import Arcs, arcs
from generator.figures.chosentexts import find_text
from generator.figures.colour import Scale
from generator.figures.items import link_of
from generator.figures.squares import Square, squares
from generator.figures.tokens import Shown, show
from generator.figures.tokenstrip import KeyLine
from generator.figures.view import Stat

ROOMY = 18
"""Source tokens up to which cells have room for their number."""
GOLD = KeyLine("key", "outlined: the gold alignment, known to be right")
POSSIBLE = KeyLine("possible", "dashed: may be linked, neither asked for nor wrong")


@dataclass(frozen=True, slots=True)
class Panel:
    """One text of one artifact: its matrix, and the same as lines."""

    name: str
    said: str
    """Whether gold links are known, and how many rows agree with them."""
    columns: tuple[Shown, ...]
    lines: tuple[Line, ...]
    arcs: Arcs | None
    stats: tuple[Stat, ...]
    link: str
    roomy: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One epoch as a small picture."""

    name: str
    columns: int
    lines: int
    squares: tuple[Square, ...]


def find(scores: Alignments, number: int) -> AlignedText:
    """A text, counted from 1. Raises `FigureError`."""
    found = scores.texts[find_text(scores, number)]
    if not found.sources or not found.targets:
        raise FigureError("alignment: a text holds no token, nothing to draw")
    if found.scores.shape != (len(found.targets), len(found.sources)):
        shape = " by ".join(map(str, found.scores.shape))
        raise FigureError(
            f"alignment: scores are {shape}; expected {len(found.targets)} target "
            f"tokens by {len(found.sources)} source tokens"
        )
    return found


def same_tokens(texts: Sequence[AlignedText]) -> None:
    """Raises `FigureError` where frames are of different tokens."""
    first = texts[0]
    for text in texts:
        if (text.sources, text.targets) != (first.sources, first.targets):
            raise FigureError(
                "alignment: frames hold different tokens; expected the same rows at "
                "every epoch: give the target"
            )


def panel(one: Aligned, scale: Scale, name: str, *, drawn: bool = True) -> Panel:
    """One text's matrix, and, if `drawn`, its lines."""
    text = one[1]
    roomy = len(text.sources) <= ROOMY
    return Panel(
        name=name,
        said=gold_note(text),
        columns=tuple(map(show, text.sources)),
        lines=lines(one, scale, roomy=roomy),
        arcs=arcs(text, scale) if drawn else None,
        stats=stats(text),
        link=link_of(text.sources),
        roomy=roomy,
    )


def frame(text: AlignedText, scale: Scale, name: str) -> Frame:
    """An epoch's matrix as squares, all but those at nothing."""
    columns, rows = len(text.sources), len(text.targets)
    return Frame(name, columns, rows, squares(text.scores, scale))


def keys(texts: Sequence[AlignedText]) -> tuple[KeyLine, ...]:
    """The outlines that are drawn, each with its meaning."""
    gold = any(text.gold for text in texts)
    possible = any(text.possible for text in texts)
    return (GOLD,) * gold + (POSSIBLE,) * possible
