"""Grades of explanations against the words known to decide, as rows of scores.

A measure is a function of scores (tokens,), the mask of the words that decide, and
noise (draws, tokens) to break ties by. A random order is graded by the same function:
it is what equal scores get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import Anchors, Scores, TokenScores, TrustScore
from generator.core.decision import LEAST_UNITS
from generator.core.errors import CorpusError, UnsupportedError, quote_text
from generator.core.wording import format_count
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.common import spans as finding
from generator.methods.common.explanations import (
    ExplanationRow,
    Span,
    describe_given,
    document_ids,
    explanation_rows,
    select_sampled,
)
from generator.methods.common.spans import Mask, spans_mask
from generator.methods.common.statistics import (
    Interval,
    ScoreVerdict,
    build_score,
    judge_interval,
    pair_values,
    wilson_interval,
)

Rank = Literal["size", "signed"]
Array = NDArray[np.float64]
Noise = NDArray[np.floating[Any]]
Measure = Callable[[Array, Mask, Noise], float]

GATE = 200
"""Texts that a grade must rest on before it opens the gate to other texts."""
RANDOM_ORDERS = 100
"""Random orders that spans are averaged over."""
TEXTS_ANSWERED = "texts answered"

MEASURES: dict[str, Measure] = {
    "AUPRC": lambda scores, mask, _: finding.expected_precision(scores, mask),
    "token F1": lambda scores, mask, _: finding.top_hits(scores, mask, int(mask.sum())),
    "span F1": lambda scores, mask, noise: finding.span_f1(
        finding.draw_tops(scores, int(mask.sum()), noise), mask
    ),
    "top word": lambda scores, mask, _: finding.top_hits(scores, mask, 1),
}
"""What is measured, by the name of its row."""


@dataclass(frozen=True)
class RationaleText:
    """An explained text of which it is known which words decide."""

    row: ExplanationRow
    mask: Mask
    noise: Noise  # (orders, tokens), the same for every explanation of the text

    @property
    def document(self) -> int | None:
        """The number of its document, None for a text that the author gave."""
        return self.row.document

    def grade(self, measure: Measure, rank: Rank) -> tuple[float, float]:
        """Return a measure of its scores, and of a random order."""
        scores = self.row.sizes if rank == "size" else self.row.scores
        sound = np.nan_to_num(scores, nan=0.0)
        even = np.zeros(len(sound))
        return tuple(measure(each, self.mask, self.noise) for each in (sound, even))  # type: ignore[return-value] # two of them


def find_rationale_texts(
    context: Context, rows: Sequence[ExplanationRow], given: Sequence[Sequence[Span]]
) -> Iterator[RationaleText | None]:
    """Yield each text with the words that decide, None where these are none or all.

    Args:
        context: Its generator draws the noise.
        rows: Explanations.
        given: Spans of the texts that are no documents, in their order.
    """
    spans_of_texts = iter(given)
    for place, row in enumerate(rows):
        spans = next(spans_of_texts, ()) if row.document is None else row.rationale
        mask = spans_mask(spans, len(row.words))
        if not mask.any() or mask.all():
            yield None
            continue
        number = (0, place) if row.document is None else (1, row.document)
        noise = context.generator(0, *number).random((RANDOM_ORDERS, mask.size))
        yield RationaleText(row, mask, noise)


def grade_explanation(
    context: Context, number: int, name: str, texts: Sequence[RationaleText], rank: Rank
) -> Iterator[TrustScore]:
    """Yield one row for each measure, then how many texts have an explanation.

    Args:
        context: Its generator draws the resamples.
        number: Index of the explanation, which seeds them.
        name: Its name.
        texts: Its texts.
        rank: Whether words are ordered by size or by signed score.
    """
    answered = [text for text in texts if not text.row.undefined]
    for place, (measure, of) in enumerate(MEASURES.items()):
        pairs = [text.grade(of, rank) for text in answered]
        grades, even = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
        yield build_score(
            name,
            measure,
            grades,
            context.generator(1, number, place),
            random=even,
            ids=document_ids([text.row for text in answered]),
            said=judge_rationale(pair_values(grades, even), grades.size),
        )
    share = wilson_interval(len(answered), len(texts))
    yield TrustScore(of=name, name=TEXTS_ANSWERED, **share._asdict(), n=len(texts))


def judge_rationale(difference: Interval, texts: int) -> ScoreVerdict:
    """Judge the paired difference from a random order; too few texts decide nothing.

    Args:
        difference: Its mean and interval.
        texts: How many texts it is over.
    """
    verdict = judge_interval(difference, 0.0, n=texts)
    if verdict == "supported":
        return "better than random"
    return "not better than random" if texts >= LEAST_UNITS else "none"


ORDERS: dict[Rank, str] = {
    "size": "words are ordered by the size of their score, whatever its sign",
    "signed": "words are ordered by their score, those that speak against come last",
}
ANCHORS = (
    "words of an anchor are in the order in which they were added; all others are tied"
)


class RationaleAgreement(Method):
    """Does an explanation find the words that decide, where these are known?

    The explanations are of texts of which it is known which words decide their label: the
    rationale. In planted reviews it follows from how the texts were built; for texts that
    an author gives, the author says so. Each explanation is graded by four measures, each
    the mean over texts with its 95 % bootstrap interval:

    1. *AUPRC*: with the words in the order of their scores, largest first, the mean over
       the words of the rationale of the share of rationale among the words up to it. 1 is
       all of them on top.
    2. *Token F1*: as many of the largest scores as the rationale has words are taken, and
       the share of them that are in the rationale is told. As both sets are of one size,
       that is precision, recall and F1 at once.
    3. *Span F1*: neighbours among the same words are joined to spans. A span is found where
       one of the rationale shares at least half of their union with it. F1 over spans.
    4. *Top word*: how often the largest score is on a word of the rationale.

    Words are ordered by the sizes of their scores, without the sign, as a negation may
    decide and count against the label that is explained; a study can ask for signed scores.
    A word that has no score counts as 0. The words of an anchor are in the order in which
    they were added, and all words outside it are tied. Ties are settled by chance: a
    measure is the mean over all orders of the tied words, and that of spans over 100 such
    orders.

    **The baseline** is a random order of the same words, worked out for every text: exactly
    for the first, second and fourth measure, from the same 100 draws for spans. An
    explanation is called better than random if the 95 % bootstrap interval of its
    difference from the random order, text by text, lies above 0 (by more than rounding,
    0.000001); otherwise it is called not better.

    **Texts without an answer.** Where a method gives no scores, the text is left out. How
    many are answered is a row of its own, *texts answered*, with a Wilson interval: a
    method that leaves out the hard texts can look good on the others. A text whose
    rationale is none or all of what the model read says nothing, and is not counted at all.

    **What it licenses.** The rationale is what decides the label, which is what the model
    learnt only if it is right for the right reasons. An explanation that shows faithfully
    what a model does may miss the rationale of a model that does something else, so the
    notes say how many texts the model gets right. A good grade means: on these texts, with
    this model, the explanation puts the words that decide first. It is a gate and no more:
    a method that fails it where the truth is known has no claim to be believed where it is
    not. With fewer than 200 texts the notes say that they are too few to pass or to fail.

    Source: planted rationales as a gate for methods, Bastings et al. (2021), "Will you find
    these shortcuts?", arXiv 2111.07367; the measures, DeYoung et al. (2020), ERASER, arXiv
    1911.03429.

    Differs: average precision is summed by steps where ERASER joins points by lines, which
    flatters; words taken are as many as the rationale of the text has, not the mean of a
    corpus; tied words do not come in the order of the text, but in all orders; scores are
    ordered by size.
    """

    version: ClassVar[int] = 3
    reads: ClassVar = (TokenScores, Anchors)
    gives: ClassVar = Scores
    scored_annotations: ClassVar = frozenset({Annotation.RATIONALE})
    method: Literal["rationale"]
    of: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    """Artifacts with scores of words, or anchors, to grade."""
    rank: Rank = "size"
    """Whether words are ordered by the size of their score or by the score itself."""
    given: tuple[tuple[Span, ...], ...] = ()
    """For texts that a study gives: the spans of words that decide, for each text in
    its order. A span is the place of its first word, from 0, and that after its last.
    Without it, only documents whose rationale is known are graded."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(set(self.of)) < len(self.of):
            raise ValueError("of: one of them is named twice")
        if any(not 0 <= start < end for spans in self.given for start, end in spans):
            raise ValueError("given: a span must begin at 0 or later, before it ends")
        return self

    def required_annotations(self) -> frozenset[Annotation]:
        """Return rationales, unless the study gives its own."""
        return frozenset() if self.given else self.scored_annotations

    def artifact_names(self) -> tuple[str, ...]:
        """Return the explanations."""
        return self.of

    def collect(self, context: Context) -> Scores:
        """Grade each explanation; see the base.

        Raises:
            UnsupportedError: The given spans do not fit the texts.
            CorpusError: The words that decide are known of no text.
        """
        every = {
            name: explanation_rows(artifact, name)
            for name, artifact in zip(self.of, context.artifacts, strict=True)
        }
        texts: dict[str, list[RationaleText]] = {}
        known: dict[str, list[RationaleText]] = {}
        for name, rows in every.items():
            self._check_spans(rows, name)
            of_rows = find_rationale_texts(context, rows, self.given)
            known[name] = [text for text in of_rows if text]
            texts[name] = list(select_sampled(known[name]))
        notes = [
            ORDERS[self.rank],
            *describe_given(known),
            *describe_counts(every, texts),
            *describe_comparison(texts),
        ]
        if any(isinstance(artifact, Anchors) for artifact in context.artifacts):
            notes.append(ANCHORS)
        return Scores(
            epoch=context.artifacts[0].epoch,
            aspect="rationale",
            rows=tuple(
                score
                for number, name in enumerate(self.of)
                for score in grade_explanation(
                    context, number, name, texts[name], self.rank
                )
            ),
            notes=tuple(notes),
        )

    def _check_spans(self, rows: Sequence[ExplanationRow], name: str) -> None:
        """Check that the given spans fit the texts.

        Raises:
            UnsupportedError: There are too few or too many, or one ends after its text.
        """
        free = [row for row in rows if row.document is None]
        if self.given and len(free) != len(self.given):
            raise UnsupportedError(
                f"given: spans of {len(self.given)} "
                f"text{'s' if len(self.given) != 1 else ''}; {quote_text(name)} holds "
                f"{len(free)} that are no documents; give spans for each, [] for none"
            )
        for place, (row, spans) in enumerate(zip(free, self.given, strict=False), 1):
            for _, end in spans:
                if end > len(row.words):
                    raise UnsupportedError(
                        f"given: a span of text {place} ends at {end}; {quote_text(name)} "
                        f"has {len(row.words)} words of it"
                    )


