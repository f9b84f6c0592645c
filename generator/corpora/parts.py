"""The sides that texts come with: the first texts of each, and texts on two of them.

A publisher may say which texts are for training, for validation and for the test. Two
texts count as one here if they differ in capitals and spaces alone: a classifier reads
them as the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import get_args

from generator.corpora.base import Document, Part
from generator.corpora.repeats import repeats

PARTS: tuple[Part, ...] = get_args(Part)
"""The sides, in the order in which they are used."""
NAMES: dict[Part, str] = {
    "train": "training",
    "validation": "validation",
    "test": "test",
}


def plain(text: str) -> str:
    """A text to compare by: lower case, single spaces."""
    return " ".join(text.lower().split())


def cut(
    documents: Sequence[Document], limit: int | None
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The first `limit` documents of each side, in their order, and a note."""
    seen: Counter[Part | None] = Counter()
    kept = []
    for document in documents:
        seen[document.part] += 1
        if limit is None or seen[document.part] <= limit:
            kept.append(document)
    if limit is None or len(kept) == len(documents):
        return tuple(kept), ()
    each = " on each side" if any(seen.keys() - {None}) else ""
    note = f"the first {limit:,} texts{each} kept: {len(kept):,} of {len(documents):,}"
    return tuple(kept), (note,)


def leaks(documents: Iterable[Document]) -> tuple[str, ...]:
    """Notes on texts that stand, or may come to stand, on more than one side.

    The study divides what has no side and, where its publisher left out validation or
    the test, what is for training; there repeated texts may come apart.
    """
    texts: dict[Part | None, list[str]] = {}
    for document in documents:
        texts.setdefault(document.part, []).append(plain(document.text))
    notes = [
        f"{found:,} of {len(texts[later]):,} {NAMES[later]} texts stand on the "
        f"{NAMES[earlier]} side too"
        for earlier, later in combinations(PARTS, 2)
        if (found := shared(texts.get(earlier, ()), texts.get(later, ())))
    ]
    divided = list(texts.get(None, ()))
    if not texts.keys() >= {"validation", "test"}:
        divided += texts.get("train", ())
    return (*notes, *repeats(divided))


def shared(first: Iterable[str], second: Iterable[str]) -> int:
    """How many of `second` are among `first`."""
    known = set(first)
    return sum(text in known for text in second)
