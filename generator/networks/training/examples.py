"""Examples to train on, by number, and the settings of training.

All ids of all documents lie in one array of the smallest unsigned type, a document
after the other (`pack_documents`). An example is cut out when a batch needs it, so
nothing is ever held twice. Classes here are examples of windows (`WindowExamples`) and
of texts with labels (`LabelledTexts`); examples along streams are in `streams`.

A language model over windows learns a target from the tokens before it:

1. Every token of a document after the first is a target; the first is the opening
   mark. In a single text, which has no marks, targets begin at token `window + 1`.
2. The history of a target is the `window` tokens of its document before it, filled
   with 0 on the left where the document has fewer.
3. A target that is unknown (id 0) is not trained on.

Differs: textgenrnn, in training alone, removes unknown tokens from a history and takes
older ones in their place; here they stay, with id 0, as they do in its generation.

A text of 100 million tokens has nearly as many places to train on. A list of them
would take 800 MB; in `RankedPlaces` one bit says whether a token is one, and a running
count for every block of 512 bits says where the k-th is to be looked for.

A classifier learns from texts of any length, each with its label. A batch is as wide as
its longest text, padded with 0 on the right; or, for a network that reads padding too,
as wide as it always is. Where words are marked as ones that must not matter, the marks
come with the ids, padded alike.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import ConfigError
from generator.networks.training.steps import Batch


class Examples(Protocol):
    """Examples to train on, by number from 0 to `len - 1`."""

    @property
    def key(self) -> str:
        """The hash of everything `take` depends on."""
        ...

    def __len__(self) -> int: ...

    def take(self, numbers: NDArray[np.int64]) -> Batch:
        """Return a batch of examples.

        Args:
            numbers: Which examples, (n,), in this order.

        Returns:
            Inputs and targets, examples along axis 0 of every array.
        """
        ...


@runtime_checkable
class ExamplesWithLengths(Examples, Protocol):
    """Examples of several lengths, along axis 1 of their inputs.

    Batches are made of examples of like lengths, and each is as wide as its longest.
    """

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The length of each example, (examples,)."""
        ...


@runtime_checkable
class StreamExamples(Examples, Protocol):
    """Parts of streams: each step takes the next part of all of them.

    Nothing is shuffled, and numbers go on from epoch to epoch. The model itself carries
    what a step leaves to the next.
    """

    in_order: bool
    streams: int
    length: int  # tokens of a part


@runtime_checkable
class StatefulStreamExamples(StreamExamples, Protocol):
    """Parts of streams for a model that puts out its states, for the steps to carry."""

    carries: bool


SHARDS = 2
"""Parts of a step where the study does not say."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The settings of training; all but `checkpoint_seconds` decide the result."""

    epochs: int
    seed: int = 0
    batch_size: int = 128
    learning_rate: float = 4e-3
    schedule: Literal["linear", "constant", "decay"] = "linear"
    decay: float = 1.0  # what the rate is multiplied by after each epoch
    floor: float = 0.0  # what it does not fall below then
    patience: int | None = None
    snapshots: tuple[int, ...] | None = None  # epochs kept beside best and last, or all
    checkpoint_seconds: float = 60.0
    shards: int = SHARDS
    """Parts of a step that can be computed at once, and are added in their order."""

    def __post_init__(self) -> None:
        if (
            self.epochs < 0
            or self.batch_size < 1
            or self.shards < 1
            or (self.patience is not None and self.patience < 1)
        ):
            raise ConfigError(
                f"epochs, batch size, shards or patience out of range: {self}"
            )
        if not 0 < self.learning_rate < math.inf:
            raise ConfigError(f"learning rate {self.learning_rate}; expected above 0")
        if not 0 < self.decay <= 1 or not 0 <= self.floor <= self.learning_rate:
            raise ConfigError(
                f"decay {self.decay}, floor {self.floor}; expected a decay above 0 and "
                "at most 1, and a floor between 0 and the learning rate"
            )

    def compute_rate(self, epoch: int) -> float:
        """Return the learning rate in `epoch`, counted from 0."""
        if self.schedule == "decay":
            return max(self.floor, self.learning_rate * self.decay**epoch)
        falling = self.schedule == "linear"
        return self.learning_rate * (1 - epoch / self.epochs if falling else 1)


