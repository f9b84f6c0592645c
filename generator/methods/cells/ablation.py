"""The effect of clamping a cell on the probability of a token.

A hypothesis ends somewhere: a string with a quote, a comment with its line. If the
model uses a cell to know that it is inside, then holding the cell at its mean where the
hypothesis is false ("off") must make the closing token less probable where it comes
next, and holding it at its mean where the hypothesis is true ("on") must make that
token more probable where the hypothesis is false. Random cells, held at their own two
means, say how much holding any cell does. A cell is used in a direction if its change
exceeds 99 % of theirs.

Source: the warning that single cells of a plausible story may do nothing when taken
away: Donnelly and Roegiest (2019), "On Interpretability and Feature Representations".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import (
    Cell,
    CellEffects,
    CellSearch,
    CellUse,
    ClampEffect,
    Estimate,
    HypothesisFit,
)
from generator.core.errors import ConfigError, quote_text
from generator.corpora.base import Annotation, Hypothesis
from generator.methods.base import Context, Method
from generator.methods.cells.rank_scores import Doubles, Numbers
from generator.methods.cells.search import list_cells, read_search
from generator.methods.cells.texts import (
    TextPassage,
    corpus_with_states,
    find_passages,
    read_memories,
)
from generator.methods.common.statistics import Interval, bootstrap_mean, permutation_p
from generator.models.base import Epoch, Floats, Ids
from generator.models.capabilities import CellClamp, CellModel

RANDOM = 0.99
"""The quantile of random cells' changes that a cell must exceed."""


@dataclass(frozen=True, slots=True)
class ClosingPlaces:
    """Characters after which the closing token's probability is measured."""

    closing: NDArray[np.intp]  # it comes next
    outside: NDArray[np.intp]  # the hypothesis is false there and stays so


@dataclass(frozen=True, slots=True)
class ClampedProbabilities:
    """Probabilities of the closing token, with one cell held or with none."""

    off: Doubles  # (closing places,)
    on: Doubles  # (places outside,)


@dataclass(frozen=True, slots=True)
class ClaimedCell:
    """A cell, the hypothesis that it is said to follow, and what closes that."""

    cell: Cell
    hypothesis: str
    closes: str


def find_closing_places(
    text: str, truth: NDArray[np.bool_], closes: Collection[str], most: int
) -> ClosingPlaces:
    """Find where to measure in a text.

    The closing token may count as a part of what it closes, or not.

    Args:
        text: The text.
        truth: Where the hypothesis is true, (characters,).
        closes: Characters that close it.
        most: At most so many places of each kind, evenly spread.
    """
    length = len(text) - 2
    here, then, after = (truth[i : i + length] for i in range(3))
    closer = np.array([char in closes for char in text[1 : length + 1]], dtype=bool)
    closing = np.flatnonzero(here & closer & ~(then & after))
    outside = np.flatnonzero(~here & ~then)
    return ClosingPlaces(spread_evenly(closing, most), spread_evenly(outside, most))


