"""Grades of one explanation against the words known to decide, as rows of scores.

A measure is a function of scores (tokens,), the mask of the words that decide, and
noise (draws, tokens) to break ties by. A random order is graded by the same function:
it is what equal scores get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Score
from generator.methods import finding
from generator.methods.base import Asked
from generator.methods.estimates import ROUNDING
from generator.methods.ranked import Row, Span
from generator.methods.scoring import Said, score
from generator.methods.spans import Mask, mask_of
from generator.methods.statistics import bootstrap, wilson

Rank = Literal["size", "signed"]
Array = NDArray[np.float64]
Noise = NDArray[np.floating[Any]]
Measure = Callable[[Array, Mask, Noise], float]

GATE = 200
"""Texts that a grade must rest on before it opens the gate to other texts."""
ORDERS = 100
"""Random orders that spans are averaged over."""
ANSWERED = "texts answered"

MEASURES: dict[str, Measure] = {
    "AUPRC": lambda scores, mask, _: finding.precision(scores, mask),
    "token F1": lambda scores, mask, _: finding.hits(scores, mask, int(mask.sum())),
    "span F1": lambda scores, mask, noise: finding.span_f1(
        finding.tops(scores, int(mask.sum()), noise), mask
    ),
    "top word": lambda scores, mask, _: finding.hits(scores, mask, 1),
}
"""What is measured, by the name of its row."""


@dataclass(frozen=True)
class Text:
    """A text of which it is known which words decide."""

    row: Row
    mask: Mask
    noise: Noise  # (orders, tokens), the same for every explanation of the text

    def graded(self, measure: Measure, rank: Rank) -> tuple[float, float]:
        """What its scores get, and what a random order gets."""
        found = self.row.sizes if rank == "size" else self.row.scores
        sound = np.nan_to_num(found, nan=0.0)
        even = np.zeros(len(sound))
        return tuple(measure(each, self.mask, self.noise) for each in (sound, even))  # type: ignore[return-value] # two of them


def texts_of(
    asked: Asked, rows: Sequence[Row], given: Sequence[Sequence[Span]]
) -> Iterator[Text | None]:
    """Each text with the words that decide, None where these are none or all.

    `given` are the spans of texts that are no documents, in their order.
    """
    told = iter(given)
    for place, row in enumerate(rows):
        spans = next(told, ()) if row.document is None else row.rationale
        mask = mask_of(spans, len(row.words))
        if not mask.any() or mask.all():
            yield None
            continue
        number = (0, place) if row.document is None else (1, row.document)
        noise = asked.generator(0, *number).random((ORDERS, mask.size))
        yield Text(row, mask, noise)


def grades(
    asked: Asked, number: int, name: str, texts: Sequence[Text], rank: Rank
) -> Iterator[Score]:
    """One row for each measure, then how many texts were answered."""
    answered = [text for text in texts if not text.row.undefined]
    for place, (measure, of) in enumerate(MEASURES.items()):
        pairs = [text.graded(of, rank) for text in answered]
        found, even = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
        yield score(
            name,
            measure,
            found,
            asked.generator(1, number, place),
            random=even,
            said=verdict(found - even, asked.generator(2, number, place)),
        )
    share = wilson(len(answered), len(texts))
    yield Score(of=name, name=ANSWERED, **share._asdict(), n=len(texts))


def verdict(difference: Array, rng: np.random.Generator) -> Said:
    """What the paired difference from a random order, (texts,), says."""
    low = bootstrap(difference, rng).low
    return "better than random" if low > ROUNDING else "not better than random"
