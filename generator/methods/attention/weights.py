"""Attention weights of texts, at one epoch or at several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from generator.artifacts import Measurement, ScoredText, TokenFrames, TokenScores
from generator.methods.attention import measures
from generator.methods.attention.measures import collect_attention, observed_ratio
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.classifier_texts import (
    ClassifierMethod,
    InputText,
    build_scored_text,
)
from generator.methods.common.explained_predictions import (
    ExplanationMethod,
    unreadable_reason,
)
from generator.methods.common.snapshots import iterate_states
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Attentive

QUANTITY = "attention weight"
ONE = "one token: its weight is 1 by definition"
LEVEL = "no slot is weighed more than another"
FLAT = 1e-6
"""Weights closer than this, relative to their size, differ by rounding alone."""


class AttentionWeights(ExplanationMethod):
    """The attention a classifier pays to each token of a text.

    1. The text is divided into words, cut to the longest text that the model reads, and
       read with dropout off.
    2. The score of a token is its attention weight: the share of the weighted mean that the
       classifier decides by. The weights of a text are not negative and sum to 1; both are
       checked, and nothing is stored if either fails.
    3. A model that masks padding weighs the text's tokens alone. One that does not also
       weighs the padding behind them: these slots are kept, and their sum is given.

    An attention weight speaks for no label: it says how much of a token's vector enters
    the mean, not in which direction, and in a recurrent model that vector holds the words
    around it too. So the weights alone are not an explanation.

    With each text stand: the entropy of its weights as a share of the largest possible,
    log n over n slots (1 is even attention, 0 is one slot alone); the largest weight and
    the even share 1/n beside it; and the attention on padding where padding is weighed. If
    the formula of the score bounds the ratio of two weights, the bound and the ratio found
    are given, and a ratio above the bound by more than rounding is refused: a score that is
    squashed into the range from -1 to 1 before the softmax cannot make one weight more than
    e² = 7.39 times another.

    A text of a single slot is not drawn, as its weight is 1 by definition. A text whose
    words are all unknown is drawn and marked: the model tells its tokens apart by their
    place alone.

    Source: Bahdanau, Cho and Bengio (2015), Neural machine translation by jointly learning
    to align and translate, arXiv 1409.0473; for classifiers, Yang et al. (2016),
    Hierarchical attention networks for document classification; the squashed score is that
    of Goku Mohandas, Attentional interfaces (2017).

    Differs: true shares on one scale, where the latter stretched each text's weights over
    the range of the colours and drew nine tenths of it white.
    """

    needs: ClassVar = (Attentive,)
    gives: ClassVar = TokenScores
    method: Literal["attention"]

    def collect(self, context: Context) -> TokenScores:
        """Collect the attention to every text; see the base."""
        model: Attentive = context.model.at(self.epoch)
        return attention_scores(model, self.input_texts(context, model))


def attention_scores(model: Attentive, questions: Iterable[InputText]) -> TokenScores:
    """Collect the attention weights of texts as an artifact.

    Raises:
        IntegrityError: The rows are not attention weights of these texts.
    """
    attended = collect_attention(model, questions)
    each = zip(
        attended.questions, attended.weights, attended.probabilities, strict=True
    )
    return TokenScores(
        epoch=model.epoch,
        checks=attended.checks,
        texts=tuple(_scored_text(model, one, row, p) for one, row, p in each),
        labels=model.labels,
        quantity=QUANTITY,
        ratio=model.ratio,
        notes=(_padding_note(model),),
    )


def _padding_note(model: Attentive) -> str:
    if model.masked:
        return "padding is masked: a text's weights are its tokens' alone"
    return (
        f"padding is not masked: each text has {model.max_tokens:,} slots, and those "
        "behind its tokens are weighed too"
    )


def _scored_text(
    model: Attentive, one: InputText, row: Floats, probabilities: Floats
) -> ScoredText:
    if not one.tokens:
        return build_scored_text(
            one, row[:0], probabilities, undefined=unreadable_reason(one)
        )
    return build_scored_text(
        one,
        row,
        probabilities,
        facts=tuple(_measurements(model, one, row)),
        undefined=ONE if row.size == 1 else "",
    )


def _measurements(
    model: Attentive, one: InputText, row: Floats
) -> Iterator[Measurement]:
    """Yield the measurements of one text's weights."""
    if row.size > 1:
        yield Measurement("entropy / log n", measures.attention_evenness(row))
        level = float(row.max() - row.min()) <= FLAT * float(row.max())
        yield Measurement(
            "largest weight", measures.largest_weight(row), doubt=LEVEL if level else ""
        )
        yield Measurement("even share", 1 / row.size)
    if not model.masked:
        yield Measurement(
            "attention on padding", measures.padding_attention(row, len(one.ids))
        )
    if model.ratio is not None:
        yield Measurement("largest / smallest weight", observed_ratio(row))
    yield from explained_predictions.unknown_word_measurements(one)


class AttentionHistory(ClassifierMethod):
    """The attention a classifier pays to the same texts, epoch by epoch.

    1. The texts are divided into words once. They are the ones an author gives, or
       documents that the model did not learn from.
    2. They are read with the weights of every epoch that was kept, or of the epochs asked
       for, with dropout off. Epoch 0 is before training.
    3. Each epoch is a frame, and the texts are the same in every frame: what changes
       between frames is the model alone. A token has its weight, as in *attention*, and all
       frames are drawn on one scale.

    How attention begins can be seen in the frame of epoch 0 alone: by the end of the first
    epoch every weight of the network has been changed many times.

    Source: the maps of one review over epochs in Goku Mohandas, Attentional interfaces
    (2017).

    Differs: the texts are held out and dropout is off, where the maps were taken from the
    last training batch with dropout on; epoch 0 is among the frames, where the first one
    came after an epoch of training; one scale for all frames.
    """

    needs: ClassVar = (Attentive,)
    gives: ClassVar = TokenFrames
    method: Literal["attention_history"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask, in the order of the frames; without it, all kept."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> TokenFrames:
        """Collect the attention to every text at each epoch; see the base."""
        texts = self.input_texts(context, context.model.at("best"))
        states = {model.epoch: model for model in iterate_states(context, self.epochs)}
        frames = tuple(attention_scores(model, texts) for model in states.values())
        return TokenFrames(
            epoch=frames[0].epoch if len(frames) == 1 else None, frames=frames
        )
