"""What the preview answers, remembers and waits for, without a socket."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchfiles import Change

from generator.cli.error_location import LocatedMessage
from generator.cli.preview.board import (
    Board,
    BoardState,
    add_preview_script,
    encode_state,
    make_first_page,
)
from generator.cli.preview.serve import is_relevant_change
from generator.cli.preview.server import (
    PORTS,
    Server,
    find_base_path,
    find_mime_type,
    is_own_host,
    open_server,
    respond,
)
from generator.cli.preview.session import MemoryCache, PreviewSite
from generator.core.cache import Cache
from generator.core.errors import ResourceError
from generator.site.html_safety import POLICY

PAGE = b"<html><head></head><body>Home</body></html>"
FILES = {
    "index.html": PAGE,
    "404.html": b"<head></head>lost",
    "a/index.html": PAGE,
    "feed.xml": b"<feed/>",
    "a/data.json": b"{}",
    "assets/style.0a1f.css": b"",
}
STATE = BoardState(1, PreviewSite(FILES, "", ()))


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("", "/"),
        ("https://e.org", "/"),
        ("https://e.org/b", "/b/"),
        ("x:/b/c/", "/b/c/"),
    ],
)
def test_a_base_path_has_a_slash_at_both_ends(address: str, path: str) -> None:
    """It is the path of the site's address."""
    assert find_base_path(address) == path


@pytest.mark.parametrize(
    ("target", "status", "to"),
    [
        ("/", 302, "/b/"),
        ("/b", 302, "/b/"),
        ("/b/", 200, ""),
        ("/b/?x=1", 200, ""),
        ("/b/index.html", 200, ""),
        ("/b/a", 302, "/b/a/"),
        ("/b/a/", 200, ""),
        ("/b/a/data.json", 200, ""),
        ("/b/none", 404, ""),
        ("/b/none/", 404, ""),
        ("/a/", 404, ""),
        ("/b/../b/", 400, ""),
        ("/b/./", 400, ""),
        ("b/", 400, ""),
    ],
)
def test_each_address_has_its_answer(target: str, status: int, to: str) -> None:
    """A page, a redirect to it, or why there is none."""
    found = respond(target, "/b/", STATE)
    assert (found.status, found.to) == (status, to)


def test_at_the_root_the_first_page_is_no_redirect() -> None:
    """Where the site's path is /, that is its page."""
    assert respond("/", "/", STATE).status == 200


def test_pages_alone_get_the_script() -> None:
    """Where the preview is live; other files, and a plain preview, are as written."""
    for target in ("/b/", "/b/a/", "/b/none"):
        assert b"preview.js" in respond(target, "/b/", STATE).body
        assert b"preview.js" not in respond(target, "/b/", STATE, live=False).body
    assert respond("/b/", "/b/", STATE, live=False).body == PAGE
    assert respond("/b/a/data.json", "/b/", STATE).body == b"{}"


def test_without_a_site_the_script_waits_for_one() -> None:
    """Every address is then a page that says so; without a script it is lost."""
    page = respond("/b/a/", "/b/", BoardState())
    assert (page.status, page.kind) == (200, "text/html; charset=utf-8")
    assert page.body == make_first_page("/b/", "a/", BoardState())
    assert b"connect-src" in page.body
    lost = respond("/b/a/", "/b/", BoardState(), live=False)
    assert (lost.status, lost.body) == (404, b"not found\n")


def test_a_mime_type_follows_from_the_ending() -> None:
    """The two feeds are XML of their own kind; nothing is known of what has none."""
    assert find_mime_type("feed.xml") == find_mime_type("atom.xml")
    assert find_mime_type("a/feed.xml") == find_mime_type("sitemap.xml")
    assert find_mime_type("feed.xml") != find_mime_type("sitemap.xml")
    assert find_mime_type("data") == "application/octet-stream"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:80", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("blog.localhost:1", True),
        ("[::1]:80", True),
        ("evil.org", False),
        ("", False),
        ("localhost.evil.org", False),
    ],
)
def test_only_names_of_this_machine_are_answered(host: str, own: bool) -> None:
    """A server that others may reach answers to any name."""
    assert is_own_host(host, "127.0.0.1") is own
    assert is_own_host(host, "0.0.0.0")  # noqa: S104 - nothing is bound


@pytest.mark.parametrize(
    ("name", "relevant"),
    [
        ("/p/studies/a/index.md", True),
        ("/p/.git/a/b/c", True),
        ("/p/.git/index", False),
        ("/p/studies/.#index.md", False),
        ("/p/studies/index.md~", False),
        ("/p/studies/x.swp", False),
        ("/p/studies/4913", False),
        ("/p/studies/4913.md", True),
    ],
)
def test_what_editors_leave_changes_no_page(name: str, relevant: bool) -> None:
    """Their own files, and those of git in the last three parts of a path."""
    assert is_relevant_change(Change.modified, name) is relevant


