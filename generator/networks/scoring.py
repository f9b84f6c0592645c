"""Attention's scores: one number for each state, before softmax.

- `tanh`: `e_t = v · tanh(h_t W + b)` (Bahdanau, Cho and Bengio, 2015, without a query:
  there is one context to make, not one for each word written).
- `dot`: `e_t = h_t · q / √D`, q learnt, D the state's width (the scaled dot product of
  Jain and Wallace, 2019, whose query is learnt too where a task has none).
- `double_tanh`: `e_t = tanh(v · tanh(h_t W + b) + c)`, as Goku Mohandas
  (2017) has it. Scores lie in (−1, 1), so no weight is more than e² = 7.389 times
  another, whatever is learnt: over n slots no weight is above `e² / (e² + n − 1)`.
- `uniform`: `e_t = 0`: every visible slot weighs 1/n.

v, q and c begin at zero, so that before training every visible slot weighs the same.
"""

from __future__ import annotations

import math

import tensorflow as tf

from generator.networks.encoders import Named, Tensor
from generator.networks.weights import Shapes


def shapes(kind: str, width: int, hidden: int) -> Shapes:
    """Name and shape of every array of a score of states with `width` channels."""
    if kind == "dot":
        return (("attention/score", (width,)),)
    if kind not in {"tanh", "double_tanh"}:
        return ()
    found: Shapes = (
        ("attention/kernel", (width, hidden)),
        ("attention/bias", (hidden,)),
        ("attention/score", (hidden,)),
    )
    outer = ("attention/shift", (1,))
    return (*found, outer) if kind == "double_tanh" else found


def score(kind: str, named: Named, states: Tensor) -> Tensor:
    """Scores (n, T) of states (n, T, width)."""
    if kind == "uniform":
        return tf.zeros(tf.shape(states)[:2], states.dtype)
    vector = named["attention/score"]
    if kind == "dot":
        return tf.linalg.matvec(states, vector) / math.sqrt(vector.shape[0])
    inner = tf.tensordot(states, named["attention/kernel"], 1)
    found = tf.linalg.matvec(tf.tanh(inner + named["attention/bias"]), vector)
    if kind == "double_tanh":
        found = tf.tanh(found + named["attention/shift"])
    return found


def ratio(kind: str) -> float | None:
    """The largest two weights of a text can be to each other; None: no bound."""
    return {"double_tanh": math.exp(2), "uniform": 1.0}.get(kind)
