"""Checks on labelled and split texts, which readers and classifiers share.

- Sides: a publisher may say which texts are for training, validation and the test.
  Texts that stand on two sides are counted as leaks; texts count as equal if they
  differ in capitals and spaces alone, since a classifier reads them as the same words.
- Labels: a classifier needs two labels at least, and two texts of each, one to learn
  from and one to be tested on. Where most texts have the same label, a note says how
  good a model would look that always gives it.
- Permuted labels: each label is as frequent as before and says nothing of its new text,
  so whatever a model still learns of them, it learns of these very texts.
- Annotation masks: which words of a document must not matter.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
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
    """Normalize a text for comparison: lower case, single spaces."""
    return " ".join(text.lower().split())


def limit_documents(
    documents: Sequence[Document], limit: int | None
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Limit documents to the first ones of each side.

    Args:
        documents: Documents in their order.
        limit: How many to take of each side; None takes all.

    Returns:
        The documents taken, and a note if any was left out.
    """
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
    """Note texts that stand, or may come to stand, on more than one side of a split.

    The study splits documents without a side and, where the publisher left out
    validation or test, the training documents; copies among those may come apart.

    Args:
        documents: All documents of a corpus.

    Returns:
        One note for each pair of sides that share texts, and one on copies.
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
    """Count the texts of `second` that are among `first`."""
    known = set(first)
    return sum(text in known for text in second)


LEAST_CLASSES = 2
"""Labels that a classifier needs."""


def find_label_indices(corpus: Corpus, indices: Sequence[int]) -> tuple[int, ...]:
    """Return the index of each document's label among the corpus's labels.

    Args:
        corpus: A corpus with labels.
        indices: Indices of documents.

    Returns:
        Indices of labels, parallel to `indices`.

    Raises:
        CorpusError: A document has no label, or one that the corpus does not list.
    """
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
    """Count how many training documents have each label.

    Args:
        labels: All labels.
        found: Index of each training document's label.

    Returns:
        Counts, parallel to `labels`.

    Raises:
        CorpusError: Fewer than two labels occur, or one has no document.
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
    """Permute labels in an order that the seed alone decides.

    Args:
        found: Indices of labels.
        seed: Decides the order.

    Returns:
        The same indices, permuted.
    """

    def rank(place: int) -> bytes:
        return hashlib.sha256(f"permuted labels/{seed}/{place}".encode()).digest()

    return tuple(found[place] for place in sorted(range(len(found)), key=rank))


def note_permutation(before: Sequence[int], after: Sequence[int]) -> Iterator[str]:
    """Note how many texts keep their label under a permutation.

    Args:
        before: Indices of labels.
        after: The permuted ones; the same object where nothing was permuted.

    Yields:
        One note if labels were permuted.
    """
    if before is not after:
        kept = sum(a == b for a, b in zip(before, after, strict=True))
        yield (
            f"the labels of the {len(after):,} training texts are permuted among them: "
            f"{kept:,} keep theirs; validation and test texts have their own"
        )


def find_mask_spans(corpus: Corpus, index: int, name: str) -> Spans:
    """Return the words that an annotation mask covers in a document.

    Args:
        corpus: The corpus.
        index: Index of the document.
        name: Name of the mask.

    Returns:
        Half-open spans of words, sorted.

    Raises:
        CorpusError: The document has no such mask.
    """
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


NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
NUMBERS = re.compile(r"([0-9]+)")
"""Whole numbers within a label."""


def sort_labels(labels: Iterable[str]) -> list[str]:
    """Sort labels: by their numbers where each holds one, else by their characters.

    Args:
        labels: Labels, such as `10`, `2,5`, `-1` or `2 stars`; each once.

    Returns:
        The labels in their order.
    """
    found = sorted(labels)
    if all(map(NUMBER.fullmatch, found)):
        return sorted(found, key=lambda label: Decimal(label.replace(",", ".")))
    if all(map(has_number, found)):
        return sorted(found, key=_split_at_numbers)
    return found


def has_number(label: str) -> bool:
    """Return whether a label holds a number, which may give it its place."""
    return NUMBERS.search(label) is not None


def _split_at_numbers(label: str) -> list[tuple[str, Decimal]]:
    """Return the texts of a label, each with the number behind it."""
    parts = [*NUMBERS.split(label), "-1"]
    return list(zip(parts[::2], map(Decimal, parts[1::2]), strict=True))


def check_labels(
    documents: Sequence[Document], labels: Sequence[str], place: str
) -> tuple[str, ...]:
    """Check that a classifier can learn the labels, and note one that dominates.

    Args:
        documents: All documents of a corpus.
        labels: All labels.
        place: The file's name, for messages.

    Returns:
        A note if one label has most of the texts.

    Raises:
        CorpusError: There are too few labels, or too few texts of one.
    """
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
    """Refuse a label that is too rare to be both learnt and tested.

    Raises:
        CorpusError: Fewer than two texts have it.
    """
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
    """Refuse labels that no training text has.

    Raises:
        CorpusError: A label is on no text of the training side.
    """
    taught = {document.label for document in documents if document.part == "train"}
    if missing := [label for label in labels if label not in taught]:
        raise CorpusError(
            f"{quote_text(place)}: no text on the training side has the label "
            f"{quote_text(missing[0])}; expected every label there; move some texts "
            f"to it"
        )


def note_dominance(counts: Counter[str | None], total: int) -> tuple[str, ...]:
    """Note a label that most texts have.

    Args:
        counts: How many texts have each label.
        total: Number of texts.

    Returns:
        One note if a label's share is at least `IMBALANCE`.
    """
    label, count = max(counts.items(), key=lambda entry: entry[1])
    if count < IMBALANCE * total:
        return ()
    note = (
        f"{count / total:.2%} of the texts have the label {quote_text(label)}: a model "
        "that always gives it is right as often"
    )
    return (note,)


def format_quoted_words(words: Sequence[str]) -> str:
    """Format words in quotation marks, ten at most."""
    shown = ", ".join(quote_text(word, 30) for word in words[:LISTED_WORDS])
    more = len(words) - LISTED_WORDS
    return f"{shown} and {more:,} more" if more > 0 else shown