def test_a_board_wakes_who_waits_for_a_change() -> None:
    """At once where the version is another one, or in time; then at its closing."""
    board = Board()
    assert board.wait_for_change(-1, 60) is board.state
    assert board.wait_for_change(0, 0) is board.state
    site = PreviewSite(FILES, "", ())
    threading.Timer(0.05, board.show_site, (site, ())).start()
    state = board.wait_for_change(0, 60)
    assert state is not None
    assert (state.version, state.site) == (1, site)
    threading.Timer(0.05, board.close).start()
    assert board.wait_for_change(1, 60) is None


def test_a_board_changes_where_something_is_new() -> None:
    """The same site is no news, but after a problem it is; a problem keeps the site."""
    board, site = Board(), PreviewSite(FILES, "", ())
    warning = (LocatedMessage("w"),)
    board.show_site(site, ())
    board.show_site(site, ())
    assert board.state.version == 1
    board.show_site(site, warning)
    assert (board.state.version, board.state.warnings) == (2, warning)
    board.show_problems((LocatedMessage("p", "f", 3),))
    assert (board.state.version, board.state.site) == (3, site)
    board.show_site(site, warning)
    assert (board.state.version, board.state.problems) == (4, ())


def test_a_page_is_new_where_a_reader_sees_it() -> None:
    """Its text and the pictures beside it count; the name of the style does not."""

    def hashed(**changes: bytes) -> str:
        files = {
            "index.html": b'<link href="assets/style.0a.css">',
            "a/index.html": b"A",
            "a/images/x.png": b"1",
            "images/y.png": b"1",
        }
        changed = {name.replace("__", "/"): body for name, body in changes.items()}
        return BoardState(1, PreviewSite(files | changed, "", ())).hash_page(page)

    for page, beside, other in (
        ("a/index.html", "a/images/x.png", "images/y.png"),
        ("index.html", "images/y.png", "a/images/x.png"),
    ):
        before = hashed()
        assert len(before) == 16
        assert hashed(**{page: b"B"}) != before
        assert hashed(**{beside: b"2"}) != before
        assert hashed(**{other: b"2"}) == before
    page = "index.html"
    assert hashed(**{page: b'<link href="assets/style.ff.css">'}) == hashed()
    assert BoardState().hash_page("none")


def test_the_script_may_connect_to_its_own_server() -> None:
    """It is the last of the head; what a page allows elsewhere stays."""
    from markupsafe import escape

    policy = f'<meta content="{escape(POLICY)}">'
    html = f"<head>{policy}</head><p></head>{policy}".encode()
    page = add_preview_script(html, "/b/", "a&b.html", STATE).decode()
    head, _, body = page.partition("</head>")
    assert "connect-src &#39;self&#39;" in head
    assert head.endswith("</script>\n")
    assert 'data-page="a&amp;b.html"' in head
    assert body == f"<p></head>{policy}"


def test_a_state_names_its_style_and_places() -> None:
    """As the script reads it: one line of ASCII."""
    said = LocatedMessage("é", "f.md", 3, 4)
    state = BoardState(1, STATE.site, (said,), (LocatedMessage("w", "g.md"),))
    text = encode_state(state, "/b/", "index.html")
    assert text.isascii()
    assert "\n" not in text
    assert '"style": "/b/assets/style.0a1f.css"' in text
    assert '"place": "f.md:3:4"' in text
    assert '"place": "g.md"' in text
    assert '"style": "/b/"' in encode_state(BoardState(), "/b/", "index.html")


def test_memory_stands_before_the_disk(tmp_path: Path) -> None:
    """It is read once and used until it is refused; pruned is what was not used."""
    stored = Cache(tmp_path / "pages")
    stored.put("a" * 64, b"old")
    memory = MemoryCache(tmp_path / "pages")
    assert memory.get("a" * 64) == b"old"
    assert memory.size("a" * 64) == 3
    memory.put("b" * 64, b"new")
    assert memory.get("b" * 64) == b"new"
    assert memory.get("c" * 64) is None
    assert memory.size("c" * 64) is None
    assert Cache(tmp_path / "pages").get("b" * 64) is None
    assert memory.prune() == 0
    assert memory.get("b" * 64) == b"new"
    assert memory.prune() == 1
    memory.refuse("a" * 64)
    assert memory.get("a" * 64) is None
    memory.put("a" * 64, b"again")
    assert memory.get("a" * 64) == b"again"
    memory.distrust()
    assert memory.get("a" * 64) is None
    assert MemoryCache(tmp_path / "pages", reads_disk=False).get("a" * 64) is None
    assert memory.sibling("x") is memory.sibling("x")
    assert memory.sibling("x").folder == tmp_path / "x"


