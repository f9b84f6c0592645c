"""Inputs that were searched for, and the way to them."""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts.base import Artifact, Floats, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A text on the way, with its score, and that of the mixture it was read off.

    `temperature` and `mixture` are NaN where there is no mixture: a word was exchanged.
    """

    step: int  # of the climb over mixtures, then of the exchanges after it
    tokens: tuple[Token, ...]
    shares: Floats  # (tokens,), of the word in its place's mixture, from 0 to 1
    score: float  # of the text as it stands
    mixture: float
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One start: some stages, and the scores of every step."""

    stages: tuple[Stage, ...]
    mixtures: Floats  # (steps + 1,), scores of the mixtures
    texts: Floats  # (steps + 1,), scores of the texts read off them
    flipped: float  # the score after words were exchanged
    alone: float  # the same from a random text, without any mixture
    random: float  # the best of as many random texts as `Optimised.drawn` says


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text and its score."""

    tokens: tuple[Token, ...]
    score: float


@dataclass(frozen=True, kw_only=True)
class Optimised(Artifact):
    """What a search for the input of the largest score found, from several starts."""

    label: str  # whose score was climbed
    labels: tuple[str, ...]
    quantity: str  # "log odds of positive"
    unit: str
    searches: tuple[Search, ...]
    drawn: int  # random texts of each start
    best_random: Found
    best_trained: Found | None  # of training texts, None where none is long enough
    windows: int  # stretches of training texts that were asked about
    notes: tuple[str, ...] = ()
