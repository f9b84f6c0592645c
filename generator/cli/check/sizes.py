"""Sizes: what a reader loads with a page, and what a host takes.

A page's weight is its HTML with its style sheets and scripts, as files, before pictures
and before the host compresses anything, so that it does not depend on the host.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from generator.cli.check.finding import Finding
from generator.cli.check.links import resolve_link
from generator.cli.check.site_files import FILE_LIMIT, SiteFolder, SitePage

PAGE = 300_000
SCRIPT = 60_000
SITE = 500_000_000
MOST = 900_000_000


def check_weights(site: SiteFolder) -> Iterator[Finding]:
    """Yield pages and scripts heavier than readers should have to load.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        own = site.sizes[page.path]
        scripts, styles = (
            measure_loaded(site, page, "script"),
            measure_loaded(site, page, "link"),
        )
        total = own + scripts + styles + measure_loaded(site, page, "index")
        if scripts > SCRIPT:
            text = (
                f"loads {format_kilobytes(scripts)} of scripts; the budget is "
                f"{format_kilobytes(SCRIPT)}"
            )
            yield site.make_finding(page.path, "weight", text, "load less of them")
        if total > PAGE:
            text = (
                f"weighs {format_kilobytes(total)} ({format_kilobytes(own)} of it "
                f"HTML) before pictures; the "
                f"budget is {format_kilobytes(PAGE)}"
            )
            fix = "draw fewer steps or texts in its largest figures, or split the study"
            yield site.make_finding(page.path, "weight", text, fix)


def measure_loaded(site: SiteFolder, page: SitePage, tag: str) -> int:
    """Return the bytes of one kind of files that a page loads.

    Args:
        site: The site.
        page: The page.
        tag: `script`, `link` for style sheets, or `index` for the search index.

    Returns:
        The bytes of the files, before compression.
    """
    wanted = [
        e.attributes
        for e in page.find_elements("link" if tag == "link" else "script")
        if (
            e.attributes.get("rel") == "stylesheet"
            if tag == "link"
            else ("data-index" in e.attributes) == (tag == "index")
        )
    ]
    addresses = chain.from_iterable((w.get("src"), w.get("href")) for w in wanted)
    targets = (
        resolve_link(site, page.path, address) for address in addresses if address
    )
    return sum(site.sizes.get(one.path, 0) for one in targets if one)


def check_sizes(site: SiteFolder) -> Iterator[Finding]:
    """Yield files that hosts may refuse, and a site that is too large as a whole.

    Args:
        site: The site.
    """
    for path, size in site.sizes.items():
        if size > FILE_LIMIT:
            text = (
                f"has {size / 1e6:.0f} MB; hosts take {FILE_LIMIT / 1e6:.0f} MB a file"
            )
            yield site.make_finding(path, "sizes", text, "keep less of the artifact")
    total = sum(site.sizes.values())
    if total > SITE:
        text = f"the site has {total / 1e6:.0f} MB; GitHub Pages takes {MOST / 1e6:.0f}"
        yield site.make_finding("", "sizes", text, "publish fewer or smaller files")


def format_kilobytes(size: int) -> str:
    """Format a size in kB."""
    return f"{round(size / 1000):,} kB"
