"""The last good site and what is wrong now, as all threads of the server see them.

What a page gets in a preview and never in a built site: a script, a style, a word.

The policy of the page lets the script open the stream of events, and nothing else is
changed. Both files are the program's own, beside the site under `_preview/`.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from posixpath import dirname

from markupsafe import escape

from generator.cli.error_location import Located
from generator.cli.preview.session import Site
from generator.core.files import combined, digest
from generator.site.html_safety import POLICY

STYLE = re.compile(r"assets/style\.[0-9a-f]+\.css")


@dataclass(frozen=True)
class State:
    """What is shown at one moment; `version` rises with each change."""

    version: int = 0
    site: Site | None = None
    problems: tuple[Located, ...] = ()
    warnings: tuple[Located, ...] = ()
    _seen: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def files(self) -> Mapping[str, bytes]:
        """Every file of the last good site."""
        return self.site.files if self.site else {}

    @property
    def style(self) -> str:
        """The path of the style sheet."""
        return next((path for path in self.files if STYLE.fullmatch(path)), "")

    def is_of(self, site: Site, warnings: tuple[Located, ...]) -> bool:
        """Whether it shows just this, and nothing wrong."""
        return self.site == site and self.warnings == warnings and not self.problems

    def seen(self, path: str) -> str:
        """A hash of what a reader sees on the page at `path`, its style left out."""
        if path not in self._seen:
            page = STYLE.sub("", self.files.get(path, b"").decode("utf-8", "replace"))
            home = f"{dirname(path)}/images/".lstrip("/")
            beside = {p: digest(c) for p, c in self.files.items() if p.startswith(home)}
            self._seen[path] = combined(page, beside)[:16]
        return self._seen[path]


class Board:
    """Holds the state; whoever waits is told of the next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = State()
        self._closed = False

    @property
    def state(self) -> State:
        """The state now."""
        return self._state

    def show(self, site: Site, warnings: tuple[Located, ...]) -> None:
        """Put a new site in the place of the old one; nothing is wrong with it."""
        if self._state.is_of(site, warnings):
            return
        self._put(State(self._state.version + 1, site, (), warnings))

    def blame(self, problems: tuple[Located, ...]) -> None:
        """Say what is wrong; the last good site stays."""
        version = self._state.version + 1
        self._put(replace(self._state, version=version, problems=problems))

    def close(self) -> None:
        """Let everybody go who waits."""
        self._closed = True
        self._put(self._state)

    def wait(self, version: int, seconds: float) -> State | None:
        """The state once it is not `version` any more; None if the board closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._state.version != version, seconds
            )
        return None if self._closed else self._state

    def _put(self, state: State) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()


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
