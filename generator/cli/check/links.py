"""Links of the site: to files, case and all, to ids on them, and to other sites.

An address that begins with a slash is read under the path that the site is published
at; one that begins with the site's own address is read as part of it.

Links to other sites are requested only on demand, as a host that is down is no fault of
the site. Each address is requested once, by HEAD and, where a host refuses that, by
GET, several at a time and each for some seconds at most. Only http and https are
followed.
"""

from __future__ import annotations

import posixpath
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from generator.cli.check.finding import Finding
from generator.cli.check.site_files import SiteFolder, SitePage
from generator.core.errors import quote_text

ADDRESS_LISTS = ("feed.xml", "atom.xml", "sitemap.xml")
"""Files of addresses, beside the feeds that lie deeper."""
PREVIEW_PROPERTIES = {"og:image", "og:url", "twitter:image"}
FETCHING_ELEMENTS = {"img", "script", "source", "image", "use", "link"}


@dataclass(frozen=True)
class LinkTarget:
    """The target of an address on the site."""

    path: str
    fragment: str


def resolve_link(site: SiteFolder, page: str, address: str) -> LinkTarget | None:
    """Resolve an address on a page.

    Args:
        site: The site.
        page: Path of the page within the site.
        address: The address.

    Returns:
        The target, None if it leaves the site.
    """
    if site.address and address.startswith(site.address):
        address = site.base + address.removeprefix(site.address)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        if not f"{path}/".startswith(site.base):
            return LinkTarget(path, "")
        path = path[len(site.base) :]
    elif path:
        path = posixpath.join(dirname(page), path)
    else:
        path = page
    whole = normpath(path) if path else "."
    if path.endswith("/") or whole == ".":
        whole = normpath(f"{whole}/index.html")
    return LinkTarget(whole, unquote(parts.fragment).partition("?")[0])


def check_links(site: SiteFolder) -> Iterator[Finding]:
    """Yield links to files that the site does not have.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        for tag, address in list_page_addresses(page):
            where = resolve_link(site, page.path, address)
            if where is None or where.path in site.sizes:
                continue
            kind = "assets" if tag in FETCHING_ELEMENTS else "links"
            line = page.find_line(f'"{address}"')
            text = f"{quote_text(address, 120)} is no file of the site"
            yield site.make_finding(
                page.path, kind, text, suggest_path(site, where.path), line
            )


def check_anchors(site: SiteFolder) -> Iterator[Finding]:
    """Yield links to ids that their page does not have.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        for _tag, address in list_page_addresses(page):
            where = resolve_link(site, page.path, address)
            there = site.pages.get(where.path) if where else None
            if where and where.fragment and there:
                if where.fragment in {*there.ids, "top"}:
                    continue
                line = page.find_line(f'"{address}"')
                text = f"{quote_text(address, 120)}: {there.path} has no such id"
                fix = "name a heading or a figure that is there"
                yield site.make_finding(page.path, "anchors", text, fix, line)


def check_feeds(site: SiteFolder) -> Iterator[Finding]:
    """Yield addresses in feeds and site maps that are no page of the site.

    Args:
        site: The site.
    """
    for path in site.sizes:
        if posixpath.basename(path) not in ADDRESS_LISTS:
            continue
        try:
            root = ET.fromstring(site.read_text(path))  # noqa: S314 - the site made this file
        except ET.ParseError as error:
            yield site.make_finding(path, "feeds", f"no XML ({error})", "build again")
            continue
        for address in list_feed_addresses(root):
            where = resolve_link(site, path, address)
            if where is None and site.address:
                continue
            if where is not None and where.path not in site.sizes:
                text = f"{quote_text(address, 120)} is no file of the site"
                yield site.make_finding(
                    path, "feeds", text, suggest_path(site, where.path)
                )


def list_feed_addresses(root: ET.Element) -> Iterator[str]:
    """Yield the addresses in an Atom feed or a site map."""
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name == "link" and element.get("href"):
            yield element.get("href", "")
        if name == "loc" and element.text:
            yield element.text.strip()


