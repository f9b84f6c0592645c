"""A publish that is killed leaves the remote at the old or the new commit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.publish.conftest import Place, git
from tests.stub.project import REPOSITORY, environment


def started(place: Place, **changes: str) -> subprocess.Popen[str]:
    """Publishing, in a process group of its own."""
    words = ["-m", "tests.stub.build", "-C", str(place.project), "publish"]
    return subprocess.Popen(
        [sys.executable, *words],
        env=environment(STUB_REAL="1", **changes),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def sound(place: Place, old: str) -> None:
    """Both repositories are whole; the tip is the old commit or the new site on it."""
    tip = place.tip()
    if tip != old:
        assert git(place.bare, "rev-parse", f"{tip}^") == old
        page = (place.project / "site" / "index.html").read_text()
        assert git(place.bare, "show", f"{tip}:index.html") == page.strip()
    for folder in (place.project, place.bare):
        git(folder, "fsck", "--full", "--strict")


def finished(place: Place) -> None:
    """The same command again publishes the site."""
    place.publish()
    page = (place.project / "site" / "index.html").read_text()
    assert git(place.bare, "show", "gh-pages:index.html") == page.strip()


def next_site(place: Place, number: int) -> None:
    """Another site to publish."""
    (place.project / "studies" / "site.yaml").write_text(f"title: T{number}\n")
    place.commit()
    place.build()


@pytest.mark.slow(60)
def test_killed_at_any_event(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SIGKILL at events that change the file system of ours; all of the last ones."""
    place.publish()
    old = place.tip()
    next_site(place, 0)
    count = tmp_path_factory.mktemp("count") / "count"
    number = 1
    while True:
        process = started(place, STUB_KILL=str(number), STUB_COUNT=str(count))
        process.communicate()
        sound(place, old)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        number += max(1, number // 4)
    finished(place)
    assert place.commits() == 2
    # The last events, at which the commit is made, each.
    old, total = place.tip(), int(count.read_text())
    next_site(place, 1)
    for number in range(total - 8, total + 1):
        process = started(place, STUB_KILL=str(number))
        process.communicate()
        sound(place, old)
        assert process.returncode == -signal.SIGKILL
    finished(place)
    assert place.commits() == 3


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(2, marks=pytest.mark.slow(9)),
        pytest.param(20, marks=pytest.mark.slow(80)),
    ],
    ids=["2", "20"],
)
def test_killed_at_any_moment(place: Place, rounds: int) -> None:
    """SIGKILL of us and of git under us, at random moments of the run."""
    begun = time.monotonic()
    process = started(place)
    process.communicate()
    assert process.returncode == 0
    length = time.monotonic() - begun
    rng = random.Random(5)  # noqa: S311 - moments to kill at
    for number in range(rounds):
        old, commits = place.tip(), place.commits()
        next_site(place, number)
        process = started(place)
        time.sleep(rng.uniform(0.4, 1.0) * length)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it had ended
            assert place.tip() != old
        process.communicate()
        sound(place, old)
        finished(place)
        assert place.commits() == commits + 1
