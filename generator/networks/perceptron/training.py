"""Training a perceptron as a study words it, into a folder.

1. The corpus is divided by the study's seed alone.
2. Features are standardised by what the training rows say.
3. A mask is taken from the corpus, or made of what earlier models used (`used`).
4. `training.train` does the rest; then the folder is declared complete.

Rows of numbers to train on, each with its label and perhaps an annotation mask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core.progress import Progress
from generator.corpora.base import Corpus, Split, split_corpus
from generator.corpora.numeric.base import NumericCorpus, require_numeric
from generator.corpora.splits import count_training_labels, find_label_indices
from generator.models.capabilities import RowClassifier
from generator.networks.parameters import Arrays, Shapes
from generator.networks.perceptron import network
from generator.networks.perceptron.network import (
    PerceptronNetwork,
    compute_standardisation,
)
from generator.networks.training import loop
from generator.networks.training.examples import digest
from generator.networks.training.regularization import add_penalty
from generator.networks.training.saved_model import (
    Json,
    Lesson,
    SavedNetwork,
    train_into_folder,
)
from generator.networks.training.steps import Batch, Loss, compute_cross_entropy

Numbers = NDArray[np.int64]


class LabelledRows:
    """Rows with labels: examples of one length."""

    def __init__(
        self,
        rows: NDArray[np.float32],
        labels: NDArray[np.integer[Any]],
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Args: rows (n, features); places of labels (n,); a mask like the rows."""
        self._rows = np.ascontiguousarray(rows, np.float32)
        self._labels = np.ascontiguousarray(labels, np.int32)
        self._mask = None if mask is None else np.ascontiguousarray(mask)
        told = f"rows/1/{rows.shape}/{mask is None}".encode()
        masked = () if self._mask is None else (self._mask,)
        self.key = digest(told, self._rows, self._labels, *masked)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._labels)

    def take(self, numbers: Numbers) -> Batch:
        """Rows, with their mask if there is one, and labels of these numbers."""
        rows, labels = self._rows[numbers], self._labels[numbers]
        if self._mask is None:
            return rows, labels
        return (rows, self._mask[numbers].astype(np.float32)), labels


CUTOFF = 0.67
"""Of a row's largest gradient: what is above counts as used, as the source has it."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PerceptronPlan:
    """What to train from, and how."""

    layers: tuple[int, ...]
    standardise: bool
    decay: float
    mask: str | None  # of the corpus
    unlike: tuple[Any, ...]  # trained models whose reasons are masked
    strength: float
    validation: float
    test: float
    training: loop.TrainingSettings


class SavedModel(SavedNetwork[PerceptronNetwork]):
    """A trained perceptron, read from its folder."""

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        layers = tuple(model["layers"])
        self.settings = network.PerceptronSettings(
            model["features"], model["labels"], layers
        )
        self.names = tuple(vocabulary["features"]), tuple(vocabulary["labels"])
        self.means = tuple(map(float, vocabulary["means"]))
        self.deviations = tuple(map(float, vocabulary["deviations"]))
        return network.perceptron_shapes(self.settings)

    def _build_network(self, arrays: Arrays, epoch: int) -> PerceptronNetwork:
        standards = self.means, self.deviations
        return PerceptronNetwork(self.settings, *self.names, *standards, arrays, epoch)


def train(
    corpus: Corpus, plan: PerceptronPlan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, going on where an earlier run stopped; see `ModelSpec`."""
    rows = require_numeric(corpus)
    divided = split_corpus(rows, plan.validation, plan.test, seed)
    counts = count_training_labels(rows.labels, find_label_indices(rows, divided.train))
    means, deviations = compute_standardisation(
        rows.inputs[list(divided.train)], wanted=plan.standardise
    )
    scaled = replace(
        rows,
        inputs=((rows.inputs - np.array(means)) / deviations).astype(np.float32),
    )
    mask = find_penalty_mask(rows, plan, divided)
    settings = network.PerceptronSettings(
        len(rows.features), len(rows.labels), plan.layers
    )
    lesson = Lesson(
        network.build_perceptron(settings, plan.training.seed, masked=mask is not None),
        _make_loss(plan),
        make_examples(scaled, divided.train, mask),
        make_examples(scaled, divided.validation, mask),
        identity=f"perceptron {plan.decay} {plan.strength} {means} {deviations}",
        seed_generators=0,
        shape=asdict(settings),
        vocabulary={
            "features": rows.features,
            "labels": rows.labels,
            "means": means,
            "deviations": deviations,
        },
        documents=divided.validation,
        tested=divided.test,
        learnt="rows",
        notes=tuple(format_notes(rows, counts, mask, plan, divided)),
        name="perceptron",
    )
    train_into_folder(lesson, plan.training, folder, progress)


def find_penalty_mask(
    rows: NumericCorpus, plan: PerceptronPlan, split: Split
) -> Mask | None:
    """What must not matter, (rows, features), or None; test rows are never looked at.

    Raises `CorpusError` for a mask that the corpus does not have.
    """
    if plan.mask is None and not plan.unlike:
        return None
    learnt = sorted({*split.train, *split.validation})
    found = np.zeros(rows.inputs.shape, bool)
    if plan.mask is not None:
        found[learnt] = rows.mask(plan.mask, learnt)
    for earlier in plan.unlike:
        found[learnt] |= find_used_features(earlier.at("last"), rows.inputs[learnt])
    return found


def find_used_features(model: RowClassifier, rows: NDArray[np.float32]) -> Mask:
    """Which features of each row a model used: where the gradient is nearly largest.

    Of the predicted label's probability, larger than 0.67 times the row's largest; no
    feature where all of it is 0.
    """
    sizes = np.abs(model.compute_gradients(rows).gradients)
    return np.asarray(sizes > CUTOFF * sizes.max(1, keepdims=True))


def make_examples(
    rows: NumericCorpus, indices: Sequence[int], mask: Mask | None
) -> LabelledRows:
    """The rows of one side, with their labels and masks."""
    chosen = list(indices)
    labels = np.array(find_label_indices(rows, chosen), np.int32)
    return LabelledRows(
        rows.inputs[chosen], labels, None if mask is None else mask[chosen]
    )


def format_notes(
    rows: NumericCorpus,
    counts: Sequence[int],
    mask: Mask | None,
    plan: PerceptronPlan,
    split: Split,
) -> Iterator[str]:
    """How many rows of each label were learnt from, and what was penalised."""
    shown = ", ".join(f"{n:,} {k}" for k, n in zip(rows.labels, counts, strict=True))
    yield f"training rows: {shown}"
    if mask is not None:
        share = mask[list(split.train)].mean()
        what = f"the mask {plan.mask}" if plan.mask else "what earlier models used"
        yield (
            f"penalised are {share:.1%} of the training rows' {len(rows.features):,} "
            f"features ({what}); losses hold the penalty, times {plan.strength:g}"
        )


def _make_loss(plan: PerceptronPlan) -> Loss:
    penal = plan.mask is not None or plan.unlike
    base = (
        add_penalty(compute_cross_entropy, plan.strength)
        if penal
        else compute_cross_entropy
    )
    return network.add_weight_decay(plan.decay, plan.training.batch_size, base)
