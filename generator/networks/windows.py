"""What a language model is trained on: a target and the tokens before it.

All tokens of all documents lie in one array of the smallest unsigned type, a document
after the other. An example is a position in it; its history is cut out when a batch
needs it, so nothing is ever held twice.

1. Every token of a document after the first is a target; the first is the opening
   mark. In a single text, which has no marks, targets begin at token `window + 1`.
2. The history of a target is the `window` tokens of its document before it, filled
   with 0 on the left where the document has fewer.
3. A target that is unknown (id 0) is not trained on.

Differs: textgenrnn, in training alone, removes unknown tokens from a history and takes
older ones in their place; here they stay, with id 0, as they do in its generation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from generator.networks.places import Places

Ids = NDArray[np.unsignedinteger]
Offsets = NDArray[np.int64]


def pack(documents: Iterable[Iterable[int]], size: int) -> tuple[Ids, Offsets]:
    """All ids in one array, and where each document begins, with the end last.

    `size` is the vocabulary's, 0 included. Documents may be generators: 100 MB of
    characters then pass through one at a time. Raises `OverflowError` or `ValueError`
    for an id that is negative or not below `size`.
    """
    dtype = np.min_scalar_type(max(size - 1, 0))
    parts = [np.fromiter(document, dtype=dtype) for document in documents]
    lengths = [0, *map(len, parts)]
    parts = parts or [np.empty(0, dtype)]
    ids = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if ids.size and int(ids.max()) >= size:
        raise ValueError(f"id {ids.max()}; expected ids below {size}")
    return ids, np.cumsum(lengths, dtype=np.int64)


class Windows:
    """Examples of one side of a corpus: those with targets in `documents`."""

    def __init__(
        self,
        ids: Ids,
        offsets: Offsets,
        window: int,
        documents: Sequence[int] | None = None,
        *,
        single_text: bool = False,
    ) -> None:
        self.ids, self.offsets, self.window = ids, offsets, window
        chosen = range(len(offsets) - 1) if documents is None else documents
        first = window + 1 if single_text else 1
        self._places = Places(_targets(ids, offsets, chosen, first))
        told = f"windows/1/{window}/{first}/{ids.dtype.str}/{list(chosen)}".encode()
        self.key = _digest(told, offsets, ids)

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self._places)

    def take(self, numbers: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
        """Histories (n, window) and targets (n,) of the examples with these numbers."""
        targets = self._places[numbers]
        document = np.searchsorted(self.offsets, targets, side="right") - 1
        starts = self.offsets[document][:, None]
        slots = targets[:, None] + np.arange(-self.window, 0)
        inside = slots >= starts
        histories = np.where(inside, self.ids[np.maximum(slots, starts)], 0)
        return histories.astype(np.int32), self.ids[targets].astype(np.int32)


def _targets(
    ids: Ids, offsets: Offsets, documents: Sequence[int], first: int
) -> NDArray[np.bool_]:
    """Which tokens are targets: known, in `documents`, from their token `first` on."""
    mask = np.zeros(len(ids), dtype=np.bool_)
    for document in documents:
        start, end = int(offsets[document]) + first, int(offsets[document + 1])
        np.not_equal(ids[start:end], 0, out=mask[start : max(start, end)])
    return mask


def _digest(head: bytes, *arrays: NDArray) -> str:
    """Hash of the arrays' bytes, which are not copied."""
    found = hashlib.sha256(head)
    for array in arrays:
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
