"""The address that readers will find a published site at, as far as it can be known."""

from __future__ import annotations

import re

GITHUB = re.compile(
    r"(?:https://(?:[^/@]*@)?|ssh://git@|git@)github\.com[/:]([^/]+)/([^/]+?)(?:\.git)?/?"
)


def address(domain: str, base_url: str, remote: str) -> str:
    """From the site's domain, its base address, or its remote; "" if none tells."""
    if domain.strip():
        return f"https://{domain.split(maxsplit=1)[0]}/"
    return base_url or guessed(remote)


def guessed(remote: str) -> str:
    """Where GitHub Pages serves the repository at `remote`; "" for other hosts."""
    found = GITHUB.fullmatch(remote)
    if found is None:
        return ""
    owner, name = found[1].lower(), found[2]
    if name.lower() == f"{owner}.github.io":
        return f"https://{owner}.github.io/"
    return f"https://{owner}.github.io/{name}/"
