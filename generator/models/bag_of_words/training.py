"""Training of a bag of words: its features, its coefficients, and the log.

`fit_model` learns features from the training side and fits logistic regression under
one penalty, or under several of which the validation documents choose one.
"""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.core import machine
from generator.core.errors import ConfigError, CorpusError
from generator.core.progress import Progress
from generator.corpora.base import Corpus, split_corpus
from generator.corpora.splits import (
    count_training_labels,
    find_label_indices,
    note_permutation,
    shuffle_labels,
)
from generator.corpora.words import (
    Unit,
    note_mostly_unknown,
    split_into_units,
)
from generator.models.bag_of_words import features as grams
from generator.models.bag_of_words.features import FeatureCounts
from generator.models.bag_of_words.model import BagOfWords, compute_tfidf
from generator.models.base import Texts, TrainingLog

Array = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]
STRENGTHS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)
"""Penalties to try where the study names none, strong ones first."""
STEPS = 1000
"""Steps of L-BFGS at most."""


class WeightedTexts(NamedTuple):
    """Texts as TF-IDF features, and the indices of their labels."""

    tally: FeatureCounts
    values: Array  # parallel to the tally
    truths: Numbers  # (texts,)

    def compute_loss(self, model: BagOfWords) -> float:
        """Compute the mean cross-entropy of a model on these texts.

        Args:
            model: A model with the same features.

        Returns:
            Nats for a text; NaN for no texts.
        """
        count = len(self.truths)
        if not count:
            return math.nan
        logits = model.sum_logits(self.tally, self.values, count)
        top = logits.max(axis=1)
        sums = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        return float((sums - logits[np.arange(count), self.truths]).mean())


class PenaltyFit(NamedTuple):
    """A model fitted under one penalty, and its loss on validation texts."""

    strength: float
    model: BagOfWords
    validation_loss: float
    converged: bool


def import_optimizer() -> None:
    """Import the packages that `fit_penalties` needs, before time is taken."""
    import scipy.sparse  # noqa: F401
    import sklearn.linear_model  # noqa: F401


def fit_penalties(
    before: BagOfWords,
    taught: WeightedTexts,
    held: WeightedTexts,
    strength: float | None,
    progress: Progress,
) -> Iterator[PenaltyFit]:
    """Fit under the given penalty; without one, under weaker and weaker ones.

    Ends with the first fit that is worse on held-out texts than the one before, because
    the weakest penalties take longest.

    Args:
        before: The model before training, which has the features.
        taught: Training texts.
        held: Validation texts.
        strength: The penalty, or None to try those of `STRENGTHS`.
        progress: Receives the training loss of each fit.

    Yields:
        One fit for each penalty tried.
    """
    tried = STRENGTHS if strength is None else (strength,)
    last = math.inf
    for number, penalty in enumerate(tried, 1):
        model, converged = _minimise_loss(before, taught, penalty)
        found = PenaltyFit(penalty, model, held.compute_loss(model), converged)
        progress.step(1, number, len(tried), taught.compute_loss(model))
        yield found
        if found.validation_loss > last:
            return
        last = found.validation_loss


def _minimise_loss(
    before: BagOfWords, taught: WeightedTexts, strength: float
) -> tuple[BagOfWords, bool]:
    """Minimise the penalised loss; return the model and whether L-BFGS converged."""
    from scipy.sparse import csr_array
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    tally, shape = taught.tally, (len(taught.truths), len(before.grams))
    rows = csr_array((taught.values, (tally.texts, tally.features)), shape=shape)
    search = LogisticRegression(C=1 / strength, max_iter=STEPS)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        search.fit(rows, taught.truths)
    found = BagOfWords(
        before.grams, before.idf, search.coef_, search.intercept_, before.labels, 1
    )
    return found, int(search.n_iter_.max()) < STEPS


@dataclass(frozen=True)
class BagOfWordsPlan:
    """Settings of a fit, as the recipe has them."""

    ngrams: int
    least_documents: int
    max_features: int
    strength: float | None
    validation: float
    test: float
    permute_labels: bool = False
    unit: Unit = "word"


class FittedModel(NamedTuple):
    """Result of a fit: the models before and after it, and the log."""

    before: BagOfWords  # which knows the frequencies of the labels alone
    model: BagOfWords
    log: TrainingLog


