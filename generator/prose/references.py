"""A published work, as a list of references prints it and a citation names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from slugify import slugify

FEW = 2
"""Authors that a citation names; of more it names the first."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person, or a body that has only one name."""

    family: str
    given: str = ""

    @property
    def initials(self) -> str:
        """Family name and initials: `Wallace, B. C.`."""
        parts = re.findall(r"(-?)(\w)[\w’'.]*", self.given)
        short = "".join(f"{hyphen or ' '}{letter}." for hyphen, letter in parts)
        return f"{self.family}, {short.strip()}" if short else self.family

    @property
    def full(self) -> str:
        """Given name and family name."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Reference:
    """One work. Every field is plain text; what is unknown is empty."""

    key: str
    kind: str
    """BibTeX's word for it: `article`, `inproceedings`, `misc` …"""
    authors: tuple[Name, ...]
    title: str
    year: str = ""
    venue: str = ""
    """The journal, the proceedings, the publisher or the institution."""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    arxiv: str = ""
    url: str = ""
    suffix: str = ""
    """A letter where several works of a page have the same authors and year."""
    others: bool = False
    """Whether there are authors beyond those named."""
    uses: tuple[str, ...] = ()
    """Ids of the places of the page that cite it."""

    @property
    def id(self) -> str:
        """Where the list of references has it."""
        return f"bib-{self.key}"

    @property
    def names(self) -> str:
        """Who wrote it, as a citation says: `Jain & Wallace`, `Ribeiro et al.`."""
        families = [name.family for name in self.authors]
        if self.others or len(families) > FEW:
            return f"{families[0]} et al."
        return " & ".join(families)

    @property
    def when(self) -> str:
        """The year with its letter, `n.d.` where there is none."""
        return f"{self.year or 'n.d.'}{self.suffix}"

    @property
    def label(self) -> str:
        """What a citation says: `Jain & Wallace, 2019`."""
        return f"{self.names}, {self.when}"

    @property
    def writers(self) -> str:
        """All authors, as the list of references has them."""
        names = [name.initials for name in self.authors]
        if self.others:
            return f"{', '.join(names)}, et al."
        return ", & ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)

    @property
    def where(self) -> str:
        """Where it appeared: venue, volume and pages."""
        return ", ".join(part for part in (self.venue, self.volume, self.pages) if part)

    @property
    def text(self) -> str:
        """All of it as one line of text."""
        stop = "" if self.title.endswith(("?", "!", ".")) else "."
        where = f" {self.where}." if self.where else ""
        return f"{self.writers} ({self.when}). {self.title}{stop}{where}"

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """What to call its addresses, and the addresses, all of them https."""
        found = []
        if self.doi:
            found.append(
                ("doi", f"https://doi.org/{quote(self.doi, safe='/():;.,-_')}")
            )
        if self.arxiv:
            found.append(("arXiv", f"https://arxiv.org/abs/{self.arxiv}"))
        if self.url:
            found.append(("link", self.url))
        return tuple(found)


def in_order(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """By author, then year, then title."""

    def order(one: Reference) -> tuple[str, str, str, str]:
        names = " ".join(name.family for name in one.authors)
        return slugify(names), one.year or "9999", slugify(one.title), one.key

    return tuple(sorted(references, key=order))


def told_apart(references: Iterable[Reference]) -> dict[str, Reference]:
    """References by key, with a letter where two would be cited alike."""
    found: dict[str, Reference] = {}
    alike: dict[str, list[Reference]] = {}
    for one in in_order(references):
        alike.setdefault(one.label, []).append(one)
    for same in alike.values():
        for i, one in enumerate(same):
            letter = chr(ord("a") + i) if len(same) > 1 else ""
            found[one.key] = replace(one, suffix=letter)
    return found


def cited(
    references: Mapping[str, Reference], uses: Mapping[str, list[str]]
) -> tuple[Reference, ...]:
    """The references that a page uses, in order, with the places that use them."""
    return in_order(replace(references[k], uses=tuple(v)) for k, v in uses.items())
