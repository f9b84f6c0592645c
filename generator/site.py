"""From studies to a site: gather everything, check it, then write everything.

Nothing is written before all of it exists as bytes and has been checked: templates
that fail, prose that names what is not there and pages that the oracle refuses leave
the folder empty. Links are relative and end in `index.html`, so that a site opens by
double click and under any address; only the feed, the page for lost addresses and the
canonical links use the base address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from posixpath import dirname, relpath
from urllib.parse import urlsplit

import jinja2

from generator.errors import IntegrityError, StudyError
from generator.figurefiles import bounded, painted
from generator.files import combined, digest
from generator.gathering import Bench, gather
from generator.kept import Kept
from generator.methods import METHODS
from generator.methods.base import Method
from generator.oracle import POLICY, findings
from generator.ours import manifest_of
from generator.pages import PAGES
from generator.pages.addresses import DOMAIN, addresses
from generator.pages.authors import credited
from generator.pages.base import MethodPage, Page, Post, SiteData
from generator.pages.citing import citation_files
from generator.pages.feed import feeds
from generator.pages.metadata import described
from generator.pages.method import method_pages
from generator.pages.searching import index
from generator.pictures.card import Words, card
from generator.pictures.shapes import Picture
from generator.postfile import keep_all, recall_all
from generator.program import program_key, templates_key
from generator.settings import SiteSettings
from generator.study import Study
from generator.templating import environment, folders
from generator.templating import render as draw

STYLES = ("style.css", "prose.css", "figures.css", "ramps.css")
SCRIPTS = ("page.js", "copy.js", "figures.js")
SEARCH = ("search.js",)
ICONS = ("icon.svg",)
LARGEST = 50_000_000
"""Bytes of a file above which a host may refuse it."""

Files = dict[str, bytes]
Marks = Mapping[str, tuple[str, ...]]
"""Words to put beside a study wherever it is listed, by its folder's name."""


@dataclass(frozen=True)
class Rendered:
    """What a rendering did."""

    pages: int
    warnings: tuple[str, ...]
    files: Files = field(default_factory=dict)
    """Every file of the site by its path."""
    hashes: dict[str, str] = field(default_factory=dict)
    """Their hashes, where they were written."""


def render(
    project: Path,
    studies: Sequence[Study],
    settings: SiteSettings,
    into: Path | None,
    *,
    base_url: str = "",
    drafts: bool = False,
    kept: Kept | None = None,
    before: Path | None = None,
    marks: Marks | None = None,
    others: Sequence[Post] = (),
) -> Rendered:
    """Render `studies` into the empty folder `into`, or into no folder at all.

    Drafts are left out unless asked for; a study that lacks an artifact is left out
    with a warning. `others` are posts of what cannot be drawn, and `marks` says of a
    study what is true today alone. Posts and verdicts on pages come from `kept` where
    nothing that they follow from has changed; the bytes are the same without it. Files
    that are in the site `before` already are linked. Raises `StudyError` with
    everything an author must mend, and `IntegrityError` for a page that the oracle
    refuses; nothing was written then.
    """
    address = base_url or settings.base_url
    address = address if not address or address.endswith("/") else f"{address}/"
    templates = compiled(project, templates_key(project))
    wanted = [study for study in studies if drafts or not study.draft]
    bench = Bench(project, templates, settings, address, kept)
    posts, warnings = gather(wanted, bench)
    posts = credited(marked((*posts, *others), marks or {}), settings)
    data = SiteData(settings, posts, documented(tuple(METHODS.items()), kept), address)
    assets, paths = bundle(project, index(data.posts))
    pages = tuple(chain.from_iterable(make(data) for make in PAGES.values()))
    files = pages_of(pages, data, templates, paths, kept)
    count = len(files)
    files |= {**assets, ".nojekyll": b"", **feeds(data), **addresses(data, pages)}
    files |= citation_files(data)
    files["card.png"] = painted(site_card(data), bench.pictures, scale=1)
    bounded(bench.pictures)
    for post in posts:
        files |= beside(post, files)
    collisions(files)
    warnings += [
        f"{path}: {len(content) / 1e6:.0f} MB, more than hosts take"
        for path, content in files.items()
        if len(content) > LARGEST
    ]
    hashes = {} if into is None else write(files, into, before)
    return Rendered(count, tuple(warnings), files, hashes)


def site_card(data: SiteData) -> Picture:
    """The card of the site itself, with the newest study's picture."""
    settings = data.settings
    lead = data.posts[0].picture if data.posts else None
    words = Words(data.base_url, settings.title, "", settings.description)
    return card(words, lead)


@lru_cache(maxsize=2)
def compiled(project: Path, _key: str) -> jinja2.Environment:
    """The environment of all pages, as long as no template changes."""
    return environment(project)


@lru_cache(maxsize=1)
def documented(
    methods: tuple[tuple[str, type[Method]], ...], kept: Kept | None
) -> tuple[MethodPage, ...]:
    """What the methods say of themselves, which is the same for a program's life."""
    key = combined("methods", program_key(), [name for name, _ in methods])
    found = recall_all(kept, key, MethodPage) if kept else None
    if found is None:
        found = method_pages(dict(methods))
        if kept:
            keep_all(kept, key, found, MethodPage)
    return found


def marked(posts: Sequence[Post], marks: Marks) -> tuple[Post, ...]:
    """The posts with their marks, newest first."""
    found = [replace(post, marks=marks.get(post.folder, ())) for post in posts]
    found.sort(key=lambda post: post.path)
    found.sort(key=lambda post: post.date, reverse=True)
    return tuple(found)


