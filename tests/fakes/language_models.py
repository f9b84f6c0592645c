"""Models whose answers are known, and a trained model made of them.

- `UniformWriter`: every share and every probability is even.
- `CopyWriter`: writes the token `lag` places back and attends to its slot alone, so
  that a history shifted by one against its weights shows as a wrong token.
- `HandWriter`: attention and probabilities are functions that a test gives.
- `LinearWriter`: logits are sums over slots and parts, written down by the test.
- `FakeTrained`: such models by epoch, with a log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact
from generator.core.errors import UnsupportedError
from generator.corpora.base import Corpus, Document, Truth
from generator.corpora.tokenization import MARK, Vocabulary
from generator.methods.base import Context
from generator.models.base import Epoch, Floats, Ids, TrainingLog
from generator.models.capabilities import (
    GeneratedTexts,
    LogitDecomposition,
    NextTokenPrediction,
)

Attend = Callable[[Ids], NDArray[Any]]


def words(count: int, *, mark: str | None = MARK) -> Vocabulary:
    """`w1 … wn` with the ids 1 … n, then the mark, at word level."""
    named = tuple(f"w{number}" for number in range(1, count + 1))
    return Vocabulary((*named, mark) if mark else named, word_level=True, mark=mark)


def characters(text: str) -> Vocabulary:
    """The characters of `text` in their order, then the mark."""
    return Vocabulary((*dict.fromkeys(text), MARK), word_level=False)


class UniformWriter:
    """Even attention, even probabilities; the base of the others.

    Counts the histories it was asked about in `asked`.
    """

    def __init__(self, vocabulary: Vocabulary, window: int, epoch: int = 1) -> None:
        self.vocabulary, self.window, self.epoch = vocabulary, window, epoch
        self.asked = 0

    def attend(self, histories: Ids) -> NDArray[Any]:
        return np.full(histories.shape, 1 / self.window)

    def answer(self, histories: Ids) -> NDArray[Any]:
        size = len(self.vocabulary)
        return np.full((len(histories), size), 1 / size)

    def predict(self, histories: Ids) -> NextTokenPrediction:
        self.asked += len(histories)
        assert histories.shape[1] == self.window
        return NextTokenPrediction(
            self.answer(histories).astype(np.float32),
            self.attend(histories).astype(np.float32),
        )

    def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
        """The logarithm of the probability as a bias: no slot adds anything."""
        rows = np.arange(len(histories))
        found = np.log(self.answer(histories)[rows, targets]).astype(np.float32)
        nothing = np.zeros((*histories.shape, 2), np.float32)
        return LogitDecomposition(("embedding", "layer 1"), nothing, found, found)

    def write(
        self,
        prefixes: Sequence[Sequence[int]],
        length: int,
        temperature: float,
        seed: Sequence[int],
        *,
        stop: bool = True,
    ) -> GeneratedTexts:
        count, size = len(prefixes), len(self.vocabulary)
        found = GeneratedTexts(
            ids=np.zeros((count, length), np.int32),
            histories=np.zeros((count, length, self.window), np.int32),
            weights=np.zeros((count, length, self.window), np.float32),
            probabilities=np.zeros((count, length, size), np.float32),
            lengths=np.zeros(count, np.int32),
        )
        for text, prefix in enumerate(prefixes):
            rng = np.random.default_rng([*seed, text])
            self._write_one(
                found, text, list(prefix), temperature=temperature, rng=rng, stop=stop
            )
        return found

    def _write_one(
        self,
        found: GeneratedTexts,
        text: int,
        ids: list[int],
        *,
        temperature: float,
        rng: np.random.Generator,
        stop: bool,
    ) -> None:
        for step in range(found.ids.shape[1]):
            history = ([0] * self.window + ids)[-self.window :]
            found.histories[text, step] = history
            answer = self.predict(np.array([history], np.int32))
            found.weights[text, step] = answer.weights[0]
            found.probabilities[text, step] = answer.probabilities[0]
            ids.append(self._choose(answer.probabilities[0], temperature, rng))
            found.ids[text, step] = ids[-1]
            found.lengths[text] = step + 1
            if stop and self.vocabulary.token(ids[-1]).kind == "mark":
                return

    def _choose(
        self, probabilities: Floats, temperature: float, rng: np.random.Generator
    ) -> int:
        known = probabilities[1:].astype(np.float64)
        if not temperature:
            return int(known.argmax()) + 1
        known = known ** (1 / temperature)
        return int(rng.choice(len(known), p=known / known.sum())) + 1


class CopyWriter(UniformWriter):
    """Copies the token `lag` places back with probability 0.9, looking at it alone.

    Where that place is padding it writes `w1`, looking at the padding.
    """

    def __init__(
        self, vocabulary: Vocabulary, window: int, epoch: int = 1, lag: int = 3
    ) -> None:
        super().__init__(vocabulary, window, epoch)
        self.lag = lag

    def attend(self, histories: Ids) -> NDArray[Any]:
        weights = np.zeros(histories.shape)
        weights[:, -self.lag] = 1
        return weights

    def answer(self, histories: Ids) -> NDArray[Any]:
        size = len(self.vocabulary)
        found = np.full((len(histories), size), 0.1 / (size - 1))
        copied = np.maximum(histories[:, -self.lag], 1)
        found[np.arange(len(histories)), copied] = 0.9
        return found


class HandWriter(UniformWriter):
    """Attention and probabilities are what a test says; even where it says nothing."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        window: int,
        epoch: int = 1,
        *,
        attend: Attend | None = None,
        answer: Attend | None = None,
    ) -> None:
        super().__init__(vocabulary, window, epoch)
        self._attend, self._answer = attend, answer

    def attend(self, histories: Ids) -> NDArray[Any]:
        return (self._attend or super().attend)(histories)

    def answer(self, histories: Ids) -> NDArray[Any]:
        return (self._answer or super().answer)(histories)


