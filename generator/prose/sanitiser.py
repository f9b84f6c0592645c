"""The second wall: what may be in an author's HTML, whatever made it.

Raw HTML is off in write-ups, so there should be nothing to remove. Figures are put in
after this, as the sanitiser would remove their drawings.
"""

from __future__ import annotations

import nh3

TAGS = {
    "a", "aside", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em",
    "figcaption", "figure",
    "h2", "h3", "h4", "hr", "img", "kbd", "li", "ol", "p", "pre", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "rel", "class", "id", "aria-label", "data-go"},
    "aside": {"class", "id", "role", "aria-label"},
    "b": {"class"},
    "code": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
}


def clean(html: str) -> str:
    """`html` with nothing but what is listed above."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,
    )
