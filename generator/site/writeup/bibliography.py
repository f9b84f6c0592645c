"""The bibliography `references.bib`: the study's own, else the one in `studies/`.

Every mistake of the file is reported at once, with its line: an entry that is not
closed, a key or a field given twice, no title, an address that is not https.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from posixpath import dirname
from typing import Any
from urllib.parse import quote, urlsplit

from slugify import slugify

from generator.core.errors import WriteUpError, quote_text
from generator.core.files import read_regular_file
from generator.site.writeup.source import KEY

FEW = 2
"""Authors that a citation names; of more it names the first."""


@dataclass(frozen=True, slots=True)
class AuthorName:
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
class BibliographyReference:
    """A published work. Every field is plain text; what is unknown is empty."""

    key: str
    kind: str
    """BibTeX's word for it: `article`, `inproceedings`, `misc` …"""
    authors: tuple[AuthorName, ...]
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
        """Id of the work in the list of references."""
        return f"bib-{self.key}"

    @property
    def names(self) -> str:
        """The authors as a citation names them: `Jain & Wallace`, `Ribeiro et al.`."""
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
        """The text of a citation: `Jain & Wallace, 2019`."""
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
        """Where the work appeared: venue, volume and pages."""
        return ", ".join(part for part in (self.venue, self.volume, self.pages) if part)

    @property
    def text(self) -> str:
        """The whole reference as one line of text."""
        stop = "" if self.title.endswith(("?", "!", ".")) else "."
        where = f" {self.where}." if self.where else ""
        return f"{self.writers} ({self.when}). {self.title}{stop}{where}"

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Names of the work's addresses, and the addresses, all of them https."""
        named_addresses = []
        if self.doi:
            named_addresses.append(
                ("doi", f"https://doi.org/{quote(self.doi, safe='/():;.,-_')}")
            )
        if self.arxiv:
            named_addresses.append(("arXiv", f"https://arxiv.org/abs/{self.arxiv}"))
        if self.url:
            named_addresses.append(("link", self.url))
        return tuple(named_addresses)


def sort_references(
    references: Iterable[BibliographyReference],
) -> tuple[BibliographyReference, ...]:
    """Sort references by author, then year, then title."""

    def order(one: BibliographyReference) -> tuple[str, str, str, str]:
        names = " ".join(name.family for name in one.authors)
        return slugify(names), one.year or "9999", slugify(one.title), one.key

    return tuple(sorted(references, key=order))


def disambiguate(
    references: Iterable[BibliographyReference],
) -> dict[str, BibliographyReference]:
    """Add letters to the years of references that would be cited alike.

    Args:
        references: The references.

    Returns:
        The references by key.
    """
    lettered: dict[str, BibliographyReference] = {}
    alike: dict[str, list[BibliographyReference]] = {}
    for one in sort_references(references):
        alike.setdefault(one.label, []).append(one)
    for same in alike.values():
        for i, one in enumerate(same):
            letter = chr(ord("a") + i) if len(same) > 1 else ""
            lettered[one.key] = replace(one, suffix=letter)
    return lettered


def cited_references(
    references: Mapping[str, BibliographyReference], uses: Mapping[str, list[str]]
) -> tuple[BibliographyReference, ...]:
    """Return the references that a page cites, sorted.

    Args:
        references: The references by key.
        uses: For each cited key the ids of the places that cite it.

    Returns:
        The references with their places.
    """
    return sort_references(
        replace(references[k], uses=tuple(v)) for k, v in uses.items()
    )


FILE = "references.bib"
LARGEST = 1_000_000
"""Bytes of a bibliography."""
VENUES = (
    "journal", "booktitle", "howpublished", "school", "institution", "publisher",
    "organization",
)  # fmt: skip
BODIES = ("organization", "institution", "publisher")
"""Who is named where a work has no author."""


