"""Links to other sites, asked only on demand: a host that is down is no fault of ours.

Each address is asked once, by HEAD and, where a host refuses that, by GET, several at
a time and each for some seconds at most. Only http and https are followed.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from generator.checking.finding import Finding
from generator.checking.links import target
from generator.checking.site import Site
from generator.errors import quoted

PATIENCE = 10.0
"""Seconds a host has to answer."""
AT_ONCE = 8
REFUSED = {400, 403, 405, 429, 501}
"""Answers to HEAD that say nothing about the page."""
GONE = {404, 410}
MOVED = range(300, 400)


def external(site: Site, patience: float = PATIENCE) -> Iterator[Finding]:
    """A finding for each link to another site that does not answer as it should."""
    places = linked(site)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda address: ask(address, patience), places)
        for address, problem in zip(places, answers, strict=True):
            if problem:
                path = places[address]
                line = site.pages[path].line_of(f'"{address}"')
                text = f"{quoted(address, 120)} {problem}"
                yield site.found(
                    path, "external", text, "look at it in a browser", line
                )


def linked(site: Site) -> Mapping[str, str]:
    """Addresses of other sites, each with the first page that links to it."""
    found: dict[str, str] = {}
    for page in site.pages.values():
        for one in page.all("a"):
            address = one.attributes.get("href", "").partition("#")[0]
            away = address.startswith(("https://", "http://"))
            if away and target(site, page.path, address) is None:
                found.setdefault(address, page.path)
    return found


def ask(address: str, patience: float) -> str:
    """What is wrong with the answer of an address, "" if nothing."""
    status: int | str = 0
    for method in ("HEAD", "GET"):
        status = answer(address, method, patience)
        if status not in REFUSED:
            break
    if isinstance(status, str):
        return status
    if status in MOVED:
        return f"answers {status} and leads to no page of the web"
    return f"answers {status}" if status in GONE else ""


def answer(address: str, method: str, patience: float) -> int | str:
    """The status of an answer, or why there is none."""
    headers = {"User-Agent": "interpretability-studies link check"}
    request = urllib.request.Request(address, method=method, headers=headers)  # noqa: S310 - http alone
    try:
        with OPENER.open(request, timeout=patience) as found:
            return int(found.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        return f"does not answer ({quoted(reason)})"


def _opener() -> urllib.request.OpenerDirector:
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        made.add_handler(handler())
    return made


OPENER = _opener()
"""Speaks http and https: no files, no ftp, after a redirect either."""
