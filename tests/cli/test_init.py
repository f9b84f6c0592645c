"""`init` writes a blog that loads, or writes nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from generator.cli import init as module
from generator.cli.init import parse_tool_source, start_blog
from generator.cli.job import Job
from generator.core.errors import ConfigError, ResourceError
from generator.core.package_data import WORKFLOW, find_package_path
from generator.study.site_settings import load_settings
from generator.study.study import load_studies
from tests.cli.publish.conftest import git
from tests.stub.project import REPOSITORY, environment, tree

NOW = "2030-01-04"
GIT = "git+https://example.org/tool.git"


def begin(folder: Path, source: str = "") -> Path:
    """Begin a blog on a day of its own."""
    return start_blog(Job(now=NOW), folder, source)


def test_what_it_writes_loads(tmp_path: Path) -> None:
    """Settings and a study of that day, each of whose figures stands in its prose."""
    begin(tmp_path / "my-blog")
    assert load_settings(tmp_path / "my-blog").title == "My blog"
    (study,) = load_studies(tmp_path / "my-blog")
    assert study.folder.name == "2030-01-04-does-attention-find-the-name"
    text = (study.folder / "index.md").read_text("utf-8")
    assert all(f"](figure:{name})" in text for name in study.figures)
    assert all(f"claims.{name}.verdict" in text for name in study.claims)
    readme = (tmp_path / "my-blog" / "README.md").read_text("utf-8")
    assert readme.startswith("# My blog\n")
    assert not re.search(r"\{\w*\}", readme)


def test_its_pins_are_those_of_the_program(tmp_path: Path) -> None:
    """One source for both: the files are copies."""
    begin(tmp_path / "blog")
    for name in ("requirements.txt", "requirements-render.txt"):
        copied = (tmp_path / "blog" / name).read_bytes()
        assert copied == (REPOSITORY / name).read_bytes()


def test_git_ignores_what_is_made_and_no_artifact(tmp_path: Path) -> None:
    """Caches, site and environments are ignored; artifacts are an author's."""
    folder = begin(tmp_path / "blog")
    git(folder, "init", "-q")
    made = (".cache/kept/a", "site/index.html", "site.next/a", "site.zip",
            "studies/schema/study.schema.json", ".venv/bin/python")  # fmt: skip
    for name in made:
        assert git(folder, "check-ignore", name), name
    name = "studies/2030-01-04-does-attention-find-the-name/artifacts/looked.json"
    assert not git(folder, "check-ignore", name, check=False)


@pytest.mark.parametrize(
    "source", [GIT, "https://example.org/tool-1.0-py3-none-any.whl"]
)
def test_its_workflow_is_ours(source: str, tmp_path: Path) -> None:
    """It differs from this repository's in the two lines that name the command."""
    folder = begin(tmp_path / "blog", source)
    text = (folder / WORKFLOW).read_text("utf-8")
    ours = find_package_path(WORKFLOW).read_text("utf-8")
    changed = set(text.splitlines()) - set(ours.splitlines())
    assert len(changed) == 2
    job = YAML(typ="safe").load(text)["jobs"]["build"]
    assert job["env"] == {"STUDIES": "studies", "TOOL": source}
    assert source in (folder / "README.md").read_text("utf-8")


def test_a_wheel_is_kept_in_the_blog(tmp_path: Path) -> None:
    """The workflow installs the copy that is committed."""
    wheel = tmp_path / "tool-1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    folder = begin(tmp_path / "blog", str(wheel))
    assert (folder / "tool" / wheel.name).read_bytes() == b"a wheel"
    assert f'TOOL: "./tool/{wheel.name}"' in (folder / WORKFLOW).read_text("utf-8")


def test_without_a_source_the_workflow_says_what_is_missing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where nobody knows, no name is made up that somebody else could register."""
    monkeypatch.setattr(module, "own_tool", module.ToolSource)
    folder = begin(tmp_path / "blog")
    assert "set TOOL in .github/workflows/pages.yml" in capsys.readouterr().out
    job = YAML(typ="safe").load((folder / WORKFLOW).read_text("utf-8"))["jobs"]
    assert job["build"]["env"]["TOOL"].startswith("? ")


@pytest.mark.parametrize(
    "source",
    ["tool", "tool==1.0", "http://example.org/a.whl", "https://example.org/a.zip",
     "git+https://example.org/a b", "git+https://example.org/${{ x }}", "gone.whl",
     "git+https://me:secret@example.org/a.git"],
)  # fmt: skip
def test_a_source_that_is_none_is_refused(source: str, tmp_path: Path) -> None:
    """No bare name, nothing unencrypted, no password; nothing is written."""
    with pytest.raises(ConfigError, match=r"^--from") as caught:
        begin(tmp_path / "blog", source)
    assert "secret" not in str(caught.value)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("remote", "found"),
    [
        ("git@github.com:me/tool.git", "git+https://github.com/me/tool"),
        ("https://me:secret@example.org/tool.git", "git+https://example.org/tool.git"),
        ("/srv/tool.git", ""),
    ],
)
def test_a_checkout_is_installed_from_its_remote(
    remote: str, found: str, tmp_path: Path
) -> None:
    """An address without secrets; "" where only this machine has the program."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", remote)
    assert module.find_repository_address(tmp_path) == found


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """Also one that is a new repository, and keeps it."""
    folder = tmp_path / "blog"
    folder.mkdir()
    git(folder, "init", "-q")
    begin(folder, GIT)
    assert (folder / ".git" / "HEAD").is_file()
    assert len(load_studies(folder)) == 1
    assert not list(folder.glob(".tmp-*"))


@pytest.mark.parametrize("kind", ["file in it", "file", "link", "no parent"])
def test_a_folder_that_is_not_empty_is_refused(kind: str, tmp_path: Path) -> None:
    """Nothing is written, and what is there stays."""
    folder = tmp_path / "blog"
    if kind == "file in it":
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    elif kind == "file":
        folder.write_text("mine")
    elif kind == "link":
        folder.symlink_to(tmp_path / "gone")
    else:
        folder = folder / "deep"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ConfigError, match="blog"):
        begin(folder)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("after", [1, 5, 9])
def test_a_failure_leaves_nothing(
    after: int, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full in the middle, all of it goes again."""
    folder = tmp_path / "blog"
    if there:
        folder.mkdir()
    write, calls = module.files.write, [0]

    def fail(path: Path, data: bytes, what: str, within: Path) -> None:
        calls[0] += 1
        if calls[0] > after:
            raise OSError(28, "No space left on device", str(path))
        write(path, data, what, within)

    monkeypatch.setattr(module.files, "write", fail)
    with pytest.raises((ResourceError, OSError)):
        begin(folder, GIT)
    assert list(tmp_path.rglob("*")) == ([folder] if there else [])


def test_tool_from_nothing_is_where_this_came_from() -> None:
    """A checkout with a remote that others can reach, else nothing."""
    tool = parse_tool_source("")
    assert not tool.requirement or tool.requirement.startswith("git+https://")


@pytest.mark.slow(2)
def test_the_command(tmp_path: Path) -> None:
    """`python build.py init` says what to do next, in words that work from here."""
    done = subprocess.run(
        [sys.executable, "build.py", "init", tmp_path / "blog", "--from", GIT],
        cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"next: python build.py -C {tmp_path / 'blog'} build" in done.stdout