def list_page_addresses(page: SitePage) -> Iterator[tuple[str, str]]:
    """Yield every address on a page, with the name of its element.

    Args:
        page: The page.
    """
    for one in page.elements:
        for key in ("href", "src", "xlink:href", "poster", "data"):
            if (value := one.attributes.get(key)) is not None:
                yield one.tag, value
        for part in one.attributes.get("srcset", "").split(","):
            if part.strip():
                yield one.tag, part.split()[0]
        if one.tag == "meta":
            yield from list_meta_addresses(one.attributes)


def list_meta_addresses(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the address in a `<meta>`: of a redirect, or of a preview picture."""
    content = given.get("content", "")
    if given.get("http-equiv", "").lower() == "refresh":
        yield "a", content.partition("=")[2].strip(" '\"")
    name = given.get("property") or given.get("name", "")
    if name in PREVIEW_PROPERTIES and content:
        yield "img" if "image" in name else "a", content


def suggest_path(site: SiteFolder, path: str) -> str:
    """Suggest what to do about a path that does not exist.

    Args:
        site: The site.
        path: The path.

    Returns:
        A sentence.
    """
    folded = {known.casefold(): known for known in site.sizes}
    if path.casefold() in folded:
        return f"case matters: it is {folded[path.casefold()]}"
    if path.startswith("/"):
        return f"the site is published under {site.base}; begin the address with it"
    return "name a file that is there, or build again"


PATIENCE = 10.0
"""Seconds a host has to answer."""
AT_ONCE = 8
REFUSED_STATUSES = {400, 403, 405, 429, 501}
"""Answers to HEAD that say nothing about the page."""
GONE_STATUSES = {404, 410}
MOVED_STATUSES = range(300, 400)


@dataclass(frozen=True)
class ExternalLink:
    """An address of another site, and where the site links to it first."""

    address: str
    file: str
    line: int


def check_external_links(
    links: Iterable[ExternalLink], patience: float = PATIENCE
) -> Iterator[Finding]:
    """Yield a finding for each link to another site that does not answer well.

    Args:
        links: The links.
        patience: Seconds to wait for an answer.
    """
    links = tuple(links)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(
            lambda one: find_answer_problem(one.address, patience), links
        )
        for one, problem in zip(links, answers, strict=True):
            if problem:
                text = f"{quote_text(one.address, 120)} {problem}"
                fix = "look at it in a browser"
                yield Finding(one.file, one.line, "external", text, fix)


def list_external_links(site: SiteFolder) -> Iterator[ExternalLink]:
    """Yield addresses of other sites, each with the first page that links to it.

    Args:
        site: The site.
    """
    known: set[str] = set()
    for page in site.pages.values():
        for one in page.find_elements("a"):
            address = one.attributes.get("href", "").partition("#")[0]
            away = address.startswith(("https://", "http://"))
            if address in known or not away:
                continue
            if resolve_link(site, page.path, address) is None:
                known.add(address)
                line = page.find_line(f'"{address}"')
                yield ExternalLink(address, f"{site.name}/{page.path}", line)


def find_answer_problem(address: str, patience: float) -> str:
    """Return what is wrong with the answer of an address, "" if nothing.

    Args:
        address: The address.
        patience: Seconds to wait for an answer.
    """
    status: int | str = 0
    for method in ("HEAD", "GET"):
        status = request_status(address, method, patience)
        if status not in REFUSED_STATUSES:
            break
    if isinstance(status, str):
        return status
    if status in MOVED_STATUSES:
        return f"answers {status} and leads to no page of the web"
    return f"answers {status}" if status in GONE_STATUSES else ""


def request_status(address: str, method: str, patience: float) -> int | str:
    """Request an address.

    Args:
        address: The address.
        method: The HTTP method, HEAD or GET.
        patience: Seconds to wait for an answer.

    Returns:
        The status of the answer, or the reason why there is none.
    """
    headers = {"User-Agent": "interpretability-studies link check"}
    request = urllib.request.Request(address, method=method, headers=headers)  # noqa: S310 - the opener speaks http and https alone
    try:
        with OPENER.open(request, timeout=patience) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        return f"does not answer ({quote_text(reason)})"


def _make_opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        opener.add_handler(handler())
    return opener


OPENER = _make_opener()
"""Speaks http and https: no files, no ftp, after a redirect either."""
