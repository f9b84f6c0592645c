"""What a network over whole sequences is trained on: streams, read part by part.

1. A document is cut into parts of `length` tokens; the target of each is the one after
   it. Its first part begins from rest, the others go on from the part before; its last
   part is filled up with 0. What is unknown or beyond the end is no target (id 0).
2. The parts of all documents, in an order of documents that the seed and the epoch
   decide, lie behind each other and are divided into as many streams of equal length.
   A step takes the next part of every stream. A stream's first part begins from rest,
   though it may stand within a document.
3. Example `k` is part `k // streams` of stream `k % streams`, and numbers go on from
   epoch to epoch. A target's weight makes the mean over examples the mean over targets.

What is held out is cut into stretches of `STRETCH` targets, and each is read from rest
by itself, beginning `before` tokens early, which are no targets there: so a target has
as many tokens before it, at least, as attention looks back.

What a char-rnn is trained on: streams of characters, and what comes next in them.

The documents of a side lie behind each other and are divided into as many streams of
equal length as are read at once. A step takes the next `length` characters of every
stream; the target of a character is the one after it. Steps follow each other in the
order of the text, so that the state in which a stream was left fits what comes next;
at the beginning of an epoch streams begin anew. A document's end is no end of a stream:
the network is to notice that another file begins. (The streams of `streams` end with
documents, whose order is another one in each epoch.)

What is held out is read from rest, document by document, in parts of `length`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generator.networks.training.batches import Order
from generator.networks.training.examples import Ids, Offsets, digest
from generator.networks.training.steps import Batch

STRETCH = 256
"""Targets of what is held out that are looked at together."""
Places = NDArray[np.int64]


class SequenceStreams:
    """Examples of one side of a corpus, taken in order, `streams` at a time."""

    in_order = carries = True

    def __init__(  # noqa: PLR0917 - of what, then how divided
        self,
        ids: Ids,
        offsets: Offsets,
        documents: Sequence[int],
        streams: int,
        length: int,
        seed: int,
    ) -> None:
        self.ids, self.streams, self.length = ids, streams, length
        self._seed = seed
        self._parts = [
            _split_parts(int(offsets[d]), int(offsets[d + 1]), length)
            for d in documents
        ]
        count = sum(map(len, self._parts))
        self.steps = -(-count // streams)
        known = sum(np.count_nonzero(_find_targets(ids, offsets, d)) for d in documents)
        self._weight = self.steps * streams / max(known, 1)
        self._epoch, self._laid = -1, np.zeros((0, 0, 3), np.int64)
        head = f"streams/1/{streams}/{length}/{seed}/{ids.dtype.str}/{list(documents)}"
        self.key = digest(head.encode(), offsets, ids)

    def __len__(self) -> int:
        """How many examples there are in an epoch."""
        return self.steps * self.streams

    def take(self, numbers: Places) -> Batch:
        """Ids (n, length), whether they begin from rest; targets and their weights."""
        laid = self._lay_out(int(numbers[0]) // len(self))  # a step is in one epoch
        step, stream = np.divmod(numbers % len(self), self.streams)
        first, end, fresh = laid[stream, step].T
        read, after = _cut_tokens(self.ids, first, end, self.length)
        weights = np.where(after > 0, self._weight, 0).astype(np.float32)
        return (read, fresh.astype(np.float32)), (after, weights)

    def _lay_out(self, epoch: int) -> Places:
        """First token, end of the document, and 1 if fresh, (streams, steps, 3)."""
        if epoch != self._epoch:
            order = Order(len(self._parts), self._seed, epoch)
            documents = order(0, len(self._parts))
            found = np.zeros((len(self), 3), np.int64)
            parts = np.concatenate([self._parts[d] for d in documents])
            found[: len(parts)] = parts
            self._laid = found.reshape(self.streams, self.steps, 3)
            self._laid[:, :1, 2] = 1
            self._epoch = epoch
        return self._laid


class HeldOutStretches:
    """Examples of what is held out, each by itself."""

    def __init__(
        self,
        ids: Ids,
        offsets: Offsets,
        documents: Sequence[int],
        before: int,
        skipped: int = 0,
    ) -> None:
        """The first `skipped` targets of a document are left out."""
        self.ids, self._before = ids, before
        parts = [
            _split_parts(int(offsets[d]) + skipped, int(offsets[d + 1]), STRETCH)
            for d in documents
        ]
        self._parts = np.concatenate([np.empty((0, 3), np.int64), *parts])
        begin = offsets[np.array(documents, dtype=np.int64)]
        self._begin = np.repeat(begin, [*map(len, parts)])
        known = sum(
            np.count_nonzero(_find_targets(ids, offsets, d)[skipped:])
            for d in documents
        )
        self._weight = len(self._parts) / max(known, 1)
        told = (STRETCH, before, skipped, ids.dtype.str, list(documents))
        self.key = digest(f"stretches/1/{told}".encode(), offsets, ids)

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self._parts)

    def take(self, numbers: Places) -> Batch:
        """As of streams; all begin from rest."""
        first, end, _ = self._parts[numbers].T
        start = np.maximum(first - self._before, self._begin[numbers])
        read, after = _cut_tokens(self.ids, start, end, self._before + STRETCH)
        early = start[:, None] + np.arange(read.shape[1])
        counted = (early >= first[:, None]) & (early < first[:, None] + STRETCH)
        weights = np.where((after > 0) & counted, self._weight, 0).astype(np.float32)
        return (read, np.ones(len(read), np.float32)), (after, weights)


def _split_parts(start: int, end: int, length: int) -> Places:
    """First token, end of the document, and 1 if fresh, of each part (parts, 3)."""
    first = np.arange(start, max(end - 1, start), length, dtype=np.int64)
    fresh = first == start
    return np.stack([first, np.full_like(first, end), fresh.astype(np.int64)], 1)


def _cut_tokens(
    ids: Ids, first: Places, end: Places, length: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """`length` tokens from each `first` and those after them, 0 from `end` on."""
    places = first[:, None] + np.arange(length + 1)
    inside = places < end[:, None]
    found = np.where(inside, ids[np.minimum(places, len(ids) - 1)], 0).astype(np.int32)
    return found[:, :-1], found[:, 1:]


def _find_targets(ids: Ids, offsets: Offsets, document: int) -> Ids:
    """The tokens of a document that follow another."""
    return ids[int(offsets[document]) + 1 : int(offsets[document + 1])]


class WindowStreams:
    """Examples of one side of a corpus, to be taken in order, `streams` at a time."""

    in_order = True

    def __init__(
        self,
        ids: Ids,
        offsets: Offsets,
        documents: Sequence[int],
        streams: int,
        length: int,
    ) -> None:
        parts = [ids[offsets[d] : offsets[d + 1]] for d in documents]
        whole = np.concatenate([ids[:0], *parts])
        self.steps = max(0, (len(whole) // streams - 1) // length)
        each = self.steps * length + 1 if self.steps else 0
        self._rows = whole[: each * streams].reshape(streams, -1)
        self.streams, self.length = streams, length
        told = f"streams/1/{streams}/{length}/{ids.dtype.str}".encode()
        self.key = digest(told, self._rows)

    def __len__(self) -> int:
        """How many examples there are: a part of a stream each."""
        return self.steps * self.streams

    def take(self, numbers: NDArray[np.int64]) -> Batch:
        """Characters, streams and whether they go on; and the characters after."""
        step, row = np.divmod(numbers % len(self), self.streams)
        places = step[:, None] * self.length + np.arange(self.length + 1)
        whole = self._rows[row[:, None], places].astype(np.int32)
        going = (step > 0).astype(np.float32)[:, None]
        return (whole[:, :-1], row.astype(np.int32), going), whole[:, 1:]


class HeldOutParts:
    """What is held out: parts of documents, each from rest."""

    def __init__(
        self, ids: Ids, offsets: Offsets, documents: Sequence[int], length: int
    ) -> None:
        self.ids, self.length = ids, length
        self._starts = find_part_starts(offsets, length, documents)
        told = f"parts/1/{length}/{ids.dtype.str}".encode()
        self.key = digest(told, self._starts, ids)

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self._starts)

    def take(self, numbers: NDArray[np.int64]) -> Batch:
        """As of streams, though nothing is carried."""
        places = self._starts[numbers][:, None] + np.arange(self.length + 1)
        whole = self.ids[places].astype(np.int32)
        rows = np.zeros(len(numbers), np.int32)
        going = np.zeros((len(numbers), 1), np.float32)
        return (whole[:, :-1], rows, going), whole[:, 1:]


def find_part_starts(
    offsets: Offsets, length: int, documents: Sequence[int]
) -> NDArray[np.int64]:
    """Where parts begin; the last of a document is dropped if it is not whole."""
    found = [
        start
        for document in documents
        for start in range(
            int(offsets[document]), int(offsets[document + 1]) - length, length
        )
    ]
    return np.array(found, dtype=np.int64)
