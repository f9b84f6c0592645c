"""How much less probable a label is when one token of the text is left out.

1. The label is the one the model finds most probable, or the one the study names.
2. Each token of a text is left out in turn. With `remove` it is taken out and the
   others move together; with `unknown` the unknown word stands in its place and the
   others keep theirs. Which of the two is done stands in the notes, as they can
   disagree.
3. The score of a token is the drop: the label's probability given the whole text minus
   its probability without the token, or the difference of their natural logarithms, in
   nats. Above 0 the token spoke for the label, below 0 against it.

A token is a place in the text: a word that stands there twice is left out once here,
once there, and the two scores can differ. One token at a time is left out, so two words
that say the same may each score 0, and so may both parts of a phrase that needs only
one of them. A text with a hole is not what the model was trained on; part of a drop may
be surprise at that.

Where nothing is taken away there is no score: an unknown word is not replaced by the
unknown word. A text whose words are all unknown has no scores at all. A text of one
token is compared with the empty text, for which the model answers too.

The probability of the label with every token stands beside the scores, with the largest
change; if that is no more than rounding, 0.000001, the text says that no single token
mattered. Probabilities below 1e-30 count as 1e-30 before a logarithm is taken.

Source: the erasure of Li, Monroe and Jurafsky (2016), Understanding neural networks
through representation erasure, arXiv 1612.08220; leaving one out as the measure that
attention is held against, Jain and Wallace (2019), Attention is not explanation, arXiv
1902.10186.

Differs: the drop is signed and that of one label, where Jain and Wallace take the
distance between all probabilities; the former divide it by the whole logarithm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Fact, ScoredText, TokenScores
from generator.methods import facts
from generator.methods.attributing import unreadable
from generator.methods.base import Asked
from generator.methods.checks import probability_checks, verified
from generator.methods.classified import (
    Question,
    TextMethod,
    label_place,
    predicted,
    scored,
)
from generator.methods.perturbing import SAID, UNITS, answers, value, without_each
from generator.models.base import Classifier

Quantity = Literal["probability", "log probability"]
Replace = Literal["remove", "unknown"]
Array = NDArray[np.floating[Any]]
UNCHANGED = 1e-6
"""Rounding of float32 probabilities, and of their logarithms, with room to spare."""


class LeaveOneOut(TextMethod):
    """Each token of each text, left out."""

    needs: ClassVar = (Classifier,)
    gives: ClassVar = TokenScores
    method: Literal["leave_one_out"]
    label: str | None = None
    """The label that scores speak for; without it, the most probable one."""
    quantity: Quantity = "log probability"
    """Whether the drop is one of the probability or of its logarithm, in nats."""
    replace: Replace = "remove"
    """Whether a token is taken out, or the unknown word put in its place."""

    def collect(self, asked: Asked) -> TokenScores:
        """Leave out. Raises `ConfigError`, `CorpusError` and `IntegrityError`."""
        model: Classifier = asked.model.at(self.epoch)
        label = None if self.label is None else label_place(model, self.label)
        questions = self.questions(asked, model)
        found = left_out(model, [one.ids for one in questions], self.replace)
        checks = verified(*probability_checks(np.concatenate(found)))
        each = zip(questions, found, strict=True)
        return TokenScores(
            epoch=model.epoch,
            checks=checks,
            texts=tuple(self._text(model, one, p, label) for one, p in each),
            labels=model.labels,
            quantity=f"drop in {self.quantity}",
            unit=UNITS[self.quantity],
            signed=True,
            notes=(SAID[self.replace],),
        )

    def _text(
        self, model: Classifier, one: Question, found: Array, label: int | None
    ) -> ScoredText:
        """A text from the answers with every token, then without each of them."""
        place = int(predicted(found[0])) if label is None else label
        kept = value(found, place, self.quantity)
        scores = np.where(untouched(one.ids, self.replace), np.nan, kept[0] - kept[1:])
        why = unreadable(one.tokens)
        if why:
            scores = np.full(len(one.tokens), np.nan)
        return scored(
            one,
            scores,
            found[0],
            label=model.labels[place],
            facts=(
                Fact("probability with every token", float(found[0, place])),
                *self._largest(scores),
                *facts.unknown(one.tokens),
            ),
            undefined=why,
        )

    def _largest(self, scores: Array) -> Iterator[Fact]:
        """The largest change, with what speaks against reading more into it."""
        real = np.abs(scores[np.isfinite(scores)])
        if not real.size:
            return
        change = float(real.max())
        doubt = "no single token changes it" if change <= UNCHANGED else ""
        yield Fact("largest change", change, UNITS[self.quantity], doubt)
        if len(scores) == 1 and self.replace == "remove":
            yield Fact("tokens", 1.0, doubt="one token: compared with the empty text")


def left_out(
    model: Classifier, texts: Sequence[Sequence[int]], replace: Replace
) -> Sequence[Array]:
    """Probabilities (1 + tokens, labels) of each text, whole, then without each token.

    All texts are asked about in one call.
    """
    return answers(model, texts, [without_each(len(ids)) for ids in texts], replace)


def untouched(ids: Sequence[int], replace: Replace) -> NDArray[np.bool_]:
    """Which tokens leaving out does not change: unknown words, if replaced by such."""
    return np.array([replace == "unknown" and index == 1 for index in ids], np.bool_)
