"""Translators' artifacts made by hand, for views and for the gallery.

Sentences and numbers are invented; the sizes are those that a trained model gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from generator.artifacts import (
    AlignedText,
    AlignmentFrames,
    Alignments,
    Check,
    Links,
    Measurement,
)
from generator.core.tokens import Token
from tests.figures.examples import HOSTILE

END = Token("</s>", "mark")
SOURCE = (
    "the", "old", "miller", "sells", "three", "white", "horses", "near", "the", "river",
)  # fmt: skip
TARGET = (
    "le", "meunier", "vieux", "vend", "trois", "chevaux", "blancs", "a", "cote",
    "fleuve",
)  # fmt: skip
GOLD: Links = (
    (0, 0), (1, 2), (2, 1), (3, 3), (4, 4), (5, 6), (6, 5), (7, 7), (8, 7), (9, 9),
)  # fmt: skip
"""Two swaps, one word that became two, one that was dropped."""


def sentence(words: Sequence[str]) -> tuple[Token, ...]:
    """Words as a translator reads them, closed."""
    return (*map(Token, words), END)


def weights(
    targets: int, sources: int, gold: Links, seed: int = 3, sharp: float = 4.0
) -> np.ndarray:
    """Rows that sum to 1, larger at the gold links the larger `sharp`."""
    draws = np.random.Generator(np.random.PCG64(seed)).normal(size=(targets, sources))
    for target, source in gold:
        draws[target, source] += sharp
    draws[-1, -1] += sharp
    powers = np.exp(draws)
    return np.asarray((powers / powers.sum(1, keepdims=True)).astype(np.float32))


def aligned(
    source: Sequence[str] = SOURCE,
    target: Sequence[str] = TARGET,
    gold: Links | None = GOLD,
    *,
    sharp: float = 4.0,
    seed: int = 3,
    **given: Any,
) -> AlignedText:
    """A text with attention weights that follow `gold`, or the diagonal without."""
    sources, targets = sentence(source), sentence(target)
    length = min(len(source), len(target))
    links = tuple((i, i) for i in range(length)) if gold is None else gold
    chances = np.random.Generator(np.random.PCG64(seed)).uniform(0.4, 1, len(targets))
    known = () if gold is None else (Measurement("alignment error rate", 0.1),)
    return AlignedText(
        sources=sources,
        targets=targets,
        scores=weights(len(targets), len(sources), links, seed, sharp),
        probabilities=chances.astype(np.float32),
        gold=gold,
        possible=() if gold is None else ((len(target), len(source)),),
        facts=(
            *known,
            Measurement("entropy", 0.92, "bits"),
            Measurement("coverage", 0.83),
        ),
        **given,
    )


def attention(**given: Any) -> Alignments:
    """Attention over a text with gold links, one without, a short one."""
    texts = (
        aligned(document=12, reference=sentence(TARGET)),
        aligned(
            ["she", "is", "five", "years", "younger", "than", "me", "."],
            ["elle", "a", "cinq", "ans", "de", "moins", "que", "moi", "."],
            None,
        ),
        aligned(["go", "."], ["va", "!"], None, document=3),
    )
    given.setdefault("texts", texts)
    return Alignments(
        **{
            "epoch": 6,
            "checks": (Check("rows sum to 1", 1.8e-7, 1e-5),),
            "quantity": "attention weight",
            "scoring": "additive",
            "notes": ("each target token is linked to its largest weight",),
            **given,
        }
    )


def signed() -> Alignments:
    """Falls of the log probability of each target token without a source token."""
    text = aligned(document=12)
    drops = np.log(text.scores + 0.02).astype(np.float32) + np.float32(2.5)
    fields = {name: getattr(text, name) for name in ("sources", "targets", "gold")}
    chances = text.probabilities
    return attention(
        texts=(AlignedText(scores=drops, probabilities=chances, **fields),),
        quantity="drop in log probability",
        unit="nats",
        signed=True,
        forced=True,
        checks=(),
    )


def hostile() -> Alignments:
    """Every token of `HOSTILE` on both sides."""
    return attention(texts=(aligned(HOSTILE, HOSTILE[::-1], None),))


def characters() -> Alignments:
    """A date, character by character, as wide as the figures must bear."""
    source, target = list("the 3rd of march, 1987"), list("1987-03-03")
    gold = (*((i, 18 + i) for i in range(4)), (8, 4), (9, 4))
    return attention(texts=(aligned(source, target, gold),))


def frames() -> AlignmentFrames:
    """One text at six epochs, from an even spread to a sharp one."""
    sharpness = {0: 0.0, 1: 1.0, 2: 2.0, 4: 3.0, 6: 4.0, 8: 5.0}
    return AlignmentFrames(
        frames=tuple(
            attention(texts=(aligned(sharp=sharp),), epoch=epoch, forced=True)
            for epoch, sharp in sharpness.items()
        )
    )
