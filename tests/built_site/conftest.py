"""A built site, a server for it and the tools that judge it.

SITE names the folder of the site; without it the repository's own `site/` is judged.
What is not there skips a test with the reason, or fails it where TOOLS=required.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"


def absent(what: str) -> NoReturn:
    """Skip for want of a tool, or fail where all are required."""
    if os.environ.get("TOOLS") == "required":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the site that is judged."""
    folder = Path(os.environ.get("SITE") or ROOT / "site").resolve()
    if not (folder / "index.html").is_file():
        absent(f"no site is built at {folder.name}/; run: make check-site")
    return folder


@pytest.fixture(scope="session")
def pages(site: Path) -> tuple[str, ...]:
    """Every page of the site, as a path."""
    return tuple(sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html")))


@pytest.fixture(scope="session")
def studies(pages: tuple[str, ...]) -> tuple[str, ...]:
    """Pages of studies: those below a date."""
    return tuple(
        p for p in pages if len(p.split("/")) == 6 and p[-11:] == "/index.html"
    )


@pytest.fixture(scope="session")
def module() -> Callable[[str], Path]:
    """A file of an npm package that `make check-site` installs."""

    def find(path: str) -> Path:
        if not (MODULES / path).exists():
            absent(
                f"{path.split('/', maxsplit=1)[0]} is not here; run: make check-site"
            )
        return MODULES / path

    return find


@pytest.fixture(scope="session")
def java() -> str:
    """The Java that runs the Nu checker."""
    found = shutil.which("java")
    return found or absent(
        "no Java on this machine; apt install openjdk-17-jre-headless"
    )


@pytest.fixture(scope="session", params=["", "repo/"], ids=["root", "sub-path"])
def address(
    request: Any, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the site is served, under / and under /repo/, each with a slash."""
    folder = site
    if request.param:
        folder = tmp_path_factory.mktemp("host")
        (folder / request.param.strip("/")).symlink_to(site)
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        base = f"http://127.0.0.1:{port}/"
        for _ in range(100):
            try:
                urlopen(base).close()
                break
            except OSError:
                time.sleep(0.05)
        yield base + request.param
        server.terminate()
