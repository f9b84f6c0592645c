"""What screen readers, search engines and browsers need of a page's structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from generator.cli.check.finding import Finding
from generator.cli.check.site_files import SiteFolder, SitePage
from generator.core.errors import quote_text
from generator.site.html_safety import find_problems

HEADING = re.compile(r"h[1-6]")
REMOTE = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)'\"]+)")
ELSEWHERE = "is fetched from elsewhere"


def check_headings(site: SiteFolder) -> Iterator[Finding]:
    """Yield pages without exactly one first-level heading, and skipped levels.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        levels = [int(e.tag[1]) for e in page.elements if HEADING.fullmatch(e.tag)]
        if levels.count(1) != 1:
            text = f"has {levels.count(1)} first-level headings"
            fix = "a page has one, its title: begin with ## in write-ups"
            yield site.make_finding(page.path, "headings", text, fix)
        before = 1
        for level in levels:
            if level > before + 1:
                text = f"a heading of level {level} follows one of level {before}"
                line = page.find_line(f"<h{level}")
                fix = f"use level {before + 1}"
                one = site.make_finding(page.path, "headings", text, fix, line)
                yield replace(one, level="warn")
            before = level


def check_heads(site: SiteFolder) -> Iterator[Finding]:
    """Yield pages without a language or a title.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        html = page.find_elements("html")
        if not html or not html[0].attributes.get("lang", "").strip():
            fix = "set `language:` in studies/site.yaml"
            yield site.make_finding(page.path, "language", "has no lang", fix, 1)
        if not re.search(r"<title>[^<]*\S[^<]*</title>", page.html):
            yield site.make_finding(
                page.path, "language", "has no title", "give it one", 1
            )


def check_alternatives(site: SiteFolder) -> Iterator[Finding]:
    """Yield pictures without words, and figures without a caption.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        yield from check_pictures(site, page)
        order = [e.tag for e in page.elements if e.tag in {"figure", "figcaption"}]
        after = pairwise([*order, ""])
        bare = sum(tag == "figure" and then != "figcaption" for tag, then in after)
        if bare:
            text = f"figures without a caption: {bare}"
            fix = "a figure says what it shows in its <figcaption>"
            yield site.make_finding(page.path, "alternatives", text, fix)


def check_pictures(site: SiteFolder, page: SitePage) -> Iterator[Finding]:
    """Yield pictures and drawings of a page without words for them.

    Args:
        site: The site.
        page: The page.
    """
    for one in page.elements:
        attributes = one.attributes
        hidden = attributes.get("aria-hidden") == "true"
        named = {"aria-label", "aria-labelledby"} & attributes.keys()
        if one.tag == "img" and not attributes.get("alt", "").strip() and not hidden:
            shown = attributes.get("src", "")
            text = f"{quote_text(shown, 120)} has no words for those who cannot see it"
            fix = "write them between the brackets: ![words](file.png)"
            yield site.make_finding(
                page.path, "alternatives", text, fix, page.find_line(shown)
            )
        if one.tag == "svg" and not hidden and not named:
            text = "a drawing has neither a label nor aria-hidden"
            yield site.make_finding(
                page.path, "alternatives", text, "give it an aria-label"
            )


def check_safety(site: SiteFolder) -> Iterator[Finding]:
    """Yield what the safety check refuses: programs, duplicate ids, other origins.

    Args:
        site: The site.
    """
    for page in site.pages.values():
        for what in find_problems(page.html):
            kind = "third_party" if ELSEWHERE in what else "safety"
            kind = "ids" if "second element" in what else kind
            fix = "build again; nobody edits a site by hand"
            yield site.make_finding(page.path, kind, what, fix)
    for path in site.sizes:
        if path.endswith(".css"):
            for address in REMOTE.findall(site.read_text(path)):
                text = f"{quote_text(address, 120)} is fetched from elsewhere"
                yield site.make_finding(path, "third_party", text, "keep the file here")
