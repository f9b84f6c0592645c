"""The one place where text is declared to be markup.

Everything else goes through the templates' escaping. Three things may not: what a
template made, what the sanitiser let through, and what our own SVG writer wrote.
"""

from __future__ import annotations

from markupsafe import Markup


def trust_html(html: str) -> Markup:
    """Return HTML that templates put into a page without escaping it.

    Args:
        html: Markup that the program wrote itself, or that `nh3` has cleaned.
    """
    return Markup(html)  # noqa: S704 - the one place where markup is trusted
