"""Anchors: the shortest set of words that keeps a prediction, and reasons for doubt."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from generator.artifacts import AnchoredText, Anchors, Measurement
from generator.core.errors import quote_text
from generator.methods.attribution.anchor_search import (
    Anchor,
    AnchorPrecision,
    AnchorSearchResult,
    SameLabel,
    SearchRules,
    ShortestAnchor,
    anchor_precisions,
    exact_precision,
    find_shortest,
    measure_precision,
    run_searches,
    search_anchor,
)
from generator.methods.attribution.shapley_values import all_coalitions
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.checks import probability_checks, verify_checks
from generator.methods.common.classifier_texts import predicted_labels
from generator.methods.common.explained_predictions import (
    AttributionMethod,
    MaskableTokens,
    find_maskable_tokens,
)
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.perturbation import Masks, Operator

CHANGED: dict[Operator, str] = {
    "remove": "taken out of the text",
    "unknown": "replaced by the unknown word",
    "pad": "replaced by padding",
}


class RuleResult(NamedTuple):
    """The anchor of one text; places are those of tokens that can be hidden."""

    anchor: Anchor
    precision: AnchorPrecision
    base: float
    measurements: tuple[Measurement, ...]


def undefined_reason(maskable: MaskableTokens) -> str:
    """Return why a text has no anchor, "" where it can have one."""
    case = maskable.case
    predicted = case.model.labels[int(predicted_labels(case.probabilities))]
    other = f"the model says {quote_text(predicted)}, not {quote_text(case.name)}"
    return maskable.undefined_reason(1) or ("" if predicted == case.name else other)


def build_anchored_text(
    maskable: MaskableTokens, rule: RuleResult, predicted: int, keep: float
) -> AnchoredText:
    """Build a text with its anchor.

    Args:
        maskable: The text.
        rule: Its anchor.
        predicted: How many different perturbed texts were predicted.
        keep: The chance that a token outside the anchor stays.
    """
    every = ", all there are" if predicted == 2 ** len(maskable.places) else ""
    return AnchoredText(
        **text_fields(maskable),
        anchor=tuple(int(maskable.places[at]) for at in rule.anchor),
        precision=rule.precision.value,
        low=rule.precision.low,
        high=rule.precision.high,
        coverage=keep ** len(rule.anchor),
        samples=rule.precision.texts,
        coverage_samples=0,
        base=rule.base,
        facts=(
            Measurement("tokens that can be hidden", float(len(maskable.places))),
            Measurement(f"perturbed texts asked about{every}", float(predicted)),
            *rule.measurements,
            *explained_predictions.unknown_word_measurements(maskable.case.question),
        ),
    )


def build_unanchored_text(maskable: MaskableTokens, why: str) -> AnchoredText:
    """Build a text that has no anchor, with the reason."""
    return AnchoredText(
        **text_fields(maskable),
        anchor=(),
        precision=math.nan,
        low=math.nan,
        high=math.nan,
        coverage=math.nan,
        samples=0,
        coverage_samples=0,
        base=math.nan,
        undefined=why,
    )


def text_fields(maskable: MaskableTokens) -> dict[str, Any]:
    """Return the fields of a text that do not depend on an anchor."""
    case, question = maskable.case, maskable.case.question
    return {
        "tokens": question.tokens,
        "probabilities": to_float32(case.probabilities),
        "label": case.name,
        "truth": question.truth,
        "rationale": question.rationale,
        "document": question.document,
        "length": question.length,
    }


def measure_shortest(
    shortest: ShortestAnchor, rules: SearchRules
) -> Iterator[Measurement]:
    """Yield what is reported of an anchor from an exhaustive search."""
    yield from measure_length(shortest.reached, rules)
    if shortest.reached:
        name = "other anchors as short that reach the threshold"
        yield Measurement(name, float(shortest.rivals))


def measure_search(
    result: AnchorSearchResult,
    precision: AnchorPrecision,
    rules: SearchRules,
    most: int,
) -> Iterator[Measurement]:
    """Yield the reasons to doubt an anchor from a beam search.

    Args:
        result: The result of the search.
        precision: The anchor's precision on fresh draws.
        rules: The settings of the search.
        most: How many perturbed texts were drawn for a set at most.
    """
    yield from measure_length(result.reached, rules)
    missing = rules.threshold - precision.value
    if result.reached and missing > 0:
        reached = f"on the texts of the search it reached {rules.threshold:g}"
        yield Measurement("short of the threshold", missing, doubt=reached)
    if not result.settled:
        ended = "they ended before it was settled that the anchor reaches the threshold"
        yield Measurement(
            "perturbed texts for a set, at most", float(most), doubt=ended
        )
    if result.unclear:
        other = "the draws did not tell which are best, so another may do as well"
        yield Measurement(
            "sizes whose best sets are unclear", float(result.unclear), doubt=other
        )


def measure_length(reached: bool, rules: SearchRules) -> Iterator[Measurement]:
    """Yield that no anchor reaches the threshold, where none does."""
    if not reached:
        none = f"no set of so few reaches {rules.threshold:g}; this is the best found"
        yield Measurement(
            "tokens of an anchor, at most", float(rules.longest), doubt=none
        )


RuleSearch = Generator[Masks, SameLabel, RuleResult]


class AnchorExplanation(AttributionMethod):
    """The words of a text that, kept, keep its prediction whatever happens to the others.

    1. Texts like the explained one are made by hiding words: each is hidden or kept by the
       toss of a coin. The unknown word stands in the place of one that is hidden, so that
       the others keep theirs.
    2. An anchor is a set of words that is always kept. Its precision is the share of such
       texts which the classifier still gives the label that it gives the whole one. An
       anchor whose precision reaches the threshold, 0.95 unless the study says otherwise,
       reads as a rule: if these words stand there, the label follows.
    3. The empty anchor comes first. If the label nearly always stays the same, no word is
       needed, and the empty anchor is the answer: the classifier says so of most texts, or
       says it because of many words of which any will do.
    4. Otherwise the shortest anchor is wanted. Of a text of up to ten words that can be
       hidden all perturbed texts are asked about, 1,024 at most. Precision is then exact,
       and no shorter anchor reaches the threshold. Of several as short the most precise is
       shown, of a tie the leftmost, and it is said how many others there are.
    5. Of a longer text perturbed texts are drawn. The best few sets of one word are kept,
       then the best of those with a second word, and so on. How many texts are drawn
       depends on how clear the matter is. Bounds on the precision, which hold for all sets
       of a size together with a chance of 95 %, must show which sets are the best, and
       whether these reach the threshold: a set is taken when its share is at the threshold
       or above and its lower bound no more than 0.05 below.

    The coverage is the share of perturbed texts that happen to hold the anchor. With a coin
    it is one half for each word: exactly 1/4 for an anchor of two words. It is not the
    share of real texts that hold these words.

    **How far to believe it.** A set that was chosen because it looked good was also lucky.
    So the precision of the anchor, and that of the empty one, are measured once more, on
    1,000 texts that the search did not see. Beside the first stands an interval that holds
    the true precision in 95 % of cases or more. Where no more perturbed texts than that
    hold the anchor, all are asked about, and the number is exact. Four things are marked:
    that the new precision is below the threshold; that the draws of the search ended before
    it was settled that the anchor reaches it; that they ended before it was clear which
    sets are the best, so that another one may do as well; and that no set of the length
    allowed reaches the threshold, in which case the best one is shown, which is no rule.

    An anchor says what is enough, among texts with holes that no one would write. It does
    not say what other words in the holes would do. Several anchors can be as good, of which
    one is shown. Of a longer text a shorter anchor can have been missed: one whose share in
    the draws was below the threshold is passed over.

    A word that hiding does not change, as an unknown word that the unknown word would
    replace, is never in an anchor. A text whose words are all unknown has no anchor. Nor is
    there one for a label that the classifier does not give the whole text, where a study
    names a label. A written token is what is predicted if its probability is above one
    half.

    Source: Ribeiro, Singh and Guestrin (2018), Anchors: high-precision model-agnostic
    explanations, AAAI; bounds and stopping as in Kaufmann and Kalyanakrishnan (2013),
    Information complexity in bandit subset selection, JMLR W&CP 30.

    Differs: a hidden word is replaced by the unknown word, as in the authors' program;
    their paper replaces it by similar words. Short texts are enumerated. The bounds are
    solved for, where the program takes one step of bisection, so that after 60 texts which
    all agree it takes a precision of 1 as certain, while 0.96 is possible. The bounds hold
    at every look, also where a set is taken; the program uses those of a single look there.
    In a round texts are drawn for every set that may be on the wrong side, not for two, and
    each size has its own. Coverage is computed, not counted in a sample. The precision
    shown is that of new texts.
    """

    gives: ClassVar = Anchors
    method: Literal["anchors"]
    threshold: float = Field(default=0.95, gt=0, le=1)
    """The precision that an anchor must reach."""
    tolerance: float = Field(default=0.05, gt=0, lt=1)
    """How far below the threshold the lower bound of a sampled precision may be."""
    margin: float = Field(default=0.15, gt=0, lt=1)
    """How much more precise a set may be than one that is kept in its place."""
    delta: float = Field(default=0.05, gt=0, lt=1)
    """The chance that a bound of the search does not hold, for all sets of one size."""
    beam: int = Field(default=4, ge=1, le=50)
    """How many sets of each size are kept."""
    batch: int = Field(default=200, ge=1, le=10_000)
    """How many perturbed texts are drawn for a set at a time."""
    budget: int = Field(default=4000, ge=1, le=100_000)
    """How many perturbed texts are drawn for a set at most."""
    longest: int = Field(default=6, ge=1, le=20)
    """How many tokens an anchor may have."""
    samples: int = Field(default=1000, ge=2, le=100_000)
    """How many perturbed texts the precision of the anchor is measured on."""
    exact_up_to: int = Field(default=10, ge=0, le=16)
    """Up to how many tokens that can be hidden a text is enumerated."""
    keep: float = Field(default=0.5, gt=0, lt=1)
    """The chance that a token outside the anchor is kept."""
    operator: Operator = "unknown"
    """What becomes of a hidden token: taken out, or replaced by the unknown word or by
    padding."""

    def collect(self, context: Context) -> Anchors:
        """Search the anchor of every text; see the base."""
        cases = self.find_predictions(context)
        probabilities = np.stack([case.probabilities for case in cases])
        games = [find_maskable_tokens(case, self.operator) for case in cases]
        texts = [build_unanchored_text(game, undefined_reason(game)) for game in games]
        sought = [at for at, text in enumerate(texts) if not text.undefined]
        results = run_searches(
            [games[at] for at in sought],
            [self._find_rule(len(games[at].places), context, at) for at in sought],
        )
        for at, result in zip(sought, results, strict=True):
            texts[at] = build_anchored_text(games[at], *result, self.keep)
        model = cases[0].model
        changed = getattr(model, "mask_words", "") or CHANGED[self.operator]
        return Anchors(
            epoch=cases[0].model.epoch,
            checks=verify_checks(*probability_checks(probabilities)),
            texts=tuple(texts),
            labels=cases[0].model.labels,
            threshold=self.threshold,
            perturbation=(
                f"each token outside the anchor is {changed} with the "
                f"probability {1 - self.keep:g}"
            ),
            notes=self._notes(),
        )

    def _find_rule(self, tokens: int, context: Context, number: int) -> RuleSearch:
        """Find the anchor of one text, by the search that its length allows."""
        if tokens <= self.exact_up_to:
            return (yield from self._enumerate_rule(tokens))
        return (yield from self._search_rule(tokens, context, number))

    def _enumerate_rule(self, tokens: int) -> RuleSearch:
        """Find the anchor of a short text among all sets of its tokens."""
        same = yield all_coalitions(tokens)
        precisions = anchor_precisions(same, self.keep)
        best = find_shortest(precisions, self.threshold, self.longest)
        value = float(precisions[sum(2**token for token in best.anchor)])
        texts = 2 ** (tokens - len(best.anchor))
        measurements = tuple(measure_shortest(best, self._rules()))
        return RuleResult(
            best.anchor,
            exact_precision(value, texts),
            float(precisions[0]),
            measurements,
        )

    def _search_rule(self, tokens: int, context: Context, number: int) -> RuleSearch:
        """Search an anchor by draws, and measure its precision on others."""

        def draws(count: int, *position: int) -> Masks:
            size = (count, tokens)
            return context.generator(number, *position).random(size) < self.keep

        rules = self._rules()
        result = yield from search_anchor(
            lambda size: draws(self.budget, 0, size), tokens, rules
        )
        fresh = draws(self.samples, 1)
        precision = yield from measure_precision(result.anchor, fresh, self.keep)
        base = yield from measure_precision((), fresh, self.keep)
        measurements = tuple(measure_search(result, precision, rules, self.budget))
        return RuleResult(result.anchor, precision, base.value, measurements)

    def _rules(self) -> SearchRules:
        return SearchRules(
            threshold=self.threshold,
            tolerance=self.tolerance,
            margin=self.margin,
            delta=self.delta,
            beam=self.beam,
            batch=self.batch,
            longest=self.longest,
        )

    def _notes(self) -> tuple[str, ...]:
        short = (
            f"with up to {self.exact_up_to} tokens that can be hidden all perturbed "
            "texts are asked about: precision is exact, and no shorter anchor reaches "
            "the threshold"
        )
        long = (
            f"with more, precision is measured on {self.samples:,} texts that the "
            "search did not see, or on all that hold the anchor where these are no "
            "more; its interval holds in 95% of cases or more"
        )
        return short, long
