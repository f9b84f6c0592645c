"""Token accuracy and what attention does, by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Curves
from generator.methods.alignment.alignments import attention, read
from generator.methods.base import Asked, Method
from generator.methods.linking import Counts, counts_of, coverage, error_rate
from generator.methods.states import by_epoch
from generator.methods.translated import Pair, documents, entropy, hits
from generator.models.base import Epoch
from generator.models.translators import ReadPairs, Translator

NAMES = ("token accuracy", "entropy / log n", "source words linked")
ERROR = "alignment error rate"


class AlignmentCurve(Method):
    """Translation and alignment as training goes on.

    1. At most `documents` pairs that the model did not learn from are read at each epoch,
       the corpus's own target being given. Epoch 0 is before training, and a mark stands at
       the best epoch by validation. The pairs are the same at every epoch.
    2. Each line is a share from 0 to 1:
       - token accuracy: the share of target tokens, closing marks among them, that are the
         likeliest in their place; one that the model does not know is never right;
       - alignment error rate of the attention weights, where the links are known;
       - entropy of a row of attention as a share of log n over n source tokens, the mean of
         all rows, 1 being even;
       - source words linked: the share of a source's words that are the largest in some
         row, the mean over texts.

    If accuracy settles while the error rate still falls, or never falls, the model
    translates without aligning.

    Source: Och and Ney (2003) for the error rate; the epochs as in `attention_curve`.
    """

    needs: ClassVar = (Translator,)
    gives: ClassVar = Curves
    version: ClassVar[int] = 2
    method: Literal["alignment_curve"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were kept."""
    documents: int = Field(default=200, ge=1, le=100_000)
    """At most so many pairs."""
    part: Literal["test", "validation"] = "validation"
    """The side of the corpus from which pairs are taken."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epochs asked for by name."""
        return self.epochs

    def collect(self, asked: Asked) -> Curves:
        """Measure. Raises `CorpusError` and `IntegrityError`."""
        best: Translator = asked.model.at("best")
        pairs = documents(asked, best, self.part, self.documents)
        gold = all(pair.gold is not None for pair in pairs)
        names = (*NAMES, ERROR) if gold else NAMES
        return by_epoch(
            asked,
            self.epochs,
            lambda model: values(model, pairs)[: len(names)],
            names,
            "share",
        )


def values(model: Translator, pairs: Sequence[Pair]) -> tuple[float, ...]:
    """The value of every line, that of the error rate last."""
    found = attention(model, pairs)
    every = [Counts(*counts_of(text)) for text in found.texts]
    summed = Counts(*np.sum(every, axis=0).tolist())
    return (
        token_accuracy(read(model, pairs), pairs),
        float(np.mean([entropy(text) for text in found.texts])),
        float(np.nanmean([coverage(text) for text in found.texts])),
        error_rate(summed),
    )


def token_accuracy(found: ReadPairs, pairs: Sequence[Pair]) -> float:
    """The share of target tokens that are the likeliest in their place."""
    every = zip(found.best, pairs, strict=True)
    return float(np.mean([hit for best, p in every for hit in hits(best, p.ids[1])]))
