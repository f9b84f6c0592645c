"""The opening of https addresses, with the rules of `downloads` built in.

Of urllib's handlers only those for proxies, https, redirects and errors are used, so
there is no way to `file:` or `ftp:`, not even through a redirect.
"""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import IO, Protocol, Self
from urllib.parse import urlsplit
from urllib.request import (
    BaseHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from generator.errors import NetworkError, quoted

AGENT = "interpretability-studies"


class Response(Protocol):
    """What is used of http.client's response."""

    status: int
    headers: http.client.HTTPMessage

    def read1(self, n: int = -1, /) -> bytes:
        """What has arrived, `n` bytes at most."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


@dataclass(frozen=True)
class Network:
    """How addresses are opened. The defaults are for users, the rest for tests.

    Times are in seconds; `proxies` None takes the system's.
    """

    allow_private: bool = False
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    proxies: dict[str, str] | None = None
    tries: int = 3
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def open(self, url: str, headers: Mapping[str, str]) -> Response:
        """The answer 2xx to a GET.

        Raises `NetworkError` for what is refused here, urllib's errors for the rest.
        """
        require_https(url, "address")
        opener = OpenerDirector()
        handlers: list[BaseHandler] = [
            ProxyHandler(self.proxies),
            Https(self),
            Redirects(),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
        ]
        for handler in handlers:
            opener.add_handler(handler)
        request = Request(url, headers={**headers, "User-Agent": AGENT})  # noqa: S310 - https only, see above
        answer: Response = opener.open(request, timeout=self.connect_timeout)
        return answer


def require_https(url: str, what: str) -> None:
    """Raise `NetworkError` unless `url` is https, without credentials."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise NetworkError(
            f"{what} to {quoted(parts.scheme)}: refused; expected https; get the file "
            "by hand and put it into the data folder"
        )
    if parts.username or parts.password:
        raise NetworkError(
            f"{what} with a name or password for {parts.hostname}: refused; expected "
            "an open address"
        )


class Redirects(HTTPRedirectHandler):
    """At most five redirects, each to https."""

    max_redirections = max_repeats = 5

    def http_error_302(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> object:
        """Follow one, after a look at where it leads."""
        fp.close()  # its body has no end that we know
        target = headers.get("location", "")
        if urlsplit(target).scheme:
            require_https(target, "redirect")
        visited: dict[str, int] = getattr(req, "redirect_dict", {})
        if sum(visited.values()) >= self.max_redirections:
            raise NetworkError(
                f"{urlsplit(req.full_url).hostname}: more than "
                f"{self.max_redirections} redirects; expected the file; try later"
            )
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_302
    http_error_307 = http_error_308 = http_error_302


class Https(HTTPSHandler):
    """https over connections that look where they lead."""

    def __init__(self, network: Network) -> None:
        super().__init__(context=network.context)
        self.network = network

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        """Open a request over a `Guarded` connection."""
        return self.do_open(self.connection, req)

    def connection(
        self,
        host: str,
        /,
        *,
        port: int | None = None,
        timeout: float = 10.0,
        source_address: tuple[str, int] | None = None,
        blocksize: int = 8192,
    ) -> Guarded:
        """A connection that knows the rules."""
        guarded = Guarded(
            host,
            port,
            timeout=timeout,
            source_address=source_address,
            blocksize=blocksize,
            context=self.network.context,
        )
        guarded.network = self.network
        return guarded


class Checked(http.client.HTTPConnection):
    """A connection that is given up when it leads to a private address."""

    network: Network
    proxied = False

    def set_tunnel(
        self,
        host: str,
        port: int | None = None,
        headers: MutableMapping[str, str] | None = None,  # type: ignore[override]  # typeshed has Mapping
    ) -> None:
        """Go through a proxy, whose own address is the system's affair."""
        self.proxied = True
        super().set_tunnel(host, port, headers)

    def connect(self) -> None:
        """Connect, look at the address, and only then go on."""
        super().connect()
        if not (self.proxied or self.network.allow_private):
            try:
                refuse_private(self.sock.getpeername()[0], self.host)
            except NetworkError:
                self.close()
                raise
        self.sock.settimeout(self.network.read_timeout)


class Guarded(http.client.HTTPSConnection, Checked):
    """`Checked` under TLS: the check comes between the connection and the handshake."""


def refuse_private(address: str, host: str) -> None:
    """Raise `NetworkError` unless `address` is one of the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if not (mapped or found).is_global or (mapped or found).is_multicast:
        raise NetworkError(
            f"{quoted(host)}: leads to the private address {found}; expected one of "
            "the public internet; nothing was sent"
        )
