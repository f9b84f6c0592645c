"""Likeness of explanations to those of a network with random weights or labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from generator.artifacts import Anchors, Artifact, Scores, TokenScores, TrustScore
from generator.core.errors import ConfigError, quote_text
from generator.methods.attribution.shapley_values import draw_orders
from generator.methods.base import Context, Method
from generator.methods.common.classifier_texts import predicted_labels
from generator.methods.common.explained_predictions import ExplainedPrediction
from generator.methods.common.explanations import (
    ExplanationRow,
    Names,
    TextExplanation,
    common_epoch,
    describe_given,
    describe_left_out,
    document_ids,
    explanation_rows,
    read_explanations,
    select_sampled,
)
from generator.methods.common.perturbation import Array
from generator.methods.common.statistics import build_score, judge_score
from generator.methods.evaluation.reexplain import (
    NOT_REPEATABLE,
    RepeatableExplanation,
    describe_likeness,
    find_repeatable,
    is_repeatable,
    mean_of_repeats,
    measure_likeness,
    unrepeatable_reason,
)
from generator.models.base import ModelSpec
from generator.models.capabilities import Classifier, Randomisable

ORDERS = 20
"""Random orders of each text."""


class SanityCheck(Method):
    """Whether an explanation notices that the model has forgotten what it learnt.

    1. The layers of the trained network get fresh random weights, from the output down: the
       output alone, then the output and the layer before it, at last all of them. The same
       texts are explained each time by the same method, with the same draws, for the label
       that the artifact explains; an anchor, for the label that the network predicts.
    2. Each number is how alike the scores then are to those of the trained model: the size
       of Spearman's rank correlation over the words of a text. 0 is nothing in common, 1 is
       the same order or its reverse. Of anchors it is how many of the words in either are
       in both.
    3. Two orders of few words are alike by chance. What twenty random orders of the same
       scores have in common with them stands beside each number.
    4. If there is an explanation of a model that learnt from the same documents with their
       labels permuted, the texts of both are compared. That model knows the texts, and
       nothing of what they mean. It explains the label that it predicts, unless both
       explanations name one.
    5. A bag of words has one layer, its coefficients, which go to each other's words.

    A random network means nothing by its answers. A method that explains it as it explains
    the trained one shows the text, and not what the model made of it.

    **Passed** is said of the network whose layers are all random, and of the one that
    learnt permuted labels, where the whole interval over texts lies below 0.5; **failed**
    where it lies above, and nothing where it holds 0.5 or there are fewer than ten texts.
    Of the steps on the way nothing is said. Attention does not pass through the output, and
    should stay when only that is random.

    **What it cannot tell.** To pass is not to be right: noise passes. To fail is to be
    wrong, or to explain words that any network would weigh by where they stand. The random
    network is one draw; the interval is over texts. A text counts where the explanation is
    defined for both networks, and where the trained one's anchor is not empty.

    Source: Adebayo et al. (2018), Sanity checks for saliency maps, arXiv 1810.03292: the
    randomisation of weights in a cascade from the top, and that of labels.

    Differs: the vector by which attention scores begins at 0 and is drawn here, as even
    attention would be no random one. The size of the rank correlation stands for the two
    correlations, with signs and without, of that paper; random orders stand beside it.
    """

    version: ClassVar[int] = 3
    needs: ClassVar = (Randomisable,)
    reads: ClassVar = (TokenScores, Anchors)
    gives: ClassVar = Scores
    method: Literal["sanity"]
    of: Names
    """Artifacts with attributions, attention or anchors of the model that is asked."""
    permuted: tuple[str, ...] = ()
    """For each of them, in the same order, an artifact of the same method and of the
    same texts or some of them, of a model with `permute_labels: true`. Let it explain
    the last epoch: none is better than another on labels that follow from nothing."""
    documents: int = Field(default=50, ge=1, le=100_000)
    """Of how many texts at most, the first ones of each artifact."""
    most: float = Field(default=0.5, gt=0, lt=1)
    """How alike the explanations of a random network may be."""

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if self.permuted and len(self.permuted) != len(self.of):
            raise ValueError(
                f"permuted: {len(self.permuted)} artifacts for {len(self.of)} in of; "
                "give one for each, or none"
            )
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the explanations, then those of models trained on permuted labels."""
        return self.of + self.permuted

    @classmethod
    def inapplicable_reason(cls, producer: Method) -> str:
        """Return why an explanation cannot be repeated, which this needs."""
        return "" if is_repeatable(producer) else NOT_REPEATABLE

    def refusal_reason(self, read: str, producer: Method, model: ModelSpec) -> str:
        """Return why it cannot be repeated, or that labels are as they were."""
        if read not in self.permuted:
            return unrepeatable_reason(self, producer)
        if getattr(model, "permute_labels", False):
            return ""
        return (
            f"asks model {quote_text(producer.model)}, whose labels are as they were; "
            "set permute_labels: true on that model"
        )

    def collect(self, context: Context) -> Scores:
        """Explain again and compare; see the base."""
        notes: list[str] = []
        given: dict[str, Sequence[ExplanationRow]] = {}
        rows: list[TrustScore] = []
        others = context.artifacts[len(self.of) :]
        for number, one in enumerate(
            find_repeatable(context, self, self.of, self.documents)
        ):
            *steps, last = self._score_random_layers(one)
            rows.append(last)  # what is judged comes first
            if others:
                every = read_explanations(context, context.artifacts[number], one.name)
                name = self.permuted[number]
                rows.append(
                    self._score_permuted_labels(one, every, others[number], name)
                )
            rows += steps
            given[one.name] = explanation_rows(context.artifacts[number], one.name)
            notes += describe_left_out(
                (text.undefined_reason for text in one.texts), one.name
            )
        return Scores(
            epoch=common_epoch(
                artifact.epoch for artifact in context.artifacts[: len(self.of)]
            ),
            aspect="sanity",
            rows=tuple(rows),
            notes=(*self._notes(), *describe_given(given), *notes),
        )

    def _score_random_layers(
        self, explanation: RepeatableExplanation
    ) -> Iterator[TrustScore]:
        """Yield a row for each number of random layers, the last of them judged."""
        model = explanation.cases[0].model
        assert isinstance(model, Randomisable)  # noqa: S101 - the study is checked for this capability
        seed = int(explanation.context.generator(1).integers(2**31))
        for count in range(1, len(model.layers) + 1):
            again = explanation.explain_again(
                predict_same_texts(explanation, model.randomise_layers(count, seed))
            )
            likeness = np.abs(list(map(measure_likeness, explanation.texts, again)))
            last = count == len(model.layers)
            yield self._row(
                explanation,
                name_random_layers(model.layers, count),
                likeness,
                judged=last,
            )

    def _score_permuted_labels(
        self,
        explanation: RepeatableExplanation,
        every: Sequence[TextExplanation],
        other: Artifact,
        name: str,
    ) -> TrustScore:
        """Build the row of a model that learnt permuted labels, over the texts of both.

        Raises:
            ConfigError: The artifact explains texts that the other does not.
        """
        others_rows = select_sampled(explanation_rows(other, name))
        rows = {row.words: row for row in others_rows}
        mine = {text_tokens(text): text for text in every}
        if not rows.keys() <= mine.keys():
            raise ConfigError(
                f"permuted: {quote_text(name)} explains other texts than "
                f"{quote_text(explanation.name)}; expected the same texts and part, no more "
                "documents, and models that divide their documents alike"
            )
        both = replace(explanation, texts=tuple(mine[words] for words in rows))
        pairs = zip(both.texts, rows.values(), strict=True)
        others = (
            replace(text, scores=row.scores, missing=row.undefined)
            for text, row in pairs
        )
        likeness = list(map(measure_likeness, both.texts, others))
        return self._row(both, "labels permuted", np.abs(likeness), judged=True)

    def _row(
        self,
        explanation: RepeatableExplanation,
        what: str,
        likeness: Array,
        *,
        judged: bool,
    ) -> TrustScore:
        """Build a row beside random orders; alike is what it should not be."""
        draws = explanation.context.generator(2)
        name, random = (
            f"{describe_likeness(explanation)}, {what}",
            chance_likeness(explanation),
        )
        score = build_score(
            explanation.name,
            name,
            likeness,
            draws,
            random=random,
            ids=document_ids(explanation.texts),
            higher=False,
        )
        verdict = judge_score(score, self.most) if judged else "none"
        return replace(score, said=verdict)

    def _notes(self) -> Iterator[str]:
        yield (
            "similarity to the explanation of the trained model, whatever its sign; the "
            f"random order is a mean of {ORDERS} for each text"
        )
        judged = " or labels permuted" if self.permuted else ""
        yield (
            f"passed if, with all layers random{judged}, the interval lies below "
            f"{self.most:g}, failed if above"
        )


