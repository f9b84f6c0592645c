"""The streaks of attention that follow a word through the window."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Estimate, Estimates, Frames, SlotScores
from generator.core.errors import UnsupportedError, quote_text
from generator.core.tokens import Token
from generator.corpora.base import Document
from generator.methods.base import Context, Method
from generator.methods.common.checks import attention_checks, verify_checks
from generator.methods.common.language_model_texts import (
    QUANTITY,
    encode_rows,
    first_place,
    held_out_documents,
    no_corpus_reason,
    predict_histories,
    read_slot_scores,
    read_text,
)
from generator.methods.common.snapshots import find_state, iterate_states
from generator.methods.common.statistics import (
    bootstrap_mean,
    correct_p_values,
    mean_estimate,
    percentiles,
    permutation_p,
)
from generator.models.base import Epoch, ModelSpec
from generator.models.capabilities import LanguageModel

Array = NDArray[np.floating[Any]]
Documents = Sequence[tuple[int, Document]]
SIGNIFICANT = 0.05
ENOUGH = 20
"""Words below which nothing found is no finding."""
SHUFFLES, BOOTSTRAPS = 0, 1
"""Positions of draws."""
AT_ONCE = 32
"""Documents read in one call, so that few distributions are in memory."""
CELLS = 100_000
"""Numbers shuffled at once: few calls, and what fits in a processor's cache."""


class AttentionStreak(Method):
    """Does attention follow one word through the whole window?

    A word enters the window at its newest slot and moves back by one slot with every token
    written, until it leaves. In the matrix of attention it draws a diagonal.

    1. The streak of the word that enters at step `t` of a window of `L` slots is the mean
       of its attention on the way, `1/L Σ_k a[t+k, L−1−k]` for `k` from 0 to `L−1`. Words
       whose way is not complete in the text are left out. Even attention gives `1/L`.
    2. Words are ranked by their streak.
    3. Chance: attention prefers some distances to others whatever the word, so weights are
       only exchanged between words **at the same distance**: each `k` has its values
       shuffled over the words, independently of the other distances. What is left of a
       streak then owes nothing to its word.
    4. That is repeated, and each time the largest streak of all words is kept. The p-value
       of a word is the share of repetitions whose largest streak is at least the word's
       own, the text itself counted as one: it allows for having looked at every word.

    The interval of a word is a bootstrap over its steps. *Largest by chance* is the median
    and the middle 95 % of the repetitions; *largest before training* is the same text read
    by the weights of epoch 0.

    Verdict, for the word with the largest streak: supported where p < 0.05; otherwise not
    supported where at least 20 words were compared, and undecided where there were fewer.

    Source: the diagonal of "goddard" in a map of song reviews written by textgenrnn
    (iconix, 2018, Interpreting attention), described there by eye.

    Differs: a number and a chance level for it; the same map is described for two words, of
    which the numbers bear out one.
    """

    version: ClassVar[int] = 4
    needs: ClassVar = (LanguageModel,)
    reads: ClassVar = (SlotScores, Frames)
    gives: ClassVar = Estimates
    method: Literal["streak"]
    of: str
    """The artifact of `writing` or `reading` whose attention is followed."""
    top: int = Field(default=8, ge=1, le=100)
    """How many of the words with the largest streaks to list."""
    shuffles: int = Field(default=999, ge=99, le=100_000)
    """How many times weights are shuffled."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifact that holds the text."""
        return (self.of,)

    def collect(self, context: Context) -> Estimates:
        """Follow each word of the text; see the base.

        Raises:
            UnsupportedError: The text is too short, or holds no attention.
        """
        text = read_slot_scores(context.artifacts[0], self.of)
        if text.quantity != QUANTITY:
            raise UnsupportedError(
                f"of: {self.of} holds {text.quantity}; expected attention weights: "
                "name an artifact of the method writing or reading"
            )
        tokens, ways = complete_streaks(text)
        streaks = ways.mean(1)
        null = shuffled_largest(ways, self.shuffles, context.generator(SHUFFLES))
        order = np.argsort(-streaks, kind="stable")[: self.top]
        names = unique_names(tokens)
        rows = [
            Estimate(
                names[word],
                *bootstrap_mean(ways[word], context.generator(BOOTSTRAPS, int(word))),
                n=ways.shape[1],
                unit="slot",
                p=permutation_p(float(streaks[word]), null),
            )
            for word in order
        ]
        middle = float(np.median(null))
        chance = Estimate(
            "largest by chance",
            middle,
            *percentiles(null),
            len(tokens),
            "null",
            unit="word",
        )
        return Estimates(
            epoch=text.epoch,
            quantity="mean attention on a word's way through the window",
            rows=(*rows, chance, *self._untrained_streak(context, text)),
            reference=1 / ways.shape[1],
            reference_name="even attention",
            verdict=judge_streak(rows[0].p or 1.0, len(tokens)),
            claim="attention follows one word through the window",
            notes=(
                f"{len(tokens):,} words went all the way through {ways.shape[1]} slots",
                f"p allows for all distances, by {self.shuffles:,} shuffles",
            ),
        )

    def _untrained_streak(
        self, context: Context, text: SlotScores
    ) -> tuple[Estimate, ...]:
        """Measure the largest streak of the same text before training, if that was saved."""
        model = find_state(context, 0) if text.epoch else None
        if model is None:
            return ()
        rows, _ = encode_rows(text, model)
        _, ways = complete_streaks(text, predict_histories(model, rows).weights)
        word = int(ways.mean(1).argmax())
        interval = bootstrap_mean(ways[word], context.generator(BOOTSTRAPS, word, 1))
        slots, name = ways.shape[1], "largest before training"
        return (Estimate(name, *interval, slots, "null", unit="slot"),)


