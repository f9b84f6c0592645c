"""LIME: the coefficients of a linear model around each text, and their reliability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Check, Measurement, ScoredText, TokenScores
from generator.core.errors import UnsupportedError
from generator.core.wording import format_count
from generator.methods.attribution.lime_surrogate import (
    LimeSurrogate,
    draw_masks,
    fit_surrogate,
    proximity_weights,
)
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.checks import (
    probability_checks,
    verify_checks,
    worst_checks,
)
from generator.methods.common.explained_predictions import (
    AttributionMethod,
    ExplainedPrediction,
    MaskableTokens,
    answer_masks,
    constant_reason,
    find_maskable_tokens,
    unmoved_reason,
)
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.perturbation import (
    UNITS,
    Array,
    Masks,
    Operator,
    describe_operator,
)
from generator.models.capabilities import Classifier

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

TOLERANCE = 1e-3
"""How far the probabilities of a text may be from a sum of 1."""
POOR = 0.5
"""An R² below this is told."""
SPARE = 2
"""How many more different texts than coefficients there must be: one for the intercept,
one to leave anything open."""


def chance_checks(rows: Iterable[NDArray[np.floating[Any]]]) -> tuple[Check, ...]:
    """Check that rows (…, labels) are probabilities, within a thousandth."""
    return tuple(
        replace(check, tolerance=TOLERANCE)
        for check in probability_checks(np.asarray(rows))
    )


def refuse_logits(cases: Sequence[ExplainedPrediction]) -> None:
    """Check that a model returns probabilities.

    Raises:
        UnsupportedError: A row does not lie from 0 to 1 or does not sum to 1.
    """
    for case in cases:
        if not all(check.passed for check in chance_checks([case.probabilities])):
            row = ", ".join(f"{value:.3g}" for value in case.probabilities)
            raise UnsupportedError(
                f"the model answers {row}; expected probabilities, from 0 to 1 with "
                f"a sum of 1 within {TOLERANCE:g}: LIME explains no logits"
            )


def fit_measurements(
    prediction: ExplainedPrediction, surrogate: LimeSurrogate, samples: int
) -> Iterator[Measurement]:
    """Yield the fit in numbers, with the reasons to doubt it.

    Args:
        prediction: The prediction that is explained.
        surrogate: The linear model.
        samples: How many perturbed texts it was fitted to.
    """
    yield Measurement(
        "probability with every token",
        float(prediction.probabilities[prediction.label]),
    )
    yield Measurement(
        "local prediction",
        surrogate.local,
        doubt=contradiction_reason(prediction, surrogate.local),
    )
    poor = "the linear model explains less than half of the variation"
    yield Measurement(
        "R²", surrogate.fidelity, doubt=poor if surrogate.fidelity < POOR else ""
    )
    yield Measurement("intercept", surrogate.intercept)
    yield Measurement(
        "perturbed texts", float(samples), doubt=undetermined_reason(surrogate)
    )
    if len(surrogate.chosen) < len(surrogate.coefficients):
        yield Measurement("tokens with a coefficient", float(len(surrogate.chosen)))


def contradiction_reason(prediction: ExplainedPrediction, local: float) -> str:
    """Return why a local prediction contradicts the model's, "" where they agree."""
    chance, least = (
        float(prediction.probabilities[prediction.label]),
        decision_threshold(prediction),
    )
    if (chance >= least) == (local >= least):
        return ""
    return (
        f"unreliable: the model's {chance:.3g} falls on the other side of the decision"
    )


def decision_threshold(prediction: ExplainedPrediction) -> float:
    """Return the probability from which the label is decided for."""
    others = np.delete(prediction.probabilities, prediction.label)
    return 0.5 if len(others) == 1 else float(others.max())


def undetermined_reason(surrogate: LimeSurrogate) -> str:
    """Return why the draws do not determine the coefficients, "" where they do."""
    count = len(surrogate.chosen)
    if surrogate.distinct < count + SPARE:
        return f"only {surrogate.distinct} of them differ, too few for {count} coefficients"
    return "some tokens were hidden only together" if surrogate.singular else ""


