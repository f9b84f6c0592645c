"""The streaks of attention that follow a word through the window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Estimate, Estimates, Frames, SlotScores
from generator.core.errors import UnsupportedError, quote_text
from generator.core.tokens import Token
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    QUANTITY,
    encode_rows,
    predict_histories,
    read_slot_scores,
)
from generator.methods.common.snapshots import find_state
from generator.methods.common.statistics import (
    bootstrap_mean,
    percentiles,
    permutation_p,
)
from generator.models.capabilities import LanguageModel

Array = NDArray[np.floating[Any]]
SIGNIFICANT = 0.05
ENOUGH = 20
"""Words below which nothing found is no finding."""
SHUFFLES, BOOTSTRAPS = 0, 1
"""Positions of draws."""


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

    version: ClassVar[int] = 2
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
                p=permutation_p(float(streaks[word]), null),
            )
            for word in order
        ]
        middle = float(np.median(null))
        chance = Estimate(
            "largest by chance", middle, *percentiles(null), len(tokens), "null"
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
                f"p allows for all of them: {self.shuffles:,} shuffles by distance",
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
        return (Estimate("largest before training", *interval, ways.shape[1], "null"),)


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
    streaks = diagonals(text.scores if weights is None else weights)
    tokens = [history[-1] for history in text.histories[: len(streaks)]]
    real = [at for at, token in enumerate(tokens) if token.kind != "pad"]
    if len(real) < 2:  # noqa: PLR2004 - a permutation needs two words
        window = text.scores.shape[-1]
        raise UnsupportedError(
            f"of: a text of {len(text.targets)} steps; expected at least {window + 1}, "
            f"so that two words pass through all {window} slots: raise its length"
        )
    return tuple(tokens[at] for at in real), streaks[real]


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
    return np.array(
        [rng.permuted(ways, axis=0).mean(1).max() for _ in range(shuffles)],
        dtype=np.float64,
    )


def unique_names(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Name each token by its text, numbered where it is repeated."""
    texts = [quote_text(t.text) if t.text.isspace() else t.text for t in tokens]
    counts, seen = Counter(texts), Counter[str]()
    names = []
    for text in texts:
        seen[text] += 1
        names.append(f"{text} ({seen[text]})" if counts[text] > 1 else text)
    return tuple(names)


def judge_streak(
    p: float, words: int
) -> Literal["supported", "not supported", "undecided"]:
    """Judge by the rule in the docstring of the method."""
    if p < SIGNIFICANT:
        return "supported"
    return "not supported" if words >= ENOUGH else "undecided"
