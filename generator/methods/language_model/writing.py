"""A text that the model writes, with its attention."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Check, SlotScores
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    TokenText,
    append_written,
    attention_rows,
    count_unasked,
    first_place,
    read_prefix,
    read_rows,
)
from generator.models.base import Epoch, Ids
from generator.models.capabilities import LanguageModel, NextTokenPrediction


class TextGeneration(Method):
    """A text written step by step, with what the model looked at for each token.

    1. The text starts with the opening mark `<s>` and the words of the prefix.
    2. The model sees the last `window` tokens. Where there are fewer, the slots on the left
       hold padding, a token like any other to this model: nothing masks it, and attention
       may rest on it.
    3. For each slot `i` the attention layer scores the slot's vector, `e_i = x_i · w`, and
       turns the scores into shares: `a_i = exp(e_i − max e) / (Σ_j exp(e_j − max e) +
       1e-7)`. The shares of a step sum to 1.
    4. The next token's probabilities are `softmax(Σ_i a_i x_i · W + b)`. At temperature 0
       the most probable one is written, the lowest id of a tie. Above 0 it is drawn from
       `p^(1/temperature)`, made to sum to 1, by a generator seeded by the study and the
       artifact.
    5. It joins the text, and the window moves on by one.

    One row is kept for each token written: the history it was written from, padding
    included, the shares, the probability the model gave it at temperature 1, and the most
    probable tokens it could have written. History and shares come from the same answer of
    the model, and a check compares the history with the text, so that no row can be shifted
    against its labels. Rows that do not sum to 1 are refused.

    A share says how much of a slot's vector went into the step's average. It does not say
    that the slot's word mattered: the vector holds the state of recurrent layers, which
    have read everything before it.

    Source: Felbo et al. (2017), Using millions of emoji occurrences to learn any-domain
    representations, arXiv 1708.00524, whose attention layer textgenrnn uses (Woolf, 2018).

    Differs: textgenrnn ends a text at its closing mark. Here `length` tokens are written
    unless `stop` says otherwise, and what follows the mark is shown as the model's answer
    to histories that it was never trained on.

    Differs: textgenrnn counts the prefix and the opening mark as part of the length. Here
    `length` counts the tokens written.

    A model of a single text (`single_text`) knows no opening mark, and learnt from whole
    windows alone. So what fills the first window is written and not shown, as in
    textgenrnn: the model's answers to padding are those to something it never met.
    """

    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = SlotScores
    method: Literal["writing"]
    prefix: str = Field(default="", max_length=20_000)
    """What the text begins with, divided into tokens as textgenrnn divides it."""
    length: int = Field(default=60, ge=1, le=5_000)
    """How many tokens to write."""
    temperature: float = Field(default=0.0, ge=0, le=100)
    """0 writes the most probable token; 1 draws from the model's own probabilities."""
    epoch: Epoch = "best"
    """The snapshot that writes: a number, 0 being before training, `best` or `last`."""
    alternatives: int = Field(default=5, ge=0, le=100)
    """How many of the most probable tokens to keep for each step."""
    stop: bool = False
    """Whether the text ends at its closing mark, which then is its last token."""
    read_prefix: bool = False
    """Whether the prefix has steps of its own: the model reads it before it writes."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot that writes."""
        return (self.epoch,)

    def collect(self, context: Context) -> SlotScores:
        """Write the text; see the base."""
        model: LanguageModel = context.model.at(self.epoch)
        before = read_prefix(model.vocabulary, self.prefix)
        unasked = count_unasked(model, before)
        written = model.write(
            [before.ids],
            unasked + self.length,
            self.temperature,
            context.seed,
            stop=self.stop,
        )
        steps = int(written.lengths[0])
        text = append_written(model.vocabulary, before.tokens, written.ids[0, :steps])
        predictions = NextTokenPrediction(
            written.probabilities[0, unasked:steps], written.weights[0, unasked:steps]
        )
        first = len(before.ids) + unasked
        shifted = history_check(text, written.histories[0, unasked:steps], first)
        if self.read_prefix and first > first_place(model):
            predictions = join_predictions(
                read_rows(model, text, range(first_place(model), first)), predictions
            )
            first = first_place(model)
        return attention_rows(
            model,
            text,
            range(first, len(text.ids)),
            predictions,
            self.alternatives,
            shifted,
            prefix=self.prefix,
            temperature=self.temperature,
        )


def history_check(text: TokenText, seen: Ids, first: int) -> Check:
    """Count the slots of `seen` (steps, window) that are not the tokens before their step."""
    steps, window = seen.shape
    expected = text.histories(range(first, first + steps), window)
    wrong = float(np.sum(expected != seen))
    return Check("each history holds the tokens before it", wrong, 0.0)


def join_predictions(
    before: NextTokenPrediction, after: NextTokenPrediction
) -> NextTokenPrediction:
    """Join the predictions of the prefix and of the writing."""
    return NextTokenPrediction(
        np.concatenate([before.probabilities, after.probabilities]),
        np.concatenate([before.weights, after.weights]),
    )
