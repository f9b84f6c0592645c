"""The answers to all documents of a side."""

from __future__ import annotations

import operator
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Predictions
from generator.corpora.base import Annotation
from generator.methods.base import Asked, Method
from generator.methods.outcomes import ask_side
from generator.models.base import Epoch
from generator.models.classifiers import Classifier
from generator.models.rows import RowClassifier
from generator.spec import Line


class Predicting(Method):
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
    without: Line | None = Field(default=None, exclude_if=operator.not_)
    """An annotation mask of a corpus of numbers: the features that it names are set to
    0 before the model is asked, in their own units."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The one snapshot that is asked."""
        return (self.epoch,)

    def collect(self, asked: Asked) -> Predictions:
        """Ask. Raises `CorpusError` and `IntegrityError`."""
        return ask_side(asked, self.part, self.epoch, self.without)
