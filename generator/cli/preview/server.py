"""HTTP for one reader on this machine: pages, and a stream of events kept open.

Requests are answered from the files in memory; nothing reaches the disk. An address is
looked up among the paths of the site, so that none leads out of it. The base path of
the site's address is the same as on its host: what works here works there.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import PurePosixPath
from urllib.parse import parse_qs, quote, unquote, urlsplit

from generator.cli.preview import board
from generator.cli.preview import board as injected
from generator.cli.preview.board import Board, BoardState
from generator.core.errors import ResourceError, quote_text

MIME_TYPES = {
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
PLAIN = MIME_TYPES[".txt"]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A status, a MIME type, a body; `to` is the address of a redirect."""

    status: int
    body: bytes = b""
    kind: str = PLAIN
    to: str = ""


def find_base_path(base_url: str) -> str:
    """Return the path under which the site is published, with a / at both ends."""
    path = urlsplit(base_url).path.strip("/")
    return f"/{path}/" if path else "/"


def respond(
    target: str, base: str, state: BoardState, *, live: bool = True
) -> HttpResponse:
    """Answer a request.

    Args:
        target: The requested address; its query is ignored.
        base: Path under which the site is served.
        state: The state of the preview.
        live: Whether pages reload when something changes.

    Returns:
        The response.
    """
    path = unquote(urlsplit(target).path, errors="replace")
    if not path.startswith("/") or {"..", "."} & set(path.split("/")):
        return HttpResponse(400, b"no address of this site\n")
    if path in ("/", base.rstrip("/")) and path != base:
        return HttpResponse(302, to=base)
    if not path.startswith(base):
        return HttpResponse(404, f"the site is at {base}\n".encode())
    if not state.files and live:
        first = board.make_first_page(base, path.removeprefix(base), state)
        return HttpResponse(200, first, MIME_TYPES[".html"])
    return _respond_below(path.removeprefix(base), base, state, live=live)


def _respond_below(
    name: str, base: str, state: BoardState, *, live: bool
) -> HttpResponse:
    """Answer a request below the base path."""
    if f"{name}/index.html" in state.files and name:
        return HttpResponse(302, to=quote(f"{base}{name}/"))
    if not name or name.endswith("/"):
        name += "index.html"
    if name not in state.files:
        body = state.files.get("404.html", b"not found\n")
        return _respond_page(404, body, base, "404.html", state, live=live)
    if name.endswith(".html"):
        return _respond_page(200, state.files[name], base, name, state, live=live)
    return HttpResponse(200, state.files[name], find_mime_type(name))


def find_mime_type(name: str) -> str:
    """Return the MIME type of a file."""
    if name in ("feed.xml", "atom.xml"):
        return "application/atom+xml; charset=utf-8"
    return MIME_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


def is_own_host(host: str, bound: str) -> bool:
    """Return whether a request meant this server, and not a rebound name.

    A page elsewhere can let its own name lead to 127.0.0.1 and read what it gets;
    it cannot change the Host that its browser sends.

    Args:
        host: The request's header Host.
        bound: The name or address that the server listens on.

    Returns:
        True if the request may be answered.
    """
    if not is_loopback(bound):
        return True
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    return name == bound or name.endswith(".localhost") or is_loopback(name)


def is_loopback(name: str) -> bool:
    """Return whether only this machine can reach `name`."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _respond_page(
    status: int, body: bytes, base: str, path: str, state: BoardState, *, live: bool
) -> HttpResponse:
    body = board.add_preview_script(body, base, path, state) if live else body
    return HttpResponse(status, body, MIME_TYPES[".html"])


PORTS = 50
"""Ports that are tried, one after the other."""
BEAT = 15.0
"""Seconds after which a stream says that it is still there."""


class Server(ThreadingHTTPServer):
    """A server of a board at `base`; `own` are the preview's own files."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        address: tuple[str, int],
        board: Board,
        base: str,
        own: Mapping[str, bytes],
        *,
        live: bool = True,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.board, self.base, self.own, self.live = board, base, own, live
        self.host = address[0]
        super().__init__(address, Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a reader that went away."""

    @property
    def url(self) -> str:
        """The address to open."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.server_address[1]}{self.base}"


class Handler(BaseHTTPRequestHandler):
    """The handler of GET and HEAD."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "preview", ""
    timeout = 60

    def do_GET(self) -> None:
        """Send the requested file."""
        self._respond(body=True)

    def do_HEAD(self) -> None:
        """Send the header of the requested file."""
        self._respond(body=False)

    def log_message(self, *_words: object) -> None:
        """Log nothing."""

    def _respond(self, *, body: bool) -> None:
        if not is_own_host(self.headers.get("Host", ""), self.server.host):
            self._send(
                HttpResponse(403, b"this server answers to its own name alone\n")
            )
            return
        parts, home = urlsplit(self.path), f"{self.server.base}{injected.HOME}"
        if self.server.live and parts.path == f"{home}events" and body:
            self._send_events(parse_qs(parts.query).get("page", [""])[0])
            return
        own = parts.path.removeprefix(home) if parts.path.startswith(home) else ""
        if self.server.live and own in self.server.own:
            self._send(
                HttpResponse(200, self.server.own[own], find_mime_type(own)), body=body
            )
            return
        server = self.server
        response = respond(self.path, server.base, server.board.state, live=server.live)
        self._send(response, body=body)

    def _send(self, found: HttpResponse, *, body: bool = True) -> None:
        self.send_response(found.status)
        if found.to:
            self.send_header("Location", found.to)
        self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(found.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if body:
            self.wfile.write(found.body)

    def _send_events(self, page: str) -> None:
        """Send the state of the page now, and at each change, until the reader goes."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        version = -1
        while (state := self.server.board.wait_for_change(version, BEAT)) is not None:
            text = ": still here\n\n"
            if state.version != version:
                text = (
                    f"data: {injected.encode_state(state, self.server.base, page)}\n\n"
                )
            version = state.version
            try:
                self.wfile.write(text.encode())
                self.wfile.flush()
            except OSError:
                return


def open_server(
    host: str,
    port: int,
    board: Board,
    base: str,
    own: Mapping[str, bytes],
    *,
    live: bool = True,
) -> Server:
    """Open a server at a port, or at the next one that is free.

    Args:
        host: Name or address to listen on.
        port: The first port to try.
        board: The state to serve.
        base: Path under which the site is served.
        own: The preview's own files by path below `_preview/`.
        live: Whether pages reload when something changes.

    Returns:
        The server, not running yet.

    Raises:
        ResourceError: If the host is not of this machine, or no port is free.
    """
    for at in range(port, min(port + PORTS, 65536)):
        try:
            return Server((host, at), board, base, own, live=live)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ResourceError(
                    f"--host {quote_text(host)}: cannot be listened on: "
                    f"{error.strerror}; "
                    "leave it out, or name an address of this machine"
                ) from error
    raise ResourceError(
        f"--port {port}: this and the {PORTS - 1} after it are taken; name another"
    )
