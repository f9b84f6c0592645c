"""A text while it is searched for: stage by stage, and beside it the texts to beat.

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
    CandidateText,
    OptimisationRun,
    OptimisationStage,
    OptimisedInputs,
    ScoredText,
    TokenScores,
)
from generator.core.errors import FigureError
from generator.figures.base import Control, DataTable, Figure, Items, TableRow, View
from generator.figures.export.shapes import Part
from generator.figures.export.token_strips import TextBlock, draw_text_blocks
from generator.figures.formatting import (
    Phrase,
    display_token,
    format_count,
    format_probability,
    format_significant,
)
from generator.figures.scales import (
    TextWithScores,
    TokenScale,
    format_label,
    token_scale,
)
from generator.figures.squares import Thumbnails
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.text.heatmap import text_items
from generator.figures.text_header import TextHeading
from generator.figures.thumbnails import picture_rows
from generator.figures.token_chips import KeyLine, build_word_chips

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
        """Return the words of each stage, then those of the texts to beat."""
        return text_items([one.head.name for one in self.blocks], self.blocks)

    def controls(self) -> tuple[Control, ...]:
        """Return the choice of the stage, which scripts know as an epoch."""
        return (Control("epoch", ("all", *self.steps)),)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw stages below each other."""
        return draw_text_blocks(self.blocks, y)


class OptimisedText(Figure):
    """The way of one start, stage by stage."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (OptimisedInputs,)
    heading: ClassVar[str] = "From noise to a text"
    figure: Literal["optimised"]
    artifact: str
    """Name of the search to draw."""
    start: int | None = Field(default=None, ge=1)
    """Which start, from 1; without it, the one whose last text scores most."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the stages of the start drawn, a line each."""
        (found,) = artifacts
        assert isinstance(found, OptimisedInputs)  # noqa: S101 - checked with the study
        rows = stage_rows(found, self.start)
        scale = stage_scale([one for _, one in rows]) if rows else None
        return picture_rows(rows, "Stages", scale=scale)

    def view(self, *artifacts: Artifact) -> OptimisedView:
        """Return what the template renders."""
        (found,) = artifacts
        assert isinstance(found, OptimisedInputs)  # noqa: S101 - checked with the study
        place = find_start(found, self.start)
        stages = choose_stages(found.searches[place])
        rivals = list(texts_to_beat(found))
        scale = stage_scale([stage_scores(found, one) for one in stages])
        blocks = [
            build_stage_block(found, one, before, scale)
            for one, before in zip(stages, (stages[0], *stages), strict=False)
        ]
        every = (*blocks, *(build_rival_block(found, *one, scale) for one in rivals))
        return OptimisedView(
            summary=summary(found, place),
            scale=scale,
            tables=(table(found, stages, rivals),),
            notes=tuple(map(claim_sentence, found.notes)),
            generated=True,
            blocks=every,
            stages=len(blocks),
            steps=tuple(str(one.step) for one in stages),
            names=tuple(one.head.name for one in blocks),
            keys=(CHANGED,),
        )


def find_start(optimised: OptimisedInputs, start: int | None) -> int:
    """Return the index of a start, by default the first with the most flipped.

    Raises:
        FigureError: There is no such start, or no stage.
    """
    if not optimised.searches or not optimised.searches[0].stages:
        raise FigureError("optimised: the artifact holds no stage, nothing to draw")
    if start is None:
        return int(np.argmax([one.flipped for one in optimised.searches]))
    if start > len(optimised.searches):
        raise FigureError(
            f"start: {start} of {format_count(len(optimised.searches), 'start')}; "
            f"expected 1 to "
            f"{len(optimised.searches)}"
        )
    return start - 1


def choose_stages(search: OptimisationRun) -> list[OptimisationStage]:
    """Return all stages over mixtures, and some exchanges with the last among them."""
    mixed = [one for one in search.stages if not math.isnan(one.mixture)]
    flips = [one for one in search.stages if math.isnan(one.mixture)]
    if len(flips) > EXCHANGES:
        places = np.linspace(0, len(flips) - 1, EXCHANGES).round().astype(int)
        flips = [flips[place] for place in places.tolist()]
    return [*mixed, *flips]


def texts_to_beat(optimised: OptimisedInputs) -> Iterator[tuple[str, CandidateText]]:
    """Yield the texts to beat, with their names."""
    every = optimised.drawn * len(optimised.searches)
    yield f"best of {every:,} random texts", optimised.best_random
    if optimised.best_trained is not None:
        yield (
            f"best of {optimised.windows:,} training stretches",
            optimised.best_trained,
        )


def stage_scores(
    optimised: OptimisedInputs, stage: OptimisationStage, marked: Sequence[int] = ()
) -> TextWithScores:
    """Return a stage as a text with scores, an outline where `marked`."""
    scores = TokenScores(texts=(), labels=optimised.labels, quantity=SHARE)
    spans = tuple((place, place + 1) for place in marked)
    return scores, ScoredText(
        tokens=stage.tokens,
        scores=stage.shares,
        probabilities=np.zeros(0, np.float32),
        rationale=spans,
    )


