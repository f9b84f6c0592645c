"""`init`: a blog that builds at once, in a folder of its own.

What it begins with lies in `starter/`. Its workflow is this repository's own, but for
two lines: the command's name and what the command is installed from.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from slugify import slugify

from generator.cli.job import Job
from generator.cli.publish.git import GitRepository
from generator.cli.publish.remote import GITHUB
from generator.core import files
from generator.core.errors import ConfigError, quote_text
from generator.core.invocation import SCRIPT, find_program_words, origin
from generator.core.package_data import (
    CHECKOUT,
    WORKFLOW,
    find_package_path,
    is_checkout,
)
from generator.site.ownership import JUNK
from generator.study import schedule
from generator.study.new_study import quote_yaml
from generator.study.project import STUDIES
from generator.study.schema import write_schema

PIN_FILES = ("requirements.txt", "requirements-render.txt")
"""The versions that were tested together; the workflow installs them."""
WHEELS = "tool"
"""Folder of the blog that holds a wheel, where the tool comes from one."""
WHEEL = re.compile(r"[\w.+!-]+\.whl")
ADDRESS = re.compile(r"(git\+(https|ssh)://|https://)[\w.~@:/+%-]+")
PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")
UNKNOWN_SOURCE = "? say here what to install the tool from, such as git+https://…"
"""What no installer takes for a name, so that the workflow stops with this line."""
COMMAND_LINES = re.compile(
    r"^( *)STUDIES: python build\.py .*\n *TOOL: \"\" .*\n", re.MULTILINE
)


@dataclass(frozen=True)
class ToolSource:
    """What a workflow installs the command from."""

    requirement: str = ""
    """As pip takes it, "" where nobody knows."""
    wheel: Path | None = None
    """The wheel that the blog keeps a copy of."""


def start_blog(job: Job, folder: Path, source: str = "") -> Path:
    """Write a blog and say what to do next.

    Args:
        job: The options of this run.
        folder: Where the blog goes; absent, or empty but for a new repository.
        source: What its workflow installs the tool from: a wheel, or `git+URL`.

    Returns:
        The folder.

    Raises:
        ConfigError: If the folder is not empty, or `source` names no tool.
        ResourceError: If the system refuses; nothing is left behind.
    """
    shown = folder
    folder = folder.absolute()
    require_empty(folder)
    tool = parse_tool_source(source)
    day = schedule.parse_moment(job.now, "UTC").date()
    write_blog(folder, day, tool)
    job.say(f"made {shown}, with a study that trains in less than a minute")
    if not tool.requirement:
        job.say(
            "its workflow does not know where to install the tool from: set TOOL in "
            f"{WORKFLOW}, or begin again with --from"
        )
    place = shlex.quote(str(shown))
    if find_program_words() == SCRIPT:
        job.say(f"next: cd {place} && {SCRIPT} build")
    else:
        job.say(f"next: {find_program_words()} -C {place} build")
    return folder


def require_empty(folder: Path) -> None:
    """Raise `ConfigError` unless a blog can be written into `folder`."""
    name = quote_text(folder, 200)
    if not str(folder).isprintable():
        raise ConfigError(f"{name}: a path must hold no control character; rename it")
    if not folder.parent.is_dir():
        raise ConfigError(f"{name}: the folder above is not there; make it first")
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise ConfigError(f"{name}: is no folder; name one that is empty or not there")
    there = sorted({path.name for path in folder.iterdir()} - JUNK - {".git"})
    if there:
        raise ConfigError(
            f"{name}: is not empty, it holds {quote_text(there[0])}; nothing was "
            f"written: "
            "name a folder that is empty or not there"
        )


def parse_tool_source(source: str) -> ToolSource:
    """Return what a workflow can install the tool from.

    Args:
        source: A wheel or an address as the author gave it; without one, what this
            program was installed from.

    Raises:
        ConfigError: If `source` is neither, or holds a password.
    """
    if not source:
        return own_tool()
    if PASSWORD.search(source):
        raise ConfigError("--from: an address here must hold no password; remove it")
    path = Path(source)
    if path.is_file() and WHEEL.fullmatch(path.name):
        return ToolSource(f"./{WHEELS}/{path.name}", path)
    if is_install_address(source):
        return ToolSource(source)
    raise ConfigError(
        f"--from {quote_text(source)}: expected a wheel that is there, its address, or "
        "git+https://… of a repository"
    )


def is_install_address(text: str) -> bool:
    """Whether pip can install from `text`: a repository's address, or a wheel's."""
    found = ADDRESS.fullmatch(text)
    return found is not None and (bool(found[2]) or text.endswith(".whl"))


def own_tool() -> ToolSource:
    """Return where this program came from, so that the blog is built by the same."""
    source = str(CHECKOUT) if is_checkout() else origin()
    path = Path(source)
    if is_install_address(source):
        return ToolSource(source)
    if path.is_file() and WHEEL.fullmatch(path.name):
        return ToolSource(f"./{WHEELS}/{path.name}", path)
    if source and path.is_dir() and shutil.which("git"):
        return ToolSource(find_repository_address(path))
    return ToolSource()


def find_repository_address(folder: Path) -> str:
    """Return `git+https://…` of a checkout, "" where only this machine has it.

    A commit that the remote has is named too, so that the tool stays the same.
    """
    git = GitRepository(folder)
    remote = git.run_command("remote", "get-url", "--", "origin").out.strip()
    if found := GITHUB.fullmatch(remote):
        remote = f"https://github.com/{found[1]}/{found[2]}"
    address = f"git+{re.sub('//[^/@]*@', '//', remote)}"
    if not is_install_address(address):
        return ""
    there = git.run_command("branch", "--remotes", "--contains", "HEAD").out.strip()
    commit = git.run_command("rev-parse", "HEAD").out.strip()
    return f"{address}@{commit}" if there and commit else address


def write_blog(folder: Path, day: dt.date, tool: ToolSource) -> None:
    """Write a blog into `folder`, whole or not at all.

    Args:
        folder: An absent folder, or one that `require_empty` let pass.
        day: The date of its first study.
        tool: What its workflow installs.

    Raises:
        ResourceError: If the system refuses.
    """
    base = folder if folder.is_dir() else folder.parent
    temporary = base / f"{files.TEMPORARY}{folder.name}"
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        for name, content in iterate_files(folder.name, day, tool):
            files.write(temporary / name, content, "blog", base)
        write_schema(temporary)
        if base is folder:
            move_into(temporary, folder)
        else:
            os.rename(temporary, folder)  # noqa: PTH104 - refuses a folder that is there
        files.sync_folder(base)
    except OSError as error:
        raise files.make_resource_error(error, folder, "writing the blog") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def move_into(temporary: Path, folder: Path) -> None:
    """Move what `temporary` holds into `folder`, `studies/` last; all or nothing."""
    entries = sorted(temporary.iterdir(), key=lambda path: path.name == STUDIES)
    moved: list[Path] = []
    try:
        for path in entries:
            place = folder / path.name
            path.rename(place)
            moved.append(place)
    except BaseException:
        for path in moved:
            path.rename(temporary / path.name)
        raise


def iterate_files(
    name: str, day: dt.date, tool: ToolSource
) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every file of a new blog.

    Args:
        name: Name of its folder, of which its title is made.
        day: The date of its first study.
        tool: What its workflow installs.
    """
    title = str(slugify(name)).replace("-", " ").capitalize() or "Studies"
    starter = find_package_path("starter")
    for path in sorted(starter.rglob("*")):
        if path.is_file():
            place = resolve_starter_path(path.relative_to(starter), day)
            text = path.read_text("utf-8")
            yield place, fill_starter_text(text, place, title, tool).encode()
    for pins in PIN_FILES:
        yield pins, find_package_path(pins).read_bytes()
    yield (
        WORKFLOW,
        format_workflow(find_package_path(WORKFLOW).read_text("utf-8"), tool).encode(),
    )
    if tool.wheel:
        yield f"{WHEELS}/{tool.wheel.name}", tool.wheel.read_bytes()


