"""Sentiment classifiers so small that they answer at once, weights large enough."""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.corpora.words import WordVocabulary
from generator.networks.parameters import Arrays
from generator.networks.sentiment.inference import SentimentClassifier
from generator.networks.sentiment.network import SentimentSettings, sentiment_shapes

WORDS = WordVocabulary(tuple("abcdefgh"))
LABELS = ("bad", "so-so", "good")
SHAPES: list[dict[str, Any]] = [
    {},
    {"encoder": "gru", "layers": 2, "attention": "dot"},
    {"encoder": "gru", "layer_normalization": True, "attention": "double_tanh"},
    {"encoder": "average", "attention": "uniform"},
    {"bidirectional": False, "attention": "none"},
    {"attention": "none", "layers": 2},
    {"pooling": "attention_gru", "bidirectional": False},
    {"masked": False},
    {"masked": False, "encoder": "gru", "pooling": "attention_gru"},
]


def small(**changed: Any) -> SentimentSettings:
    """Settings of a tiny network."""
    sizes = {"size": 4, "dim_attention": 3, "dim_embeddings": 5, "max_tokens": 8}
    return SentimentSettings(**{**sizes, **changed})


def draw_arrays(
    settings: SentimentSettings, seed: int = 0, scale: float = 0.8
) -> Arrays:
    """Arrays that leave nothing at zero."""
    rng = np.random.default_rng(seed)
    wanted = sentiment_shapes(settings, len(WORDS), len(LABELS))
    return [rng.normal(0, scale, shape).astype(np.float32) for _, shape in wanted]


def state(seed: int = 0, epoch: int = 1, **changed: Any) -> Any:
    """A classifier; `changed` are its settings."""
    settings = small(**changed)
    return SentimentClassifier(
        settings, WORDS, LABELS, draw_arrays(settings, seed), epoch
    )


def texts(count: int = 40, most: int = 8, seed: int = 0) -> list[tuple[int, ...]]:
    """Texts of 0 to `most` tokens, unknown words among them."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, most + 1, count)
    return [tuple(rng.integers(1, len(WORDS), n).tolist()) for n in lengths]


def padded(rows: list[tuple[int, ...]], width: int = 8) -> np.ndarray:
    """Texts as rows of ids, padding after them."""
    found = np.zeros((len(rows), width), np.int32)
    for row, text in zip(found, rows, strict=True):
        row[: len(text)] = text
    return found


def by_name(settings: SentimentSettings, arrays: Arrays) -> dict[str, np.ndarray]:
    """Arrays in double precision, by name."""
    names = [name for name, _ in sentiment_shapes(settings, 0, 0)]
    return {n: a.astype(float) for n, a in zip(names, arrays, strict=True)}


def sigmoid(numbers: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-numbers)))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Softmax of the last axis."""
    sizes = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(sizes / sizes.sum(-1, keepdims=True))
