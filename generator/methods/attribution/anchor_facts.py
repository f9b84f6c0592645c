"""An anchor as the artifact holds it, and what is said beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.artifacts import AnchoredText, Fact
from generator.errors import quoted
from generator.methods import facts
from generator.methods.anchor_precision import Precision
from generator.methods.anchor_search import Anchor, Found, Rules
from generator.methods.anchor_space import Shortest
from generator.methods.classified import predicted
from generator.methods.perturbing import Operator
from generator.methods.players import Players
from generator.methods.windows import narrow

CHANGED: dict[Operator, str] = {
    "remove": "taken out of the text",
    "unknown": "replaced by the unknown word",
    "pad": "replaced by padding",
}


class Rule(NamedTuple):
    """What was found for one text: places are those of tokens that can be hidden."""

    anchor: Anchor
    precision: Precision
    base: float
    said: tuple[Fact, ...]


def undefined(game: Players) -> str:
    """Why a text has no anchor, "" where it can have one."""
    case = game.case
    given = case.model.labels[int(predicted(case.probabilities))]
    other = f"the model says {quoted(given)}, not {quoted(case.name)}"
    return game.undefined(1) or ("" if given == case.name else other)


def anchored(game: Players, rule: Rule, asked: int, keep: float) -> AnchoredText:
    """A text with its anchor; the model was asked about `asked` different texts."""
    every = ", all there are" if asked == 2 ** len(game.places) else ""
    return AnchoredText(
        **of_text(game),
        anchor=tuple(int(game.places[at]) for at in rule.anchor),
        precision=rule.precision.value,
        low=rule.precision.low,
        high=rule.precision.high,
        coverage=keep ** len(rule.anchor),
        samples=rule.precision.texts,
        coverage_samples=0,
        base=rule.base,
        facts=(
            Fact("tokens that can be hidden", float(len(game.places))),
            Fact(f"perturbed texts asked about{every}", float(asked)),
            *rule.said,
            *facts.unknown(game.case.question.tokens),
        ),
    )


def unanchored(game: Players, why: str) -> AnchoredText:
    """A text that has no anchor, and why."""
    return AnchoredText(
        **of_text(game),
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


def of_text(game: Players) -> dict[str, Any]:
    """What is known of a text without any anchor."""
    case, asked = game.case, game.case.question
    return {
        "tokens": asked.tokens,
        "probabilities": narrow(case.probabilities),
        "label": case.name,
        "truth": asked.truth,
        "rationale": asked.rationale,
        "document": asked.document,
        "length": asked.length,
    }


def of_shortest(found: Shortest, rules: Rules) -> Iterator[Fact]:
    """What is said of an anchor that was found among all."""
    yield from of_length(found.reached, rules)
    if found.reached:
        name = "other anchors as short that reach the threshold"
        yield Fact(name, float(found.rivals))


def of_search(
    found: Found, precision: Precision, rules: Rules, most: int
) -> Iterator[Fact]:
    """What speaks against an anchor that was searched for."""
    yield from of_length(found.reached, rules)
    missing = rules.threshold - precision.value
    if found.reached and missing > 0:
        reached = f"on the texts of the search it reached {rules.threshold:g}"
        yield Fact("short of the threshold", missing, doubt=reached)
    if not found.settled:
        ended = "they ended before it was settled that the anchor reaches the threshold"
        yield Fact("perturbed texts for a set, at most", float(most), doubt=ended)
    if found.unclear:
        other = "the draws did not tell which are best, so another may do as well"
        yield Fact(
            "sizes whose best sets are unclear", float(found.unclear), doubt=other
        )


def of_length(reached: bool, rules: Rules) -> Iterator[Fact]:
    """That no anchor was found, where none was."""
    if not reached:
        none = f"no set of so few reaches {rules.threshold:g}; this is the best found"
        yield Fact("tokens of an anchor, at most", float(rules.longest), doubt=none)
