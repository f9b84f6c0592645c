"""Only a complete and verified site is published; each refusal names its fix."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli.publish import verify
from generator.cli.publish.git import GitRepository, GitResult
from generator.cli.publish.remote import RemoteBranch, make_unreachable_error
from generator.core import files as on_disk
from generator.core.errors import ConfigError, IntegrityError, NetworkError, StudyError
from generator.site import fingerprint, ownership
from generator.site.ownership import SiteManifest, hash_file, list_paths, mark_folder
from tests.cli.publish.conftest import Place, built, git

SECRETS = {
    "private key": b"-----BEGIN OPENSSH " + b"PRIVATE KEY-----\nabc",
    "GitHub": b"token: gh" + b"p_" + b"a1B2" * 9,
    "AWS": b"AKIA" + b"ABCDEFGH12345678",
    "Google": b"AIza" + b"x" * 35,
    "Slack": b"xoxb-" + b"1234567890-" + b"abcdefghij" * 2 + b"k",
    "API": b"sk-" + b"proj-" + b"a" * 44,
    "GitLab": b"glpat-" + b"a" * 20,
    "Hugging": b"hf_" + b"abCD" * 8 + b"ab",
    "PyPI": b"pypi-AgE" + b"x" * 60,
}


def add(place: Place, path: str, content: bytes) -> None:
    """Put a file into the site as if the last build had made it."""
    site = place.project / "site"
    (site / path).parent.mkdir(parents=True, exist_ok=True)
    (site / path).write_bytes(content)
    relist(place)


def relist(place: Place) -> None:
    """Let the marker and the note tell what is in the site now."""
    site, cache = place.project / "site", place.project / ".cache"
    mark_folder(
        site,
        SiteManifest({path: hash_file(site / path) for path in list_paths(site)}, {}),
    )
    note = fingerprint.read_note(cache)
    assert note
    fingerprint.write_note(cache, site, note.key, "", ["", False, []], warned=False)


def refused(
    place: Place, kind: type[StudyError], words: str, **options: object
) -> None:
    """Publishing is refused in these words, and nothing arrived."""
    before = place.tip()
    with pytest.raises(kind, match=words) as error:
        place.publish(**options)
    assert error.type is kind
    assert all(len(problem) < 600 for problem in error.value.problems)
    assert place.tip() == before


@pytest.mark.slow(2)
def test_the_helper_does_publish(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file added as by a build arrives: what is refused below is not the helper.

    It arrives where nobody asks whether it follows from the studies, and only there.
    """
    add(place, "extra.txt", b"fine")
    refused(place, IntegrityError, "extra.txt: is of none of them")
    place.build()  # the refusal removed the note
    add(place, "extra.txt", b"fine")
    monkeypatch.setattr(
        "generator.cli.publish.publish.require_derived", lambda *_given: None
    )
    place.publish()
    assert git(place.bare, "show", "gh-pages:extra.txt") == "fine"


def test_a_page_edited_by_hand(place: Place) -> None:
    """A changed file of the site is refused by its name, with status 3."""
    page = place.project / "site" / "index.html"
    page.write_text(page.read_text().replace("Tiny", "Titan"))
    refused(place, IntegrityError, "index.html.*changed after it was built")


def test_a_missing_page(place: Place) -> None:
    """A file that the build made and that is gone is refused."""
    (place.project / "site" / "404.html").unlink()
    refused(place, IntegrityError, "404.html.*missing")


def test_a_foreign_file(place: Place) -> None:
    """A file that no build made stops it before it is read."""
    (place.project / "site" / "mine.txt").write_text("x")
    refused(place, ConfigError, "mine.txt")
    with pytest.raises(IntegrityError, match="no build made it"):
        verify.files_of(place.project / "site")


@pytest.mark.parametrize("target", ["/etc/hostname", "404.html", "nowhere"])
def test_a_link(place: Place, target: str) -> None:
    """A link is refused wherever it points, even one that the marker lists."""
    page = place.project / "site" / "index.html"
    page.unlink()
    page.symlink_to(target)
    refused(place, ConfigError, "index.html")
    with pytest.raises(IntegrityError, match="a link"):
        verify.files_of(place.project / "site")


def test_a_device(place: Place) -> None:
    """A pipe in the place of a page is refused and never opened."""
    page = place.project / "site" / "index.html"
    page.unlink()
    os.mkfifo(page)
    refused(place, IntegrityError, "no plain file")


@pytest.mark.parametrize("path", [".env", "notes/.hidden", ".git/config"])
def test_a_hidden_file(place: Place, path: str) -> None:
    """Hidden files are refused, `.nojekyll` excepted."""
    add(place, path, b"x")
    refused(place, StudyError, "hidden file")


