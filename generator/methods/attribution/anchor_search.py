"""The search for anchors: exhaustive for short texts, else a beam with KL-LUCB.

A search is a generator: it yields masks, (perturbed texts, tokens), and is sent whether
each of these texts is predicted like the whole one. So it knows no model, and
`run_searches` lets many go on side by side: in a round each search that is not done
asks
once, and what none of its earlier rounds asked goes to the model, for all texts
together.
No search knows of another, so what one finds does not depend on which others there are.

Exhaustive: a text of n tokens has 2^n perturbed texts, one for each set of tokens that
stays. An anchor's precision is the share, of those that hold it, which are still
predicted
alike, each counted by its chance: `keep^k (1 − keep)^(n − k)` where k tokens stay, the
same
for all of them where `keep` is one half. So the precision of every anchor comes from
one
pass over the predictions, and no anchor shorter than the one found reaches the
threshold.

Beam search:

1. Candidates of a size are the beam of the size before, each with one more token. The
   first is the empty set.
2. Perturbed texts are drawn for the beam, a batch at a time, and a text counts for each
   candidate that it happens to hold: of a long text a thousand draws say something of
   hundreds of candidates. Each size has draws of its own.
3. What is known of a candidate's precision are bounds, which hold for all candidates of
   the size at once, however often they are looked at (`kl_lucb`). Texts are drawn until
   no candidate can be better, by more than a margin, than any of the best few.
4. More are drawn until it is settled whether these few reach the threshold, up to a
   tolerance. The first size at which one does ends the search.

The precision of the anchor is then measured on texts that it was not chosen by.

Source: Ribeiro, Singh and Guestrin (2018), Anchors: high-precision model-agnostic
explanations, AAAI; Kaufmann and Kalyanakrishnan (2013), Information complexity in
bandit subset selection.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.methods.attribution import kl_lucb
from generator.methods.attribution.shapley_values import all_coalitions
from generator.methods.common.classifier_texts import predicted_labels
from generator.methods.common.explained_predictions import MaskableTokens, answer_masks
from generator.methods.common.perturbation import Masks, distinct_masks

Array = NDArray[np.float64]
SameLabel = NDArray[np.bool_]
"""(perturbed texts,), true where the prediction is that of the whole text."""

ROUNDING = 1e-12
"""Sums of chances that differ by less are equal."""


class ShortestAnchor(NamedTuple):
    """The anchor of an exhaustive search, in the order of the text."""

    anchor: tuple[int, ...]
    rivals: int  # other anchors of its size that reach the threshold
    reached: bool  # whether this one does


def anchor_precisions(same: SameLabel, keep: float) -> Array:
    """Compute the exact precision of every anchor.

    Args:
        same: (2^tokens,), whether each perturbed text is predicted alike, in the order
            of
            `all_coalitions`.
        keep: The chance that a token outside the anchor stays.

    Returns:
        (2^tokens,), from 0 to 1, in the same order.
    """
    tokens = len(same).bit_length() - 1
    sizes = all_coalitions(tokens).sum(axis=1)
    chances = keep**sizes * (1 - keep) ** (tokens - sizes)
    return _supersets(same * chances) / _supersets(chances)


def _supersets(values: Array) -> Array:
    """Sum, for each set, over all sets that hold it, (2^tokens,)."""
    tokens = len(values).bit_length() - 1
    sums = values.reshape((2,) * tokens)
    for axis in range(tokens):
        sums = np.flip(np.cumsum(np.flip(sums, axis), axis), axis)
    return sums.ravel()


def find_shortest(precisions: Array, threshold: float, longest: int) -> ShortestAnchor:
    """Find the shortest anchor whose precision reaches the threshold.

    Args:
        precisions: Precisions of all anchors, (2^tokens,).
        threshold: From 0 to 1.
        longest: How many tokens an anchor may have.

    Returns:
        Of several as short the most precise, of a tie the leftmost; where none of
        `longest`
        tokens reaches the threshold, the most precise of that length.
    """
    sets = all_coalitions(len(precisions).bit_length() - 1)
    sizes = sets.sum(axis=1)
    good = precisions >= threshold - ROUNDING
    size = min(longest, int(sizes[good].min(initial=longest)))
    rows = np.flatnonzero(sizes == size)
    best = rows[precisions[rows] >= precisions[rows].max() - ROUNDING]
    anchor = min(tuple(np.flatnonzero(sets[row]).tolist()) for row in best)
    reached = int(good[rows].sum())
    return ShortestAnchor(anchor, max(0, reached - 1), reached > 0)


Anchor = tuple[int, ...]
"""Places of tokens, in the order they were added."""

DrawRequests = Generator[Masks, SameLabel, None]
Places = list[int]


@dataclass(frozen=True)
class SearchRules:
    """The settings that end a search; the fields of the method say what each means."""

    threshold: float
    tolerance: float
    margin: float
    delta: float
    beam: int
    batch: int
    longest: int


class AnchorSearchResult(NamedTuple):
    """The result of a beam search."""

    anchor: Anchor
    reached: bool  # whether its share reached the threshold
    settled: bool  # whether the draws sufficed to say so
    unclear: int  # sizes at which they did not suffice to tell which sets are best


class AnchorCandidates:
    """Candidate anchors of one size, and what draws for their parents say of them."""

    def __init__(self, beam: Sequence[Anchor], rows: Masks, rules: SearchRules) -> None:
        """Extend each anchor of the beam by one token, or begin with the empty anchor."""
        grown = extend_anchors(beam, rows.shape[1])
        self.kept, self.rows, self.rules = beam or [()], rows, rules
        self.anchors = list(grown) or [()]
        self.parents = np.array(list(grown.values()) or [0])
        self.holds = match_candidates(rows, self.anchors)
        self.drawn = np.zeros((len(self.kept), len(rows)), np.bool_)
        self.same = self.drawn.copy()
        self.looks = 0

    def draw(self, which: Iterable[int]) -> DrawRequests:
        """Draw one batch for each parent of some candidates, then update all bounds.

        Args:
            which: Indices of candidates.

        Yields:
            The masks drawn.
        """
        parents = sorted({int(self.parents[one]) for one in which})
        spans = {one: self._span(one) for one in parents}
        same = yield np.concatenate(
            [
                keep_anchor(self.rows[span], self.kept[one])
                for one, span in spans.items()
            ]
        )
        for one, span in spans.items():
            size = span.stop - span.start
            self.drawn[one, span], self.same[one, span] = True, same[:size]
            same = same[size:]
        self.looks += 1
        self._count()

    def _span(self, parent: int) -> slice:
        start = int(self.drawn[parent].sum())
        return slice(start, min(start + self.rules.batch, len(self.rows)))

    def _count(self) -> None:
        """Compute shares and bounds of all candidates from what was drawn."""
        draws = (self.drawn[self.parents] & self.holds).sum(axis=1)
        hits = (self.same[self.parents] & self.holds).sum(axis=1)
        level = kl_lucb.confidence_level(
            len(self.anchors), self.looks, self.rules.delta
        )
        levels = level / np.maximum(draws, 1)
        self.means: Array = hits / np.maximum(draws, 1)
        self.low = kl_lucb.lower_bounds(self.means, levels)
        self.high = kl_lucb.upper_bounds(self.means, levels)

    def unspent(self, which: Iterable[int]) -> Places:
        """Return those of the given candidates for which more can be drawn."""
        return [one for one in which if not self.drawn[self.parents[one]].all()]

    def rank(self, which: Iterable[int]) -> Places:
        """Sort candidates by their shares, largest first; of a tie the leftmost."""
        return sorted(which, key=lambda i: (-self.means[i], sorted(self.anchors[i])))


def extend_anchors(beam: Iterable[Anchor], tokens: int) -> dict[Anchor, int]:
    """Extend each anchor by one token, every set of tokens once.

    Args:
        beam: The beam.
        tokens: Length of the text.

    Returns:
        New anchors, and the index of the one each grew from.
    """
    extended: dict[frozenset[int], tuple[Anchor, int]] = {}
    for number, anchor in enumerate(beam):
        for token in range(tokens):
            if token not in anchor:
                grown = ((*anchor, token), number)
                extended.setdefault(frozenset(grown[0]), grown)
    return dict(extended.values())


def match_candidates(rows: Masks, anchors: Sequence[Anchor]) -> Masks:
    """Return whether a draw, its parent's tokens in place, holds each candidate.

    Args:
        rows: (draws, tokens).
        anchors: Candidates; their last token is the new one.

    Returns:
        (anchors, draws).
    """
    if anchors == [()]:
        return np.ones((1, len(rows)), np.bool_)
    return np.ascontiguousarray(rows[:, [anchor[-1] for anchor in anchors]].T)


def keep_anchor(rows: Masks, anchor: Anchor) -> Masks:
    """Return masks (draws, tokens) with the anchor's tokens true in all of them."""
    masks = rows.copy()
    masks[:, list(anchor)] = True
    return masks