def bundle(project: Path, index: bytes = b"") -> tuple[Files, dict[str, str]]:
    """Style sheet, scripts, the search's index and icon, their hash in their name."""

    def joined(names: Sequence[str]) -> bytes:
        return b"\n".join(unindented(static(project, name)) for name in names)

    files: Files = {}
    paths: dict[str, str] = {}
    parts = (
        ("style", STYLES, "css"),
        ("script", SCRIPTS, "js"),
        ("icon", ICONS, "svg"),
        ("search", SEARCH, "js"),
    )
    contents = [(key, joined(names), ending) for key, names, ending in parts]
    for key, content, ending in (*contents, ("index", index, "js")):
        paths[key] = f"assets/{key}.{digest(content)[:12]}.{ending}"
        files[paths[key]] = content
    return files, paths


def unindented(text: bytes) -> bytes:
    """A style sheet or script without indentation, which readers need not load."""
    return re.sub(rb"(?m)^[ \t]+", b"", text)


def static(project: Path, name: str) -> bytes:
    """A static file, the project's own if it has one."""
    for folder in folders(project):
        path = folder / "static" / name
        if path.is_file():
            return path.read_bytes().replace(b"\r\n", b"\n")
    raise IntegrityError(f"templates/static/{name}: is missing; install again")


def pages_of(
    pages: Sequence[Page],
    data: SiteData,
    templates: jinja2.Environment,
    assets: Mapping[str, str],
    kept: Kept | None = None,
) -> Files:
    """Every page's bytes. Raises `IntegrityError` for what the oracle refuses."""
    files: Files = {}
    origins: dict[str, str] = {}
    refused: list[str] = []
    for page in pages:
        if page.path in files:
            raise StudyError(
                f"{page.path}: {page.origin or page.title} and "
                f"{origins[page.path]} both have this address; rename one"
            )
        origins[page.path] = page.origin or page.title
        html = str(page_html(page, data, templates, assets))
        refused += (f"{page.path}: {what}" for what in judged(html, kept))
        files[page.path] = html.encode("utf-8")
    if refused:
        raise IntegrityError(
            *(f"{line}; the page was not written, as it could harm" for line in refused)
        )
    return files


def judged(html: str, kept: Kept | None) -> list[str]:
    """What the oracle says of a page, not asked twice about one it let through."""
    if kept is None:
        return findings(html)
    key = combined("let through", program_key(), digest(html.encode()))
    if kept.get(key) is not None:
        return []
    found = findings(html)
    if not found:
        kept.put(key, b"")
    return found


def page_html(
    page: Page,
    data: SiteData,
    templates: jinja2.Environment,
    assets: Mapping[str, str],
) -> str:
    """A page, drawn."""
    lost = page.path == "404.html"
    context = {
        **page.context,
        "page": page,
        "head": described(page, data),
        "site": data.settings,
        "repository": data.settings.repository,
        "policy": POLICY,
        "assets": assets,
        "link": absolute(data.base_url) if lost else relative(page.path),
    }
    return draw(templates, page.template, context)


def relative(path: str) -> Callable[[str], str]:
    """Links from the page at `path`."""
    here = dirname(path) or "."
    return lambda target: relpath(target, here)


def absolute(base: str) -> Callable[[str], str]:
    """Links from a page that is shown at any depth."""
    root = urlsplit(base).path if base else "/"
    return lambda target: f"{root}{target}"


def beside(post: Post, files: Files) -> Files:
    """A post's own files, as they are on disk."""
    found: Files = {}
    for path, content in post.files.items():
        if path in files:
            raise StudyError(f"{path}: two files have this address; rename one")
        found[path] = content if isinstance(content, bytes) else content.read_bytes()
    return found


def collisions(files: Files) -> None:
    """Raises `StudyError` where two paths are one to some file systems or hosts."""
    seen: dict[str, str] = {}
    parents: set[str] = set()
    for path in files:
        folded = path.casefold()
        if path not in {folded, DOMAIN}:
            raise StudyError(
                f"{path}: addresses are lower case; rename what it is from"
            )
        if seen.setdefault(folded, path) != path:
            raise StudyError(f"{path} and {seen[folded]} are one address; rename one")
        part = dirname(path)
        while part and part not in parents:
            if part in files:
                raise StudyError(
                    f"{path}: lies below {part}, which is a file; rename one"
                )
            parents.add(part)
            part = dirname(part)


def write(files: Files, into: Path, before: Path | None = None) -> dict[str, str]:
    """Put every file into its place; the hashes of the files.

    `into` is not seen by readers yet. A file that the site `before` holds with the same
    bytes is linked and not written, so that what did not change need not be made
    durable again, and has the hash that it had.
    """
    old = manifest_of(before) if before else None
    known = old.own if old else {}
    found: dict[str, str] = {}
    for path in sorted(files):
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if before and path in known and linked(before / path, target, files[path]):
            found[path] = known[path]
        else:
            target.write_bytes(files[path])
            found[path] = digest(files[path])
    return found


def linked(old: Path, target: Path, content: bytes) -> bool:
    """Whether `target` was made a second name of `old`, which holds `content`."""
    try:
        same = not old.is_symlink() and old.read_bytes() == content
        if same:
            os.link(old, target)
    except OSError:
        return False
    return same
