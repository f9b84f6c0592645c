"""The alignment error rate of scores, or where one of them errs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from generator.artifacts import AlignedText, Artifact, Estimate, Estimates, Role
from generator.core.errors import UnsupportedError, quoted
from generator.corpora.base import Annotation
from generator.methods.base import Asked
from generator.methods.translation.link_extraction import (
    Array,
    Counts,
    OfMatrices,
    counts,
    counts_of,
    diagonal,
    error_rate,
    kinds,
    linked,
    resampled,
    same_pairs,
    texts_of,
)


class AlignmentError(OfMatrices):
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

    def collect(self, asked: Asked) -> Estimates:
        """Measure. Raises `UnsupportedError`."""
        every = [known(a, name) for a, name in zip(asked.read, self.of, strict=True)]
        same_pairs(every, self.of)
        if self.measure == "kinds":
            return by_kind(every[0], asked, asked.read[0].epoch)
        return Estimates(
            epoch=asked.read[0].epoch,
            quantity="alignment error rate",
            rows=tuple(self._rows(every, asked)),
            reference=0.0,
            reference_name="the gold alignment",
            notes=(
                f"{len(every[0]):,} texts with a gold alignment",
                "each target token is linked to its largest score",
            ),
        )

    def _rows(
        self, every: Sequence[Sequence[AlignedText]], asked: Asked
    ) -> Iterator[Estimate]:
        for place, name in enumerate(self.called()):
            found = [counts_of(text) for text in every[place]]
            yield rate(name, found, asked.generator(place))
        drawn = asked.generator(len(every))
        first = every[0]
        diagonals = [of_links(text, diagonal(text)) for text in first]
        yield rate("a diagonal", diagonals, asked.generator(len(every), 1), "null")
        scores = [drawn.random(text.scores.shape) for text in first]
        pairs = zip(first, scores, strict=True)
        random = [of_links(text, score) for text, score in pairs]
        yield rate("links at random", random, asked.generator(len(every), 2), "null")


def known(artifact: Artifact, name: str) -> tuple[AlignedText, ...]:
    """Texts whose links are known. Raises `UnsupportedError` where there are none."""
    found = tuple(text for text in texts_of(artifact, name) if text.gold is not None)
    if not found:
        raise UnsupportedError(
            f"of: {quoted(name)} has no gold alignment; expected documents of a corpus "
            "that knows its links, such as planted_pairs: nothing can be measured else"
        )
    return found


def of_links(text: AlignedText, scores: Array) -> Counts:
    """The counts of a text with other scores."""
    return counts(linked(scores), text.gold or (), text.possible)


def rate(
    name: str,
    found: Sequence[Counts],
    rng: np.random.Generator,
    role: Role = "observed",
) -> Estimate:
    """The rate over all texts, with its interval over resampled texts."""
    table = np.array(found, dtype=np.float64)
    right = table[:, 2] + table[:, 3]
    total = table[:, 0] + table[:, 1]
    low, high = resampled(right, total, rng)
    value = error_rate(Counts(*table.sum(0).astype(int).tolist()))
    return Estimate(
        name, value, min(1 - high, value), max(1 - low, value), len(found), role
    )


def by_kind(texts: Sequence[AlignedText], asked: Asked, epoch: int | None) -> Estimates:
    """The share of target tokens with the right link, by kind of link."""
    rows = []
    for place, kind in enumerate(("in order", "moved", "second of two")):
        right, total = np.zeros((2, len(texts)))
        for number, text in enumerate(texts):
            gold, found = set(text.gold or ()), dict(linked(text.scores))
            of_kind = [t for t, one in kinds(text.gold or ()).items() if one == kind]
            total[number] = len(of_kind)
            right[number] = sum((t, found.get(t, -1)) in gold for t in of_kind)
        if not total.any():
            continue
        low, high = resampled(right, total, asked.generator(place))
        value = float(right.sum() / total.sum())
        count = int(total.sum())
        rows.append(Estimate(kind, value, min(low, value), max(high, value), count))
    return Estimates(
        epoch=epoch,
        quantity="share of target tokens with the right link",
        rows=tuple(rows),
        notes=("each target token is linked to its largest score",),
    )