class LinearWriter(HandWriter):
    """Logits are `biases[k] + Σ_slot a[slot] Σ_part table[part, token, k]`.

    `table` is (parts, vocabulary, vocabulary): what a token in a slot adds to the logit
    of each token `k`, before attention. So contributions are known exactly.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        window: int,
        table: NDArray[Any],
        biases: NDArray[Any],
        *,
        attend: Attend | None = None,
        epoch: int = 1,
    ) -> None:
        super().__init__(vocabulary, window, epoch, attend=attend, answer=self._softmax)
        self.table, self.biases = table, biases

    def logits(self, histories: Ids) -> NDArray[Any]:
        added = self.table.sum(0)[histories]  # (n, window, vocabulary)
        return self.biases + np.einsum("nw,nwk->nk", self.attend(histories), added)

    def _softmax(self, histories: Ids) -> NDArray[Any]:
        logits = self.logits(histories)
        sizes = np.exp(logits - logits.max(1, keepdims=True))
        return sizes / sizes.sum(1, keepdims=True)

    def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
        weights = self.attend(histories)[:, :, None]
        added = self.table[:, histories, np.asarray(targets)[:, None]]
        parts = weights * np.moveaxis(added, 0, -1)
        rows = np.arange(len(histories))
        return LogitDecomposition(
            tuple(f"part {number}" for number in range(1, len(self.table) + 1)),
            parts.astype(np.float32),
            self.logits(histories)[rows, targets].astype(np.float32),
            self.biases[targets].astype(np.float32),
        )


class FakeTrained:
    """Models by epoch. An epoch without one was not kept."""

    def __init__(
        self,
        states: Mapping[int, Any],
        *,
        best: int | None = None,
        held_out: Sequence[int] = (),
        epochs: Iterable[int] | None = None,
        losses: Sequence[float] | None = None,
        validation: Sequence[float] | None = None,
    ) -> None:
        known = tuple(sorted(states) if epochs is None else epochs)
        nothing = (float("nan"),) * len(known)
        self.states = dict(states)
        self.log = TrainingLog(
            epochs=known,
            losses=nothing if losses is None else tuple(losses),
            validation_losses=nothing if validation is None else tuple(validation),
            best=max(states) if best is None else best,
            windows=100,
            held_out=tuple(held_out),
            seconds=None,
            fingerprint=(),
        )

    def at(self, epoch: Epoch) -> Any:
        named = {"best": self.log.best, "last": max(self.states)}
        number = named[epoch] if isinstance(epoch, str) else epoch
        if number not in self.states:
            raise UnsupportedError(f"epoch {number} was not kept")
        return self.states[number]


def trained(model: UniformWriter, **log: Any) -> FakeTrained:
    """One state, at the model's own epoch."""
    return FakeTrained({model.epoch: model}, **log)


def ask(
    model: FakeTrained,
    *read: Artifact,
    corpus: Corpus | None = None,
    seed: Sequence[int] = (7, 1),
) -> Context:
    """What a method is given."""
    return Context(model, corpus, read, tuple(seed))


def corpus_of(*texts: str, truths: Sequence[Truth] | None = None) -> Corpus:
    """Documents with these texts, and truths if there are any."""
    found = truths or [None] * len(texts)
    documents = tuple(
        Document(text, truth=truth) for text, truth in zip(texts, found, strict=True)
    )
    return Corpus(documents, key="fake")
