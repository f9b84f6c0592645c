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
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.methods import klucb
from generator.methods.anchor_space import Same
from generator.methods.perturbing import Masks

Anchor = tuple[int, ...]
"""Places of tokens, in the order they were added."""
Array = NDArray[np.float64]
Drawing = Generator[Masks, Same, None]
Places = list[int]


@dataclass(frozen=True)
class Rules:
    """What ends a search; the fields of the method say what each means."""

    threshold: float
    tolerance: float
    margin: float
    delta: float
    beam: int
    batch: int
    longest: int


class Found(NamedTuple):
    """What a search ends with."""

    anchor: Anchor
    reached: bool  # whether its share reached the threshold
    settled: bool  # whether the draws sufficed to say so
    unclear: int  # sizes at which they did not suffice to tell which sets are best


class Candidates:
    """Sets of one size, and what draws for the sets they grew from say of them."""

    def __init__(self, kept: Sequence[Anchor], rows: Masks, rules: Rules) -> None:
        """The sets kept, each with one more token; without any, the empty one."""
        grown = extended(kept, rows.shape[1])
        self.kept, self.rows, self.rules = kept or [()], rows, rules
        self.anchors = list(grown) or [()]
        self.parents = np.array(list(grown.values()) or [0])
        self.holds = held(rows, self.anchors)
        self.drawn = np.zeros((len(self.kept), len(rows)), np.bool_)
        self.same = self.drawn.copy()
        self.looks = 0

    def draw(self, which: Iterable[int]) -> Drawing:
        """One batch for each set that one of `which` grew from, and a look."""
        parents = sorted({int(self.parents[one]) for one in which})
        spans = {one: self._span(one) for one in parents}
        found = yield np.concatenate(
            [holding(self.rows[span], self.kept[one]) for one, span in spans.items()]
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
        level = klucb.level(len(self.anchors), self.looks, self.rules.delta)
        levels = level / np.maximum(draws, 1)
        self.means: Array = hits / np.maximum(draws, 1)
        self.low = klucb.lower(self.means, levels)
        self.high = klucb.upper(self.means, levels)

    def unspent(self, which: Iterable[int]) -> Places:
        """Those for which more can be drawn."""
        return [one for one in which if not self.drawn[self.parents[one]].all()]

    def ranked(self, which: Iterable[int]) -> Places:
        """By their shares, largest first; of a tie the leftmost."""
        return sorted(which, key=lambda i: (-self.means[i], sorted(self.anchors[i])))


def extended(kept: Iterable[Anchor], tokens: int) -> dict[Anchor, int]:
    """Each anchor with one more token, and which it grew from; each set once."""
    made: dict[frozenset[int], tuple[Anchor, int]] = {}
    for number, anchor in enumerate(kept):
        for token in range(tokens):
            if token not in anchor:
                grown = ((*anchor, token), number)
                made.setdefault(frozenset(grown[0]), grown)
    return dict(made.values())


def held(rows: Masks, anchors: Sequence[Anchor]) -> Masks:
    """Whether a draw, its parent's tokens kept, holds a candidate: (anchors, draws)."""
    if anchors == [()]:
        return np.ones((1, len(rows)), np.bool_)
    return np.ascontiguousarray(rows[:, [anchor[-1] for anchor in anchors]].T)


def holding(rows: Masks, anchor: Anchor) -> Masks:
    """`rows` with the anchor's tokens kept in all of them."""
    found = rows.copy()
    found[:, list(anchor)] = True
    return found


def search(
    draws: Callable[[int], Masks], tokens: int, rules: Rules
) -> Generator[Masks, Same, Found]:
    """The shortest anchor that is found; `draws(size)` are (most draws, tokens)."""
    kept: list[Anchor] = []
    unclear = 0
    for size in range(min(rules.longest, tokens) + 1):
        tried = Candidates(kept, draws(size), rules)
        yield from tried.draw(range(len(tried.anchors)))
        best, clear = yield from picked(tried)
        unclear += not clear
        sure, open_ = yield from judged(tried, best)
        if sure or open_:
            anchor = tried.anchors[tried.ranked(sure or open_)[0]]
            return Found(anchor, True, bool(sure), unclear)
        kept = [tried.anchors[one] for one in best]
    return Found(kept[0], False, True, unclear)


def picked(tried: Candidates) -> Generator[Masks, Same, tuple[Places, bool]]:
    """The best candidates, best first, and whether the draws sufficed to tell."""
    beam, margin = tried.rules.beam, tried.rules.margin
    while True:
        order = tried.ranked(range(len(tried.anchors)))
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


def judged(
    tried: Candidates, best: Sequence[int]
) -> Generator[Masks, Same, tuple[Places, Places]]:
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
