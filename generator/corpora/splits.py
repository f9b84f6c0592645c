"""The sides that texts come with: the first texts of each, and texts on two of them.

A publisher may say which texts are for training, for validation and for the test. Two
texts count as one here if they differ in capitals and spaces alone: a classifier reads
them as the same words.

The labels of documents as places among the corpus's labels, as they are or permuted.

Permuted, each label is as frequent as before and says nothing of the text it has come
to. What a model still learns of such labels, it learns of these very texts.

Annotation masks of texts: which words of a document must not matter.

What the labels of a corpus must be for a classifier to learn from it.

There must be two labels at least, and two texts of each: one to learn from, one to be
tested on. Where most texts have the same label, a note says how good a model would look
that always gives it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import get_args

from generator.core.errors import CorpusError, quote_text, suggest_nearest
from generator.corpora.base import Corpus, Document, Spans, SplitPart, note_repeats

PARTS: tuple[SplitPart, ...] = get_args(SplitPart)
"""The sides, in the order in which they are used."""
PART_NAMES: dict[SplitPart, str] = {
    "train": "training",
    "validation": "validation",
    "test": "test",
}


def normalize_text(text: str) -> str:
    """A text to compare by: lower case, single spaces."""
    return " ".join(text.lower().split())


def limit_documents(
    documents: Sequence[Document], limit: int | None
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The first `limit` documents of each side, in their order, and a note."""
    seen: Counter[SplitPart | None] = Counter()
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


def find_leaks(documents: Iterable[Document]) -> tuple[str, ...]:
    """Notes on texts that stand, or may come to stand, on more than one side.

    The study divides what has no side and, where its publisher left out validation or
    the test, what is for training; there repeated texts may come apart.
    """
    texts: dict[SplitPart | None, list[str]] = {}
    for document in documents:
        texts.setdefault(document.part, []).append(normalize_text(document.text))
    notes = [
        f"{found:,} of {len(texts[later]):,} {PART_NAMES[later]} texts stand on the "
        f"{PART_NAMES[earlier]} side too"
        for earlier, later in combinations(PARTS, 2)
        if (found := count_shared_texts(texts.get(earlier, ()), texts.get(later, ())))
    ]
    divided = list(texts.get(None, ()))
    if not texts.keys() >= {"validation", "test"}:
        divided += texts.get("train", ())
    return (*notes, *note_repeats(divided))


def count_shared_texts(first: Iterable[str], second: Iterable[str]) -> int:
    """How many of `second` are among `first`."""
    known = set(first)
    return sum(text in known for text in second)


LEAST_CLASSES = 2
"""Labels that a classifier needs."""


def find_label_indices(corpus: Corpus, indices: Sequence[int]) -> tuple[int, ...]:
    """The place of each document's label. Raises `CorpusError` for one without."""
    known = {label: place for place, label in enumerate(corpus.labels)}
    found = tuple(known.get(corpus.documents[i].label or "", -1) for i in indices)
    if -1 in found:
        index = indices[found.index(-1)]
        label = corpus.documents[index].label
        raise CorpusError(
            f"document {index + 1:,} has the label {quote_text(label or '')}; "
            f"expected one "
            f"of {', '.join(map(quote_text, corpus.labels)) or 'some labels'}"
        )
    return found


def count_training_labels(
    labels: Sequence[str], found: Sequence[int]
) -> tuple[int, ...]:
    """How many training documents have each label.

    Raises `CorpusError` unless there are two labels, and a document for each.
    """
    counts = tuple(found.count(place) for place in range(len(labels)))
    if sum(count > 0 for count in counts) < LEAST_CLASSES:
        only = ", ".join(
            f"{quote_text(label)} ({count:,})"
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
                f"no training document has the label {quote_text(label)}; expected "
                f"one or "
                "more of each label: add documents, or use another seed"
            )
    return counts


def shuffle_labels(found: Sequence[int], seed: int) -> tuple[int, ...]:
    """The same labels in an order that the seed alone decides."""

    def rank(place: int) -> bytes:
        return hashlib.sha256(f"permuted labels/{seed}/{place}".encode()).digest()

    return tuple(found[place] for place in sorted(range(len(found)), key=rank))


def note_permutation(before: Sequence[int], after: Sequence[int]) -> Iterator[str]:
    """A note on how many kept their label, where labels were permuted."""
    if before is not after:
        kept = sum(a == b for a, b in zip(before, after, strict=True))
        yield (
            f"the labels of the {len(after):,} training texts are permuted among them: "
            f"{kept:,} keep theirs; validation and test texts have their own"
        )


def find_mask_spans(corpus: Corpus, index: int, name: str) -> Spans:
    """The words of one document in the mask `name`. Raises `CorpusError`."""
    known = dict(corpus.documents[index].masks)
    if name not in known:
        raise CorpusError(
            f"mask: document {index + 1:,} has no annotation mask {quote_text(name)}; "
            f"{suggest_nearest(name, known)}"
        )
    return known[name]


IMBALANCE = 0.9
"""Share of the most frequent label from which on it is noted."""
LEAST_LABELS = 2
"""How many labels there must be, and how many texts of each."""
LISTED_WORDS = 10
"""How many labels, or the like, a message names at most."""


def check_labels(
    documents: Sequence[Document], labels: Sequence[str], place: str
) -> tuple[str, ...]:
    """Notes on how often the labels occur. Raises `CorpusError` for too few of them."""
    counts = Counter(document.label for document in documents)
    found = [label for label in labels if counts[label]]
    if len(found) < LEAST_LABELS:
        only = ", ".join(f"{quote_text(label)} ({counts[label]:,})" for label in found)
        raise CorpusError(
            f"{quote_text(place)}: the classifier needs two classes; found only "
            f"{only or 'texts without labels'}; add texts with another label, or "
            "raise limit if it left them out"
        )
    for label in labels:
        refuse_rare(label, counts[label], place)
    if any(document.part for document in documents):
        refuse_unlearnable(documents, labels, place)
    return note_dominance(counts, len(documents))


def refuse_rare(label: str, count: int, place: str) -> None:
    """Raise `CorpusError` for a label that cannot be both learnt and tested."""
    if count < LEAST_LABELS:
        found = "1 text has" if count else "no text has"
        raise CorpusError(
            f"{quote_text(place)}: {found} the label {quote_text(label)}; expected "
            f"two or "
            "more, one to learn from and one to test with; add texts, raise limit, or "
            "leave the label out"
        )


def refuse_unlearnable(
    documents: Sequence[Document], labels: Sequence[str], place: str
) -> None:
    """Raise `CorpusError` for a label that no text for training has."""
    taught = {document.label for document in documents if document.part == "train"}
    if missing := [label for label in labels if label not in taught]:
        raise CorpusError(
            f"{quote_text(place)}: no text on the training side has the label "
            f"{quote_text(missing[0])}; expected every label there; move some texts "
            f"to it"
        )


def note_dominance(counts: Counter[str | None], total: int) -> tuple[str, ...]:
    """A note on a label that most texts have."""
    label, count = max(counts.items(), key=lambda entry: entry[1])
    if count < IMBALANCE * total:
        return ()
    note = (
        f"{count / total:.2%} of the texts have the label {quote_text(label)}: a model "
        "that always gives it is right as often"
    )
    return (note,)


def format_quoted_words(words: Sequence[str]) -> str:
    """Words in quotes, ten at most."""
    shown = ", ".join(quote_text(word, 30) for word in words[:LISTED_WORDS])
    more = len(words) - LISTED_WORDS
    return f"{shown} and {more:,} more" if more > 0 else shown
