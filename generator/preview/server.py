"""HTTP for one reader on this machine: pages, and a stream of events kept open."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from generator.errors import ResourceError, quoted
from generator.preview import injected
from generator.preview.answers import Answer, answer, is_ours, kind_of
from generator.preview.board import Board

PORTS = 50
"""Ports that are tried, one after the other."""
BEAT = 15.0
"""Seconds after which a stream says that it is still there."""


class Server(ThreadingHTTPServer):
    """Serves a board at `base`; `own` are the preview's own files."""

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
        """A reader that went away is no news."""

    @property
    def url(self) -> str:
        """What to open."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.server_address[1]}{self.base}"


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "preview", ""
    timeout = 60

    def do_GET(self) -> None:
        """Send what was asked for."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send what would be sent, without it."""
        self._answer(body=False)

    def log_message(self, *_words: object) -> None:
        """Say nothing of each request."""

    def _answer(self, *, body: bool) -> None:
        if not is_ours(self.headers.get("Host", ""), self.server.host):
            self._send(Answer(403, b"this server answers to its own name alone\n"))
            return
        parts, home = urlsplit(self.path), f"{self.server.base}{injected.HOME}"
        if self.server.live and parts.path == f"{home}events" and body:
            self._events(parse_qs(parts.query).get("page", [""])[0])
            return
        own = parts.path.removeprefix(home) if parts.path.startswith(home) else ""
        if self.server.live and own in self.server.own:
            self._send(Answer(200, self.server.own[own], kind_of(own)), body=body)
            return
        server = self.server
        found = answer(self.path, server.base, server.board.state, live=server.live)
        self._send(found, body=body)

    def _send(self, found: Answer, *, body: bool = True) -> None:
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

    def _events(self, page: str) -> None:
        """Tell the state of the page now, and at each change, until the reader goes."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        version = -1
        while (state := self.server.board.wait(version, BEAT)) is not None:
            text = ": still here\n\n"
            if state.version != version:
                text = f"data: {injected.told(state, self.server.base, page)}\n\n"
            version = state.version
            try:
                self.wfile.write(text.encode())
                self.wfile.flush()
            except OSError:
                return


def opened(
    host: str,
    port: int,
    board: Board,
    base: str,
    own: Mapping[str, bytes],
    *,
    live: bool = True,
) -> Server:
    """A server at `port`, or at the next one that is free. Raises `ResourceError`."""
    for at in range(port, min(port + PORTS, 65536)):
        try:
            return Server((host, at), board, base, own, live=live)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ResourceError(
                    f"--host {quoted(host)}: cannot be listened on: {error.strerror}; "
                    "leave it out, or name an address of this machine"
                ) from error
    raise ResourceError(
        f"--port {port}: this and the {PORTS - 1} after it are taken; name another"
    )
