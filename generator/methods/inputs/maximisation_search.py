"""The search for inputs: a climb over mixtures of words, then exchanges of words.

What is climbed are the log odds of a label, `log p − log (1 − p)`. They rise with the
probability and do not level off where it comes near 1, so that inputs can still be
compared
there; and unlike a logit they cannot rise with those of the other labels. With `q`
being
the shares of the other labels among themselves, their gradient is that of the label's
logit
less the average, by `q`, of those of the others.

Mixtures (`MixtureClimb`): every place of a text holds free numbers, one a word; their
softmax at a temperature is a mixture of words, and the mixture of the words' vectors is
what the model reads. The free numbers climb by Adam, all starts at once, while the
temperature falls in equal ratios. At every step the mixture is also turned into words:
at
each place the word whose vector makes the smallest angle with the mixture's.

HotFlip (`WordExchange`): words exchanged one by one, where the gradient says that it
pays.

1. To first order, writing the word v in place of x_t changes what is climbed by
   `g_t · (E_v − E_{x_t})`, `g_t` being the gradient by the vector at that place.
2. Of all places and words the `SHORTLIST` most promising are written, and the model
   predicts each.
3. The best of them is taken if it is better than what was there; else the search ends.

An optimised text has to beat random texts, and stretches of training texts.

Source: Ebrahimi, Rao, Lowd and Dou (2018), HotFlip: white-box adversarial examples for
text classification, arXiv 1712.06751, equation 2.

Differs: there the first-order estimate decides, in a beam; here it draws up a short
list and the model's own answer decides, so that no flip makes a text worse. Any word
may be written, not only one of like meaning: the aim is another text, not a small
change of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import CandidateText
from generator.corpora.words import WordVocabulary
from generator.methods.base import Context
from generator.methods.common.divergence import softmax, softmax_gradient
from generator.methods.common.language_model_texts import (
    choose_places,
    training_documents,
)
from generator.models.base import Texts
from generator.models.capabilities import Differentiable

Array = NDArray[np.float64]
TINY = 1e-38
"""The smallest probability: float32 holds no smaller one at full precision."""


@dataclass(frozen=True)
class LabelLogOdds:
    """The log odds of one label of a model, and their gradient."""

    model: Differentiable
    label: int

    def score(self, texts: Texts) -> Array:
        """Compute the log odds of texts, (texts,)."""
        return log_odds(self.model.predict(texts), self.label)

    def embed(self, tokens: Array) -> list[NDArray[np.float32]]:
        """Append the vectors of padding, if any, to vectors (n, T, D) of tokens."""
        length = tokens.shape[1]
        after = self.model.embed([(1,) * length])[0][length:]
        narrow = tokens.astype(np.float32)
        return [np.concatenate([row, after]) for row in narrow]

    def gradient(self, tokens: Array) -> tuple[Array, Array]:
        """Compute the log odds and their gradient.

        Args:
            tokens: Vectors of tokens, (n, T, D).

        Returns:
            Log odds (n,), and the gradient (n, T, D).
        """
        points, labels = self.embed(tokens), len(self.model.labels)
        targets = [label for label in range(labels) for _ in points]
        gradients = self.model.compute_gradients(points * labels, targets, "logit")
        probabilities = gradients.probabilities[: len(points)]
        each = np.array(
            [one[: tokens.shape[1]] for one in gradients.gradients], np.float64
        )
        each = each.reshape(labels, *tokens.shape)
        weights = -other_label_shares(probabilities, self.label)
        weights[:, self.label] = 1
        slope = np.einsum("nk,kntd->ntd", weights, each)
        return log_odds(probabilities, self.label), slope


def other_label_shares(probabilities: NDArray[Any], label: int) -> Array:
    """Compute shares (n, labels) of the other labels among themselves, 0 for the label."""
    rest = np.maximum(np.asarray(probabilities, np.float64), TINY)
    rest[:, label] = 0
    return np.asarray(rest / rest.sum(1, keepdims=True))


def log_odds(probabilities: NDArray[Any], label: int) -> Array:
    """Compute `log p − log (1 − p)` of rows (n, labels); 1 − p is summed, not subtracted."""
    every = np.maximum(np.asarray(probabilities, np.float64), TINY)
    rest = np.delete(every, label, axis=1).sum(1)
    return np.asarray(np.log(every[:, label]) - np.log(rest))


def vectors_of(model: Differentiable, texts: Sequence[Sequence[int]]) -> Array:
    """Return the vectors (n, T, D) of the tokens of texts of one length."""
    return np.asarray(model.embedding().astype(np.float64)[np.array(texts)])


FIRST, SECOND, SMALL = 0.9, 0.999, 1e-8
"""Adam's."""
Ids = NDArray[np.intp]


@dataclass(frozen=True)
class ClimbMoment:
    """All starts at one step, or one of them, without the axis of starts."""

    temperature: float
    scores: Array  # (starts,), of the mixtures
    words: Ids  # (starts, T), places among the known words
    shares: Array  # (starts, T), of that word in its mixture

    def of_start(self, start: int) -> ClimbMoment:
        """Return the moment of one start."""
        parts = (self.scores, self.words, self.shares)
        return ClimbMoment(self.temperature, *(part[start] for part in parts))


