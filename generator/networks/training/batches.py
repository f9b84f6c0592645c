"""The order of examples and their batches, computed and never stored.

The order of an epoch is a permutation that can be asked at any place (`Order`): which
example comes `k`-th follows from the seed, the epoch and `k` alone. So a resumed run
finds its place by arithmetic, 100 million examples cost no memory, and no library's
random stream, which may change with its version, decides anything.

1. A number below 4**h is cut into two halves of h bits.
2. In each round one half is mixed with a key and added (XOR) to the other; the halves
   change places. Whatever the mixing, this can be undone, so it is a permutation.
3. A result of `size` or more is sent through again until it is below `size`. Walking
   along a cycle of a permutation of the larger set gives one of the smaller.

The keys are SHA-256 digests of the seed, the epoch and the size.

Source: Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002 (steps 1 to 3).
Differs: the mixing is a multiplicative hash, fast and even, not a cipher: nobody here
is an adversary.

Texts have lengths, and a batch is as wide as its longest text, so a short text in it
pays for a long one. Texts sorted by length pay little, but then a batch is no longer
drawn at random. `LengthBuckets` stands between the two:

1. The order of an epoch is cut into blocks of `BLOCK` batches.
2. Within a block texts are sorted by length, equals staying in the epoch's order, and
   cut into batches.
3. The batches of a block come in an order of their own.
4. Texts that fill no whole batch, the last of the epoch's order, are the last batch.

Each epoch holds every text once.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

HashWords = NDArray[np.uint64]
ROUNDS = 8
SMALLEST_HALF = 3
"""Bits; fewer would leave few different permutations of a handful of examples."""
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


class Order:
    """A permutation of `size` examples that is read in pieces."""

    def __init__(self, size: int, seed: int, *place: int) -> None:
        """Derive the permutation.

        Args:
            size: How many examples there are.
            seed: Decides the permutation.
            *place: Tells orders of one seed apart: an epoch, or a part of one.
        """
        self.size = size
        self._half = max(SMALLEST_HALF, ((size - 1).bit_length() + 1) // 2)
        self._keys = _derive_round_keys(
            "/".join(map(str, ("order", seed, *place, size)))
        )

    def __call__(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the examples (n,) at places `start` to `stop`, or to the last."""
        places = np.arange(start, min(stop, self.size), dtype=np.uint64)
        examples = self._scramble(places)
        while (outside := np.flatnonzero(examples >= self.size)).size:
            examples[outside] = self._scramble(examples[outside])
        return examples.astype(np.int64)

    def _scramble(self, numbers: HashWords) -> HashWords:
        """Permute numbers below 4**half."""
        bits = np.uint64(self._half)
        mask = np.uint64((1 << self._half) - 1)
        left, right = numbers >> bits, numbers & mask
        for key in self._keys:
            left, right = right, left ^ (_mix_numbers(right ^ key) & mask)
        return (left << bits) | right


def _derive_round_keys(name: str) -> HashWords:
    """Derive one key for each round."""
    digests = (
        hashlib.sha256(f"{name}/{round_}".encode()).digest()[:8]
        for round_ in range(ROUNDS)
    )
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def _mix_numbers(numbers: HashWords) -> HashWords:
    """Hash each number so that every bit of the result depends on every bit of it."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX[0]
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _MIX[1]
    return numbers ^ (numbers >> np.uint64(31))


Numbers = NDArray[np.int64]
BLOCK = 50
"""Batches whose texts are sorted together."""


class LengthBuckets:
    """The batches of any epoch over texts of given lengths."""

    def __init__(self, lengths: NDArray[np.integer[Any]], size: int, seed: int) -> None:
        """Prepare the batches.

        Args:
            lengths: The length of each text, (texts,).
            size: Texts in a batch.
            seed: Decides the order of every epoch.
        """
        self._lengths, self._size, self._seed = lengths, size, seed
        self._block: tuple[tuple[int, int], Numbers] | None = None

    def find_batch(self, epoch: int, place: int) -> Numbers:
        """Return the texts of a batch, (size,), fewer in the last batch of an epoch.

        Args:
            epoch: From 0.
            place: Which batch of the epoch, from 0.
        """
        whole = len(self._lengths) // self._size
        if place >= whole:
            return self._order(epoch)(place * self._size, len(self._lengths))
        block, within = divmod(place, BLOCK)
        batches = self._batches(epoch, block, min(BLOCK, whole - block * BLOCK))
        return batches[within]

    def _batches(self, epoch: int, block: int, count: int) -> Numbers:
        """Return the batches (count, size) of a block; the latest is remembered."""
        if self._block is None or self._block[0] != (epoch, block):
            first = block * BLOCK * self._size
            texts = self._order(epoch)(first, first + count * self._size)
            batches = sort_by_length(texts, self._lengths).reshape(count, self._size)
            turns = Order(count, self._seed, epoch, block)(0, count)
            self._block = ((epoch, block), batches[turns])
        return self._block[1]

    def _order(self, epoch: int) -> Order:
        return Order(len(self._lengths), self._seed, epoch)


def sort_by_length(numbers: Numbers, lengths: NDArray[np.integer[Any]]) -> Numbers:
    """Sort `numbers` by the length of their texts, shortest first, keeping ties."""
    return numbers[np.argsort(lengths[numbers], kind="stable")]