def stage_rows(
    optimised: OptimisedInputs, start: int | None
) -> list[tuple[str, TextWithScores]]:
    """Return the stages of a start as lines of a thumbnail, empty if there are none."""
    if not optimised.searches or not optimised.searches[0].stages:
        return []
    stages = choose_stages(optimised.searches[find_start(optimised, start)])
    return [(stage_name(one), stage_scores(optimised, one)) for one in stages]


def stage_scale(stages: Sequence[TextWithScores]) -> TokenScale:
    """Return the scale from 0 to 1, whatever the shares are."""
    scale = token_scale(stages, 1.0)
    assert scale is not None  # noqa: S101 - stages have shares
    return replace(scale, origin="fixed")


def build_stage_block(
    optimised: OptimisedInputs,
    stage: OptimisationStage,
    before: OptimisationStage,
    scale: TokenScale,
) -> TextBlock:
    """Return one stage and what stands above it."""
    pairs = zip(stage.tokens, before.tokens, strict=True)
    changed = [place for place, (one, other) in enumerate(pairs) if one != other]
    head = TextHeading(
        stage_name(stage),
        format_log_odds(optimised, stage.score),
        describe_mixtures(stage),
    )
    return TextBlock(
        head, build_word_chips(*stage_scores(optimised, stage, changed), scale), (), ()
    )


def build_rival_block(
    optimised: OptimisedInputs, name: str, other: CandidateText, scale: TokenScale
) -> TextBlock:
    """Return a text to beat, whose words are no mixtures."""
    whole = np.ones(len(other.tokens), np.float32)
    as_stage = OptimisationStage(
        step=0,
        tokens=other.tokens,
        shares=whole,
        score=other.score,
        mixture=math.nan,
        temperature=math.nan,
    )
    head = TextHeading(name, format_log_odds(optimised, other.score), ())
    return TextBlock(
        head, build_word_chips(*stage_scores(optimised, as_stage), scale), (), ()
    )


def stage_name(stage: OptimisationStage) -> str:
    """Return the name of a stage."""
    return f"{'exchange, ' if math.isnan(stage.mixture) else ''}step {stage.step:,}"


def format_log_odds(optimised: OptimisedInputs, score: float) -> str:
    """Return a text's log odds, and the probability that they are."""
    p = 1 / (1 + math.exp(-score)) if score > -700 else 0.0  # noqa: PLR2004 - exp's end
    size = format_significant(score)
    return f"{format_label(optimised.quantity)} {size}, p {format_probability(p)}"


def describe_mixtures(stage: OptimisationStage) -> tuple[str, ...]:
    """Return what is known of a stage's mixtures, empty where there are none."""
    if math.isnan(stage.mixture):
        return ()
    mixture, temperature = (
        format_significant(stage.mixture),
        format_significant(stage.temperature),
    )
    return (f"mixtures {mixture}", f"temperature {temperature}")


def table(
    optimised: OptimisedInputs,
    stages: Sequence[OptimisationStage],
    rivals: Sequence[tuple[str, CandidateText]],
) -> DataTable:
    """Return a table of every text drawn, with its scores."""
    rows = [
        TableRow(
            stage_name(one),
            (
                format_significant(one.score, 4),
                "–" if math.isnan(one.mixture) else format_significant(one.mixture, 4),
                format_significant(float(one.shares.min())),
                " ".join(display_token(token).text for token in one.tokens),
            ),
        )
        for one in stages
    ]
    rows += [
        TableRow(
            name,
            (format_significant(one.score, 4), "–", "1",
             " ".join(display_token(token).text for token in one.tokens)),
        )
        for name, one in rivals
    ]  # fmt: skip
    head = ("stage", optimised.quantity, "of the mixtures", "least share", "text")
    return DataTable(f"{optimised.quantity}, in {optimised.unit}", head, tuple(rows))


def summary(optimised: OptimisedInputs, place: int) -> Phrase:
    """Return a sentence on where the search ends, and what it is better than."""
    search = optimised.searches[place]
    last = search.stages[-1]
    ends = (
        f"{format_significant(float(search.texts[0]))} to "
        f"{format_significant(search.flipped)}"
    )
    most = max(other.score for _, other in texts_to_beat(optimised))
    text = [part for token in last.tokens for part in (" ", display_token(token))][1:]
    better = "more" if search.flipped > most else "no more"
    start = f"From start {place + 1} of {len(optimised.searches)}"
    told = (
        f"{start}, the {format_label(optimised.quantity)} go from {ends} "
        f"{optimised.unit}, {better} "
        f"than the {format_significant(most)} of the best text that was not searched "
        f"for"
    )
    return (f"{told}; the last text is ", *text, ".")