def find_bibliography(folder: Path, shown: str) -> tuple[Path, str] | None:
    """Find the bibliography of a study.

    Args:
        folder: The study's folder.
        shown: The write-up's path as messages print it.

    Returns:
        Path of the file and its name in messages, None if there is none.
    """
    own = f"{dirname(shown)}/{FILE}"
    common = f"{dirname(dirname(shown)) or '.'}/{FILE}".removeprefix("./")
    for path, name in ((folder / FILE, own), (folder.parent / FILE, common)):
        if os.path.lexists(path):
            return path, name
    return None


def read_bibliography(path: Path, shown: str) -> Mapping[str, BibliographyReference]:
    """Read a bibliography.

    Args:
        path: Path of the file.
        shown: The file's path as messages print it.

    Returns:
        The references by key.

    Raises:
        WriteUpError: With every problem of the file.
    """
    try:
        data = read_regular_file(path)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise WriteUpError(f"{shown}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise WriteUpError(f"{shown}:{line}: not UTF-8; save the file so") from error
    if len(data) > LARGEST:
        raise WriteUpError(f"{shown}: is larger than {LARGEST:,} bytes")
    return parse_references(text.replace("\r\n", "\n"), shown)


@lru_cache(maxsize=64)
def parse_references(text: str, shown: str) -> Mapping[str, BibliographyReference]:
    """Parse the text of a bibliography.

    Args:
        text: Text of the file.
        shown: The file's path as messages print it.

    Returns:
        The references by key.

    Raises:
        WriteUpError: With every problem of the file.
    """
    library = parse_entries(text)
    problems = [
        (block.start_line, describe_broken(block)) for block in library.failed_blocks
    ]
    references: dict[str, BibliographyReference] = {}
    for entry in library.entries:
        fields = {k.lower(): field.value for k, field in entry.fields_dict.items()}
        mistakes = list(entry_problems(entry.key, fields))
        problems += [(entry.start_line, what) for what in mistakes]
        if not mistakes:
            references[entry.key] = build_reference(
                entry.key, entry.entry_type.lower(), fields
            )
    if problems:
        lines = sorted({(line or 0, what) for line, what in problems})
        raise WriteUpError(*(f"{shown}:{line + 1}: {what}" for line, what in lines))
    return references


def parse_entries(text: str) -> Any:  # noqa: ANN401 - bibtexparser exports no types
    """Parse text with bibtexparser, names divided into their parts."""
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415 - slow to import
    from bibtexparser.middlewares import (  # noqa: PLC0415 - slow to import
        SeparateCoAuthors,
        SplitNameParts,
    )

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # we tell it all
    parts = [SeparateCoAuthors(), SplitNameParts()]
    return parse_string(text, append_middleware=parts)


def describe_broken(block: Any) -> str:  # noqa: ANN401 - bibtexparser is untyped
    """Describe what is wrong with a block that could not be read."""
    name = type(block).__name__
    if name == "DuplicateBlockKeyBlock":
        first = block.previous_block.start_line + 1
        return f"a second entry {quote_text(block.key)}; the first is on line {first}"
    if name == "DuplicateFieldKeyBlock":
        twice = ", ".join(sorted(block.duplicate_keys))
        return f"entry gives {twice} twice; keep one"
    error = getattr(block.error, "abort_reason", "") or block.error
    reason = quote_text(" ".join(str(error).replace("`", "").split()), 160)[1:-1]
    hint = "; look for a missing brace" if name == "ParsingFailedBlock" else ""
    return f"entry cannot be read: {reason}{hint}"


def entry_problems(key: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an entry lacks or may not hold.

    Args:
        key: Key of the entry.
        fields: The fields of the entry by name.
    """
    name = quote_text(key)
    if not re.fullmatch(KEY, key):
        yield f"entry {name}: a key is letters, digits, _ : . and -"
    if not plain_field(fields.get("title", "")):
        yield f"entry {name} has no title"
    if not read_people(fields):
        yield f"entry {name} has no author; give author, editor or organization"
    for field, good in CHECKS.items():
        value = plain_field(str(fields.get(field, "")))
        if value and (problem := good(value)):
            yield f"entry {name}: {field} {quote_text(value)} {problem}"


def year_problem(text: str) -> str:
    """Return the reason why a year is not valid, "" if it is."""
    return "" if re.fullmatch(r"\d{4}", text) else "is no year of four digits"


def doi_problem(text: str) -> str:
    """Return the reason why a DOI is not valid, "" if it is."""
    good = re.fullmatch(r"10\.\d{4,9}/[^\s<>\"]+", bare_doi(text))
    return "" if good else "is no DOI; expected 10.…/…"


def url_problem(text: str) -> str:
    """Return the reason why an address cannot be linked, "" if it can."""
    try:
        parts = urlsplit(text)
        good = parts.scheme == "https" and bool(parts.hostname) and " " not in text
    except ValueError:
        good = False
    return "" if good else "is not https://…"


CHECKS: dict[str, Callable[[str], str]] = {
    "year": year_problem,
    "doi": doi_problem,
    "url": url_problem,
}


def build_reference(
    key: str, kind: str, fields: Mapping[str, Any]
) -> BibliographyReference:
    """Build a reference from an entry without problems.

    Args:
        key: Key of the entry.
        kind: Type of the entry, in lower case.
        fields: The fields of the entry by name.

    Returns:
        The reference.
    """
    names = read_people(fields)
    others = bool(names[1:]) and names[-1] == AuthorName("others")
    texts = {k: plain_field(str(v)) for k, v in fields.items() if isinstance(v, str)}
    return BibliographyReference(
        key=key,
        kind=kind,
        authors=names[:-1] if others else names,
        title=texts["title"],
        year=texts.get("year", "") or texts.get("date", "")[:4],
        venue=next((texts[name] for name in VENUES if texts.get(name)), ""),
        volume=texts.get("volume", ""),
        pages=texts.get("pages", ""),
        doi=bare_doi(texts.get("doi", "")),
        arxiv=arxiv_number(texts),
        url=texts.get("url", ""),
        others=others,
    )


def read_people(fields: Mapping[str, Any]) -> tuple[AuthorName, ...]:
    """Return the authors, else the editors, else the body behind a work.

    Args:
        fields: The fields of the entry by name.
    """
    for field in ("author", "editor"):
        people = [
            AuthorName(
                plain_field(" ".join([*part.von, *part.last, *part.jr])),
                plain_field(" ".join(part.first)),
            )
            for part in fields.get(field, ())
        ]
        if named := tuple(name for name in people if name.family):
            return named
    bodies = (plain_field(str(fields.get(name, ""))) for name in BODIES)
    return tuple(AuthorName(body) for body in bodies if body)[:1]


def bare_doi(text: str) -> str:
    """Return a DOI without the address before it."""
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", text)


def arxiv_number(texts: Mapping[str, str]) -> str:
    """Return the number of an entry on arXiv, "" where it has none.

    Args:
        texts: The fields of the entry as plain text.

    Returns:
        The number.
    """
    kind = texts.get("archiveprefix", texts.get("eprinttype", "")).lower()
    number = texts.get("eprint", "") if kind == "arxiv" else ""
    good = re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}", number)
    return number if good else ""


def plain_field(text: str) -> str:
    """Convert a field to plain text.

    Args:
        text: The field as TeX.

    Returns:
        One line with accents and dashes as characters, and no braces.
    """
    if "\\" in text or "$" in text:
        from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 - slow to import

        text = LatexNodes2Text().latex_to_text(text)
    text = (
        text.replace("``", "“")
        .replace("''", "”")
        .replace("---", "—")
        .replace("--", "–")
        .replace("~", " ")
    )
    text = re.sub(r"[{}]", "", text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
