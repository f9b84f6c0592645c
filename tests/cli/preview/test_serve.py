"""A real server on loopback: what it answers, refuses, tells and leaves behind."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli.error_location import locate_message
from generator.cli.preview.board import Board
from generator.cli.preview.serve import watch_files
from generator.cli.preview.session import PreviewSite
from tests.cli.preview.serving import (
    EARLIER,
    PAGE,
    Running,
    awaited,
    good,
    project,
    prose,
    served,
    wrong,
)
from tests.stub.project import tree


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project."""
    return project(tmp_path_factory.mktemp("preview"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    """A server that all tests of this module ask, and change nothing of."""
    with served(folder) as running:
        yield running


def test_the_base_path_is_the_site_s(server: Running) -> None:
    """The site is where it will be on its host, and / leads there."""
    assert server.base == "/blog/"
    for path in ("/", "/blog"):
        status, headers, _ = server.get(path, whole=True)
        assert (status, headers["Location"]) == (302, "/blog/")
    status, headers, body = server.get()
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "A blog" in body
    assert server.get("/elsewhere/", whole=True)[0] == 404


def test_folders_are_pages(server: Running) -> None:
    """A folder's page has its address with a / at the end, and no folder is listed."""
    folder = PAGE.removesuffix("/index.html")
    status, headers, _ = server.get(folder)
    assert (status, headers["Location"]) == (302, f"/blog/{folder}/")
    assert server.get(f"{folder}/")[0] == 200
    assert server.get("assets/")[0] == 404


def test_kinds_and_caches(server: Running) -> None:
    """Each file is what it is, and nothing is kept by a browser."""
    _, _, body = server.get()
    style = body.partition('rel="stylesheet" href="')[2].partition('"')[0]
    for path, kind in (
        (style, "text/css; charset=utf-8"),
        ("feed.xml", "application/atom+xml; charset=utf-8"),
        ("_preview/preview.js", "text/javascript; charset=utf-8"),
    ):
        status, headers, _ = server.get(path)
        assert (status, headers["Content-Type"]) == (200, kind)
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_not_there(server: Running) -> None:
    """A lost address gets the site's own page for it, with its status."""
    status, _, body = server.get("no/such/page")
    assert status == 404
    assert "_preview/preview.js" in body
    assert "A blog" in body


@pytest.mark.parametrize(
    "path",
    [
        "/blog/../studies/site.yaml",
        "/blog/%2e%2e/%2e%2e/etc/passwd",
        "/blog/..%2f..%2fetc%2fpasswd",
        "/blog/%2e%2e%5c%2e%2e%5cetc",
        "//etc/passwd",
        "/blog//etc/passwd",
        "/blog/studies/site.yaml",
        "/blog/%00",
        "/etc/passwd",
        "/blog/./index.html",
    ],
)
def test_no_address_leads_out(server: Running, path: str) -> None:
    """Whatever an address is spelt like, it is a page of the site or nothing."""
    status, _, body = server.get(path, whole=True)
    assert status in (400, 404)
    assert "root:" not in body
    assert "base_url" not in body


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("blog.localhost", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("localhost.evil.example", 403),
    ],
)
def test_a_name_turned_to_this_machine_is_refused(
    server: Running, host: str, status: int
) -> None:
    """A page elsewhere cannot read the preview by letting its name lead here."""
    assert server.get(host=host)[0] == status
    assert server.get("_preview/preview.js", host=host)[0] == status


def test_only_reading(server: Running) -> None:
    """HEAD has no body, and nothing but reading is understood."""
    status, headers, body = server.get(method="HEAD")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 100
    assert server.get(method="POST")[0] == 501


def test_the_policy_lets_the_stream_in_and_nothing_else(server: Running) -> None:
    """The page's policy has one more word in a preview."""
    _, _, body = server.get(PAGE)
    policy = body.partition('http-equiv="Content-Security-Policy" content="')[2]
    policy = policy.partition('"')[0].replace("&#39;", "'")
    assert policy.endswith("; connect-src 'self'")
    assert "script-src 'self'" in policy
    scripts = re.findall(r"<script[^>]*>", body)
    assert all('src="' in tag or 'type="application/' in tag for tag in scripts)


@pytest.mark.slow(2)
def test_a_save_is_told(tmp_path: Path) -> None:
    """A page that changed is told to its readers, one that did not is not."""
    folder = project(tmp_path)
    with served(folder) as running, running.events() as page:
        first = next(page)
        assert first["problems"] == []
        with running.events("about/index.html") as other:
            same = next(other)
            with prose(folder).open("a") as file:
                file.write("\nA sentence more.\n")
            awaited(page, lambda told: told["seen"] != first["seen"])
            assert next(other)["seen"] == same["seen"]
        assert "A sentence more." in running.get(PAGE)[2]


@pytest.mark.slow(2)
def test_what_is_wrong_is_shown_over_the_last_good_page(tmp_path: Path) -> None:
    """A broken file is told with its line; mending it takes the message away."""
    folder = project(tmp_path)
    path = prose(folder)
    was, before = path.read_text(), tree(folder)
    with served(folder) as running, running.events() as page:
        first = next(page)
        path.write_text(f"{was}\n\n![x](figure:nothing)\n")
        (problem,) = awaited(page, wrong)["problems"]
        number = path.read_text().split("\n").index("![x](figure:nothing)") + 1
        assert problem["place"].startswith(f"studies/{path.parent.name}/index.md:")
        assert problem["line"] == number
        assert [number, "![x](figure:nothing)"] in problem["lines"]
        assert problem["column"] == 1 + "![x](figure:nothing)".index("nothing")
        assert running.get(PAGE)[0] == 200
        path.write_text(was)
        awaited(page, lambda told: good(told) and told["seen"] == first["seen"])
        definition = path.with_name("study.yaml")
        was = definition.read_text()
        with definition.open("a") as file:
            file.write("\ntitel: x\n")
        (problem,) = awaited(page, wrong)["problems"]
        assert problem["file"].endswith("study.yaml")
        assert "unknown key" in problem["text"]
        definition.write_text(was)
        awaited(page, good)
    assert tree(folder) == before, "a preview leaves nothing behind"


@pytest.mark.slow(2)
def test_a_preview_that_begins_broken(tmp_path: Path) -> None:
    """It begins all the same, and shows the site once it can."""
    folder = project(tmp_path)
    settings = folder / "studies" / "site.yaml"
    settings.write_text("titel: x\n")
    with served(folder) as running, running.events("index.html") as page:
        awaited(page, wrong)
        assert "Nothing can be shown yet" in running.get()[2]
        settings.write_text("title: A blog\n")
        awaited(page, good)
        assert "A blog" in running.get()[2]


def test_a_save_while_it_begins_is_seen(tmp_path: Path) -> None:
    """What is saved after the first look and before changes are watched for is seen."""
    folder, stop, looks = project(tmp_path), threading.Event(), []

    def look(changed: frozenset[Path]) -> None:
        looks.append((changed, prose(folder).read_text()))
        stop.set()

    prose(folder).write_text("Saved just before.\n")
    watch_files([folder / "studies"], look, stop)
    assert looks == [(frozenset(), "Saved just before.\n")]


def test_a_look_that_changes_nothing_is_not_told() -> None:
    """Readers hear of what is different, and of nothing else."""
    board, site = Board(), PreviewSite({"index.html": b"x"}, "", ())
    board.show_site(site, ())
    first = board.state
    board.show_site(PreviewSite({"index.html": b"x"}, "", ()), ())
    assert board.state is first
    board.show_problems((locate_message("x", None),))
    board.show_site(site, ())
    assert board.state.version == first.version + 2
    assert not board.state.problems


@pytest.mark.slow(2)
def test_a_style_changes_no_page(tmp_path: Path) -> None:
    """A style sheet of the project's own is told as a style, not as a page."""
    folder = project(tmp_path)
    own = folder / "templates" / "static"
    own.mkdir(parents=True)
    (own / "style.css").write_text("p{color:red}\n")
    with served(folder) as running, running.events() as page:
        first = next(page)
        (own / "style.css").write_text("p{color:blue}\n")
        second = awaited(page, lambda told: told["style"] != first["style"])
        assert second["seen"] == first["seen"]
        path = second["style"].removeprefix(running.base)
        assert "p{color:blue}" in running.get(path)[2]


@pytest.mark.slow(3)
def test_marks(tmp_path: Path) -> None:
    """Drafts, studies to come and what was not collected are shown, and say so."""
    folder = project(tmp_path)
    first, second = sorted((folder / "studies").glob("20*"))
    with (second / "study.yaml").open("a") as file:
        file.write("\ndraft: true\n")
    for path in (first / "artifacts").iterdir():
        path.unlink()
    with served(folder, "--now", "2025-12-01") as running:
        _, _, page = running.get(PAGE)
        assert ">Draft<" in page
        assert ">Scheduled, in 347 days<" in page
        _, _, page = running.get(EARLIER)
        assert ">Not collected<" in page
        assert "python build.py collect earlier" in page
        _, _, index = running.get()
        assert all(f">{word}" in index for word in ("Draft<", "Sched", "Not collected"))
    with served(folder, "--clean", "--now", "2026-11-30") as running:
        assert running.get(PAGE)[0] == 404
        assert running.get(EARLIER)[0] == 404


@pytest.mark.slow(2)
def test_without_reload_pages_are_the_built_ones(tmp_path: Path) -> None:
    """`--clean --no-reload` serves what `render` writes, to the byte."""
    from generator.cli.job import Job
    from generator.site.build import render_site

    folder = project(tmp_path)
    job = Job(
        project=str(folder), base_url="https://example.org/blog/", now="2030-01-01"
    )
    into = tmp_path / "out"
    into.mkdir()
    from generator.study.site_settings import load_settings

    render_site(folder, job.studies, load_settings(folder), into)
    with served(folder, "--clean", "--no-reload") as running:
        for path in (PAGE, EARLIER, "index.html", "404.html"):
            _, _, body = running.get(path)
            assert body == (into / path).read_text("utf-8"), path
        assert running.get("_preview/events")[0] == 404


@pytest.mark.slow(2)
def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """The next free one is used, and said."""
    folder = project(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with served(folder, "-p", str(port)) as running:
            assert running.port > port
            assert f"port {port} is taken; took {running.port}\n" in running.said
            assert running.get()[0] == 200


@pytest.mark.slow(2)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once(tmp_path: Path, number: signal.Signals) -> None:
    """A signal ends it at once, streams open or not, with its status."""
    folder = project(tmp_path)
    with served(folder) as running, running.events() as page:
        next(page)
        begun = time.monotonic()
        running.process.send_signal(number)
        _, errors = running.process.communicate(timeout=10)
        assert time.monotonic() - begun < 5
        assert running.process.returncode == 128 + number
        assert "Traceback" not in errors
        assert errors.startswith("stopped; ")
