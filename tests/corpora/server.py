"""A server of https on this machine that fails as told."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Script:
    """What the server answers, one request after another, and what it was asked.

    The last answer is given again to every further request.
    """

    base: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Give the next answer."""
        self.asked.append({"path": request.path, **dict(request.headers)})
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        answer(request)


def body(data: bytes, declared: int | None = None, ranges: bool = True) -> Answer:
    """`data`, or the part of it that is asked for, with any declared length."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range") if ranges else None
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        whole = len(data) if declared is None else declared
        request.send_response(206 if wanted else 200)
        request.send_header("Content-Length", str(whole - start))
        if wanted:
            request.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        request.end_headers()
        request.wfile.write(data[start:])

    return answer


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def redirect(target: str) -> Answer:
    """An answer that leads elsewhere."""
    return status(302, Location=target)


def nothing(request: BaseHTTPRequestHandler) -> None:
    """No answer: the connection is closed."""
    request.close_connection = True


@contextmanager
def serving(certificate: Path) -> Iterator[Script]:
    """A server under `certificate`, which holds its key too."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.handle(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Clients that go away are what is tested."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    with running(server) as port:
        script.base = f"https://127.0.0.1:{port}"
        yield script


@contextmanager
def proxying() -> Iterator[tuple[str, list[str]]]:
    """A proxy: its address, and the hosts it was asked to lead to."""
    tunnels: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            tunnels.append(self.path)
            host, port = self.path.split(":")
            with socket.create_connection((host, int(port))) as far:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=relay, args=(far, self.connection))
                back.start()
                relay(self.connection, far)
                back.join()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}", tunnels


def relay(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until there are no more."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    """A server at work, and its port."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
