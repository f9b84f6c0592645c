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
from generator.figures.base import Items, Track, View
from generator.figures.export.shapes import Part
from generator.figures.export.token_strips import TextBlock, draw_text_blocks
from generator.figures.formatting import (
    Phrase,
    display_token,
    format_count,
    format_fixed,
    format_probability,
    make_visible,
)
from generator.figures.scales import (
    ATTENTION,
    TokenScale,
    displayed_scores,
    isolate_label,
    token_padding_sum,
    token_scale,
)
from generator.figures.squares import Thumbnails
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.tables import token_table
from generator.figures.text_header import (
    ChosenTexts,
    build_heading,
    collect_warnings,
    count_pads,
    predicted_label,
    predicted_probability,
    text_name,
    text_stats,
    token_noun,
)
from generator.figures.thumbnails import picture_texts
from generator.figures.token_chips import (
    KeyLine,
    WordChips,
    build_word_chips,
    check_outline,
    describe_largest_score,
    describe_number,
    largest_token,
    mark_keys,
)


class HasWords(Protocol):
    """A part of a figure that shows a text's words."""

    @property
    def words(self) -> WordChips:
        """Its words."""


@dataclass(frozen=True, kw_only=True)
class HeatmapView(View):
    """Texts on one scale, and the marks that they carry."""

    blocks: tuple[TextBlock, ...]
    keys: tuple[KeyLine, ...]

    def items(self) -> Items:
        """Return the words of each text, keys numbered by text if there are several."""
        return text_items([one.head.name for one in self.blocks], self.blocks)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw shaded texts below each other."""
        return draw_text_blocks(self.blocks, y)


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
        """Return the texts drawn, a line each."""
        (scores,) = artifacts
        places = self.find_places(scores) if isinstance(scores, TokenScores) else ()
        return picture_texts(artifacts, places, self.bound)

    def view(self, *artifacts: Artifact) -> HeatmapView:
        """Return what the template renders."""
        (scores,) = artifacts
        assert isinstance(scores, TokenScores)  # noqa: S101 - checked with the study
        places = self.find_places(scores)
        texts = [scores.texts[place] for place in places]
        names = [text_name(text, p) for text, p in zip(texts, places, strict=True)]
        check_outline(self.outline, texts)
        scale = token_scale([(scores, text) for text in texts], self.bound)
        blocks = tuple(
            build_text_block(
                scores, text, scale, self.outline, name if len(texts) > 1 else ""
            )
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
            notes=tuple(map(claim_sentence, scores.notes)),
            scored=True,
            beside=True,
            blocks=blocks,
            keys=mark_keys(shown, texts, bool(self.outline)),
        )


def text_items(names: Sequence[str], blocks: Sequence[HasWords]) -> Items:
    """Return rows of words, their keys numbered by row if there are several."""
    several = len(blocks) > 1
    return Items(
        tuple(
            Track(name, block.words.items(f"{i}-" if several else ""))
            for i, (name, block) in enumerate(zip(names, blocks, strict=True), 1)
        )
    )


def build_text_block(
    scores: TokenScores,
    text: ScoredText,
    scale: TokenScale | None,
    outline: tuple[str, ...],
    name: str,
) -> TextBlock:
    """Return one text and what stands around it.

    Raises:
        FigureError: The text holds no token, so there is nothing to draw.
    """
    if not text.tokens and not text.undefined:
        raise FigureError("heatmap: a text holds no token, nothing to draw")
    return TextBlock(
        build_heading(scores, text, name),
        build_word_chips(scores, text, scale, outline),
        text_stats(text),
        collect_warnings(text),
    )


def summary(
    scores: TokenScores,
    texts: list[ScoredText],
    names: list[str],
    scale: TokenScale | None,
) -> Phrase:
    """Return a sentence on the largest score, and where it is."""
    at = max(range(len(texts)), key=lambda i: largest_word_size(scores, texts[i]))
    best, place = texts[at], largest_token(scores, texts[at])
    of = "the text" if len(texts) == 1 else f"any of {format_count(len(texts), 'text')}"
    if scale is None or place is None:
        why = list(dict.fromkeys(text.undefined for text in texts if text.undefined))
        reason = f": {make_visible('; '.join(why), blanks=False)}" if why else ""
        return (f"No {scores.quantity} for {of}{reason}.",)
    alone = len(texts) == 1
    p, label = (
        format_probability(predicted_probability(best)),
        isolate_label(predicted_label(scores.labels, best)),
    )
    head = f"Predicted {label} with {p}; " if alone else f"Over {of[7:]}, "
    value = float(displayed_scores(scores, best)[place])
    if scale.origin == "flat":
        same = f"the same {scores.quantity}, {describe_number(value, math.nan, scale)}"
        return (f"{head}every {token_noun(best)} has {same}.",)
    of_word = " of a word" if count_pads(best) else ""
    where = "" if alone else f", in {names[at]}"
    most = (
        f"the largest {scores.quantity}{of_word}, "
        f"{describe_largest_score(scores, best, scale)}"
    )
    return (
        f"{head}{most}, is on ",
        display_token(best.tokens[place]),
        (
            f", {token_noun(best)} {place + 1} of "
            f"{len(best.tokens) - count_pads(best)}{where}"
        ),
        *(describe_padding(scores, best, scale) if alone else ()),
        ".",
    )


def largest_word_size(scores: TokenScores, text: ScoredText) -> float:
    """Return the largest size of a text's words, below 0 where there is none."""
    place = largest_token(scores, text)
    return -1.0 if place is None else abs(float(displayed_scores(scores, text)[place]))


def describe_padding(
    scores: TokenScores, text: ScoredText, scale: TokenScale
) -> Phrase:
    """Return what padding holds, where a text has any."""
    if not count_pads(text):
        return ()
    mass = token_padding_sum(scores, text)
    if scores.quantity == ATTENTION:
        return (f"; padding holds {format_fixed(mass)} of the weight",)
    return (f"; padding sums to {describe_number(mass, math.nan, scale)}",)
