"""What training left, and the JSON files of a model's folder that keep it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Literal

Learnt = Literal["windows", "parts", "pairs", "texts", "rows"]
"""What an example is: a token after its window, a part of a stream, a sentence with its
translation, a text, a row. Losses are per token with the first three."""


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """What training left: one entry for each epoch, epoch 0 being before training.

    NaN where a value does not exist (no training loss at epoch 0; nothing held out).
    """

    epochs: tuple[int, ...]
    losses: tuple[float, ...]  # mean training loss of the epoch, nats for a token
    validation_losses: tuple[float, ...]
    best: int
    windows: int  # training examples in an epoch
    held_out: tuple[int, ...]  # indices of held-out documents
    seconds: float | None  # None when times are not recorded
    fingerprint: tuple[tuple[str, str], ...]  # versions, threads, CPU: (name, value)
    tested: tuple[int, ...] = ()  # indices of documents that decide nothing
    learnt: Learnt = "windows"
    notes: tuple[str, ...] = ()


def as_json(value: Any) -> bytes:  # noqa: ANN401  # any JSON value
    """A file of a model's folder; NaN becomes null, infinite numbers are refused."""
    text = json.dumps(_without_nan(value), indent=1, allow_nan=False) + "\n"
    return text.encode()


def decode(found: dict[str, Any]) -> TrainingLog:
    """A log as JSON gives it back. Raises `KeyError`, `TypeError` for anything else."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
    }
    for name in ("losses", "validation_losses"):
        values[name] = tuple(math.nan if v is None else v for v in values[name])
    values["fingerprint"] = tuple((name, value) for name, value in found["fingerprint"])
    return TrainingLog(**values)


def _without_nan(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
