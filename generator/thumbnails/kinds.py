"""Each kind of artifact that can be pictured, and how.

To picture another kind, add its line to `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from generator.artifacts import (
    AlignmentFrames,
    Alignments,
    Artifact,
    CellTraces,
    Frames,
    Optimised,
    PartScores,
    SlotScores,
    TokenFrames,
    TokenScores,
)
from generator.figures.base import Figure
from generator.thumbnails import aligned, cells, slots, texts
from generator.thumbnails.picture import Picture


class Kind(NamedTuple):
    """Whether there is anything to picture, a lead picture, and a strip."""

    has: Callable[[Any, Figure | None], bool]
    lead: Callable[[Any, Figure | None], Picture]
    strip: Callable[[Any, Figure | None], Picture]


def last(kind: Kind) -> Kind:
    """How the last frame of several is pictured."""
    return Kind(
        lambda several, _: bool(several.frames),
        lambda several, figure: kind.lead(several.frames[-1], figure),
        lambda several, figure: kind.strip(several.frames[-1], figure),
    )


SLOTS = Kind(slots.has, slots.lead, slots.strip)
ALIGNED = Kind(aligned.has, aligned.lead, aligned.strip)
TEXTS = Kind(texts.has, texts.lead, texts.strip)
KINDS: dict[type[Artifact], Kind] = {
    SlotScores: SLOTS,
    PartScores: SLOTS,
    Frames: last(SLOTS),
    Alignments: ALIGNED,
    AlignmentFrames: last(ALIGNED),
    TokenScores: TEXTS,
    TokenFrames: TEXTS,
    Optimised: TEXTS,
    CellTraces: Kind(cells.has, cells.lead, cells.strip),
}
"""Every kind of artifact that is pictured."""


def scores_of(
    artifacts: Sequence[Artifact], figure: Figure | None = None
) -> Artifact | None:
    """The first of `artifacts` that can be pictured as `figure` draws it."""
    for artifact in artifacts:
        kind = KINDS.get(type(artifact))
        if kind and kind.has(artifact, figure):
            return artifact
    return None


def lead(scores: Artifact, figure: Figure | None = None) -> Picture:
    """The first lines with their names: steps, texts, epochs or stages."""
    return KINDS[type(scores)].lead(scores, figure)


def strip(scores: Artifact, figure: Figure | None = None) -> Picture:
    """A few lines, for a list of studies."""
    return KINDS[type(scores)].strip(scores, figure)