def name_random_layers(layers: Sequence[str], count: int) -> str:
    """Name what is random when the first `count` layers are."""
    if count == len(layers):
        return "all layers random"
    return f"{' + '.join(layers[:count])} random"


def predict_same_texts(
    explanation: RepeatableExplanation, model: Classifier
) -> tuple[ExplainedPrediction, ...]:
    """Predict the same texts with another model, for the same labels.

    For anchors the label is the one that the other model predicts, as there are no
    others.

    Args:
        explanation: The texts.
        model: The other model.
    """
    rows = model.predict([case.question.ids for case in explanation.cases])
    own = explanation.method.gives is Anchors
    return tuple(
        replace(
            case,
            model=model,
            probabilities=row,
            label=int(predicted_labels(row)) if own else case.label,
        )
        for case, row in zip(explanation.cases, rows, strict=True)
    )


def text_tokens(text: TextExplanation) -> tuple[str, ...]:
    """Return the words of a text as they are written."""
    return tuple(token.text for token in text.case.question.tokens)


def chance_likeness(explanation: RepeatableExplanation) -> Array:
    """Compute the mean likeness of random orders to each text's scores, (texts,)."""
    likeness = []
    for number, text in enumerate(explanation.texts):
        real = text.scores[np.isfinite(text.scores)]
        orders = draw_orders(
            real.size, ORDERS, explanation.context.generator(0, number)
        )
        shuffled = (replace(text, scores=real[order]) for order in orders)
        whole = replace(text, scores=real)
        likeness.append([abs(measure_likeness(whole, other)) for other in shuffled])
    return mean_of_repeats(np.array(likeness))
