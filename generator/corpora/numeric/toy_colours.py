"""Pictures of 5 by 5 colours that two independent rules tell apart.

1. Every pixel is red, green, blue or violet, drawn evenly; a feature is the red, green
   or blue of a pixel, from 0 to 255.
2. In a picture of the class *rules hold* the four corners have one colour, and the
   three pixels in the middle of the top row have three different ones.
3. In a picture of the class *rules broken* neither is so: the corners are not all of
   one colour, and of the three pixels at least two are alike.

Either rule alone decides the class. So a model may follow one, the other, or both, and
its accuracy does not say which. There are three annotation masks: `corners`,
`top middle`, and `both`.

Source: toy colours of Ross, Hughes and Doshi-Velez (2017), in `rrr/toy_colors.py`.
Differs: the pixels of a picture whose rules are broken are redrawn together until they
break them, not one by one, which changes how often each way of breaking a rule comes.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.corpora.base import Annotation, Corpus, CorpusSpec, Folders
from generator.corpora.numeric.base import Mask, make_generator, make_numeric_corpus

SIDE = 5
SHAPE = (SIDE, SIDE, 3)
COLOURS = np.array([[255, 0, 0], [0, 255, 0], [0, 128, 255], [128, 0, 255]], np.uint8)
"""Red, green, blue and violet, as the source has them."""
LABELS = ("rules hold", "rules broken")
CORNERS = (0, SIDE - 1, SIDE * (SIDE - 1), SIDE * SIDE - 1)
TOP_MIDDLE = (1, 2, 3)
"""Pixels by number, row after row."""
Pixels = NDArray[np.int64]


class ToyColours(CorpusSpec):
    """Small pictures, and two rules that agree on them."""

    document_noun: ClassVar[str] = "picture"
    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS}
    )
    kind: Literal["toy_colours"] = "toy_colours"
    documents: int = Field(default=20_000, ge=10, le=1_000_000)
    """How many pictures; about half of them are of each class."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other pictures."""

    def load(self, folders: Folders) -> Corpus:
        """The pictures, each with its label."""
        draws = make_generator("toy colours", self.seed)
        broken = draws.random(self.documents) < 0.5  # noqa: PLR2004 - half of them
        pixels = draws.integers(0, len(COLOURS), (self.documents, SIDE * SIDE))
        pixels = apply_rules(pixels, broken, draws)
        return make_numeric_corpus(
            COLOURS[pixels].reshape(len(pixels), -1),
            [LABELS[int(one)] for one in broken],
            LABELS,
            key=self.key(folders),
            source="pictures drawn by this program after two rules",
            features=format_feature_names(),
            masks=make_rule_masks(),
            shape=SHAPE,
            ends=(0.0, 255.0),
        )


def apply_rules(pixels: Pixels, broken: Mask, draws: np.random.Generator) -> Pixels:
    """Pictures (n, 25) whose deciding pixels are redrawn until they fit their class."""
    pixels = pixels.copy()
    corners, top = np.array(CORNERS), np.array(TOP_MIDDLE)
    hold = np.flatnonzero(~broken)
    pixels[np.ix_(hold, corners)] = pixels[hold, CORNERS[-1]][:, None]
    for places, rule in ((corners, are_same), (top, are_different)):
        while (wrong := np.flatnonzero(rule(pixels[:, places]) == broken)).size:
            drawn = draws.integers(0, len(COLOURS), (wrong.size, places.size))
            pixels[np.ix_(wrong, places)] = drawn
    return pixels


def are_same(pixels: Pixels) -> Mask:
    """Whether all of each row (n, places) are alike."""
    return np.asarray((pixels == pixels[:, :1]).all(1))


def are_different(pixels: Pixels) -> Mask:
    """Whether no two of each row (n, places) are alike."""
    ordered = np.sort(pixels, 1)
    return np.asarray((ordered[:, 1:] != ordered[:, :-1]).all(1))


def format_feature_names() -> tuple[str, ...]:
    """What each feature is: a pixel's place, from 1, and its channel."""
    return tuple(
        f"row {row + 1}, column {column + 1}, {channel}"
        for row in range(SIDE)
        for column in range(SIDE)
        for channel in ("red", "green", "blue")
    )


def make_rule_masks() -> tuple[tuple[str, Mask], ...]:
    """The pixels of each rule, and of both."""

    def of(places: tuple[int, ...]) -> Mask:
        chosen = np.isin(np.arange(SIDE * SIDE), places)
        return np.repeat(chosen, SHAPE[-1])

    parts = {"corners": CORNERS, "top middle": TOP_MIDDLE}
    parts["both"] = CORNERS + TOP_MIDDLE
    return tuple((name, of(places)) for name, places in parts.items())
