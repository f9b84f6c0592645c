"""A post: what other pages say of a study, and, unread until it is asked for, its own.

Most posts of a rendering are those of the rendering before, on pages that need not be
drawn again: only what lists and searches say of them is looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup
from slugify import slugify

from generator.content import Files
from generator.figures.thumbnails import Thumbnail
from generator.pages.graded import Grade
from generator.pages.records import (
    MONTHS,
    Change,
    Claim,
    Download,
    Entry,
    Facts,
    Named,
    Section,
    Trait,
    in_words,
    tally,
)
from generator.settings import Person
from generator.writeup import Reference


@dataclass(frozen=True)
class Article:
    """What a study's own page and the feeds show of it."""

    body: tuple[Markup, ...] = ()
    contents: tuple[Entry, ...] = ()
    facts: tuple[Facts, ...] = ()
    downloads: tuple[Download, ...] = ()
    references: tuple[Reference, ...] = ()
    """Works that the write-up cites, in the order of their list."""
    content: str = ""
    """The write-up as HTML for feeds, its links those of the page."""


@dataclass(frozen=True)
class Teaser:
    """What other pages say of a study."""

    path: str
    folder: str
    title: str
    summary: str
    date: dt.date
    tags: tuple[Named, ...]
    category: Named
    authors: tuple[str, ...]
    draft: bool
    claims: tuple[Claim, ...] = ()
    minutes: int = 1
    figures: int = 0
    kinds: tuple[str, ...] = ()
    """Kinds of figures on its page, sorted."""
    models: int = 0
    strip: Thumbnail | None = None
    picture: Thumbnail | None = None
    picture_id: str = ""
    picture_number: int = 0
    grades: tuple[Grade, ...] = ()
    marks: tuple[str, ...] = ()
    """What is true of it today: that it is scheduled, stale, not collected."""
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
    sections: tuple[Section, ...] = ()
    """What a search finds of it."""
    traits: tuple[Trait, ...] = ()
    """What other studies may have in common with it."""

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


class Unread:
    """An article that is read when it is asked for."""

    def __init__(self, read: Callable[[], Article]) -> None:
        self._read = read

    @cached_property
    def article(self) -> Article:
        """It."""
        return self._read()


NOTHING = Unread(Article)


@dataclass(frozen=True)
class Post(Teaser):
    """A study, ready to be put on pages."""

    unread: Unread = field(default=NOTHING, repr=False, compare=False)
    """What stands on its own page."""
    files: Files = field(default_factory=dict, repr=False, compare=False)
    """Paths in the site, and what to put there."""
    key: str = ""
    """The hash of everything it follows from, "" where nobody knows."""
    outside: str = ""
    """The hash of what other pages say of it, "" where nobody knows."""

    @property
    def article(self) -> Article:
        """What stands on its own page."""
        return self.unread.article
