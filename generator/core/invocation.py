"""The command line that started the program, so that a hint can be pasted as it is."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

import click

from generator.core.package_data import CHECKOUT, find_package_path, is_checkout

DISTRIBUTION = "interpretability-studies"
SCRIPT = "studies"
"""The command that an installed wheel brings."""


def format_command(words: str = "") -> str:
    """Return the command that runs `words` as this process was called.

    Args:
        words: A command and its arguments, such as `collect first`; may be empty.

    Returns:
        For example `python build.py collect first` or `studies collect first`, with
        `-C FOLDER` where the project is not in the current folder.
    """
    return " ".join(
        filter(None, (find_program_words(), words, _project_option() if words else ""))
    )


def _project_option() -> str:
    """Return the option that names the project, "" where that is the current folder."""
    context = click.get_current_context(silent=True)
    job = context.find_root().obj if context else None
    project = getattr(job, "project", ".")
    return "" if _is_here(Path(project)) else f"-C {shlex.quote(project)}"


@cache
def find_program_words() -> str:
    """Return the words before a command: `studies`, `python build.py`, `uvx …`."""
    program = sys.argv[0] if sys.argv else ""
    path = Path(program)
    if path.name == "__main__.py" and path.parent.name == "generator":
        return "python -m generator"
    if (
        path.name == "build.py"
        and is_checkout()
        and _is_same_file(path, CHECKOUT / "build.py")
    ):
        return f"python {'build.py' if _is_here(CHECKOUT) else shlex.quote(program)}"
    if path.name == SCRIPT:
        return _find_script_call(path)
    return "python build.py" if is_checkout() else SCRIPT


def _is_here(folder: Path) -> bool:
    return _is_same_file(Path(), folder)


def _is_same_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _find_script_call(path: Path) -> str:
    """Return how the console command at `path` was called."""
    parts = Path(sys.prefix).parts
    if any(part.startswith("archive-v") for part in parts):
        return f"uvx --from {shlex.quote(origin() or DISTRIBUTION)} {SCRIPT}"
    if "pipx" in parts and "venvs" not in parts:
        return f"pipx run --spec {shlex.quote(origin() or DISTRIBUTION)} {SCRIPT}"
    on_path = shutil.which(SCRIPT)
    if on_path and _is_same_file(path, Path(on_path)):
        return SCRIPT
    return shlex.quote(str(path))


def find_install_command() -> str:
    """Return the command that installs all packages, as they were tested together."""
    pins = find_package_path("requirements.txt")
    here = is_checkout() and _is_here(CHECKOUT)
    return f"pip install -r {pins.name if here else shlex.quote(str(pins))}"


def origin() -> str:
    """Return what the installed program came from, "" where that is not recorded.

    Returns:
        `git+URL@COMMIT`, the path or address of a wheel, or the path of a folder.
    """
    # Slow to import, and wanted for hints alone.
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415

    try:
        text = distribution(DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:
        return ""
    try:
        record = json.loads(text or "{}")
        url = str(record.get("url", ""))
        if "vcs_info" in record:
            commit = record["vcs_info"].get("commit_id", "")
            return f"{record['vcs_info']['vcs']}+{url}{f'@{commit}' if commit else ''}"
    except (ValueError, KeyError, AttributeError):
        return ""
    return _find_file_path(url)


def _find_file_path(url: str) -> str:
    """Return the path that a `file:` address names; another address as it is."""
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415 - for hints alone

    parts = urlsplit(url)
    return unquote(parts.path) if parts.scheme == "file" else url
