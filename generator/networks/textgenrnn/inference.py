"""A textgenrnn over windows in one state: what methods ask, answered when compiled.

Weights are an input of what is compiled, and questions go in batches of one size, so a
row's answer does not depend on the others'. Gradients by the vectors that are read
(`CompiledGradients`) are taken as follows.

1. A network is entered behind its embedding: at a window of vectors, which need not be
   those of any tokens.
2. The gradient of one token's logit, probability or log probability by these vectors
   goes back through attention, all layers and both directions. `frozen` takes attention
   weights as constants, so that nothing flows through them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.corpora.tokenization import Vocabulary
from generator.models.base import QUANTITIES, Floats, Ids, Quantity
from generator.models.capabilities import (
    GeneratedTexts,
    InputGradients,
    LogitDecomposition,
    NextTokenPrediction,
)
from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks.inference.batching import log_softmax, softmax
from generator.networks.parameters import Arrays
from generator.networks.textgenrnn.cells import WindowCells
from generator.networks.textgenrnn.generation import SIZES, LoopDraws, find_writer
from generator.networks.textgenrnn.network import (
    BATCH,
    Weights,
    build_textgenrnn,
    find_reader,
    pad_to_size,
)


class CompiledGradients:
    """A network of given settings, entered behind its embedding, without weights."""

    def __init__(self, settings: TextGenRnnSettings, vocabulary: int) -> None:
        whole = build_textgenrnn(settings, vocabulary, 0)
        inside = whole.get_layer("embedding").output
        self._model = keras.Model(inside, whole.output)
        channels = (settings.max_length, settings.dim_embeddings)
        signature = (
            [tf.TensorSpec(v.shape, v.dtype) for v in whole.weights],
            tf.TensorSpec((BATCH, *channels), tf.float32),
            tf.TensorSpec((BATCH,), tf.int32),
            tf.TensorSpec((len(QUANTITIES),), tf.float32),
        )
        self.free = tf.function(
            partial(self._compute_gradients, frozen=False), input_signature=signature
        )
        self.frozen = tf.function(
            partial(self._compute_gradients, frozen=True), input_signature=signature
        )

    def logits(self, weights: Weights, points: tf.Tensor, *, frozen: bool) -> tf.Tensor:
        """Return logits (n, vocabulary) at points.

        Args:
            weights: The network's arrays, in the order of its shapes.
            points: Vectors (n, window, dimensions).
            frozen: Whether attention weights are constants.
        """
        others = self._model.non_trainable_variables
        outputs, _ = self._model.stateless_call(
            weights[1:], others, points, training=False
        )
        if not frozen:
            return outputs["logits"]
        attention = tf.stop_gradient(outputs["weights"])
        average = tf.linalg.matvec(outputs["slots"], attention, transpose_a=True)
        return tf.matmul(average, weights[-2]) + weights[-1]

    def _compute_gradients(
        self,
        weights: Weights,
        points: tf.Tensor,
        targets: tf.Tensor,
        chosen: tf.Tensor,
        *,
        frozen: bool,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return logits, and the gradient of a target's quantity, shaped like `points`.

        Args:
            weights: The network's arrays, in the order of its shapes.
            points: Vectors (n, window, dimensions).
            targets: Ids (n,).
            chosen: 1 at the place of the quantity in `Quantity`, 0 elsewhere, (3,).
            frozen: Whether attention weights are constants.
        """
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = self.logits(weights, points, frozen=frozen)
            logit = tf.gather(logits, targets, batch_dims=1)
            log = logit - tf.reduce_logsumexp(logits, -1)
            total = tf.reduce_sum(tf.stack([logit, tf.exp(log), log], -1) * chosen)
        return logits, tape.gradient(total, points)


@cache
def find_compiled_gradients(
    settings: TextGenRnnSettings, vocabulary: int
) -> CompiledGradients:
    """Return the one compilation of this shape."""
    return CompiledGradients(settings, vocabulary)


