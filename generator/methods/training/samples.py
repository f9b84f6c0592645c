"""Texts that the model writes, by temperature and epoch."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import SampledText, Samples
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    append_written,
    count_unasked,
    first_place,
    format_tokens,
    read_prefix,
)
from generator.methods.common.snapshots import iterate_states
from generator.models.base import Epoch
from generator.models.capabilities import LanguageModel

MILLIONTHS = 1_000_000
"""A temperature's place in a seed is itself, in millionths."""


class TextSampling(Method):
    """Texts that the model writes at several temperatures and epochs.

    1. At temperature `t` a token is drawn from `p^(1/t)`, made to sum to 1: low
       temperatures repeat what is most probable, 1 draws from the model's own
       probabilities.
    2. Each text begins with the prefix and ends at its closing mark, or after `length`
       tokens.
    3. At each epoch, and each temperature, `texts` of them are written.

    A text's draws depend on the seed, the temperature and its number alone: at every epoch
    the same ones are made, so that what changes between epochs comes from the weights, and
    another text or temperature changes none of the others.

    Of a model of a single text the first window is written and cut off, as textgenrnn does:
    it was never trained to go on from less.

    Tokens are joined as textgenrnn joins them. The texts are kept without their attention;
    *writing* keeps one with it.

    Source: Woolf (2018), textgenrnn, which prints samples at 0.2, 0.5 and 1.0 while it
    trains.
    """

    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Samples
    method: Literal["samples"]
    temperatures: tuple[Annotated[float, Field(ge=0, le=100)], ...] = Field(
        default=(0.2, 0.5, 1.0), min_length=1
    )
    """Temperatures to write at; 0 writes the most probable tokens."""
    epochs: tuple[Epoch, ...] = ()
    """The snapshots that write."""
    every: int | None = Field(default=None, ge=1)
    """Every so many epochs, from epoch 0, the last one too; instead of `epochs`."""
    texts: int = Field(default=3, ge=1, le=1_000)
    """How many texts at each temperature and epoch."""
    length: int = Field(default=60, ge=1, le=5_000)
    """At most so many tokens in each, beyond the prefix."""
    prefix: str = Field(default="", max_length=20_000)
    """What each text begins with."""

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if self.epochs and self.every:
            raise ValueError("give either epochs or every, not both")
        return self

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Samples:
        """Write at each temperature and epoch; see the base."""
        by_epoch: dict[int, list[SampledText]] = {}
        for model in iterate_states(context, self._epochs(context)):
            by_epoch[model.epoch] = [
                sample
                for temperature in sorted(set(self.temperatures))
                for sample in self._write(context, model, temperature)
            ]
        samples = tuple(
            sample for epoch in sorted(by_epoch) for sample in by_epoch[epoch]
        )
        return Samples(samples=samples, prefix=self.prefix)

    def _epochs(self, context: Context) -> tuple[Epoch, ...]:
        if self.every is None:
            return self.epochs or ("best",)
        known = context.model.log.epochs
        return tuple(e for e in known if e % self.every == 0 or e == known[-1])

    def _write(
        self, context: Context, model: LanguageModel, temperature: float
    ) -> list[SampledText]:
        before = read_prefix(model.vocabulary, self.prefix)
        seed = (*context.seed, round(temperature * MILLIONTHS))
        prefixes = [before.ids] * self.texts
        length = count_unasked(model, before) + self.length
        written = model.write(prefixes, length, temperature, seed, stop=True)
        cut = 0 if model.vocabulary.mark is not None else first_place(model)
        texts = (
            append_written(model.vocabulary, before.tokens, ids[:steps])
            for ids, steps in zip(written.ids, written.lengths, strict=True)
        )
        return [
            SampledText(
                format_tokens(model.vocabulary, text.tokens[cut:]),
                temperature,
                model.epoch,
            )
            for text in texts
        ]