def resolve_starter_path(path: Path, day: dt.date) -> str:
    """Return where a file of the starter goes: a study's folder gets its date."""
    first, *rest = path.parts
    if first == STUDIES and rest[1:]:
        rest[0] = f"{day.isoformat()}-{rest[0]}"
    first = ".gitignore" if first == "gitignore" else first
    return PurePosixPath(first, *rest).as_posix()


def fill_starter_text(text: str, place: str, title: str, tool: ToolSource) -> str:
    """Return a file of the starter with the words of this blog in it."""
    title = quote_yaml(title) if place.endswith(".yaml") else title
    source = tool.requirement or "git+https://…"
    told = f"It installs the tool from\n`{source}`; `TOOL` in it says so."
    if not tool.requirement:
        told = "Set `TOOL` in it to what\nthe tool is installed from."
    words = {
        "{title}": title,
        "{install}": f"-r requirements.txt {shlex.quote(source)}",
        "{workflow}": told,
    }
    for mark, word in words.items():
        if place in ("README.md", f"{STUDIES}/site.yaml"):
            text = text.replace(mark, word)
    return text


def format_workflow(text: str, tool: ToolSource) -> str:
    """Return this repository's workflow as a blog's.

    Args:
        text: The workflow of this repository.
        tool: What it installs the command from.
    """
    source = json.dumps(tool.requirement or UNKNOWN_SOURCE, ensure_ascii=False)
    found = COMMAND_LINES.search(text)
    assert found, "pages.yml names its command and its tool"  # noqa: S101 - a test holds it
    lines = (
        f"STUDIES: {SCRIPT}  # the command",
        f"TOOL: {source}  # what it is installed from",
    )
    own = "".join(f"{found[1]}{line}\n" for line in lines)
    return text[: found.start()] + own + text[found.end() :]
