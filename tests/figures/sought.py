"""A search for an input, made by hand, for views and for the gallery."""

from __future__ import annotations

import math

import numpy as np

from generator.artifacts import (
    CandidateText,
    OptimisationRun,
    OptimisationStage,
    OptimisedInputs,
)
from generator.core.tokens import Token
from tests.figures.examples import HOSTILE

LENGTH = 6
STEPS = 80
WORDS = (
    *("superb", "brilliant", "charming", "delightful", "truly", "not", "dull"),
    *("film", "the", "and", "gazette", "splendid"),
)


def tokens(seed: int) -> tuple[Token, ...]:
    """Words drawn evenly, one of them hostile."""
    draws = np.random.default_rng(seed)
    found = [Token(WORDS[at]) for at in draws.integers(0, len(WORDS), LENGTH)]
    found[1] = Token(HOSTILE[seed % len(HOSTILE)])
    return tuple(found)


def stage(step: int, seed: int) -> OptimisationStage:
    """A stage over mixtures, which come down to words."""
    done = step / STEPS
    shares = np.random.default_rng(seed).uniform(0.01, 0.1, LENGTH)
    return OptimisationStage(
        step=step,
        tokens=tokens(seed),
        shares=np.minimum(shares + 0.95 * done**2, 1).astype(np.float32),
        score=9.1 * done - 1.3,
        mixture=9.8 * done - 0.2,
        temperature=0.1**done,
    )


def exchange(number: int, last: OptimisationStage) -> OptimisationStage:
    """A stage that differs from the last one in a word."""
    changed = list(last.tokens)
    changed[number % LENGTH] = Token("superb")
    return OptimisationStage(
        step=STEPS + number,
        tokens=tuple(changed),
        shares=np.ones(LENGTH, np.float32),
        score=7.8 + 0.3 * number,
        mixture=math.nan,
        temperature=math.nan,
    )


def searched(seed: int, exchanges: int) -> OptimisationRun:
    """One start."""
    stages = [stage(step, seed + step) for step in (0, 2, 7, 15, 26, 41, 59, STEPS)]
    for number in range(1, exchanges + 1):
        stages.append(exchange(number, stages[-1]))
    done = np.linspace(0, 1, STEPS + 1)
    return OptimisationRun(
        stages=tuple(stages),
        mixtures=(9.8 * done - 0.2).astype(np.float32),
        texts=(9.1 * done - 1.3).astype(np.float32),
        flipped=7.8 + 0.3 * exchanges + 0.01 * seed,
        alone=8.1,
        random=4.2,
    )


def search(exchanges: int = 9, *, trained: bool = True) -> OptimisedInputs:
    """Three starts."""
    best = CandidateText(tokens=tokens(90), score=6.6)
    return OptimisedInputs(
        epoch=3,
        label="positive",
        labels=("negative", "positive"),
        quantity="log odds of positive",
        unit="nats",
        searches=tuple(searched(seed, exchanges) for seed in range(3)),
        drawn=1000,
        best_random=CandidateText(tokens=tokens(91), score=4.9),
        best_trained=best if trained else None,
        windows=812 if trained else 0,
        notes=("texts of 6 words out of 12; a word may stand twice",),
    )
