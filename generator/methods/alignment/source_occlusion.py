"""Drops of target tokens' log probabilities without each source token."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Alignments
from generator.methods.alignment.alignments import read
from generator.methods.base import Asked
from generator.methods.translated import Pair, StatePairs, over_source
from generator.models.base import Floats
from generator.models.translators import Translator


class SourceOcclusion(StatePairs):
    """How much each source token matters to each target token, by leaving it out.

    1. The target is gone through token by token, those before it given, as for `alignment`.
    2. The same is done once for each source token with that token taken out of the source,
       and the score is the drop of the log probability of target token i: how much worse
       the model knows it without source token j. Below 0, it knows it better.
    3. The closing mark is never taken out: a text without it is none. Its scores are not
       defined, nor are those of a source of a single word.

    Nothing here looks at attention, which is free to go elsewhere when a word is gone. So
    it can be set beside the attention matrix, and against a gold alignment: every target
    token is linked to its largest score. A word that stands twice, or whose place another
    word tells, may go without a loss, though the model read it.

    Source: Li, Monroe and Jurafsky (2016), Understanding neural networks through
    representation erasure, arXiv 1612.08220.
    """

    gives: ClassVar = Alignments
    method: Literal["source_occlusion"]

    def collect(self, asked: Asked) -> Alignments:
        """Leave out. Raises `CorpusError` and `IntegrityError`."""
        model: Translator = asked.model.at(self.epoch)
        pairs = self.pairs(asked, model)
        found = read(model, pairs)
        scores = drops(model, pairs, found.logs)
        return over_source(
            model, pairs, scores, found.probabilities, "drop in log probability"
        )


def drops(
    model: Translator, pairs: tuple[Pair, ...], whole: tuple[Floats, ...]
) -> list[Floats]:
    """Scores (targets, sources) of each pair; `whole` are its log probabilities."""
    scores = [
        np.full((len(pair.targets), len(pair.sources)), np.nan, np.float32)
        for pair in pairs
    ]
    cases = [
        (place, token)
        for place, pair in enumerate(pairs)
        if len(pair.sources) > 2  # noqa: PLR2004 - a word is left beside the mark
        for token in range(len(pair.sources) - 1)
    ]
    sources = [
        (*pairs[place].ids[0][:token], *pairs[place].ids[0][token + 1 :])
        for place, token in cases
    ]
    found = model.read(sources, [pairs[place].ids[1] for place, _ in cases])
    for (place, token), logs in zip(cases, found.logs, strict=True):
        scores[place][:, token] = whole[place] - logs
    return scores
