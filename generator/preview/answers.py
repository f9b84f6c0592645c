"""One answer to one request, from the files in memory; nothing reaches the disk.

An address is looked up among the paths of the site, so that none leads out of it. The
base path of the site's address is where it is on its host: what works here works there.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from generator.preview import injected
from generator.preview.board import State

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".bib": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".pdf": "application/pdf",
}
PLAIN = KINDS[".txt"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a kind, a body; `to` is where to go instead."""

    status: int
    body: bytes = b""
    kind: str = PLAIN
    to: str = ""


def base_path(base_url: str) -> str:
    """The path under which the site is published, with a / at both ends."""
    path = urlsplit(base_url).path.strip("/")
    return f"/{path}/" if path else "/"


def answer(target: str, base: str, state: State, *, live: bool = True) -> Answer:
    """The answer to a request for `target`, its query left out."""
    path = unquote(urlsplit(target).path, errors="replace")
    if not path.startswith("/") or {"..", "."} & set(path.split("/")):
        return Answer(400, b"no address of this site\n")
    if path in ("/", base.rstrip("/")) and path != base:
        return Answer(302, to=base)
    if not path.startswith(base):
        return Answer(404, f"the site is at {base}\n".encode())
    if not state.files and live:
        first = injected.first(base, path.removeprefix(base), state)
        return Answer(200, first, KINDS[".html"])
    return _below(path.removeprefix(base), base, state, live=live)


def _below(name: str, base: str, state: State, *, live: bool) -> Answer:
    """The answer to a request below the base path."""
    if f"{name}/index.html" in state.files and name:
        return Answer(302, to=quote(f"{base}{name}/"))
    if not name or name.endswith("/"):
        name += "index.html"
    if name not in state.files:
        body = state.files.get("404.html", b"not found\n")
        return _page(404, body, base, "404.html", state, live=live)
    if name.endswith(".html"):
        return _page(200, state.files[name], base, name, state, live=live)
    return Answer(200, state.files[name], kind_of(name))


def kind_of(name: str) -> str:
    """The MIME type of a file."""
    if name in ("feed.xml", "atom.xml"):
        return "application/atom+xml; charset=utf-8"
    return KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")


def is_ours(host: str, bound: str) -> bool:
    """Whether a request meant this server, and not a name that was turned to it.

    A page elsewhere can let its own name lead to 127.0.0.1 and read what it gets;
    it cannot change the Host that its browser sends.
    """
    if not is_loopback(bound):
        return True
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    return name == bound or name.endswith(".localhost") or is_loopback(name)


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach `name`."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _page(
    status: int, body: bytes, base: str, path: str, state: State, *, live: bool
) -> Answer:
    body = injected.page(body, base, path, state) if live else body
    return Answer(status, body, KINDS[".html"])
