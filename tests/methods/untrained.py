"""LSTMs of random weights, in NumPy: what cells carry before anything is learnt."""

from __future__ import annotations

import string

import numpy as np

from generator.methods.cells.rank_scores import Doubles

LETTERS = string.ascii_lowercase[:12]


def code(length: int, seed: int) -> tuple[str, Doubles]:
    """Text with strings, comments and brackets, and its labels (3, characters)."""
    rng = np.random.default_rng(seed)
    text: list[str] = []
    labels: list[tuple[float, float, float]] = []
    depth = 0

    def put(part: str, quoted: bool = False, noted: bool = False) -> None:
        text.extend(part)
        labels.extend([(float(quoted), float(noted), float(depth))] * len(part))

    while len(text) < length:
        kind = rng.integers(6)
        word = "".join(rng.choice(list(LETTERS), size=rng.integers(2, 9)))
        if kind == 0:
            put('"' + word + " " * int(rng.integers(2)) + word, quoted=True)
            put('"')
        elif kind == 1 and rng.random() < 0.5:
            put("#" + word + " " + word, noted=True)
            put("\n")
        elif kind == 2 and depth < 3:
            depth += 1
            put("(")
        elif kind == 3 and depth:
            depth -= 1
            put(")")
        else:
            put(word + rng.choice([" ", "=", ",", "\n"]))
    return "".join(text[:length]), np.array(labels[:length]).T


def activations(text: str, width: int, seed: int) -> Doubles:
    """Cells (characters, width) of an LSTM as Keras initialises it."""
    rng = np.random.default_rng(seed)
    known = {char: i for i, char in enumerate(sorted(set(text)))}
    vectors = rng.uniform(-0.05, 0.05, (len(known), 32))
    bound = np.sqrt(6 / (32 + 4 * width))
    kernel = rng.uniform(-bound, bound, (32, 4 * width))
    turned = [np.linalg.qr(rng.normal(size=(width, width)))[0] for _ in range(4)]
    recurrent = np.concatenate(turned, axis=1)
    bias = np.concatenate([np.zeros(width), np.ones(width), np.zeros(2 * width)])
    inputs = vectors @ kernel + bias
    hidden, memory = np.zeros(width), np.zeros(width)
    found = np.empty((len(text), width))
    for t, char in enumerate(text):
        gates = inputs[known[char]] + hidden @ recurrent
        i, f, g, o = np.split(gates, 4)
        memory = sigmoid(f) * memory + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(memory)
        found[t] = hidden
    return found


def sigmoid(values: Doubles) -> Doubles:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-values)))
