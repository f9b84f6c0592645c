"""What a model of the next token can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from generator.corpora.vocabulary import Vocabulary
from generator.models.base import Floats, Ids


@dataclass(frozen=True, slots=True)
class Prediction:
    """A language model's answer to histories."""

    probabilities: Floats  # (histories, vocabulary), rows sum to 1
    weights: Floats  # (histories, window), attention, rows sum to 1


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The logits of chosen tokens, divided exactly.

    `logits == biases + by_part.sum((1, 2))` to float32 rounding.
    """

    parts: tuple[str, ...]  # "embedding", "layer 1", …
    by_part: Floats  # (histories, window, parts)
    logits: Floats  # (histories,)
    biases: Floats  # (histories,)


@dataclass(frozen=True, slots=True)
class Written:
    """Token ids written after each prefix, with what was seen at each step.

    `lengths[i]` steps of row `i` are real: writing stops after the closing mark.
    """

    ids: Ids  # (texts, length)
    histories: Ids  # (texts, length, window)
    weights: Floats  # (texts, length, window)
    probabilities: Floats  # (texts, length, vocabulary)
    lengths: Ids  # (texts,)


@runtime_checkable
class LanguageModel(Protocol):
    """A model of the next token over a window of fixed length, attention exposed."""

    window: int
    epoch: int
    vocabulary: Vocabulary

    def predict(self, histories: Ids) -> Prediction:
        """`histories` (n, window) of ids, 0 where padded: one answer a row."""
        ...

    def decompose(self, histories: Ids, targets: Ids) -> Decomposition:
        """The logit of `targets[i]` after `histories[i]`, by slot and by part."""
        ...

    def write(
        self,
        prefixes: Sequence[Sequence[int]],
        length: int,
        temperature: float,
        seed: Sequence[int],
        *,
        stop: bool = True,
    ) -> Written:
        """Write up to `length` tokens after each prefix (ids, opening mark included).

        Temperature 0 takes the most probable token, the lowest id of a tie. Row `i`
        draws from its own generator, seeded by (*seed, i), so that adding texts
        changes none. With `stop`, a text ends at its closing mark.
        """
        ...
