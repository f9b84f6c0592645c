"""Artifacts that git ignores where a workflow builds the site from what is committed.

No other check notices: here the pages are drawn from files that are there, and only the
build for readers lacks them. It then trains again, with other numbers, or fails.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.cli.check.finding import Finding
from generator.cli.job import Job
from generator.study.study import Study

DEPLOYS = "actions/deploy-pages"
"""What a workflow that publishes the site uses."""


@dataclass(frozen=True)
class IgnoreRule:
    """The line by which git ignores a file."""

    file: str
    line: int
    pattern: str


def check_ignored_artifacts(job: Job) -> Iterator[Finding]:
    """Yield a warning for each study and each line that ignores its artifacts.

    A study whose artifacts are ignored in part is a finding of `artifacts`: it can be
    drawn nowhere else. One that is ignored as a whole is a finding of `ignored`, since
    an author may want the workflow to train it.

    Args:
        job: The run with its options.

    Yields:
        The findings.
    """
    if not has_deploying_workflow(job.root):
        return
    for study in job.studies:
        files = list_artifact_files(study) if job.is_shown(study) else []
        rules = find_ignore_rules(job.root, files)
        by_rule: dict[IgnoreRule, list[Path]] = {}
        for path, rule in rules.items():
            by_rule.setdefault(rule, []).append(path)
        kind = "ignored" if len(rules) == len(files) else "artifacts"
        for rule, paths in by_rule.items():
            yield make_finding(job.root, kind, rule, paths)


def make_finding(
    root: Path, kind: str, rule: IgnoreRule, paths: Sequence[Path]
) -> Finding:
    """Return the finding about files that one line ignores.

    Args:
        root: The project's folder.
        kind: Kind of the finding.
        rule: The line that ignores them.
        paths: The ignored files.

    Returns:
        The finding.
    """
    name = paths[0].relative_to(root).as_posix()
    more = f" and {len(paths) - 1} more" if paths[1:] else ""
    line = f'"{rule.pattern}" of {rule.file}'
    inside = (root / rule.file).is_file() and not Path(rule.file).is_absolute()
    return Finding(
        rule.file if inside else name,
        rule.line if inside else 0,
        kind,
        f"git ignores {name}{more}, by {line}; the build for Pages will lack it",
        f"remove the line, or run: git add -f {paths[0].parent.relative_to(root)}",
        "warn",
    )


def has_deploying_workflow(root: Path) -> bool:
    """Return whether a workflow of the project builds and publishes its site.

    Args:
        root: The project's folder.
    """
    folder = root / ".github" / "workflows"
    return any(
        DEPLOYS in path.read_text("utf-8", "replace")
        for path in folder.glob("*.y*ml")
        if path.is_file()
    )


def list_artifact_files(study: Study) -> list[Path]:
    """Return the existing files of a study's artifacts.

    Args:
        study: The study.
    """
    folder = study.folder / "artifacts"
    places = (
        folder / f"{name}{end}" for name in study.artifacts for end in ARTIFACT_SUFFIXES
    )
    return [path for path in places if path.is_file()]


ARTIFACT_SUFFIXES = (".json", ".npz")


def find_ignore_rules(root: Path, paths: Sequence[Path]) -> dict[Path, IgnoreRule]:
    """Return the line by which git ignores each of `paths` that it ignores.

    Empty without git, and outside a repository; what is committed is not ignored.

    Args:
        root: The project's folder.
        paths: Paths of files.

    Returns:
        The lines by path.
    """
    git = shutil.which("git")
    if not git or not paths:
        return {}
    names = "\0".join(path.relative_to(root).as_posix() for path in paths)
    done = subprocess.run(  # noqa: S603 - no shell, and the words are this program's
        [git, "-C", str(root), "check-ignore", "-v", "-z", "--stdin"],
        input=names, capture_output=True, text=True, check=False,
    )  # fmt: skip
    parts = done.stdout.split("\0")
    rows = zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=False)
    return {
        root / name: IgnoreRule(file, int(line), pattern)
        for file, line, pattern, name in rows
        if not pattern.startswith("!")
    }
