"""The alignment error rate of scores, or accuracy by kind of link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from generator.artifacts import AlignedText, Artifact, Estimate, EstimateRole, Estimates
from generator.core.errors import UnsupportedError, quote_text
from generator.corpora.base import Annotation
from generator.methods.base import Context
from generator.methods.common.explanations import document_ids
from generator.methods.common.statistics import build_sample
from generator.methods.translation.link_extraction import (
    AlignmentMethod,
    Array,
    LinkCounts,
    check_same_pairs,
    count_links,
    count_text_links,
    diagonal_scores,
    error_rate,
    extract_links,
    link_kinds,
    ratio_estimate,
    read_matrices,
    resampled_interval,
)


class AlignmentError(AlignmentMethod):
    """How far a matrix of scores is a word alignment, where the alignment is known.

    Any scores of target tokens over a source can be measured: attention, gradients,
    occlusion, of one model or of several on the same corpus. Each target token is linked to
    the source token of its largest score, the first of a tie. Target tokens without a known
    link, closing marks among them, are left out.

    *error*: the alignment error rate, with A the links found, S the sure links of the gold
    alignment and P the possible ones, sure ones among them:

    `AER = 1 - (|A and S| + |A and P|) / (|A| + |S|)`

    over all texts together; 0 is the gold alignment. Its 95 % interval comes from
    resampling texts. Beside it stand what the same texts get from a diagonal, which links
    the target token that is a share t into its text to the source token at the same share,
    and from links drawn at random.

    *kinds*: for one artifact, the share of target tokens whose link is right, by kind of
    link: in order; moved, where another link crosses it; and the second of two target
    tokens that one source token became. Intervals come from resampling texts.

    **How far to believe it.** The rate says how often the largest score is where the word
    comes from. A low one does not say that the model used that word, nor a high one that
    translations are bad: both can be asked with occlusion and with accuracy.

    Source: Och and Ney (2003), A systematic comparison of various statistical alignment
    models, Computational Linguistics 29(1).
    Differs: a link for every target token with a known link and none without, where theirs
    may leave words unlinked.
    """

    version: ClassVar[int] = 2
    gives: ClassVar = Estimates
    expects: ClassVar = frozenset({Annotation.ALIGNMENT})
    method: Literal["alignment_error"]
    measure: Literal["error", "kinds"] = "error"
    """The rate of each, or, of one alone, the share that is right by kind of link."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.measure == "kinds" and len(self.of) > 1:
            raise ValueError("kinds: are of one artifact; name one in of")
        return self

    def collect(self, context: Context) -> Estimates:
        """Compare links with the gold alignment; see the base."""
        every = [
            texts_with_links(a, name)
            for a, name in zip(context.artifacts, self.of, strict=True)
        ]
        check_same_pairs(every, self.of)
        if self.measure == "kinds":
            return estimates_by_kind(every[0], context, context.artifacts[0].epoch)
        return Estimates(
            epoch=context.artifacts[0].epoch,
            quantity="alignment error rate",
            rows=tuple(self._rows(every, context)),
            reference=0.0,
            reference_name="the gold alignment",
            notes=(
                f"{len(every[0]):,} texts with a gold alignment",
                "each target token is linked to its largest score",
            ),
        )

    def _rows(
        self, every: Sequence[Sequence[AlignedText]], context: Context
    ) -> Iterator[Estimate]:
        ids = document_ids(every[0])
        for place, name in enumerate(self.row_names()):
            counts = [count_text_links(text) for text in every[place]]
            yield error_rate_estimate(name, counts, context.generator(place), ids)
        rng = context.generator(len(every))
        first = every[0]
        diagonals = [
            count_links_of_scores(text, diagonal_scores(text)) for text in first
        ]
        yield error_rate_estimate(
            "a diagonal", diagonals, context.generator(len(every), 1), ids, "null"
        )
        scores = [rng.random(text.scores.shape) for text in first]
        pairs = zip(first, scores, strict=True)
        random = [count_links_of_scores(text, score) for text, score in pairs]
        yield error_rate_estimate(
            "links at random", random, context.generator(len(every), 2), ids, "null"
        )


def texts_with_links(artifact: Artifact, name: str) -> tuple[AlignedText, ...]:
    """Return the texts whose links are known.

    Raises:
        UnsupportedError: There is none.
    """
    texts = tuple(
        text for text in read_matrices(artifact, name) if text.gold is not None
    )
    if not texts:
        raise UnsupportedError(
            f"of: {quote_text(name)} has no gold alignment; expected documents of a corpus "
            "that knows its links, such as planted_pairs: nothing can be measured else"
        )
    return texts


def count_links_of_scores(text: AlignedText, scores: Array) -> LinkCounts:
    """Count the links of a text with other scores."""
    return count_links(extract_links(scores), text.gold or (), text.possible)


def error_rate_estimate(
    name: str,
    counts: Sequence[LinkCounts],
    rng: np.random.Generator,
    ids: Sequence[int] | None = None,
    role: EstimateRole = "observed",
) -> Estimate:
    """Estimate the error rate over all texts, with its interval over resampled texts.

    Args:
        name: Name of the row.
        counts: Counts of each text.
        rng: Resamples texts.
        ids: Number of each text's document, None where one is no document.
        role: What the row is in its table.
    """
    table = np.array(counts, dtype=np.float64)
    right = table[:, 2] + table[:, 3]
    total = table[:, 0] + table[:, 1]
    low, high = resampled_interval(right, total, rng)
    value = error_rate(LinkCounts(*table.sum(0).astype(int).tolist()))
    return Estimate(
        name,
        value,
        min(1 - high, value),
        max(1 - low, value),
        len(counts),
        role,
        sample=build_sample(total - right, ids, weights=total),
    )


def estimates_by_kind(
    texts: Sequence[AlignedText], context: Context, epoch: int | None
) -> Estimates:
    """Estimate the share of target tokens with the right link, by kind of link."""
    rows = []
    for place, kind in enumerate(("in order", "moved", "second of two")):
        right, total = np.zeros((2, len(texts)))
        for number, text in enumerate(texts):
            gold, links = set(text.gold or ()), dict(extract_links(text.scores))
            of_kind = [
                t for t, one in link_kinds(text.gold or ()).items() if one == kind
            ]
            total[number] = len(of_kind)
            right[number] = sum((t, links.get(t, -1)) in gold for t in of_kind)
        if not total.any():
            continue
        row = ratio_estimate(
            kind, right, total, context.generator(place), ids=document_ids(texts)
        )
        rows.append(replace(row, n=int(total.sum()), unit="target token"))
    return Estimates(
        epoch=epoch,
        quantity="share of target tokens with the right link",
        rows=tuple(rows),
        notes=("each target token is linked to its largest score",),
    )
