"""The division of a written token's logit over slots and parts."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Check, Frames, PartScores, SlotScores
from generator.methods.base import Context, Method
from generator.methods.common.checks import (
    LOGIT_TOLERANCE,
    largest_error,
    verify_checks,
)
from generator.methods.common.language_model_texts import (
    encode_rows,
    floored_log,
    predict_histories,
    read_slot_scores,
    to_float32,
)
from generator.methods.common.snapshots import choose_state
from generator.models.base import Epoch, Floats, Ids
from generator.models.capabilities import (
    LanguageModel,
    LogitDecomposition,
    NextTokenPrediction,
)

RATIO_TOLERANCE = 1e-3
"""Nats: float32 rounding of a softmax over 10,000 tokens, and of two logits."""


class SlotContributions(Method):
    """What each slot of the history adds to the logit of the token that was written.

    textgenrnn's last layers are linear in the slots' vectors: the logit of token `k` is

        logit_k = b_k + Σ_i a_i (x_i · W[:, k])

    with the attention `a_i`, the slot's vector `x_i = [embedding; layer 1; …; layer L]`,
    and the output weights `W`. So it can be divided exactly, without approximation:

    1. The contribution of slot `i` is `a_i (x_i · W[:, k])` for the written token `k`, in
       logits. Above 0 it speaks for the token, below 0 against it.
    2. The vector's parts have their own rows of `W`, so each contribution divides further
       into the embedding's and each layer's.
    3. Slots and the token's bias `b_k`, which belongs to no slot, sum to the logit. That is
       checked to float32 rounding; numbers that do not sum are refused.
    4. As a second check, the difference of the logits of two tokens must be the logarithm
       of the ratio of their probabilities.

    It credits **slots of the window**, not words. The embedding's part knows its own word
    alone, but a layer's part holds the state of an LSTM that has read all slots before it
    (and after it, if bidirectional), so a word's influence may be credited to later slots.

    A logit is the same for all tokens up to a constant, so that a contribution which every
    token gets alike changes no probability.

    Source: exact for this network, from the layer in Felbo et al. (2017), arXiv 1708.00524;
    the idea of reading attention together with the norm and direction of what it weighs is
    in Kobayashi et al. (2020), Attention is not only a weight, arXiv 2004.10102.
    """

    needs: ClassVar = (LanguageModel,)
    reads: ClassVar = (SlotScores, Frames)
    gives: ClassVar = PartScores
    method: Literal["contributions"]
    of: str
    """The artifact of `writing` or `reading` whose tokens are asked about."""
    epoch: Epoch | None = None
    """The snapshot that is asked; without it, the one that wrote or read the text."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifact that holds the text."""
        return (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot, if it is named."""
        return () if self.epoch is None else (self.epoch,)

    def collect(self, context: Context) -> PartScores:
        """Divide the logit of each token; see the base."""
        text = read_slot_scores(context.artifacts[0], self.of)
        model = choose_state(context, self.epoch, text.epoch)
        rows, targets = encode_rows(text, model)
        decomposition = model.decompose(rows, targets)
        answers = predict_histories(model, rows)
        slots = sum_parts(decomposition.by_part)
        checks = verify_checks(
            logit_sum_check(decomposition),
            parts_sum_check(decomposition.by_part, slots),
            logit_ratio_check(model, rows, targets, decomposition.logits, answers),
        )
        return PartScores(
            epoch=model.epoch,
            checks=checks,
            targets=text.targets,
            histories=text.histories,
            scores=slots,
            probabilities=to_float32(
                answers.probabilities[np.arange(len(rows)), targets]
            ),
            quantity="logit contribution",
            unit="logits",
            signed=True,
            prefix=text.prefix,
            temperature=text.temperature,
            parts=decomposition.parts,
            by_part=to_float32(decomposition.by_part),
        )


def sum_parts(by_part: Floats) -> Floats:
    """Sum contributions over parts.

    Args:
        by_part: (steps, window, parts).

    Returns:
        (steps, window).
    """
    return to_float32(np.asarray(by_part, dtype=np.float64).sum(-1))


def logit_sum_check(decomposition: LogitDecomposition) -> Check:
    """Check that parts and bias sum to the logit, relative to the size of the terms."""
    terms = np.asarray(decomposition.by_part, dtype=np.float64).reshape(
        len(decomposition.logits), -1
    )
    biases = np.asarray(decomposition.biases, dtype=np.float64)
    scale = np.maximum(1, np.abs(terms).sum(1) + np.abs(biases))
    error = np.abs(decomposition.logits - biases - terms.sum(1)) / scale
    return Check(
        "parts and bias sum to the logit", largest_error(error), LOGIT_TOLERANCE
    )


def parts_sum_check(by_part: Floats, slots: Floats) -> Check:
    """Check that the parts of a slot sum to the slot, relative to the size of the terms."""
    terms = np.asarray(by_part, dtype=np.float64)
    error = np.abs(terms.sum(-1) - slots) / np.maximum(1, np.abs(terms).sum(-1))
    return Check("parts sum to their slot", largest_error(error), LOGIT_TOLERANCE)


def logit_ratio_check(
    model: LanguageModel,
    rows: Ids,
    targets: Ids,
    logits: Floats,
    answers: NextTokenPrediction,
) -> Check:
    """Check that two logits differ by the logarithm of the ratio of the probabilities.

    The other token is the most probable one that is not the target.

    Args:
        model: The model.
        rows: Histories, (steps, window).
        targets: Ids, (steps,).
        logits: Of the targets, (steps,).
        answers: Predictions at the same steps.
    """
    steps = np.arange(len(rows))
    others = answers.probabilities.copy()
    others[steps, targets] = -1
    rival = others.argmax(1).astype(np.int32)
    apart = np.asarray(logits, dtype=np.float64) - model.decompose(rows, rival).logits
    mine = answers.probabilities[steps, targets]
    theirs = answers.probabilities[steps, rival]
    known = np.minimum(mine, theirs) > np.finfo(np.float32).tiny
    error = np.abs(floored_log(mine) - floored_log(theirs) - apart) / np.maximum(
        1, np.abs(apart)
    )
    return Check(
        "logits give the probabilities", largest_error(error[known]), RATIO_TOLERANCE
    )
