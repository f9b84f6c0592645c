"""What a post is made of: finished facts and fragments, and the words for them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from slugify import slugify

from generator.claims.rule import VERDICTS
from generator.figures.estimates import Tick, Whisker

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
    words: tuple[str, ...] = ()  # by which it is found, those of its tokens too
    figure: bool = False


def in_words(date: dt.date) -> str:
    """A date in words, in no locale's way."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


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
