"""What a page gets in a preview and never in a built site: a script, a style, a word.

The policy of the page lets the script open the stream of events, and nothing else is
changed. Both files are the program's own, beside the site under `_preview/`.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from markupsafe import escape

from generator.oracle import POLICY
from generator.preview.board import State

HOME = "_preview/"
"""Where the preview's own files lie below the base path."""
_POLICY = escape(POLICY)
_OPENED = escape(f"{POLICY}; connect-src 'self'")


def page(html: bytes, base: str, path: str, state: State) -> bytes:
    """A page of the site with the preview's script in its head."""
    text = html.decode("utf-8", "replace")
    text = text.replace(str(_POLICY), str(_OPENED), 1)
    head, found, body = text.partition("</head>")
    own = escape(f"{base}{HOME}")
    attributes = (
        f'data-events="{own}events" data-page="{escape(path)}" '
        f'data-seen="{state.seen(path)}"'
    )
    tags = (
        f'<link rel="stylesheet" href="{own}preview.css">\n'
        f'<script defer src="{own}preview.js" {attributes}></script>\n'
    )
    return f"{head}{tags}{found}{body}".encode()


def first(base: str, path: str, state: State) -> bytes:
    """The page while there is no good site yet."""
    html = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Nothing to show yet</title>\n</head>\n"
        "<body><p>Nothing can be shown yet.</p></body>\n</html>\n"
    )
    return page(html.encode(), base, path, state)


def told(state: State, base: str, path: str) -> str:
    """The state as the script on the page at `path` reads it: JSON on one line."""
    return json.dumps(
        {
            "seen": state.seen(path),
            "style": f"{base}{state.style}",
            "problems": [{**asdict(p), "place": p.place} for p in state.problems],
            "warnings": [{"text": w.text, "place": w.place} for w in state.warnings],
        },
        ensure_ascii=True,
    )