def describe_counts(
    every: Mapping[str, Sequence[ExplanationRow]],
    texts: Mapping[str, Sequence[RationaleText]],
) -> Iterator[str]:
    """Yield the notes of `describe_text_counts`, once where explanations share one."""
    by_note: dict[str, list[str]] = {}
    for name, rows in every.items():
        for note in describe_text_counts(name, rows, texts[name]):
            by_note.setdefault(note, []).append(name)
    for note, names in by_note.items():
        yield note if len(names) == len(every) else f"{note} ({', '.join(names)})"


def describe_text_counts(
    name: str, rows: Sequence[ExplanationRow], texts: Sequence[RationaleText]
) -> Iterator[str]:
    """Yield how many texts a grade rests on, and which do not count.

    Raises:
        CorpusError: The words that decide are known of no text.
    """
    if not texts:
        raise CorpusError(
            f"of: {quote_text(name)} holds {len(rows)} texts, and of none it is known "
            "which words decide; expected documents of a corpus with rationales, or "
            "spans in given"
        )
    lost = sum(bool(text.row.undefined) for text in texts)
    right = [text.row.right for text in texts if text.row.right is not None]
    parts = [f"{len(texts) - lost:,} of {format_count(len(texts), 'text')} answered"]
    if right:
        parts.append(f"the model is right about {sum(right):,} of {len(right):,}")
    if left := len(rows) - len(texts):
        parts.append(f"{left:,} left out because none or all of the words decide")
    yield "; ".join(parts)
    if len(texts) - lost < GATE:
        yield f"fewer than {GATE} documents are too few to pass or to fail"


def describe_comparison(texts: dict[str, list[RationaleText]]) -> Iterator[str]:
    """Yield a note where explanations are not of the same texts."""
    keys = {
        tuple((text.row.document, text.row.words) for text in of)
        for of in texts.values()
    }
    if len(keys) > 1:
        yield (
            "the artifacts are not of the same texts: grades of one are not to be "
            "compared with those of another"
        )
