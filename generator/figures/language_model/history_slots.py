"""Slots of a sliding window, and where in the text each slot of each row lies.

A window slides: row `t` reads the `window` tokens before the one it writes, so slot `s`
of row `t` holds the token at place `start + t - (window - s)` of the text, where
`start` tokens were there before the first was written. Places below 0 are padding.
Labels and scores both come from these places, so they cannot fall out of step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.artifacts import Floats, SlotScores
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.core.tokens import Token
from generator.figures.base import link_of
from generator.figures.formatting import (
    Phrase,
    display_token,
    format_count,
    format_fixed,
    format_significant,
)
from generator.figures.scales import ATTENTION, padding_mass, recency_mass


@dataclass(frozen=True)
class TextSlots:
    """One artifact's scores, placed in the text they belong to."""

    scores: SlotScores
    start: int  # tokens before the first written
    text: tuple[Token, ...]  # those, then all written
    slides: bool  # whether every history is the text's own

    @property
    def steps(self) -> int:
        """How many tokens were written."""
        return len(self.scores.targets)

    @property
    def window(self) -> int:
        """How many slots a row has."""
        return int(self.scores.scores.shape[1])

    @property
    def link(self) -> str:
        """What ties drawings of this text together; "" where there is no one text."""
        return link_of(self.text) if self.slides else ""

    def place(self, step: int, slot: int) -> int:
        """Return the place in the text of a step's slot; below 0 it is padding."""
        return self.start + step - (self.window - slot)

    def is_pad(self, step: int, slot: int) -> bool:
        """Return whether a slot holds padding."""
        return self.scores.histories[step][slot].kind == "pad"

    @property
    def padding(self) -> Floats:
        """Each step's sum over padded slots, (steps,)."""
        return padding_mass(self.scores)

    @property
    def recency(self) -> Floats:
        """Each step's score of the newest slot, (steps,)."""
        return recency_mass(self.scores)


def place_slots(scores: SlotScores) -> TextSlots:
    """Return `scores` with the text that their slots lie in.

    Raises:
        FigureError: No token was written, so there is nothing to draw.
    """
    if not scores.targets or not scores.scores.size:
        raise FigureError(f"{scores.quantity}: no token was written, nothing to draw")
    first = scores.histories[0]
    before = tuple(token for token in first if token.kind != "pad")
    window = len(first)
    text = before + scores.targets
    slots = TextSlots(scores, len(before), text, slides=True)
    fits = all(
        is_same_token(text, slots.place(step, slot), token)
        for step, history in enumerate(scores.histories)
        for slot, token in enumerate(history)
    )
    return (
        slots if fits and window else TextSlots(scores, len(before), text, slides=False)
    )


def is_same_token(text: tuple[Token, ...], place: int, token: Token) -> bool:
    """Return whether a slot's token is the text's; an unknown one may hide its name."""
    if place < 0:
        return token.kind == "pad"
    return token.kind == "unknown" or token.text == text[place].text


def find_step(scores: SlotScores, step: int | str | None) -> int:
    """Return the row of a step.

    Args:
        scores: The scores of all steps.
        step: The step's number from 1, negative from the end, or the word written; a
            word written several times gives its last writing. None gives the step whose
            largest score on a real token is largest: the most telling one.

    Raises:
        FigureError: There is no such step.
    """
    steps = len(scores.targets)
    if step is None:
        return most_telling_step(scores)
    if isinstance(step, str):
        found = [i for i, token in enumerate(scores.targets) if token.text == step]
        if not found:
            known = {token.text for token in scores.targets}
            raise FigureError(
                f"step: {quote_text(step)} was never written; "
                f"{suggest_nearest(step, known)}"
            )
        return found[-1]
    if step == 0 or abs(step) > steps:
        raise FigureError(
            f"step: {step} of {format_count(steps, 'step')}; expected 1 to {steps}, "
            "or below 0 to count from the end"
        )
    return step - 1 if step > 0 else steps + step


def most_telling_step(scores: SlotScores) -> int:
    """Return the step of the largest size on a real token, the first of a tie."""
    real = np.array([[t.kind != "pad" for t in row] for row in scores.histories])
    sizes = np.where(real, np.abs(np.nan_to_num(scores.scores)), -1.0)
    return int(np.argmax(sizes.max(1)))


def largest_slot(scores: SlotScores, step: int) -> int:
    """Return the slot of the largest size in a step, the oldest of a tie."""
    return int(np.argmax(np.abs(np.nan_to_num(scores.scores[step]))))


def attention_entropy(scores: SlotScores, step: int) -> float | None:
    """Return the entropy of a step's attention in bits, None for other scores."""
    if scores.quantity != ATTENTION:
        return None
    shares = scores.scores[step].astype(np.float64)
    shares = shares[shares > 0]
    return abs(float(-(shares * np.log2(shares)).sum()))


def describe_step(scores: SlotScores, step: int) -> Phrase:
    """Return one step in words: the largest score, padding, the newest slot."""
    slot = largest_slot(scores, step)
    written = display_token(scores.targets[step])
    held = display_token(scores.histories[step][slot])
    digits = 3 if scores.quantity == ATTENTION else 2
    size = format_slot_score(scores, float(scores.scores[step, slot]), digits)
    pad = format_slot_score(scores, float(padding_mass(scores)[step]), digits)
    last = format_slot_score(scores, float(recency_mass(scores)[step]), digits)
    steps = len(scores.targets)
    return (
        "While writing ", written, f", step {step + 1} of {steps}, the largest ",
        f"{scores.quantity}, {size}, is on ", held,
        (f" {format_count(len(scores.histories[step]) - slot, 'slot')} back; padding "
        f"holds "),
        f"{pad} and the token just before {last}.",
    )  # fmt: skip


def format_slot_score(scores: SlotScores, value: float, digits: int) -> str:
    """Format a score as sentences print it."""
    if scores.signed:
        return format_fixed(value, digits, signed=True)
    return (
        format_fixed(value, digits)
        if scores.quantity == ATTENTION
        else format_significant(value)
    )


def unknown_warning(scores: SlotScores, step: int) -> str:
    """Return a warning where a step read nothing but unknown words, else ""."""
    kinds = [t.kind for t in scores.histories[step] if t.kind not in {"pad", "mark"}]
    if not kinds or set(kinds) != {"unknown"}:
        return ""
    return f"All {format_count(len(kinds), 'token')} read are outside the vocabulary."
