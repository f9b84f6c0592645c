"""Runs `build.py serve` on a project of the gallery and talks to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.figures import gallery
from tests.stub.project import REPOSITORY, environment

PAGE = "studies/2026/11/13/slots/index.html"
EARLIER = "notes/2025/12/05/earlier/index.html"


BEATS = 3
"""Signs of life of a stream, 15 s apart, after which no news is a failure."""
UNDER_WAY = ("context was destroyed", "properties of null")
"""What a page that is being loaded answers."""
STUDY = """\
title: {title}
summary: Short.
category: {category}
tags: [attention]
corpora:
  reviews: {{kind: planted_songs, documents: 20}}
models:
  lm: {{kind: textgenrnn, corpus: reviews, word_level: true, epochs: 1}}
artifacts:
  greedy: {{method: writing, model: lm, length: 12, temperature: 0}}
figures:
  matrix: {{figure: matrix, artifact: greedy}}
{more}"""


def project(folder: Path) -> Path:
    """A project of two small studies with artifacts of an earlier definition."""
    first, second = gallery.small(folder)
    step = "  step: {figure: text, artifact: greedy}\n"
    for study, more in ((first, step), (second, "")):
        text = STUDY.format(title=study.title, category=study.category, more=more)
        (study.folder / "study.yaml").write_text(text)
    (folder / "studies" / "site.yaml").write_text(
        "title: A blog\nbase_url: https://example.org/blog/\n"
    )
    return folder


def prose(folder: Path) -> Path:
    """The write-up of the study at `PAGE`."""
    return next((folder / "studies").glob("*-slots")) / "index.md"


@dataclass
class Running:
    """A server under way."""

    process: subprocess.Popen[str]
    port: int
    base: str
    said: list[str]

    def get(
        self, path: str = "", host: str = "", whole: bool = False, method: str = "GET"
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of an answer; `path` is below the base."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        target = path if whole else f"{self.base}{path}"
        link.putrequest(method, target, skip_host=True)
        link.putheader("Host", host or f"127.0.0.1:{self.port}")
        link.endheaders()
        answer = link.getresponse()
        body = answer.read().decode("utf-8", "replace")
        link.close()
        return answer.status, dict(answer.getheaders()), body

    @contextmanager
    def events(self, page: str = PAGE) -> Iterator[Iterator[dict[str, Any]]]:
        """States of a page as the stream of events tells them."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        link.request("GET", f"{self.base}_preview/events?page={page}")
        answer = link.getresponse()
        assert answer.getheader("Content-Type") == "text/event-stream"

        def read_board() -> Iterator[dict[str, Any]]:
            beats = 0
            while line := answer.readline():
                if line.startswith(b"data: "):
                    beats = 0
                    yield json.loads(line[6:])
                beats += line.startswith(b":")
                assert beats < BEATS, "nothing was told of a change"

        yield read_board()
        answer.close()
        link.close()


@contextmanager
def served(folder: Path, *words: str) -> Iterator[Running]:
    """`build.py serve` on a free port, ended by SIGINT if it still runs."""
    port = () if "-p" in words else ("-p", "0")
    process = subprocess.Popen(
        [sys.executable, "-u", str(REPOSITORY / "build.py"), "-C", str(folder), "serve",
         *port, *words],
        env=environment(STUDY_NOW=os.environ.get("TEST_NOW", "2030-01-01")),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said: list[str] = []
    assert process.stdout
    try:
        for line in process.stdout:
            said.append(line)
            if found := re.match(r"serving http://[^/]*:(\d+)(/\S*);", line):
                yield Running(process, int(found[1]), found[2], said)
                break
        else:
            raise AssertionError(process.communicate())
    finally:
        if process.poll() is None:
            process.send_signal(2)
        process.communicate(timeout=20)


def awaited(
    states: Iterator[dict[str, Any]], test: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """The first state that passes: a save may be seen in halves, and told twice."""
    return next(state for state in states if test(state))


def wrong(state: dict[str, Any]) -> bool:
    """Whether a state tells a problem."""
    return bool(state["problems"])


def good(state: dict[str, Any]) -> bool:
    """Whether a state tells no problem."""
    return not state["problems"]


def becomes(page: Any, expression: str, seconds: float = 20.0) -> None:
    """Wait until JavaScript is true of a page, which may be loaded again meanwhile.

    Playwright's own wait evaluates text in the page, which our policy refuses.
    """
    from playwright.sync_api import Error

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if page.evaluate(expression):
                return
        except Error as error:
            if not any(word in str(error) for word in UNDER_WAY):
                raise
        time.sleep(0.01)
    raise AssertionError(f"it never came true: {expression}")
