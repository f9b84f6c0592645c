"""A rendered site as checks read it: its files by path, its pages parsed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from generator.cli.check.finding import Finding
from generator.core.files import read_regular_file
from generator.site.html_safety import PageElement, parse_elements
from generator.site.ownership import list_paths


@dataclass(frozen=True)
class SitePage:
    """A page of the site."""

    path: str
    html: str
    elements: tuple[PageElement, ...]

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids and names that a link's fragment may name."""
        return frozenset(
            value
            for one in self.elements
            for key in ("id", "name" if one.tag == "a" else "id")
            if (value := one.attributes.get(key))
        )

    def find_elements(self, tag: str) -> tuple[PageElement, ...]:
        """Return the elements of one name, in the page's order."""
        return tuple(one for one in self.elements if one.tag == tag)

    def find_line(self, text: str) -> int:
        """Return the first line that holds `text`, plain or escaped; 0 if none does."""
        for shown in (text, text.replace("&", "&amp;")):
            at = self.html.find(shown) if shown else -1
            if at >= 0:
                return self.html.count("\n", 0, at) + 1
        return 0


@dataclass(frozen=True)
class SiteFolder:
    """A rendered site. `address` is where it is published, "" if unknown."""

    folder: Path
    name: str
    address: str
    sizes: dict[str, int]
    pages: dict[str, SitePage]

    @property
    def base(self) -> str:
        """The path that the site is served under; begins and ends with a slash."""
        return urlsplit(self.address).path or "/"

    def read_text(self, path: str) -> str:
        """Return the text of a file of the site."""
        return read_page(self.folder / path)

    def make_finding(
        self, path: str, kind: str, text: str, fix: str, line: int = 0
    ) -> Finding:
        """Return a finding about a file of the site.

        Args:
            path: Path within the site.
            kind: Kind of the finding.
            text: What is wrong.
            fix: What to do.
            line: The line from 1, 0 for the whole file.

        Returns:
            The finding.
        """
        return Finding(f"{self.name}/{path}", line, kind, text, fix)


FILE_LIMIT = 50_000_000
"""Bytes of the largest file that hosts take."""
SiteCheck = Callable[[SiteFolder], Iterator[Finding]]


def list_sizes(folder: Path) -> dict[str, int]:
    """Return the sizes of all files of a site, links left out.

    Args:
        folder: The site's folder.

    Returns:
        Bytes by path.
    """
    return {
        path: (folder / path).stat().st_size
        for path in list_paths(folder)
        if (folder / path).is_file() and not (folder / path).is_symlink()
    }


def read_site(
    folder: Path,
    address: str,
    name: str = "",
    begin: Callable[[str], object] = lambda _path: None,
) -> SiteFolder:
    """Read a rendered site.

    Args:
        folder: The site's folder.
        address: Where the site is published, "" if unknown.
        name: What findings call the folder.
        begin: Is told the path of each page before it is parsed.

    Returns:
        The site with its pages parsed, those left out that no host takes.
    """
    sizes = list_sizes(folder)
    pages: dict[str, SitePage] = {}
    for path in sizes:
        if path.endswith(".html") and sizes[path] <= FILE_LIMIT:
            begin(path)
            pages[path] = parse_page(path, read_page(folder / path))
    return SiteFolder(folder, name or folder.name, address, sizes, pages)


def read_page(path: Path) -> str:
    """Return the text of a file of a site."""
    return read_regular_file(path).decode("utf-8", "replace")


def parse_page(path: str, html: str) -> SitePage:
    """Parse a page."""
    return SitePage(path, html, tuple(parse_elements(html)))
