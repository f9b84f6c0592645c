"""How far explanations of the same texts agree, pair by pair.

Where both have a sign and a label that they speak for, signed scores are compared, in
the direction of the first one's label; otherwise sizes. Words that either gives no
score are left out. What is not defined is NaN.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import Agreement, Alignments, Anchors, TokenScores
from generator.core.errors import UnsupportedError, quote_text
from generator.core.wording import format_count
from generator.methods.base import Context, Method
from generator.methods.common.explanations import (
    ExplanationRow,
    describe_given,
    explained_quantity,
    explanation_rows,
    select_sampled,
)
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.spans import top_chances
from generator.methods.common.statistics import (
    Interval,
    bootstrap_mean,
    correlation,
    mean_ranks,
)

Array = NDArray[np.float64]

LEAST = 3
"""Words of a text that an order can be compared on."""


@dataclass(frozen=True)
class ExplanationPair:
    """Two explanations of one text, for the words that both give a score."""

    left: Array  # (words,)
    right: Array  # (words,), for the label of the left where `signed`
    signed: bool

    def sizes(self) -> tuple[Array, Array]:
        """Return both scores without their signs."""
        return np.abs(self.left), np.abs(self.right)

    def count(self, top: int) -> int:
        """Return how many words are the top: fewer in short texts and sparse scores."""
        sizes = (int(np.count_nonzero(each)) for each in (self.left, self.right))
        return min(top, self.left.size // 2, *sizes)


def pair_rows(left: ExplanationRow, right: ExplanationRow) -> ExplanationPair | None:
    """Pair two explanations of one text.

    Args:
        left: One explanation.
        right: The other, of the same words.

    Returns:
        The pair, None where one of them has no scores.

    Raises:
        ValueError: Both have a sign, and speak for labels that cannot be turned into
            each
            other.
    """
    if left.undefined or right.undefined:
        return None
    there = np.isfinite(left.scores) & np.isfinite(right.scores)
    signed = bool(left.label and right.label)
    sign = sign_turn(left, right) if signed else 1
    return ExplanationPair(left.scores[there], sign * right.scores[there], signed)


def sign_turn(left: ExplanationRow, right: ExplanationRow) -> int:
    """Return the sign that turns the right scores into scores for the left label.

    With two labels what speaks for one speaks against the other.

    Raises:
        ValueError: The labels differ and are not the only two.
    """
    if left.label == right.label:
        return 1
    if sorted(left.labels) == sorted((left.label, right.label)):
        return -1
    raise ValueError("no two labels")


def score_rho(both: ExplanationPair, top: int) -> float:
    """Compute Spearman's rho of scores, or of sizes where not both are signed."""
    del top
    if both.left.size < LEAST:
        return math.nan
    values = (both.left, both.right) if both.signed else both.sizes()
    left, right = (mean_ranks(each) for each in values)
    return correlation(left - left.mean(), right - right.mean())


def top_word_overlap(both: ExplanationPair, top: int) -> float:
    """Compute the share of the words of the largest size that both have in common."""
    count = both.count(top)
    if not count:
        return math.nan
    left, right = (top_chances(each, count) for each in both.sizes())
    return float(left @ right / count)


def sign_agreement(both: ExplanationPair, top: int) -> float:
    """Compute the share of equal signs among words that are of the largest in either."""
    count = both.count(top)
    if not both.signed or not count:
        return math.nan
    left, right = (top_chances(each, count) for each in both.sizes())
    weight = (1 - (1 - left) * (1 - right)) * (both.left * both.right != 0)
    alike = np.sign(both.left) == np.sign(both.right)
    return float(weight @ alike / weight.sum()) if weight.any() else math.nan


def chance_overlap(both: ExplanationPair, top: int) -> float:
    """Return the overlap expected of random orders."""
    count = both.count(top)
    return count / both.left.size if count else math.nan


