"""The accuracy of translations, and of alignment by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Curves, Estimate, Estimates
from generator.core.wording import format_count
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.common.explanations import document_ids
from generator.methods.common.snapshots import measure_epochs
from generator.methods.common.statistics import share_estimate
from generator.methods.translation.attention import attention_alignments, read_pairs
from generator.methods.translation.link_extraction import (
    LinkCounts,
    count_text_links,
    error_rate,
    ratio_estimate,
    source_coverage,
)
from generator.methods.translation.sentence_pairs import (
    UNKNOWN,
    SentencePair,
    document_pairs,
    likeliest_hits,
    row_entropy,
)
from generator.models.base import Epoch
from generator.models.capabilities import TranslationScores, Translator


class TranslationAccuracy(Method):
    """How often a translator is right, token by token and as a whole.

    The pairs of one side are asked about: those for the test decided nothing in training.

    - *tokens*: the corpus's own target is given token by token, and a token counts as right
      if it is the likeliest in its place, closing marks among them. The interval comes from
      resampling texts.
    - *whole targets, greedy* and *whole targets, beam of k*: the model writes the target
      itself, and only one that is the corpus's own from its first token to its closing mark
      counts as right. Intervals are Wilson's.

    A word that the model does not know is never right, although all such words share one
    token, which it may well expect: that says nothing of which word it was.

    Where a source has several good translations, as sentences of real languages do, the
    corpus knows one of them, and a whole target that differs from it need not be wrong.

    Source: Wilson (1927) for the interval; beam search as in Sutskever, Vinyals and Le
    (2014), Sequence to sequence learning with neural networks, arXiv 1409.3215.
    """

    needs: ClassVar = (Translator,)
    gives: ClassVar = Estimates
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRANSLATION})
    version: ClassVar[int] = 4
    method: Literal["translation_accuracy"]
    documents: int = Field(default=200, ge=1, le=100_000)
    """At most so many pairs."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus from which pairs are taken."""
    epoch: Epoch = "best"
    """The snapshot that is asked."""
    width: int = Field(default=4, ge=2, le=100)
    """How many targets beam search keeps."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> Estimates:
        """Translate and compare; see the base."""
        model: Translator = context.model.at(self.epoch)
        pairs = document_pairs(context, model, self.part, self.documents)
        ids = document_ids(pairs)
        return Estimates(
            epoch=model.epoch,
            quantity="share that is right",
            rows=(
                token_accuracy_estimate(model, pairs, context),
                share_estimate(
                    "whole targets, greedy", whole_matches(model, pairs, 1), ids=ids
                ),
                share_estimate(
                    f"whole targets, beam of {self.width}",
                    whole_matches(model, pairs, self.width),
                    ids=ids,
                ),
            ),
            notes=(format_count(len(pairs), f"{self.part} pair"),),
        )


def token_accuracy_estimate(
    model: Translator, pairs: Sequence[SentencePair], context: Context
) -> Estimate:
    """Estimate the share of tokens that are right, given those before them."""
    likeliest = read_pairs(model, pairs).best
    right = np.array([
        sum(likeliest_hits(best, pair.ids[1])) for best, pair in zip(likeliest, pairs, strict=True)
    ], dtype=np.float64)  # fmt: skip
    total = np.array([len(pair.targets) for pair in pairs], dtype=np.float64)
    row = ratio_estimate(
        "tokens", right, total, context.generator(), ids=document_ids(pairs)
    )
    return replace(row, n=int(total.sum()), unit="target token")


def whole_matches(
    model: Translator, pairs: Sequence[SentencePair], width: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which of the pairs the model translates as the corpus does.

    Args:
        model: The translator.
        pairs: The pairs.
        width: Of the beam.

    Returns:
        (pairs,).
    """
    translations = model.translate([pair.ids[0] for pair in pairs], width).ids
    return np.array([
        ids == pair.ids[1] and UNKNOWN not in ids
        for ids, pair in zip(translations, pairs, strict=True)
    ])  # fmt: skip


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
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Curves:
        """Measure at each epoch; see the base."""
        best: Translator = context.model.at("best")
        pairs = document_pairs(context, best, self.part, self.documents)
        gold = all(pair.gold is not None for pair in pairs)
        names = (*NAMES, ERROR) if gold else NAMES
        return measure_epochs(
            context,
            self.epochs,
            lambda model: epoch_values(model, pairs)[: len(names)],
            names,
            "share",
        )


def epoch_values(model: Translator, pairs: Sequence[SentencePair]) -> tuple[float, ...]:
    """Compute the value of every line, that of the error rate last."""
    alignments = attention_alignments(model, pairs)
    every = [LinkCounts(*count_text_links(text)) for text in alignments.texts]
    summed = LinkCounts(*np.sum(every, axis=0).tolist())
    return (
        token_accuracy(read_pairs(model, pairs), pairs),
        float(np.mean([row_entropy(text) for text in alignments.texts])),
        float(np.nanmean([source_coverage(text) for text in alignments.texts])),
        error_rate(summed),
    )


def token_accuracy(scores: TranslationScores, pairs: Sequence[SentencePair]) -> float:
    """Compute the share of target tokens that are the likeliest in their place."""
    every = zip(scores.best, pairs, strict=True)
    return float(
        np.mean([hit for best, p in every for hit in likeliest_hits(best, p.ids[1])])
    )
