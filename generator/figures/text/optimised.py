"""A text while it is searched for: stage by stage, and beside it what it has to beat.

A stage is the text read off the mixtures at one step, or a text in which a word was
exchanged. A word's colour is its share of its place's mixture, on one scale from 0 to 1
for all stages: a pale text is a mixture of many words that happens to be nearest to
these, a dark one is nearly a text. Above a stage stand its log odds, those of the
mixtures, and the temperature. Below the last one stand the best random text and the
best stretch of a training text, which were not searched for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import (
    Artifact,
    Found,
    Optimised,
    ScoredText,
    Search,
    Stage,
    TokenScores,
)
from generator.core.errors import FigureError
from generator.figures.base import Control, Figure, Items, Row, Table, View
from generator.figures.export.shapes import Part
from generator.figures.export.token_strips import text_blocks
from generator.figures.formatting import Phrase, chance, count, show, significant
from generator.figures.scales import Drawn, TokenScale, token_scale, word
from generator.figures.statistics.estimates import sentence
from generator.figures.text.heatmap import TextBlock, of_texts
from generator.figures.text_header import Heading
from generator.figures.thumbnails import Thumbnails, picture_rows
from generator.figures.token_chips import KeyLine, words

EXCHANGES = 6
"""Exchanges of words that are drawn, the last one among them."""
SHARE = "share of its place’s mixture"
CHANGED = KeyLine("key", "outlined: another word than at the stage before")


@dataclass(frozen=True, kw_only=True)
class OptimisedView(View):
    """Stages, and the texts to beat after them."""

    blocks: tuple[TextBlock, ...]
    stages: int
    """How many of the blocks are stages."""
    steps: tuple[str, ...]
    """Their numbers, as addresses name them."""
    names: tuple[str, ...]
    keys: tuple[KeyLine, ...]

    def items(self) -> Items:
        """The words of each stage, then those of the texts to beat."""
        return of_texts([one.head.name for one in self.blocks], self.blocks)

    def controls(self) -> tuple[Control, ...]:
        """The stage that is shown, all at first; scripts know it as an epoch."""
        return (Control("epoch", ("all", *self.steps)),)

    def picture(self, y: float) -> Iterator[Part]:
        """Stages below each other."""
        return text_blocks(self.blocks, y)


class OptimisedText(Figure):
    """The way of one start, stage by stage."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Optimised,)
    heading: ClassVar[str] = "From noise to a text"
    figure: Literal["optimised"]
    artifact: str
    """Name of the search to draw."""
    start: int | None = Field(default=None, ge=1)
    """Which start, from 1; without it, the one whose last text scores most."""

    def reads(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """The stages of the start drawn, a line each."""
        (found,) = artifacts
        assert isinstance(found, Optimised)  # noqa: S101 - checked with the study
        rows = rows_of(found, self.start)
        scale = scale_of([one for _, one in rows]) if rows else None
        return picture_rows(rows, "Stages", scale=scale)

    def view(self, *artifacts: Artifact) -> OptimisedView:
        """What the template draws. Raises `FigureError`."""
        (found,) = artifacts
        assert isinstance(found, Optimised)  # noqa: S101 - checked with the study
        place = chosen(found, self.start)
        stages = shown(found.searches[place])
        rivals = list(beside(found))
        scale = scale_of([scored(found, one) for one in stages])
        blocks = [
            block(found, one, before, scale)
            for one, before in zip(stages, (stages[0], *stages), strict=False)
        ]
        every = (*blocks, *(rival(found, *one, scale) for one in rivals))
        return OptimisedView(
            summary=summary(found, place),
            scale=scale,
            tables=(table(found, stages, rivals),),
            notes=tuple(map(sentence, found.notes)),
            generated=True,
            blocks=every,
            stages=len(blocks),
            steps=tuple(str(one.step) for one in stages),
            names=tuple(one.head.name for one in blocks),
            keys=(CHANGED,),
        )


def chosen(found: Optimised, start: int | None) -> int:
    """The place of a start. Raises `FigureError` for one that there is not."""
    if not found.searches or not found.searches[0].stages:
        raise FigureError("optimised: the artifact holds no stage, nothing to draw")
    if start is None:
        return int(np.argmax([one.flipped for one in found.searches]))
    if start > len(found.searches):
        raise FigureError(
            f"start: {start} of {count(len(found.searches), 'start')}; expected 1 to "
            f"{len(found.searches)}"
        )
    return start - 1


def shown(search: Search) -> list[Stage]:
    """All stages over mixtures, and some exchanges, the last one among them."""
    mixed = [one for one in search.stages if not math.isnan(one.mixture)]
    flips = [one for one in search.stages if math.isnan(one.mixture)]
    if len(flips) > EXCHANGES:
        places = np.linspace(0, len(flips) - 1, EXCHANGES).round().astype(int)
        flips = [flips[place] for place in places.tolist()]
    return [*mixed, *flips]


def beside(found: Optimised) -> Iterator[tuple[str, Found]]:
    """The texts to beat, with their names."""
    every = found.drawn * len(found.searches)
    yield f"best of {every:,} random texts", found.best_random
    if found.best_trained is not None:
        yield f"best of {found.windows:,} training stretches", found.best_trained


def scored(found: Optimised, stage: Stage, marked: Sequence[int] = ()) -> Drawn:
    """A stage as a text with scores, an outline where `marked`."""
    scores = TokenScores(texts=(), labels=found.labels, quantity=SHARE)
    spans = tuple((place, place + 1) for place in marked)
    return scores, ScoredText(
        tokens=stage.tokens,
        scores=stage.shares,
        probabilities=np.zeros(0, np.float32),
        rationale=spans,
    )


def rows_of(found: Optimised, start: int | None) -> list[tuple[str, Drawn]]:
    """The stages of a start as lines of a small picture, nothing if there are none."""
    if not found.searches or not found.searches[0].stages:
        return []
    stages = shown(found.searches[chosen(found, start)])
    return [(name_of(one), scored(found, one)) for one in stages]


def scale_of(stages: Sequence[Drawn]) -> TokenScale:
    """From 0 to 1, whatever the shares are."""
    scale = token_scale(stages, 1.0)
    assert scale is not None  # noqa: S101 - stages have shares
    return replace(scale, origin="fixed")


def block(
    found: Optimised, stage: Stage, before: Stage, scale: TokenScale
) -> TextBlock:
    """One stage and what stands above it."""
    pairs = zip(stage.tokens, before.tokens, strict=True)
    changed = [place for place, (one, other) in enumerate(pairs) if one != other]
    head = Heading(name_of(stage), said(found, stage.score), told(stage))
    return TextBlock(head, words(*scored(found, stage, changed), scale), (), ())


def rival(found: Optimised, name: str, other: Found, scale: TokenScale) -> TextBlock:
    """A text to beat, whose words are no mixtures."""
    whole = np.ones(len(other.tokens), np.float32)
    as_stage = Stage(
        step=0,
        tokens=other.tokens,
        shares=whole,
        score=other.score,
        mixture=math.nan,
        temperature=math.nan,
    )
    head = Heading(name, said(found, other.score), ())
    return TextBlock(head, words(*scored(found, as_stage), scale), (), ())


def name_of(stage: Stage) -> str:
    """What a stage is called."""
    return f"{'exchange, ' if math.isnan(stage.mixture) else ''}step {stage.step:,}"


def said(found: Optimised, score: float) -> str:
    """A text's log odds, and the probability that they are."""
    p = 1 / (1 + math.exp(-score)) if score > -700 else 0.0  # noqa: PLR2004 - exp's end
    size = significant(score)
    return f"{word(found.quantity)} {size}, p {chance(p)}"


def told(stage: Stage) -> tuple[str, ...]:
    """What is known of a stage's mixtures, nothing where there are none."""
    if math.isnan(stage.mixture):
        return ()
    mixture, temperature = significant(stage.mixture), significant(stage.temperature)
    return (f"mixtures {mixture}", f"temperature {temperature}")


def table(
    found: Optimised, stages: Sequence[Stage], rivals: Sequence[tuple[str, Found]]
) -> Table:
    """Every text drawn, with its scores."""
    rows = [
        Row(
            name_of(one),
            (
                significant(one.score, 4),
                "–" if math.isnan(one.mixture) else significant(one.mixture, 4),
                significant(float(one.shares.min())),
                " ".join(show(token).text for token in one.tokens),
            ),
        )
        for one in stages
    ]
    rows += [
        Row(
            name,
            (significant(one.score, 4), "–", "1",
             " ".join(show(token).text for token in one.tokens)),
        )
        for name, one in rivals
    ]  # fmt: skip
    head = ("stage", found.quantity, "of the mixtures", "least share", "text")
    return Table(f"{found.quantity}, in {found.unit}", head, tuple(rows))


def summary(found: Optimised, place: int) -> Phrase:
    """Where the way ends, and what it is better than, in one sentence."""
    search = found.searches[place]
    last = search.stages[-1]
    ends = f"{significant(float(search.texts[0]))} to {significant(search.flipped)}"
    most = max(other.score for _, other in beside(found))
    text = [part for token in last.tokens for part in (" ", show(token))][1:]
    better = "more" if search.flipped > most else "no more"
    start = f"From start {place + 1} of {len(found.searches)}"
    told = (
        f"{start}, the {word(found.quantity)} go from {ends} {found.unit}, {better} "
        f"than the {significant(most)} of the best text that was not searched for"
    )
    return (f"{told}; the last text is ", *text, ".")
