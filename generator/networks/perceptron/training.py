"""Training a perceptron as a study specifies it, into a folder.

1. The corpus is divided by the study's seed alone.
2. Features are standardised by means and deviations of the training rows.
3. A mask is taken from the corpus, or made of the features that earlier models used
   (`find_used_features`).
4. `training.loop` does the rest; then the folder is declared complete.
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
    """Rows with labels and perhaps an annotation mask: examples of one length."""

    def __init__(
        self,
        rows: NDArray[np.float32],
        labels: NDArray[np.integer[Any]],
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Store the rows.

        Args:
            rows: Rows (n, features).
            labels: Indices (n,) of labels.
            mask: True where a feature must not matter, (n, features); None for no mask.
        """
        self._rows = np.ascontiguousarray(rows, np.float32)
        self._labels = np.ascontiguousarray(labels, np.int32)
        self._mask = None if mask is None else np.ascontiguousarray(mask)
        shape = f"rows/1/{rows.shape}/{mask is None}".encode()
        masked = () if self._mask is None else (self._mask,)
        self.key = digest(shape, self._rows, self._labels, *masked)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._labels)

    def take(self, numbers: Numbers) -> Batch:
        """Return rows, with their masks if there are any, and labels of `numbers`."""
        rows, labels = self._rows[numbers], self._labels[numbers]
        if self._mask is None:
            return rows, labels
        return (rows, self._mask[numbers].astype(np.float32)), labels


CUTOFF = 0.67
"""Of a row's largest gradient: what is above counts as used, as the source has it."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PerceptronPlan:
    """The data, the network to train and how to train it."""

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
    """Train into `folder`, resuming where an earlier run stopped; see `ModelSpec`.

    Args:
        corpus: A corpus of rows of numbers.
        plan: The data, the network to train and how to train it.
        seed: Divides the corpus; all else follows from the seed of `plan.training`.
        folder: Gets the trained model.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: The corpus has no rows of numbers, too few of them or no such mask.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    rows = require_numeric(corpus)
    split = split_corpus(rows, plan.validation, plan.test, seed)
    counts = count_training_labels(rows.labels, find_label_indices(rows, split.train))
    means, deviations = compute_standardisation(
        rows.inputs[list(split.train)], wanted=plan.standardise
    )
    scaled = replace(
        rows,
        inputs=((rows.inputs - np.array(means)) / deviations).astype(np.float32),
    )
    mask = find_penalty_mask(rows, plan, split)
    settings = network.PerceptronSettings(
        len(rows.features), len(rows.labels), plan.layers
    )
    lesson = Lesson(
        network.build_perceptron(settings, plan.training.seed, masked=mask is not None),
        _make_loss(plan),
        make_examples(scaled, split.train, mask),
        make_examples(scaled, split.validation, mask),
        identity=f"perceptron {plan.decay} {plan.strength} {means} {deviations}",
        seed_generators=0,
        shape=asdict(settings),
        vocabulary={
            "features": rows.features,
            "labels": rows.labels,
            "means": means,
            "deviations": deviations,
        },
        documents=split.validation,
        tested=split.test,
        learnt="rows",
        notes=tuple(format_notes(rows, counts, mask, plan, split)),
        name="perceptron",
    )
    train_into_folder(lesson, plan.training, folder, progress)


def find_penalty_mask(
    rows: NumericCorpus, plan: PerceptronPlan, split: Split
) -> Mask | None:
    """Find which features of which rows are penalised; test rows are never looked at.

    Args:
        rows: The corpus.
        plan: Says which mask of the corpus counts, and which earlier models.
        split: The sides of the corpus.

    Returns:
        A mask (rows, features) that is true where a feature must not matter, or None
        if nothing is penalised.

    Raises:
        CorpusError: The corpus does not have the mask.
    """
    if plan.mask is None and not plan.unlike:
        return None
    learnt = sorted({*split.train, *split.validation})
    penalised = np.zeros(rows.inputs.shape, bool)
    if plan.mask is not None:
        penalised[learnt] = rows.mask(plan.mask, learnt)
    for earlier in plan.unlike:
        penalised[learnt] |= find_used_features(earlier.at("last"), rows.inputs[learnt])
    return penalised


def find_used_features(model: RowClassifier, rows: NDArray[np.float32]) -> Mask:
    """Find which features of each row a model used.

    A feature is used where the gradient of the predicted label's probability is larger
    than `CUTOFF` times the row's largest; none is where all of the gradient is 0.

    Args:
        model: A trained classifier.
        rows: Rows (n, features).

    Returns:
        A mask (n, features).
    """
    sizes = np.abs(model.compute_gradients(rows).gradients)
    return np.asarray(sizes > CUTOFF * sizes.max(1, keepdims=True))


def make_examples(
    rows: NumericCorpus, indices: Sequence[int], mask: Mask | None
) -> LabelledRows:
    """Return the rows of one side with their labels and masks.

    Args:
        rows: The corpus.
        indices: The rows of the side.
        mask: True where a feature must not matter, (rows, features), or None.
    """
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
    """Yield how many rows of each label are learnt from, and what is penalised.

    Args:
        rows: The corpus.
        counts: Training rows of each label.
        mask: What is penalised, (rows, features), or None.
        plan: Says where the mask is from.
        split: The sides of the corpus.
    """
    shown = ", ".join(f"{n:,} {k}" for k, n in zip(rows.labels, counts, strict=True))
    yield f"training rows: {shown}"
    if mask is not None:
        share = mask[list(split.train)].mean()
        what = f"the mask {plan.mask}" if plan.mask else "what earlier models used"
        yield (
            f"the penalty covers {share:.1%} of the training rows' "
            f"{len(rows.features):,} features ({what}); losses include it, times "
            f"{plan.strength:g}"
        )


def _make_loss(plan: PerceptronPlan) -> Loss:
    """Return cross-entropy with weight decay, and with a penalty if there is a mask."""
    penal = plan.mask is not None or plan.unlike
    base = (
        add_penalty(compute_cross_entropy, plan.strength)
        if penal
        else compute_cross_entropy
    )
    return network.add_weight_decay(plan.decay, plan.training.batch_size, base)