def check_same_texts(
    every: Sequence[Sequence[ExplanationRow]], names: Sequence[str]
) -> None:
    """Check that all explanations are of the same texts.

    Args:
        every: Rows of each artifact.
        names: Its name.

    Raises:
        UnsupportedError: Their number or words differ.
    """
    for rows, name in zip(every[1:], names[1:], strict=True):
        if len(rows) != len(every[0]):
            raise UnsupportedError(
                f"of: {quote_text(name)} holds {len(rows)} texts and {quote_text(names[0])} "
                f"{len(every[0])}; expected the same: give both methods the same texts"
            )
        for place, (mine, first) in enumerate(zip(rows, every[0], strict=True), 1):
            if mine.words != first.words:
                raise UnsupportedError(
                    f"of: text {place} of {quote_text(name)} ({len(mine.words)} words) is "
                    f"another than that of {quote_text(names[0])} ({len(first.words)} "
                    "words); expected the same: give both methods the same texts"
                )


MEASURES: dict[str, Callable[[ExplanationPair, int], float]] = {
    "Spearman's rho": score_rho,
    "top-{} overlap": top_word_overlap,
    "sign agreement": sign_agreement,
}
"""What is measured, and the name of its matrix."""


class ExplanationAgreement(Method):
    """Do explanations of the same texts agree with each other?

    Two to ten explanations are compared pair by pair, text by text. Each number is the mean
    over the texts where it is defined, with its 95 % bootstrap interval over them; how many
    they are stands with it.

    1. *Spearman's rho*: the correlation of the ranks that two explanations give the words
       of a text. 1 is the same order, 0 no relation, −1 the opposite order. Where both have
       a sign the scores are ranked, so that words for a label and words against it are at
       the two ends; where one has none, as attention and anchors, sizes are ranked. A text
       needs three words, and scores that are not all equal.
    2. *Top overlap*: the share that the five words of the largest sizes have in common. Of
       a text with fewer than ten words only half are taken, and never more than either of
       the two gives a score other than 0. Ties are settled by chance. What random orders
       would have in common stands in the notes.
    3. *Sign agreement*: where both have a sign, how many of the words that are among those
       largest ones in either have the same sign in both. A coin would give one half.

    Scores with a sign must speak for the same label. With two labels what speaks for one
    speaks against the other, and is turned round; with more, explanations of different
    labels are refused. A word that one of the two gives no score is left out for this pair.
    A text without scores in one of the two is left out for the pair.

    Scores of a target over a source, as a translator's, are compared row by row: a target
    token is what is explained, the source's tokens are the words, and the number of a text
    is the mean over its target tokens.

    **How far to believe it.** Agreement is not truth. Methods that are blind in the same
    way agree, and one that is right among many that are wrong does not. It licenses a
    weaker sentence: what only one of several methods shows may come from the method rather
    than from the model. Methods that answer different questions, such as what would change
    a prediction and what it is made of, may also both be right and disagree.

    The explanations must be of the same words in the same order; others are refused. How
    long each took is known from its own record, and stands beside the figure.

    Source: Krishna, Han, Gu, Wu, Jabbari and Lakkaraju (2022), The disagreement problem in
    explainable machine learning: a practitioner's perspective, arXiv 2202.01602.

    Differs: sign agreement is among the words that are large in either of the two, where
    the first paper counts words that are large in both and so mixes overlap with sign; the
    number of words taken follows the length of the text; ties are settled by chance.
    """

    version: ClassVar[int] = 3
    reads: ClassVar = (TokenScores, Anchors, Alignments)
    gives: ClassVar = Agreement
    method: Literal["agreement"]
    of: Annotated[tuple[str, ...], Field(min_length=2, max_length=10)]
    """Artifacts with scores of words, or anchors, or all with scores of a target over
    a source, of the same texts."""
    top: int = Field(default=5, ge=1, le=100)
    """How many of the largest words are compared; fewer in texts under twice that."""

    @model_validator(mode="after")
    def _different(self) -> Self:
        if len(set(self.of)) < len(self.of):
            raise ValueError("of: one of them is named twice")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the explanations."""
        return self.of

    def collect(self, context: Context) -> Agreement:
        """Compare every two explanations; see the base."""
        read = zip(context.artifacts, self.of, strict=True)
        rows = [explanation_rows(a, n, matrices=True) for a, n in read]
        check_same_texts(rows, self.of)
        every = [select_sampled(each) for each in rows]
        size = len(self.of)
        shape = (len(MEASURES), size, size)
        estimates = np.full((3, *shape), np.nan)
        texts = np.zeros(shape, dtype=np.int32)
        random: list[float] = []
        for i, j in itertools.combinations(range(size), 2):
            pairs = [*self._pairs(every, i, j)]
            random += [chance_overlap(both, self.top) for _, both in pairs]
            for at, measure in enumerate(MEASURES.values()):
                values = mean_by_text((n, measure(both, self.top)) for n, both in pairs)
                interval = bootstrap_mean(values, context.generator(i, j, at))
                for way in ((i, j), (j, i)):
                    estimates[(slice(None), at, *way)] = Interval(*interval)
                    texts[(at, *way)] = values.size
        return Agreement(
            epoch=context.artifacts[0].epoch,
            names=self.of,
            quantities=tuple(map(explained_quantity, context.artifacts)),
            measures=tuple(name.format(self.top) for name in MEASURES),
            values=to_float32(estimates[0]),
            low=to_float32(estimates[1]),
            high=to_float32(estimates[2]),
            texts=texts,
            seconds=to_float32(np.full(size, np.nan)),
            notes=(
                *self._notes(every, select_defined(random)),
                *describe_given({self.of[0]: rows[0]}),
            ),
        )

    def _pairs(
        self, every: Sequence[Sequence[ExplanationRow]], i: int, j: int
    ) -> Iterator[tuple[int, ExplanationPair]]:
        """Yield each pair of rows that both explain, by its text.

        Raises:
            UnsupportedError: They are explained for labels that cannot be compared.
        """
        for place, (left, right) in enumerate(zip(every[i], every[j], strict=True), 1):
            try:
                both = pair_rows(left, right)
            except ValueError as error:
                raise UnsupportedError(
                    f"of: text {place} of {quote_text(self.of[i])} is explained for "
                    f"{quote_text(left.label)}, of {quote_text(self.of[j])} for "
                    f"{quote_text(right.label)}; expected one label: give both methods the "
                    "same label"
                ) from error
            if both is not None:
                yield left.text or place, both

    def _notes(
        self, every: Sequence[Sequence[ExplanationRow]], random: NDArray[np.float64]
    ) -> Iterator[str]:
        """Yield how many texts, what was compared, and what chance would give."""
        texts = len({row.text or -place for place, row in enumerate(every[0], 1)})
        yield format_count(texts, "text")
        if texts < len(every[0]):
            tokens = format_count(len(every[0]), "target token")
            yield f"{tokens}, averaged within each text"
        for name, rows in zip(self.of, every, strict=True):
            if lost := sum(bool(row.undefined) for row in rows):
                yield f"texts without scores of {name}: {lost}"
        sizes = [
            name
            for name, rows in zip(self.of, every, strict=True)
            if not any(row.label for row in rows)
        ]
        if sizes:
            yield f"compared by size, having no sign: {', '.join(sizes)}"
        if random.size:
            shared = f"{random.mean():.2f}"
            yield f"random orders would share {shared} of the top words"


def mean_by_text(measured: Iterable[tuple[int, float]]) -> NDArray[np.float64]:
    """Compute the mean of the defined values of each text that has any.

    Args:
        measured: Pairs of a text's number and a value.

    Returns:
        (texts,).
    """
    by_text: dict[int, list[float]] = {}
    for text, value in measured:
        if np.isfinite(value):
            by_text.setdefault(text, []).append(value)
    return np.array([np.mean(values) for values in by_text.values()], np.float64)


def select_defined(values: Sequence[float]) -> NDArray[np.float64]:
    """Return the values that are not NaN, as an array."""
    every = np.asarray(values, dtype=np.float64)
    return every[np.isfinite(every)]
