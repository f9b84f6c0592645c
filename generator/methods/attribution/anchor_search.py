"""The search for a short set of tokens that keeps a prediction: beam and KL-LUCB.

A search asks by yielding masks, (perturbed texts, tokens), and is sent whether each of
these texts is predicted like the whole one. So it knows no model, and many searches can
ask together.

1. Candidates of a size are the sets kept of the size before, each with one more token.
   The first is the empty set.
2. Perturbed texts are drawn for the sets kept, a batch at a time, and a text counts for
   each candidate that it happens to hold: of a long text a thousand draws say something
   of hundreds of candidates. Each size has draws of its own.
3. What is known of a candidate's precision are bounds, which hold for all candidates of
   the size at once, however often they are looked at (`klucb`). Texts are drawn until
   no candidate can be better, by more than a margin, than any of the best few.
4. More are drawn until it is settled whether these few reach the threshold, up to a
   tolerance. The first size at which one does ends the search.

Source: Ribeiro, Singh and Guestrin (2018), Anchors: high-precision model-agnostic
explanations, AAAI; Kaufmann and Kalyanakrishnan (2013), Information complexity in
bandit subset selection.

All perturbed texts of a short text, and how often each anchor keeps its prediction.

A text of n tokens has 2^n perturbed texts, one for each set of tokens that is kept. An
anchor's precision is the share, of those that hold it, which are still predicted alike,
each counted by its chance: `keep^k (1 − keep)^(n − k)` where k tokens are kept, the
same for all of them where `keep` is one half. So the precision of every anchor comes
from one pass over the answers, and the shortest that reaches a threshold is found by
looking at all: no shorter one exists.

Searches of many texts side by side: what they ask goes to the model in few calls.

Every search is a generator that yields masks over its text's tokens and is sent whether
the prediction stayed the same. In a round each search that is not done asks once, and
what none of its earlier rounds asked goes to the model, for all texts together. No
search knows of another, so what one finds does not depend on which others there are.

The precision of an anchor once it is chosen, on texts that it was not chosen by.
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
    """An anchor, in the order of the text."""

    anchor: tuple[int, ...]
    rivals: int  # other anchors of its size that reach the threshold
    reached: bool  # whether this one does


def anchor_precisions(same: SameLabel, keep: float) -> Array:
    """Of every anchor, (2^tokens,), in the order of `coalitions.every`."""
    tokens = len(same).bit_length() - 1
    sizes = all_coalitions(tokens).sum(axis=1)
    chances = keep**sizes * (1 - keep) ** (tokens - sizes)
    return _supersets(same * chances) / _supersets(chances)


def _supersets(values: Array) -> Array:
    """For each set the sum over all sets that hold it, (2^tokens,)."""
    tokens = len(values).bit_length() - 1
    sums = values.reshape((2,) * tokens)
    for axis in range(tokens):
        sums = np.flip(np.cumsum(np.flip(sums, axis), axis), axis)
    return sums.ravel()


def find_shortest(found: Array, threshold: float, longest: int) -> ShortestAnchor:
    """The shortest anchor whose precision (2^tokens,) reaches the threshold.

    Of several as short the most precise is taken, of a tie the leftmost. Where none of
    `longest` tokens reaches it, the most precise of that length.
    """
    sets = all_coalitions(len(found).bit_length() - 1)
    sizes = sets.sum(axis=1)
    good = found >= threshold - ROUNDING
    size = min(longest, int(sizes[good].min(initial=longest)))
    rows = np.flatnonzero(sizes == size)
    best = rows[found[rows] >= found[rows].max() - ROUNDING]
    anchor = min(tuple(np.flatnonzero(sets[row]).tolist()) for row in best)
    reached = int(good[rows].sum())
    return ShortestAnchor(anchor, max(0, reached - 1), reached > 0)


Anchor = tuple[int, ...]
"""Places of tokens, in the order they were added."""

DrawRequests = Generator[Masks, SameLabel, None]
Places = list[int]


@dataclass(frozen=True)
class SearchRules:
    """What ends a search; the fields of the method say what each means."""

    threshold: float
    tolerance: float
    margin: float
    delta: float
    beam: int
    batch: int
    longest: int


class AnchorSearchResult(NamedTuple):
    """What a search ends with."""

    anchor: Anchor
    reached: bool  # whether its share reached the threshold
    settled: bool  # whether the draws sufficed to say so
    unclear: int  # sizes at which they did not suffice to tell which sets are best


class AnchorCandidates:
    """Sets of one size, and what draws for the sets they grew from say of them."""

    def __init__(self, kept: Sequence[Anchor], rows: Masks, rules: SearchRules) -> None:
        """The sets kept, each with one more token; without any, the empty one."""
        grown = extend_anchors(kept, rows.shape[1])
        self.kept, self.rows, self.rules = kept or [()], rows, rules
        self.anchors = list(grown) or [()]
        self.parents = np.array(list(grown.values()) or [0])
        self.holds = match_candidates(rows, self.anchors)
        self.drawn = np.zeros((len(self.kept), len(rows)), np.bool_)
        self.same = self.drawn.copy()
        self.looks = 0

    def draw(self, which: Iterable[int]) -> DrawRequests:
        """One batch for each set that one of `which` grew from, and a look."""
        parents = sorted({int(self.parents[one]) for one in which})
        spans = {one: self._span(one) for one in parents}
        found = yield np.concatenate(
            [
                keep_anchor(self.rows[span], self.kept[one])
                for one, span in spans.items()
            ]
        )
        for one, span in spans.items():
            size = span.stop - span.start
            self.drawn[one, span], self.same[one, span] = True, found[:size]
            found = found[size:]
        self.looks += 1
        self._count()

    def _span(self, parent: int) -> slice:
        start = int(self.drawn[parent].sum())
        return slice(start, min(start + self.rules.batch, len(self.rows)))

    def _count(self) -> None:
        """Shares and bounds of all candidates, from what was drawn."""
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
        """Those for which more can be drawn."""
        return [one for one in which if not self.drawn[self.parents[one]].all()]

    def rank(self, which: Iterable[int]) -> Places:
        """By their shares, largest first; of a tie the leftmost."""
        return sorted(which, key=lambda i: (-self.means[i], sorted(self.anchors[i])))


def extend_anchors(kept: Iterable[Anchor], tokens: int) -> dict[Anchor, int]:
    """Each anchor with one more token, and which it grew from; each set once."""
    made: dict[frozenset[int], tuple[Anchor, int]] = {}
    for number, anchor in enumerate(kept):
        for token in range(tokens):
            if token not in anchor:
                grown = ((*anchor, token), number)
                made.setdefault(frozenset(grown[0]), grown)
    return dict(made.values())


def match_candidates(rows: Masks, anchors: Sequence[Anchor]) -> Masks:
    """Whether a draw, its parent's tokens kept, holds a candidate: (anchors, draws)."""
    if anchors == [()]:
        return np.ones((1, len(rows)), np.bool_)
    return np.ascontiguousarray(rows[:, [anchor[-1] for anchor in anchors]].T)


