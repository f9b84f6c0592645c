"""What a classifier made of one text, as plain numbers.

The predicted label is the most probable one, the first of a tie. Padding's sum is over
the tokens that are padding. The evenness of weights is their entropy as a share of the
largest that so many tokens allow: 1 where all weigh the same, 0 where one has all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from generator.artifacts import ScoredText
from generator.errors import FigureError
from generator.figures.numbers import count


def predicted(labels: Sequence[str], text: ScoredText) -> str:
    """The most probable label. Raises `FigureError` where there is not one for each."""
    if len(labels) != len(text.probabilities):
        raise FigureError(
            f"{count(len(text.probabilities), 'probability', 'probabilities')} for "
            f"{count(len(labels), 'label')}; expected one for each"
        )
    return labels[int(np.argmax(text.probabilities))] if labels else ""


def certainty(text: ScoredText) -> float:
    """The probability of the predicted label, NaN where there are none."""
    return float(text.probabilities.max()) if text.probabilities.size else math.nan


def pads(text: ScoredText) -> int:
    """How many of the tokens are padding."""
    return sum(token.kind == "pad" for token in text.tokens)


def token_padding(text: ScoredText) -> float:
    """The sum of the scores of padding, 0 where there is none."""
    places = [i for i, token in enumerate(text.tokens) if token.kind == "pad"]
    return float(text.scores[places].sum(dtype=np.float64)) if places else 0.0


def evenness(text: ScoredText) -> float:
    """Entropy of the scores as a share of its largest value, NaN where not defined.

    Scores are shares, none below 0; a text of one token has no spread to speak of.
    """
    shares = text.scores.astype(np.float64)
    if text.undefined or shares.size < 2 or not np.isfinite(shares).all():  # noqa: PLR2004 - one token cannot be uneven
        return math.nan
    shares = shares[shares > 0]
    return abs(float(-(shares * np.log(shares)).sum())) / math.log(text.scores.size)