def search_anchor(
    draws: Callable[[int], Masks], tokens: int, rules: SearchRules
) -> Generator[Masks, SameLabel, AnchorSearchResult]:
    """Search for a short anchor that reaches the threshold.

    Args:
        draws: Called with a size; returns masks (most draws, tokens) for its
            candidates.
        tokens: Length of the text.
        rules: When to stop.

    Yields:
        Masks to predict.

    Returns:
        The first anchor to reach the threshold, else the best of the longest.
    """
    beam: list[Anchor] = []
    unclear = 0
    for size in range(min(rules.longest, tokens) + 1):
        candidates = AnchorCandidates(beam, draws(size), rules)
        yield from candidates.draw(range(len(candidates.anchors)))
        best, clear = yield from pick_best(candidates)
        unclear += not clear
        sure, open_ = yield from judge_candidates(candidates, best)
        if sure or open_:
            anchor = candidates.anchors[candidates.rank(sure or open_)[0]]
            return AnchorSearchResult(anchor, True, bool(sure), unclear)
        beam = [candidates.anchors[one] for one in best]
    return AnchorSearchResult(beam[0], False, True, unclear)


def pick_best(
    tried: AnchorCandidates,
) -> Generator[Masks, SameLabel, tuple[Places, bool]]:
    """Draw until it is clear which candidates are the best.

    Args:
        tried: The candidates.

    Yields:
        Masks to predict.

    Returns:
        The best candidates, best first, and whether the draws sufficed to tell.
    """
    beam, margin = tried.rules.beam, tried.rules.margin
    while True:
        order = tried.rank(range(len(tried.anchors)))
        top, rest = order[:beam], order[beam:]
        least, most = tried.low[top].min(), tried.high[rest].max(initial=0.0)
        if most - least <= margin:
            return top, True
        wrong = [one for one in top if tried.low[one] < most - margin]
        wrong += [one for one in rest if tried.high[one] > least + margin]
        more = tried.unspent(wrong)
        if not more:
            return top, False
        yield from tried.draw(more)