def draw_measurements(scores: Array, spread: Array, runs: int) -> Iterator[Measurement]:
    """Yield the largest standard deviation, with a doubt if the top score is unclear.

    Args:
        scores: (tokens,).
        spread: Standard deviations, (tokens,), empty for a single run.
        runs: Over how many runs.
    """
    if not spread.size:
        return
    largest = int(np.argmax(np.abs(scores)))
    clear = abs(scores[largest]) > 2 * spread[largest]
    yield Measurement(
        f"largest standard deviation over {runs} draws",
        float(spread.max()),
        UNITS["probability"],
        "" if clear else "the largest score may have the other sign",
    )


def score_deviations(runs: Sequence[Array]) -> Array:
    """Compute the standard deviation of each score over runs, empty for a single run."""
    return np.std(runs, axis=0, ddof=1) if len(runs) > 1 else np.zeros(0)


LEAST = 2
"""Tokens that a linear model needs."""


@cache
def thread_limiter() -> ThreadpoolController:
    """Return the limiter of linear algebra's threads; to look for libraries is slow."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


class Lime(AttributionMethod):
    """A small linear model of the classifier around one text: LIME.

    1. Texts like the explained one are made by hiding some of its words: how many is drawn
       from one to all of them, which ones evenly. Hidden words are taken out, unless the
       study has them replaced. The first text is the explained one itself.
    2. The classifier is asked for the probability of one label, the predicted one unless
       the study names another, given each of these texts.
    3. Each weighs by how near it is: a text that keeps k of d words lies 100 (1 − √(k/d))
       away and weighs √exp(−distance²/25²). So one that keeps half of its words still
       weighs a half, one without any nearly nothing.
    4. Some words are chosen, ten unless the study says otherwise, all of them where there
       are no more: up to six one after the other, by what each adds to the fit; more than
       six at once, those whose coefficients are largest in a linear model of all words.
    5. A linear model of the chosen words is fitted to the probabilities by weighted ridge
       regression with a penalty of 1. The score of a word is its coefficient: how much
       probability the label gains, in this model, where the word is there. A word that was
       not chosen has the score 0, which is what the linear model gives it.

    **How far to believe it.** A linear model need not fit. Beside the scores stand R², the
    weighted share of the variation that it explains, and its own prediction for the whole
    text beside the classifier's. The explanation is marked as unreliable where the two fall
    on different sides of the decision: of one half where there are two labels, of the
    largest probability of another label where there are more. It is marked too where R² is
    below one half, and where too few different texts were drawn, or words were hidden only
    together, so that coefficients are not determined.

    Which texts are drawn is chance. Everything is done five times over with other draws:
    the scores and numbers are those of the first, and the standard deviation over all five
    says how much a score would change had others been drawn. This asks the classifier five
    times as often. Texts that are drawn again are not asked again: twelve words have but
    4,096 texts.

    The numbers explained are probabilities. A classifier that answers with anything else,
    whose answers do not lie from 0 to 1 or do not sum to 1 within a thousandth, is refused:
    coefficients of logits look alike and mean something else. A text with fewer than two
    words has no linear model, nor has one whose words are all unknown, or one whose
    prediction never changes. With two words the intercept rests on the text without any,
    which weighs so little that the penalty still shrinks what is found.

    Source: Ribeiro, Singh and Guestrin (2016), "Why should I trust you?": explaining the
    predictions of any classifier, arXiv 1602.04938; sampling, distance, kernel and choice
    of words as in the authors' package lime, version 0.2.

    Differs: a word is a place in the text, so that a word that stands there twice has two
    scores, where the package hides all its occurrences together unless told not to. The
    package shows neither R² nor the linear model's own prediction on its page, and gives
    one draw.
    """

    version: ClassVar[int] = 2
    gives: ClassVar = TokenScores
    method: Literal["lime"]
    samples: int = Field(default=5000, ge=2, le=100_000)
    """How many texts are drawn around each, itself included."""
    features: int = Field(default=10, ge=1, le=1000)
    """How many tokens get a coefficient; all of them in a text with no more."""
    repeats: int = Field(default=5, ge=1, le=50)
    """How often it is done over with other draws, for the standard deviation of the
    scores; with 1 there is none."""
    kernel_width: float = Field(default=25.0, gt=0, le=1000)
    """How far from the text another one still counts, as a distance from 0 to 100."""
    operator: Operator = "remove"
    """What becomes of a hidden token: taken out, or replaced by the unknown word or by
    padding."""

    def collect(self, context: Context) -> TokenScores:
        """Fit a linear model around every text; see the base.

        Raises:
            UnsupportedError: The model does not return probabilities.
        """
        cases = self.find_predictions(context)
        refuse_logits(cases)
        games = [find_maskable_tokens(case, self.operator) for case in cases]
        texts = [
            game.case.undefined_text(game.undefined_reason(LEAST)) for game in games
        ]
        checks = [*chance_checks([case.probabilities for case in cases])]
        readable = [
            at for at, game in enumerate(games) if not game.undefined_reason(LEAST)
        ]
        asking = (
            (games[at], self._draw_masks(context, at, games[at])) for at in readable
        )
        for at, (masks, rows) in zip(readable, answer_masks(asking), strict=True):
            checks += chance_checks(rows)
            texts[at] = self._scored_text(games[at], masks, rows[:, cases[at].label])
        return TokenScores(
            epoch=cases[0].model.epoch,
            checks=verify_checks(*worst_checks(checks)),
            texts=tuple(texts),
            labels=cases[0].model.labels,
            quantity="LIME coefficient",
            unit=UNITS["probability"],
            signed=True,
            notes=self._notes(cases[0].model),
        )

    def _draw_masks(
        self, context: Context, number: int, maskable: MaskableTokens
    ) -> Masks:
        """Draw the masks of every run over a text, (repeats × samples, tokens)."""
        tokens = len(maskable.places)
        draws = (context.generator(number, run) for run in range(self.repeats))
        return np.concatenate(
            [draw_masks(tokens, self.samples, draw) for draw in draws]
        )

    def _scored_text(
        self, maskable: MaskableTokens, masks: Masks, values: Array
    ) -> ScoredText:
        """Build a text from the probabilities of its masks, run after run."""
        runs = self._fit_runs(
            np.split(masks, self.repeats), np.split(values, self.repeats)
        )
        first = runs[0]
        why = unmoved_reason(values) or constant_reason(first.coefficients)
        if why:
            return maskable.case.undefined_text(why)
        spread = score_deviations([run.coefficients for run in runs])
        return maskable.case.with_scores(
            maskable.scores_of_all(first.coefficients),
            spread=to_float32(
                maskable.scores_of_all(spread) if spread.size else spread
            ),
            facts=(
                *fit_measurements(maskable.case, first, self.samples),
                *draw_measurements(first.coefficients, spread, self.repeats),
                *explained_predictions.unknown_word_measurements(
                    maskable.case.question
                ),
            ),
        )

    def _fit_runs(self, masks: list[Masks], values: list[Array]) -> list[LimeSurrogate]:
        """Fit the model of each run on one thread: the same bits each time, and faster."""
        width, most = self.kernel_width, self.features
        with thread_limiter().limit(limits=1):
            return [
                fit_surrogate(rows, probabilities, proximity_weights(rows, width), most)
                for rows, probabilities in zip(masks, values, strict=True)
            ]

    def _notes(self, model: Classifier) -> tuple[str, ...]:
        fit = (
            f"fitted to {self.samples:,} perturbed texts, weighted by a kernel of width"
        )
        at_most = format_count(self.features, "token has", "tokens have")
        most = f"at most {at_most} a coefficient; the others score 0"
        over = f"standard deviations are over {self.repeats} such draws"
        if self.repeats == 1:
            over = "drawn once: how much scores depend on the draw is not known"
        return (
            describe_operator(model, self.operator),
            f"{fit} {self.kernel_width:g}",
            most,
            over,
        )
