"""Classifiers' artifacts made by hand, for views and for the gallery.

Sentences and numbers are invented; the sizes are those that a trained model gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from generator.artifacts import (
    Check,
    DistributionGroup,
    Distributions,
    Measurement,
    Predictions,
    ScoredText,
    TokenFrames,
    TokenScores,
)
from generator.core.tokens import Token
from generator.corpora.words import split_into_words
from tests.figures.examples import HOSTILE

PAD = Token("<pad>", "pad")
LABELS = ("negative", "positive")
FIVE = ("very negative", "negative", "neutral", "positive", "very positive")
REVIEW = split_into_words(
    "The plot is thin, but the two leads are never less than delightful to watch."
)
PLAIN = split_into_words("A slow, grey film that doesn't know when to stop.")
UNKNOWN = {"delightful", "grey"}
LONG = split_into_words(
    "I went in expecting very little, as the trailer gives away most of the jokes and "
    "the poster promises the kind of family comedy that nobody in my family has ever "
    "laughed at. The first half hour did nothing to change my mind: a father loses "
    "his job, a dog eats a cake, and everybody shouts. Then, quite without warning, "
    "the film finds its feet. The grandmother, who has been asleep in a chair until "
    "now, wakes up and takes over, and from there on there is hardly a dull minute. "
    "It is not a great film, and the ending is sentimental, but I have seldom left a "
    "cinema in a better mood, and I would gladly see it again."
)


def tokens(words: Sequence[str], pads: int = 0) -> tuple[Token, ...]:
    """Words as a classifier reads them, two of them unknown to it."""
    return (
        tuple(Token(w, "unknown" if w in UNKNOWN else "word") for w in words)
        + (PAD,) * pads
    )


def weights(size: int, seed: int, sharp: float = 1.4) -> np.ndarray:
    """Shares that sum to 1."""
    draws = np.random.Generator(np.random.PCG64(seed)).normal(size=size) * sharp
    powers = np.exp(draws - draws.max())
    return np.asarray((powers / powers.sum()).astype(np.float32))


def shares(p: float) -> np.ndarray:
    """Probabilities of two labels."""
    return np.array([1 - p, p], np.float32)


def weighed(words: Sequence[str], seed: int, p: float, **given: Any) -> ScoredText:
    """A text with attention weights."""
    pads = given.pop("pads", 0)
    size = len(words) + pads
    return ScoredText(
        tokens=tokens(words, pads),
        scores=weights(size, seed, given.pop("sharp", 1.4)),
        probabilities=shares(p),
        **given,
    )


STORY = (
    "anna left the milk in the garden.",
    "ben looked for the milk in the attic.",
    "after that clara put the milk <down> in the kitchen.",
    "zed zzz.",
)


def story(**given: Any) -> TokenScores:
    """Attention over the sentences of a story, one of which no word is known of."""
    kinds = ("sentence", "sentence", "sentence", "unknown")
    text = ScoredText(
        tokens=tuple(map(Token, STORY, kinds)),  # type: ignore[arg-type]  # kinds are
        scores=np.array([0.02, 0.01, 0.95, 0.02], np.float32),
        probabilities=np.array([0.03, 0.97], np.float32),
        truth="kitchen",
        rationale=((2, 3),),
        document=7,
        question="where is the milk?",
    )
    given.setdefault("texts", (text, replace(text, length=9, document=8)))
    return TokenScores(
        epoch=6, labels=("garden", "kitchen"), quantity="attention weight", **given
    )


def attention(**given: Any) -> TokenScores:
    """Attention over two texts given, a long one, and two documents."""
    texts = (
        weighed(
            REVIEW, 4, 0.93, rationale=((11, 14),),
            facts=(Measurement("entropy / log n", 0.81), Measurement("largest "
                                                                     "weight", 0.31)),
        ),
        weighed(PLAIN, 5, 0.71, truth="negative"),
        weighed(LONG, 6, 0.88, truth="positive"),
        weighed(PLAIN, 7, 0.22, truth="negative", document=12, rationale=((1, 5),)),
        weighed(LONG[:20], 8, 0.64, truth="positive", document=1204, length=512),
    )  # fmt: skip
    given.setdefault("texts", texts)
    return TokenScores(
        epoch=6,
        checks=(Check("weights of a text sum to 1", 1.8e-7, 1e-5),),
        labels=LABELS,
        quantity="attention weight",
        notes=("padding is masked: a text's weights are its tokens' alone",),
        **given,
    )


def unmasked() -> TokenScores:
    """Attention that also weighs padding, squashed so that no weight dominates."""
    texts = (
        weighed(PLAIN, 9, 0.66, pads=28, sharp=0.4),
        weighed(PLAIN, 9, 0.66, pads=188, sharp=0.4),
    )
    return TokenScores(
        epoch=6,
        texts=texts,
        labels=LABELS,
        quantity="attention weight",
        ratio=7.389,
        notes=("padding is not masked: each text has 200 slots",),
    )


PUSH = [
    0.01, -0.22, -0.05, -0.61, 0.0, 0.34, 0.02, 0.01, 0.11, -0.03, 0.41, 0.52, -0.18,
    0.95, 0.03, 0.12, -0.02,
]  # fmt: skip
"""What each word of `REVIEW` adds to the logit of "positive"."""


def signed(
    label: str = "positive", quantity: str = "Shapley value", **given: Any
) -> TokenScores:
    """Scores for and against, with standard errors; said of either label."""
    sign = 1 if label == "positive" else -1
    scores = sign * np.array(PUSH, np.float32)
    text = ScoredText(
        tokens=tokens(REVIEW),
        scores=scores,
        probabilities=shares(0.93),
        label=label,
        truth="positive",
        spread=np.full(len(PUSH), 0.045, np.float32),
        facts=(
            Measurement("sum of the scores", sign * float(np.sum(PUSH)), "logits"),
            Measurement("samples", 2000),
            Measurement("efficiency gap", 0.0004),
        ),
    )
    given.setdefault("texts", (text,))
    return TokenScores(
        epoch=6, labels=LABELS, quantity=quantity, unit="logits", signed=True, **given
    )


def lime() -> TokenScores:
    """Coefficients of a fit that is poor, for two texts, one explained as negative."""
    made = np.random.Generator(np.random.PCG64(2)).normal(size=len(PLAIN)) * 0.12
    poor = ScoredText(
        tokens=tokens(PLAIN), scores=made.astype(np.float32),
        probabilities=shares(0.71), label="positive", truth="negative",
        facts=(
            Measurement("R²", 0.31, doubt="words explain less than half of the change"),
            Measurement("local prediction", 0.42, doubt="it lies on the other side "
                                                        "of 0.5"),
            Measurement("samples", 5000),
        ),
    )  # fmt: skip
    sound = ScoredText(
        tokens=tokens(REVIEW), scores=np.array(PUSH, np.float32) * -0.3,
        probabilities=shares(0.93), label="negative",
        facts=(Measurement("R²", 0.94), Measurement("samples", 5000)),
    )  # fmt: skip
    return TokenScores(
        epoch=6, texts=(poor, sound), labels=LABELS, quantity="LIME coefficient",
        unit="probability", signed=True, notes=("words are taken out",),
    )  # fmt: skip


def review(scores: TokenScores) -> TokenScores:
    """Only the texts that read `REVIEW`."""
    kept = (t for t in scores.texts if tuple(x.text for x in t.tokens) == REVIEW)
    return replace(scores, texts=tuple(kept))


def undefined() -> TokenScores:
    """A method that has no answer for `REVIEW`."""
    text = ScoredText(
        tokens=tokens(REVIEW),
        scores=np.full(len(REVIEW), np.nan, np.float32),
        probabilities=shares(0.93),
        label="positive",
        undefined="no word changes the prediction",
    )
    return TokenScores(
        texts=(text,), labels=LABELS, quantity="gradient × input", unit="logits",
        signed=True,
    )  # fmt: skip


def five() -> TokenScores:
    """Five labels; two texts whose scores speak for different ones."""
    draws = np.random.Generator(np.random.PCG64(3))
    made = [
        ScoredText(
            tokens=tokens(words),
            scores=draws.normal(size=len(words)).astype(np.float32),
            probabilities=np.array(p, np.float32),
            label=label,
            truth=truth,
        )
        for words, p, label, truth in (
            (REVIEW, (0.02, 0.08, 0.41, 0.39, 0.10), "neutral", "positive"),
            (PLAIN, (0.36, 0.44, 0.12, 0.06, 0.02), "negative", "very negative"),
        )
    ]
    return TokenScores(
        epoch=3, texts=tuple(made), labels=FIVE, quantity="gradient × input",
        unit="logits", signed=True,
    )  # fmt: skip


def odd() -> TokenScores:
    """Texts with nothing, or nothing sound, to draw, and one with a gap."""
    gap = np.array(PUSH, np.float32)
    gap[[3, 7]] = np.nan
    none = "every word is unknown, so taking one out changes nothing"
    p = shares(0.55)
    return TokenScores(
        texts=(
            ScoredText(tokens=tokens(PLAIN), scores=np.full(13, np.nan, np.float32),
                       probabilities=p, label="positive", undefined=none),
            ScoredText(tokens=tokens(REVIEW), scores=gap, probabilities=p,
                       label="positive"),
            ScoredText(tokens=tokens(["fine"]), scores=np.array([0.4], np.float32),
                       probabilities=p, label="positive"),
        ),
        labels=LABELS, quantity="drop in log probability", unit="nats", signed=True,
    )  # fmt: skip


def even() -> TokenScores:
    """A text whose words all have one weight."""
    size = len(PLAIN)
    text = ScoredText(
        tokens=tokens(PLAIN),
        scores=np.full(size, 1 / size, np.float32),
        probabilities=shares(0.5),
    )
    return TokenScores(texts=(text,), labels=LABELS, quantity="attention weight")


def harmful() -> TokenScores:
    """Attention over every token of `HOSTILE`, and labels that could do harm."""
    text = ScoredText(
        tokens=tuple(Token(text) for text in HOSTILE),
        scores=weights(len(HOSTILE), 1),
        probabilities=shares(0.8),
        truth="<b>bad</b>",
        facts=(Measurement("<i>R²</i>", 0.2, doubt='"><svg onload=alert(1)>'),),
    )
    return TokenScores(
        texts=(text,), labels=("<b>bad</b>", "\u202egood"), quantity="attention weight"
    )


def tiny() -> TokenScores:
    """Norms of gradients, all far below one hundredth."""
    text = ScoredText(
        tokens=tokens(REVIEW),
        scores=np.abs(np.array(PUSH, np.float32)) * 4e-4,
        probabilities=shares(0.93),
    )
    return TokenScores(
        texts=(text,), labels=LABELS, quantity="norm of the gradient", unit="logits"
    )


def frames(pads: int = 0, words: Sequence[str] = REVIEW) -> TokenFrames:
    """One text at nine epochs, from even weights to uneven ones."""
    made = []
    for epoch in range(9):
        p = 0.5 + 0.43 * (1 - np.exp(-epoch / 3)) * (-1 if epoch == 1 else 1)
        text = weighed(
            words, 4, float(p), pads=pads, sharp=0.25 * epoch, truth="positive",
            rationale=((3, 5), (11, 13)),
        )  # fmt: skip
        check = Check("weights of a text sum to 1", 1e-8 * epoch, 1e-5)
        made.append(
            TokenScores(
                epoch=epoch,
                checks=(check,),
                texts=(text,),
                labels=LABELS,
                quantity="attention weight",
            )
        )
    return TokenFrames(frames=tuple(made))


def predictions(labels: tuple[str, ...] = LABELS, documents: int = 400) -> Predictions:
    """Right more often than not; mistakes fall on the labels beside the true one."""
    draws = np.random.Generator(np.random.PCG64(8))
    n = len(labels)
    truths = draws.integers(0, n, documents).astype(np.int32)
    logits = -np.abs(np.arange(n)[None] - truths[:, None]) * 1.6
    logits = logits + draws.normal(size=(documents, n))
    powers = np.exp(logits)
    return Predictions(
        epoch=6,
        labels=labels,
        documents=np.arange(documents, dtype=np.int32),
        truths=truths,
        probabilities=(powers / powers.sum(1, keepdims=True)).astype(np.float32),
        part="test",
        parameters=120_000,
    )


def group(
    name: str, centre: float, n: int, seed: int, **given: Any
) -> DistributionGroup:
    """Values around `centre` between -1 and 1, their mean and its interval."""
    draws = np.random.Generator(np.random.PCG64(seed)).normal(size=n)
    values = np.tanh(np.arctanh(centre) + 0.35 * draws).astype(np.float32)
    mean = float(values.mean()) if n else float("nan")
    half = 1.96 * float(values.std()) / max(1, n) ** 0.5 if n else float("nan")
    return DistributionGroup(name, values, mean, mean - half, mean + half, **given)


def distributions() -> Distributions:
    """Kendall's tau over texts, beside what a paper reports."""
    return Distributions(
        quantity="Kendall's tau",
        ends=(-1.0, 1.0),
        reference=0.0,
        reference_name="no relation",
        published_name="Jain and Wallace (2019)",
        verdict="supported",
        claim="Gradients agree with leaving words out better than attention does",
        groups=(
            group("attention and gradients", 0.38, 400, 1, published=0.351),
            group("attention and leaving one out", 0.27, 400, 2, published=0.291),
            group("gradients and leaving one out", 0.61, 48, 3, published=0.656),
            group("shuffled attention", 0.0, 4, 4, role="null"),
            group("untrained model", 0.0, 0, 5, role="negative control"),
        ),
        notes=("Intervals by resampling texts, 2,000 times.",),
    )
