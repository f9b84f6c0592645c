"""Streams: examples of networks that read whole sequences part by part.

For a network whose states and past slots the steps carry (`SequenceStreams`):

1. A document is cut into parts of `length` tokens; the target of each is the one after
   it. Its first part begins from rest, the others go on from the part before; its last
   part is filled up with 0. What is unknown or beyond the end is no target (id 0).
2. The parts of all documents, in an order of documents that the seed and the epoch
   decide, lie behind each other and are divided into as many streams of equal length.
   A step takes the next part of every stream. A stream's first part begins from rest,
   though it may stand within a document.
3. Example `k` is part `k // streams` of stream `k % streams`, and numbers go on from
   epoch to epoch. A target's weight makes the mean over examples the mean over targets.

What is held out (`HeldOutStretches`) is cut into stretches of `STRETCH` targets, and
each is read from rest by itself, beginning `before` tokens early, which are no targets
there: so a target has as many tokens before it, at least, as attention looks back.

For a char-rnn, which carries its states itself (`WindowStreams`): the documents of a
side lie behind each other and are divided into as many streams of equal length as are
read at once. A step takes the next `length` characters of every stream; the target of a
character is the one after it. Steps follow each other in the order of the text, so that
the state in which a stream was left fits what comes next; at the beginning of an epoch
streams begin anew. A document's end is no end of a stream: the network is to notice
that another file begins. What is held out (`HeldOutParts`) is read from rest, document
by document, in parts of `length`.
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
    """Parts of documents that follow each other in streams, of one side of a corpus."""

    in_order = carries = True

    def __init__(  # noqa: PLR0917 - a corpus, a side of it, how it is cut
        self,
        ids: Ids,
        offsets: Offsets,
        documents: Sequence[int],
        streams: int,
        length: int,
        seed: int,
    ) -> None:
        """Cut the documents into parts.

        Args:
            ids: The ids of all documents, (tokens,).
            offsets: Where each document begins, with the end last, (documents + 1,).
            documents: Which documents the side holds.
            streams: How many streams a step reads.
            length: Tokens of a part.
            seed: Decides the order of documents in each epoch.
        """
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
        """Return parts and what follows, of examples in one epoch.

        Args:
            numbers: Which examples, (n,).

        Returns:
            Inputs: ids (n, length), and 1 where a part begins from rest, (n,). Targets:
            the ids after them and their weights, both (n, length).
        """
        laid = self._lay_out(int(numbers[0]) // len(self))  # a step is in one epoch
        step, stream = np.divmod(numbers % len(self), self.streams)
        first, end, fresh = laid[stream, step].T
        read, after = _cut_tokens(self.ids, first, end, self.length)
        weights = np.where(after > 0, self._weight, 0).astype(np.float32)
        return (read, fresh.astype(np.float32)), (after, weights)

    def _lay_out(self, epoch: int) -> Places:
        """Return first token, document's end, and 1 if fresh, (streams, steps, 3)."""
        if epoch != self._epoch:
            order = Order(len(self._parts), self._seed, epoch)
            documents = order(0, len(self._parts))
            rows = np.zeros((len(self), 3), np.int64)
            parts = np.concatenate([self._parts[d] for d in documents])
            rows[: len(parts)] = parts
            self._laid = rows.reshape(self.streams, self.steps, 3)
            self._laid[:, :1, 2] = 1
            self._epoch = epoch
        return self._laid


class HeldOutStretches:
    """Held-out stretches of documents, each read from rest by itself."""

    def __init__(
        self,
        ids: Ids,
        offsets: Offsets,
        documents: Sequence[int],
        before: int,
        skipped: int = 0,
    ) -> None:
        """Cut the documents into stretches.

        Args:
            ids: The ids of all documents, (tokens,).
            offsets: Where each document begins, with the end last, (documents + 1,).
            documents: Which documents are held out.
            before: Tokens that are read ahead of a stretch.
            skipped: How many targets are left out at the beginning of each document.
        """
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
        settings = (STRETCH, before, skipped, ids.dtype.str, list(documents))
        self.key = digest(f"stretches/1/{settings}".encode(), offsets, ids)

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self._parts)

    def take(self, numbers: Places) -> Batch:
        """Return stretches and targets, as `SequenceStreams` does; all are fresh."""
        first, end, _ = self._parts[numbers].T
        start = np.maximum(first - self._before, self._begin[numbers])
        read, after = _cut_tokens(self.ids, start, end, self._before + STRETCH)
        early = start[:, None] + np.arange(read.shape[1])
        counted = (early >= first[:, None]) & (early < first[:, None] + STRETCH)
        weights = np.where((after > 0) & counted, self._weight, 0).astype(np.float32)
        return (read, np.ones(len(read), np.float32)), (after, weights)


def _split_parts(start: int, end: int, length: int) -> Places:
    """Return first token, document's end, and 1 if fresh, of each part, (parts, 3)."""
    first = np.arange(start, max(end - 1, start), length, dtype=np.int64)
    fresh = first == start
    return np.stack([first, np.full_like(first, end), fresh.astype(np.int64)], 1)


