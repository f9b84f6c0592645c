"""A bag of words learnt from the training side of a corpus, and the log of it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import NamedTuple

import numpy as np

from generator import machine
from generator.corpora.base import Corpus, sides
from generator.corpora.truths import on_permuted, permuted, taught, truths
from generator.corpora.words import words_of
from generator.errors import ConfigError, CorpusError
from generator.models import bag_of_words_grams as grams
from generator.models.bag_of_words_fitting import (
    STEPS,
    STRENGTHS,
    Fit,
    Sample,
    fits,
    ready,
)
from generator.models.bag_of_words_model import BagOfWords, weighted
from generator.models.base import Texts
from generator.models.logs import TrainingLog
from generator.progress import Progress


@dataclass(frozen=True)
class Plan:
    """What to fit, as a study words it."""

    ngrams: int
    least_documents: int
    max_features: int
    strength: float | None
    validation: float
    test: float
    permute_labels: bool = False


class Trained(NamedTuple):
    """What fitting leaves."""

    before: BagOfWords  # which knows the frequencies of the labels alone
    model: BagOfWords
    log: TrainingLog


def train(corpus: Corpus, plan: Plan, seed: int, progress: Progress) -> Trained:
    """Fit to the training side. Raises `CorpusError`, `ConfigError`."""
    ready()
    begun = time.perf_counter()
    divided = sides(corpus, plan.validation, plan.test, seed)
    own = truths(corpus, divided.train)
    counts = taught(corpus.labels, own)
    given = permuted(own, seed) if plan.permute_labels else own
    places = np.array(given, np.int64)
    if plan.strength is None and not divided.validation:
        raise ConfigError(
            "strength: no document is held out to choose it by; expected a number, or "
            "a share for validation"
        )
    learnt = _learnt(corpus, divided.train, plan)
    values = weighted(learnt.tally, learnt.idf, len(places))
    lesson = Sample(learnt.tally, values, places)
    held = _held_out(learnt, corpus, divided.validation)
    before = _prior(learnt, corpus.labels, counts)
    progress.model("bag_of_words", 1, 0)
    found = tuple(fits(before, lesson, held, plan.strength, progress))
    best = min(found, key=lambda fit: fit.validation_loss)  # the first of a tie
    loss = lesson.loss(best.model)
    progress.epoch(1, loss, best.validation_loss)
    log = TrainingLog(
        epochs=(0, 1),
        losses=(math.nan, loss),
        validation_losses=(held.loss(before), best.validation_loss),
        best=1,
        windows=len(places),
        held_out=divided.validation,
        seconds=_since(begun),
        fingerprint=fingerprint(),
        tested=divided.test,
        learnt="texts",
        notes=(
            *_notes(found, best, plan, len(held.truths)),
            *on_permuted(own, given),
        ),
    )
    return Trained(before, best.model, log)


def _since(begun: float) -> float | None:
    """Seconds since then, None where builds must not differ by times."""
    return None if "SOURCE_DATE_EPOCH" in os.environ else time.perf_counter() - begun


def _words(corpus: Corpus, indices: Sequence[int]) -> Iterator[tuple[str, ...]]:
    return (words_of(corpus.documents[index].text) for index in indices)


def _learnt(corpus: Corpus, indices: Sequence[int], plan: Plan) -> grams.Learnt:
    """The features of documents. Raises `CorpusError` if there are none."""
    found = grams.learn(
        lambda: _words(corpus, indices),
        plan.ngrams,
        plan.least_documents,
        plan.max_features,
    )
    if not len(found.grams):
        raise CorpusError(
            f"no word is in {plan.least_documents:,} of the {len(indices):,} training "
            "documents; expected some: lower least_documents, or look at the corpus"
        )
    return found


def _held_out(learnt: grams.Learnt, corpus: Corpus, indices: Sequence[int]) -> Sample:
    """Documents that were not learnt from."""
    known = learnt.grams.words
    texts: Texts = [known.encode(words) for words in _words(corpus, indices)]
    tally = learnt.grams.tally(texts)
    values = weighted(tally, learnt.idf, len(texts))
    return Sample(tally, values, np.array(truths(corpus, indices), np.int64))


def _prior(
    learnt: grams.Learnt, labels: tuple[str, ...], counts: tuple[int, ...]
) -> BagOfWords:
    """A model that knows how frequent each label is, and of words nothing."""
    logits = np.log(np.array(counts) / sum(counts))
    if len(labels) == 2:  # noqa: PLR2004 - one row is enough
        logits = logits[1:] - logits[0]
    nothing = np.zeros((len(logits), len(learnt.grams)))
    return BagOfWords(learnt.grams, learnt.idf, nothing, logits, labels, 0)


def _notes(tried: Sequence[Fit], best: Fit, plan: Plan, held: int) -> Iterator[str]:
    """What a page says beside the settings."""
    known = best.model.grams
    yield (
        f"{len(known.words.words):,} words and {len(known.pairs):,} pairs of words, "
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


def fingerprint() -> tuple[tuple[str, str], ...]:
    """What decides the bits of the coefficients, as sorted (name, value) pairs."""
    packages = ("numpy", "scikit-learn", "scipy")
    return (
        *((name, version(name)) for name in packages),
        ("processor", machine.processor()),
        ("system", machine.operating_system()),
        ("threads", "1"),
    )
