"""Deletion and insertion curves: a label's probability as words go or come.

An order is (tokens,): places of tokens, the most important first. Orders are erased
together: masks of all of them come one order after the other, its counts within.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Anchors, Curves, TokenScores
from generator.core.errors import ConfigError, CorpusError, quote_text
from generator.methods.attribution.shapley_values import Orders, draw_orders
from generator.methods.base import Context, Method
from generator.methods.common.explained_predictions import (
    ExplainedPrediction,
    MaskableTokens,
    answer_masks,
)
from generator.methods.common.explanations import (
    Names,
    TextExplanation,
    read_explanations,
    select_sampled,
)
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.perturbation import Array, Masks, Operator
from generator.models.capabilities import Classifier, LanguageModel

Counts = NDArray[np.intp]
"""(counts,): how many tokens."""
SLACK = 1e-9
"""Rounding of a share of tokens: three tenths of ten are three."""


def rank_tokens(scores: NDArray[np.floating[Any]]) -> NDArray[np.intp]:
    """Sort tokens by falling score, ties by their place, those without a score last.

    Args:
        scores: (tokens,), NaN where not defined.

    Returns:
        Places, (tokens,).
    """
    return np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")


def word_counts(tokens: int, shares: Sequence[float]) -> Counts:
    """Return how many tokens each share comes to, rounded up."""
    return np.ceil(np.asarray(shares) * tokens - SLACK).astype(np.intp)


def first_words_masks(orders: Orders, these: Counts) -> Masks:
    """Return masks of the first tokens of each order.

    Args:
        orders: (orders, tokens).
        these: How many tokens, (counts,).

    Returns:
        (orders × counts, tokens).
    """
    ranks = np.argsort(orders, axis=1)
    masks = ranks[:, None, :] < these[:, None]
    return np.asarray(masks.reshape(-1, orders.shape[1]))


def label_probabilities(
    masked_texts: Iterable[tuple[ExplainedPrediction, Masks]], operator: Operator
) -> Iterator[Array]:
    """Yield the probability of each prediction's label under its masks.

    As many predictions as memory allows go through the model together; all are of one
    model.

    Args:
        masked_texts: Pairs of a prediction and its masks, (masks, tokens).
        operator: What becomes of a hidden token.

    Yields:
        (masks,), prediction by prediction.
    """
    labels: list[int] = []

    def games() -> Iterator[tuple[MaskableTokens, Masks]]:
        for case, masks in masked_texts:
            labels.append(case.label)
            yield MaskableTokens(case, np.arange(case.size), operator), masks

    for place, (_, rows) in enumerate(answer_masks(games())):
        yield rows[:, labels[place]]


STEPS = 10
SHARES = tuple(step / STEPS for step in range(STEPS + 1))
MOST = 5
"""Explanations that can be told apart in one drawing, a random order beside them."""
RANDOM = "random order"
AXES = {"deletion": "words taken away", "insertion": "words put in"}


class DeletionCurves(Method):
    """What becomes of a prediction as more and more of its words are taken away.

    1. The words of each text are put in the order of their scores, the largest first.
       Equal scores keep the order of the text, as do words outside an anchor after those of
       it; words without a score come last. Scores that speak against the label are the
       smallest, so their words come late too.
    2. *Deletion*: nothing is taken away, then a tenth of the words, two tenths, and so on
       to all, the first in order first; a share that is no whole number of words is rounded
       up. *Insertion* begins with no word and puts them in instead, the first in order
       first.
    3. The line is the probability of the label that is explained, averaged over texts. For
       scores that speak for no label, as attention, it is the predicted one.
    4. Beside the lines of the explanations stands that of a random order, the mean of
       twenty for each text.

    An explanation that finds what the prediction rests on falls early under deletion and
    rises early under insertion. One that runs along the random order found nothing that a
    coin would not. Where every line is level, the prediction hardly depends on any word.

    All lines are of the same texts, and start and end alike: with all words, and with none,
    for which the model answers too. A text on which one of the explanations is not defined
    is left out of all lines; how many are left stands on the axis. The texts on the way are
    not what the model was trained on, for random orders as well.

    Source: Samek et al. (2017), Evaluating the visualization of what a deep neural network
    has learned, arXiv 1509.06321; deletion and insertion by these names in Petsiuk, Das and
    Saenko (2018), RISE: randomized input sampling for explanation of black-box models,
    arXiv 1806.07421.

    Differs: shares of the words of a text stand in the place of pixels, so that short texts
    and long ones can be averaged; the line of a random order is drawn.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = ((Classifier, LanguageModel),)
    reads: ClassVar = (TokenScores, Anchors)
    gives: ClassVar = Curves
    method: Literal["deletion_curves"]
    of: Annotated[Names, Field(max_length=MOST)]
    """Artifacts with scores of the tokens of the same texts; all explain the model that
    is asked."""
    kind: Literal["deletion", "insertion"] = "deletion"
    """Whether words are taken away or put in."""
    operator: Operator = "remove"
    """What stands in the place of a word that is away: nothing, the unknown word or
    padding."""
    orders: int = Field(default=20, ge=1, le=1000)
    """Random orders of each text."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the explanations."""
        return self.of

    def collect(self, context: Context) -> Curves:
        """Hide words in the order of each explanation; see the base."""
        every = [
            select_sampled(read_explanations(context, artifact, name))
            for name, artifact in zip(self.of, context.artifacts, strict=True)
        ]
        matched = match_texts(every, self.of)
        plans = [
            self._orders(texts, context.generator(0, number))
            for number, texts in matched
        ]
        lines = list(self._lines([texts for _, texts in matched], plans))
        return Curves(
            epoch=matched[0][1][0].case.model.epoch,
            x=to_float32(np.array(SHARES)),
            y=to_float32(np.mean(lines, axis=0)),
            x_label=f"share of the {AXES[self.kind]}",
            y_label=f"probability of the label, mean of {_count_texts(len(matched))}",
            names=(*self.of, RANDOM),
        )

    def _orders(
        self, texts: Sequence[TextExplanation], rng: np.random.Generator
    ) -> Orders:
        """Return the orders of all explanations of one text, then random ones."""
        own = [rank_tokens(text.scores) for text in texts]
        return np.vstack([*own, draw_orders(texts[0].case.size, self.orders, rng)])

    def _lines(
        self, matched: Sequence[Sequence[TextExplanation]], plans: Sequence[Orders]
    ) -> Iterator[Array]:
        """Yield the lines (lines, shares) of each text, the last one of random orders."""
        asking = (
            (
                texts[0].case,
                first_words_masks(orders, word_counts(orders.shape[1], SHARES)),
            )
            for texts, orders in zip(matched, plans, strict=True)
        )
        away = self.kind == "deletion"
        masks = ((case, ~shown if away else shown) for case, shown in asking)
        for probabilities in label_probabilities(masks, self.operator):
            by_order = probabilities.reshape(-1, len(SHARES))
            own = len(self.of)
            yield np.vstack([by_order[:own], by_order[own:].mean(axis=0)])


