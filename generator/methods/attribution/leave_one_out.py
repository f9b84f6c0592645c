"""The drop in a label's probability as each token of a text is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Measurement, ScoredText, TokenScores
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.checks import (
    probability_checks,
    verify_checks,
    worst_checks,
)
from generator.methods.common.explained_predictions import (
    AttributionMethod,
    MaskableTokens,
    answer_masks,
    find_maskable_tokens,
    unreadable_reason,
)
from generator.methods.common.perturbation import (
    UNITS,
    Operator,
    describe_operator,
    explained_value,
)

Quantity = Literal["probability", "log probability"]
Array = NDArray[np.floating[Any]]
UNCHANGED = 1e-6
"""Rounding of float32 probabilities, and of their logarithms, with room to spare."""


class LeaveOneOut(AttributionMethod):
    """How much less probable a label is when one token of the text is left out: occlusion.

    1. The label is the one the model finds most probable, or the one the study names. For
       a language model it is the token written at one step, and the text its history.
    2. Each token of a text is left out in turn. With `remove` it is taken out and the
       others move together; with `unknown` or `pad` the unknown word or padding stands in
       its place and the others keep theirs. Which is done stands in the notes, as they can
       disagree. A model that masks padding reads on over it, so for such a model padding is
       much like taking out; a language model knows padding and unknown words as one.
    3. The score of a token is the drop: the label's probability given the whole text minus
       its probability without the token, or the difference of their natural logarithms, in
       nats. Above 0 the token spoke for the label, below 0 against it.

    This is also called occlusion. The method of that name here is for language models: it
    asks about every slot of every step of a text, where this one explains one prediction.

    A token is a place in the text: a word that stands there twice is left out once here,
    once there, and the two scores can differ. One token at a time is left out, so two words
    that say the same may each score 0, and so may both parts of a phrase that needs only
    one of them. A text with a hole is not what the model was trained on; part of a drop may
    be surprise at that.

    Where nothing is taken away there is no score: an unknown word is not replaced by the
    unknown word. A text whose words are all unknown has no scores at all. A text of one
    token is compared with the empty text, for which the model answers too.

    The probability of the label with every token stands beside the scores, with the largest
    change; if that is no more than rounding, 0.000001, the text says that no single token
    mattered. Probabilities below 1e-30 count as 1e-30 before a logarithm is taken.

    Source: Zeiler and Fergus (2014), Visualizing and understanding convolutional networks,
    arXiv 1311.2901; for text, the erasure of Li, Monroe and Jurafsky (2016), Understanding
    neural networks through representation erasure, arXiv 1612.08220; leaving one out as the
    measure that attention is held against, Jain and Wallace (2019), Attention is not
    explanation, arXiv 1902.10186.

    Differs: the drop is signed and that of one label, where Jain and Wallace take the
    distance between all probabilities; Li, Monroe and Jurafsky divide it by the whole
    logarithm.
    """

    gives: ClassVar = TokenScores
    method: Literal["leave_one_out"]
    quantity: Quantity = "log probability"
    """Whether the drop is one of the probability or of its logarithm, in nats."""
    operator: Operator = "remove"
    """What becomes of a token: taken out, or replaced by the unknown word or by
    padding."""

    def collect(self, context: Context) -> TokenScores:
        """Leave out each token of every text; see the base."""
        cases = self.find_predictions(context)
        checks = list(probability_checks(np.array([c.probabilities for c in cases])))
        games = [find_maskable_tokens(case, self.operator) for case in cases]
        masks = ((game, ~np.eye(len(game.places), dtype=np.bool_)) for game in games)
        texts = []
        for game, (_, without) in zip(games, answer_masks(masks), strict=True):
            checks += probability_checks(without)
            texts.append(self._scored_text(game, without))
        return TokenScores(
            epoch=cases[0].model.epoch,
            checks=verify_checks(*worst_checks(checks)),
            texts=tuple(texts),
            labels=cases[0].model.labels,
            quantity=f"drop in {self.quantity}",
            unit=UNITS[self.quantity],
            signed=True,
            notes=(describe_operator(cases[0].model, self.operator),),
        )

    def _scored_text(self, maskable: MaskableTokens, without: Array) -> ScoredText:
        """Build a text from probabilities (places, labels) without each of its tokens."""
        case = maskable.case
        whole = float(case.probabilities[case.label])
        (value,) = explained_value(case.probabilities[None], case.label, self.quantity)
        scores = maskable.scores_of_all(
            value - explained_value(without, case.label, self.quantity)
        )
        why = unreadable_reason(case.question)
        if why:
            scores = np.full(case.size, np.nan)
        return case.with_scores(
            scores,
            facts=(
                Measurement("probability with every token", whole),
                *self._largest_change(scores),
                *explained_predictions.unknown_word_measurements(case.question),
            ),
            undefined=why,
        )

    def _largest_change(self, scores: Array) -> Iterator[Measurement]:
        """Yield the largest change, with the reasons not to read more into it."""
        real = np.abs(scores[np.isfinite(scores)])
        if not real.size:
            return
        change = float(real.max())
        doubt = "no single token changes it" if change <= UNCHANGED else ""
        yield Measurement("largest change", change, UNITS[self.quantity], doubt)
        if len(scores) == 1 and self.operator == "remove":
            yield Measurement(
                "tokens", 1.0, doubt="one token: compared with the empty text"
            )
