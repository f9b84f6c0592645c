"""Which answers can be drawn on one scale, and what a scale of one row says.

Answers of one quantity, unit and meaning of the sign share a scale, so that a shade is
one size in all of them. What differs is never made alike: each then has its own scale.
"""

from __future__ import annotations

from generator.artifacts import TokenScores
from generator.figures.numbers import significant
from generator.figures.tokenscale import Drawn, TokenScale, ends, token_scale


def alike(found: list[TokenScores]) -> bool:
    """Whether all answers are of one quantity, and speak for labels alike."""
    return len({kind(one) for one in found}) == 1


def kind(scores: TokenScores) -> tuple[object, ...]:
    """What answers must share to share a scale."""
    labels = scores.labels if scores.signed else ()
    return (scores.quantity, scores.unit, scores.signed, labels)


def scales_of(shown: list[Drawn]) -> list[TokenScale | None]:
    """A scale for each row; rows of one quantity share theirs."""
    groups: dict[tuple[object, ...], list[Drawn]] = {}
    for one in shown:
        groups.setdefault(kind(one[0]), []).append(one)
    made = {name: token_scale(group) for name, group in groups.items()}
    return [made[kind(scores)] for scores, _ in shown]


def told(scale: TokenScale) -> str:
    """A row's own scale, in words."""
    if scale.origin == "flat":
        return scale.source
    end = significant(scale.bound)
    low = f"\N{MINUS SIGN}{end}" if scale.signed else "0"
    said = f"scale {low} to {'+' if scale.signed else ''}{end} {scale.unit}".strip()
    return f"{said}, {scale.small}" if scale.power else said


def shared_ends(shown: list[Drawn]) -> tuple[str, ...]:
    """What the two ends speak for, where all signed rows say the same."""
    said = {ends([one]) for one in shown if one[0].signed} - {()}
    return said.pop() if len(said) == 1 else ()
