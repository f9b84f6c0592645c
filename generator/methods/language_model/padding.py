"""Attention on padding and on the newest token, by epoch."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Curves
from generator.core.errors import CorpusError
from generator.methods.base import Context, Method
from generator.methods.common.checks import attention_checks, verify_checks
from generator.methods.common.language_model_texts import (
    choose_places,
    held_out_documents,
    is_padding,
    no_corpus_reason,
    predict_histories,
    read_text,
)
from generator.methods.common.snapshots import measure_epochs
from generator.models.base import Epoch, Ids, ModelSpec
from generator.models.capabilities import LanguageModel

NAMES = (
    "attention on padding",
    "padding's share of slots",
    "attention on the newest token",
    "one slot's even share",
)


class PaddingAttention(Method):
    """How much attention rests on padding, and on the newest token, as training goes on.

    1. Windows are cut from held-out documents as in training: each known token after the
       opening mark is a target, its history the `window` tokens before it, padded on the
       left. At most `windows` of them are kept, chosen by the seed and their place alone.
    2. At each epoch the model reads the same windows. The attention that falls on slots
       before a document's first token is summed for each window and averaged over windows.
    3. Beside it stands the share of slots that are padding, which is what even attention
       would give; it is the same at every epoch.
    4. The attention on the newest slot is averaged likewise: high values say that the map
       looks at the token just before and at nothing else. Its even share is one slot of the
       window.

    Epoch 0 is before training. A mark stands at the best epoch by held-out loss.

    Source: the claim, made of the maps of Goku Mohandas, Attentional interfaces (2017),
    that attention starts even and leaves padding; shown there for one batch, with padding's
    weights drawn white.

    Differs: held-out windows instead of the last training batch; epoch 0 is shown; true
    shares instead of a scaled colour.
    """

    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Curves
    method: Literal["padding"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were kept."""
    windows: int = Field(default=2_000, ge=1, le=100_000)
    """At most so many histories of held-out documents."""

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why a model that learnt from no documents has none held out."""
        return no_corpus_reason(model)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Curves:
        """Average the attention at each epoch; see the base."""
        rows = held_out_rows(context, context.model.at("best"), self.windows)
        return measure_epochs(
            context,
            self.epochs,
            lambda model: padding_shares(model, rows),
            NAMES,
            "share of attention",
        )


def held_out_rows(context: Context, model: LanguageModel, limit: int) -> Ids:
    """Return histories of held-out targets.

    Args:
        context: The corpus and the seed that chooses.
        model: The model, for its window and vocabulary.
        limit: At most so many.

    Returns:
        (windows, window).

    Raises:
        CorpusError: There is none.
    """
    texts = {
        index: read_text(model.vocabulary, document.text, closed=True)
        for index, document in held_out_documents(context, limit)
    }
    # A single text has no padding: its targets begin after the first full window.
    first = 1 if model.vocabulary.mark is not None else model.window + 1
    places = [
        (index, place)
        for index, text in texts.items()
        for place in range(first, len(text.ids))
        if text.ids[place]
    ]
    if not places:
        raise CorpusError(
            f"{len(texts):,} held-out documents hold no token that the model knows; "
            "expected at least one: hold out more"
        )
    chosen = choose_places(places, limit, context.seed)
    return np.concatenate(
        [texts[index].histories([place], model.window) for index, place in chosen]
    )


def padding_shares(model: LanguageModel, rows: Ids) -> tuple[float, ...]:
    """Compute the means over histories of the measures in `NAMES`."""
    predictions = predict_histories(model, rows)
    verify_checks(*attention_checks(predictions.weights, predictions.probabilities))
    weights = predictions.weights.astype(np.float64)
    pads = is_padding(rows)
    return (
        float((weights * pads).sum(1).mean()),
        float(pads.mean()),
        float(weights[:, -1].mean()),
        1 / model.window,
    )
