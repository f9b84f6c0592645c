"""The labels of documents as places among the corpus's labels, as they are or permuted.

Permuted, each label is as frequent as before and says nothing of the text it has come
to. What a model still learns of such labels, it learns of these very texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from generator.corpora.base import Corpus
from generator.errors import CorpusError, quoted

LEAST = 2
"""Labels that a classifier needs."""


def truths(corpus: Corpus, indices: Sequence[int]) -> tuple[int, ...]:
    """The place of each document's label. Raises `CorpusError` for one without."""
    known = {label: place for place, label in enumerate(corpus.labels)}
    found = tuple(known.get(corpus.documents[i].label or "", -1) for i in indices)
    if -1 in found:
        index = indices[found.index(-1)]
        label = corpus.documents[index].label
        raise CorpusError(
            f"document {index + 1:,} has the label {quoted(label or '')}; expected one "
            f"of {', '.join(map(quoted, corpus.labels)) or 'some labels'}"
        )
    return found


def taught(labels: Sequence[str], found: Sequence[int]) -> tuple[int, ...]:
    """How many training documents have each label.

    Raises `CorpusError` unless there are two labels, and a document for each.
    """
    counts = tuple(found.count(place) for place in range(len(labels)))
    if sum(count > 0 for count in counts) < LEAST:
        only = ", ".join(
            f"{quoted(label)} ({count:,})"
            for label, count in zip(labels, counts, strict=True)
            if count
        )
        raise CorpusError(
            f"the classifier needs two classes; found only {only or 'no text at all'} "
            "on the training side: give the corpus texts with another label"
        )
    for label, count in zip(labels, counts, strict=True):
        if not count:
            raise CorpusError(
                f"no training document has the label {quoted(label)}; expected one or "
                "more of each label: add documents, or use another seed"
            )
    return counts


def permuted(found: Sequence[int], seed: int) -> tuple[int, ...]:
    """The same labels in an order that the seed alone decides."""

    def rank(place: int) -> bytes:
        return hashlib.sha256(f"permuted labels/{seed}/{place}".encode()).digest()

    return tuple(found[place] for place in sorted(range(len(found)), key=rank))


def on_permuted(before: Sequence[int], after: Sequence[int]) -> Iterator[str]:
    """A note on how many kept their label, where labels were permuted."""
    if before is not after:
        kept = sum(a == b for a, b in zip(before, after, strict=True))
        yield (
            f"the labels of the {len(after):,} training texts are permuted among them: "
            f"{kept:,} keep theirs; validation and test texts have their own"
        )
