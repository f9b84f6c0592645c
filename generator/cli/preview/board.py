"""The state of a preview: the last good site and the present problems.

All threads of the server share one board. A page of the preview has what a built page
never has: a script, a style and words for problems. The policy of the page lets the
script open the stream of events, and nothing else is changed. Both files are the
program's own, beside the site under `_preview/`.
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
    """The state at one moment; `version` rises with each change."""

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
        """Return whether the state shows just this site, and no problem.

        Args:
            site: The site.
            warnings: Warnings with their places.
        """
        return self.site == site and self.warnings == warnings and not self.problems

    def hash_page(self, path: str) -> str:
        """Return a hash of what a reader sees on a page, its style left out.

        Args:
            path: Path of the page within the site.
        """
        if path not in self._seen:
            page = STYLE.sub("", self.files.get(path, b"").decode("utf-8", "replace"))
            home = f"{dirname(path)}/images/".lstrip("/")
            beside = {p: digest(c) for p, c in self.files.items() if p.startswith(home)}
            self._seen[path] = hash_parts(page, beside)[:16]
        return self._seen[path]


class Board:
    """The current state, and the threads that wait for the next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = BoardState()
        self._closed = False

    @property
    def state(self) -> BoardState:
        """The current state."""
        return self._state

    def show_site(
        self, site: PreviewSite, warnings: tuple[LocatedMessage, ...]
    ) -> None:
        """Show a new site, without problems.

        Args:
            site: The site.
            warnings: Warnings with their places.
        """
        if self._state.is_same_site(site, warnings):
            return
        self._replace_state(BoardState(self._state.version + 1, site, (), warnings))

    def show_problems(self, problems: tuple[LocatedMessage, ...]) -> None:
        """Show problems above the last good site.

        Args:
            problems: Problems with their places.
        """
        version = self._state.version + 1
        self._replace_state(replace(self._state, version=version, problems=problems))

    def close(self) -> None:
        """Release all waiting threads."""
        self._closed = True
        self._replace_state(self._state)

    def wait_for_change(self, version: int, seconds: float) -> BoardState | None:
        """Wait for a state of another version.

        Args:
            version: The version that the caller has.
            seconds: The longest time to wait.

        Returns:
            The state then, None if the board closed.
        """
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
    """Add the preview's script to the head of a page.

    Args:
        html: The page.
        base: Path under which the site is served.
        path: Path of the page within the site.
        state: The state of the preview.

    Returns:
        The page with the script.
    """
    text = html.decode("utf-8", "replace")
    text = text.replace(str(_POLICY), str(_PREVIEW_POLICY), 1)
    head, closing_tag, body = text.partition("</head>")
    own = escape(f"{base}{HOME}")
    attributes = (
        f'data-events="{own}events" data-page="{escape(path)}" '
        f'data-seen="{state.hash_page(path)}"'
    )
    tags = (
        f'<link rel="stylesheet" href="{own}preview.css">\n'
        f'<script defer src="{own}preview.js" {attributes}></script>\n'
    )
    return f"{head}{tags}{closing_tag}{body}".encode()


def make_first_page(base: str, path: str, state: BoardState) -> bytes:
    """Return the page to show while there is no good site yet.

    Args:
        base: Path under which the site is served.
        path: Path of the page within the site.
        state: The state of the preview.
    """
    html = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Nothing to show yet</title>\n</head>\n"
        "<body><p>Nothing can be shown yet.</p></body>\n</html>\n"
    )
    return add_preview_script(html.encode(), base, path, state)


def encode_state(state: BoardState, base: str, path: str) -> str:
    """Encode a state for the script on a page: JSON on one line.

    Args:
        state: The state of the preview.
        base: Path under which the site is served.
        path: Path of the page within the site.
    """
    return json.dumps(
        {
            "seen": state.hash_page(path),
            "style": f"{base}{state.style}",
            "problems": [{**asdict(p), "place": p.place} for p in state.problems],
            "warnings": [{"text": w.text, "place": w.place} for w in state.warnings],
        },
        ensure_ascii=True,
    )
