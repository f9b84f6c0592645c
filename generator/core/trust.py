"""Code that a project brings on purpose, and whether a person has trusted it.

What came with a clone runs only after somebody looked at it and said so. `CODE` lists
all that a project can bring to be run. Trust is given to the hash of all such files
together: once, on this machine, until one of them changes. It is kept in the user's own
folder of settings, where no project can write, in a file that nobody else can.

Templates need no trust, as they are filled in a sandbox.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from generator.core import files
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    StudyError,
    format_some_names,
    quote_text,
)
from generator.core.invocation import DISTRIBUTION, format_command
from generator.core.own_files import TEMPLATES, list_own_templates

CONFIG_VARIABLE = "STUDY_CONFIG"
"""Names another folder of settings."""
TRUST_FILE = "trust.json"
VERSION = 1
SIZE_LIMIT = 10_000_000
"""Bytes of the file of trust."""


@dataclass(frozen=True, slots=True)
class CodeKind:
    """A kind of code that a project can bring.

    Attributes:
        noun: What one file of it is called.
        plural: What several are called.
        place: Where it runs, to follow `which run`.
        folder: Folder of the project that holds it.
        endings: How its files end.
        list_files: Lists the files of that folder by their paths in it.
    """

    noun: str
    plural: str
    place: str
    folder: str
    endings: tuple[str, ...]
    list_files: Callable[[Path], tuple[str, ...]]

    def find_files(self, project: Path) -> tuple[str, ...]:
        """Return the paths of its files, from the project's folder, sorted.

        Args:
            project: Folder of the project.

        Raises:
            ConfigError: If one is a link, no plain file or too large.
        """
        return tuple(
            f"{self.folder}/{name}"
            for name in self.list_files(project)
            if name.lower().endswith(self.endings)
        )


CODE = (
    # A picture in SVG can hold scripts, which run where it is opened by itself.
    CodeKind(
        "script",
        "scripts",
        "in the browsers of readers and in the preview",
        TEMPLATES,
        (".js", ".svg"),
        list_own_templates,
    ),
)
"""All that a project can bring to be run."""


class UntrustedCodeError(StudyError):
    """A project brings code that nobody has trusted on this machine."""


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """The code that a project brings.

    Attributes:
        project: Folder of the project.
        hashes: SHA-256 of each file by its path from there.
        kinds: Kind of each file by its path.
    """

    project: Path
    hashes: Mapping[str, str]
    kinds: Mapping[str, CodeKind]

    @property
    def key(self) -> str:
        """The hash of all of it, to which trust is given."""
        return files.hash_parts("code", dict(self.hashes))

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def is_trusted(self, trusted: Mapping[str, TrustedCode]) -> bool:
        """Return whether all of it was trusted together.

        Functions of other studies may have been trusted with it. Scripts are one
        program: one that was there and is gone ends the trust in the others.

        Args:
            trusted: What was trusted, by its hash.
        """
        folders = {kind.folder for kind in self.kinds.values() if kind.folder}
        return any(
            self.hashes.items() <= one.hashes.items()
            and not any(
                path.partition("/")[0] in folders and path not in self.hashes
                for path in one.hashes
            )
            for one in trusted.values()
        )

    def format_contents(self) -> str:
        """Format how many files it has, and where they run."""
        parts = []
        for kind in dict.fromkeys(self.kinds.values()):
            count = sum(1 for one in self.kinds.values() if one is kind)
            runs = f"runs {kind.place}" if count == 1 else f"run {kind.place}"
            noun = kind.noun if count == 1 else kind.plural
            parts.append(f"{count} {noun}, which {runs}")
        return "; ".join(parts)


FUNCTION = CodeKind(
    "file of a function",
    "files of functions",
    "in a process of its own, as you",
    "",
    (),
    lambda _project: (),  # study files name them
)
"""What models of kind `function` run or read."""


def find_code(project: Path, functions: Iterable[Path] = ()) -> ProjectCode:
    """Find the code that a project brings.

    Args:
        project: Folder of the project.
        functions: Files of functions that its studies name.

    Raises:
        ConfigError: If a file of it is a link, no plain file or too large.
    """
    kinds = {path: kind for kind in CODE for path in kind.find_files(project)}
    kinds |= {path.relative_to(project).as_posix(): FUNCTION for path in functions}
    return _read_code(project, kinds)


def find_function_code(project: Path, functions: Iterable[Path]) -> ProjectCode:
    """Find the code of functions, and nothing else that a project brings.

    Args:
        project: Folder of the project.
        functions: Files of functions that a study names.
    """
    kinds = {path.relative_to(project).as_posix(): FUNCTION for path in functions}
    return _read_code(project, kinds)


def _read_code(project: Path, kinds: Mapping[str, CodeKind]) -> ProjectCode:
    read = files.read_regular_file
    hashes = {path: files.digest(read(project / path)) for path in sorted(kinds)}
    return ProjectCode(project, hashes, {path: kinds[path] for path in hashes})


@dataclass(frozen=True, slots=True)
class TrustedCode:
    """Code that was trusted.

    Attributes:
        project: The project that it was trusted in, which another copy may share.
        hashes: SHA-256 of each file by its path.
    """

    project: str
    hashes: Mapping[str, str]


def find_config_folder() -> Path:
    """Return the user's folder of this program's settings; it need not be there.

    Raises:
        ConfigError: If nothing says where a user's settings are.
    """
    if chosen := os.environ.get(CONFIG_VARIABLE):
        return Path(chosen).absolute()
    shared = os.environ.get("XDG_CONFIG_HOME", "")
    try:
        # A relative path is to be ignored, says the standard.
        base = Path(shared) if Path(shared).is_absolute() else Path.home() / ".config"
    except RuntimeError as error:
        raise ConfigError(
            f"no home folder is known to keep settings in; set {CONFIG_VARIABLE} to a "
            "folder of yours"
        ) from error
    return base / DISTRIBUTION


def read_trust() -> dict[str, TrustedCode]:
    """Read what was trusted on this machine.

    Returns:
        Trusted code by its hash.

    Raises:
        ConfigError: If nothing says where a user's settings are.
        IntegrityError: If the file is no such list, or others could have written it.
    """
    path = find_config_folder() / TRUST_FILE
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            _require_private(os.fstat(file.fileno()), path)
            data = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _make_damage_error(path, f"cannot be read: {error.strerror}") from error
    try:
        return _parse_trust(files.parse_strict_json(data.decode("utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _make_damage_error(path, "is no list of trusted code") from error


def _require_private(status: os.stat_result, path: Path) -> None:
    """Raise `IntegrityError` if others than the user could have written a file."""
    if not stat.S_ISREG(status.st_mode):
        raise _make_damage_error(path, "is no plain file")
    strange = hasattr(os, "getuid") and status.st_uid != os.getuid()
    if strange or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _make_damage_error(path, "can be written by others")


def _parse_trust(data: Any) -> dict[str, TrustedCode]:  # noqa: ANN401 - any JSON
    """Return what the JSON of the file says; an error of its shape is Python's."""
    if set(data) != {"version", "trusted"} or data["version"] != VERSION:
        raise ValueError(data)
    trusted = {}
    for key, one in data["trusted"].items():
        code = TrustedCode(one["project"], one["files"])
        texts = [code.project, *code.hashes, *code.hashes.values()]
        if len(one) > 2 or not all(isinstance(text, str) for text in texts):  # noqa: PLR2004 - the two above
            raise ValueError(key)
        trusted[key] = code
    return trusted


