"""A classifier's predictions of every document of one side, and how long they take."""

from __future__ import annotations

import operator
import os
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Artifact, Ints, Predictions
from generator.core.errors import CorpusError, UnsupportedError, quote_text
from generator.core.spec import LineText
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.common.checks import probability_checks, verify_checks
from generator.methods.common.classifier_texts import (
    document_texts,
    predicted_labels,
    side_documents,
)
from generator.methods.common.feature_rows import load_rows
from generator.methods.common.language_model_texts import choose_places
from generator.models.base import Epoch, HasParameterCount
from generator.models.capabilities import Classifier, RowClassifier

Mask = NDArray[np.bool_]
TIMED = 200
"""Texts that are asked together to take the time."""
TURNS = 3
"""How often, of which the fastest counts: what else a machine does only adds."""


def predict_side(
    context: Context, part: str, epoch: Epoch, without: str | None = None
) -> Predictions:
    """Predict every document of a side.

    Args:
        context: The model and its corpus.
        part: "test" or "validation".
        epoch: The snapshot.
        without: A feature mask of a numeric corpus; what it names is set to 0.

    Returns:
        Probabilities (documents, labels), truths, and times where these may be
        recorded.

    Raises:
        CorpusError: There is no document, or one whose label the model lacks.
        IntegrityError: The rows are not probabilities.
    """
    model: Any = context.model.at(epoch)
    places, truths, texts = side_inputs(context, model, part, without)
    probabilities = model.predict(texts)
    return Predictions(
        epoch=model.epoch,
        checks=verify_checks(*probability_checks(probabilities)),
        labels=model.labels,
        documents=np.array(places, np.int32),
        truths=np.array(truths, np.int32),
        probabilities=probabilities,
        part=part,
        parameters=model.parameters if isinstance(model, HasParameterCount) else 0,
        seconds_per_epoch=seconds_per_epoch(context),
        seconds_per_text=seconds_per_text(model, texts, context.seed),
    )


def side_inputs(
    context: Context, model: Classifier | RowClassifier, part: str, without: str | None
) -> tuple[Sequence[int], Sequence[int], Any]:
    """Return indices and labels of a side's documents, and the inputs of the model."""
    if isinstance(model, RowClassifier):
        places = side_documents(context, part)
        rows, known = load_rows(context, places, without)
        return places, [model.labels.index(label) for label in known], rows
    return side_texts(context, model, part)


def side_texts(
    context: Context, model: Classifier, part: str
) -> tuple[Sequence[int], Sequence[int], list[Any]]:
    """Return indices, labels and token ids of a side's documents.

    Raises:
        CorpusError: A document has a label that the model lacks.
    """
    known = {label: place for place, label in enumerate(model.labels)}
    places, truths, texts = [], [], []
    for question in document_texts(context, model, part):
        place = question.document or 0
        if question.truth not in known:
            raise CorpusError(
                f"document {place + 1:,}: its label is {quote_text(question.truth)}; "
                f"expected one of the model's: {', '.join(map(quote_text, known))}"
            )
        places.append(place)
        truths.append(known[question.truth])
        texts.append(question.ids)
    return places, truths, texts


def times_are_recorded() -> bool:
    """Return whether times may be recorded: not where builds must not differ by them."""
    return "SOURCE_DATE_EPOCH" not in os.environ


def seconds_per_epoch(context: Context) -> float | None:
    """Return how long an epoch of the training took, None where that is not known."""
    log = context.model.log
    if log.seconds is None or not times_are_recorded() or not max(log.epochs):
        return None
    return log.seconds / max(log.epochs)


def seconds_per_text(
    model: Classifier,
    texts: Any,  # noqa: ANN401 - token ids of texts, or an array of rows
    seed: Sequence[int],
) -> float | None:
    """Measure how long a prediction takes; the model is warm, as it predicted before.

    Args:
        model: The classifier.
        texts: Texts or rows; at most `TIMED` of them are used.
        seed: Chooses them.

    Returns:
        Seconds per text, the fastest of `TURNS`; None where times may not be recorded.
    """
    if not times_are_recorded():
        return None
    few = choose_places(range(len(texts)), TIMED, seed[:1])
    rows = isinstance(texts, np.ndarray)
    some = texts[list(few)] if rows else [texts[place] for place in few]
    durations = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        model.predict(some)
        durations.append(time.perf_counter() - begun)
    return min(durations) / len(some)


def right_predictions(predictions: Predictions) -> Mask:
    """Return where the most probable label is the document's own, (documents,)."""
    return np.asarray(predicted_labels(predictions.probabilities) == predictions.truths)


def check_same_documents(mine: Predictions, other: Artifact, name: str) -> Predictions:
    """Return another model's predictions if they are of the same documents.

    Args:
        mine: Predictions of this model.
        other: The artifact of the other one.
        name: Its name, for messages.

    Raises:
        UnsupportedError: The artifact holds something else, or labels or documents
            differ.
    """
    place = f"against: {quote_text(name)}"
    if not isinstance(other, Predictions):
        raise UnsupportedError(
            f"{place} holds no predictions; name an artifact of the method predictions"
        )
    if other.labels != mine.labels:
        raise UnsupportedError(
            f"{place} knows the labels {_list_labels(other.labels)}; expected "
            f"{_list_labels(mine.labels)}, as the model has: ask a model of the same corpus"
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
    """Describe how two rows of numbers differ, "" where they do not."""
    if len(ours) != len(theirs):
        return f"{len(theirs):,}, not {len(ours):,}"
    count = int(np.sum(ours != theirs))
    return f"{count:,} of {len(ours):,} differ" if count else ""


def _list_labels(labels: Sequence[Any]) -> str:
    return ", ".join(map(quote_text, labels))


class ClassifierPredictions(Method):
    """What a classifier says of every document of one side of its corpus.

    1. Every document of the side is asked about, in one state of the model: the documents
       for the test, which decided nothing in its training, or those for validation, which
       chose the epoch. Each gets a probability for every label; they sum to 1, which is
       checked.
    2. Beside them stand the labels that the documents have in the corpus.
    3. What the model costs is kept with its answers: how many numbers it learnt, the
       seconds that an epoch of its training took, and the seconds that one text takes. For
       the latter, 200 documents at most are asked together three times, after all were
       asked once, and the fastest time is divided among them. Division into words is not
       counted. A bag of words has no epochs: its whole fit counts as one.

    A model of rows of numbers is asked about rows. With `without`, what an annotation mask
    names is 0 in all of them, to see what the model is worth without it.

    Two models can be compared document by document when both were asked about the same
    ones. They were if both have the same corpus and the same shares for validation and
    test, as the division follows from these and the study's seed.

    Times belong to one run on one machine. Where builds must not differ by them they are
    not kept.

    Source: the division into documents to learn from, to choose by and to test on is common
    practice; Ripley (1996), Pattern recognition and neural networks, gives the three their
    names.
    """

    needs: ClassVar = ((Classifier, RowClassifier),)
    gives: ClassVar = Predictions
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.LABEL})
    method: Literal["predictions"]
    part: Literal["test", "validation"] = "test"
    """The side of the corpus that is asked about."""
    epoch: Epoch = "best"
    """The snapshot that is asked."""
    without: LineText | None = Field(default=None, exclude_if=operator.not_)
    """An annotation mask of a corpus of numbers: the features that it names are set to
    0 before the model is asked, in their own units."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> Predictions:
        """Predict every document of the side; see the base."""
        return predict_side(context, self.part, self.epoch, self.without)
