"""Planted documents as questions: the history in which the deciding words can be seen.

A planted document says which of its words decide which later one, and which words could
stand there. The question to a model is the step that writes the decided word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import Document, Truth
from generator.corpora.tokenisation import tokens_of
from generator.corpora.vocabulary import Vocabulary
from generator.errors import CorpusError, UnsupportedError, quoted
from generator.methods.base import Asked
from generator.methods.rows import opened
from generator.methods.texts import held_out, read_text
from generator.methods.windows import is_padding
from generator.models.base import Ids
from generator.models.language_models import LanguageModel

UNSEEN = "the deciding word is out of the window or unknown to the model"
UNWRITABLE = "the decided word is unknown to the model"

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """One decided word of each document, and what the model sees before it."""

    rows: Ids  # (documents, window)
    targets: Ids  # (documents,)
    keys: Mask  # (documents, window), the slots of the deciding words
    choices: tuple[tuple[int, ...], ...]  # for each document, sorted ids
    left_out: tuple[tuple[str, int], ...] = ()  # why, and how many documents

    def __len__(self) -> int:
        """How many documents."""
        return len(self.rows)

    @property
    def others(self) -> Mask:
        """Slots of other tokens: neither padding nor deciding, (documents, window)."""
        return np.asarray(~self.keys & ~is_padding(self.rows))

    @property
    def hidden(self) -> Ids:
        """The histories with the deciding words replaced by padding."""
        return np.where(self.keys, 0, self.rows).astype(np.int32)

    @property
    def even(self) -> float:
        """What even attention would put on the deciding words: mean share of slots."""
        return float(self.keys.mean(1).mean())

    @property
    def chance(self) -> float:
        """Accuracy of guessing among the choices."""
        return float(np.mean([1 / len(choices) for choices in self.choices]))

    @property
    def notes(self) -> tuple[str, ...]:
        """How many documents were asked about, and which were not."""
        left = (f"{count:,} left out: {why}" for why, count in self.left_out)
        return (f"{len(self):,} held-out documents", *left)


def cases(asked: Asked, model: LanguageModel, limit: int) -> Cases:
    """At most `limit` held-out documents. Raises `CorpusError`, `UnsupportedError`."""
    if not model.vocabulary.word_level:
        raise UnsupportedError(
            "the model reads characters; expected words, which the truth of a planted "
            "document is about: set word_level: true"
        )
    kept: list[Case] = []
    left: Counter[str] = Counter()
    for index, document in held_out(asked, limit):
        found = case(model, index, document)
        if isinstance(found, str):
            left[found] += 1
        else:
            kept.append(found)
    if not kept:
        reasons = "; ".join(f"{count:,}: {why}" for why, count in sorted(left.items()))
        raise CorpusError(
            f"no held-out document can be asked about ({reasons}); expected at least "
            "one: the window must reach from the decided word back to the deciding one"
        )
    return Cases(
        rows=np.array([one.row for one in kept], dtype=np.int32),
        targets=np.array([one.target for one in kept], dtype=np.int32),
        keys=np.array([one.key for one in kept], dtype=np.bool_),
        choices=tuple(one.choices for one in kept),
        left_out=tuple(sorted(left.items())),
    )


@dataclass(frozen=True, slots=True)
class Case:
    """One row of `Cases`."""

    row: Ids
    target: int
    key: Mask
    choices: tuple[int, ...]


def case(model: LanguageModel, index: int, document: Document) -> Case | str:
    """The question of one document, or why there is none. Raises `CorpusError`."""
    truth = truth_of(index, document, model.vocabulary)
    text = read_text(model.vocabulary, document.text)
    place = truth.answer + opened(model)
    keys = np.arange(*truth.key) + opened(model)
    slots = model.window - (place - keys)
    if slots.min() < 0 or not all(text.ids[at] for at in keys):
        return UNSEEN
    if not text.ids[place]:
        return UNWRITABLE
    mask = np.zeros(model.window, dtype=np.bool_)
    mask[slots] = True
    known = {model.vocabulary.ids.get(word, 0) for word in truth.choices} - {0}
    row = text.rows([place], model.window)[0]
    return Case(row, text.ids[place], mask, tuple(sorted(known)))


def truth_of(index: int, document: Document, vocabulary: Vocabulary) -> Truth:
    """A document's truth. Raises `CorpusError` where it has none or it cannot be."""
    truth = document.truth
    if truth is None:
        raise CorpusError(
            f"document {index}: no truth; expected a planted corpus, whose documents "
            "say which word decides which"
        )
    words = list(tokens_of(document.text, word_level=vocabulary.word_level))
    start, end = truth.key
    if not 0 <= start < end <= truth.answer < len(words):
        raise CorpusError(
            f"document {index}: key {truth.key} and answer {truth.answer} of "
            f"{len(words)} words; expected the key inside the text, before the answer"
        )
    if words[truth.answer] not in truth.choices:
        raise CorpusError(
            f"document {index}: word {truth.answer} is {quoted(words[truth.answer])}; "
            f"expected one of its choices {quoted(', '.join(truth.choices))}"
        )
    return truth


def mean_over(values: NDArray[np.floating[Any]], mask: Mask) -> NDArray[np.float64]:
    """The mean of each row's values under its mask, NaN where that is empty: (n,)."""
    counts = mask.sum(1)
    total = np.where(mask, values, 0).sum(1, dtype=np.float64)
    found = np.full(len(values), np.nan)
    np.divide(total, counts, out=found, where=counts > 0)
    return found


def ranks_first(values: NDArray[np.floating[Any]], cases: Cases) -> Mask:
    """Whether a deciding slot has the largest value of all slots, ties lost: (n,)."""
    key = np.where(cases.keys, values, -np.inf).max(1)
    rest = np.where(cases.keys, -np.inf, values).max(1)
    return np.asarray(key > rest)


def named(choices: Sequence[int], probabilities: NDArray[np.floating[Any]]) -> int:
    """The most probable of the choices, the lowest id of a tie."""
    return choices[int(np.argmax(probabilities[list(choices)]))]
