"""One step as running text: the window's tokens shaded, the rest of the text around.

Used by the figures `text` and `epochs`. Padding is folded into one chip that prints
its sum and opens into its slots.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts import SlotScores
from generator.errors import FigureError, nearest, quoted
from generator.figures.colour import Scale
from generator.figures.numbers import numeral
from generator.figures.slots import Slots, number
from generator.figures.tokens import Phrase, Shown, show

AROUND = 80
"""Tokens shown on each side of the window; longer texts are cut there."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A token of the text: its colour class, its small number, what is said of it.

    `key` names it in its row, see `generator.figures.items`.
    """

    token: Shown
    css: str
    numeral: str = ""
    said: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """One step. `out` left the window, `later` was not written yet."""

    label: Phrase
    pad: Chip | None
    pads: tuple[Chip, ...]
    out: tuple[Chip, ...]
    read: tuple[Chip, ...]
    target: Chip
    later: tuple[Chip, ...]
    dense: bool = False
    cut: bool = False
    link: str = ""

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The tokens of the text that are drawn, in its order."""
        return (*self.out, *self.read, self.target, *self.later)


def strip(
    slots: Slots, step: int, scale: Scale, outline: frozenset[str], label: Phrase
) -> Strip:
    """The strip of one step."""
    scores = slots.scores
    chips = [chip(slots, step, slot, scale, outline) for slot in range(slots.window)]
    padded = [slot for slot in range(slots.window) if slots.is_pad(step, slot)]
    read = tuple(c for slot, c in enumerate(chips) if slot not in set(padded))
    out, later = surroundings(slots, step, outline)
    written = show(scores.targets[step])
    return Strip(
        label=label,
        pad=pad_chip(slots, step, scale, len(padded)) if padded else None,
        pads=tuple(chips[slot] for slot in padded),
        out=out[-AROUND:],
        read=read,
        target=Chip(written, "target", "written", "being written", key(slots, step)),
        later=later[:AROUND],
        dense=all(len(token.text) <= 1 or token.kind != "word" for token in slots.text),
        cut=len(out) > AROUND or len(later) > AROUND,
        link=slots.link,
    )


def key(slots: Slots, step: int, slot: int | None = None) -> str:
    """The key of a slot, or of the token written: its place in the text, from 1."""
    if slot is not None and (slots.is_pad(step, slot) or not slots.slides):
        return f"{'p' if slots.is_pad(step, slot) else 'b'}{slots.window - slot}"
    place = slots.place(step, slots.window if slot is None else slot)
    return str(place + 1) if slots.slides else "w"


def chip(
    slots: Slots, step: int, slot: int, scale: Scale, outline: frozenset[str]
) -> Chip:
    """One slot as a chip."""
    scores = slots.scores
    token = scores.histories[step][slot]
    value = float(scores.scores[step, slot])
    css = scale.shade(value) + (" key" if token.text in outline else "")
    back = len(scores.histories[step]) - slot
    said = f"{number(scores, value, 3)} {scores.unit}".strip() + f", {back} back"
    small = numeral(value, scores.signed)
    return Chip(show(token), css, small, said, key(slots, step, slot))


def pad_chip(slots: Slots, step: int, scale: Scale, padded: int) -> Chip:
    """All padding of a step as one chip: its sum, shaded on the same scale."""
    mass = float(slots.padding[step])
    text = f"<pad> ×{padded}"
    said = f"all padding: {number(slots.scores, mass, 3)}"
    return Chip(
        Shown(text, text, "pad"),
        scale.shade(mass),
        numeral(mass, slots.scores.signed),
        said,
        "p",
    )


def surroundings(
    slots: Slots, step: int, outline: frozenset[str]
) -> tuple[tuple[Chip, ...], tuple[Chip, ...]]:
    """The text before the window and after the step, where it is one text."""
    if not slots.slides:
        return (), ()
    here = slots.start + step

    def quiet(places: range, css: str) -> tuple[Chip, ...]:
        return tuple(
            Chip(
                show(t), css + (" key" if t.text in outline else ""), key=str(place + 1)
            )
            for place in places
            for t in (slots.text[place],)
        )

    out = quiet(range(max(0, here - slots.window)), "out")
    return out, quiet(range(here + 1, len(slots.text)), "later")


def outlined(words: tuple[str, ...], scores: SlotScores) -> frozenset[str]:
    """`words` as a set. Raises `FigureError` for one that occurs nowhere."""
    known = {t.text for row in scores.histories for t in row}
    known |= {t.text for t in scores.targets}
    for word in words:
        if word not in known:
            raise FigureError(
                f"outline: {quoted(word)} is not in the text; {nearest(word, known)}"
            )
    return frozenset(words)