def _make_damage_error(path: Path, problem: str) -> IntegrityError:
    name = quote_text(path, 200)[1:-1]
    return IntegrityError(
        f"{name}: {problem}; remove it, and trust again what you have looked at"
    )


def require_trust(project: Path) -> None:
    """Check that somebody has trusted what a project shows to readers, if it is code.

    Args:
        project: Folder of the project.

    Raises:
        UntrustedCodeError: If nobody has; the message says what would run.
        ConfigError: If the folder of settings lies in the project.
        IntegrityError: If the list of trusted code cannot be believed.
    """
    require_trusted(find_code(project))


def require_trusted(code: ProjectCode) -> None:
    """Check that somebody has trusted code of a project, if there is any.

    Args:
        code: The code that is to run.

    Raises:
        UntrustedCodeError: If nobody has; the message says what would run.
        ConfigError: If the folder of settings lies in the project.
        IntegrityError: If the list of trusted code cannot be believed.
    """
    if not code:
        return
    _require_outside(find_config_folder(), code.project)
    trusted = read_trust()
    if not code.is_trusted(trusted):
        raise UntrustedCodeError(describe_untrusted(code, trusted))


def _require_outside(folder: Path, project: Path) -> None:
    """Raise `ConfigError` if a project could bring the list of what is trusted."""
    if folder.resolve().is_relative_to(project.resolve()):
        raise ConfigError(
            f"{folder}: trust must not be kept in the project that it is about; set "
            f"{CONFIG_VARIABLE} to a folder elsewhere"
        )


