"""Other sites are asked on demand, once each, and never wait for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.cli.check.links import check_external_links, list_external_links
from tests.cli.check.sites import page, site


class Answers(BaseHTTPRequestHandler):
    """Answers by the path: a status, a redirection, or nothing for long."""

    asked: list[str]

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")  # type: ignore[attr-defined] - ours
        if self.path == "/slow":
            time.sleep(1.5)
        if self.path == "/no-head" and self.command == "HEAD":
            status = 405
        else:
            status = {"/gone": 404, "/never": 410, "/down": 503, "/file": 302}.get(
                self.path, 200
            )
        self.send_response(status)
        if self.path == "/file":
            self.send_header("Location", "file:///etc/hostname")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A server of this machine."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.asked = []  # type: ignore[attr-defined] - what it was asked
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def test_what_does_not_answer_is_found(
    tmp_path: Path, server: ThreadingHTTPServer
) -> None:
    """Gone pages and silent hosts are found; busy, refusing and fine ones are not."""
    base = f"http://127.0.0.1:{server.server_port}"
    names = ("fine", "gone", "never", "down", "no-head", "slow", "file", "fine#part")
    body = "".join(f'<a href="{base}/{name}">x</a>' for name in names)
    body += '<a href="http://127.0.0.1:1/x">x</a><a href="mailto:a@b.c">x</a>'
    found = site(tmp_path, index_html=page(body), a__index_html=page(body))
    texts = [
        one.text
        for one in check_external_links(list_external_links(found), patience=0.5)
    ]
    for words in ("/gone", "answers 404", "/never", "/slow", "127.0.0.1:1", "/file"):
        assert any(words in text for text in texts), words
    assert len(texts) == 5
    asked = server.asked  # type: ignore[attr-defined] - ours
    assert asked.count("HEAD /fine") == 1
    assert "GET /no-head" in asked


def test_the_site_s_own_address_is_not_asked(tmp_path: Path) -> None:
    """Links to the site itself are checked on disk."""
    base = "https://example.org/repo/"
    body = f'<a href="{base}a/">x</a><a href="https://example.org/x">y</a>'
    found = site(tmp_path, base, index_html=page(body))
    (link,) = list_external_links(found)
    assert (link.address, link.file) == ("https://example.org/x", "site/index.html")
    assert link.line == 3
