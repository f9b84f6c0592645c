"""The method that evaluates a classifier, beside other models on the same documents."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Estimates, Predictions
from generator.core.spec import LineText
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.evaluation.accuracy_tables import (
    TABLES,
    Measure,
    ModelAnswers,
    describe_state,
)
from generator.methods.evaluation.predictions import check_same_documents, predict_side
from generator.models.base import Epoch
from generator.models.capabilities import Classifier, RowClassifier

COMPARISONS = frozenset({"accuracy", "difference"})


class ClassifierEvaluation(Method):
    """How often a classifier is right, beside other models on the same documents.

    The documents of one side are asked about: those for the test decided nothing in the
    model's training; those for validation chose its epoch, so that on them it looks better
    than it is. The notes say which epoch was asked and how it was chosen. A document counts
    as right if its own label is the most probable one, the first of a tie.

    *accuracy*: the share of documents that are right, with its Wilson interval, for the
    model and for others that are named. The line and a row of its own show a model that
    always gives the label most frequent in training. With each other model stands McNemar's
    exact two-sided p: among the documents on which one of the two models is right and the
    other wrong, how probable is a split at least as uneven as this one, if each fell to
    either model like a coin? The notes give both counts. The p-value, not the overlap of
    two intervals, says whether the models differ, as both read the same documents.

    *difference*: the model's accuracy minus each other's, with a 95 % bootstrap interval
    over documents and the same p.

    Verdict, of these two, about one other model: supported if the model is right more often
    and p < 0.05; not supported if it is right less often and p < 0.05; otherwise undecided.

    *calibration*: documents in ten bins of equal width by the probability of the label that
    the model gave; for each bin that is not empty, the share that is right, with its Wilson
    interval. A calibrated model is right as often as it is sure: each share would be the
    bin's mean probability, which stands in its name. The expected calibration error is the
    size of the gap between the two, averaged over documents, with a bootstrap interval. It
    cannot be 0 in a finite sample, so that of a calibrated model stands beside it: the same
    probabilities, with right and wrong drawn by them.

    *labels*: for each label its recall, the share of its documents that are given it, and
    its precision, the share of documents given it that have it; Wilson intervals.

    *cost* and *training_cost*: milliseconds for a text, and seconds for an epoch of
    training. They are single measurements, of one run on one machine, and so have no
    interval; the notes give the number of learnt parameters.

    Source: Wilson (1927) for the interval; McNemar (1947), Note on the sampling error of
    the difference between correlated proportions, and Dietterich (1998), Approximate
    statistical tests for comparing supervised classification learning algorithms, for the
    comparison; Guo et al. (2017), On calibration of modern neural networks, arXiv
    1706.04599, for the bins and the error.

    Differs: McNemar's test is the exact binomial one, not its approximation by chi-squared.
    """

    version: ClassVar[int] = 3
    needs: ClassVar = ((Classifier, RowClassifier),)
    reads: ClassVar = (Predictions,)
    gives: ClassVar = Estimates
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.LABEL})
    method: Literal["evaluation"]
    measure: Measure = "accuracy"
    """Which quantity; one table each."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus that is asked about."""
    epoch: Epoch = "best"
    """The snapshot that is asked."""
    against: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    """Artifacts of `predictions` of other models on the same documents."""
    names: tuple[LineText, ...] = ()
    """What rows call the models: this one, then the others; without, as the study."""
    than: str | None = None
    """Which of `against` the verdict is about; not needed where there is one."""
    claim: LineText | None = None
    """The sentence that the verdict is about; without it, "… is right more often"."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        """Check that the settings do not contradict each other.

        Raises:
            ValueError: They do.
        """
        if self.measure == "difference" and not self.against:
            raise ValueError("difference: name another model's predictions in against")
        if len(set(self.against)) < len(self.against):
            raise ValueError("against: one of them is named twice")
        if self.names and len(self.names) != 1 + len(self.against):
            raise ValueError("names: give one for the model and one for each other")
        if len(set(self.names)) < len(self.names):
            raise ValueError("names: two are the same")
        if self.than is not None and self.than not in self.against:
            raise ValueError("than: must be one of against")
        if self.claim is not None and not self._find_rival():
            raise ValueError(
                "claim: there is no verdict without one other model to compare with, "
                "by accuracy or difference; name it in against, or in than of several"
            )
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the names of other models' predictions."""
        return self.against

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> Estimates:
        """Predict and compare; see the base.

        Raises:
            UnsupportedError: Predictions of another model are of other documents.
        """
        mine = predict_side(context, self.part, self.epoch)
        names = self.names or (self.model, *self.against)
        pairs = zip(self.against, context.artifacts, strict=True)
        others = [check_same_documents(mine, other, name) for name, other in pairs]
        rival = self._find_rival()
        tested = ModelAnswers(
            context=context,
            names=names,
            predictions=(mine, *others),
            chosen=describe_state(context, mine, self.epoch),
            rival=1 + self.against.index(rival) if rival else None,
            claim=self.claim or "",
        )
        return TABLES[self.measure](tested)

    def _find_rival(self) -> str | None:
        """Return the other model that a verdict is about, if there is to be one."""
        if self.measure not in COMPARISONS:
            return None
        return self.against[0] if len(self.against) == 1 else self.than