def keep_anchor(rows: Masks, anchor: Anchor) -> Masks:
    """`rows` with the anchor's tokens kept in all of them."""
    found = rows.copy()
    found[:, list(anchor)] = True
    return found


def search_anchor(
    draws: Callable[[int], Masks], tokens: int, rules: SearchRules
) -> Generator[Masks, SameLabel, AnchorSearchResult]:
    """The shortest anchor that is found; `draws(size)` are (most draws, tokens)."""
    kept: list[Anchor] = []
    unclear = 0
    for size in range(min(rules.longest, tokens) + 1):
        tried = AnchorCandidates(kept, draws(size), rules)
        yield from tried.draw(range(len(tried.anchors)))
        best, clear = yield from pick_best(tried)
        unclear += not clear
        sure, open_ = yield from judge_candidates(tried, best)
        if sure or open_:
            anchor = tried.anchors[tried.rank(sure or open_)[0]]
            return AnchorSearchResult(anchor, True, bool(sure), unclear)
        kept = [tried.anchors[one] for one in best]
    return AnchorSearchResult(kept[0], False, True, unclear)


def pick_best(
    tried: AnchorCandidates,
) -> Generator[Masks, SameLabel, tuple[Places, bool]]:
    """The best candidates, best first, and whether the draws sufficed to tell."""
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
    """Those that reach the threshold, and those that may, their draws being spent."""
    asked, slack = tried.rules.threshold, tried.rules.tolerance
    while True:
        good = [one for one in best if tried.means[one] >= asked]
        sure = [one for one in good if tried.low[one] > asked - slack]
        open_ = [one for one in good if one not in sure]
        bad = (one for one in best if tried.means[one] < asked)
        may = [one for one in bad if tried.high[one] >= asked + slack]
        more = tried.unspent([*open_, *may])
        if not more:
            return sure, open_
        yield from tried.draw(more)


T = TypeVar("T")
TOGETHER = 20
"""Searches that go on at a time, so that their draws fit into memory."""


class SearchSession(Generic[T]):
    """One search, and all that the model has said of its text."""

    def __init__(
        self, maskable: MaskableTokens, search: Generator[Masks, SameLabel, T]
    ) -> None:
        self.game, self.search = maskable, search
        self.known: dict[bytes, bool] = {}
        self.found: T | None = None

    def begin(self) -> None:
        """Up to its first question; a search has one at least."""
        self._set_wanted(next(self.search))

    def _set_wanted(self, masks: Masks) -> None:
        self.different, self.back = distinct_masks(masks)
        self.keys = [row.tobytes() for row in np.packbits(self.different, axis=1)]

    def unasked_masks(self) -> Masks:
        """What it wants to know and the model was not asked yet."""
        new = [at for at, key in enumerate(self.keys) if key not in self.known]
        return np.asarray(self.different[new])

    def learn(self, masks: Masks, rows: Array) -> None:
        """What the model said of `masks`, probabilities (perturbed texts, labels)."""
        same = predicted_labels(rows) == self.game.case.label
        packed = (row.tobytes() for row in np.packbits(masks, axis=1))
        self.known.update(zip(packed, same.tolist(), strict=True))

    def advance(self) -> bool:
        """Tell it, and hear its next question; false where it has none."""
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
    """What each search found, and about how many different texts it asked."""
    talks = [SearchSession(*pair) for pair in zip(games, searches, strict=True)]
    for start in range(0, len(talks), TOGETHER):
        live = talks[start : start + TOGETHER]
        for talk in live:
            talk.begin()
        while live:
            wanted = [(talk.game, talk.unasked_masks()) for talk in live]
            for talk, told in zip(live, answer_masks(wanted), strict=True):
                talk.learn(*told)
            live = [talk for talk in live if talk.advance()]
    return [(talk.found, len(talk.known)) for talk in talks]  # type: ignore[misc]


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
    """Ask about the draws `fresh` (draws, tokens), or about all texts if not more."""
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
    """A precision that all perturbed texts were asked for."""
    return AnchorPrecision(value, value, value, texts)
