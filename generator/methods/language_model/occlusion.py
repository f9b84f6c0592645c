"""The drop in a written token's probability as each slot is replaced by padding."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Frames, SlotScores
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    encode_rows,
    floored_log,
    read_slot_scores,
    target_probability,
    to_float32,
)
from generator.methods.common.snapshots import choose_state
from generator.models.base import Epoch, Ids
from generator.models.capabilities import Classifier, LanguageModel

Quantity = Literal["probability", "log probability"]


class SlotOcclusion(Method):
    """How much less probable the written token is when one slot is replaced by padding.

    1. For each step, and each slot of its history, the slot's token is replaced by padding
       (id 0). All other tokens stay in their slots.
    2. The model is asked for the probability of the token that was written. All histories
       of all steps go through one predict, equal ones once.
    3. The score is the drop: the probability with the whole history minus the probability
       without the slot, or the difference of their natural logarithms, in nats. Above 0 the
       token at the slot spoke for the written token, below 0 against it.

    It asks the model itself, state of recurrent layers and all, so it sees an influence
    that attention does not show: what a word changes, whichever slot carries it.

    A slot that holds padding scores 0 by construction, as nothing is replaced; so does an
    unknown word, whose id is padding's. One slot at a time is replaced: two words that say
    the same may each score 0. A padded slot between words is not what the model was trained
    on, so part of a drop may be surprise at that.

    Probabilities below 1e-30 count as 1e-30 before a logarithm is taken.

    This is for language models. The words of a text that a classifier reads are occluded by
    the method leave_one_out, which explains one step of a language model too.

    Source: Zeiler and Fergus (2014), Visualizing and understanding convolutional networks,
    arXiv 1311.2901; for text, the "erasure" of Li, Monroe and Jurafsky (2016), arXiv
    1612.08220.

    Differs: the slot is filled with padding and not taken out, so that no other token
    changes its slot.
    """

    needs: ClassVar = (LanguageModel,)
    instead: ClassVar = {Classifier: "leave_one_out"}
    reads: ClassVar = (SlotScores, Frames)
    gives: ClassVar = SlotScores
    method: Literal["occlusion"]
    of: str
    """The artifact of `writing` or `reading` whose tokens are asked about."""
    epoch: Epoch | None = None
    """The snapshot that is asked; without it, the one that wrote or read the text."""
    quantity: Quantity = "log probability"
    """Whether the drop is one of the probability or of its logarithm, in nats."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifact that holds the text."""
        return (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot, if it is named."""
        return () if self.epoch is None else (self.epoch,)

    def collect(self, context: Context) -> SlotScores:
        """Replace each slot of each step; see the base."""
        text = read_slot_scores(context.artifacts[0], self.of)
        model = choose_state(context, self.epoch, text.epoch)
        rows, targets = encode_rows(text, model)
        whole, without = occlude_slots(model, rows, targets)
        return SlotScores(
            epoch=model.epoch,
            targets=text.targets,
            histories=text.histories,
            scores=to_float32(probability_drops(whole, without, self.quantity)),
            probabilities=to_float32(whole),
            quantity=f"drop in {self.quantity}",
            unit="nats" if self.quantity == "log probability" else "",
            signed=True,
            prefix=text.prefix,
            temperature=text.temperature,
        )


def occlude_slots(
    model: LanguageModel, rows: Ids, targets: Ids
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the probabilities of targets with each slot replaced by padding.

    Args:
        model: The model.
        rows: Histories, (steps, window).
        targets: Ids, (steps,).

    Returns:
        Probabilities with the whole history, (steps,), and without each slot,
        (steps, window).
    """
    steps, window = rows.shape
    histories = leave_out_slots(rows).reshape(-1, window)
    probabilities = target_probability(model, histories, np.repeat(targets, window + 1))
    probabilities = probabilities.reshape(steps, window + 1)
    return probabilities[:, -1], probabilities[:, :-1]


def leave_out_slots(rows: Ids) -> Ids:
    """Return histories without each slot, then whole: (steps, window + 1, window)."""
    masked = np.repeat(rows[:, None, :], rows.shape[1] + 1, axis=1)
    slots = np.arange(rows.shape[1])
    masked[:, slots, slots] = 0
    return masked


def probability_drops(
    whole: NDArray[np.float64], without: NDArray[np.float64], quantity: Quantity
) -> NDArray[np.float64]:
    """Compute drops in probability or in log probability.

    Args:
        whole: Probabilities, (steps,).
        without: Probabilities without each slot, (steps, window).
        quantity: Which drop.

    Returns:
        (steps, window), in nats for log probability.
    """
    if quantity == "log probability":
        return floored_log(whole)[:, None] - floored_log(without)
    return whole[:, None] - without
