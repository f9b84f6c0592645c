"""Batches of texts of like lengths, in which an answer does not depend on its company.

1. Equal texts are put to the network once, in sorted order, whatever order they came
   in.
2. A text is padded to the next of few lengths, which follows from its own length alone:
   multiples of 4 up to 64, of 8 up to 128, of 16 up to 256, and so on, never longer
   than the model reads. From 25 tokens on that adds less than an eighth.
3. Texts of one padded length go in batches of so many that work and memory are bounded.
   A batch that is not full is filled up with padding to a multiple of `ROWS` rows: the
   kernels take rows by eights or sixteens, and what is left over by other instructions,
   whose last bits differ. So a text's answer has the same bits in any company.

`softmax` and `log_softmax` are NumPy's work for the same reason: TensorFlow's differ
with a row's place in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
GRADIENT_SLOTS = 8192
"""Slots in a batch, padding included, if the number of its texts allows, and gradients
are taken, which needs many times the memory of an answer."""
ANSWERED, CHANNELS = 32768, 128
"""The same for an answer alone, up to so many channels of a state; with more channels
there are fewer slots."""
ROWS = 16
MOST = 256
"""Texts in a batch."""
STEP = 4
"""The smallest difference of two padded lengths."""


def find_distinct_texts(
    texts: Sequence[Sequence[int]],
) -> tuple[list[tuple[int, ...]], Places]:
    """Return the distinct texts, and where each text is among them.

    Args:
        texts: Texts as ids, of any lengths.

    Returns:
        The distinct texts, sorted, and for each text its index among them (texts,).
    """
    rows = [tuple(text) for text in texts]
    distinct = sorted(set(rows))
    index = {row: place for place, row in enumerate(distinct)}
    return distinct, np.array([index[row] for row in rows], np.intp)


def compute_padded_length(length: int, most: int) -> int:
    """Return the length that a text is padded to.

    Args:
        length: Tokens of the text.
        most: Tokens that no text exceeds.

    Returns:
        A length from `length` to `most`, at least `STEP` where `most` allows.
    """
    step = max(STEP, 1 << max((length - 1).bit_length() - 4, 0))
    return min(max(-(-length // step), 1) * step, most)


def compute_batch_rows(count: int) -> int:
    """Return the rows of a batch of `count` texts: the next multiple of `ROWS`."""
    return -(-count // ROWS) * ROWS


def compute_batch_slots(channels: int) -> int:
    """Return how many slots a batch may have where no gradients are taken.

    Args:
        channels: Channels of a state of the network.
    """
    return max(GRADIENT_SLOTS, ANSWERED * CHANNELS // max(channels, CHANNELS))


def plan_batches(
    lengths: Sequence[int], most: int, slots: int = GRADIENT_SLOTS
) -> Iterator[tuple[Places, int]]:
    """Plan which texts share a batch.

    Args:
        lengths: Tokens of each text.
        most: Tokens that no text exceeds.
        slots: Slots in a batch, padding included.

    Yields:
        The indices of a batch's texts, and the length they are padded to.
    """
    table = {length: compute_padded_length(length, most) for length in set(lengths)}
    widths = np.array([table[length] for length in lengths], np.intp)
    for width in sorted(set(widths.tolist())):
        places = np.flatnonzero(widths == width)
        size = int(np.clip(slots // width // ROWS * ROWS, ROWS, MOST))
        for start in range(0, len(places), size):
            yield places[start : start + size], width


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log probabilities (n, classes) of logits (n, classes), in float64."""
    below = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(1, keepdims=True)))


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities (n, classes) of logits (n, classes).

    TensorFlow's own differ in their last bits with a row's place in a batch.
    """
    shares = np.exp(logits - logits.max(1, keepdims=True), dtype=np.float64)
    return (shares / shares.sum(1, keepdims=True)).astype(np.float32)
