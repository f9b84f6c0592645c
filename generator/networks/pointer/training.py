"""Training a pointer network as a study specifies it, into a folder.

1. The corpus is divided by the study's seed, as for every other classifier.
2. Texts are divided into sentences and a question. The words of training stories are
   counted, and the vocabulary is made of them alone.
3. What is learnt is the answer. Which sentence gives it is known of planted stories,
   and is not among the network's inputs or targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from generator.core.errors import CorpusError, quote_text
from generator.core.progress import Progress
from generator.corpora.base import Corpus, split_corpus
from generator.corpora.splits import count_training_labels, find_label_indices
from generator.corpora.words import (
    StoryText,
    Unit,
    WordVocabulary,
    count_words,
    divide_story,
    divide_words,
    note_mostly_unknown,
    split_into_words,
)
from generator.networks.parameters import Arrays, Shapes
from generator.networks.pointer import network
from generator.networks.pointer.inference import PointerClassifier
from generator.networks.pointer.sentences import (
    SentenceNumbers,
    StoryExample,
    StoryExamples,
    WordRow,
)
from generator.networks.training import loop
from generator.networks.training.saved_model import (
    Json,
    Lesson,
    SavedNetwork,
    hash_json,
    train_into_folder,
)
from generator.networks.training.steps import compute_cross_entropy

MOST = 100_000
"""Words that are known at most."""


@dataclass(frozen=True)
class PointerPlan:
    """The network to train and how to train it."""

    settings: network.PointerSettings
    training: loop.TrainingSettings
    validation: float  # share of documents, where the publisher put none there
    test: float
    unit: Unit = "word"


class SavedModel(SavedNetwork[PointerClassifier]):
    """A trained pointer network, read from its folder."""

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = network.PointerSettings(**model)
        words = WordVocabulary(
            tuple(vocabulary["words"]), vocabulary.get("unit", "word")
        )
        self.labels = tuple(vocabulary["labels"])
        self.numbering = SentenceNumbers(words, self.settings.max_words)
        return network.pointer_shapes(self.settings, len(words), len(self.labels))

    def _build_network(self, arrays: Arrays, epoch: int) -> PointerClassifier:
        return PointerClassifier(
            self.settings, self.numbering, self.labels, arrays, epoch
        )


def train(
    corpus: Corpus, plan: PointerPlan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, resuming where an earlier run stopped; see `ModelSpec`.

    Args:
        corpus: Stories with labels.
        plan: The network to train and how to train it.
        seed: Divides the corpus; all else follows from the seed of `plan.training`.
        folder: Gets the trained model.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: A document is no story, or there are too few.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    train_into_folder(
        prepare_lesson(corpus, plan, seed), plan.training, folder, progress
    )


def prepare_lesson(corpus: Corpus, plan: PointerPlan, seed: int) -> Lesson:
    """Divide and encode `corpus`, and build the network.

    Args:
        corpus: Stories with labels.
        plan: The network to train and how to train it.
        seed: Divides the corpus.

    Raises:
        CorpusError: A document is no story, or there are too few.
    """
    split = split_corpus(corpus, plan.validation, plan.test, seed)
    learnt, checked = (
        [_read_story(corpus, index, plan.settings.max_sentences) for index in indices]
        for indices in (split.train, split.validation)
    )
    answers = find_label_indices(corpus, split.train)
    counts = count_training_labels(corpus.labels, answers)
    rows, held_rows = (_divide_rows(side, plan.unit) for side in (learnt, checked))
    words = count_words(rows, MOST, unit=plan.unit)
    width = plan.settings.max_words
    shape = asdict(plan.settings)
    vocabulary = {"labels": corpus.labels, **words.as_plain_data()}
    return Lesson(
        network.build_pointer(
            plan.settings, len(words), len(corpus.labels), plan.training.seed
        ),
        compute_cross_entropy,
        StoryExamples(_add_answers(learnt, answers), words, width),
        StoryExamples(
            _add_answers(checked, find_label_indices(corpus, split.validation)),
            words,
            width,
        ),
        identity=hash_json([shape, vocabulary]),
        seed_generators=0,
        shape=shape,
        vocabulary=vocabulary,
        documents=split.validation,
        tested=split.test,
        learnt="texts",
        notes=(
            *_format_notes(corpus, counts, learnt),
            *_note_widths(rows, width, plan.unit),
            *note_mostly_unknown(words.ids, held_rows, "validation texts", plan.unit),
        ),
        name="pointer",
    )


def _read_story(corpus: Corpus, index: int, most: int) -> StoryText:
    """Return a document's sentences, the first `most` of them, and its question.

    Raises:
        CorpusError: The document is no story.
    """
    text = corpus.documents[index].text
    story = divide_story(split_into_words(text))
    if not story.question or not story.sentences:
        raise CorpusError(
            f"document {index + 1:,}, {quote_text(text, 60)}, is no story: expected "
            f"some "
            "sentences and, last, a question with its mark; name a corpus of stories"
        )
    return replace(story, sentences=story.sentences[:most])


def _add_answers(
    stories: Sequence[StoryText], answers: Sequence[int]
) -> list[StoryExample]:
    pairs = zip(stories, answers, strict=True)
    return [StoryExample(one.sentences, one.question, answer) for one, answer in pairs]


def _divide_rows(stories: Sequence[StoryText], unit: Unit) -> list[WordRow]:
    """Return what sentences and questions are read by: their words or characters."""
    rows = (row for one in stories for row in (*one.sentences, one.question))
    return [divide_words(row, unit) for row in rows]


def _format_notes(
    corpus: Corpus, counts: Sequence[int], learnt: Sequence[StoryText]
) -> Iterator[str]:
    """Yield what is learnt from, and what always giving one answer would come to."""
    most, total = max(counts), sum(counts)
    label = corpus.labels[list(counts).index(most)]
    yield (
        f"{total:,} training stories; always answering {label} would be right for "
        f"{most / total:.1%} of them"
    )
    sizes = [len(one.sentences) for one in learnt]
    yield (
        f"stories have {np.mean(sizes):.1f} sentences on average as the model reads "
        f"them, from {min(sizes):,} to {max(sizes):,}, beside the question"
    )
    yield "only the answer is learnt: no story says which of its sentences gives it"


def _note_widths(rows: Sequence[WordRow], width: int, unit: Unit) -> Iterator[str]:
    """Yield how many sentences are cut, if some are."""
    if longer := sum(len(row) > width for row in rows):
        yield (
            f"{longer:,} of {len(rows):,} sentences are longer than {width:,} {unit}s; "
            f"the first {width:,} are read"
        )
