"""Every claim of the site on one page, with its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from generator.claims.rule import VERDICTS
from generator.pages.base import Page, SiteData
from generator.pages.records import tally


def pages(data: SiteData) -> Iterator[Page]:
    """One page: studies with claims, newest first, and a choice of verdicts."""
    studies = tuple(post for post in data.posts if post.claims)
    every = tuple(chain.from_iterable(post.claims for post in studies))
    found = [v for v in VERDICTS if any(claim.verdict == v for claim in every)]
    choices = [("all", "view-all", f"all {len(every)}", True)]
    choices += [
        (slug, f"view-{slug}", verdict, False)
        for verdict, slug in ((v, v.replace(" ", "-")) for v in found)
    ]
    context = {"studies": studies, "tally": tally(every), "choices": tuple(choices)}
    said = "What the studies say, and whether their numbers support it."
    yield Page("claims/index.html", "claims.html", "Claims", said, context)
