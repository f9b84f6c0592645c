"""What a char-rnn is trained on: streams of characters, and what comes next in them.

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

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generator.networks.stepping import Batch
from generator.networks.windows import Ids, Offsets


class Streams:
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
        self.key = hashlib.sha256(told + self._rows.tobytes()).hexdigest()

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


class Parts:
    """What is held out: parts of documents, each from rest."""

    def __init__(
        self, ids: Ids, offsets: Offsets, documents: Sequence[int], length: int
    ) -> None:
        self.ids, self.length = ids, length
        self._starts = starts(offsets, length, documents)
        told = f"parts/1/{length}/{ids.dtype.str}".encode()
        found = hashlib.sha256(told + self._starts.tobytes())
        found.update(np.ascontiguousarray(ids).data)
        self.key = found.hexdigest()

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


def starts(
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
