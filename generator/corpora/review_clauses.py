"""Clauses of the planted film reviews, drawn.

A clause is asked for by what it is worth. It gets there in one of several shapes, so
that the same word is found in clauses of every value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.corpora.grammar import Draws, expand
from generator.corpora.review_grammar import ASIDES, RULES, VERDICTS, Form
from generator.corpora.review_lexicon import (
    BY_WORTH,
    LESS_GOOD,
    LESS_SUPERB,
    MORE,
    MORE_UNDER_NOT,
)
from generator.corpora.review_parts import Piece


class Shape(NamedTuple):
    """How a clause comes to its value."""

    worth: int
    """Steps of the evaluating word."""
    degree: int = 0
    """1 with an intensifier, -1 with a downtoner."""
    denied: bool = False


POSITIVE = {
    1: (Shape(1), Shape(-1, denied=True), Shape(2, -1)),
    2: (Shape(1, 1), Shape(1, 1), Shape(2)),
}
MIDDLE = (
    *((Shape(0),) * 6),
    *(Shape(side * 2, denied=True) for side in (-1, 1)),
    *(Shape(side, -1) for side in (-1, 1)),
    *(Shape(side, 1, denied=True) for side in (-1, 1)),
)
SHAPES: dict[int, tuple[Shape, ...]] = {
    0: MIDDLE,
    **POSITIVE,
    **{
        -value: tuple(shape._replace(worth=-shape.worth) for shape in shapes)
        for value, shapes in POSITIVE.items()
    },
}
"""The ways to a value; each has on average two thirds of an operator."""


def clause(draws: Draws, value: int, forms: Sequence[Form]) -> list[str]:
    """A clause worth `value`, in one of the forms."""
    form = draws.pick(forms)
    shape = draws.pick(SHAPES[value])
    while shape.denied and not form.denied:
        shape = draws.pick(SHAPES[value])
    verb = draws.pick(form.denied) if shape.denied else form.verb
    said = (form.before, verb, form.between, *_judged(draws, shape), form.after)
    return expand(" ".join(said), RULES, draws)


def _judged(draws: Draws, shape: Shape) -> list[str]:
    """The evaluating word, after the word of degree if there is one."""
    less = LESS_SUPERB if abs(shape.worth) > 1 else LESS_GOOD
    more = MORE_UNDER_NOT if shape.denied else MORE
    degree = {1: more, -1: less}.get(shape.degree)
    word = draws.pick(BY_WORTH[shape.worth])
    return [draws.pick(degree), word] if degree else [word]


def verdicts(draws: Draws, first: int, second: int) -> tuple[list[str], list[str]]:
    """Two clauses that count, about two parts of the film."""
    one = clause(draws, first, VERDICTS)
    while True:
        two = clause(draws, second, VERDICTS)
        if _judges(one).isdisjoint(_judges(two)):
            return one, two


def _judges(words: list[str]) -> set[str]:
    """What a clause is about and in which words, little words left out."""
    return {word for word in words if word not in {"the", "is", "are", "not", "n't"}}


def distractor(draws: Draws, values: Sequence[int]) -> Piece:
    """A sentence that judges something other than the film."""
    if not draws.number(6):
        return Piece("distractor", expand("$guys", RULES, draws))
    return Piece("distractor", [*clause(draws, draws.pick(values), ASIDES), "."])


def filler(draws: Draws) -> Piece:
    """A sentence that judges nothing."""
    return Piece("filler", expand("$filler", RULES, draws))
