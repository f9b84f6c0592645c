"""Texts shaded by the scores of their words.

Each text stands under what was predicted for it, and what its label is. Up to sixty
words have their number below them; longer texts run on without, and a cursor reads
them. What a reader must know before believing the colours, such as a fit that is poor,
stands under the text as a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from pydantic import Field

from generator.artifacts import Artifact, ScoredText, TokenScores
from generator.core.errors import FigureError
from generator.figures.base import Items, Stat, Track, View
from generator.figures.export.shapes import Part
from generator.figures.export.token_strips import text_blocks
from generator.figures.formatting import Phrase, chance, count, fixed, show
from generator.figures.scales import (
    ATTENTION,
    TokenScale,
    drawn,
    pad_sum,
    token_scale,
    word,
)
from generator.figures.statistics.estimates import sentence
from generator.figures.tables import token_table
from generator.figures.text_header import (
    ChosenTexts,
    Heading,
    certainty,
    facts,
    heading,
    name_of,
    pads,
    predicted,
    thing,
    warnings,
)
from generator.figures.thumbnails import Thumbnails, picture_texts
from generator.figures.token_chips import (
    KeyLine,
    Words,
    check_outline,
    described_number,
    directed,
    keys,
    largest,
    words,
)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One text with what stands around it."""

    head: Heading
    words: Words
    stats: tuple[Stat, ...]
    warnings: tuple[str, ...]


class HasWords(Protocol):
    """A part of a figure that shows a text's words."""

    @property
    def words(self) -> Words:
        """Its words."""


@dataclass(frozen=True, kw_only=True)
class HeatmapView(View):
    """Texts on one scale, and the marks that they carry."""

    blocks: tuple[TextBlock, ...]
    keys: tuple[KeyLine, ...]

    def items(self) -> Items:
        """The words of each text; keys begin with its number if there are several."""
        return of_texts([one.head.name for one in self.blocks], self.blocks)

    def picture(self, y: float) -> Iterator[Part]:
        """Shaded texts below each other."""
        return text_blocks(self.blocks, y)


class Heatmap(ChosenTexts):
    """One text, or several, as shaded words."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (TokenScores,)
    heading: ClassVar[str] = "What each word got"
    figure: Literal["heatmap"]
    outline: tuple[str, ...] = ()
    """Words to outline: what the figure is about. Without it, those known to decide."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; without it, the largest in the figure."""

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """The texts drawn, a line each."""
        (scores,) = artifacts
        places = self.chosen(scores) if isinstance(scores, TokenScores) else ()
        return picture_texts(artifacts, places, self.bound)

    def view(self, *artifacts: Artifact) -> HeatmapView:
        """What the template draws. Raises `FigureError`."""
        (scores,) = artifacts
        assert isinstance(scores, TokenScores)  # noqa: S101 - checked with the study
        places = self.chosen(scores)
        texts = [scores.texts[place] for place in places]
        names = [name_of(text, p) for text, p in zip(texts, places, strict=True)]
        check_outline(self.outline, texts)
        scale = token_scale([(scores, text) for text in texts], self.bound)
        blocks = tuple(
            block(scores, text, scale, self.outline, name if len(texts) > 1 else "")
            for text, name in zip(texts, names, strict=True)
        )
        shown = [one.words for one in blocks]
        return HeatmapView(
            summary=summary(scores, texts, names, scale),
            scale=scale,
            tables=tuple(
                token_table(scores, text, scale, name)
                for text, name in zip(texts, names, strict=True)
            ),
            notes=tuple(map(sentence, scores.notes)),
            scored=True,
            beside=True,
            blocks=blocks,
            keys=keys(shown, texts, bool(self.outline)),
        )


def of_texts(names: Sequence[str], blocks: Sequence[HasWords]) -> Items:
    """Rows of words; keys begin with the row's number if there are several."""
    several = len(blocks) > 1
    return Items(
        tuple(
            Track(name, block.words.items(f"{i}-" if several else ""))
            for i, (name, block) in enumerate(zip(names, blocks, strict=True), 1)
        )
    )


def block(
    scores: TokenScores,
    text: ScoredText,
    scale: TokenScale | None,
    outline: tuple[str, ...],
    name: str,
) -> TextBlock:
    """One text and what stands around it. Raises `FigureError`."""
    if not text.tokens and not text.undefined:
        raise FigureError("heatmap: a text holds no token, nothing to draw")
    return TextBlock(
        heading(scores, text, name),
        words(scores, text, scale, outline),
        facts(text),
        warnings(text),
    )


def summary(
    scores: TokenScores,
    texts: list[ScoredText],
    names: list[str],
    scale: TokenScale | None,
) -> Phrase:
    """The largest score, and where it is, in one sentence."""
    at = max(range(len(texts)), key=lambda i: size(scores, texts[i]))
    best, place = texts[at], largest(scores, texts[at])
    of = "the text" if len(texts) == 1 else f"any of {count(len(texts), 'text')}"
    if scale is None or place is None:
        return (f"The {scores.quantity} is not defined for {of}.",)
    alone = len(texts) == 1
    p, label = chance(certainty(best)), word(predicted(scores.labels, best))
    head = f"Predicted {label} with {p}; " if alone else f"Over {of[7:]}, "
    value = float(drawn(scores, best)[place])
    if scale.origin == "flat":
        same = f"the same {scores.quantity}, {described_number(value, math.nan, scale)}"
        return (f"{head}every {thing(best)} has {same}.",)
    of_word = " of a word" if pads(best) else ""
    where = "" if alone else f", in {names[at]}"
    most = f"the largest {scores.quantity}{of_word}, {directed(scores, best, scale)}"
    return (
        f"{head}{most}, is on ",
        show(best.tokens[place]),
        f", {thing(best)} {place + 1} of {len(best.tokens) - pads(best)}{where}",
        *(padding(scores, best, scale) if alone else ()),
        ".",
    )


def size(scores: TokenScores, text: ScoredText) -> float:
    """The largest size of a text's words, below 0 where there is none."""
    place = largest(scores, text)
    return -1.0 if place is None else abs(float(drawn(scores, text)[place]))


def padding(scores: TokenScores, text: ScoredText, scale: TokenScale) -> Phrase:
    """What padding holds, where a text has any."""
    if not pads(text):
        return ()
    mass = pad_sum(scores, text)
    if scores.quantity == ATTENTION:
        return (f"; padding holds {fixed(mass)} of the weight",)
    return (f"; padding sums to {described_number(mass, math.nan, scale)}",)