def fit_model(
    corpus: Corpus, plan: BagOfWordsPlan, seed: int, progress: Progress
) -> FittedModel:
    """Fit a bag of words to the training side of a corpus.

    Args:
        corpus: Labelled texts.
        plan: Settings of the fit.
        seed: The study's seed, which splits the corpus.
        progress: Receives the losses.

    Returns:
        The fitted model with its prior and its log.

    Raises:
        CorpusError: Labels or words are too few to learn from.
        ConfigError: There is neither a penalty nor a validation text to choose it by.
    """
    import_optimizer()
    begun = time.perf_counter()
    divided = split_corpus(corpus, plan.validation, plan.test, seed)
    own = find_label_indices(corpus, divided.train)
    counts = count_training_labels(corpus.labels, own)
    given = shuffle_labels(own, seed) if plan.permute_labels else own
    places = np.array(given, np.int64)
    if plan.strength is None and not divided.validation:
        raise ConfigError(
            "strength: no document is held out to choose it by; expected a number, or "
            "a share for validation"
        )
    learnt = _learn_features(corpus, divided.train, plan)
    values = compute_tfidf(learnt.tally, learnt.idf, len(places))
    lesson = WeightedTexts(learnt.tally, values, places)
    held = _weigh_held_out(learnt, corpus, divided.validation)
    before = _build_prior(learnt, corpus.labels, counts)
    progress.model("bag_of_words", 1, 0)
    found = tuple(fit_penalties(before, lesson, held, plan.strength, progress))
    best = min(found, key=lambda fit: fit.validation_loss)  # the first of a tie
    loss = lesson.compute_loss(best.model)
    progress.epoch(1, loss, best.validation_loss)
    log = TrainingLog(
        epochs=(0, 1),
        losses=(math.nan, loss),
        validation_losses=(held.compute_loss(before), best.validation_loss),
        best=1,
        windows=len(places),
        held_out=divided.validation,
        seconds=_measure_seconds(begun),
        fingerprint=compute_fit_fingerprint(),
        tested=divided.test,
        learnt="texts",
        notes=(
            *_notes(found, best, plan, len(held.truths)),
            *_note_unknown(learnt, corpus, divided.validation),
            *note_permutation(own, given),
        ),
    )
    return FittedModel(before, best.model, log)


def _measure_seconds(begun: float) -> float | None:
    """Return seconds since `begun`; None where builds must be reproducible."""
    return None if "SOURCE_DATE_EPOCH" in os.environ else time.perf_counter() - begun


def _iterate_words(
    corpus: Corpus, indices: Sequence[int], unit: Unit
) -> Iterator[tuple[str, ...]]:
    return (split_into_units(corpus.documents[index].text, unit) for index in indices)


def _note_unknown(
    learnt: grams.FeatureStatistics, corpus: Corpus, indices: Sequence[int]
) -> tuple[str, ...]:
    """Note that most words of validation documents are unknown, if they are."""
    known = learnt.grams.words
    texts = _iterate_words(corpus, indices, known.unit)
    return note_mostly_unknown(known.ids, texts, "validation texts", known.unit)


def _learn_features(
    corpus: Corpus, indices: Sequence[int], plan: BagOfWordsPlan
) -> grams.FeatureStatistics:
    """Learn the features of training documents.

    Raises:
        CorpusError: No feature is in enough of them.
    """
    found = grams.learn_features(
        lambda: _iterate_words(corpus, indices, plan.unit),
        plan.ngrams,
        plan.least_documents,
        plan.max_features,
        plan.unit,
    )
    if not len(found.grams):
        raise CorpusError(
            f"no {plan.unit} is in {plan.least_documents:,} of the {len(indices):,} "
            "training documents; expected some: lower least_documents, or look at the "
            "corpus"
        )
    return found


def _weigh_held_out(
    learnt: grams.FeatureStatistics, corpus: Corpus, indices: Sequence[int]
) -> WeightedTexts:
    """Compute the TF-IDF features of documents that were not learnt from."""
    known = learnt.grams.words
    split = _iterate_words(corpus, indices, known.unit)
    texts: Texts = [known.encode(words) for words in split]
    tally = learnt.grams.count_occurrences(texts)
    values = compute_tfidf(tally, learnt.idf, len(texts))
    return WeightedTexts(
        tally, values, np.array(find_label_indices(corpus, indices), np.int64)
    )


def _build_prior(
    learnt: grams.FeatureStatistics, labels: tuple[str, ...], counts: tuple[int, ...]
) -> BagOfWords:
    """Build a model that knows how frequent each label is, and nothing of words."""
    logits = np.log(np.array(counts) / sum(counts))
    if len(labels) == 2:  # noqa: PLR2004 - one row is enough
        logits = logits[1:] - logits[0]
    nothing = np.zeros((len(logits), len(learnt.grams)))
    return BagOfWords(learnt.grams, learnt.idf, nothing, logits, labels, 0)


def _notes(
    tried: Sequence[PenaltyFit], best: PenaltyFit, plan: BagOfWordsPlan, held: int
) -> Iterator[str]:
    """Yield notes on the features, the penalty and the optimizer."""
    known = best.model.grams
    yield (
        f"{len(known.words.words):,} {plan.unit}s and {len(known.pairs):,} pairs of "
        f"{plan.unit}s, "
        f"each in {plan.least_documents:,} training documents or more"
    )
    if plan.strength is None:
        losses = ", ".join(f"{f.validation_loss:.4f} at {f.strength:g}" for f in tried)
        yield (
            f"penalty {best.strength:g}, chosen by the loss on {held:,} validation "
            f"documents: {losses}"
        )
        if best.strength == STRENGTHS[-1]:
            yield "no weaker penalty was tried; one might do better"
    if not best.converged:
        yield f"L-BFGS was stopped after {STEPS:,} steps, before it was done"


def compute_fit_fingerprint() -> tuple[tuple[str, str], ...]:
    """List what decides the bits of the coefficients, as sorted (name, value) pairs."""
    packages = ("numpy", "scikit-learn", "scipy")
    return (
        *((name, version(name)) for name in packages),
        ("processor", machine.processor()),
        ("system", machine.operating_system()),
        ("threads", "1"),
    )
