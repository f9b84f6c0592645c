"""Training a sentiment classifier as a study specifies it, into a folder.

1. Documents are divided into three sides (`corpora.base.split_corpus`) by the study's
   seed alone, so that models which differ in anything else, their own seed included,
   learn from the same texts and are tested on the same.
2. Each text is cut to its first `max_tokens` words.
3. The words that training texts then hold are counted; the vocabulary is made of them
   alone, so that every known word was learnt from.
4. With `permute_labels`, the training texts' labels are permuted among them.
5. With an annotation mask, each text comes with marks on the words of that mask.
6. A text without any word teaches nothing and is left out, of training and of the
   held-out loss. A network asked about it answers as it does with nothing to read.
7. The network begins freshly drawn, or with word vectors from a file.
8. `training.loop` does the rest; then the folder is declared complete.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import CorpusError
from generator.core.progress import Progress
from generator.corpora.base import Corpus, Split, split_corpus
from generator.corpora.splits import (
    count_training_labels,
    find_label_indices,
    find_mask_spans,
    note_permutation,
    shuffle_labels,
)
from generator.corpora.words import (
    FIRST_WORD_ID,
    Unit,
    WordVocabulary,
    count_words,
    note_mostly_unknown,
    split_into_units,
)
from generator.models import word_vectors
from generator.networks.parameters import Arrays, Shapes
from generator.networks.sentiment import network
from generator.networks.sentiment.inference import SentimentClassifier
from generator.networks.training import loop, saved_model
from generator.networks.training.examples import LabelledTexts
from generator.networks.training.regularization import add_penalty
from generator.networks.training.saved_model import Json, SavedNetwork
from generator.networks.training.steps import (
    Loss,
    compute_cross_entropy,
    make_weighted_loss,
)

Tokens = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SentimentReadingOptions:
    """The options for dividing and reading a corpus."""

    validation: float  # share of documents, where the publisher put none there
    test: float
    max_words: int
    least_count: int
    max_tokens: int
    masked: bool
    permute_labels: bool = False
    mask: str | None = None  # the annotation mask whose words are marked
    unit: Unit = "word"


@dataclass(frozen=True)
class SentimentLesson:
    """The texts to learn from and to validate on, and how they were read."""

    sides: Split
    words: WordVocabulary
    labels: tuple[str, ...]
    counts: tuple[int, ...]  # training texts of each label
    train: LabelledTexts
    held_out: LabelledTexts
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _SideTexts:
    """The texts of a side that hold a word, as read."""

    name: str
    tokens: Tokens
    truths: tuple[int, ...]
    documents: tuple[int, ...]
    longer: int  # texts that were cut
    empty: int  # texts without a word, left out

    @property
    def total(self) -> int:
        return len(self.tokens) + self.empty


def prepare_lesson(
    corpus: Corpus, reading: SentimentReadingOptions, seed: int
) -> SentimentLesson:
    """Divide, count and encode a corpus.

    Args:
        corpus: Texts with labels.
        reading: How to divide and read it.
        seed: Divides the corpus and permutes labels.

    Raises:
        CorpusError: There is too little to learn from or to choose an epoch by.
    """
    split = split_corpus(corpus, reading.validation, reading.test, seed)
    train = _read_side(corpus, split.train, "training", reading)
    held = _read_side(corpus, split.validation, "validation", reading)
    if held.empty and not held.tokens:
        raise CorpusError(
            f"none of the {held.empty:,} validation documents holds a word; expected "
            "some to choose an epoch by: look at the corpus, or set validation: 0"
        )
    own = train.truths
    if reading.permute_labels:
        train = replace(train, truths=shuffle_labels(own, seed))
    counts = count_training_labels(corpus.labels, own)
    words = count_words(
        train.tokens, reading.max_words, reading.least_count, reading.unit
    )
    if not words.words:
        raise CorpusError(
            f"no {reading.unit} occurs {reading.least_count:,} times in the training "
            "documents; expected some: lower least_count"
        )
    width = None if reading.masked else reading.max_tokens
    marks = (_read_marks(corpus, one, words, reading.mask) for one in (train, held))
    learnt, checked = (
        _encode_texts(side, words, width, rows)
        for side, rows in zip((train, held), marks, strict=True)
    )
    notes = (
        *note_permutation(own, train.truths),
        *_note_labels(corpus.labels, counts),
        *_note_words(words, train, held),
        *_note_lengths(reading.max_tokens, train, held),
    )
    return SentimentLesson(split, words, corpus.labels, counts, learnt, checked, notes)


def _read_side(
    corpus: Corpus, indices: Sequence[int], name: str, reading: SentimentReadingOptions
) -> _SideTexts:
    most = reading.max_tokens
    tokens: Tokens = []
    kept, longer = [], 0
    for index in indices:
        words = split_into_units(corpus.documents[index].text, reading.unit)
        longer += len(words) > most
        if words:  # equal words share their memory
            tokens.append(tuple(map(sys.intern, words[:most])))
            kept.append(index)
    empty = len(indices) - len(kept)
    return _SideTexts(
        name, tokens, find_label_indices(corpus, kept), tuple(kept), longer, empty
    )


def _encode_texts(
    side: _SideTexts,
    words: WordVocabulary,
    width: int | None,
    marks: list[list[int]] | None,
) -> LabelledTexts:
    """Return the texts of a side as ids with labels."""
    ids = [words.encode(text) for text in side.tokens]
    return LabelledTexts(ids, side.truths, len(words), width=width, marks=marks)


def _read_marks(
    corpus: Corpus, side: _SideTexts, words: WordVocabulary, mask: str | None
) -> list[list[int]] | None:
    """Return for each text of a side 1 where the mask has a word, 0 elsewhere.

    Raises:
        CorpusError: The corpus does not have the mask.
    """
    if mask is None:
        return None
    marks = [[0] * len(tokens) for tokens in side.tokens]
    for row, index in zip(marks, side.documents, strict=True):
        spans = find_mask_spans(corpus, index, mask)
        for start, end in words.map_spans(corpus.documents[index].text, spans):
            row[start:end] = [1] * len(row[start:end])
    return marks


def _note_labels(labels: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    """Yield how often each label is taught, and what always giving one comes to."""
    shown = ", ".join(f"{n:,} {label}" for label, n in zip(labels, counts, strict=True))
    most, total = max(counts), sum(counts)
    label = labels[counts.index(most)]
    yield (
        f"training texts: {shown}; always answering {label} would be right for "
        f"{most / total:.1%} of them"
    )


def _note_words(
    words: WordVocabulary, train: _SideTexts, held: _SideTexts
) -> Iterator[str]:
    """Yield how many words are known, and what share of what is read is not."""
    distinct = len({word for text in train.tokens for word in text})
    shares = []
    for side in (train, held):
        known = [word in words.ids for text in side.tokens for word in text]
        if known:
            share = f"{1 - np.mean(known):.1%}"
            shares.append(f"{share} of the {side.name} texts' {words.unit}s")
    yield (
        f"{len(words.words):,} of the {distinct:,} different {words.unit}s of the "
        f"training texts are known; {' and '.join(shares)} are unknown"
    )
    yield from note_mostly_unknown(
        words.ids, held.tokens, f"{held.name} texts", words.unit
    )


def _note_lengths(most: int, *both: _SideTexts) -> Iterator[str]:
    """Yield how long texts are, how many were cut, how many hold nothing."""
    lengths = [len(text) for text in both[0].tokens]
    yield (
        f"the {len(lengths):,} training texts have {np.mean(lengths):.1f} tokens on "
        f"average as the model reads them, from {min(lengths):,} to {max(lengths):,}"
    )
    for side in both:
        if side.longer:
            yield (
                f"{side.longer:,} of {side.total:,} {side.name} texts are longer than "
                f"{most:,} tokens; the first {most:,} are read"
            )
        if side.empty:
            yield (
                f"{side.empty:,} of {side.total:,} {side.name} texts hold no word and "
                "are left out"
            )


ClassWeights = Literal["none", "balanced"]


@dataclass(frozen=True)
class SentimentPlan:
    """The data, the network to train and how to train it."""

    settings: network.SentimentSettings
    reading: SentimentReadingOptions
    training: loop.TrainingSettings
    dropout: float
    word_dropout: float
    class_weights: ClassWeights
    vectors: tuple[Path, str] | None  # the file, and its name as the author wrote it
    train_vectors: bool
    strength: float | None = None  # of right reasons; None trains without


class SavedModel(SavedNetwork[SentimentClassifier]):
    """A trained sentiment classifier, read from its folder."""

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = network.SentimentSettings(**model)
        unit = vocabulary.get("unit", "word")
        self.words = WordVocabulary(tuple(vocabulary["words"]), unit)
        self.labels = tuple(vocabulary["labels"])
        return network.sentiment_shapes(
            self.settings, len(self.words), len(self.labels)
        )

    def _build_network(self, arrays: Arrays, epoch: int) -> SentimentClassifier:
        return SentimentClassifier(
            self.settings, self.words, self.labels, arrays, epoch
        )


def train(
    corpus: Corpus, plan: SentimentPlan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, resuming where an earlier run stopped; see `ModelSpec`.

    Args:
        corpus: Texts with labels.
        plan: The data, the network to train and how to train it.
        seed: Divides the corpus; all else follows from the seed of `plan.training`.
        folder: Gets the trained model.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: There is too little to learn from, or a file of vectors is damaged.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    lesson = prepare_lesson(corpus, plan.reading, seed)
    model, notes = _build_network(plan, lesson)
    task = saved_model.Lesson(
        model,
        _make_loss(plan, lesson),
        lesson.train,
        lesson.held_out,
        identity=_compute_identity(plan, lesson),
        seed_generators=network.count_seed_generators(plan.dropout, plan.word_dropout),
        shape=asdict(plan.settings),
        vocabulary={"labels": lesson.labels, **lesson.words.as_plain_data()},
        documents=lesson.sides.validation,
        tested=lesson.sides.test,
        learnt="texts",
        notes=lesson.notes + notes,
        name="sentiment",
    )
    saved_model.train_into_folder(task, plan.training, folder, progress)


def compute_balanced_weights(counts: tuple[int, ...]) -> NDArray[np.float32]:
    """Compute a weight for each label that makes all labels count the same.

    A label that n_k of n texts have, among K labels, weighs `n / (K n_k)`, so the mean
    over texts is 1.

    Args:
        counts: Training texts of each label.

    Returns:
        The weights (labels,).
    """
    return (sum(counts) / (len(counts) * np.array(counts))).astype(np.float32)


def _build_network(
    plan: SentimentPlan, lesson: SentimentLesson
) -> tuple[network.Sentiment, tuple[str, ...]]:
    """Build the network before training, with a note on the vectors it begins with."""
    vectors = None
    notes: tuple[str, ...] = ()
    if plan.vectors:
        place, name = plan.vectors
        dimensions = plan.settings.dim_embeddings
        vectors, count = word_vectors.read_vectors(
            place, name, lesson.words, dimensions
        )
        total = len(lesson.words) - FIRST_WORD_ID
        notes = (f"{count:,} of the {total:,} known words have a vector in {name}",)
    model = network.build_sentiment(
        plan.settings,
        len(lesson.words),
        len(lesson.labels),
        plan.training.seed,
        dropout=plan.dropout,
        word_dropout=plan.word_dropout,
        vectors=vectors,
        train_vectors=plan.train_vectors,
        reasoned=plan.strength is not None,
    )
    return model, notes


def _make_loss(plan: SentimentPlan, lesson: SentimentLesson) -> Loss:
    """Return the loss of training and of validation alike."""
    loss: Loss = compute_cross_entropy
    if plan.class_weights != "none":
        loss = make_weighted_loss(compute_balanced_weights(lesson.counts))
    return loss if plan.strength is None else add_penalty(loss, plan.strength)


def _compute_identity(plan: SentimentPlan, lesson: SentimentLesson) -> str:
    """Return a hash of what decides the result and is neither weights nor texts."""
    content = {
        "settings": asdict(plan.settings),
        "dropout": plan.dropout,
        "word dropout": plan.word_dropout,
        "class weights": plan.class_weights,
        "train vectors": plan.train_vectors,
        "words": lesson.words.words,
        "labels": lesson.labels,
    }
    if plan.strength is not None:
        content["strength"] = plan.strength
    return saved_model.hash_json(content)
