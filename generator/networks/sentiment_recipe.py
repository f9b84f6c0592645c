"""Training a sentiment classifier as a study words it, into a folder.

1. The corpus is divided by the study's seed alone, so that models which differ in
   anything else, their own seed included, learn from the same texts and are tested on
   the same.
2. The network begins freshly drawn, or with somebody's word vectors where there are.
3. `training.train` does the rest; then the folder is declared complete.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import Corpus
from generator.corpora.words import FIRST, Words
from generator.networks import keeping, sentiment, training, vectors
from generator.networks.classifying import Classifying
from generator.networks.keeping import Json, Kept
from generator.networks.right_reasons import right_reasons
from generator.networks.stepping import Loss, cross_entropy, weighted
from generator.networks.teaching import Lesson, Reading, teach
from generator.networks.weights import Arrays, Shapes
from generator.progress import Progress

ClassWeights = Literal["none", "balanced"]


@dataclass(frozen=True)
class Plan:
    """What to train from, and how."""

    settings: sentiment.Settings
    reading: Reading
    training: training.Settings
    dropout: float
    word_dropout: float
    class_weights: ClassWeights
    vectors: tuple[Path, str] | None  # the file, and its name as the author wrote it
    train_vectors: bool
    strength: float | None = None  # of right reasons; None trains without


class Trained(Kept[Classifying]):
    """A trained sentiment classifier, read from its folder."""

    def _understand(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = sentiment.Settings(**model)
        self.words = Words(tuple(vocabulary["words"]))
        self.labels = tuple(vocabulary["labels"])
        return sentiment.shapes(self.settings, len(self.words), len(self.labels))

    def _network(self, arrays: Arrays, epoch: int) -> Classifying:
        return Classifying(self.settings, self.words, self.labels, arrays, epoch)


def train(
    corpus: Corpus, plan: Plan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, going on where an earlier run stopped; see `ModelSpec`.

    `seed` divides the corpus; all else follows from the seed of `plan.training`.
    """
    lesson = teach(corpus, plan.reading, seed)
    model, notes = _built(plan, lesson)
    task = keeping.Lesson(
        model,
        _loss(plan, lesson),
        lesson.train,
        lesson.held_out,
        identity=_identity(plan, lesson),
        seed_generators=sentiment.seed_generators(plan.dropout, plan.word_dropout),
        shape=asdict(plan.settings),
        vocabulary={"labels": lesson.labels, "words": lesson.words.words},
        documents=lesson.sides.validation,
        tested=lesson.sides.test,
        learnt="texts",
        notes=lesson.notes + notes,
        name="sentiment",
    )
    keeping.learn(task, plan.training, folder, progress)


def balanced(counts: tuple[int, ...]) -> NDArray[np.float32]:
    """A weight (labels,) for each label: what makes all weigh the same, 1 on average.

    A label that n_k of n texts have, among K labels, weighs `n / (K n_k)`.
    """
    return (sum(counts) / (len(counts) * np.array(counts))).astype(np.float32)


def _built(plan: Plan, lesson: Lesson) -> tuple[sentiment.Sentiment, tuple[str, ...]]:
    """The network before training, and a note on the vectors it begins with."""
    found = None
    notes: tuple[str, ...] = ()
    if plan.vectors:
        place, name = plan.vectors
        dimensions = plan.settings.dim_embeddings
        found, count = vectors.read(place, name, lesson.words, dimensions)
        total = len(lesson.words) - FIRST
        notes = (f"{count:,} of the {total:,} known words have a vector in {name}",)
    model = sentiment.build(
        plan.settings,
        len(lesson.words),
        len(lesson.labels),
        plan.training.seed,
        dropout=plan.dropout,
        word_dropout=plan.word_dropout,
        vectors=found,
        train_vectors=plan.train_vectors,
        reasoned=plan.strength is not None,
    )
    return model, notes


def _loss(plan: Plan, lesson: Lesson) -> Loss:
    """Of training and of what is held out alike."""
    loss: Loss = cross_entropy
    if plan.class_weights != "none":
        loss = weighted(balanced(lesson.counts))
    return loss if plan.strength is None else right_reasons(loss, plan.strength)


def _identity(plan: Plan, lesson: Lesson) -> str:
    """Hash of what decides the result and is neither weights nor texts."""
    told = {
        "settings": asdict(plan.settings),
        "dropout": plan.dropout,
        "word dropout": plan.word_dropout,
        "class weights": plan.class_weights,
        "train vectors": plan.train_vectors,
        "words": lesson.words.words,
        "labels": lesson.labels,
    }
    if plan.strength is not None:
        told["strength"] = plan.strength
    return keeping.digest(told)