BLOCK = 64
"""Bytes for each running count."""
_CHUNK = 1 << 22


class RankedPlaces:
    """The positions where a mask is true, in rising order, addressed by rank."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        packed = np.packbits(mask)
        self._bytes = np.pad(packed, (0, -len(packed) % BLOCK)).reshape(-1, BLOCK)
        counts = np.zeros(len(self._bytes) + 1, dtype=np.int64)
        step = _CHUNK // BLOCK
        for start in range(0, len(self._bytes), step):
            ones = np.bitwise_count(self._bytes[start : start + step])
            counts[start + 1 : start + 1 + len(ones)] = ones.sum(1, dtype=np.int64)
        self._before = np.cumsum(counts)

    def __len__(self) -> int:
        """How many positions there are."""
        return int(self._before[-1])

    def __getitem__(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of the given ranks, each from 0 to `len(self) - 1`."""
        block = np.searchsorted(self._before, ranks, side="right") - 1
        left = ranks - self._before[block]
        rows = self._bytes[block]
        byte, left = _find_by_rank(np.bitwise_count(rows), left)
        last = rows[np.arange(len(rows)), byte]
        bit, _ = _find_by_rank(np.unpackbits(last[:, None], axis=1), left)
        return (block * BLOCK + byte) * 8 + bit


