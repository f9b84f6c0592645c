"""Sizes: what a reader loads with a page, and what a host takes.

A page's weight is its HTML with its style sheets and scripts, as files, before pictures
and before the host compresses anything, so that it does not depend on the host.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from generator.cli.check.finding import Finding
from generator.cli.check.links import target
from generator.cli.check.site_files import Page, Site

PAGE = 300_000
SCRIPT = 60_000
FILE = 50_000_000
SITE = 500_000_000
MOST = 900_000_000


def weights(site: Site) -> Iterator[Finding]:
    """Pages and scripts heavier than readers should have to load."""
    for page in site.pages.values():
        own = site.sizes[page.path]
        scripts, styles = loaded(site, page, "script"), loaded(site, page, "link")
        total = own + scripts + styles + loaded(site, page, "index")
        if scripts > SCRIPT:
            text = f"loads {kilo(scripts)} of scripts; the budget is {kilo(SCRIPT)}"
            yield site.found(page.path, "weight", text, "load less of them")
        if total > PAGE:
            text = (
                f"weighs {kilo(total)} ({kilo(own)} of it HTML) before pictures; the "
                f"budget is {kilo(PAGE)}"
            )
            fix = "draw fewer steps or texts in its largest figures, or split the study"
            yield site.found(page.path, "weight", text, fix)


def loaded(site: Site, page: Page, tag: str) -> int:
    """Bytes of the scripts, the style sheets or the search index that a page loads."""
    wanted = [
        e.attributes
        for e in page.all("link" if tag == "link" else "script")
        if (
            e.attributes.get("rel") == "stylesheet"
            if tag == "link"
            else ("data-index" in e.attributes) == (tag == "index")
        )
    ]
    addresses = chain.from_iterable((w.get("src"), w.get("href")) for w in wanted)
    found = (target(site, page.path, address) for address in addresses if address)
    return sum(site.sizes.get(one.path, 0) for one in found if one)


def sizes(site: Site) -> Iterator[Finding]:
    """Files and a whole that hosts may refuse."""
    for path, size in site.sizes.items():
        if size > FILE:
            text = f"has {size / 1e6:.0f} MB; hosts take {FILE / 1e6:.0f} MB a file"
            yield site.found(path, "sizes", text, "keep less of the artifact")
    total = sum(site.sizes.values())
    if total > SITE:
        text = f"the site has {total / 1e6:.0f} MB; GitHub Pages takes {MOST / 1e6:.0f}"
        yield site.found("", "sizes", text, "publish fewer or smaller files")


def kilo(size: int) -> str:
    """A size in kB."""
    return f"{round(size / 1000):,} kB"