def judge_candidates(
    tried: AnchorCandidates, best: Sequence[int]
) -> Generator[Masks, SameLabel, tuple[Places, Places]]:
    """Draw until it is settled which candidates reach the threshold.

    Args:
        tried: The candidates.
        best: Indices of those to judge.

    Yields:
        Masks to predict.

    Returns:
        Those that reach it, and those that may when no draws are left.
    """
    threshold, slack = tried.rules.threshold, tried.rules.tolerance
    while True:
        good = [one for one in best if tried.means[one] >= threshold]
        sure = [one for one in good if tried.low[one] > threshold - slack]
        open_ = [one for one in good if one not in sure]
        bad = (one for one in best if tried.means[one] < threshold)
        may = [one for one in bad if tried.high[one] >= threshold + slack]
        more = tried.unspent([*open_, *may])
        if not more:
            return sure, open_
        yield from tried.draw(more)


T = TypeVar("T")
TOGETHER = 20
"""Searches that go on at a time, so that their draws fit into memory."""


class SearchSession(Generic[T]):
    """One search, and all predictions of its text so far."""

    def __init__(
        self, maskable: MaskableTokens, search: Generator[Masks, SameLabel, T]
    ) -> None:
        self.game, self.search = maskable, search
        self.known: dict[bytes, bool] = {}
        self.found: T | None = None

    def begin(self) -> None:
        """Advance to the first question; a search has at least one."""
        self._set_wanted(next(self.search))

    def _set_wanted(self, masks: Masks) -> None:
        self.different, self.back = distinct_masks(masks)
        self.keys = [row.tobytes() for row in np.packbits(self.different, axis=1)]

    def unasked_masks(self) -> Masks:
        """Return the masks of the current question that were not predicted yet."""
        new = [at for at, key in enumerate(self.keys) if key not in self.known]
        return np.asarray(self.different[new])

    def learn(self, masks: Masks, rows: Array) -> None:
        """Record predictions.

        Args:
            masks: (perturbed texts, tokens).
            rows: Probabilities, (perturbed texts, labels).
        """
        same = predicted_labels(rows) == self.game.case.label
        packed = (row.tobytes() for row in np.packbits(masks, axis=1))
        self.known.update(zip(packed, same.tolist(), strict=True))

    def advance(self) -> bool:
        """Send the answer to the search; return whether it has another question."""
        same = np.array([self.known[key] for key in self.keys], np.bool_)
        try:
            self._set_wanted(self.search.send(same[self.back]))
        except StopIteration as end:
            self.found = end.value
            return False
        return True