def compute_gradients(
    compiled: CompiledGradients,
    weights: Weights,
    points: Sequence[Floats],
    targets: NDArray[np.int32],
    quantity: Quantity,
    *,
    frozen: bool,
) -> InputGradients:
    """Compute the gradient of each target's quantity at a point.

    Args:
        compiled: The compiled gradients of the network's shape.
        weights: The network's arrays.
        points: Points (window, dimensions), right in shape.
        targets: The id (points,) whose quantity is differentiated at each.
        quantity: What of the target is differentiated.
        frozen: Whether attention weights are constants.

    Returns:
        Values (points,), a gradient shaped like each point, and the probabilities
        (points, 2) of another token and of the target.
    """
    ask = compiled.frozen if frozen else compiled.free
    chosen = tf.constant([float(quantity == known) for known in QUANTITIES])
    values = np.empty((len(points), len(QUANTITIES)), np.float64)
    gradients: list[Floats] = []
    for start in range(0, len(points), BATCH):
        part = points[start : start + BATCH]
        ids = targets[start : start + BATCH]
        logits, gradient = ask(
            weights, pad_to_size(np.array(part, np.float32)), pad_to_size(ids), chosen
        )
        values[start : start + len(part)] = _compute_quantities(
            logits.numpy()[: len(part)], ids
        )
        gradients.extend(gradient.numpy()[: len(part)])
    own = values[:, QUANTITIES.index("probability")]
    return InputGradients(
        values[:, QUANTITIES.index(quantity)].astype(np.float32),
        tuple(gradients),
        np.stack([1 - own, own], axis=1).astype(np.float32),
    )


