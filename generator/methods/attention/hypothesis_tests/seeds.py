"""Attention of models that differ in their seed alone, on the same texts.

The method *attention_tests* says what it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, Distributions, ScoredText, TokenScores
from generator.core.errors import ConfigError, UnsupportedError, quoted
from generator.methods.attention.hypothesis_tests.report import (
    DIVERGENCE,
    GAP,
    Battery,
    over,
    rule,
)
from generator.methods.attention.measures import weigh
from generator.methods.common.classifier_texts import Question
from generator.methods.common.divergence import LN2, jensen_shannon, normalised
from generator.methods.common.language_model_texts import QUANTITY
from generator.methods.common.statistics import (
    RESAMPLES,
    UNDEFINED,
    Interval,
    decided,
    group,
    judged,
    percentiles,
)
from generator.models.capabilities import Attentive

Array = NDArray[np.floating[Any]]
ADVERSARY = "adversary"
CLAIM = "an adversary's attention differs more than that of another seed"


def reseeded(
    battery: Battery,
    model: Attentive,
    others: Mapping[str, Sequence[ScoredText]],
    adversary: Array | None,
) -> Distributions:
    """How far the attention of other seeds is. Raises `IntegrityError`.

    `others` are the battery's texts as other models attend to them, by artifact.
    """
    found = weigh(model, battery.questions)
    each = {name: apart(found.weights, texts) for name, texts in others.items()}
    seeds = np.mean(list(each.values()), axis=0)
    groups = [
        group("another seed", seeds, battery.groups),
        group("even attention", from_even(found.weights), battery.groups, "null"),
    ]
    made = Distributions(
        epoch=model.epoch,
        checks=found.checks,
        quantity=DIVERGENCE,
        groups=tuple(groups),
        unit="nats",
        ends=(0.0, LN2),
        reference=0.0,
        reference_name="the same attention",
        notes=(*battery.notes, *notes(each)),
    )
    return made if adversary is None else compared(battery, made, adversary)


def compared(battery: Battery, made: Distributions, adversary: Array) -> Distributions:
    """The same with what an adversary reached, and whether that is further away."""
    seeds = made.groups[0].values
    further = gap(adversary, seeds, battery.asked.generator(GAP))
    texts = min(len(adversary), len(seeds))
    told = (
        f"the adversary is {over(further)} further away than another seed",
        rule(0),
    )
    again = group(ADVERSARY, adversary, battery.groups)
    return replace(
        made,
        groups=(*made.groups, again),
        verdict=judged(further, 0.0, texts),
        decided=decided("how much further the adversary goes", further, texts),
        bar_name="no further",
        claim=CLAIM,
        notes=(*made.notes, *told),
    )


def notes(each: Mapping[str, Array]) -> Iterator[str]:
    """How many models there are, and what is odd about them."""
    models = "1 other model" if len(each) == 1 else f"{len(each)} other models"
    yield f"{models}; a text's value is the mean over them"
    left = int(np.isnan(list(each.values())).any(0).sum())
    if left:
        yield f"{left:,} left out: another model's attention is not defined there"
    for name, values in each.items():
        if not values.any():
            yield f"{quoted(name)} attends exactly as this model: is it another seed?"


def attention_of(
    artifact: Artifact, name: str, questions: Sequence[Question]
) -> tuple[ScoredText, ...]:
    """The texts of an artifact, which are those of `questions`.

    Raises `UnsupportedError` where it holds no attention, `ConfigError` where it is
    about other texts.
    """
    if not isinstance(artifact, TokenScores) or artifact.quantity != QUANTITY:
        kind = getattr(artifact, "quantity", type(artifact).__name__)
        raise UnsupportedError(
            f"against: {quoted(name)} holds {quoted(kind)}; expected the attention of "
            "another model: name an artifact of the method attention"
        )
    ours, theirs = list(map(_words, questions)), list(map(_words, artifact.texts))
    if ours != theirs:
        raise ConfigError(
            f"against: {quoted(name)} is about other texts ({_unlike(ours, theirs)}); "
            "expected those of this artifact: give both the same texts, documents and "
            "part, and their models the same corpus and the same division of it"
        )
    return artifact.texts


def _words(text: Question | ScoredText) -> tuple[int | None, tuple[str, ...]]:
    """What tells one text from another: its document, and its words."""
    words = (token.text for token in text.tokens if token.kind != "pad")
    return text.document, tuple(words)


def _unlike(ours: Sequence[object], theirs: Sequence[object]) -> str:
    """The first difference of two lists of texts."""
    pairs = enumerate(zip(ours, theirs, strict=False), 1)
    place = next((at for at, (one, other) in pairs if one != other), None)
    if place is not None:
        return f"text {place} is another one"
    return f"{len(theirs):,} texts, here {len(ours):,}"


def adversary_of(artifact: Artifact, name: str) -> Array:
    """The divergences that an adversary reached. Raises `UnsupportedError`."""
    held = artifact if isinstance(artifact, Distributions) else None
    groups = held.groups if held and held.quantity == DIVERGENCE else ()
    for one in groups:
        if one.name == ADVERSARY:
            return one.values
    raise UnsupportedError(
        f"adversary: {quoted(name)} holds no adversary; expected what this method "
        "gives with test: adversary"
    )


def apart(ours: Sequence[Array], theirs: Sequence[ScoredText]) -> Array:
    """Divergence of each text's attention from another model's, in nats: (texts,).

    NaN where the other model's attention is not defined.
    """
    each = zip(ours, theirs, strict=True)
    return np.array([_apart(weights, text) for weights, text in each])


def _apart(weights: Array, text: ScoredText) -> float:
    if text.undefined or not np.isfinite(text.scores).all():
        return float("nan")
    if len(text.scores) != len(weights):
        raise UnsupportedError(
            f"against: a text has {len(text.scores)} weights, here {len(weights)}; "
            "expected a model of the same settings: both masked, or both of one length"
        )
    return float(jensen_shannon(normalised(weights), normalised(text.scores)))


def from_even(ours: Sequence[Array]) -> Array:
    """Divergence of each text's attention from even weights, in nats: (texts,)."""
    pairs = ((normalised(row), np.full(len(row), 1 / len(row))) for row in ours)
    return np.array([float(jensen_shannon(row, even)) for row, even in pairs])


def gap(left: Array, right: Array, rng: np.random.Generator) -> Interval:
    """Mean of `left` less mean of `right`, each resampled by itself."""
    if not left.size or not right.size:
        return UNDEFINED
    draws = [_drawn(left, rng) - _drawn(right, rng) for _ in range(RESAMPLES)]
    here = float(left.mean() - right.mean())
    return Interval(here, *percentiles(np.array(draws)))


def _drawn(values: Array, rng: np.random.Generator) -> float:
    return float(values[rng.integers(0, values.size, values.size)].mean())