def _cut_tokens(
    ids: Ids, first: Places, end: Places, length: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cut tokens and those after them out of all documents.

    Args:
        ids: The ids of all documents, (tokens,).
        first: Where each row begins, (n,).
        end: Where each row's document ends, (n,).
        length: Tokens of a row.

    Returns:
        Rows (n, length) and the tokens after each of theirs, 0 from `end` on.
    """
    places = first[:, None] + np.arange(length + 1)
    inside = places < end[:, None]
    tokens = np.where(inside, ids[np.minimum(places, len(ids) - 1)], 0).astype(np.int32)
    return tokens[:, :-1], tokens[:, 1:]


def _find_targets(ids: Ids, offsets: Offsets, document: int) -> Ids:
    """Return the tokens of a document that follow another."""
    return ids[int(offsets[document]) + 1 : int(offsets[document + 1])]


class WindowStreams:
    """Parts of streams of characters that run over documents' ends."""

    in_order = True

    def __init__(
        self,
        ids: Ids,
        offsets: Offsets,
        documents: Sequence[int],
        streams: int,
        length: int,
    ) -> None:
        """Divide the documents into streams.

        Args:
            ids: The ids of all documents, (tokens,).
            offsets: Where each document begins, with the end last, (documents + 1,).
            documents: Which documents the side holds.
            streams: How many streams a step reads.
            length: Characters of each stream that a step reads.
        """
        whole = _join_documents(ids, offsets, documents)
        self.steps = max(0, (len(whole) // streams - 1) // length)
        each = self.steps * length + 1 if self.steps else 0
        self._rows = whole[: each * streams].reshape(streams, -1)
        self.streams, self.length = streams, length
        settings = f"streams/1/{streams}/{length}/{ids.dtype.str}".encode()
        self.key = digest(settings, self._rows)

    def __len__(self) -> int:
        """How many examples there are: a part of a stream each."""
        return self.steps * self.streams

    def take(self, numbers: NDArray[np.int64]) -> Batch:
        """Return parts of streams and what follows.

        Args:
            numbers: Which examples, (n,).

        Returns:
            Inputs: ids (n, length), the stream of each row (n,), and 1 where it goes
            on, (n, 1). Targets: the ids after them, (n, length).
        """
        step, row = np.divmod(numbers % len(self), self.streams)
        places = step[:, None] * self.length + np.arange(self.length + 1)
        whole = self._rows[row[:, None], places].astype(np.int32)
        going = (step > 0).astype(np.float32)[:, None]
        return (whole[:, :-1], row.astype(np.int32), going), whole[:, 1:]


class HeldOutParts:
    """Held-out parts of documents, each read from rest."""

    def __init__(
        self, ids: Ids, offsets: Offsets, documents: Sequence[int], length: int
    ) -> None:
        """Cut the documents into parts.

        Args:
            ids: The ids of all documents, (tokens,).
            offsets: Where each document begins, with the end last, (documents + 1,).
            documents: Which documents are held out.
            length: Characters of a part.
        """
        self.ids, self.length = ids, length
        self._starts = find_part_starts(offsets, length, documents)
        settings = f"parts/1/{length}/{ids.dtype.str}".encode()
        self.key = digest(settings, self._starts, ids)

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self._starts)

    def take(self, numbers: NDArray[np.int64]) -> Batch:
        """Return parts and what follows, as `WindowStreams` does; nothing goes on."""
        places = self._starts[numbers][:, None] + np.arange(self.length + 1)
        whole = self.ids[places].astype(np.int32)
        rows = np.zeros(len(numbers), np.int32)
        going = np.zeros((len(numbers), 1), np.float32)
        return (whole[:, :-1], rows, going), whole[:, 1:]


def find_part_starts(
    offsets: Offsets, length: int, documents: Sequence[int]
) -> NDArray[np.int64]:
    """Return where parts begin, (parts,); a last part that is not whole is dropped.

    Args:
        offsets: Where each document begins, with the end last, (documents + 1,).
        length: Characters of a part.
        documents: Which documents are cut.
    """
    starts = [
        np.arange(offsets[document], offsets[document + 1] - length, length)
        for document in documents
    ]
    return np.concatenate([np.empty(0, np.int64), *starts])


def _join_documents(ids: Ids, offsets: Offsets, documents: Sequence[int]) -> Ids:
    """Return the ids of documents in their order, without a copy if they are one run.

    Args:
        ids: The ids of all documents, (tokens,).
        offsets: Where each document begins, with the end last, (documents + 1,).
        documents: Which documents are joined.
    """
    chosen = np.array(documents, np.int64)
    if len(chosen) and (np.diff(chosen) == 1).all():
        return ids[offsets[chosen[0]] : offsets[chosen[-1] + 1]]
    parts = [ids[offsets[d] : offsets[d + 1]] for d in documents]
    return np.concatenate([ids[:0], *parts])
