"""Publishing leaves a repository as it was, whatever state it is in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.publish.conftest import Place, git

State = Callable[[Place], Place]


def seen(project: Path) -> dict[str, object]:
    """All of a repository that publishing must not change."""
    folder = Path(git(project, "rev-parse", "--absolute-git-dir"))
    common = Path(
        git(project, "rev-parse", "--path-format=absolute", "--git-common-dir")
    )
    names = ("index", "HEAD", "ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "shallow")
    paths = [folder / name for name in names] + [common / "config", common / "shallow"]
    paths += sorted((common / "hooks").glob("*")) + sorted(folder.glob("rebase-*/*"))
    paths += [path for path in sorted(project.rglob("*")) if ".git" not in path.parts]
    return {
        "status": git(project, "status", "--porcelain=v2", "-z", "--ignored"),
        "refs": git(project, "for-each-ref"),
        "stashes": git(project, "stash", "list"),
        "extra": sorted(p.name for p in folder.iterdir()),
        "files": {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if path.is_file() and path.name != "lock"
        },
    }


def clean(place: Place) -> Place:
    """Nothing to commit."""
    return place


def staged(place: Place) -> Place:
    """A new file and a change in the index."""
    (place.project / "notes.txt").write_text("x")
    git(place.project, "add", "notes.txt")
    return place


def unstaged(place: Place) -> Place:
    """A change and a deletion in the work tree."""
    (place.project / ".gitignore").write_text("/site/\n/site.*/\n/.cache/\n*.tmp\n")
    return place


def untracked(place: Place) -> Place:
    """A file that git does not know."""
    (place.project / "new file.txt").write_text("x")
    return place


def ignored(place: Place) -> Place:
    """A file that git is told not to know, where the site would be."""
    (place.project / ".cache" / "mine").write_text("x")
    return place


def stashed(place: Place) -> Place:
    """Work put aside."""
    unstaged(place)
    git(place.project, "stash", "-q")
    return place


def apart(place: Place) -> Place:
    """Two branches that changed one line."""
    path = place.project / "line.txt"
    for branch in ("one", "two"):
        git(place.project, "checkout", "-q", "main")
        git(place.project, "checkout", "-q", "-b", branch)
        path.write_text(branch)
        place.commit()
    return place


def conflicted(place: Place) -> Place:
    """A merge that stopped."""
    git(apart(place).project, "merge", "one", check=False)
    return place


def rebasing(place: Place) -> Place:
    """A rebase that stopped."""
    git(apart(place).project, "rebase", "one", check=False)
    assert list((place.project / ".git").glob("rebase-*"))
    return place


def worktree(place: Place) -> Place:
    """A second work tree of the repository, with the site in it."""
    other = place.project.parent / "tree"
    git(place.project, "worktree", "add", "-q", str(other))
    for name in ("site", ".cache"):
        (place.project / name).rename(other / name)
    return Place(other, place.bare)


def submodule(place: Place) -> Place:
    """The project as a part of another repository."""
    above = place.project.parent / "above"
    git(place.project.parent, "init", "-q", str(above))
    words = ("-c", "protocol.file.allow=always", "submodule", "add", "-q")
    git(above, *words, str(place.project), "part")
    for name in ("site", ".cache"):
        (place.project / name).rename(above / "part" / name)
    git(above / "part", "remote", "set-url", "origin", str(place.bare))
    return Place(above / "part", place.bare)


def detached(place: Place) -> Place:
    """No branch is checked out."""
    git(place.project, "checkout", "-q", "--detach")
    return place


def shallow(place: Place) -> Place:
    """A clone without its history."""
    place.commit()
    other = place.project.parent / "shallow"
    address = f"file://{place.project}"
    git(place.project.parent, "clone", "-q", "--depth", "1", address, str(other))
    for name in ("site", ".cache"):
        (place.project / name).rename(other / name)
    git(other, "remote", "set-url", "origin", str(place.bare))
    return Place(other, place.bare)


STATES: tuple[State, ...] = (
    clean, staged, unstaged, untracked, ignored, conflicted, stashed, rebasing,
    worktree, submodule, detached, shallow,
)  # fmt: skip


@pytest.mark.slow(2)
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_touched(
    place: Place, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status, index, HEAD, refs, stashes, hooks and configuration stay as they were."""
    there = state(place)
    monkeypatch.chdir(there.project)
    before = seen(there.project)
    there.publish(allow_dirty=True)
    assert seen(there.project) == before
    assert there.tip()


def test_the_comparison_sees_a_change(place: Place) -> None:
    """A branch, a staged file or a setting more would be seen."""
    states = [seen(place.project)]
    git(place.project, "branch", "other")
    states.append(seen(place.project))
    (place.project / "x").write_text("x")
    states.append(seen(place.project))
    git(place.project, "add", "x")
    states.append(seen(place.project))
    git(place.project, "config", "a.b", "c")
    states.append(seen(place.project))
    assert len({repr(state) for state in states}) == 5
