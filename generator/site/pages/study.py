"""A study's own page, and which other studies are related to it.

Studies are related by the traits that both name, the rarer the better. A shared trait
counts by its kind, times the number of studies that do not have it. Whole numbers alone
are added, so that the order is the same on every machine; of equals the newer comes
first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.site.pages.base import Page, SiteData
from generator.site.pages.citation_files import cite_study
from generator.site.pages.lists import series_part
from generator.site.pages.people import find_licence
from generator.site.pages.post import Post, SharedTrait

WEIGHTS = {"tag": 4, "method": 3, "model": 2, "corpus": 2}
MOST = 3
"""Studies told of, and traits named of each."""


@dataclass(frozen=True, slots=True)
class RelatedStudy:
    """A related study, and what it shares, in words."""

    post: Post
    reason: str


def find_related(posts: Sequence[Post]) -> tuple[tuple[RelatedStudy, ...], ...]:
    """Find the studies related to each study.

    Traits are looked up and not compared, as a year of studies makes many pairs.

    Args:
        posts: Posts, newest first.

    Returns:
        For each post the nearest studies that share a trait, the nearest first.
    """
    having: dict[SharedTrait, list[int]] = {}
    for place, post in enumerate(posts):
        for trait in dict.fromkeys(post.traits):
            having.setdefault(trait, []).append(place)
    worth = {
        trait: WEIGHTS[trait.kind] * (len(posts) - len(places) + 1)
        for trait, places in having.items()
    }
    return tuple(nearest_studies(post, posts, having, worth) for post in posts)


def nearest_studies(
    post: Post,
    posts: Sequence[Post],
    having: Mapping[SharedTrait, Sequence[int]],
    worth: Mapping[SharedTrait, int],
) -> tuple[RelatedStudy, ...]:
    """Return the studies nearest to one of them.

    Args:
        post: The post of a study.
        posts: Posts, newest first.
        having: Indices into `posts` of the studies that have a trait.
        worth: What sharing each trait counts.

    Returns:
        The nearest studies, the nearest first.
    """
    sums: Counter[int] = Counter()
    for trait in dict.fromkeys(post.traits):
        for place in having[trait]:
            sums[place] += worth[trait]
    ranked = sorted((-total, place) for place, total in sums.items())
    others = [at for _, at in ranked if posts[at].path != post.path]
    return tuple(
        RelatedStudy(posts[at], describe_shared(shared_traits(post, posts[at], worth)))
        for at in others[:MOST]
    )


def shared_traits(
    post: Post, other: Post, worth: Mapping[SharedTrait, int]
) -> list[SharedTrait]:
    """Return the shared traits of two studies that count most.

    Args:
        post: The post of a study.
        other: The post of the other study.
        worth: What sharing each trait counts.

    Returns:
        The traits, the weightiest first.
    """
    both = [trait for trait in post.traits if trait in other.traits]
    return sorted(both, key=lambda trait: worth[trait], reverse=True)[:MOST]


def describe_shared(shared: Sequence[SharedTrait]) -> str:
    """Describe shared traits in words."""
    return ", ".join(f"{t.kind} {t.name.replace('_', ' ')}" for t in shared)


def pages(data: SiteData) -> Iterator[Page]:
    """Yield one page a study, with its neighbours in time.

    Args:
        data: Everything that pages are made of.
    """
    near = find_related(data.posts)
    for i, post in enumerate(data.posts):
        newer = data.posts[i - 1] if i else None
        older = data.posts[i + 1] if i + 1 < len(data.posts) else None
        context = {
            "post": post,
            "newer": newer,
            "older": older,
            "cite": cite_study(post, data),
            "licence": find_licence(post.licence or data.settings.licence),
        }
        yield Page(
            post.path,
            "study.html",
            post.title,
            post.summary,
            context | study_context(post, data, near[i]),
            post=post,
            origin=post.folder,
            figures=post.kinds,
        )


def study_context(
    post: Post, data: SiteData, related: tuple[RelatedStudy, ...]
) -> dict[str, object]:
    """Return the study's place in its series, and its related studies."""
    return {
        "part": series_part(post, data) if post.series else None,
        "related": related,
    }
