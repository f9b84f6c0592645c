"""The attention of target tokens over the source, at one epoch or at several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from generator.artifacts import AlignmentFrames, Alignments, Check
from generator.methods.base import Context
from generator.methods.common.checks import SUM_TOLERANCE, largest_error, verify_checks
from generator.methods.common.snapshots import iterate_states
from generator.methods.translation.sentence_pairs import (
    SentencePair,
    TranslatorMethod,
    TranslatorStateMethod,
    build_aligned_text,
    pair_notes,
)
from generator.models.base import Epoch
from generator.models.capabilities import TranslationScores, Translator

QUANTITY = "attention weight"


class AttentionAlignment(TranslatorStateMethod):
    """What a translator looked at for each token of its target: a matrix of attention.

    1. A source is read, and its target is gone through token by token with the tokens
       before it given: for documents the corpus's own target, for a text that an author
       wrote the one that the model writes itself, by beam search.
    2. Row i are the attention weights over the source's tokens with which token i was to be
       written. They are not negative and sum to 1; both are checked, and nothing is stored
       if either fails. Padding is no token and weighs nothing. Beside a row stands the
       probability that the model gave its token.
    3. With a text stand: its alignment error rate where somebody knows which word gave
       which; the mean entropy of its rows as a share of the largest possible, 1 being even;
       and the share of the source's words that are the largest in some row.

    **How far to believe it.** The matrix says which states of the source entered the
    average for a token. A state knows its neighbours, and the decoder knows what it has
    written: both make it possible to write the right token while looking beside the word it
    comes from. That a matrix looks like an alignment is a finding, not a definition.

    Source: Bahdanau, Cho and Bengio (2015), Neural machine translation by jointly learning
    to align and translate, arXiv 1409.0473, who draw such matrices for four sentences.
    """

    gives: ClassVar = Alignments
    method: Literal["alignment"]

    def collect(self, context: Context) -> Alignments:
        """Collect the attention of every pair; see the base."""
        model: Translator = context.model.at(self.epoch)
        return attention_alignments(model, self.pairs(context, model))


def attention_alignments(
    model: Translator, pairs: Sequence[SentencePair]
) -> Alignments:
    """Collect the attention of pairs as an artifact.

    Raises:
        IntegrityError: The rows are not attention weights.
    """
    scores = read_pairs(model, pairs)
    return Alignments(
        epoch=model.epoch,
        checks=verify_checks(*row_checks(scores)),
        texts=tuple(
            build_aligned_text(pair, weights, chances, shares=True)
            for pair, weights, chances in zip(
                pairs, scores.weights, scores.probabilities, strict=True
            )
        ),
        quantity=QUANTITY,
        forced=all(pair.document is not None for pair in pairs),
        scoring=model.scoring,
        notes=pair_notes(pairs),
    )


def read_pairs(model: Translator, pairs: Sequence[SentencePair]) -> TranslationScores:
    """Score pairs whose targets are known, token by token."""
    return model.read([pair.ids[0] for pair in pairs], [pair.ids[1] for pair in pairs])


def row_checks(scores: TranslationScores) -> tuple[Check, ...]:
    """Check that every row of every matrix sums to 1 and is not negative."""
    rows = [row for weights in scores.weights for row in weights]
    sums = np.array([row.sum(dtype=np.float64) for row in rows])
    least = np.array([row.min() for row in rows])
    return (
        Check(
            "attention rows sum to 1", largest_error(np.abs(sums - 1)), SUM_TOLERANCE
        ),
        Check("attention is not negative", largest_error(-least), 0.0),
    )


class AttentionAlignmentHistory(TranslatorMethod):
    """The attention of a translator over its source, epoch by epoch.

    1. Pairs of the corpus that the model did not learn from are read at every epoch asked
       for, 0 being before training, with the corpus's own target given token by token: so
       all frames have the same rows, however badly an early model would write.
    2. Each frame holds what `alignment` holds: the weights, the probability of each target
       token, and, where the links are known, the alignment error rate.

    Before training the weights of additive and location-aware attention are even, since the
    vector that makes scores begins at zero; multiplicative scores begin at random.

    Source: Bahdanau, Cho and Bengio (2015), arXiv 1409.0473, for the matrix; over epochs,
    as the attention of a classifier is shown in Goku Mohandas, Attentional interfaces
    (2017).
    """

    gives: ClassVar = AlignmentFrames
    method: Literal["alignment_history"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask, in the order of the frames; without it, all kept."""

    @model_validator(mode="after")
    def _same_targets(self) -> Self:
        if self.texts:
            raise ValueError(
                "texts: their targets would change from epoch to epoch; give documents"
            )
        return self

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> AlignmentFrames:
        """Collect the attention of every pair at each epoch; see the base."""
        pairs = self.pairs(context, context.model.at("best"))
        states = {model.epoch: model for model in iterate_states(context, self.epochs)}
        frames = tuple(attention_alignments(model, pairs) for model in states.values())
        return AlignmentFrames(
            epoch=frames[0].epoch if len(frames) == 1 else None, frames=frames
        )
