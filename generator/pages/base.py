"""What pages are made of: posts with finished fragments, and nothing that draws.

A kind of page is a function from `SiteData` to the pages it wants; `PAGES` in this
folder's `__init__` lists them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup
from slugify import slugify

from generator.claims.rule import VERDICTS
from generator.errors import StudyError, quoted
from generator.figures.estimates import Tick, Whisker
from generator.figures.thumbnail import Picture
from generator.pages.graded import Grade
from generator.settings import Person, SiteSettings
from generator.writeup import Reference

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A tag, a category or a year, and the page that lists its studies."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a page's list of contents."""

    id: str
    text: str
    figure: int = 0  # its number, 0 for a heading


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with its verdict, the estimate it rests on and what that is held to."""

    name: str  # the page's anchor is `claim-` and this
    claim: str
    verdict: str
    reason: str  # why it is undecided
    whisker: Whisker
    quantity: str
    expected: str  # where the estimate should lie, in words
    against: Whisker | None  # what it is compared with
    bounds: tuple[Tick, ...]  # ends of where it should lie, given a margin
    ticks: tuple[Tick, ...]
    figure: str = ""  # id of the figure that draws it
    number: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of provenance."""

    name: str
    text: str
    path: str = ""
    hash: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about one thing: a corpus, a model, an artifact."""

    title: str
    lines: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """A file beside a page."""

    name: str
    path: str
    kind: str
    size: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a study after it was published."""

    date: dt.date
    kind: str  # update or correction
    text: str

    @property
    def day(self) -> str:
        """The date in words."""
        return in_words(self.date)


@dataclass(frozen=True, slots=True)
class Trait:
    """What a study can share with another: a tag, a model, a method, a corpus."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a search finds: a section of a write-up, or a figure."""

    id: str
    title: str
    text: str
    words: tuple[str, ...] = ()  # those of tokens, which the text does not hold
    figure: bool = False


@dataclass(frozen=True)
class Post:
    """A study, ready to be put on pages."""

    path: str
    folder: str
    title: str
    summary: str
    date: dt.date
    tags: tuple[Named, ...]
    category: Named
    authors: tuple[str, ...]
    draft: bool
    body: tuple[Markup, ...]
    contents: tuple[Entry, ...]
    claims: tuple[Claim, ...]
    facts: tuple[Facts, ...]
    downloads: tuple[Download, ...]
    minutes: int
    figures: int
    models: int
    strip: Picture | None = None
    picture: Picture | None = None
    picture_id: str = ""
    picture_number: int = 0
    grades: tuple[Grade, ...] = ()
    marks: tuple[str, ...] = ()
    """What is true of it today: that it is scheduled, stale, not collected."""
    references: tuple[Reference, ...] = ()
    """Works that the write-up cites, in the order of their list."""
    changes: tuple[Change, ...] = ()
    """Updates and corrections, newest first."""
    licence: str = ""
    """The study's own; the site's holds where it is empty."""
    people: tuple[Person, ...] = ()
    """The authors with what the site knows of them."""
    card: str = ""
    """Path of the card that other sites show (1200 by 630), "" where there is none."""
    card_alt: str = ""
    series: tuple[Named, ...] = ()
    """The series that the study is a part of; none or one."""
    aliases: tuple[str, ...] = ()
    """Paths that lead to the study too."""
    sampling: str = ""
    """How the author chose the texts that figures show, "" if not said."""
    content: str = ""
    """The write-up as HTML for feeds, its links those of the page."""
    sections: tuple[Section, ...] = ()
    """What a search finds of it."""
    traits: tuple[Trait, ...] = ()
    """What other studies may have in common with it."""
    files: dict[str, bytes | Path] = field(default_factory=dict)
    """Paths in the site, and what to put there."""

    @property
    def anchor(self) -> str:
        """Its id on pages that list studies."""
        return f"study-{slugify(self.folder)}"

    @property
    def tally(self) -> str:
        """How many claims came to what, in words."""
        return tally(self.claims)

    @property
    def day(self) -> str:
        """The date in words, in no locale's way."""
        return in_words(self.date)

    @property
    def updated(self) -> dt.date:
        """The day of the newest change, the date itself where there is none."""
        return max([self.date, *(change.date for change in self.changes)])

    @property
    def updated_day(self) -> str:
        """The day of the newest change in words."""
        return in_words(self.updated)

    @property
    def day_short(self) -> str:
        """The date in few words."""
        return f"{self.date.day} {MONTHS[self.date.month - 1][:3]} {self.date.year}"


