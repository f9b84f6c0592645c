"""What a classifier says of every document of one side, and how long it took."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, Ints, Predictions
from generator.errors import CorpusError, UnsupportedError, quoted
from generator.methods.base import Asked
from generator.methods.checks import probability_checks, verified
from generator.methods.classified import documents, predicted, side
from generator.methods.numbered import rows_of
from generator.methods.texts import chosen
from generator.models.base import Counted, Epoch
from generator.models.classifiers import Classifier
from generator.models.rows import RowClassifier

Mask = NDArray[np.bool_]
TIMED = 200
"""Texts that are asked together to take the time."""
TURNS = 3
"""How often, of which the fastest counts: what else a machine does only adds."""


def ask_side(
    asked: Asked, part: str, epoch: Epoch, without: str | None = None
) -> Predictions:
    """Ask about every document of a side. Raises `CorpusError`, `IntegrityError`.

    `without` is an annotation mask of rows of numbers: what it names is set to 0.
    """
    model: Any = asked.model.at(epoch)
    places, truths, texts = questions(asked, model, part, without)
    found = model.predict(texts)
    return Predictions(
        epoch=model.epoch,
        checks=verified(*probability_checks(found)),
        labels=model.labels,
        documents=np.array(places, np.int32),
        truths=np.array(truths, np.int32),
        probabilities=found,
        part=part,
        parameters=model.parameters if isinstance(model, Counted) else 0,
        seconds_per_epoch=seconds_per_epoch(asked),
        seconds_per_text=seconds_per_text(model, texts, asked.seed),
    )


def questions(
    asked: Asked, model: Classifier | RowClassifier, part: str, without: str | None
) -> tuple[Sequence[int], Sequence[int], Any]:
    """Numbers and labels of a side's documents, and what the model is given of them."""
    if isinstance(model, RowClassifier):
        places = side(asked, part)
        rows, known = rows_of(asked, places, without)
        return places, [model.labels.index(label) for label in known], rows
    return texts_of(asked, model, part)


def texts_of(
    asked: Asked, model: Classifier, part: str
) -> tuple[Sequence[int], Sequence[int], list[Any]]:
    """Numbers, labels and texts of a side's documents. Raises `CorpusError`."""
    known = {label: place for place, label in enumerate(model.labels)}
    places, truths, texts = [], [], []
    for question in documents(asked, model, part):
        place = question.document or 0
        if question.truth not in known:
            raise CorpusError(
                f"document {place + 1:,}: its label is {quoted(question.truth)}; "
                f"expected one of the model's: {', '.join(map(quoted, known))}"
            )
        places.append(place)
        truths.append(known[question.truth])
        texts.append(question.ids)
    return places, truths, texts


def times_are_recorded() -> bool:
    """Whether times may be kept: not where builds must not differ by them."""
    return "SOURCE_DATE_EPOCH" not in os.environ


def seconds_per_epoch(asked: Asked) -> float | None:
    """How long an epoch of the training took, None where that is not known."""
    log = asked.model.log
    if log.seconds is None or not times_are_recorded() or not max(log.epochs):
        return None
    return log.seconds / max(log.epochs)


def seconds_per_text(
    model: Classifier,
    texts: Any,  # noqa: ANN401 - texts or rows
    seed: Sequence[int],
) -> float | None:
    """How long an answer takes; the model was asked before, so it is warm."""
    if not times_are_recorded():
        return None
    few = chosen(range(len(texts)), TIMED, seed[:1])
    rows = isinstance(texts, np.ndarray)
    some = texts[list(few)] if rows else [texts[place] for place in few]
    taken = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        model.predict(some)
        taken.append(time.perf_counter() - begun)
    return min(taken) / len(some)


def right(found: Predictions) -> Mask:
    """Where the most probable label is the document's own, (documents,)."""
    return np.asarray(predicted(found.probabilities) == found.truths)


def same_documents(mine: Predictions, other: Artifact, name: str) -> Predictions:
    """`other`, if it holds answers about the very documents of `mine`.

    Raises `UnsupportedError`.
    """
    place = f"against: {quoted(name)}"
    if not isinstance(other, Predictions):
        raise UnsupportedError(
            f"{place} holds {type(other).__name__}; expected predictions: name an "
            "artifact of the method predictions"
        )
    if other.labels != mine.labels:
        raise UnsupportedError(
            f"{place} knows the labels {_listed(other.labels)}; expected "
            f"{_listed(mine.labels)}, as the model has: ask a model of the same corpus"
        )
    for what, ours, theirs in (
        ("documents", mine.documents, other.documents),
        ("documents with the labels", mine.truths, other.truths),
    ):
        if difference := _difference(ours, theirs):
            raise UnsupportedError(
                f"{place} is about other {what} than this model's {mine.part} side: "
                f"{difference}; expected the same ones: give both models the same "
                "corpus, validation and test, and both questions the same part"
            )
    return other


def _difference(ours: Ints, theirs: Ints) -> str:
    """How two rows of numbers differ, "" where they do not."""
    if len(ours) != len(theirs):
        return f"{len(theirs):,}, not {len(ours):,}"
    count = int(np.sum(ours != theirs))
    return f"{count:,} of {len(ours):,} differ" if count else ""


def _listed(labels: Sequence[Any]) -> str:
    return ", ".join(map(quoted, labels))
