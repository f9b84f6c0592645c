"""Pages at addresses that studies used to have, which lead to where they are now.

A folder's page is served for the address with and without its last slash, so
`/2018/07/old` becomes `2018/07/old/index.html`. The page works without scripts and from
a disk: it holds a link that is seen and asks the browser to follow it at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData


def pages(data: SiteData) -> Iterator[Page]:
    """One page for each alias of each study."""
    for post in data.posts:
        for alias in post.aliases:
            yield Page(
                path(alias),
                "redirect.html",
                post.title,
                refresh=post.path,
                origin=f"{post.folder} (alias {alias})",
            )


def path(alias: str) -> str:
    """The file that is served at an alias."""
    inside = alias.strip("/")
    return inside if inside.endswith(".html") else f"{inside}/index.html"