@dataclass(frozen=True, slots=True)
class MethodPage:
    """What a method says of itself."""

    name: str
    path: str
    title: str
    text: Markup
    settings: tuple[tuple[str, str, Markup], ...]  # name, default, meaning


@dataclass(frozen=True)
class SiteData:
    """Everything that pages are made of. Posts are newest first."""

    settings: SiteSettings
    posts: tuple[Post, ...]
    methods: tuple[MethodPage, ...]
    base_url: str = ""

    def address(self, path: str) -> str:
        """The address of a path of the site; the path itself without a base address."""
        own = path.removesuffix("index.html")
        return f"{self.base_url}{own}" if self.base_url else path

    def listed(self, kind: str) -> dict[str, tuple[Named, tuple[Post, ...]]]:
        """Posts by the path of their tags, category, series or year, sorted by name."""
        found: dict[str, tuple[Named, list[Post]]] = {}
        for post in self.posts:
            for named in names(post, kind):
                first, posts = found.setdefault(named.path, (named, []))
                if first.name.casefold() != named.name.casefold():
                    raise StudyError(
                        f"{post.folder}: {quoted(named.name)} and {quoted(first.name)} "
                        f"have one address, {named.path}; rename one"
                    )
                if post not in posts:
                    posts.append(post)
        order = sorted(found, key=lambda path: found[path][0].name.casefold())
        return {path: (found[path][0], tuple(found[path][1])) for path in order}


@dataclass(frozen=True)
class Page:
    """One address: its template and what the template needs."""

    path: str
    template: str
    title: str
    description: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    post: Post | None = None
    """The study whose own page it is."""
    refresh: str = ""
    """The page to go to at once, as a path of the site."""
    origin: str = ""
    """What gave the page its address, for messages about two that have one."""
    feeds: tuple[Named, ...] = ()
    """Feeds of what the page lists, besides the one of the site."""
    scripts: tuple[str, ...] = ()
    """Scripts that no other page needs, by their names among the assets."""

    @property
    def noindex(self) -> bool:
        """Whether search engines should leave the page out."""
        return bool(self.refresh) or self.path == "404.html"


Pages = Callable[[SiteData], Iterator[Page]]
"""A kind of page."""


def in_words(date: dt.date) -> str:
    """A date in words, in no locale's way."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def names(post: Post, kind: str) -> tuple[Named, ...]:
    """A post's tags, its category, its series or its year."""
    if kind == "tags":
        return post.tags
    if kind == "series":
        return post.series
    if kind == "categories":
        return (post.category,)
    return (Named(str(post.date.year), f"{post.date.year:04d}/index.html"),)


def tally(claims: Iterable[Claim]) -> str:
    """How many of `claims` came to what, as in "3 supported, 1 undecided"."""
    found = Counter(claim.verdict for claim in claims)
    return ", ".join(f"{found[v]} {v}" for v in VERDICTS if found[v])


def tag(name: str) -> Named:
    """A tag and its page."""
    return Named(name, f"tags/{slugify(name)}/index.html")


def category(name: str) -> Named:
    """A category and its page."""
    return Named(name, f"categories/{slugify(name)}/index.html")


def series(name: str) -> Named:
    """A series and its page."""
    return Named(name, f"series/{slugify(name)}/index.html")


def study_path(category: str, date: dt.date, slug: str) -> str:
    """Where a study's page lies."""
    return f"{slugify(category)}/{date:%Y/%m/%d}/{slug}/index.html"