def _find_by_rank(
    counts: NDArray[np.uint8], ranks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the column of the item of each row's rank, and its rank in that column."""
    through = np.cumsum(counts, axis=1, dtype=np.int64)
    column = (through <= ranks[:, None]).sum(1)
    rows = np.arange(len(ranks))
    return column, ranks - through[rows, column] + counts[rows, column]


Ids = NDArray[np.unsignedinteger]
Offsets = NDArray[np.int64]


def pack_documents(
    documents: Iterable[Iterable[int]], size: int
) -> tuple[Ids, Offsets]:
    """Pack all ids into one array of the smallest unsigned type.

    Documents may be generators: 100 MB of characters then pass through one at a time.

    Args:
        documents: The ids of each document.
        size: The size of the vocabulary, 0 included.

    Returns:
        The ids (tokens,), and where each document begins, with the end last,
        (documents + 1,).

    Raises:
        OverflowError: An id is negative or does not fit the type.
        ValueError: An id is not below `size`.
    """
    dtype = np.min_scalar_type(max(size - 1, 0))
    parts = [np.fromiter(document, dtype=dtype) for document in documents]
    lengths = [0, *map(len, parts)]
    parts = parts or [np.empty(0, dtype)]
    ids = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if ids.size and int(ids.max()) >= size:
        raise ValueError(f"id {ids.max()}; expected ids below {size}")
    return ids, np.cumsum(lengths, dtype=np.int64)


class WindowExamples:
    """Windows of tokens with the token after each, of one side of a corpus."""

    def __init__(
        self,
        ids: Ids,
        offsets: Offsets,
        window: int,
        documents: Sequence[int] | None = None,
        *,
        single_text: bool = False,
    ) -> None:
        """Find the targets.

        Args:
            ids: The ids of all documents, (tokens,).
            offsets: Where each document begins, with the end last, (documents + 1,).
            window: Tokens of a history.
            documents: Which documents hold the targets; all if not given.
            single_text: Whether documents are parts of one text, without marks.
        """
        self.ids, self.offsets, self.window = ids, offsets, window
        chosen = range(len(offsets) - 1) if documents is None else documents
        first = window + 1 if single_text else 1
        self._places = RankedPlaces(_mark_targets(ids, offsets, chosen, first))
        told = f"windows/1/{window}/{first}/{ids.dtype.str}/{list(chosen)}".encode()
        self.key = digest(told, offsets, ids)

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self._places)

    def take(self, numbers: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
        """Return histories (n, window) and targets (n,) of the examples `numbers`."""
        targets = self._places[numbers]
        document = np.searchsorted(self.offsets, targets, side="right") - 1
        starts = self.offsets[document][:, None]
        slots = targets[:, None] + np.arange(-self.window, 0)
        inside = slots >= starts
        histories = np.where(inside, self.ids[np.maximum(slots, starts)], 0)
        return histories.astype(np.int32), self.ids[targets].astype(np.int32)


def _mark_targets(
    ids: Ids, offsets: Offsets, documents: Sequence[int], first: int
) -> NDArray[np.bool_]:
    """Return which tokens are targets, (tokens,): known, and from a place on.

    Args:
        ids: The ids of all documents, (tokens,).
        offsets: Where each document begins, with the end last.
        documents: Which documents hold targets.
        first: The first token of a document that may be a target.
    """
    mask = np.zeros(len(ids), dtype=np.bool_)
    for document in documents:
        start, end = int(offsets[document]) + first, int(offsets[document + 1])
        np.not_equal(ids[start:end], 0, out=mask[start : max(start, end)])
    return mask


def digest(*parts: bytes | NDArray) -> str:
    """Return the SHA-256 of bytes and of arrays' bytes, which are not copied."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(
            np.ascontiguousarray(part).data if isinstance(part, np.ndarray) else part
        )
    return sha.hexdigest()


def cut_padded_texts(
    values: NDArray, offsets: Offsets, numbers: Offsets, width: int | None = None
) -> NDArray:
    """Cut the texts with these numbers out of the array that holds all of them.

    Args:
        values: (tokens, …), a text after the other.
        offsets: (texts + 1,), where each begins, with the end last.
        numbers: (n,), which texts.
        width: How wide rows are; as the longest of these texts if not given.

    Returns:
        Rows (n, width, …), 0 after each text.
    """
    starts, ends = offsets[numbers], offsets[numbers + 1]
    width = width or int((ends - starts).max(initial=1))
    slots = starts[:, None] + np.arange(width)
    inside = (slots < ends[:, None]).reshape(*slots.shape, *[1] * (values.ndim - 1))
    last = max(len(values) - 1, 0)
    return np.where(inside, values[np.minimum(slots, last)] if len(values) else 0, 0)


Numbers = NDArray[np.int64]
Inputs = NDArray[np.int32] | tuple[NDArray[np.int32], NDArray[np.float32]]


class LabelledTexts:
    """Texts with labels: examples that know their lengths."""

    def __init__(
        self,
        texts: Sequence[Sequence[int]],
        labels: Sequence[int],
        size: int,
        *,
        width: int | None = None,
        marks: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Pack the texts.

        Args:
            texts: The ids of each text.
            labels: The index of each text's label.
            size: How many ids there are, 0 included.
            width: A fixed width of batches, for networks that read padding; None to
                make them as wide as their longest text.
            marks: For each token, 1 if it must not matter, 0 otherwise.

        Raises:
            ValueError: Labels, width or marks do not fit the texts.
        """
        self._ids, self._offsets = pack_documents(texts, size)
        self._targets = np.array(labels, np.int32)
        self._width = width
        self.lengths: Numbers = np.diff(self._offsets)
        if width is not None:
            self.lengths = np.full_like(self.lengths, width)
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts with {len(labels)} labels")
        if width is not None and len(texts) and np.diff(self._offsets).max() > width:
            raise ValueError(f"a text is longer than {width} tokens")
        self._marks = None if marks is None else pack_documents(marks, 2)[0]
        if self._marks is not None and len(self._marks) != len(self._ids):
            raise ValueError(f"{len(self._marks)} marks of {len(self._ids)} tokens")
        told = f"texts/1/{width}/{self._ids.dtype.str}".encode()
        marked = () if self._marks is None else (self._marks,)
        self.key = digest(told, self._offsets, self._targets, self._ids, *marked)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._targets)

    def take(self, numbers: Numbers) -> tuple[Inputs, NDArray[np.int32]]:
        """Return ids (n, width) and labels (n,) of the texts `numbers`.

        With marks, the inputs are ids and marks, both (n, width).
        """
        where = self._offsets, numbers, self._width
        ids, targets = (
            cut_padded_texts(self._ids, *where).astype(np.int32),
            self._targets[numbers],
        )
        if self._marks is None:
            return ids, targets
        return (ids, cut_padded_texts(self._marks, *where).astype(np.float32)), targets
