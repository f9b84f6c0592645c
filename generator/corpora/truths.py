"""The labels of documents as places among the corpus's labels."""

from __future__ import annotations

from collections.abc import Sequence

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
