"""Training a reader of stories as a study words it, into a folder.

1. The corpus is divided by the study's seed, as for every other classifier.
2. Texts are divided into sentences and a question. The words of training stories are
   counted, and the vocabulary is made of them alone.
3. What is learnt is the answer. Which sentence gives it is known of planted stories,
   and is not among what the network is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from generator.core.errors import CorpusError, quoted
from generator.core.progress import Progress
from generator.corpora.base import Corpus, sides
from generator.corpora.splits import taught, truths
from generator.corpora.words import Divided, Words, count_words, divide, words_of
from generator.networks.parameters import Arrays, Shapes
from generator.networks.pointer import network
from generator.networks.pointer.inference import Pointing
from generator.networks.pointer.sentences import Numbering, Read, Stories
from generator.networks.training import loop
from generator.networks.training.saved_model import Json, Kept, Lesson, digest, learn
from generator.networks.training.steps import cross_entropy

MOST = 100_000
"""Words that are known at most."""


@dataclass(frozen=True)
class Plan:
    """What to train from, and how."""

    settings: network.Settings
    training: loop.Settings
    validation: float  # share of documents, where the publisher put none there
    test: float


class Trained(Kept[Pointing]):
    """A trained reader of stories, read from its folder."""

    def _understand(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = network.Settings(**model)
        words = Words(tuple(vocabulary["words"]))
        self.labels = tuple(vocabulary["labels"])
        self.numbering = Numbering(words, self.settings.max_words)
        return network.shapes(self.settings, len(words), len(self.labels))

    def _network(self, arrays: Arrays, epoch: int) -> Pointing:
        return Pointing(self.settings, self.numbering, self.labels, arrays, epoch)


def train(
    corpus: Corpus, plan: Plan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, going on where an earlier run stopped; see `ModelSpec`.

    `seed` divides the corpus; all else follows from the seed of `plan.training`.
    """
    learn(teach(corpus, plan, seed), plan.training, folder, progress)


def teach(corpus: Corpus, plan: Plan, seed: int) -> Lesson:
    """Divide and read `corpus`. Raises `CorpusError` for what is no story."""
    divided = sides(corpus, plan.validation, plan.test, seed)
    learnt, checked = (
        [_story(corpus, index, plan.settings.max_sentences) for index in indices]
        for indices in (divided.train, divided.validation)
    )
    answers = truths(corpus, divided.train)
    counts = taught(corpus.labels, answers)
    words = count_words(
        [row for one in learnt for row in (*one.sentences, one.question)], MOST
    )
    width = plan.settings.max_words
    shape = asdict(plan.settings)
    told = {"labels": corpus.labels, "words": words.words}
    return Lesson(
        network.build(
            plan.settings, len(words), len(corpus.labels), plan.training.seed
        ),
        cross_entropy,
        Stories(_with(learnt, answers), words, width),
        Stories(_with(checked, truths(corpus, divided.validation)), words, width),
        identity=digest([shape, told]),
        seed_generators=0,
        shape=shape,
        vocabulary=told,
        documents=divided.validation,
        tested=divided.test,
        learnt="texts",
        notes=(*_notes(corpus, counts, learnt, width),),
        name="pointer",
    )


def _story(corpus: Corpus, index: int, most: int) -> Divided:
    """A document's sentences, the first `most`, and question. Raises `CorpusError`."""
    text = corpus.documents[index].text
    found = divide(words_of(text))
    if not found.question or not found.sentences:
        raise CorpusError(
            f"document {index + 1:,}, {quoted(text, 60)}, is no story: expected some "
            "sentences and, last, a question with its mark; name a corpus of stories"
        )
    return replace(found, sentences=found.sentences[:most])


def _with(stories: Sequence[Divided], answers: Sequence[int]) -> list[Read]:
    pairs = zip(stories, answers, strict=True)
    return [Read(one.sentences, one.question, answer) for one, answer in pairs]


def _notes(
    corpus: Corpus, counts: Sequence[int], learnt: Sequence[Divided], width: int
) -> Iterator[str]:
    """What was learnt from, and what always giving one answer would come to."""
    most, total = max(counts), sum(counts)
    label = corpus.labels[list(counts).index(most)]
    yield (
        f"{total:,} training stories; who always says {label} is right in "
        f"{most / total:.1%} of them"
    )
    sizes = [len(one.sentences) for one in learnt]
    yield (
        f"they have {np.mean(sizes):.1f} sentences on average as they are read, "
        f"{min(sizes):,} to {max(sizes):,}, beside the question"
    )
    yield "learnt is the answer alone: no story says which of its sentences gives it"
    rows = [row for one in learnt for row in (*one.sentences, one.question)]
    if longer := sum(len(row) > width for row in rows):
        yield (
            f"{longer:,} of {len(rows):,} sentences are longer than {width:,} words; "
            f"the first {width:,} are read"
        )
