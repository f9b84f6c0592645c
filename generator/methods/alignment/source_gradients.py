"""Gradient times input of target tokens over the source."""

from __future__ import annotations

from typing import ClassVar, Literal

from generator.artifacts import Alignments
from generator.methods.alignment.alignments import read
from generator.methods.base import Asked
from generator.methods.translated import StatePairs, over_source
from generator.models.translators import DifferentiableTranslator


class SourceGradients(StatePairs):
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

    def collect(self, asked: Asked) -> Alignments:
        """Differentiate. Raises `CorpusError` and `IntegrityError`."""
        model: DifferentiableTranslator = asked.model.at(self.epoch)
        pairs = self.pairs(asked, model)
        found = read(model, pairs)
        scores = model.products(
            [pair.ids[0] for pair in pairs], [pair.ids[1] for pair in pairs]
        )
        return over_source(
            model, pairs, scores, found.probabilities, "gradient times input"
        )
