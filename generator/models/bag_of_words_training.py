"""A bag of words learnt from the training side of a corpus, and the log of it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator import machine
from generator.corpora.base import Corpus, sides
from generator.corpora.words import words_of
from generator.errors import ConfigError, CorpusError, quoted
from generator.models import bag_of_words_grams as grams
from generator.models.bag_of_words_fitting import STEPS, STRENGTHS, Fit, Sample, fits
from generator.models.bag_of_words_model import BagOfWords, weighted
from generator.models.base import Texts, TrainingLog
from generator.progress import Progress

Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Plan:
    """What to fit, as a study words it."""

    ngrams: int
    least_documents: int
    max_features: int
    strength: float | None
    validation: float
    test: float


class Trained(NamedTuple):
    """What fitting leaves."""

    before: BagOfWords  # which knows the frequencies of the labels alone
    model: BagOfWords
    log: TrainingLog


def train(corpus: Corpus, plan: Plan, seed: int, progress: Progress) -> Trained:
    """Fit to the training side. Raises `CorpusError`, `ConfigError`."""
    begun = time.perf_counter()
    divided = sides(corpus, plan.validation, plan.test, seed)
    truths = places(corpus, divided.train)
    _check(corpus.labels, truths, plan, len(divided.validation))
    learnt = grams.learn(
        lambda: _words(corpus, divided.train),
        plan.ngrams,
        plan.least_documents,
        plan.max_features,
    )
    if not len(learnt.grams):
        raise CorpusError(
            f"no word is in {plan.least_documents:,} of the {len(truths):,} training "
            "documents; expected some: lower least_documents, or look at the corpus"
        )
    values = weighted(learnt.tally, learnt.idf, len(truths))
    taught = Sample(learnt.tally, values, truths)
    held = _sample(learnt, corpus, divided.validation)
    before = _prior(learnt, corpus.labels, truths)
    progress.model("bag_of_words", 1, 0)
    found = tuple(fits(before, taught, held, plan.strength, progress))
    best = min(found, key=lambda fit: fit.validation_loss)  # the first of a tie
    losses = taught.loss(best.model), best.validation_loss
    progress.epoch(1, *losses)
    recorded = "SOURCE_DATE_EPOCH" not in os.environ
    log = TrainingLog(
        epochs=(0, 1),
        losses=(math.nan, losses[0]),
        validation_losses=(held.loss(before), losses[1]),
        best=1,
        windows=len(truths),
        held_out=divided.validation,
        seconds=time.perf_counter() - begun if recorded else None,
        fingerprint=fingerprint(),
        tested=divided.test,
        notes=tuple(_notes(found, best, plan, len(held.truths))),
    )
    return Trained(before, best.model, log)


def places(corpus: Corpus, indices: Sequence[int]) -> Numbers:
    """Where the labels of documents stand among all. Raises `CorpusError`."""
    known = {label: place for place, label in enumerate(corpus.labels)}
    found = [known.get(corpus.documents[index].label or "", -1) for index in indices]
    if -1 in found:
        index = indices[found.index(-1)]
        label = corpus.documents[index].label
        raise CorpusError(
            f"document {index + 1:,} has the label {quoted(label or '')}; expected one "
            f"of {', '.join(map(quoted, corpus.labels)) or 'some labels'}"
        )
    return np.array(found, np.int64)


def _check(labels: Sequence[str], truths: Numbers, plan: Plan, held: int) -> None:
    """Raise unless there is something to tell apart, and to choose by."""
    counts = np.bincount(truths, minlength=len(labels))
    for label, count in zip(labels, counts, strict=True):
        if not count:
            raise CorpusError(
                f"no training document has the label {quoted(label)}; expected one or "
                "more of each label: add documents, or use another seed"
            )
    if len(labels) <= 1:
        raise CorpusError("the corpus has one label at most; expected two or more")
    if plan.strength is None and not held:
        raise ConfigError(
            "strength: no document is held out to choose it by; expected a number, or "
            "a share for validation"
        )


def _words(corpus: Corpus, indices: Sequence[int]) -> Iterator[tuple[str, ...]]:
    return (words_of(corpus.documents[index].text) for index in indices)


def _sample(learnt: grams.Learnt, corpus: Corpus, indices: Sequence[int]) -> Sample:
    """Documents that were not learnt from."""
    known = learnt.grams.words
    texts: Texts = [known.encode(words) for words in _words(corpus, indices)]
    tally = learnt.grams.tally(texts)
    values = weighted(tally, learnt.idf, len(texts))
    return Sample(tally, values, places(corpus, indices))


def _prior(
    learnt: grams.Learnt, labels: tuple[str, ...], truths: Numbers
) -> BagOfWords:
    """A model that knows how frequent each label is, and of words nothing."""
    logits = np.log(np.bincount(truths, minlength=len(labels)) / len(truths))
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
        ("system", machine.system()),
        ("threads", "1"),
    )
