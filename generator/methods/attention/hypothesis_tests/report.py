"""The tests of attention as artifacts, one quantity each.

The method *attention_tests* says what they mean; the values come from `rank_agreement`,
`permutation` and `adversary`. What other seeds give is in `seeds`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check, DistributionGroup, Distributions
from generator.core.decision import LEAST_UNITS
from generator.core.errors import UnsupportedError
from generator.methods.attention.hypothesis_tests.adversary import (
    TWO,
    find_furthest_weights,
    search_furthest_weights,
)
from generator.methods.attention.hypothesis_tests.permutation import (
    WeightedText,
    median_shift,
    weigh_texts,
)
from generator.methods.attention.hypothesis_tests.rank_agreement import (
    RankableClassifier,
    Rankings,
    rank_words,
    tau_lead,
)
from generator.methods.attention.measures import collect_attention
from generator.methods.attribution.gradients import GradientScore
from generator.methods.base import Context
from generator.methods.common.checks import verify_checks
from generator.methods.common.classifier_texts import InputText
from generator.methods.common.divergence import LN2, jensen_shannon
from generator.methods.common.statistics import (
    Interval,
    build_group,
    group_by_largest_weight,
    judge_group,
    verdict_estimate,
)
from generator.models.capabilities import Attentive, Averaging

Array = NDArray[np.float64]
Published = Literal[
    "none", "sst tanh lstm", "sst dot lstm", "imdb tanh lstm", "imdb dot lstm"
]
MEANS: Mapping[Published, tuple[float, float, float]] = {
    "sst tanh lstm": (0.351, 0.291, 0.656),
    "sst dot lstm": (0.073, 0.064, 0.708),
    "imdb tanh lstm": (0.437, 0.341, 0.517),
    "imdb dot lstm": (0.122, 0.092, 0.602),
}
"""Mean taus of the published runs, in the order of `PAIRS`."""
PAIRS = ("attention–gradient", "attention–leave-one-out", "gradient–leave-one-out")
PAPER = "Jain and Wallace (2019)"
DIVERGENCE = "Jensen–Shannon divergence from the model's attention"
SHIFT = "median change of the answer when attention is shuffled, total variation"
MATTERS = 0.05
"""A change of the answer worth a sentence."""
FAR = LN2 / 2
"""The divergence of two weightings that share half of their weight."""
EXACT = "exact: no weights within the tolerance are further away"
LOWER = "found by a search: weights further away may exist, so these are lower bounds"
GROUPS, SHUFFLES, STARTS, LEAD, GAP = range(5)
"""Positions of draws."""


@dataclass(frozen=True)
class TextSample:
    """The texts of a test, of two tokens or more, and its random generators."""

    context: Context
    questions: tuple[InputText, ...]
    notes: tuple[str, ...]

    @property
    def groups(self) -> np.random.Generator:
        """The generator that every group is resampled with."""
        return self.context.generator(GROUPS)

    def draws(self, position: int) -> Iterator[np.random.Generator]:
        """Yield a generator for each text, which no other text changes."""
        for place, one in enumerate(self.questions):
            own = (0, place) if one.document is None else (1, one.document)
            yield self.context.generator(position, *own)


def report_agreement(
    sample: TextSample,
    model: RankableClassifier,
    gradient: GradientScore,
    published: Published,
) -> Distributions:
    """Report Kendall's tau of each pair of rankings.

    Args:
        sample: The texts.
        model: The model.
        gradient: Which score a gradient gives.
        published: The published model whose means stand beside.

    Raises:
        UnsupportedError: No text has three rankings that vary.
    """
    attended = collect_attention(model, sample.questions)
    taus = select_defined_taus(rank_words(model, attended, gradient))
    means = MEANS.get(published, (None, None, None))
    groups = tuple(
        build_group(name, values, sample.groups, published=mean)
        for name, values, mean in zip(PAIRS, taus.T, means, strict=True)
    )
    ahead = tau_lead(taus, sample.context.generator(LEAD))
    left = len(sample.questions) - len(taus)
    return Distributions(
        epoch=model.epoch,
        checks=attended.checks,
        quantity="Kendall's tau between two rankings of a text's words",
        groups=groups,
        ends=(-1.0, 1.0),
        reference=0.0,
        reference_name="no agreement",
        published_name="" if published == "none" else f"{PAPER}, {published}",
        verdict=judge_group(ahead, 0.0, len(taus)),
        decided=verdict_estimate(
            "tau ahead of the larger of the others", ahead, len(taus)
        ),
        bar_name="no lead",
        claim=(
            "gradients and leaving words out agree with each other more than attention "
            "agrees with either"
        ),
        notes=(
            *sample.notes,
            *([f"{left:,} left out: {ONE_IS_EVEN}"] if left else []),
            f"{PAIRS[2]}: {format_difference(ahead)} above the larger of the others",
            *describe_gaps(groups),
            describe_rule(0),
        ),
    )


ONE_IS_EVEN = "one of the three does not vary within the text"
"""Why a text has not all three taus."""


def select_defined_taus(rankings: Iterator[Rankings]) -> Array:
    """Select the taus of texts that have all three, (texts, 3).

    Raises:
        UnsupportedError: There is none.
    """
    taus = np.array([one.taus() for one in rankings]).reshape(-1, 3)
    defined = np.asarray(taus[np.isfinite(taus).all(1)])
    if not len(defined):
        raise UnsupportedError(
            f"in none of {len(taus):,} texts do attention, gradients and answers all "
            "vary; expected one at least: ask a trained model with attention of its own"
        )
    return defined


def describe_rule(bar: float) -> str:
    """Describe when a claim is supported."""
    return (
        f"supported if the interval lies above {bar:.3g}, not supported if below, "
        f"else undecided; undecided too with fewer than {LEAST_UNITS} texts"
    )


def format_difference(interval: Interval) -> str:
    """Format a difference and its interval."""
    return f"{interval.value:.3f}, interval {interval.low:.3f} to {interval.high:.3f},"


def describe_gaps(groups: Sequence[DistributionGroup]) -> Iterator[str]:
    """Yield how far the means are from those published, nothing where none are."""
    far = [
        (abs(one.mean - one.published), one.name)
        for one in groups
        if one.published is not None
    ]
    if far:
        gap, name = max(far)
        yield f"largest distance of a mean from the published one: {gap:.3f}, {name}"


def report_permutations(
    sample: TextSample, model: Averaging, permutations: int
) -> Distributions:
    """Report how far the answer moves under shuffled weights.

    Args:
        sample: The texts.
        model: The model.
        permutations: How often each text's weights are shuffled.

    Raises:
        IntegrityError: The answers are not weighted means.
    """
    weighings, checks = weigh_texts(model, sample.questions)
    draws = sample.draws(SHUFFLES)
    pairs = zip(weighings, draws, strict=True)
    moves = np.array([median_shift(one, permutations, rng) for one, rng in pairs])
    every = build_group("all texts", moves, sample.groups)
    return Distributions(
        epoch=model.epoch,
        checks=checks,
        quantity=SHIFT,
        groups=(every, *group_by_largest(sample, moves, weighings)),
        ends=(0.0, 1.0),
        reference=0.0,
        reference_name="the answer stays as it is",
        verdict=judge_group(every, MATTERS, len(moves)),
        decided=verdict_estimate("change of the answer", every, len(moves)),
        bar=MATTERS,
        bar_name="worth a sentence",
        claim="which tokens get the weight matters",
        notes=(
            *sample.notes,
            f"median over {permutations:,} shufflings of each text's weights",
            f"mean over all texts: {describe_rule(MATTERS)}",
        ),
    )


def group_by_largest(
    sample: TextSample, values: Array, weighings: Sequence[WeightedText]
) -> Iterator[DistributionGroup]:
    """Group values (texts,) by the largest weight of each text."""
    return group_by_largest_weight(
        values, [one.weights for one in weighings], sample.groups
    )


def report_adversary(
    sample: TextSample, model: Averaging, tolerance: float
) -> Distributions:
    """Report how different attention may be while the answer stays.

    Args:
        sample: The texts.
        model: The model.
        tolerance: How far the answer may move, in total variation.

    Raises:
        IntegrityError: The answers are not weighted means, or the adversary moves one
            beyond the tolerance.
    """
    weighings, checks = weigh_texts(model, sample.questions)
    exact = len(model.labels) == TWO
    if exact:
        others = tuple(find_furthest_weights(one, tolerance) for one in weighings)
    else:
        others = search_furthest_weights(
            weighings, tolerance, tuple(sample.draws(STARTS))
        )
    pairs = list(zip(weighings, others, strict=True))
    shift = max(float(one.answer_shift(other)) for one, other in pairs)
    far = np.array([float(jensen_shannon(one.weights, other)) for one, other in pairs])
    within = Check(
        "the adversary moves the answer within its tolerance", shift, tolerance
    )
    every = build_group("adversary", far, sample.groups)
    return Distributions(
        epoch=model.epoch,
        checks=(*checks, *verify_checks(within)),
        quantity=DIVERGENCE,
        groups=(every, *group_by_largest(sample, far, weighings)),
        unit="nats",
        ends=(0.0, LN2),
        reference=LN2,
        reference_name="the most that two weightings can differ",
        verdict=judge_group(every, FAR, len(far)),
        decided=verdict_estimate("divergence", every, len(far)),
        bar=FAR,
        bar_name="half the weight shared",
        claim="very different attention would have given the same answer",
        notes=(
            *sample.notes,
            f"the answer moves by at most {tolerance:g} of total variation",
            EXACT if exact else LOWER,
            *describe_unreachable(model),
            f"{describe_rule(FAR)}; {FAR:.3f} is the divergence of weightings that share half",
        ),
    )


def describe_unreachable(model: Attentive) -> Iterator[str]:
    """Yield what the model's own formula forbids it, and not its adversary."""
    if model.ratio is not None:
        yield (
            "this model's own formula cannot make one weight more than "
            f"{model.ratio:.3g} times another of the same text; an adversary may"
        )