def describe_untrusted(code: ProjectCode, trusted: Mapping[str, TrustedCode]) -> str:
    """Return the message about code that nobody has trusted.

    Args:
        code: The code.
        trusted: What was trusted, by its hash.
    """
    known = {
        pair
        for one in trusted.values()
        if one.project == str(code.project)
        for pair in one.hashes.items()
    }
    new = [path for path, sha in code.hashes.items() if (path, sha) not in known]
    paths = [quote_text(path, 200)[1:-1] for path in new or code.hashes]
    since = ", changed since it was trusted" if known and new else ""
    return (
        f"{paths[0]}: this project brings code that is not trusted on this machine"
        f"{since}: {code.format_contents()} ({format_some_names(paths)}); look at it, "
        f"then run: {format_command('trust')}"
    )


def give_trust(code: ProjectCode) -> None:
    """Trust the code of a project from now on.

    Args:
        code: The code.

    Raises:
        ConfigError: If the folder of settings lies in the project.
        IntegrityError: If the list of trusted code cannot be believed.
        ResourceError: If the system refuses.
    """
    folder = find_config_folder()
    _require_outside(folder, code.project)
    with _hold_trust(folder):
        trusted = read_trust()
        trusted[code.key] = TrustedCode(str(code.project), code.hashes)
        _write_trust(folder, trusted)


def forget_trust(project: Path) -> int:
    """Trust the code of a project no more.

    Args:
        project: Folder of the project.

    Returns:
        How many times trust had been given, to what it brings now or brought before.

    Raises:
        IntegrityError: If the list of trusted code cannot be believed.
        ResourceError: If the system refuses.
    """
    key, folder = find_code(project).key, find_config_folder()
    if not read_trust():
        return 0
    with _hold_trust(folder):
        trusted = read_trust()
        left = {
            name: one
            for name, one in trusted.items()
            if name != key and one.project != str(project)
        }
        if len(left) < len(trusted):
            _write_trust(folder, left)
    return len(trusted) - len(left)


def _hold_trust(folder: Path) -> FileLock:
    """Return the lock of the list, whose folder is made where there is none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise files.make_resource_error(
            error, folder, "writing the list of trust"
        ) from error
    return FileLock(folder / f"{TRUST_FILE}.lock", mode=0o600)


def _write_trust(folder: Path, trusted: Mapping[str, TrustedCode]) -> None:
    entries = {
        key: {"project": one.project, "files": dict(one.hashes)}
        for key, one in sorted(trusted.items())
    }
    text = json.dumps({"version": VERSION, "trusted": entries}, indent=1) + "\n"
    path = folder / TRUST_FILE
    files.write(path, text.encode(), "the list of trust", mode=0o600)
