"""The attention of models that differ in their seed alone, on the same texts.

The method *attention_tests* says what it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, Distributions, ScoredText, TokenScores
from generator.core.errors import ConfigError, UnsupportedError, quote_text
from generator.methods.attention.hypothesis_tests.report import (
    DIVERGENCE,
    GAP,
    TextSample,
    describe_rule,
    format_difference,
)
from generator.methods.attention.measures import collect_attention
from generator.methods.common.classifier_texts import InputText
from generator.methods.common.divergence import LN2, jensen_shannon, normalize_rows
from generator.methods.common.language_model_texts import QUANTITY
from generator.methods.common.statistics import (
    RESAMPLES,
    UNDEFINED,
    Interval,
    build_group,
    judge_group,
    percentiles,
    verdict_estimate,
)
from generator.models.capabilities import Attentive

Array = NDArray[np.floating[Any]]
ADVERSARY = "adversary"
CLAIM = "an adversary's attention differs more than that of another seed"


def report_seeds(
    sample: TextSample,
    model: Attentive,
    others: Mapping[str, Sequence[ScoredText]],
    adversary: Array | None,
) -> Distributions:
    """Report how far the attention of other seeds is.

    Args:
        sample: The texts.
        model: The model.
        others: The sample's texts as other models attend to them, by artifact.
        adversary: The divergences that an adversary reached, (texts,), if they are
            known.

    Raises:
        IntegrityError: The model's rows are not attention weights.
    """
    attended = collect_attention(model, sample.questions)
    each = {
        name: seed_divergences(attended.weights, texts)
        for name, texts in others.items()
    }
    seeds = np.mean(list(each.values()), axis=0)
    groups = [
        build_group("another seed", seeds, sample.groups),
        build_group(
            "even attention", even_divergences(attended.weights), sample.groups, "null"
        ),
    ]
    report = Distributions(
        epoch=model.epoch,
        checks=attended.checks,
        quantity=DIVERGENCE,
        groups=tuple(groups),
        unit="nats",
        ends=(0.0, LN2),
        reference=0.0,
        reference_name="the same attention",
        notes=(*sample.notes, *describe_models(each)),
    )
    return report if adversary is None else compare_adversary(sample, report, adversary)


def compare_adversary(
    sample: TextSample, distributions: Distributions, adversary: Array
) -> Distributions:
    """Add what an adversary reached, and whether that is further away."""
    seeds = distributions.groups[0].values
    further = mean_gap(adversary, seeds, sample.context.generator(GAP))
    texts = min(len(adversary), len(seeds))
    notes = (
        f"the adversary is {format_difference(further)} further away than another seed",
        describe_rule(0),
    )
    again = build_group(ADVERSARY, adversary, sample.groups)
    return replace(
        distributions,
        groups=(*distributions.groups, again),
        verdict=judge_group(further, 0.0, texts),
        decided=verdict_estimate("how much further the adversary goes", further, texts),
        bar_name="no further",
        claim=CLAIM,
        notes=(*distributions.notes, *notes),
    )


def describe_models(each: Mapping[str, Array]) -> Iterator[str]:
    """Yield how many models there are, and what is odd about them."""
    if len(each) == 1:
        yield "compared with 1 other model"
    else:
        yield f"a text's value is the mean over {len(each)} other models"
    left = int(np.isnan(list(each.values())).any(0).sum())
    if left:
        yield f"{left:,} left out: another model's attention is not defined there"
    for name, values in each.items():
        if not values.any():
            yield f"{quote_text(name)} attends exactly as this model: is it another seed?"


def read_attention(
    artifact: Artifact, name: str, questions: Sequence[InputText]
) -> tuple[ScoredText, ...]:
    """Return the texts of another model's attention, if they are the same texts.

    Args:
        artifact: The attention.
        name: Its name, for messages.
        questions: The texts.

    Raises:
        UnsupportedError: The artifact holds no attention.
        ConfigError: It is of other texts.
    """
    if not isinstance(artifact, TokenScores) or artifact.quantity != QUANTITY:
        raise UnsupportedError(
            f"against: {quote_text(name)} is not the attention of another model; name an "
            "artifact of the method attention"
        )
    ours, theirs = (
        list(map(_text_identity, questions)),
        list(map(_text_identity, artifact.texts)),
    )
    if ours != theirs:
        raise ConfigError(
            f"against: {quote_text(name)} is about other texts ({_first_difference(ours, theirs)}); "
            "expected those of this artifact: give both the same texts, documents and "
            "part, and their models the same corpus and the same division of it"
        )
    return artifact.texts


def _text_identity(text: InputText | ScoredText) -> tuple[int | None, tuple[str, ...]]:
    """Return what tells one text from another: its document, and its words."""
    words = (token.text for token in text.tokens if token.kind != "pad")
    return text.document, tuple(words)


def _first_difference(ours: Sequence[object], theirs: Sequence[object]) -> str:
    """Describe the first difference of two lists of texts."""
    pairs = enumerate(zip(ours, theirs, strict=False), 1)
    place = next((at for at, (one, other) in pairs if one != other), None)
    if place is not None:
        return f"text {place} is another one"
    return f"{len(theirs):,} text{'s' if len(theirs) != 1 else ''}, here {len(ours):,}"


def read_divergences(artifact: Artifact, name: str) -> Array:
    """Return the divergences that an adversary reached, (texts,).

    Raises:
        UnsupportedError: The artifact holds none.
    """
    distributions = artifact if isinstance(artifact, Distributions) else None
    groups = (
        distributions.groups
        if distributions and distributions.quantity == DIVERGENCE
        else ()
    )
    for one in groups:
        if one.name == ADVERSARY:
            return one.values
    raise UnsupportedError(
        f"adversary: {quote_text(name)} holds no adversary; expected what this method "
        "gives with test: adversary"
    )


def seed_divergences(ours: Sequence[Array], theirs: Sequence[ScoredText]) -> Array:
    """Compute the divergence of each text's attention from another model's.

    Args:
        ours: Weights of each text, (slots,).
        theirs: The texts as the other model attends to them.

    Returns:
        (texts,), in nats; NaN where the other model's attention is not defined.

    Raises:
        UnsupportedError: The other model weighs another number of slots.
    """
    each = zip(ours, theirs, strict=True)
    return np.array([_seed_divergence(weights, text) for weights, text in each])


def _seed_divergence(weights: Array, text: ScoredText) -> float:
    if text.undefined or not np.isfinite(text.scores).all():
        return float("nan")
    if len(text.scores) != len(weights):
        raise UnsupportedError(
            f"against: a text has {len(text.scores)} weights, here {len(weights)}; "
            "expected a model of the same settings: both masked, or both of one length"
        )
    return float(jensen_shannon(normalize_rows(weights), normalize_rows(text.scores)))


def even_divergences(ours: Sequence[Array]) -> Array:
    """Compute the divergence of each text's attention from even weights, in nats."""
    pairs = ((normalize_rows(row), np.full(len(row), 1 / len(row))) for row in ours)
    return np.array([float(jensen_shannon(row, even)) for row, even in pairs])


def mean_gap(left: Array, right: Array, rng: np.random.Generator) -> Interval:
    """Compute the mean of `left` less the mean of `right`, each resampled by itself."""
    if not left.size or not right.size:
        return UNDEFINED
    draws = [
        _resampled_mean(left, rng) - _resampled_mean(right, rng)
        for _ in range(RESAMPLES)
    ]
    here = float(left.mean() - right.mean())
    return Interval(here, *percentiles(np.array(draws)))


def _resampled_mean(values: Array, rng: np.random.Generator) -> float:
    return float(values[rng.integers(0, values.size, values.size)].mean())
