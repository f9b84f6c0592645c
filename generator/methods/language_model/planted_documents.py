"""Planted documents as histories, and what a model makes of them document by document.

A planted document says which of its words decide which later one, and which words could
stand there. A case is the step that writes the decided word, with the history in which
the
deciding words can be seen. Measures take a model and `PlantedCases` and return arrays
(documents,) or (documents, window), raw and in true units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import CorpusError, UnsupportedError, quote_text
from generator.corpora.base import Document, Truth
from generator.corpora.tokenization import Vocabulary, split_tokens
from generator.methods.base import Context
from generator.methods.common.checks import attention_checks, verify_checks
from generator.methods.common.language_model_texts import (
    first_place,
    floored_log,
    held_out_documents,
    is_padding,
    opening_tokens,
    predict_histories,
    read_text,
    target_probability,
    token_probabilities,
)
from generator.methods.common.statistics import kendall_tau
from generator.methods.language_model.contributions import logit_sum_check, sum_parts
from generator.methods.language_model.occlusion import (
    leave_out_slots,
    occlude_slots,
    probability_drops,
)
from generator.models.base import Ids
from generator.models.capabilities import LanguageModel

UNSEEN = "the deciding word is out of the window or unknown to the model"
UNLEARNT = "the decided word is in the first window of a single text, not learnt from"
UNWRITABLE = "the decided word is unknown to the model"


@dataclass(frozen=True)
class PlantedCases:
    """One decided word of each document, and what the model sees before it."""

    rows: Ids  # (documents, window)
    targets: Ids  # (documents,)
    keys: Mask  # (documents, window), the slots of the deciding words
    choices: tuple[tuple[int, ...], ...]  # for each document, sorted ids
    documents: tuple[int, ...] = ()  # the number of each in the corpus
    left_out: tuple[tuple[str, int], ...] = ()  # why, and how many documents

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.rows)

    @property
    def others(self) -> Mask:
        """Slots of other tokens: neither padding nor deciding, (documents, window)."""
        return np.asarray(~self.keys & ~is_padding(self.rows))

    @property
    def hidden(self) -> Ids:
        """The histories with the deciding words replaced by padding, (documents, window)."""
        return np.where(self.keys, 0, self.rows).astype(np.int32)

    @property
    def even(self) -> float:
        """The mean attention that even weights would put on the deciding words."""
        return float(self.keys.mean(1).mean())

    @property
    def chance(self) -> float:
        """The accuracy of guessing among the choices."""
        return float(np.mean([1 / len(choices) for choices in self.choices]))

    @property
    def notes(self) -> tuple[str, ...]:
        """How many documents are used, and how many are left out and why."""
        left = (f"{count:,} left out: {why}" for why, count in self.left_out)
        return (f"{len(self):,} held-out documents", *left)


def find_planted_cases(
    context: Context, model: LanguageModel, limit: int
) -> PlantedCases:
    """Find the cases of held-out documents.

    Args:
        context: The corpus and the seed that chooses.
        model: A language model of words.
        limit: At most so many documents.

    Raises:
        CorpusError: No document can be used, or one has no sound truth.
        UnsupportedError: The model does not read words.
    """
    if not model.vocabulary.word_level:
        raise UnsupportedError(
            "the model reads characters; expected words, which the truth of a planted "
            "document is about: set word_level: true"
        )
    cases: list[PlantedCase] = []
    documents: list[int] = []
    left: Counter[str] = Counter()
    for index, document in held_out_documents(context, limit):
        case = build_planted_case(model, index, document)
        if isinstance(case, str):
            left[case] += 1
        else:
            cases.append(case)
            documents.append(index)
    if not cases:
        reasons = "; ".join(f"{count:,}: {why}" for why, count in sorted(left.items()))
        raise CorpusError(
            f"no held-out document can be asked about ({reasons}); expected at least "
            "one: the window must reach from the decided word back to the deciding one"
        )
    return PlantedCases(
        rows=np.array([one.row for one in cases], dtype=np.int32),
        targets=np.array([one.target for one in cases], dtype=np.int32),
        keys=np.array([one.key for one in cases], dtype=np.bool_),
        choices=tuple(one.choices for one in cases),
        documents=tuple(documents),
        left_out=tuple(sorted(left.items())),
    )


@dataclass(frozen=True, slots=True)
class PlantedCase:
    """The decided word of one document; a row of `PlantedCases`."""

    row: Ids
    target: int
    key: Mask
    choices: tuple[int, ...]


def build_planted_case(
    model: LanguageModel, index: int, document: Document
) -> PlantedCase | str:
    """Build the case of one document.

    Returns:
        The case, or the reason why there is none.

    Raises:
        CorpusError: The document has no sound truth.
    """
    truth = read_truth(index, document, model.vocabulary)
    text = read_text(model.vocabulary, document.text)
    opening = len(opening_tokens(model.vocabulary))
    place = truth.answer + opening
    keys = np.arange(*truth.key) + opening
    if place < first_place(model):
        return UNLEARNT
    slots = model.window - (place - keys)
    if slots.min() < 0 or not all(text.ids[at] for at in keys):
        return UNSEEN
    if not text.ids[place]:
        return UNWRITABLE
    mask = np.zeros(model.window, dtype=np.bool_)
    mask[slots] = True
    known = {model.vocabulary.ids.get(word, 0) for word in truth.choices} - {0}
    row = text.histories([place], model.window)[0]
    return PlantedCase(row, text.ids[place], mask, tuple(sorted(known)))


def read_truth(index: int, document: Document, vocabulary: Vocabulary) -> Truth:
    """Return a document's truth.

    Raises:
        CorpusError: It has none, or one that does not fit its words.
    """
    truth = document.truth
    if truth is None:
        raise CorpusError(
            f"document {index}: no truth; expected a planted corpus, whose documents "
            "say which word decides which"
        )
    words = list(split_tokens(document.text, word_level=vocabulary.word_level))
    start, end = truth.key
    if not 0 <= start < end <= truth.answer < len(words):
        raise CorpusError(
            f"document {index}: key {truth.key} and answer {truth.answer} of "
            f"{len(words)} words; expected the key inside the text, before the answer"
        )
    if words[truth.answer] not in truth.choices:
        raise CorpusError(
            f"document {index}: word {truth.answer} is {quote_text(words[truth.answer])}; "
            f"expected one of its choices {quote_text(', '.join(truth.choices))}"
        )
    return truth


def masked_mean(values: NDArray[np.floating[Any]], mask: Mask) -> NDArray[np.float64]:
    """Compute the mean of each row's values under its mask.

    Args:
        values: (n, window).
        mask: (n, window).

    Returns:
        (n,), NaN where the mask is empty.
    """
    counts = mask.sum(1)
    total = np.where(mask, values, 0).sum(1, dtype=np.float64)
    means = np.full(len(values), np.nan)
    np.divide(total, counts, out=means, where=counts > 0)
    return means


def is_key_largest(values: NDArray[np.floating[Any]], cases: PlantedCases) -> Mask:
    """Return whether a deciding slot has the largest value of all, a tie counting as not.

    Args:
        values: (documents, window).
        cases: The documents.
    """
    key = np.where(cases.keys, values, -np.inf).max(1)
    rest = np.where(cases.keys, -np.inf, values).max(1)
    return np.asarray(key > rest)


def likeliest_choice(
    choices: Sequence[int], probabilities: NDArray[np.floating[Any]]
) -> int:
    """Return the most probable of the choices, the lowest id of a tie."""
    return choices[int(np.argmax(probabilities[list(choices)]))]


Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


def is_decided_right(
    model: LanguageModel, cases: PlantedCases, rows: Ids
) -> tuple[Mask, Mask]:
    """Return whether the decided word is the most probable among the choices, and of all.

    Args:
        model: The model.
        cases: The documents.
        rows: Histories to predict from, (documents, window).
    """
    probabilities = predict_histories(model, rows).probabilities
    chosen = [
        likeliest_choice(c, row)
        for c, row in zip(cases.choices, probabilities, strict=True)
    ]
    return np.array(chosen) == cases.targets, probabilities.argmax(1) == cases.targets


def attention_by_slot(model: LanguageModel, cases: PlantedCases) -> Array:
    """Compute attention weights, (documents, window)."""
    predictions = predict_histories(model, cases.rows)
    verify_checks(*attention_checks(predictions.weights, predictions.probabilities))
    return predictions.weights


def occlusion_by_slot(model: LanguageModel, cases: PlantedCases) -> Array:
    """Compute drops in log probability of the decided word by slot, in nats."""
    whole, without = occlude_slots(model, cases.rows, cases.targets)
    return probability_drops(whole, without, "log probability")


def occlusion_of_key(model: LanguageModel, cases: PlantedCases) -> Array:
    """Compute the drop in log probability without all deciding words, in nats."""
    whole = target_probability(model, cases.rows, cases.targets)
    without = target_probability(model, cases.hidden, cases.targets)
    return floored_log(whole) - floored_log(without)


def decision_by_slot(model: LanguageModel, cases: PlantedCases) -> Array:
    """Compute drops in log probability among the choices by slot, in nats."""
    logs = log_shares(model, cases, leave_out_slots(cases.rows))
    return logs[:, -1:] - logs[:, :-1]


def decision_of_key(model: LanguageModel, cases: PlantedCases) -> Array:
    """Compute the drop among the choices without all deciding words, in nats."""
    logs = log_shares(model, cases, np.stack([cases.rows, cases.hidden], axis=1))
    return np.asarray(logs[:, 0] - logs[:, 1])


def log_shares(model: LanguageModel, cases: PlantedCases, rows: Ids) -> Array:
    """Compute the log of the decided word's share of the choices' probability.

    Args:
        model: The model.
        cases: The documents.
        rows: Histories, (documents, m, window).

    Returns:
        (documents, m), in nats.
    """
    documents, times, window = rows.shape
    ids = np.zeros((documents, max(map(len, cases.choices))), np.int32)
    for row, choices in zip(ids, cases.choices, strict=True):
        row[: len(choices)] = choices
    choice_ids = np.repeat(ids, times, axis=0)
    probabilities = token_probabilities(model, rows.reshape(-1, window), choice_ids)
    targets = np.repeat(cases.targets, times)[:, None]
    mine = np.where(choice_ids == targets, probabilities, 0).sum(1)
    every = np.where(choice_ids != 0, probabilities, 0).sum(1)
    return np.asarray(
        (floored_log(mine) - floored_log(every)).reshape(documents, times)
    )


def contribution_by_slot(model: LanguageModel, cases: PlantedCases) -> Array:
    """Compute the contribution of each slot to the decided word's logit."""
    decomposition = model.decompose(cases.rows, cases.targets)
    verify_checks(logit_sum_check(decomposition))
    return sum_parts(decomposition.by_part)


def key_sum(values: Array, cases: PlantedCases) -> Array:
    """Sum over the deciding words, (documents,)."""
    return np.asarray(np.where(cases.keys, values, 0).sum(1, dtype=np.float64))


def other_word_mean(values: Array, cases: PlantedCases) -> Array:
    """Average over the other words, times the number of deciding ones, (documents,)."""
    return np.asarray(masked_mean(values, cases.others) * cases.keys.sum(1))


def padding_sum(values: Array, cases: PlantedCases) -> Array:
    """Sum over padding, (documents,)."""
    pads = is_padding(cases.rows)
    return np.asarray(np.where(pads, values, 0).sum(1, dtype=np.float64))


def method_tau(left: Array, right: Array, cases: PlantedCases) -> Array:
    """Compute Kendall's tau over the tokens of each history, NaN where one is constant."""
    tokens = ~is_padding(cases.rows)
    each = zip(left, right, tokens, strict=True)
    return np.array([kendall_tau(a[real], b[real]) for a, b, real in each])
