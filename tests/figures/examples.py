"""Artifacts made by hand: small, varied, and with every token that could do harm."""

from __future__ import annotations

import numpy as np

from generator.artifacts import (
    Alternative,
    Check,
    Curves,
    Estimate,
    Estimates,
    Frames,
    PartScores,
    SampledText,
    Samples,
    SlotScores,
)
from generator.core.tokens import Token

PAD = Token("<pad>", "pad")
MARK = Token("<s>", "mark")
SENTENCE = [
    "this",
    "slow",
    "tune",
    "by",
    "orlova",
    "sounds",
    "a",
    "little",
    "like",
    "a",
    "soft",
    "letter",
    "from",
    "oslo",
    ".",
]
WINDOW = 10

HOSTILE = (
    "<s>", "<pad>", "</script>", "<script>alert(1)</script>", "<!--", "-->", "]]>",
    "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onmouseover='x",
    "&", "&amp;amp;", "&lt;b&gt;", '"', "'", "{{ 7*7 }}", "{% raw %}", "${7*7}",
    "javascript:alert(1)", "[x](javascript:alert(1))", "![](//t.example/p.gif)",
    "\x00", "\x1b[31m", "\x08", "\x7f", "\x85", "\n", "\t", " ", "  ", "\u00a0",
    "\u3000", "\u200b", "a\u200db", "soft\u00adhyphen", "\ufeffbom", "\u202eright",
    "\u2066iso", "\ud800", "\ufffe", "👩‍👩‍👧", "👍🏽", "🇳🇴", "1️⃣", "z" + "\u0301" * 200,
    "\u0301", "é", "e\u0301", "а", "שלום", "注意力", "$$", "a$\\foo$", "\\u003c",
    "x" * 10_000, "__proto__", "constructor", "NaN", "None", "toString", "",
    "https://example.org/?a=1&b=2", "http-equiv", "=1+1", "<textarea>", "</title>",
    '<math><mi//xlink:href="data:x,<script>alert(4)</script>">', "ſcript", "`x`",
    "![c](figure:text)", "\u2028", "\u2029", "\x0b",
)  # fmt: skip
"""Tokens that a page, a drawing, a feed or a terminal could choke on."""


def histories(
    before: list[Token], targets: list[Token], window: int
) -> tuple[tuple[Token, ...], ...]:
    """What a window of a text holds at each step, padding first."""
    text = [PAD] * window + before + targets
    ends = range(window + len(before), len(text))
    return tuple(tuple(text[end - window : end]) for end in ends)


def shares(steps: int, window: int, seed: int, sharp: float = 2.5) -> np.ndarray:
    """Rows that sum to 1, more uneven the larger `sharp`."""
    draws = np.random.Generator(np.random.PCG64(seed)).normal(size=(steps, window))
    powers = np.exp(sharp * draws)
    return (powers / powers.sum(1, keepdims=True)).astype(np.float32)


def attention(
    words: list[str] = SENTENCE,
    window: int = WINDOW,
    *,
    seed: int = 3,
    sharp: float = 2.5,
    epoch: int = 8,
) -> SlotScores:
    """Attention weights of a text, one row a word."""
    targets = [Token(word) for word in words]
    steps = len(targets)
    chances = shares(steps, 8, seed + 100)
    options = tuple(
        (
            Alternative(targets[t], float(chances[t, 0])),
            Alternative(Token("other"), float(chances[t, 1])),
            Alternative(PAD, float(chances[t, 2])),
        )
        for t in range(steps)
    )
    return SlotScores(
        epoch=epoch,
        checks=(
            Check("rows sum to 1", 1.2e-7, 1e-6),
            Check("exposed weights equal recomputed ones", 3e-8, 1e-5),
        ),
        targets=tuple(targets),
        histories=histories([MARK], targets, window),
        scores=shares(steps, window, seed, sharp),
        probabilities=chances[:, 0],
        quantity="attention weight",
        alternatives=options,
        temperature=0.0,
    )


def hostile() -> SlotScores:
    """Attention over every token of `HOSTILE`."""
    return attention(list(HOSTILE), 6, seed=9)


def large(steps: int = 60, window: int = 40) -> SlotScores:
    """Characters, as the pretrained model reads them."""
    text = "The first of the songs that we heard on the radio was long ago."
    return attention(list(text[:steps]), window, seed=5, sharp=1.5)


def frames() -> Frames:
    """One text at six epochs, from an even spread to an uneven one."""
    sharpness = {0: 0.0, 1: 0.6, 2: 1.2, 4: 1.8, 6: 2.2, 8: 2.5}
    return Frames(
        frames=tuple(
            attention(sharp=sharp, epoch=epoch) for epoch, sharp in sharpness.items()
        )
    )


def parts() -> PartScores:
    """Contributions for and against, split over three parts."""
    base = attention()
    random = np.random.Generator(np.random.PCG64(12))
    by_part = random.normal(size=(len(SENTENCE), WINDOW, 3)).astype(np.float32)
    by_part *= base.scores[..., None] * 4
    return PartScores(
        epoch=8,
        checks=(Check("parts and bias sum to the logit", 4e-6, 1e-4),),
        targets=base.targets,
        histories=base.histories,
        scores=by_part.sum(-1),
        probabilities=base.probabilities,
        quantity="logit contribution",
        unit="logits",
        signed=True,
        temperature=0.0,
        parts=("embedding", "layer 1", "layer 2"),
        by_part=by_part,
    )


def curves() -> Curves:
    """Two losses and a share by epoch, the first without a training loss."""
    x = np.arange(9, dtype=np.float32)
    training = np.array([np.nan, *(2.9 * np.exp(-x[1:] / 3) + 0.4)], dtype=np.float32)
    held = (2.6 * np.exp(-x / 2.4) + 0.75 + 0.02 * x).astype(np.float32)
    return Curves(
        x=x,
        y=np.stack([training, held]),
        x_label="epoch",
        y_label="loss",
        names=("training loss", "held-out loss"),
        marked_x=6.0,
        unit="nats",
    )


def samples() -> Samples:
    """Texts at two epochs and three temperatures, some of them unfriendly."""
    texts = (
        "a soft letter from oslo",
        "<s> & </script> \x1b[31m red \u202eright to left",
        "two lines\nand a tab\there",
        "",
    )
    return Samples(
        prefix="this ",
        samples=tuple(
            SampledText(texts[(i + epoch) % 4], warmth, epoch)
            for epoch in (2, 8)
            for warmth in (0.2, 0.5, 1.0)
            for i in range(2)
        ),
    )


def estimates() -> Estimates:
    """A claim that its null does not support, with both controls."""
    return Estimates(
        quantity="rank correlation of attention and TF-IDF",
        claim="Attention rests on the words that TF-IDF finds telling.",
        reference=0.0,
        reference_name="no relation",
        verdict="not supported",
        notes=("Intervals by resampling documents, 2,000 times.",),
        rows=(
            Estimate("trained model", 0.06, -0.04, 0.15, 96, "observed", 0.21),
            Estimate("shuffled within a row", 0.00, -0.09, 0.10, 96, "null"),
            Estimate("untrained model", 0.04, -0.06, 0.13, 96, "null"),
            Estimate("planted weights", 0.91, 0.88, 0.94, 96, "positive control", 5e-5),
            Estimate("random weights", -0.01, -0.10, 0.08, 96, "negative control", 0.8),
        ),
    )
