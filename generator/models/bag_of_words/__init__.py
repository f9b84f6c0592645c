"""A bag of words: TF-IDF of words and pairs of words, and logistic regression on them.

1. The features of a text are its words and, unless told otherwise, its pairs of
   neighbouring words; their order beyond that is lost. Features are counted in the
   training documents alone: kept are those that `least_documents` of them hold, at most
   the `max_features` that occur most often.
2. A feature's value is how often the text holds it times its inverse document frequency
   `ln((1 + N) / (1 + df)) + 1`, with N training documents of which df hold it; the
   values of a text are scaled to a vector of length 1. A text without any known word
   has no value at all, and the model answers from its intercepts.
3. Logistic regression gives each label a logit: an intercept and a sum of coefficients
   times values, and softmax makes probabilities of them. With two labels the first's
   logit is 0. The coefficients minimise the sum of cross-entropies plus half of
   `strength` times the sum of their squares; intercepts are free.
4. Without a `strength`, weaker and weaker ones are tried, 10, 3, 1, 0.3, 0.1, 0.03 and
   0.01, until the loss on the validation documents rises; the one with the lowest loss
   is kept.

So what a word or a pair adds to a logit is known exactly. The division into training,
validation and test documents is that of every other classifier of the study with the
same shares. Epoch 1 is the fitted model; epoch 0 is what is known without reading: the
frequencies of the labels in the training documents.

Source: logistic regression on TF-IDF as scikit-learn defines both; its L-BFGS and its
tolerance do the fitting, and its numbers are met.
"""

from __future__ import annotations

import operator
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from generator.core import files
from generator.core.progress import Progress
from generator.corpora.base import Annotation, Corpus
from generator.corpora.words import Unit
from generator.models.bag_of_words.saved_model import SavedModel, save_model
from generator.models.bag_of_words.training import BagOfWordsPlan, fit_model
from generator.models.base import ModelSpec, TrainedModel
from generator.models.capabilities import Additive, Classifier, Randomisable


class BagOfWordsRecipe(ModelSpec):
    """TF-IDF and logistic regression."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (Classifier, Additive, Randomisable)
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.LABEL})
    kind: Literal["bag_of_words"]
    corpus: str
    """Name of the corpus to learn from."""
    epochs: Literal[1] = 1
    """Fitted once: epoch 0 knows the frequencies of the labels, epoch 1 is fitted."""
    unit: Unit = Field(default="word", exclude_if="word".__eq__)
    """What a token is; `character` is for scripts without spaces between words."""
    ngrams: Literal[1, 2] = 2
    """1 for words alone, 2 for pairs of neighbouring words too."""
    least_documents: int = Field(default=2, ge=1, le=1_000_000)
    """A feature must be in as many training documents."""
    max_features: int = Field(default=500_000, ge=1, le=10_000_000)
    """At most so many features, those that occur most often."""
    strength: float | None = Field(default=None, gt=0, le=1e6)
    """Of the L2 penalty (1 / C in scikit-learn); null chooses by validation loss."""
    validation: float = Field(default=0.1, ge=0, le=0.9)
    """Share of documents held out to choose by, unless the corpus has its own."""
    test: float = Field(default=0.2, ge=0, le=0.9)
    """Share of documents that decide nothing, unless the corpus has its own."""

    permute_labels: bool = Field(default=False, exclude_if=operator.not_)
    """Whether training texts get each other's labels, in an order that follows from the
    study's seed. Validation and test texts keep their own, so that accuracy on them is
    chance. Ask such a model about its last epoch: none is better than another."""

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Fit into a folder; an interrupted fit starts anew."""
        if files.is_complete(folder):
            return
        assert corpus is not None  # noqa: S101 - the field is required
        names = BagOfWordsPlan.__dataclass_fields__
        plan = BagOfWordsPlan(**{name: getattr(self, name) for name in names})
        save_model(folder, fit_model(corpus, plan, seed, progress))

    def is_trained(self, folder: Path) -> bool:
        """Return whether a folder holds the complete model, hashes verified."""
        return files.is_complete(folder)

    def load(self, folder: Path) -> TrainedModel:
        """Load the trained model; see `ModelSpec.load`."""
        return SavedModel(folder)
