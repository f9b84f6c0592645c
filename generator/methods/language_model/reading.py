"""A text that exists already, read at some epochs."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Frames, SlotScores
from generator.core.errors import UnsupportedError, quote_text
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import (
    TokenText,
    attention_rows,
    first_place,
    read_rows,
    read_slot_scores,
    read_text,
    reread_text,
)
from generator.methods.common.snapshots import iterate_states
from generator.models.base import Epoch
from generator.models.capabilities import LanguageModel


class TextReading(Method):
    """A given text read step by step, at one or several epochs of training.

    1. The text is divided into tokens as the model divides its corpus, after the opening
       mark `<s>`. With `of`, it is the text of another artifact instead, word for word.
       A model of a single text begins after its first window, which training leaves out.
    2. Each of its tokens is a step: the model sees the `window` tokens before it, padding
       where there are fewer, and answers with attention and probabilities as in *writing*.
    3. That is repeated with the weights of every epoch asked for. Epoch 0 is before
       training. The histories are the same in every frame, so that what changes between
       frames is the model alone.

    Probabilities are those of the text's own tokens. A word outside the vocabulary is shown
    by name; the model sees the id 0 in its place, which is padding's too, and the
    probability given is that of the id 0.

    Source: the maps of one review over epochs in Goku Mohandas, Attentional interfaces
    (2017), which begin after the first epoch.

    Differs: epoch 0 can be among the frames, so that a claim about how attention begins can
    be looked at; the text may be held out; dropout is off.
    """

    needs: ClassVar = (LanguageModel,)
    reads: ClassVar = (SlotScores, Frames)
    gives: ClassVar = Frames
    method: Literal["reading"]
    text: str | None = Field(default=None, min_length=1, max_length=20_000)
    """The text to read. Either this or `of`."""
    of: str | None = None
    """An artifact of `writing` or `reading` whose text to read; instead of `text`."""
    epochs: tuple[Epoch, ...] = Field(default=("best",), min_length=1)
    """The snapshots that read, in the order of the frames."""
    alternatives: int = Field(default=5, ge=0, le=100)
    """How many of the most probable tokens to keep for each step."""

    def list_typed_texts(self) -> tuple[str, ...]:
        """Return the text that the author wrote, if there is one."""
        return (self.text,) if self.text else ()

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if (self.text is None) == (self.of is None):
            raise ValueError("give either text or of, the artifact whose text to read")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifact whose text is read, if one is named."""
        return () if self.of is None else (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that read."""
        return self.epochs

    def collect(self, context: Context) -> Frames:
        """Read the text at each epoch; see the base."""
        frames = tuple(
            self._read_frame(context, model)
            for model in iterate_states(context, self.epochs)
        )
        return Frames(
            epoch=frames[0].epoch if len(frames) == 1 else None, frames=frames
        )

    def _read_frame(self, context: Context, model: LanguageModel) -> SlotScores:
        text, first = self._find_text(context, model)
        places = range(first, len(text.ids))
        if not places:
            raise UnsupportedError(
                f"text: {quote_text(self.text or '')} {_describe_length(model, text)}"
            )
        predictions = read_rows(model, text, places)
        return attention_rows(model, text, places, predictions, self.alternatives)

    def _find_text(
        self, context: Context, model: LanguageModel
    ) -> tuple[TokenText, int]:
        """Return the text, and the place of its first step."""
        if self.text is not None:
            return read_text(model.vocabulary, self.text), first_place(model)
        (artifact,) = context.artifacts
        return reread_text(model, read_slot_scores(artifact, self.of or ""))


def _describe_length(model: LanguageModel, text: TokenText) -> str:
    """Describe why a text has no token to ask about."""
    if not text.ids or model.vocabulary.mark is not None:
        return "holds no token; expected at least one"
    return (
        f"holds {len(text.ids):,} tokens; the model was trained on a single text, whose "
        f"first {model.window:,} tokens are never asked about: give a longer text"
    )
