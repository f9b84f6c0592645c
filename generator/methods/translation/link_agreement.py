"""How often matrices of scores link alike, and how often they link to no word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from generator.artifacts import AlignedText, Alignments, Estimate, Estimates
from generator.methods.base import Context
from generator.methods.common.explanations import document_ids
from generator.methods.translation.link_extraction import (
    AlignmentMethod,
    Array,
    check_same_pairs,
    diagonal_scores,
    extract_links,
    is_word,
    pooled_share,
    read_matrices,
)

ScoredSources = NDArray[np.bool_]


class LinkAgreement(AlignmentMethod):
    """How often two matrices link a target word to the same source word.

    Nobody need know the right links: matrices are held against one of them, `to`. That may
    be what the model depends on (`source_occlusion`, `source_gradients`), so that it is
    asked of attention whether it points there; or the attention of another training, so
    that it is asked what of a picture is the two sentences and what is luck.

    1. Both matrices link each target word to a source token: that of the largest score, the
       first of a tie, among those that both give a score. Target tokens without a letter or
       digit, closing marks among them, are not counted: they stand at the end on both
       sides, and nearly any two matrices agree about them.
    2. A number is the share of target words with the same link in both, over all texts
       together. Its 95 % interval comes from resampling texts.
    3. Beside it stand what a diagonal has in common with `to`, which links a target token
       that is a share t into its text to the source token at the same share, and what links
       drawn at random would have on average.

    **How far to believe it.** It is no alignment error rate, and bounds none: two matrices
    can be wrong in the same places. Short sentences in like order leave little to choose
    from, so a number means something beside those of a diagonal and of chance alone. The
    largest scores are all that is compared, and a row that is nearly even has one too.

    Source: links as Och and Ney (2003), A systematic comparison of various statistical
    alignment models, Computational Linguistics 29(1), make them of a gold alignment; what
    they are held against where there is none is ours.
    """

    version: ClassVar[int] = 2
    reads: ClassVar = (Alignments,)
    gives: ClassVar = Estimates
    method: Literal["same_links"]
    to: str
    """The artifact, with scores of the same texts, that the others are held against."""

    @model_validator(mode="after")
    def _another(self) -> Self:
        if self.to in self.of:
            raise ValueError("to: is one of `of`, and has every link in common with it")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the scores, those that the others are compared with last."""
        return (*self.of, self.to)

    def collect(self, context: Context) -> Estimates:
        """Compare the links; see the base."""
        read = zip(context.artifacts, self.artifact_names(), strict=True)
        *every, to = (read_matrices(artifact, name) for artifact, name in read)
        check_same_pairs((*every, to), self.artifact_names())
        words = sum(is_word(token) for text in to for token in text.targets)
        return Estimates(
            epoch=context.artifacts[0].epoch,
            quantity="share of target words with the same link",
            rows=tuple(self._rows(every, to, context)),
            notes=(
                f"{len(to):,} texts, {words:,} target words",
                "each target word is linked to its largest score",
            ),
        )

    def _rows(
        self,
        every: Sequence[Sequence[AlignedText]],
        to: Sequence[AlignedText],
        context: Context,
    ) -> Iterator[Estimate]:
        for place, (name, texts) in enumerate(
            zip(self.row_names(), every, strict=True)
        ):
            pairs = zip(texts, to, strict=True)
            counts = [shared_links(one.scores, other) for one, other in pairs]
            rng = context.generator(place)
            yield pooled_share(name, counts, rng, ids=document_ids(texts))
        diagonals = [shared_links(diagonal_scores(text), text) for text in to]
        ids = document_ids(to)
        yield pooled_share(
            "a diagonal", diagonals, context.generator(len(every)), "null", ids
        )
        chances = [links_by_chance(text) for text in to]
        random = context.generator(len(every), 1)
        yield pooled_share("links at random", chances, random, "null", ids)


def scored_rows(text: AlignedText, scored: ScoredSources) -> Iterator[int]:
    """Yield the target words that some source token has a score for."""
    for place, token in enumerate(text.targets):
        if is_word(token) and scored[place].any():
            yield place


def shared_links(scores: Array, to: AlignedText) -> tuple[float, int]:
    """Count the target words that have the same link in both, and out of how many."""
    scored = np.isfinite(scores) & np.isfinite(to.scores)
    one, other = (np.where(scored, each, -np.inf) for each in (scores, to.scores))
    same = [one[row].argmax() == other[row].argmax() for row in scored_rows(to, scored)]
    return float(sum(same)), len(same)


def links_by_chance(text: AlignedText) -> tuple[float, int]:
    """Compute how many of a text's links chance would draw, and out of how many."""
    scored = np.isfinite(text.scores)
    shares = [1 / int(scored[row].sum()) for row in scored_rows(text, scored)]
    return sum(shares), len(shares)


class MarkLinks(AlignmentMethod):
    """How often a target word is linked to a source token that is no word.

    A word does not come from a full stop, nor from the mark that closes a text: that such a
    link is wrong can be said without anybody having aligned the sentences. A question mark
    could be argued about, as the `do` of an English question has no other source.

    Each target word is linked to the source token of its largest score, the first of a tie.
    A token is a word if it holds a letter or digit. A number is the share of target words
    whose link is to another token, over all texts together; its 95 % interval comes from
    resampling texts. Beside it stands the share of tokens that are no words among those
    with a score, which is what links drawn at random would get.

    **How far to believe it.** It is no alignment error rate: a link to a word may be to the
    wrong one. Nor is a link to a mark an error of the model: the state of a closing mark
    can hold the whole sentence, and to read it there is as good a way as any.

    Source: links as Och and Ney (2003), A systematic comparison of various statistical
    alignment models, Computational Linguistics 29(1). The measure is our own.
    """

    version: ClassVar[int] = 2
    gives: ClassVar = Estimates
    method: Literal["links_to_marks"]

    def collect(self, context: Context) -> Estimates:
        """Count links to no word; see the base."""
        read = zip(context.artifacts, self.of, strict=True)
        every = [read_matrices(artifact, name) for artifact, name in read]
        check_same_pairs(every, self.of)
        return Estimates(
            epoch=context.artifacts[0].epoch,
            quantity="share of target words linked to no word",
            rows=tuple(self._rows(every, context)),
            notes=(
                f"{len(every[0]):,} texts",
                "each target word is linked to its largest score",
            ),
        )

    def _rows(
        self, every: Sequence[Sequence[AlignedText]], context: Context
    ) -> Iterator[Estimate]:
        for place, (name, texts) in enumerate(
            zip(self.row_names(), every, strict=True)
        ):
            counts = [links_to_marks(text) for text in texts]
            rng = context.generator(place)
            yield pooled_share(name, counts, rng, ids=document_ids(texts))
        chances = [marks_by_chance(text) for text in every[0]]
        random, ids = context.generator(len(every)), document_ids(every[0])
        yield pooled_share("links at random", chances, random, "null", ids)


def links_to_marks(text: AlignedText) -> tuple[float, int]:
    """Count the target words that are linked to no word, and out of how many."""
    links = [
        link for link in extract_links(text.scores) if is_word(text.targets[link[0]])
    ]
    return sum(not is_word(text.sources[source]) for _, source in links), len(links)


def marks_by_chance(text: AlignedText) -> tuple[float, int]:
    """Compute how many links would be to no word if drawn, and out of how many."""
    marks = np.array([not is_word(token) for token in text.sources])
    scored = np.isfinite(text.scores)
    rows = [
        place for place, _ in extract_links(text.scores) if is_word(text.targets[place])
    ]
    return float(sum(marks[scored[row]].mean() for row in rows)), len(rows)