@dataclass(frozen=True)
class MixtureClimb:
    """The settings of a climb over mixtures."""

    steps: int
    rate: float
    temperatures: tuple[float, float]
    repeats: bool  # whether a word may stand in a text twice

    def moments(
        self, aim: LabelLogOdds, table: Array, free: Array
    ) -> Iterator[ClimbMoment]:
        """Climb from free numbers, and yield steps + 1 moments.

        Args:
            aim: What is climbed.
            table: Vectors of the words that may be written, (words, D).
            free: Free numbers, (starts, T, words).
        """
        first, second = np.zeros(free.shape), np.zeros(free.shape)
        coolings = np.geomspace(*self.temperatures, self.steps + 1)
        for step, temperature in enumerate(coolings, 1):
            shares = softmax(free / temperature)
            mixed = shares @ table
            scores, slope = aim.gradient(mixed)
            words = nearest_words(mixed, table, repeats=self.repeats)
            own = np.take_along_axis(shares, words[..., None], -1)[..., 0]
            yield ClimbMoment(float(temperature), scores, words, own)
            up = softmax_gradient(shares, slope @ table.T) / temperature
            first += (1 - FIRST) * (up - first)
            second += (1 - SECOND) * (up * up - second)
            even = np.sqrt(second / (1 - SECOND**step)) + SMALL
            free = free + self.rate * first / (1 - FIRST**step) / even


def nearest_words(mixed: Array, table: Array, *, repeats: bool) -> Ids:
    """Return the word of the smallest angle at each place.

    Args:
        mixed: Vectors of mixtures, (starts, T, D).
        table: Vectors of words, (words, D).
        repeats: Whether a word may stand twice; if not, the place and the word that fit
            best
            are matched first.

    Returns:
        Places in `table`, (starts, T).
    """
    cosines = normalize_vectors(mixed) @ normalize_vectors(table).T
    if repeats:
        return np.asarray(cosines.argmax(-1))
    return np.array([match_words(row) for row in cosines], np.intp)


def normalize_vectors(vectors: Array) -> Array:
    """Scale vectors to length 1; a vector of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))


def match_words(cosines: Array) -> Ids:
    """Match a word to each place of (T, words), none twice, the best fit first."""
    left = cosines.copy()
    matched = np.zeros(len(left), np.intp)
    for _ in range(len(left)):
        place, word = np.unravel_index(int(left.argmax()), left.shape)
        matched[place] = word
        left[place], left[:, word] = -np.inf, -np.inf
    return matched


SHORTLIST = 16
"""Flips that the model is asked about at once."""
BETTER = 1e-6
"""By how much a flip must be better: beyond float32 rounding."""
Text = tuple[int, ...]


@dataclass(frozen=True)
class WordExchange:
    """The settings of word exchanges: ids that may be written, how often, twice or not."""

    known: NDArray[np.intp]
    flips: int
    repeats: bool

    def climb(
        self, aim: LabelLogOdds, text: Sequence[int]
    ) -> Iterator[tuple[Text, float]]:
        """Yield the text after each flip, with its log odds; nothing if none is better."""
        here = tuple(int(one) for one in text)
        best = float(aim.score([here])[0])
        for _ in range(self.flips):
            tried = self._promising_texts(aim, here)
            if not tried:
                return
            scores = aim.score(tried)
            place = int(scores.argmax())
            if scores[place] <= best + BETTER:
                return
            here, best = tried[place], float(scores[place])
            yield here, best

    def _promising_texts(self, aim: LabelLogOdds, text: Text) -> list[Text]:
        """Return texts that differ in one word, those of the largest estimates first."""
        gains = self.estimates(aim, text)
        order = np.argsort(-gains, axis=None, kind="stable")[:SHORTLIST]
        places, words = np.unravel_index(order, gains.shape)
        return [
            (*text[:place], int(self.known[word]), *text[place + 1 :])
            for place, word in zip(places.tolist(), words.tolist(), strict=True)
            if np.isfinite(gains[place, word])
        ]

    def estimates(self, aim: LabelLogOdds, text: Text) -> Array:
        """Compute `g_t · (E_v − E_{x_t})`, (T, words); −inf where v may not stand."""
        point = vectors_of(aim.model, [text])
        slope = aim.gradient(point)[1][0]
        table = aim.model.embedding().astype(np.float64)[self.known]
        gains = slope @ table.T - (slope * point[0]).sum(1, keepdims=True)
        here = np.array(text)[:, None] == self.known
        barred = here if self.repeats else np.broadcast_to(here.any(0), here.shape)
        return np.where(barred, -np.inf, gains)


Rows = list[tuple[int, ...]]


def random_texts(
    known: Ids, length: int, count: int, rng: np.random.Generator, *, repeats: bool
) -> Rows:
    """Draw texts of evenly drawn words.

    Args:
        known: Ids of words.
        length: Words of a text.
        count: How many texts.
        rng: The source of randomness.
        repeats: Whether a word may stand in a text twice.
    """
    if repeats:
        texts = rng.choice(known, (count, length))
    else:
        texts = np.array([rng.permutation(known)[:length] for _ in range(count)])
    return [tuple(row) for row in texts.tolist()]


def training_stretches(
    context: Context, words: WordVocabulary, length: int, limit: int
) -> Rows:
    """Return different stretches of the training texts.

    Args:
        context: The corpus and the seed that chooses.
        words: The model's words.
        length: Words of a stretch.
        limit: At most so many.
    """
    stretches: dict[tuple[int, ...], None] = {}
    for document in training_documents(context):
        ids = words.encode(words.split(document.text))
        for start in range(len(ids) - length + 1):
            stretches[ids[start : start + length]] = None
    every = list(stretches)
    return [
        every[at] for at in choose_places(range(len(every)), limit, context.seed[:1])
    ]


def best_text(
    aim: LabelLogOdds, words: WordVocabulary, texts: Sequence[tuple[int, ...]]
) -> CandidateText:
    """Return the text of the largest score, the first of a tie."""
    scores = aim.score(texts)
    place = int(scores.argmax())
    tokens = tuple(words.token(index) for index in texts[place])
    return CandidateText(tokens=tokens, score=float(scores[place]))