def match_texts(
    every: Sequence[Sequence[TextExplanation]], names: Sequence[str]
) -> list[tuple[int, tuple[TextExplanation, ...]]]:
    """Match the texts that all explanations explain.

    Args:
        every: The texts of each artifact.
        names: Its name.

    Returns:
        Numbers of texts with the explanations of each, all of them defined.

    Raises:
        ConfigError: The artifacts are not of the same predictions.
        CorpusError: No text is left.
    """
    identities = [[_prediction_identity(text) for text in texts] for texts in every]
    for name, those in zip(names[1:], identities[1:], strict=True):
        if those != identities[0]:
            raise ConfigError(
                f"of: {quote_text(name)} explains other predictions than "
                f"{quote_text(names[0])}; expected the same texts, labels and epoch: give "
                "both the same texts, documents, part and epoch"
            )
    matched = [
        (number, texts)
        for number, texts in enumerate(zip(*every, strict=True))
        if not any(text.undefined_reason for text in texts)
    ]
    if not matched:
        raise CorpusError(
            f"of: no text is explained by all of {', '.join(names)}; expected one at "
            "least: ask about more documents"
        )
    return matched


def _prediction_identity(text: TextExplanation) -> tuple[object, ...]:
    """Return what tells one explained prediction from another."""
    case = text.case
    return case.model.epoch, case.question.ids, case.label


def _count_texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count:,} texts"