def test_a_large_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the bound is refused with its size."""
    assert verify.LARGEST == 50_000_000
    monkeypatch.setattr(verify, "LARGEST", 1_000_000)
    add(place, "large.bin", b"\0" * 2_000_000)
    refused(place, StudyError, "large.bin: 2 MB; hosts take 1 MB a file")


def test_a_large_site(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site above the bound is refused with its size."""
    assert verify.LARGEST_SITE == 900_000_000
    monkeypatch.setattr(verify, "LARGEST_SITE", 1_000)
    refused(place, StudyError, "the site has")


@pytest.mark.parametrize(
    ("one", "other"), [("a/Page.html", "a/page.html"), ("caf\u00e9", "cafe\u0301")]
)
def test_names_that_some_disks_mix_up(place: Place, one: str, other: str) -> None:
    """Two names equal but for case or composition are refused."""
    add(place, one, b"x")
    add(place, other, b"y")
    if len(list(list_paths(place.project / "site"))) < 2:
        pytest.skip("this disk mixes them up")
    refused(place, StudyError, "the same name as")


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret(place: Place, name: str) -> None:
    """A key or token in a page is refused by its line and never repeated."""
    add(place, "page.html", b"<p>one\n" + SECRETS[name] + b"\n")
    with pytest.raises(
        StudyError, match=f"page.html: line 2 looks like an? .*{name}"
    ) as e:
        place.publish()
    assert SECRETS[name].decode() not in str(e.value)
    assert place.tip() == ""


@pytest.mark.parametrize("name", ["id_rsa", "server.pem", "credentials.json"])
def test_a_file_named_as_a_secret(place: Place, name: str) -> None:
    """Files that keys are kept in are refused by their name."""
    add(place, f"data/{name}", b"x")
    refused(place, StudyError, "must not be published")


def test_a_site_older_than_its_sources(place: Place) -> None:
    """A setting changed after the build asks for a build first."""
    (place.project / "studies" / "site.yaml").write_text("title: Other\n")
    place.commit()
    refused(place, ConfigError, "older than what it is made from.*build.py build")


def test_no_site(place: Place) -> None:
    """Without a site, the build is asked for."""
    shutil.rmtree(place.project / "site")
    refused(place, StudyError, "no site; run: python build.py build")


def test_a_site_that_no_note_knows(place: Place) -> None:
    """Without the note of the last rendering nothing is believed."""
    (place.project / ".cache" / "rendered").unlink()
    refused(place, ConfigError, "not known as what the last build left")


def test_a_site_with_drafts(place: Place) -> None:
    """A site that was built with its drafts is not published."""
    cache = place.project / ".cache"
    note = fingerprint.read_note(cache)
    assert note
    site = place.project / "site"
    fingerprint.write_note(cache, site, note.key, "", ["", True, []], warned=False)
    refused(place, ConfigError, "without --drafts")


def test_work_that_is_not_committed(place: Place) -> None:
    """A file in no commit is refused by its name, unless it is allowed."""
    (place.project / "notes.txt").write_text("x")
    refused(place, ConfigError, "notes.txt.*not committed.*--allow-dirty")
    place.publish(allow_dirty=True)
    assert place.commits() == 1


def test_a_warning_does_not_stop_it(place: Place) -> None:
    """A site that was rendered with a warning can be published."""
    cache, site = place.project / ".cache", place.project / "site"
    note = fingerprint.read_note(cache)
    assert note
    fingerprint.write_note(cache, site, note.key, "", ["", False, []], warned=True)
    assert fingerprint.recall_result(cache, site, note.key) is None
    place.publish()
    assert place.tip()


def no_repository(place: Place) -> None:
    """The project is in no repository."""
    shutil.rmtree(place.project / ".git")


def no_remote(place: Place) -> None:
    """The repository has no remote."""
    git(place.project, "remote", "remove", "origin")


def bare(place: Place) -> None:
    """The repository has no work tree."""
    git(place.project, "config", "core.bare", "true")


def nobody(place: Place) -> None:
    """Git knows no name."""
    (place.project.parent / "gitconfig").write_text("")


def two_addresses(place: Place) -> None:
    """The remote is pushed to two places."""
    git(place.project, "remote", "set-url", "--add", "--push", "origin", "/a")
    git(place.project, "remote", "set-url", "--add", "--push", "origin", "/b")


