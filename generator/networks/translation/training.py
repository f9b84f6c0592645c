"""Training a translator as a study specifies it, into a folder.

1. The corpus is divided by the study's seed alone, as for classifiers.
2. Texts become words or characters, and a closing mark. Pairs with a side that is empty
   or longer than `max_tokens` are left out, of every side of the corpus, and counted.
3. The vocabularies of both sides are counted on the training pairs.
4. `training.loop` does the rest; then the folder is declared complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import CorpusError
from generator.core.progress import Progress
from generator.corpora.base import Corpus, Document, Split, split_corpus
from generator.corpora.words import (
    Unit,
    WordVocabulary,
    count_words,
    note_mostly_unknown,
    split_into_clusters,
    split_into_words,
)
from generator.networks.parameters import Arrays, Shapes
from generator.networks.training import loop, saved_model
from generator.networks.training.examples import (
    cut_padded_texts,
    digest,
    pack_documents,
)
from generator.networks.training.saved_model import Json, SavedNetwork
from generator.networks.translation import network
from generator.networks.translation.inference import TranslationNetwork
from generator.networks.translation.network import END

Numbers = NDArray[np.int64]
Rows = NDArray[np.int32]


class SideTexts:
    """The texts of one side, sources or targets, all ids in one array."""

    def __init__(self, texts: Sequence[Sequence[int]], size: int) -> None:
        self._ids, self._offsets = pack_documents(texts, size)
        self.lengths: Numbers = np.diff(self._offsets)

    def take(self, numbers: Numbers) -> Rows:
        """Return ids (n, width) of the texts `numbers`, 0 after each."""
        return cut_padded_texts(self._ids, self._offsets, numbers).astype(np.int32)

    def arrays(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return what decides the answers of `take`."""
        return self._offsets, self._ids


class TextPairs:
    """Pairs of texts: examples that know their lengths."""

    def __init__(
        self,
        sources: Sequence[Sequence[int]],
        targets: Sequence[Sequence[int]],
        sizes: tuple[int, int],
    ) -> None:
        """Pack the texts.

        Args:
            sources: Ids of each source, closed.
            targets: Ids of each target, closed.
            sizes: How many ids there are on either side.

        Raises:
            ValueError: There are not as many sources as targets.
        """
        if len(sources) != len(targets):
            raise ValueError(f"{len(sources)} sources with {len(targets)} targets")
        self._sides = (SideTexts(sources, sizes[0]), SideTexts(targets, sizes[1]))
        self.lengths: Numbers = self._sides[0].lengths + self._sides[1].lengths
        arrays = [array for side in self._sides for array in side.arrays()]
        content = [
            part for array in arrays for part in (array.dtype.str.encode(), array)
        ]
        self.key = digest(b"pairs/1", *content)

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.lengths)

    def take(self, numbers: Numbers) -> tuple[tuple[Rows, Rows], Rows]:
        """Return pairs and their lengths.

        Args:
            numbers: Which pairs, (n,).

        Returns:
            Inputs: sources (n, S) and targets (n, T). Targets: the lengths (n,) of both
            together.
        """
        sources, targets = (side.take(numbers) for side in self._sides)
        return (sources, targets), self.lengths[numbers].astype(np.int32)


Tokens = tuple[str, ...]
CLOSING_MARK = "</s>"
"""What the closing mark is called; no word and no character is spelled so."""
SPLITTERS: dict[Unit, Callable[[str], Tokens]] = {
    "word": split_into_words,
    "character": split_into_clusters,
}


@dataclass(frozen=True)
class TranslationReadingOptions:
    """The options for dividing and reading a corpus."""

    unit: Unit
    validation: float
    test: float
    max_tokens: int  # of either side, its closing mark among them
    max_words: int
    least_count: int


@dataclass(frozen=True)
class TranslationPlan:
    """The data, the network to train and how to train it."""

    settings: network.TranslationSettings
    reading: TranslationReadingOptions
    training: loop.TrainingSettings
    dropout: float


@dataclass(frozen=True)
class TranslationLesson:
    """The pairs to learn from and to validate on, and how they were read."""

    sides: Split  # of the pairs that are read
    words: tuple[WordVocabulary, WordVocabulary]
    train: TextPairs
    held_out: TextPairs
    notes: tuple[str, ...]


class SavedModel(SavedNetwork[TranslationNetwork]):
    """A trained translator, read from its folder."""

    learnt = "pairs"

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = network.TranslationSettings(**model)
        sources, targets = (
            WordVocabulary(tuple(vocabulary[n])) for n in ("sources", "targets")
        )
        self.words = (sources, targets)
        self.reading: tuple[Unit, int] = (vocabulary["unit"], vocabulary["max_tokens"])
        return network.translation_shapes(self.settings, len(sources), len(targets))

    def _build_network(self, arrays: Arrays, epoch: int) -> TranslationNetwork:
        return TranslationNetwork(
            self.settings, self.words, self.reading, arrays, epoch
        )