def spread_evenly(places: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Return at most `most` of the places, the first and the last among them."""
    if len(places) <= most:
        return places
    chosen = np.linspace(0, len(places) - 1, most).astype(np.intp)
    return np.asarray(places[chosen])


def class_means(cells: Numbers, truth: NDArray[np.bool_]) -> tuple[Doubles, Doubles]:
    """Compute each cell's mean where a hypothesis is false, and where it is true.

    Args:
        cells: (characters, cells).
        truth: (characters,).

    Returns:
        Two arrays, (cells,), NaN where there is no such character.
    """
    off, on = (
        np.asarray(cells[side].mean(0), dtype=np.float64)
        if side.any()
        else np.full(cells.shape[1], np.nan)
        for side in (~truth, truth)
    )
    return off, on


def clamping_effect(
    claimed: ClaimedCell,
    base: ClampedProbabilities,
    clamped: ClampedProbabilities,
    others: Collection[ClampedProbabilities],
    rng: np.random.Generator,
) -> ClampEffect:
    """Compare what holding a cell does with what holding random cells does.

    Args:
        claimed: The cell.
        base: Probabilities with no cell held.
        clamped: Probabilities with the cell held.
        others: Probabilities with each random cell held.
        rng: Resamples places.
    """
    off = bootstrap_mean(base.off - clamped.off, rng)
    on = bootstrap_mean(clamped.on - base.on, rng)
    null_off = np.array([float((base.off - one.off).mean()) for one in others])
    null_on = np.array([float((one.on - base.on).mean()) for one in others])
    bars = null_threshold(null_off), null_threshold(null_on)
    return ClampEffect(
        hypothesis=claimed.hypothesis,
        closes=claimed.closes,
        cell=claimed.cell,
        off=off.value,
        off_low=off.low,
        off_high=off.high,
        off_random=bars[0],
        off_p=permutation_p(off.value, null_off),
        off_places=len(base.off),
        on=on.value,
        on_low=on.low,
        on_high=on.high,
        on_random=bars[1],
        on_p=permutation_p(on.value, null_on),
        on_places=len(base.on),
        random=len(others),
        before=float(base.off.mean()) if base.off.size else np.nan,
        use=judge_use(off, on, bars),
    )


def null_threshold(null: Doubles) -> float:
    """Return the smallest change that at least 99 % of random cells do not exceed."""
    return float(np.quantile(null, RANDOM, method="higher")) if null.size else np.nan


def judge_use(off: Interval, on: Interval, bars: tuple[float, float]) -> CellUse:
    """Judge whether the changes exceed the bars; NaN exceeds nothing."""
    if not np.isfinite([off.value, on.value, *bars]).any():
        return "not tested"
    passed = (off.value > bars[0]) + (on.value > bars[1])
    if not passed:
        return "correlates only"
    return "used" if passed == 2 else "one direction only"  # noqa: PLR2004 - off and on


def effect_estimates(effect: ClampEffect) -> list[Estimate]:
    """Return an effect's changes and what random cells reach, as estimates."""
    estimates = []
    ways = (
        ("off", effect.off, effect.off_low, effect.off_high, effect.off_places),
        ("on", effect.on, effect.on_low, effect.on_high, effect.on_places),
    )
    for way, value, low, high_, n in ways:
        p = effect.off_p if way == "off" else effect.on_p
        bar = effect.off_random if way == "off" else effect.on_random
        name = f"{effect.hypothesis} held {way}"
        estimates.append(Estimate(name, value, low, high_, n=n, p=p, unit="place"))
        null = f"{name}, random cells"
        # A percentile of the null distribution: a threshold, and no estimate.
        ends, cells = (math.nan, math.nan), effect.random
        row = Estimate(null, bar, *ends, cells, "null", unit="random cell")
        estimates.append(row)
    return estimates


NOWHERE = ClampedProbabilities(np.zeros(0), np.zeros(0))
"""What is known of a hypothesis that the text does not close."""
QUANTITY = "change in the probability of the closing token, as the hypothesis predicts"


@dataclass(frozen=True)
class ClampingSetup:
    """A model and the text on which its cells are held."""

    model: CellModel
    passage: TextPassage
    memories: Floats  # (characters, cells)
    context: Context


class CellAblation(Method):
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

    version: ClassVar[int] = 2
    needs: ClassVar = (CellModel,)
    reads: ClassVar = (CellSearch,)
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

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search."""
        return (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> CellEffects:
        """Hold the best cells of a search; see the base."""
        search = read_search(context.artifacts[0], self.of)
        model: CellModel = context.model.at(self.epoch)
        _, second = find_passages(context, model, self.characters, self.length)
        bench = ClampingSetup(model, second, read_memories(model, second), context)
        known = {
            one.name: (i, one)
            for i, one in enumerate(corpus_with_states(context).hypotheses)
        }
        effects = tuple(
            self.measure_effect(bench, fit, *known[fit.name])
            for fit in self.find_fits(search)
        )
        return CellEffects(
            epoch=model.epoch,
            quantity=QUANTITY,
            rows=tuple(row for effect in effects for row in effect_estimates(effect)),
            reference=0.0,
            reference_name="no change",
            effects=effects,
        )

    def find_fits(self, search: CellSearch) -> tuple[HypothesisFit, ...]:
        """Return the hypotheses to test.

        Raises:
            ConfigError: A named one has no closing token in the search.
        """
        closing = {fit.name: fit for fit in search.fits if fit.closes}
        for name in self.hypotheses:
            if name not in closing:
                raise ConfigError(
                    f"hypotheses: nothing closes {quote_text(name)}, or it was not "
                    f"searched for; known: {', '.join(closing) or 'none'}"
                )
        return tuple(closing[name] for name in self.hypotheses or closing)

    def measure_effect(
        self, bench: ClampingSetup, fit: HypothesisFit, row: int, one: Hypothesis
    ) -> ClampEffect:
        """Measure the effect of holding the cell of one hypothesis.

        Args:
            bench: The model and its text.
            fit: The hypothesis's best cell.
            row: Index of the hypothesis, which seeds the draws.
            one: The hypothesis.
        """
        every = list_cells(bench.model)
        truth = bench.passage.labels[row] > 0
        places = find_closing_places(
            bench.passage.text, truth, one.closing, self.places
        )
        claimed = every.index(fit.cell)
        same = [i for i, c in enumerate(every) if c.layer == fit.cell.layer]
        others = np.array([i for i in same if i != claimed])
        rng = bench.context.generator(row)
        random = rng.permutation(others)[: self.random]
        ids = bench.model.vocabulary.encode(one.closing)
        named = ClaimedCell(fit.cell, fit.name, one.closes)
        if not (len(places.closing) and len(places.outside)):
            return clamping_effect(named, NOWHERE, NOWHERE, [], rng)
        clamped = clamp_cells(bench, places, truth, [claimed, *random.tolist()], ids)
        base = ask_unclamped(bench, places, ids)
        return clamping_effect(named, base, clamped[0], clamped[1:], rng)


def clamp_cells(
    bench: ClampingSetup,
    places: ClosingPlaces,
    truth: NDArray[np.bool_],
    cells: Sequence[int],
    ids: Sequence[int],
) -> list[ClampedProbabilities]:
    """Predict the closing token with each cell held off, and on.

    Args:
        bench: The model and its text.
        places: Where to measure.
        truth: Where the hypothesis is true, (characters,).
        cells: Places of the cells.
        ids: Ids of the closing token's characters.
    """
    off, on = class_means(bench.memories, truth)
    probabilities = []
    for values, where in ((off, places.closing), (on, places.outside)):
        clamps = [CellClamp(cell, float(values[cell])) for cell in cells]
        at, order = split_by_text(bench.passage, where)
        answers = bench.model.predict_clamped(bench.passage.ids, at, clamps)
        probabilities.append(
            answers[:, order][..., known_ids(ids)].sum(-1, dtype=np.float64)
        )
    return [
        ClampedProbabilities(first, second)
        for first, second in zip(*probabilities, strict=True)
    ]


def ask_unclamped(
    bench: ClampingSetup, places: ClosingPlaces, ids: Sequence[int]
) -> ClampedProbabilities:
    """Predict the closing token with no cell held."""
    parts: list[Doubles] = []
    for where in (places.closing, places.outside):
        at, order = split_by_text(bench.passage, where)
        answers = bench.model.predict_next(bench.passage.ids, at)
        parts.append(answers[order][:, known_ids(ids)].sum(-1, dtype=np.float64))
    return ClampedProbabilities(*parts)


def known_ids(ids: Sequence[int]) -> list[int]:
    """Return the ids of characters that the model knows, each once."""
    return sorted({one for one in ids if one})


def split_by_text(
    passage: TextPassage, places: NDArray[np.intp]
) -> tuple[list[Ids], NDArray[np.intp]]:
    """Split places of a whole passage by text.

    Returns:
        Places within each text, and the order that brings predictions back.
    """
    ends = np.cumsum([len(text) for text in passage.texts])
    which = np.searchsorted(ends, places, side="right")
    starts = np.concatenate([[0], ends[:-1]])
    order = np.argsort(which, kind="stable")
    at: list[Ids] = [
        np.asarray(places[which == i] - starts[i], dtype=np.int32)
        for i in range(len(passage.texts))
    ]
    return at, np.argsort(order, kind="stable")