Ask = Callable[..., http.client.HTTPResponse]


@contextmanager
def opened(*, live: bool = True) -> Iterator[tuple[Board, Ask]]:
    """A server of the site in this process, and what asks it."""
    board = Board()
    board.show_site(PreviewSite(FILES, "", ()), ())
    own = {"preview.css": b"p{}"}
    server = open_server("127.0.0.1", 0, board, "/b/", own, live=live)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    port = server.server_address[1]
    assert server.url == f"http://127.0.0.1:{port}/b/"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(path: str, method: str = "GET", **head: str) -> http.client.HTTPResponse:
        connection.request(method, path, headers=head)
        return connection.getresponse()

    try:
        yield board, ask
    finally:
        board.close()
        connection.close()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("live", [True, False])
def test_an_answer_arrives_as_it_is(live: bool) -> None:
    """Over one connection: a body with GET alone, a redirect with its address."""
    with opened(live=live) as (_, ask):
        found = ask("/b/a/data.json")
        assert (found.status, found.read()) == (200, b"{}")
        assert found.headers["Content-Type"] == "application/json"
        assert found.headers["Cache-Control"] == "no-store"
        assert "Location" not in found.headers
        assert found.version == 11
        head = ask("/b/a/data.json", "HEAD")
        assert (head.headers["Content-Length"], head.read()) == ("2", b"")
        away = ask("/b/a")
        assert (away.status, away.headers["Location"]) == (302, "/b/a/")
        assert away.read() == b""
        other = ask("/b/", Host="evil.org")
        assert (other.status, other.read()[:11]) == (403, b"this server")
        page = ask("/b/")
        assert page.status == 200
        assert (b"preview.js" in page.read()) is live
        own = ask("/b/_preview/preview.css")
        assert (own.status, own.read() == b"p{}") == (
            (200, True) if live else (404, False)
        )
        assert own.headers["Content-Type"].startswith(
            "text/css" if live else "text/html"
        )
        own = ask("/b/_preview/preview.css", "HEAD")
        assert own.read() == b""
        for lost in ("/b/preview.css", "/preview.css", "/b/_preview/none"):
            found = ask(lost)
            assert found.status == 404
            found.read()


def test_events_follow_the_board() -> None:
    """The state now, and at each change; asked with HEAD it is a page like others."""
    with opened() as (board, ask):
        head = ask("/b/_preview/events", "HEAD")
        assert (head.status, head.read()) == (404, b"")
        stream = ask("/b/_preview/events?page=index.html")
        assert stream.status == 200
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert "Content-Length" not in stream.headers
        seen = board.state.hash_page("index.html")
        first = stream.readline().decode()
        assert first.startswith("data: {")
        assert seen in first
        assert stream.readline() == b"\n"
        board.show_problems((LocatedMessage("broken"),))
        assert b"broken" in stream.readline()
        board.close()
        assert stream.read() == b"\n"


def test_a_quiet_stream_says_that_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing changes for a while, so that a reader who left is noticed."""
    monkeypatch.setattr("generator.cli.preview.server.BEAT", 0.01)
    with opened() as (_, ask):
        stream = ask("/b/_preview/events")
        lines = [stream.readline() for _ in range(6)]
        assert lines[2::2] == [b": still here\n"] * 2


def test_the_next_free_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of fifty; an address of another machine is no matter of ports."""
    tried: list[int] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = open_server("127.0.0.1", port, Board(), "/", {})
        assert port < server.server_address[1] < port + PORTS
        server.server_close()

    class Taken(Server):
        def __init__(self, address: tuple[str, int], *_: object, **__: object) -> None:
            tried.append(address[1])
            raise OSError(13, "Permission denied")

    monkeypatch.setattr("generator.cli.preview.server.Server", Taken)
    for first, count in ((1000, PORTS), (65530, 6)):
        tried.clear()
        with pytest.raises(ResourceError, match=f"--port {first}: this and the 49 "):
            open_server("127.0.0.1", first, Board(), "/", {})
        assert tried == list(range(first, first + count))
    monkeypatch.undo()
    with pytest.raises(ResourceError, match="cannot be listened on"):
        open_server("192.0.2.1", 1024, Board(), "/", {})


def test_an_address_with_colons_is_in_brackets() -> None:
    """As a browser wants it."""
    try:
        server = open_server("::1", 0, Board(), "/", {})
    except ResourceError:
        pytest.skip("this machine has no such addresses")
    assert server.url == f"http://[::1]:{server.server_address[1]}/"
    server.server_close()