def train(
    corpus: Corpus, plan: TranslationPlan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, resuming where an earlier run stopped; see `ModelSpec`.

    Args:
        corpus: Documents with translations.
        plan: The data, the network to train and how to train it.
        seed: Divides the corpus; all else follows from the seed of `plan.training`.
        folder: Gets the trained model.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: There is too little to learn from.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    lesson = prepare_lesson(corpus, plan.reading, seed)
    sources, targets = lesson.words
    model = network.build_translation(
        plan.settings, len(sources), len(targets), plan.training.seed, plan.dropout
    )
    task = saved_model.Lesson(
        model,
        network.read_loss,
        lesson.train,
        lesson.held_out,
        identity=_compute_identity(plan, lesson),
        seed_generators=int(plan.dropout > 0),
        shape=asdict(plan.settings),
        vocabulary={
            "unit": plan.reading.unit,
            "max_tokens": plan.reading.max_tokens,
            "sources": sources.words,
            "targets": targets.words,
        },
        documents=lesson.sides.validation,
        tested=lesson.sides.test,
        learnt="pairs",
        notes=lesson.notes,
        name="translation",
    )
    saved_model.train_into_folder(task, plan.training, folder, progress)


def prepare_lesson(
    corpus: Corpus, reading: TranslationReadingOptions, seed: int
) -> TranslationLesson:
    """Divide, count and encode a corpus.

    Args:
        corpus: Documents with translations.
        reading: How to divide and read it.
        seed: Divides the corpus.

    Raises:
        CorpusError: No training pair is short enough, or there are too few documents.
    """
    split = SPLITTERS[reading.unit]
    every = [_split_pair(document, split) for document in corpus.documents]
    whole = split_corpus(corpus, reading.validation, reading.test, seed)
    read = Split(*(
        tuple(i for i in side if _fits(every[i], reading))
        for side in (whole.train, whole.validation, whole.test)
    ))  # fmt: skip
    if not read.train:
        raise CorpusError(
            f"no training pair has 1 to {reading.max_tokens - 1:,} tokens on either "
            "side; expected some to learn from: look at the corpus, or raise max_tokens"
        )
    learnt = [every[i] for i in read.train]
    words = tuple(
        _count_side_words([pair[side] for pair in learnt], reading) for side in (0, 1)
    )
    sources, targets = words
    train, held = (
        TextPairs(
            [encode_closed(sources, every[i][0]) for i in indices],
            [encode_closed(targets, every[i][1]) for i in indices],
            (len(sources), len(targets)),
        )
        for indices in (read.train, read.validation)
    )
    notes = (
        *_format_notes(corpus, read),
        *_note_words((sources, targets), learnt),
        *_note_unknown(
            (sources, targets), [every[i] for i in read.validation], reading
        ),
    )
    return TranslationLesson(read, (sources, targets), train, held, notes)


def encode_closed(words: WordVocabulary, tokens: Sequence[str]) -> tuple[int, ...]:
    """Return tokens as ids, and the closing mark."""
    return (*words.encode(tokens), END)


def _split_pair(
    document: Document, split: Callable[[str], Tokens]
) -> tuple[Tokens, Tokens]:
    return split(document.text), split(document.translation or "")


def _fits(pair: tuple[Tokens, Tokens], reading: TranslationReadingOptions) -> bool:
    return all(0 < len(side) < reading.max_tokens for side in pair)


def _count_side_words(
    texts: Sequence[Tokens], reading: TranslationReadingOptions
) -> WordVocabulary:
    """Return the vocabulary of one side, the closing mark first."""
    vocabulary = count_words(texts, reading.max_words, reading.least_count)
    return WordVocabulary((CLOSING_MARK, *vocabulary.words))


def _format_notes(corpus: Corpus, read: Split) -> Iterator[str]:
    """Yield how many pairs are read, and how many are not."""
    yield (
        f"{len(read.train):,} training pairs, {len(read.validation):,} validation "
        f"pairs, {len(read.test):,} test pairs"
    )
    left = len(corpus.documents) - sum(
        map(len, (read.train, read.validation, read.test))
    )
    if left:
        yield f"{left:,} pairs left out: a side is empty or too long"


def _note_words(
    words: tuple[WordVocabulary, WordVocabulary],
    learnt: Sequence[tuple[Tokens, Tokens]],
) -> Iterator[str]:
    """Yield how many words of each side are known."""
    counts = [len(side.words) - 1 for side in words]
    distinct = [len({t for pair in learnt for t in pair[side]}) for side in (0, 1)]
    yield (
        f"{counts[0]:,} of the sources' {distinct[0]:,} different tokens are known, "
        f"and {counts[1]:,} of the targets' {distinct[1]:,}"
    )


def _note_unknown(
    words: tuple[WordVocabulary, WordVocabulary],
    held: Sequence[tuple[Tokens, Tokens]],
    reading: TranslationReadingOptions,
) -> Iterator[str]:
    """Yield that most of a side of the validation pairs is unknown, if it is."""
    for side, name in enumerate(("sources", "targets")):
        yield from note_mostly_unknown(
            words[side].ids,
            [pair[side] for pair in held],
            f"{name} of the validation pairs",
            reading.unit,
        )


def _compute_identity(plan: TranslationPlan, lesson: TranslationLesson) -> str:
    """Return a hash of what decides the result and is neither weights nor pairs."""
    content = {
        "settings": asdict(plan.settings),
        "dropout": plan.dropout,
        "words": [words.words for words in lesson.words],
    }
    return saved_model.hash_json(content)