def run_searches(
    games: Sequence[MaskableTokens], searches: Sequence[Generator[Masks, SameLabel, T]]
) -> list[tuple[T, int]]:
    """Run many searches side by side.

    Args:
        games: The texts.
        searches: One for each text.

    Returns:
        What each search returned, and how many different texts it asked about.
    """
    sessions = [SearchSession(*pair) for pair in zip(games, searches, strict=True)]
    for start in range(0, len(sessions), TOGETHER):
        live = sessions[start : start + TOGETHER]
        for session in live:
            session.begin()
        while live:
            wanted = [(session.game, session.unasked_masks()) for session in live]
            for session, answers in zip(live, answer_masks(wanted), strict=True):
                session.learn(*answers)
            live = [session for session in live if session.advance()]
    return [(session.found, len(session.known)) for session in sessions]  # type: ignore[misc]


class AnchorPrecision(NamedTuple):
    """A precision, its 95 % interval, and the texts that it rests on.

    The interval has no width where these are all perturbed texts that hold the anchor.
    """

    value: float
    low: float
    high: float
    texts: int


def measure_precision(
    anchor: Anchor, fresh: Masks, keep: float
) -> Generator[Masks, SameLabel, AnchorPrecision]:
    """Measure the precision of an anchor on fresh draws, or on all texts if not more.

    Args:
        anchor: Places of tokens.
        fresh: Masks that the search did not see, (draws, tokens).
        keep: The chance that a token outside the anchor stays.

    Yields:
        Masks to predict.
    """
    tokens = fresh.shape[1]
    others = [token for token in range(tokens) if token not in anchor]
    if 2 ** len(others) > len(fresh):
        same = yield keep_anchor(fresh, anchor)
        return AnchorPrecision(
            *kl_lucb.confidence_interval(float(same.mean()), len(same)), len(same)
        )
    masks = np.ones((2 ** len(others), tokens), np.bool_)
    masks[:, others] = all_coalitions(len(others))
    same = yield masks
    return exact_precision(float(anchor_precisions(same, keep)[0]), len(same))


def exact_precision(value: float, texts: int) -> AnchorPrecision:
    """Return a precision that rests on all perturbed texts."""
    return AnchorPrecision(value, value, value, texts)
