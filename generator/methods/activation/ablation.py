"""The best cells of a search, held off and on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import CellEffects, CellSearch, Effect, Fit
from generator.corpora.base import Annotation, Hypothesis
from generator.errors import ConfigError, quoted
from generator.methods.activation.cells import cells_of, search_of
from generator.methods.base import Asked, Method
from generator.methods.clamping import (
    Claimed,
    Held,
    Places,
    effect_of,
    means,
    places_of,
    rows_of,
)
from generator.methods.passages import Passage, memories, passages, stated
from generator.methods.rank_scores import Doubles
from generator.models.base import Epoch, Floats, Ids
from generator.models.cells import CellModel, Clamp

NOWHERE = Held(np.zeros(0), np.zeros(0))
"""What is known of a hypothesis that the text does not close."""
QUANTITY = "change in the probability of the closing token, as the hypothesis predicts"


@dataclass(frozen=True)
class Bench:
    """A model and the text on which its cells are held."""

    model: CellModel
    passage: Passage
    memories: Floats  # (characters, cells)
    asked: Asked


class Ablation(Method):
    """Whether a model uses the cell that follows a hypothesis.

    A cell can follow strings perfectly and do nothing for what the model says. So the best
    cell of a hypothesis is held at a value while the model reads, and what happens to the
    probability of the token that ends the hypothesis (a quote, a line's end) is measured:

    1. Places are taken from the second text of the search: those after which the closing
       token really comes, and those at which the hypothesis is false and stays so.
    2. *Held off*: the cell's memory has its mean over characters where the hypothesis is
       false, after every character. If the model uses it to know that it is inside,
       the closing token becomes less probable where it comes. The fall is measured.
    3. *Held on*: it has its mean over characters where the hypothesis is true.
       Then closing tokens become more probable where there is nothing to close. The rise is
       measured.
    4. The same is done with `random` other cells of the same layer, drawn at random, each
       held at its own two means. A change that is larger than 99 % of theirs counts.
    5. Both changes count: *used*. One: *one direction only*. None: *correlates only*.

    The probability of the closing token is the sum over the characters that can close;
    intervals are over places. What is held is the memory; what the cell gives out follows
    from it by the output gate, and reaches the next step and the layers above. In a window
    it is held at every slot.

    Source: Karpathy, Johnson and Fei-Fei (2015) for the cells; Donnelly and Roegiest (2019)
    for the warning that a single cell with a plausible story may do nothing.
    """

    needs: ClassVar = (CellModel,)
    gives: ClassVar = CellEffects
    expects: ClassVar = frozenset({Annotation.STATES})
    method: Literal["ablation"]
    of: str
    """Name of the search whose best cells are held."""
    hypotheses: tuple[str, ...] = ()
    """Hypotheses to test; without it, those that a token ends."""
    characters: int = Field(default=3000, ge=200, le=100_000)
    """Characters of the second text that are read, once for each cell held."""
    length: int = Field(default=1000, ge=100, le=100_000)
    """Characters that are read of a document, from its beginning."""
    places: int = Field(default=200, ge=10, le=10_000)
    """Places of each kind at most."""
    random: int = Field(default=100, ge=20, le=1000)
    """Random cells at most; fewer where the layer has not so many."""
    epoch: Epoch = "best"
    """Snapshot to ask."""

    def reads(self) -> tuple[str, ...]:
        """The search."""
        return (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epoch asked."""
        return (self.epoch,)

    def collect(self, asked: Asked) -> CellEffects:
        """Hold. Raises `ConfigError`, `CorpusError` and `UnsupportedError`."""
        found = search_of(asked.read[0], self.of)
        model: CellModel = asked.model.at(self.epoch)
        _, second = passages(asked, model, self.characters, self.length)
        bench = Bench(model, second, memories(model, second), asked)
        known = {one.name: (i, one) for i, one in enumerate(stated(asked).hypotheses)}
        effects = tuple(
            self.effect(bench, fit, *known[fit.name]) for fit in self.fits(found)
        )
        return CellEffects(
            epoch=model.epoch,
            quantity=QUANTITY,
            rows=tuple(row for effect in effects for row in rows_of(effect)),
            reference=0.0,
            reference_name="no change",
            effects=effects,
        )

    def fits(self, found: CellSearch) -> tuple[Fit, ...]:
        """The hypotheses to test. Raises `ConfigError`."""
        closing = {fit.name: fit for fit in found.fits if fit.closes}
        for name in self.hypotheses:
            if name not in closing:
                raise ConfigError(
                    f"hypotheses: nothing closes {quoted(name)}, or it was not "
                    f"searched for; known: {', '.join(closing) or 'none'}"
                )
        return tuple(closing[name] for name in self.hypotheses or closing)

    def effect(self, bench: Bench, fit: Fit, row: int, one: Hypothesis) -> Effect:
        """What holding the cell of one hypothesis does."""
        every = cells_of(bench.model)
        truth = bench.passage.labels[row] > 0
        places = places_of(bench.passage.text, truth, one.closing, self.places)
        claimed = every.index(fit.cell)
        same = [i for i, c in enumerate(every) if c.layer == fit.cell.layer]
        others = np.array([i for i in same if i != claimed])
        rng = bench.asked.generator(row)
        drawn = rng.permutation(others)[: self.random]
        ids = bench.model.vocabulary.encode(one.closing)
        named = Claimed(fit.cell, fit.name, one.closes)
        if not (len(places.closing) and len(places.outside)):
            return effect_of(named, NOWHERE, NOWHERE, [], rng)
        held = hold(bench, places, truth, [claimed, *drawn.tolist()], ids)
        base = unheld(bench, places, ids)
        return effect_of(named, base, held[0], held[1:], rng)


def hold(
    bench: Bench,
    places: Places,
    truth: NDArray[np.bool_],
    cells: Sequence[int],
    ids: Sequence[int],
) -> list[Held]:
    """Probabilities of the closing token with each cell held off, and on."""
    off, on = means(bench.memories, truth)
    found = []
    for values, where in ((off, places.closing), (on, places.outside)):
        clamps = [Clamp(cell, float(values[cell])) for cell in cells]
        at, order = by_text(bench.passage, where)
        answers = bench.model.hold(bench.passage.ids, at, clamps)
        found.append(answers[:, order][..., known(ids)].sum(-1, dtype=np.float64))
    return [Held(first, second) for first, second in zip(*found, strict=True)]


def unheld(bench: Bench, places: Places, ids: Sequence[int]) -> Held:
    """The same with nothing held."""
    parts: list[Doubles] = []
    for where in (places.closing, places.outside):
        at, order = by_text(bench.passage, where)
        answers = bench.model.predict_next(bench.passage.ids, at)
        parts.append(answers[order][:, known(ids)].sum(-1, dtype=np.float64))
    return Held(*parts)


def known(ids: Sequence[int]) -> list[int]:
    """Ids of characters that the model knows, each once."""
    return sorted({one for one in ids if one})


def by_text(
    passage: Passage, places: NDArray[np.intp]
) -> tuple[list[Ids], NDArray[np.intp]]:
    """Places of a whole passage, text by text, and how to bring answers in order."""
    ends = np.cumsum([len(text) for text in passage.texts])
    which = np.searchsorted(ends, places, side="right")
    starts = np.concatenate([[0], ends[:-1]])
    order = np.argsort(which, kind="stable")
    at: list[Ids] = [
        np.asarray(places[which == i] - starts[i], dtype=np.int32)
        for i in range(len(passage.texts))
    ]
    return at, np.argsort(order, kind="stable")
