"""What all tests share: markers, profiles of Hypothesis, a browser, rendered sites.

- `slow(seconds)` says how long a test takes on two quiet cores; above `NIGHTLY_FROM`
  seconds it is `nightly` too, which `-m "slow and not nightly"` leaves out.
- `--nightly-part COMMIT` runs the part of the chosen tests that a commit's hash names,
  so that as many commits as there are parts run all of them.
- `--hypothesis-profile thorough` searches longer than tests of every day do.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
NIGHTLY_FROM = 30
PARTS = 8

settings.register_profile("fast", max_examples=20, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--nightly-part`."""
    parser.addoption(
        "--nightly-part",
        metavar="COMMIT",
        help=f"run the one of {PARTS} parts that this hash of a commit chooses",
    )


def part_of(text: str) -> int:
    """Return the part, from 0, that a commit or a test belongs to."""
    return zlib.crc32(text.encode()) % PARTS


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Mark what takes long, and leave the chosen part alone where one is chosen."""
    for item in items:
        slow = item.get_closest_marker("slow")
        if slow and slow.args and slow.args[0] > NIGHTLY_FROM:
            item.add_marker("nightly")
    if commit := config.getoption("--nightly-part"):
        chosen = part_of(commit)
        others = [item for item in items if part_of(item.nodeid) != chosen]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if part_of(item.nodeid) == chosen]


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, driven by Playwright; CHROMIUM names another."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not here")
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), ""
    )
    if not found:
        pytest.skip("no Chromium on this machine; install one, or set CHROMIUM")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser for all tests."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder once for all processes of a run; tests only read it."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder = root / "shared" / name
        folder.parent.mkdir(exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not folder.with_suffix(".done").exists():
                make(folder)
                folder.with_suffix(".done").touch()
        return folder

    return once


@pytest.fixture(scope="session")
def gallery_site(shared: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The site of every kind of figure, from made-up artifacts."""
    from tests.figures import gallery

    return shared("gallery", gallery.main) / "site"


@pytest.fixture(scope="session")
def prose_site(shared: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The site of a study that says all that a write-up can say."""
    from tests.site.writeup import gallery

    return shared("prose", gallery.main) / "site"
