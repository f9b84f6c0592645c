"""The last good site and what is wrong now, as all threads of the server see them."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from posixpath import dirname

from generator.files import combined, digest
from generator.located import Located
from generator.preview.session import Site

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