def nowhere(place: Place) -> None:
    """The remote is a folder that is not there."""
    git(place.project, "remote", "set-url", "origin", "../nowhere")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (no_repository, "not a git repository; run: git init"),
        (no_remote, "git remote add origin"),
        (bare, "bare git repository.*clone"),
        (nobody, "git config user.name"),
        (two_addresses, "2 addresses"),
        (nowhere, "no git repository at.*nowhere"),
    ],
)
def test_a_repository_that_cannot_publish(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Place], None],
    words: str,
) -> None:
    """Each state is told with its fix, with status 2."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(place.project.parent))
    for name in ("EMAIL", "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.delenv(name, raising=False)
    change(place)
    with pytest.raises(ConfigError, match=words) as error:
        place.publish()
    assert error.value.status == 2
    assert place.tip() == ""


def test_git_is_missing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git the message names what to install and what does without."""
    monkeypatch.setenv("PATH", str(place.project))
    with pytest.raises(ConfigError, match=r"git: not found.*install git.*workflow"):
        place.publish()


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c 'touch {made}'",
        "--upload-pack=touch {made}",
        "http://example.org/x.git",
        "git://example.org/x.git",
        "ftp://example.org/x",
        "https://-oProxyCommand=x/y",
        "ssh://-oProxyCommand=touch {made}/x",
        "-oProxyCommand=x:y",
        "host:-x",
    ],
)
def test_an_address_that_is_refused(place: Place, tmp_path: Path, address: str) -> None:
    """Addresses that run programs or go in the clear are refused, and run nothing."""
    made = tmp_path / "made"
    git(place.project, "config", "remote.origin.url", address.format(made=made))
    refused(place, ConfigError, "address .* is refused")
    assert not made.exists()


@pytest.mark.parametrize("name", ["-x", "--upload-pack=x", "a b", "a..b", "x.lock", ""])
def test_a_branch_name_that_is_refused(place: Place, name: str) -> None:
    """Names that git may read as options, or that are none, are refused."""
    refused(place, ConfigError, "not a name for a branch", branch=name)


def test_a_mistyped_remote(place: Place) -> None:
    """A remote that is not there is met with the one that is."""
    refused(place, ConfigError, 'did you mean "origin"', remote="orign")
    refused(place, ConfigError, "no such remote", remote="--upload-pack=x")


def test_an_unreachable_remote_keeps_its_password(place: Place) -> None:
    """A host that does not answer is status 4; the message holds no password."""
    address = "https://me:hunter2@127.0.0.1:1/x.git"
    git(place.project, "remote", "set-url", "origin", address)
    with pytest.raises(NetworkError, match="did not answer") as error:
        place.publish()
    assert error.value.status == 4
    assert "hunter2" not in str(error.value)
    assert "me:" not in str(error.value)


@pytest.mark.parametrize(
    "said",
    [
        "fatal: could not read Username for 'https://x': terminal prompts disabled",
        "remote: Write access not granted.\nfatal: returned error: 403",
        "git@x: Permission denied (publickey).\nfatal: Could not read from remote",
    ],
)
def test_missing_rights_are_told_as_such(place: Place, said: str) -> None:
    """A remote that wants a password is no network failure; the fix is a credential."""
    remote = RemoteBranch(
        GitRepository(place.project), "origin", "https://me:pw@x/y.git", "gh-pages"
    )
    error = make_unreachable_error(remote, GitResult(128, "", said))
    assert error.status == 2
    assert "credential helper or an ssh key" in str(error)
    assert "pw" not in str(error)
    assert (
        make_unreachable_error(remote, GitResult(128, "", "fatal: timed out")).status
        == 4
    )


def test_an_exchange_after_the_check_is_seen(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file changed between its verification and its commit stops the commit."""
    real = verify.files_of

    def then_change(site: Path) -> object:
        found = real(site)
        (site / "index.html").write_text("something else")
        return found

    monkeypatch.setattr("generator.cli.publish.publish.files_of", then_change)
    monkeypatch.setattr("generator.cli.publish.publish.require_sound", lambda _job: "")
    monkeypatch.setattr(
        "generator.cli.publish.publish.require_derived", lambda *_given: None
    )
    refused(place, IntegrityError, "index.html: changed while it was published")


def test_the_site_of_a_build_is_fit(place: Place) -> None:
    """A build right before leaves a site that is published at once."""
    built(place.project)
    assert ownership.read_manifest(place.project / "site")
    assert on_disk.TEMPORARY
    place.publish()


def test_what_builds_leave_is_no_change(place: Place) -> None:
    """The site and the cache do not count as work, though git is not told to ignore."""
    (place.project / ".gitignore").unlink()
    git(place.project, "commit", "-q", "-a", "-m", "nothing is ignored")
    assert "?? site/" in git(place.project, "status", "--porcelain")
    place.publish()
    assert place.commits() == 1


def test_a_project_inside_a_repository(place: Place, tmp_path: Path) -> None:
    """A folder of a larger repository is published; its neighbours do not count."""
    above = tmp_path / "above"
    git(tmp_path, "init", "-q", str(above))
    shutil.copytree(place.project, above / "blog", ignore=lambda *_: {".git"})
    git(above, "add", "-A")
    git(above, "commit", "-q", "-m", "work")
    git(above, "remote", "add", "origin", "../bare.git")
    (above / "elsewhere.txt").write_text("not part of the project")
    inside = Place(above / "blog", place.bare)
    inside.publish()
    assert inside.commits() == 1
    (above / "blog" / "notes.txt").write_text("x")
    refused(inside, ConfigError, "blog/notes.txt.: changed and not committed")
