"""Publishing sends the whole site, once, and drops nobody's commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.core.errors import ConfigError
from generator.site.ownership import list_paths
from tests.cli.publish.conftest import Place, git
from tests.stub.project import REPOSITORY, environment


def files(place: Place, branch: str = "gh-pages") -> set[str]:
    """Paths on the remote's branch."""
    return set(git(place.bare, "ls-tree", "-r", "--name-only", branch).splitlines())


def test_the_branch_is_the_site(place: Place) -> None:
    """What arrives is every file of the site with its bytes, and nothing else."""
    place.publish()
    assert files(place) == set(list_paths(place.project / "site"))
    for path in (".nojekyll", "index.html", "feed.xml"):
        shown = subprocess.run(
            ["git", "-C", str(place.bare), "show", f"gh-pages:{path}"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert shown == (place.project / "site" / path).read_bytes()


def test_publishing_again_makes_no_commit(place: Place) -> None:
    """Three times the same site is one commit."""
    for _ in range(3):
        place.publish()
    assert place.commits() == 1


@pytest.mark.slow(2)
def test_a_changed_site_is_a_commit_on_top(place: Place) -> None:
    """A new site's parent is the old one; history grows by one."""
    place.publish()
    before = place.tip()
    (place.project / "studies" / "site.yaml").write_text("title: Other\n")
    place.commit()
    place.build()
    place.publish(message="Another title")
    assert git(place.bare, "rev-parse", "gh-pages^") == before
    assert git(place.bare, "log", "-1", "--format=%s", "gh-pages") == "Another title"
    assert place.commits() == 2


def test_a_rehearsal_sends_nothing(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--dry-run` names every file that would change, and the remote stays empty."""
    place.publish(dry_run=True)
    said = capsys.readouterr().out
    assert "new      index.html" in said
    assert "nothing was sent" in said
    assert place.tip() == ""


RACE = """#!/bin/sh
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
cd {other} && git commit -q --allow-empty -m "theirs {number}" &&
git push -q {bare} HEAD:gh-pages
"""


def race(place: Place, other: Path, number: int) -> None:
    """Let another clone push between our look and our push."""
    hook = place.project / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(RACE.format(other=other, bare=place.bare, number=number))
    hook.chmod(0o755)


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(2, marks=pytest.mark.slow(5)),
        pytest.param(20, marks=pytest.mark.slow(80)),
    ],
    ids=["2", "20"],
)
def test_a_commit_that_came_first_stays(
    place: Place, tmp_path: Path, rounds: int
) -> None:
    """Another's push in between stops ours with both ids; theirs is the tip."""
    place.publish()
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", "-b", "gh-pages", str(place.bare), str(other))
    for number in range(rounds):
        (place.project / "studies" / "site.yaml").write_text(f"title: T{number}\n")
        place.commit()
        place.build()
        before = place.tip()
        race(place, other, number)
        with pytest.raises(ConfigError) as error:
            place.publish()
        theirs = place.tip()
        assert git(place.bare, "log", "-1", "--format=%s", theirs) == f"theirs {number}"
        assert before in str(error.value)
        assert theirs in str(error.value)
        (place.project / ".git" / "hooks" / "pre-push").unlink()
        count = place.commits()
        place.publish()
        assert place.commits() == count + 1
        assert git(place.bare, "rev-parse", "gh-pages^") == theirs
        git(other, "pull", "-q", "--ff-only")


def test_a_branch_with_other_things_keeps_its_history(
    place: Place, tmp_path: Path
) -> None:
    """A hand-made commit on the branch is the parent of ours, and its files remain."""
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", str(other))
    (other / "page.html").write_text("by hand")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "by hand")
    git(other, "push", "-q", str(place.bare), "HEAD:gh-pages")
    hand = place.tip()
    place.publish()
    assert git(place.bare, "rev-parse", "gh-pages^") == hand
    assert git(place.bare, "show", f"{hand}:page.html") == "by hand"


@pytest.mark.slow(2)
def test_a_deleted_branch_is_begun_again(place: Place) -> None:
    """With the branch gone from the remote, publishing makes it."""
    place.publish()
    git(place.bare, "update-ref", "-d", "refs/heads/gh-pages")
    place.publish()
    assert place.commits() == 1


@pytest.mark.slow(5)
@pytest.mark.parametrize("denied", ["true", "false"])
def test_a_rewritten_branch_is_built_upon(
    place: Place, tmp_path: Path, denied: str
) -> None:
    """Where the remote's branch was rewritten, ours goes on top of what is there."""
    git(place.bare, "config", "receive.denyNonFastForwards", denied)
    place.publish()
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", "-b", "gh-pages", str(place.bare), str(other))
    git(other, "checkout", "-q", "--orphan", "fresh")
    git(other, "commit", "-q", "-m", "rewritten")
    made = git(other, "rev-parse", "HEAD")
    git(other, "push", "-q", str(place.bare), f"{made}:refs/heads/keep")
    git(place.bare, "update-ref", "refs/heads/gh-pages", made)
    (place.project / "studies" / "site.yaml").write_text("title: New\n")
    place.commit()
    place.build()
    place.publish()
    assert git(place.bare, "rev-parse", "gh-pages^") == made


def test_a_refusing_remote_is_told(place: Place) -> None:
    """What a hook of the remote says is in the message, and nothing arrived."""
    hook = place.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no pages here >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(ConfigError, match="no pages here"):
        place.publish()
    assert place.tip() == ""


@pytest.mark.parametrize("branch", ["main", "work"])
def test_a_branch_of_sources_is_refused(place: Place, branch: str) -> None:
    """The checked-out branch and one that shares its history hold no sites."""
    git(place.project, "push", "-q", "origin", "HEAD:work")
    with pytest.raises(ConfigError, match="holds sources"):
        place.publish(branch=branch)


@pytest.mark.slow(6)
def test_a_domain_is_kept(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """A CNAME on the branch stays there, and readers are sent to it."""
    place.publish()
    other = place.project.parent / "other"
    git(other.parent, "clone", "-q", "-b", "gh-pages", str(place.bare), str(other))
    (other / "CNAME").write_text("words.example.org\n")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "domain")
    git(other, "push", "-q")
    place.publish()
    assert "CNAME" in files(place)
    assert place.commits() == 2, "the same site with its domain is not a change"
    (place.project / "studies" / "site.yaml").write_text("title: Other\n")
    place.commit()
    place.build()
    place.publish()
    assert "CNAME" in files(place)
    assert "https://words.example.org/" in capsys.readouterr().out


@pytest.mark.slow(3)
@pytest.mark.parametrize("text", ["words that were taken out", "", "kanarie", "<p>"])
def test_a_domain_that_is_none_is_not_kept(place: Place, text: str) -> None:
    """A file of that name with other words is not of this build, and goes."""
    place.publish()
    other = place.project.parent / "other"
    git(other.parent, "clone", "-q", "-b", "gh-pages", str(place.bare), str(other))
    (other / "CNAME").write_text(text)
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "domain")
    git(other, "push", "-q")
    place.publish()
    assert "CNAME" not in files(place)


@pytest.mark.slow(3)
def test_the_command(place: Place) -> None:
    """The command line publishes and says where; it imports nothing heavy."""
    script = (
        "import sys\nfrom generator.cli.main import main\n"
        f"status = main(['-C', {str(place.project)!r}, 'publish'])\n"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), cwd=REPOSITORY,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "published" in done.stdout
    assert place.commits() == 1


def test_there_is_no_force() -> None:
    """No option overrides what stands against publishing a broken site."""
    from generator.cli.main import cli

    names = {name for one in cli.commands["publish"].params for name in one.opts}
    assert not names & {"--force", "-f", "--no-history", "--no-verify"}
