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

from generator.cli.error_location import LocatedMessage
from generator.cli.preview.session import PreviewSite
from generator.core.files import digest, hash_parts
from generator.site.html_safety import POLICY

STYLE = re.compile(r"assets/style\.[0-9a-f]+\.css")


@dataclass(frozen=True)
class BoardState:
    """What is shown at one moment; `version` rises with each change."""

    version: int = 0
    site: PreviewSite | None = None
    problems: tuple[LocatedMessage, ...] = ()
    warnings: tuple[LocatedMessage, ...] = ()
    _seen: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def files(self) -> Mapping[str, bytes]:
        """Every file of the last good site."""
        return self.site.files if self.site else {}

    @property
    def style(self) -> str:
        """The path of the style sheet."""
        return next((path for path in self.files if STYLE.fullmatch(path)), "")

    def is_same_site(
        self, site: PreviewSite, warnings: tuple[LocatedMessage, ...]
    ) -> bool:
        """Whether it shows just this, and nothing wrong."""
        return self.site == site and self.warnings == warnings and not self.problems

    def hash_page(self, path: str) -> str:
        """A hash of what a reader sees on the page at `path`, its style left out."""
        if path not in self._seen:
            page = STYLE.sub("", self.files.get(path, b"").decode("utf-8", "replace"))
            home = f"{dirname(path)}/images/".lstrip("/")
            beside = {p: digest(c) for p, c in self.files.items() if p.startswith(home)}
            self._seen[path] = hash_parts(page, beside)[:16]
        return self._seen[path]


class Board:
    """Holds the state; whoever waits is told of the next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = BoardState()
        self._closed = False

    @property
    def state(self) -> BoardState:
        """The state now."""
        return self._state

    def show_site(
        self, site: PreviewSite, warnings: tuple[LocatedMessage, ...]
    ) -> None:
        """Put a new site in the place of the old one; nothing is wrong with it."""
        if self._state.is_same_site(site, warnings):
            return
        self._replace_state(BoardState(self._state.version + 1, site, (), warnings))

    def show_problems(self, problems: tuple[LocatedMessage, ...]) -> None:
        """Say what is wrong; the last good site stays."""
        version = self._state.version + 1
        self._replace_state(replace(self._state, version=version, problems=problems))

    def close(self) -> None:
        """Let everybody go who waits."""
        self._closed = True
        self._replace_state(self._state)

    def wait_for_change(self, version: int, seconds: float) -> BoardState | None:
        """The state once it is not `version` any more; None if the board closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._state.version != version, seconds
            )
        return None if self._closed else self._state

    def _replace_state(self, state: BoardState) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()


HOME = "_preview/"
"""Where the preview's own files lie below the base path."""
_POLICY = escape(POLICY)
_PREVIEW_POLICY = escape(f"{POLICY}; connect-src 'self'")


def add_preview_script(html: bytes, base: str, path: str, state: BoardState) -> bytes:
    """A page of the site with the preview's script in its head."""
    text = html.decode("utf-8", "replace")
    text = text.replace(str(_POLICY), str(_PREVIEW_POLICY), 1)
    head, found, body = text.partition("</head>")
    own = escape(f"{base}{HOME}")
    attributes = (
        f'data-events="{own}events" data-page="{escape(path)}" '
        f'data-seen="{state.hash_page(path)}"'
    )
    tags = (
        f'<link rel="stylesheet" href="{own}preview.css">\n'
        f'<script defer src="{own}preview.js" {attributes}></script>\n'
    )
    return f"{head}{tags}{found}{body}".encode()


def make_first_page(base: str, path: str, state: BoardState) -> bytes:
    """The page while there is no good site yet."""
    html = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Nothing to show yet</title>\n</head>\n"
        "<body><p>Nothing can be shown yet.</p></body>\n</html>\n"
    )
    return add_preview_script(html.encode(), base, path, state)


def encode_state(state: BoardState, base: str, path: str) -> str:
    """The state as the script on the page at `path` reads it: JSON on one line."""
    return json.dumps(
        {
            "seen": state.hash_page(path),
            "style": f"{base}{state.style}",
            "problems": [{**asdict(p), "place": p.place} for p in state.problems],
            "warnings": [{"text": w.text, "place": w.place} for w in state.warnings],
        },
        ensure_ascii=True,
    )
