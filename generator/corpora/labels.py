"""What the labels of a corpus must be for a classifier to learn from it.

There must be two labels at least, and two texts of each: one to learn from, one to be
tested on. Where most texts have the same label, a note says how good a model would look
that always gives it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.corpora.base import Document
from generator.errors import CorpusError, quoted

IMBALANCE = 0.9
"""Share of the most frequent label from which on it is noted."""
LEAST = 2
"""How many labels there must be, and how many texts of each."""
SHOWN = 10
"""How many labels, or the like, a message names at most."""


def check_labels(
    documents: Sequence[Document], labels: Sequence[str], place: str
) -> tuple[str, ...]:
    """Notes on how often the labels occur. Raises `CorpusError` for too few of them."""
    counts = Counter(document.label for document in documents)
    found = [label for label in labels if counts[label]]
    if len(found) < LEAST:
        only = ", ".join(f"{quoted(label)} ({counts[label]:,})" for label in found)
        raise CorpusError(
            f"{quoted(place)}: the classifier needs two classes; found only "
            f"{only or 'texts without labels'}; add texts with another label, or "
            "raise limit if it left them out"
        )
    for label in labels:
        refuse_rare(label, counts[label], place)
    if any(document.part for document in documents):
        refuse_untaught(documents, labels, place)
    return dominance(counts, len(documents))


def refuse_rare(label: str, count: int, place: str) -> None:
    """Raise `CorpusError` for a label that cannot be both learnt and tested."""
    if count < LEAST:
        found = "1 text has" if count else "no text has"
        raise CorpusError(
            f"{quoted(place)}: {found} the label {quoted(label)}; expected two or "
            "more, one to learn from and one to test with; add texts, raise limit, or "
            "leave the label out"
        )


def refuse_untaught(
    documents: Sequence[Document], labels: Sequence[str], place: str
) -> None:
    """Raise `CorpusError` for a label that no text for training has."""
    taught = {document.label for document in documents if document.part == "train"}
    if missing := [label for label in labels if label not in taught]:
        raise CorpusError(
            f"{quoted(place)}: no text on the training side has the label "
            f"{quoted(missing[0])}; expected every label there; move some texts to it"
        )


def dominance(counts: Counter[str | None], total: int) -> tuple[str, ...]:
    """A note on a label that most texts have."""
    label, count = max(counts.items(), key=lambda entry: entry[1])
    if count < IMBALANCE * total:
        return ()
    note = (
        f"{count / total:.2%} of the texts have the label {quoted(label)}: a model "
        "that always gives it is right as often"
    )
    return (note,)


def listed(words: Sequence[str]) -> str:
    """Words in quotes, ten at most."""
    shown = ", ".join(quoted(word, 30) for word in words[:SHOWN])
    more = len(words) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
