"""A brought function as a classifier, and its folder.

log.json          held-out and test documents, versions of what the function imports
model.json        labels, in the order of the function's columns; its files' hashes
vocabulary.json   pieces of the corpus' texts by falling frequency
manifest.json     written last, with the SHA-256 of all of these
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import ConfigError, quote_text
from generator.corpora.words import UNKNOWN_ID
from generator.models.base import Floats, Texts
from generator.models.capabilities import AttentionOutput
from generator.models.function.pieces import PieceVocabulary, split_at_tokens
from generator.models.function.process import FunctionProcess

Answer = TypeVar("Answer")
REMEMBERED = 100_000
"""Texts whose answers are remembered."""
CHECKED = 32
"""From how many texts in a batch on the first text ever asked is asked again."""
DIFFERENCE = 1e-4
"""How much the answer to a text may change: batches of other sizes round otherwise."""


@dataclass(frozen=True)
class TokenizedPieces(PieceVocabulary):
    """Pieces around the tokens that a brought tokenizer finds."""

    tokenize: Callable[[str], list[str]] = field(default=str.split, compare=False)
    file: str = field(default="", compare=False)

    def split(self, text: str) -> tuple[str, ...]:
        """Split a text into pieces.

        Args:
            text: The text.

        Raises:
            ConfigError: The tokenizer's tokens are no parts of the text in order.
        """
        try:
            return split_at_tokens(text, self.tokenize(text))
        except ValueError as error:
            raise ConfigError(
                f"{self.file}: tokenize: {error}: {quote_text(text)}; give parts of "
                "the text as it stands, in their order, so that they can be taken out"
            ) from error


@dataclass(frozen=True)
class FunctionClassifier:
    """A brought function: a `Classifier`, whose texts are numbers of pieces.

    Equal texts are asked once, in batches of limited size. With each batch of some size
    the first text of all is asked again: a function whose answers change is refused.
    """

    process: FunctionProcess
    words: PieceVocabulary
    labels: tuple[str, ...]
    max_tokens: int
    batch: int
    mask: str
    """What stands in the place of a hidden token, "" for nothing."""
    epoch: int = 1
    _known: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @property
    def fillings(self) -> Mapping[str, int]:
        """What `perturbation` puts in the place of a hidden token, by its operator."""
        replaced = ("remove", "unknown", "pad") if self.mask else ("unknown", "pad")
        return dict.fromkeys(replaced, UNKNOWN_ID)

    @property
    def mask_words(self) -> str:
        """What is done to a hidden token, as a participle with what follows."""
        name = quote_text(self.mask)
        return f"replaced by {name}" if self.mask else "taken out of the text"

    def predict(self, texts: Texts) -> Floats:
        """Compute the probability of every label for each text.

        Args:
            texts: Numbers of pieces of each text.

        Returns:
            Probabilities (texts, labels); rows sum to 1.
        """
        written = [self.words.join(text) for text in texts]
        return self.predict_texts(written).astype(np.float32)

    def predict_texts(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Compute the probability (texts, labels) of every label for each text.

        Args:
            texts: The texts as they are written.

        Raises:
            ConfigError: The function gives no probabilities, or other ones each time.
            ResourceError: It takes too long, or too much memory.
        """
        known = self._known
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if len(known) + len(new) > REMEMBERED and known:
            first = next(iter(known.items()))
            new = list(dict.fromkeys(texts))
            known.clear()
            known[first[0]] = first[1]
            new = [text for text in new if text not in known]
        for start in range(0, len(new), self.batch):
            part = new[start : start + self.batch]
            known |= zip(part, self._ask(part), strict=True)
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, len(self.labels)))

    def _ask(self, texts: list[str]) -> NDArray[np.float64]:
        """Ask the function, and about its first text again beside many."""
        first = next(iter(self._known), None)
        again = [first] * (first is not None and len(texts) >= CHECKED)
        asked = [*again, *texts] if again else texts
        found = self.process.predict([str(one) for one in asked], len(self.labels))
        if first is not None and again:
            self._require_same(first, found[0])
        return found[len(again) :]

    def check_repeats(self, texts: Sequence[str]) -> None:
        """Check that texts get the same answers by themselves as together.

        Args:
            texts: Some texts.

        Raises:
            ConfigError: One does not.
        """
        self.predict_texts(texts)
        for text in texts:
            self._require_same(text, self.process.predict([text], len(self.labels))[0])

    def _require_same(self, text: str, found: NDArray[np.float64]) -> None:
        before = self._known[text]
        if np.abs(found - before).max() <= DIFFERENCE:
            return
        rows = (", ".join(f"{one:.4g}" for one in row[:6]) for row in (before, found))
        raise ConfigError(
            f"predict: {quote_text(text)} got the probabilities "
            f"{' and then '.join(rows)}; the same text must get the same answer each "
            "time, alone and among others: seed what is random, and switch dropout off"
        )


@dataclass(frozen=True)
class AttentiveFunction(FunctionClassifier):
    """A brought function with a second one for its attention weights: `Attentive`."""

    masked: bool = True
    ratio: float | None = None

    def attend(self, texts: Texts) -> AttentionOutput:
        """Predict texts and return the attention weights with the probabilities.

        Args:
            texts: Numbers of pieces of each text.

        Returns:
            Probabilities (texts, labels), and weights (tokens,) for each text.
        """
        written = [self.words.join(text) for text in texts]
        weights: list[Floats] = []
        for start in range(0, len(texts), self.batch):
            part = slice(start, start + self.batch)
            lengths = [len(text) for text in texts[part]]
            found = self.process.attend(written[part], lengths)
            weights += [row.astype(np.float32) for row in found]
        return AttentionOutput(
            self.predict_texts(written).astype(np.float32), tuple(weights)
        )