@dataclass(frozen=True, slots=True)
class EpochStreaks:
    """The largest streak of each document by the weights of one epoch."""

    epoch: int
    excess: Array  # (documents,), over the median of the document's shuffles
    p: float  # of the mean over documents, not corrected
    streaks: Array  # (documents,), the largest streaks themselves
    words: tuple[str, ...]  # the words that have them


class StreakByEpoch(Method):
    """Does attention follow one word through the window, at any epoch of training?

    A text that was chosen, or read at one epoch alone, can miss a streak or show one that
    is an accident. Here held-out documents are read at every epoch.

    1. The streak of a word is its mean attention on its way through the window, as in
       *streak*. Each document gives its largest one.
    2. Chance: within each document, the weights are shuffled over words at the same
       distance, so that a preference for some distances is no streak. The document's
       *excess* is its largest streak minus the median of the largest ones of its shuffles.
    3. The value of an epoch is the mean excess over documents, with a bootstrap interval
       over documents. A word that had all the attention on its whole way would come near
       1; no effect is 0.
    4. The p-value of an epoch compares the mean of the largest streaks over documents with
       that of each shuffle of all documents, and is corrected by Holm's method for the
       number of epochs that were looked at.

    Documents of which fewer than two words pass through the whole window are left out and
    counted. Notes name the word that most often has the largest streak, and its mean.

    Verdict, for the epoch after training began with the largest excess: supported where its
    corrected p is below 0.05 and its interval lies above that of epoch 0, otherwise not
    supported; undecided on fewer than 20 documents. Epoch 0 is compared because weights
    that were never trained prefer some words to others by a hair, which shuffles detect.

    Source: the streak that iconix (2018, Interpreting attention) saw in one text, sampled
    while a model of song reviews was being trained.

    Differs: many held-out texts, all epochs, and a chance level.
    """

    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Estimates
    method: Literal["streak_by_epoch"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were saved."""
    documents: int = Field(default=100, ge=1, le=10_000)
    """At most so many held-out documents."""
    shuffles: int = Field(default=499, ge=99, le=10_000)
    """How many times the weights of each document are shuffled."""

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why a model that learnt from no documents has none held out."""
        return no_corpus_reason(model)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Estimates:
        """Follow the words of held-out documents at each epoch; see the base.

        Raises:
            UnsupportedError: No document is long enough.
        """
        documents = held_out_documents(context, self.documents)
        by_epoch = {
            model.epoch: self._follow(context, model, documents)
            for model in iterate_states(context, self.epochs)
        }
        found = [by_epoch[epoch] for epoch in sorted(by_epoch)]
        corrected = correct_p_values([each.p for each in found])
        rows = tuple(
            dataclasses.replace(
                mean_estimate(
                    f"epoch {each.epoch}",
                    each.excess,
                    context.generator(BOOTSTRAPS, each.epoch),
                    "observed" if each.epoch else "null",
                ),
                p=p,
            )
            for each, p in zip(found, corrected, strict=True)
        )
        return Estimates(
            quantity="largest streak of a document minus its median by chance",
            rows=rows,
            reference=0.0,
            reference_name="chance",
            verdict=judge_epochs(rows),
            claim="attention follows one word through the window at some epoch",
            notes=(
                *(describe_followed(each) for each in found if each.epoch),
                (
                    f"{self.shuffles:,} shuffles by distance; p is corrected for "
                    f"{len(found)} epochs (Holm)"
                ),
            ),
        )

    def _follow(
        self, context: Context, model: LanguageModel, documents: Documents
    ) -> EpochStreaks:
        """Measure the largest streak of each document that is long enough."""
        excess, largest, words = [], [], []
        null = np.zeros(self.shuffles)
        for index, tokens, ways in follow_documents(model, documents):
            streaks = ways.mean(1)
            rng = context.generator(SHUFFLES, model.epoch, index)
            shuffled = shuffled_largest(ways, self.shuffles, rng)
            null += shuffled
            largest.append(float(streaks.max()))
            excess.append(largest[-1] - float(np.median(shuffled)))
            words.append(visible_text(tokens[int(streaks.argmax())]))
        if not largest:
            raise UnsupportedError(
                "no held-out document has two words that pass through all "
                f"{model.window} slots: give the model longer documents or a smaller "
                "window (max_length:)"
            )
        p = permutation_p(float(np.mean(largest)), null / len(largest))
        return EpochStreaks(
            model.epoch, np.array(excess), p, np.array(largest), tuple(words)
        )


def follow_documents(
    model: LanguageModel, documents: Documents
) -> Iterator[tuple[int, tuple[Token, ...], NDArray[np.float64]]]:
    """Follow the words that pass through the whole window, as a model reads documents.

    Args:
        model: The language model.
        documents: Their places in the corpus, and the documents.

    Yields:
        Of each document with at least two such words: its place, the words (n,), and the
        attention by distance, (n, window).
    """
    for start in range(0, len(documents), AT_ONCE):
        read = []
        for index, document in documents[start : start + AT_ONCE]:
            text = read_text(model.vocabulary, document.text, closed=True)
            places = range(first_place(model), len(text.ids))
            if len(places) > model.window:
                read.append((index, text, places))
        if not read:
            continue
        rows = [text.histories(places, model.window) for _, text, places in read]
        found = predict_histories(model, np.concatenate(rows))
        verify_checks(*attention_checks(found.weights, found.probabilities))
        ends = np.cumsum([len(part) for part in rows])[:-1]
        parts = np.split(found.weights, ends)
        for (index, text, places), weights in zip(read, parts, strict=True):
            histories = text.history_tokens(places, model.window)
            tokens, ways = real_words(histories, weights)
            if len(tokens) > 1:
                yield index, tokens, ways


def judge_epochs(
    rows: Sequence[Estimate],
) -> Literal["supported", "not supported", "undecided"]:
    """Judge by the rule in the docstring of the method that reads all epochs."""
    trained = [row for row in rows if row.role == "observed"]
    if not trained or max(row.n for row in rows) < ENOUGH:
        return "undecided"
    best = max(trained, key=lambda row: row.value)
    bar = max((row.high for row in rows if row.role == "null"), default=0.0)
    clear = best.p is not None and best.p < SIGNIFICANT and best.low > bar
    return "supported" if clear else "not supported"


def describe_followed(found: EpochStreaks) -> str:
    """Describe which word most often has the largest streak, the first of equals."""
    ((word, count),) = Counter(found.words).most_common(1)
    own = found.streaks[np.array([other == word for other in found.words])]
    return (
        f"epoch {found.epoch}: most often {quote_text(word)}, {count:,} of "
        f"{len(found.words):,} documents, with a streak of {own.mean():.2f} on average"
    )


def complete_streaks(
    text: SlotScores, weights: Array | None = None
) -> tuple[tuple[Token, ...], NDArray[np.float64]]:
    """Return the words that went through the whole window, and the attention on them.

    Args:
        text: The text.
        weights: Its attention, (steps, window); None for its scores.

    Returns:
        Words (n,), and attention by distance, (n, window).

    Raises:
        UnsupportedError: There are fewer than two.
    """
    tokens, ways = real_words(
        text.histories, text.scores if weights is None else weights
    )
    if len(tokens) < 2:  # noqa: PLR2004 - a permutation needs two words
        window = text.scores.shape[-1]
        raise UnsupportedError(
            f"of: a text of {len(text.targets)} steps; expected at least {window + 1}, "
            f"so that two words pass through all {window} slots: raise its length"
        )
    return tokens, ways


def real_words(
    histories: Sequence[Sequence[Token]], weights: Array
) -> tuple[tuple[Token, ...], NDArray[np.float64]]:
    """Return the newest token of each history that passes through, padding left out.

    Args:
        histories: Tokens, (steps, window).
        weights: Attention, (steps, window).

    Returns:
        Words (n,), and attention by distance, (n, window).
    """
    ways = diagonals(weights)
    tokens = [history[-1] for history in histories[: len(ways)]]
    real = [at for at, token in enumerate(tokens) if token.kind != "pad"]
    return tuple(tokens[at] for at in real), ways[real]


def diagonals(weights: Array) -> NDArray[np.float64]:
    """Return `weights[j + k, L - 1 - k]` for each j and k: (steps - L + 1, L)."""
    steps, window = weights.shape
    starts = np.arange(max(0, steps - window + 1))[:, None]
    back = np.arange(window)
    return np.asarray(weights[starts + back, window - 1 - back], dtype=np.float64)


def shuffled_largest(
    ways: Array, shuffles: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Compute the largest row mean after shuffling each column.

    Args:
        ways: (words, window).
        shuffles: How often.
        rng: The source of randomness.

    Returns:
        (shuffles,).
    """
    largest = np.empty(shuffles)
    size = max(1, CELLS // ways.size)
    for start in range(0, shuffles, size):
        part = largest[start : start + size]
        copies = np.tile(ways, (part.size, 1, 1))
        part[:] = rng.permuted(copies, axis=1, out=copies).mean(2).max(1)
    return largest


def unique_names(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Name each token by its text, numbered where it is repeated."""
    texts = [visible_text(token) for token in tokens]
    counts, seen = Counter(texts), Counter[str]()
    names = []
    for text in texts:
        seen[text] += 1
        names.append(f"{text} ({seen[text]})" if counts[text] > 1 else text)
    return tuple(names)


def visible_text(token: Token) -> str:
    """Return a token's text, in quotes where it is blank."""
    return quote_text(token.text) if token.text.isspace() else token.text


def judge_streak(
    p: float, words: int
) -> Literal["supported", "not supported", "undecided"]:
    """Judge by the rule in the docstring of the method."""
    if p < SIGNIFICANT:
        return "supported"
    return "not supported" if words >= ENOUGH else "undecided"
