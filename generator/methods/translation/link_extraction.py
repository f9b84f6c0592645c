"""Word alignments from matrices of scores, compared with a gold alignment.

A matrix holds scores of target tokens over a source: attention, gradients or occlusion,
of one model or of several on the same corpus. Each target token is linked to the source
token of its largest score, the first of a tie: one link for every target token, as many
as
like for a source token. Rows without a gold link, closing marks among them, are not
counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import (
    AlignedText,
    Alignments,
    Artifact,
    Estimate,
    EstimateRole,
    Links,
)
from generator.core.errors import UnsupportedError, quote_text
from generator.core.spec import LineText
from generator.core.tokens import Token
from generator.methods.base import Method
from generator.methods.common.statistics import RESAMPLES, build_sample, percentiles

Kind = Literal["in order", "moved", "second of two"]


def extract_links(scores: Array) -> Links:
    """Link each target token whose row has a score to the source of its largest one.

    Args:
        scores: (targets, sources), NaN where not defined.

    Returns:
        Pairs of a target's and a source's place.
    """
    rows = np.asarray(scores, dtype=np.float64)
    return tuple(
        (target, int(np.nanargmax(row)))
        for target, row in enumerate(rows)
        if np.isfinite(row).any()
    )


class LinkCounts(NamedTuple):
    """The counts of an alignment error rate; counts of texts are added up."""

    links: int  # |A|, of target tokens that have a sure or possible link
    sure: int  # |S|
    right_sure: int  # |A and S|
    right: int  # |A and P|, sure links being possible too


def count_links(links: Links, gold: Links, possible: Links = ()) -> LinkCounts:
    """Count the links of one text against its gold alignment.

    Args:
        links: Links of the scores.
        gold: Sure links.
        possible: Possible links, beside the sure ones.
    """
    sure = set(gold)
    either = sure | set(possible)
    known = {target for target, _ in either}
    counted = {link for link in links if link[0] in known}
    return LinkCounts(
        len(counted), len(sure), len(counted & sure), len(counted & either)
    )


def error_rate(counts: LinkCounts) -> float:
    """Compute the alignment error rate, `1 - (|A and S| + |A and P|) / (|A| + |S|)`.

    NaN where there is neither a link nor a sure one.
    """
    total = counts.links + counts.sure
    return 1 - (counts.right_sure + counts.right) / total if total else math.nan


def count_text_links(text: AlignedText) -> LinkCounts:
    """Count the links of a text whose gold alignment is known."""
    return count_links(extract_links(text.scores), text.gold or (), text.possible)


def is_word(token: Token) -> bool:
    """Return whether a token holds a letter or digit, and is no closing mark."""
    return token.kind != "mark" and any(map(str.isalnum, token.text))


def source_coverage(text: AlignedText) -> float:
    """Compute the share of the source's words that some target word is linked to.

    Closing marks are left out on both sides; NaN where the source has no word.
    """
    words = {i for i, token in enumerate(text.sources) if token.kind != "mark"}
    marks = {i for i, token in enumerate(text.targets) if token.kind == "mark"}
    linked = {
        source for target, source in extract_links(text.scores) if target not in marks
    }
    return len(linked & words) / len(words) if words else math.nan


def link_kinds(gold: Links) -> dict[int, Kind]:
    """Return the kind of each target token's link.

    `second of two`: the target token before has the same source. Else `moved`: some
    other
    link crosses this one. Else `in order`.
    """
    first: dict[int, int] = {}
    for target, source in gold:
        first.setdefault(target, source)
    kinds: dict[int, Kind] = {}
    for target, source in first.items():
        crossed = any((t - target) * (s - source) < 0 for t, s in gold)
        kinds[target] = "moved" if crossed else "in order"
        if first.get(target - 1) == source:
            kinds[target] = "second of two"
    return kinds


Array = NDArray[np.floating[Any]]


class AlignmentMethod(Method):
    """A method that measures scores of the same pairs of texts."""

    reads: ClassVar = (Alignments,)
    of: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    """Artifacts with scores of the same pairs of texts."""
    names: tuple[LineText, ...] = ()
    """What rows call them; without, as the study does."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if len(set(self.of)) < len(self.of):
            raise ValueError("of: one of them is named twice")
        if self.names and len(self.names) != len(self.of):
            raise ValueError("names: give one for each of `of`")
        if len(set(self.names)) < len(self.names):
            raise ValueError("names: two are the same")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the scores."""
        return self.of

    def row_names(self) -> tuple[str, ...]:
        """Return a name for each row."""
        return self.names or self.of


def read_matrices(artifact: Artifact, name: str) -> tuple[AlignedText, ...]:
    """Return the texts of an artifact with scores over a source.

    Raises:
        UnsupportedError: The artifact holds something else.
    """
    if not isinstance(artifact, Alignments):
        raise UnsupportedError(
            f"of: {quote_text(name)} holds no scores of a target over a source; name an "
            "artifact of alignment, source_gradients or source_occlusion"
        )
    return artifact.texts


def check_same_pairs(
    every: Sequence[Sequence[AlignedText]], names: Sequence[str]
) -> None:
    """Check that all scores are of the same texts.

    Raises:
        UnsupportedError: They are not.
    """
    first = [(text.sources, text.targets) for text in every[0]]
    for texts, name in zip(every[1:], names[1:], strict=True):
        if [(text.sources, text.targets) for text in texts] != first:
            raise UnsupportedError(
                f"of: {quote_text(name)} is of other texts than {quote_text(names[0])}; "
                "expected the same: give both the same corpus and documents"
            )


def diagonal_scores(text: AlignedText) -> Array:
    """Return scores (targets, sources) that are largest on the diagonal of the words."""
    targets, sources = len(text.targets) - 1, len(text.sources) - 1
    places = np.arange(targets + 1) * (max(sources - 1, 0) / max(targets - 1, 1))
    return np.asarray(-np.abs(places[:, None] - np.arange(sources + 1)))


def pooled_share(
    name: str,
    counts: Sequence[tuple[float, int]],
    rng: np.random.Generator,
    role: EstimateRole = "observed",
    ids: Sequence[int] | None = None,
) -> Estimate:
    """Estimate a share pooled over all texts.

    Args:
        name: Name of the row.
        counts: Of each text, how many and out of how many.
        rng: Resamples texts.
        role: What the row is in its table.
        ids: Number of each text's document, None where one is no document.

    Raises:
        UnsupportedError: No text has anything to count.
    """
    right, total = np.array(counts, dtype=np.float64).T
    if not total.any():
        raise UnsupportedError(
            f"of: {quote_text(name)}: no target word has a score; expected sources of at "
            "least two words and targets with a letter or digit: give more documents"
        )
    return ratio_estimate(name, right, total, rng, role=role, ids=ids)


def ratio_estimate(
    name: str,
    right: Array,
    total: Array,
    rng: np.random.Generator,
    *,
    role: EstimateRole = "observed",
    ids: Sequence[int] | None = None,
) -> Estimate:
    """Estimate `sum(right) / sum(total)` with its interval over resampled texts.

    Args:
        name: Name of the row.
        right: (texts,).
        total: (texts,).
        rng: Resamples texts.
        role: What the row is in its table.
        ids: Number of each text's document, None where one is no document.
    """
    low, high = resampled_interval(right, total, rng)
    value = float(right.sum() / total.sum())
    return Estimate(
        name,
        value,
        min(low, value),
        max(high, value),
        right.size,
        role,
        sample=build_sample(right, ids, weights=total),
    )


def resampled_interval(
    right: Array, total: Array, rng: np.random.Generator
) -> tuple[float, float]:
    """Compute the 95 % interval of `sum(right) / sum(total)` over resampled texts.

    Args:
        right: (texts,).
        total: (texts,).
        rng: The source of randomness.
    """
    indices = rng.integers(0, right.size, size=(RESAMPLES, right.size))
    totals = total[indices].sum(1)
    shares = right[indices].sum(1)[totals > 0] / totals[totals > 0]
    return percentiles(shares)
