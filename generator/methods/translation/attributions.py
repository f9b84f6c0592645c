"""Attributions of target tokens to source tokens: gradient times input, and occlusion."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Alignments
from generator.methods.base import Context
from generator.methods.translation.attention import read_pairs
from generator.methods.translation.sentence_pairs import (
    SentencePair,
    TranslatorStateMethod,
    signed_alignments,
)
from generator.models.base import Floats
from generator.models.capabilities import DifferentiableTranslator, Translator


class SourceGradients(TranslatorStateMethod):
    """How much each source token matters to each target token, by gradients.

    1. The target is gone through token by token, those before it given, as for `alignment`.
    2. The log probability of target token i is differentiated by the vector of source token
       j, and the gradient is multiplied by the vector: `x_j . d log p(y_i) / d x_j`. The
       score is what the token adds, by the slope at this point; it has a sign.
    3. The gradient flows through the encoder and through attention, so the score is about
       the word itself, wherever its state was read.

    Set beside the attention matrix it tells whether attention rests where the output
    depends on the input. Each text has an alignment error rate of these scores too, where
    the links are known: every target token is linked to its largest score.

    A slope is of one point. Where a probability is near 1 its logarithm is flat and scores
    are small, whatever the word does; the order within a row is what can be compared.

    Source: Denil, Demiraj and de Freitas (2014), Extraction of salient sentences from
    labelled documents, arXiv 1412.6815, for gradient times input; for translation, Ding,
    Xu and Koehn (2019), Saliency-driven word alignment interpretation for neural machine
    translation, arXiv 1906.10282.
    """

    needs: ClassVar = (DifferentiableTranslator,)
    gives: ClassVar = Alignments
    method: Literal["source_gradients"]

    def collect(self, context: Context) -> Alignments:
        """Differentiate every pair; see the base."""
        model: DifferentiableTranslator = context.model.at(self.epoch)
        pairs = self.pairs(context, model)
        translation = read_pairs(model, pairs)
        scores = model.products(
            [pair.ids[0] for pair in pairs], [pair.ids[1] for pair in pairs]
        )
        return signed_alignments(
            model, pairs, scores, translation.probabilities, "gradient times input"
        )


class SourceOcclusion(TranslatorStateMethod):
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

    def collect(self, context: Context) -> Alignments:
        """Leave out each source token of every pair; see the base."""
        model: Translator = context.model.at(self.epoch)
        pairs = self.pairs(context, model)
        translation = read_pairs(model, pairs)
        scores = source_drops(model, pairs, translation.logs)
        return signed_alignments(
            model, pairs, scores, translation.probabilities, "drop in log probability"
        )


def source_drops(
    model: Translator, pairs: tuple[SentencePair, ...], whole: tuple[Floats, ...]
) -> list[Floats]:
    """Compute the drop in log probability of target tokens without each source token.

    Args:
        model: The translator.
        pairs: The pairs.
        whole: Log probabilities with the whole source, (targets,) each.

    Returns:
        (targets, sources) each, in nats; NaN for the closing mark and for sources of a
        single word.
    """
    scores = [
        np.full((len(pair.targets), len(pair.sources)), np.nan, np.float32)
        for pair in pairs
    ]
    cases = [
        (place, token)
        for place, pair in enumerate(pairs)
        if len(pair.sources) > 2  # noqa: PLR2004 - a word must remain beside the closing mark
        for token in range(len(pair.sources) - 1)
    ]
    sources = [
        (*pairs[place].ids[0][:token], *pairs[place].ids[0][token + 1 :])
        for place, token in cases
    ]
    reduced = model.read(sources, [pairs[place].ids[1] for place, _ in cases])
    for (place, token), logs in zip(cases, reduced.logs, strict=True):
        scores[place][:, token] = whole[place] - logs
    return scores
