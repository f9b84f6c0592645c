"""A translator in one state: what methods ask, answered by compiled functions.

`CompiledTranslation` serves all translators of one shape, whatever their weights.

Beam search (`search_beams`) finds a most probable target by keeping a few at a time:

1. A beam is a target so far, with the sum of the log probabilities of its tokens. Each
   text begins with one beam, which is empty.
2. Every beam is continued by every token. Of all continuations of a text the `width`
   most probable stay; of equal ones the earlier beam, then the lower id. One that
   closes its target is set aside.
3. A text is done when nothing is open, or when nothing open is more probable than the
   best that is closed: going on can only make a sum smaller. After `longest` tokens it
   is done in any case; then an open target is the answer only where none is closed.

A width of 1 is greedy search. With a width of all targets it finds the best of them.
Sums are not divided by lengths, so the answer is the most probable target found, which
favours short ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.corpora.words import WordVocabulary
from generator.models.base import Floats, Texts
from generator.models.capabilities import TranslatedTexts, TranslationScores
from generator.networks.inference.batching import (
    ROWS,
    Places,
    compute_batch_rows,
    compute_padded_length,
    plan_batches,
)
from generator.networks.inference.compiled import (
    IDS,
    MASK,
    compile_function,
    convert_to_tensors,
    specify_arrays,
)
from generator.networks.layers.encoders import Tensor
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.parameters import Arrays
from generator.networks.translation import network
from generator.networks.translation.network import (
    END,
    DecoderState,
    EncodedSource,
    Named,
    TranslationSettings,
)

FLOATS = tf.TensorSpec((None, None), tf.float32)


class CompiledTranslation:
    """The compiled functions of all translators with the same settings."""

    def __init__(self, settings: TranslationSettings) -> None:
        self.settings = settings
        arrays = specify_arrays(network.translation_shapes(settings, 0, 0))
        memory = EncodedSource(
            tf.TensorSpec((None, None, settings.width), tf.float32),
            tf.TensorSpec((None, None, None), tf.float32),
            MASK,
            tf.TensorSpec((None, settings.size), tf.float32),
        )
        now = DecoderState(tf.TensorSpec((None, settings.size), tf.float32), FLOATS)
        before = tf.TensorSpec((None,), tf.int32)
        self.force = compile_function(self._force, (arrays, IDS, IDS))
        self.open = compile_function(self._open, (arrays, IDS))
        self.step = compile_function(self._step, (arrays, memory, now, before))
        self.products = compile_function(self._products, (arrays, IDS, IDS, FLOATS))

    def _force(
        self, tensors: Sequence[Tensor], sources: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return targets' log probabilities, likeliest ids (n, T), and weights."""
        arrays = network.name_translation_arrays(self.settings, tensors)
        memory = self._read(arrays, sources)
        logits, weights = network.force_targets(self.settings, arrays, memory, targets)
        logs = tf.nn.log_softmax(logits)
        best = tf.argmax(logs, -1, output_type=tf.int32)
        return tf.gather(logs, targets, batch_dims=2), best, weights

    def _open(self, tensors: Sequence[Tensor], sources: Tensor) -> EncodedSource:
        return self._read(
            network.name_translation_arrays(self.settings, tensors), sources
        )

    def _read(self, arrays: Named, sources: Tensor) -> EncodedSource:
        points = tf.gather(arrays["source/embeddings"], sources)
        mask = tf.not_equal(sources, 0)
        return network.read_source(self.settings, arrays, SlotVectors(points), mask)

    def _step(
        self,
        tensors: Sequence[Tensor],
        memory: EncodedSource,
        now: DecoderState,
        before: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return log probabilities (n, targets) of the next token, state, weights."""
        arrays = network.name_translation_arrays(self.settings, tensors)
        share = network.compute_gate_shares(self.settings, arrays, before)
        step = network.decode_step(self.settings, arrays, memory, now, share)
        logits = network.compute_logits(arrays, step.state, step.context)
        return tf.nn.log_softmax(logits), step.state, step.weights

    def _products(
        self,
        tensors: Sequence[Tensor],
        sources: Tensor,
        targets: Tensor,
        chosen: Tensor,
    ) -> Tensor:
        """Return gradient times vector (n, S) of the log probabilities that are chosen.

        `chosen` (n, T) is 1 at the target token that a row is about, 0 elsewhere.
        """
        arrays = network.name_translation_arrays(self.settings, tensors)
        points = tf.gather(arrays["source/embeddings"], sources)
        mask = tf.not_equal(sources, 0)
        with tf.GradientTape() as tape:
            tape.watch(points)
            memory = network.read_source(
                self.settings, arrays, SlotVectors(points), mask
            )
            logits, _ = network.force_targets(self.settings, arrays, memory, targets)
            logs = tf.gather(tf.nn.log_softmax(logits), targets, batch_dims=2)
            total = tf.reduce_sum(logs * chosen)
        return tf.reduce_sum(tape.gradient(total, points) * points, -1)


compile_translation = cache(CompiledTranslation)
"""The one of these settings."""


Array = NDArray[Any]
BeamStep = Callable[[Array, Array], Array]
"""(places of the rows to go on from, tokens before) -> log probabilities, a row each.

Both are (texts · width,): row `text · width + beam` of the answer before."""


@dataclass
class BeamSearchState:
    """The open targets of one text, and the best closed one."""

    open: list[tuple[float, tuple[int, ...]]] = field(
        default_factory=lambda: [(0.0, ())]
    )
    closed: tuple[float, tuple[int, ...]] | None = None

    @property
    def done(self) -> bool:
        """Whether the answer is known."""
        best = self.open[0][0] if self.open else -np.inf
        return not self.open or (self.closed is not None and self.closed[0] >= best)

    @property
    def answer(self) -> tuple[float, tuple[int, ...]]:
        """The best closed target, or the best open one, after its sum."""
        return self.closed or self.open[0]

    def extend_beams(self, logs: Array, width: int, end: int) -> list[int]:
        """Extend the open targets by one token.

        Args:
            logs: Log probabilities of the next token, (open targets, tokens).
            width: How many targets stay.
            end: The token that closes a target.

        Returns:
            The beam that each target now open was made of.
        """
        sums = np.array([total for total, _ in self.open])[:, None] + logs
        flat = sums.ravel()
        opened, origins = [], []
        for place in np.argsort(-flat, kind="stable")[:width]:
            beam, token = divmod(int(place), logs.shape[1])
            target = (float(flat[place]), (*self.open[beam][1], token))
            if token != end:
                opened.append(target)
                origins.append(beam)
            elif self.closed is None or target[0] > self.closed[0]:
                self.closed = target
        self.open = opened
        return origins


def search_beams(
    step: BeamStep, texts: int, width: int, longest: int, end: int
) -> list[tuple[float, tuple[int, ...]]]:
    """Search the most probable target of each text.

    Args:
        step: Gives the log probabilities of the next token.
        texts: How many texts there are.
        width: How many targets of each text stay open.
        longest: Tokens of the longest target.
        end: The token that closes a target.

    Returns:
        The sum of log probabilities and the tokens of each text's answer, the last of
        which is `end` where the answer is closed.
    """
    every = [BeamSearchState() for _ in range(texts)]
    rows = np.arange(texts * width).reshape(texts, width)
    before = np.full(rows.shape, end, np.int32)
    origins = rows.copy()
    for _ in range(longest):
        if all(beams.done for beams in every):
            break
        logs = step(origins.ravel(), before.ravel()).reshape(texts, width, -1)
        origins, before = rows.copy(), np.full(rows.shape, end, np.int32)
        for text, beams in enumerate(every):
            if beams.done:
                continue
            origin_beams = beams.extend_beams(logs[text, : len(beams.open)], width, end)
            origins[text, : len(origin_beams)] = rows[text, 0] + np.array(
                origin_beams, int
            )
            before[text, : len(origin_beams)] = [ids[-1] for _, ids in beams.open]
    return [beams.answer for beams in every]


Rows = NDArray[np.int32]
SLOTS = 4096
"""Slots of sources in a batch, padding included."""


class TranslationNetwork:
    """A translator with given weights: a `DifferentiableTranslator`."""

    def __init__(
        self,
        settings: TranslationSettings,
        words: tuple[WordVocabulary, WordVocabulary],
        reading: tuple[Literal["word", "character"], int],
        arrays: Arrays,
        epoch: int,
    ) -> None:
        """Prepare the answers.

        Args:
            settings: The network's shape.
            words: The vocabularies of sources and targets.
            reading: The unit of a token, and how many tokens a text has at most.
            arrays: The weights, in the order of the network's shapes.
            epoch: The epoch they are from.
        """
        self.settings, self.epoch, self.arrays = settings, epoch, arrays
        self.sources, self.targets = words
        self.unit, self.max_tokens = reading
        self.scoring = settings.attention
        self._tensors = convert_to_tensors(arrays)
        self._network = compile_translation(settings)

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum(array.size for array in self.arrays)

    def read(self, sources: Texts, targets: Texts) -> TranslationScores:
        """Read pairs whose target is given; see `Translator`.

        Args:
            sources: Ids of each source, closed.
            targets: Ids of each target, closed.

        Returns:
            Of each pair, probabilities and log probabilities of the target's tokens,
            likeliest tokens, and weights (target's tokens, source's tokens).

        Raises:
            ValueError: A text is empty, or holds an unknown id.
        """
        logs: list[Floats] = [np.zeros(0, np.float32)] * len(sources)
        best, weights = logs.copy(), logs.copy()
        every = _check_texts(sources, self.sources), _check_texts(targets, self.targets)
        for places, source, target in self._batches(*every):
            answers = self._network.force(self._tensors, source, target)
            arrays = [answer.numpy() for answer in answers]
            for row, place in enumerate(places):
                size, width = len(targets[place]), len(sources[place])
                logs[place] = arrays[0][row, :size].copy()
                best[place] = arrays[1][row, :size].copy()
                weights[place] = arrays[2][row, :size, :width].copy()
        return TranslationScores(
            tuple(np.exp(row) for row in logs),
            tuple(logs),
            tuple(tuple(map(int, row)) for row in best),
            tuple(weights),
        )

    def products(self, sources: Texts, targets: Texts) -> tuple[Floats, ...]:
        """Compute gradient times vector of each target token's log probability.

        Args:
            sources: Ids of each source, closed.
            targets: Ids of each target, closed.

        Returns:
            Of each pair, products (target's tokens, source's tokens).
        """
        products = [
            np.zeros((len(target), len(source)), np.float32)
            for source, target in zip(sources, targets, strict=True)
        ]
        tokens = [
            (p, i) for p, target in enumerate(targets) for i in range(len(target))
        ]
        every = (
            [sources[place] for place, _ in tokens],
            [targets[place] for place, _ in tokens],
        )
        for rows, source, target in self._batches(*every):
            chosen = np.zeros(target.shape, np.float32)
            for row, which in enumerate(rows):
                chosen[row, tokens[which][1]] = 1
            answers = self._network.products(
                self._tensors, source, target, chosen
            ).numpy()
            for row, which in enumerate(rows):
                place, token = tokens[which]
                products[place][token] = answers[row, : len(sources[place])]
        return tuple(products)

    def translate(self, sources: Texts, width: int = 1) -> TranslatedTexts:
        """Search the most probable targets.

        Args:
            sources: Ids of each source, closed.
            width: How many targets of a source are open at a time; see `search_beams`.

        Raises:
            ValueError: A text is empty, or holds an unknown id.
        """
        ids: list[tuple[int, ...]] = [()] * len(sources)
        sums = np.zeros(len(sources), np.float32)
        nothing = [(END,)] * len(sources)
        for places, source, _ in self._batches(
            _check_texts(sources, self.sources), nothing
        ):
            walk = _DecoderWalk(
                self._network, self._tensors, source[: len(places)], width
            )
            answers = search_beams(walk.step, len(places), width, self.max_tokens, END)
            for place, (total, tokens) in zip(places, answers, strict=True):
                sums[place], ids[place] = total, tokens
        return TranslatedTexts(tuple(ids), sums)

    def _batches(
        self, sources: Texts, targets: Texts
    ) -> Iterator[tuple[Places, Rows, Rows]]:
        """Yield indices of pairs that share a batch, and their ids, padded."""
        most = max(map(len, sources), default=1)
        for places, width in plan_batches([len(s) for s in sources], most, SLOTS):
            longest = max(len(targets[place]) for place in places)
            source = np.zeros((compute_batch_rows(len(places)), width), np.int32)
            target = np.zeros(
                (len(source), compute_padded_length(longest, longest)), np.int32
            )
            for row, place in enumerate(places):
                source[row, : len(sources[place])] = sources[place]
                target[row, : len(targets[place])] = targets[place]
            yield places, source, target


class _DecoderWalk:
    """The decoder of a few texts, several targets each, token by token."""

    def __init__(
        self,
        network: CompiledTranslation,
        tensors: list[Tensor],
        sources: Rows,
        width: int,
    ) -> None:
        self._network, self._tensors = network, tensors
        rows = np.repeat(sources, width, axis=0)
        self._count = len(rows)
        # Whole multiples of `ROWS`, so that a row's bits do not depend on the others.
        rows = np.pad(rows, ((0, -len(rows) % ROWS), (0, 0)))
        self._memory = EncodedSource(*network.open(tensors, rows))
        start = self._memory.start.numpy()
        self._now = DecoderState(start, np.zeros(rows.shape, np.float32))

    def step(self, origins: Array, before: Array) -> Array:
        """Return log probabilities (rows, targets) after one token more."""
        rest = np.arange(self._count, len(self._now.state))
        rows = np.concatenate([origins, rest])
        now = DecoderState(*(array[rows] for array in self._now))
        tokens = np.pad(before, (0, len(rest)), constant_values=END).astype(np.int32)
        logs, state, weights = self._network.step(
            self._tensors, self._memory, now, tokens
        )
        self._now = DecoderState(state.numpy(), weights.numpy())
        logs_of_rows: Array = logs.numpy()[: self._count].astype(np.float64)
        return logs_of_rows


def _check_texts(texts: Texts, words: WordVocabulary) -> Texts:
    """Return `texts` if all are closed texts of known ids.

    Raises:
        ValueError: A text is empty, or holds an unknown id.
    """
    for text in texts:
        if not len(text) or min(text) < 1 or max(text) >= len(words):
            raise ValueError(f"a closed text has ids from 1 to {len(words) - 1}")
    return texts
