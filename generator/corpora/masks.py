"""Annotation masks of texts: which words of a document must not matter."""

from __future__ import annotations

from generator.corpora.base import Corpus, Spans
from generator.errors import CorpusError, nearest, quoted


def masked(corpus: Corpus, index: int, name: str) -> Spans:
    """The words of one document in the mask `name`. Raises `CorpusError`."""
    known = dict(corpus.documents[index].masks)
    if name not in known:
        raise CorpusError(
            f"mask: document {index + 1:,} has no annotation mask {quoted(name)}; "
            f"{nearest(name, known)}"
        )
    return known[name]