def _compute_quantities(
    logits: Floats, targets: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return every quantity of each row's target, (n, quantities)."""
    rows = np.arange(len(targets))
    logs = log_softmax(logits)[rows, targets]
    return np.stack([logits[rows, targets], np.exp(logs), logs], axis=-1)


Numbers = NDArray[np.int32]


class WindowNetwork(WindowCells):
    """A textgenrnn with given weights: a `DifferentiableLanguageModel`.

    Where it reads characters, forwards alone, it is a `CellModel` too.
    """

    def __init__(
        self,
        settings: TextGenRnnSettings,
        vocabulary: Vocabulary,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.settings = settings
        self.window = settings.max_length
        self.vocabulary = vocabulary
        self.epoch = epoch
        self.arrays = arrays
        self._weights = [tf.constant(array) for array in arrays]
        self._rest: object = None

    def predict(self, histories: Ids) -> NextTokenPrediction:
        """Predict the next token; equal histories are put to the network once.

        Args:
            histories: Ids (n, window), padding on the left.

        Returns:
            Probabilities (n, vocabulary) and attention weights (n, window).

        Raises:
            ValueError: Histories are of another shape, or hold unknown ids.
        """
        rows, back = np.unique(
            self._check_histories(histories), axis=0, return_inverse=True
        )
        ask = find_reader(self.settings, len(self.vocabulary)).predict
        probabilities = np.empty((len(rows), len(self.vocabulary)), np.float32)
        weights = np.empty((len(rows), self.window), np.float32)
        for part, batch in _split_batches(rows):
            logits, attention = ask(self._weights, batch)
            size = len(probabilities[part])
            probabilities[part] = softmax(logits.numpy()[:size])
            weights[part] = attention.numpy()[:size]
        back = back.ravel()
        return NextTokenPrediction(probabilities[back], weights[back])

    def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
        """Divide the logit of `targets[i]` after `histories[i]` by slot and by part.

        Args:
            histories: Ids (n, window), padding on the left.
            targets: Ids (n,).

        Raises:
            ValueError: Histories or targets are of another shape, or hold unknown ids.
        """
        rows = self._check_histories(histories)
        wanted = self._check_targets(targets, len(rows), "history")
        ask = find_reader(self.settings, len(self.vocabulary)).decompose
        parts = self.settings.parts
        by_part = np.empty((*rows.shape, len(parts)), np.float32)
        logits, biases = np.empty((2, len(rows)), np.float32)
        chunks = zip(_split_batches(rows), _split_batches(wanted), strict=True)
        for (part, batch), (_, ids) in chunks:
            size = len(logits[part])
            answers = ask(self._weights, batch, ids)
            for array, answer in zip((by_part, logits, biases), answers, strict=True):
                array[part] = answer.numpy()[:size]
        return LogitDecomposition(parts, by_part, logits, biases)

    def embedding(self) -> Floats:
        """Return the vectors of all ids, (ids, dimensions)."""
        return self.arrays[0]

    def compute_gradients(
        self,
        points: Sequence[Floats],
        targets: Ids,
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """Compute the gradient of `targets[i]`'s quantity at `points[i]`.

        Args:
            points: Points (window, dimensions).
            targets: The id (points,) whose quantity is differentiated at each.
            quantity: What of the target is differentiated.
            frozen: Whether attention weights are constants.

        Returns:
            Values (points,), a gradient shaped like each point, and the probabilities
            (points, 2) of another token and of the target.

        Raises:
            ValueError: Points or targets do not fit each other or the network.
        """
        wanted = self._check_targets(targets, len(points), "point")
        shape = (self.window, self.settings.dim_embeddings)
        for point in points:
            if np.shape(point) != shape:
                raise ValueError(f"a point of {np.shape(point)}; expected {shape}")
        compiled = find_compiled_gradients(self.settings, len(self.vocabulary))
        return compute_gradients(
            compiled, self._weights, points, wanted, quantity, frozen=frozen
        )

    def write(
        self,
        prefixes: Sequence[Sequence[int]],
        length: int,
        temperature: float,
        seed: Sequence[int],
        *,
        stop: bool = True,
    ) -> GeneratedTexts:
        """Write tokens after each prefix; see `LanguageModel.write`.

        Args:
            prefixes: Ids of any lengths; the last `window` of each are read.
            length: How many tokens are written at most.
            temperature: At least 0; 0 takes the most probable token.
            seed: Decides the draws, together with a text's row.
            stop: Whether a text ends at its closing mark.

        Returns:
            Ids, histories, weights and probabilities of every step; steps after a
            text's closing mark are left at 0.

        Raises:
            ValueError: Length or temperature is negative or infinite, or an id unknown.
        """
        if length < 0 or not 0 <= temperature < np.inf:
            raise ValueError("length and temperature must be finite and at least 0")
        histories = self._pad_prefixes(prefixes)
        uniform = np.zeros((len(histories), length))
        if temperature > 0:
            for row in range(len(histories)):
                uniform[row] = np.random.default_rng((*seed, row)).random(length)
        mark = self.vocabulary.ids.get(self.vocabulary.mark or "", -1) if stop else -1
        written = self._make_empty_texts(len(histories), length)
        for rows in _split_texts(len(histories)):
            self._write(rows, histories, uniform, temperature, mark, written=written)
        return written

    def _write(
        self,
        rows: slice,
        histories: Numbers,
        uniform: NDArray[np.float64],
        temperature: float,
        mark: int,
        *,
        written: GeneratedTexts,
    ) -> None:
        """Fill `rows` of `written`, loop by loop, until all of them are closed."""
        write = find_writer(self.settings, len(self.vocabulary))
        if self._rest is None:
            self._rest = write.rest(self._weights)
        count, length = uniform[rows].shape
        size = next(size for size in SIZES if size >= count)
        state = write.start(
            self._weights, self._rest, pad_to_size(histories[rows], size)
        )
        closed = tf.range(size) >= count
        for first in range(0, length, SIZES[size]):
            steps = min(SIZES[size], length - first)
            numbers = np.zeros((SIZES[size], size))
            numbers[:steps, :count] = uniform[rows, first : first + steps].T
            draws = LoopDraws(
                tf.constant(steps),
                tf.constant(temperature, tf.float64),
                tf.constant(numbers),
                tf.constant(mark),
                closed,
            )
            state, closed, answers = write.loop(self._weights, state, draws)
            steps_taken = [
                np.swapaxes(a.numpy()[:steps, :count], 0, 1) for a in answers
            ]
            _store_answers(written, rows, first, steps_taken)
            if bool(tf.reduce_all(closed)):
                break
        _close_texts(written, rows, histories, mark)

    def _make_empty_texts(self, texts: int, length: int) -> GeneratedTexts:
        return GeneratedTexts(
            ids=np.zeros((texts, length), np.int32),
            histories=np.zeros((texts, length, self.window), np.int32),
            weights=np.zeros((texts, length, self.window), np.float32),
            probabilities=np.zeros((texts, length, len(self.vocabulary)), np.float32),
            lengths=np.zeros(texts, np.int32),
        )

    def _pad_prefixes(self, prefixes: Sequence[Sequence[int]]) -> Numbers:
        """Return the last `window` ids of each prefix, padding on the left."""
        rows = np.zeros((len(prefixes), self.window), np.int32)
        for row, prefix in zip(rows, prefixes, strict=True):
            last = list(prefix)[-self.window :]
            if last:
                row[-len(last) :] = last
        return self._check_histories(rows)

    def _check_histories(self, histories: Ids) -> Numbers:
        """Return `histories` if they are windows of known ids.

        Raises:
            ValueError: They are not.
        """
        rows = np.asarray(histories)
        if rows.ndim != 2 or rows.shape[1] != self.window:  # noqa: PLR2004 - a matrix has 2 axes
            raise ValueError(f"histories must be (n, {self.window}), not {rows.shape}")
        if not self._are_known(rows):
            raise ValueError(
                f"ids must be integers from 0 to {len(self.vocabulary) - 1}"
            )
        return rows.astype(np.int32)

    def _check_targets(self, targets: Ids, count: int, each: str) -> Numbers:
        """Return `targets` if they are `count` known ids.

        Raises:
            ValueError: They are not.
        """
        wanted = np.asarray(targets)
        if wanted.shape != (count,) or not self._are_known(wanted):
            raise ValueError(f"targets must be one known id for each {each}")
        return wanted.astype(np.int32)

    def _are_known(self, ids: Ids) -> bool:
        whole = np.issubdtype(ids.dtype, np.integer)
        return whole and bool(((ids >= 0) & (ids < len(self.vocabulary))).all())


def _split_batches(rows: Numbers) -> Iterator[tuple[slice, tf.Tensor]]:
    """Yield slices of `rows`, and the batches of `BATCH` rows they make."""
    for start in range(0, len(rows), BATCH):
        part = slice(start, start + BATCH)
        yield part, pad_to_size(rows[part], BATCH)


def _split_texts(count: int) -> Iterator[slice]:
    """Yield slices of texts that are written together."""
    for start in range(0, count, max(SIZES)):
        yield slice(start, min(start + max(SIZES), count))


def _store_answers(
    written: GeneratedTexts, rows: slice, first: int, answers: Sequence[NDArray]
) -> None:
    """Store one loop's ids, weights and probabilities at their places."""
    places = (written.ids, written.weights, written.probabilities)
    for place, answer in zip(places, answers, strict=True):
        place[rows, first : first + answer.shape[1]] = answer


def _close_texts(
    written: GeneratedTexts, rows: slice, prefixes: Numbers, mark: int
) -> None:
    """Find where each text ends, blank what follows, and cut out its histories."""
    window = prefixes.shape[1]
    for row in range(rows.start, rows.stop):
        ids = written.ids[row]
        marks = np.flatnonzero(ids == mark)
        end = int(marks[0]) + 1 if len(marks) else len(ids)
        written.lengths[row] = end
        whole = np.concatenate([prefixes[row], ids[:end]])
        views = np.lib.stride_tricks.sliding_window_view(whole, window)[:end]
        written.histories[row, :end] = views
        for array in (written.ids, written.weights, written.probabilities):
            array[row, end:] = 0
