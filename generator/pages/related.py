"""Which studies are related to one, and why: what both name, the rarer the better.

A trait that two studies share counts by its kind, times the number of studies that do
not have it. Whole numbers alone are added, so that the order is the same on every
machine; of equals the newer comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from generator.pages.base import Post, Trait

WEIGHTS = {"tag": 4, "method": 3, "model": 2, "corpus": 2}
MOST = 3
"""Studies told of, and traits named of each."""


@dataclass(frozen=True, slots=True)
class Related:
    """A related study, and what it shares, in words."""

    post: Post
    reason: str


def related(post: Post, posts: Sequence[Post]) -> tuple[Related, ...]:
    """The studies nearest to `post`, the nearest first; none that shares nothing."""
    having = Counter(trait for one in posts for trait in one.traits)

    def worth(trait: Trait) -> int:
        return WEIGHTS[trait.kind] * (len(posts) - having[trait] + 1)

    ranked = []
    for place, other in enumerate(posts):
        shared = [trait for trait in post.traits if trait in other.traits]
        if other.path != post.path and shared:
            shared.sort(key=worth, reverse=True)
            ranked.append((-sum(map(worth, shared)), place, shared[:MOST]))
    ranked.sort(key=lambda one: one[:2])
    return tuple(Related(posts[at], told(why)) for _, at, why in ranked[:MOST])


def told(shared: Sequence[Trait]) -> str:
    """What is shared, in words."""
    return ", ".join(f"{t.kind} {t.name.replace('_', ' ')}" for t in shared)
