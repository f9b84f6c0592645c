"""Verification: a study collected again from nothing, and compared with its artifacts.

Models are trained and artifacts collected in a new folder outside the project, where
nothing of an earlier run can be found, with the seeds and settings of the study file
and the versions installed here. Texts, labels and whole numbers must be the same; other
numbers may differ by `TOLERANCE`, since another processor adds in another order (what
is trained on the same one is the same to the last bit). Times are not compared. Where
all agree, `verified.json` in the study's folder says so, with the hashes of what was
compared.
"""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.artifacts import Artifact, Check
from generator.artifacts.store import artifact_path, load_artifact
from generator.collect.pipeline import Workspace, collect_studies
from generator.collect.tasks import find_versions
from generator.core.errors import ConfigError, IntegrityError
from generator.core.invocation import format_command
from generator.corpora.base import Folders
from generator.study.freshness import StudyStatus
from generator.study.origins import (
    ArtifactHashes,
    Verification,
    hash_artifact_files,
    write_verification,
)
from generator.study.study import Study

TOLERANCE = 0.02
"""How far a number may differ, as a share of the largest number beside it."""
TIMES = "seconds"
"""What the names of fields that hold a time begin with."""


@dataclass(frozen=True)
class ScratchWorkspace(Workspace):
    """A workspace elsewhere, for a study whose corpora stay where they are."""

    home: Path = Path()
    """The study's own folder."""

    def find_corpus_folders(self, study: Study) -> Folders:
        """Return the folders that the study's corpora are read from."""
        del study
        return Folders(study=self.home, data=self.data)


def verify_study(
    status: StudyStatus, work: Workspace, by: str = ""
) -> tuple[Path, Verification]:
    """Collect a study again, compare, and write what came of it beside the study.

    Args:
        status: The study and the states of its artifacts.
        work: Where it would be collected; nothing is written there.
        by: Who says so, "" for nobody in particular.

    Returns:
        The file that was written, and what it says.

    Raises:
        ConfigError: Its artifacts are not what its settings ask for now.
        IntegrityError: A number is not what collecting again gives.
        StudyError: It cannot be collected.
    """
    study = status.study
    require_fresh(status)
    hashes = {name: _require_hashes(study, name) for name in study.artifacts}
    with tempfile.TemporaryDirectory(prefix="verify-") as scratch:
        again = _collect_again(study, work, Path(scratch))
        differences = [_compare_files(study, again, name) for name in study.artifacts]
        problems = [text for _, text in differences if text]
        if problems:
            raise IntegrityError(*problems)
        made = [
            load_artifact(artifact_path(again, n)).head.made for n in again.artifacts
        ]
    fingerprints = [one.model.fingerprint for one in made if one.model]
    verification = Verification(
        by=by,
        difference=max((share for share, _ in differences), default=0.0),
        versions=find_versions(),
        fingerprint=next(iter(fingerprints), {}),
        artifacts=hashes,
    )
    return write_verification(study, verification), verification


def require_fresh(status: StudyStatus) -> None:
    """Check that a study's artifacts are what its settings ask for now.

    Args:
        status: The study and the states of its artifacts.

    Raises:
        ConfigError: They are not, so that collecting again would compare two things.
    """
    slug = status.study.slug
    if not status.study.artifacts:
        raise ConfigError(f"{slug}: has no artifacts; there is nothing to verify")
    reasons = status.format_reasons()
    if status.word != "fresh":
        raise ConfigError(
            f"{slug}: {reasons[0] if reasons else status.word}; only what the study "
            "file asks for now can be verified; "
            f"run: {format_command(f'collect {slug}')}"
        )


def _require_hashes(study: Study, name: str) -> ArtifactHashes:
    hashes = hash_artifact_files(study, name)
    if hashes is None:
        raise IntegrityError(f"{artifact_path(study, name)}: is gone")
    return hashes


def _collect_again(study: Study, work: Workspace, scratch: Path) -> Study:
    """Collect a study in an empty folder, and return it as it is there."""
    again = study.model_copy(update={"folder": scratch / "studies" / study.folder.name})
    place = ScratchWorkspace(
        project=scratch,
        data=work.data,
        executor=work.executor,
        progress=work.progress,
        strict=True,
        home=study.folder,
    )
    report = collect_studies([again], place)
    for failure in report.failures:
        raise failure.locate_error()
    return again


def _compare_files(study: Study, again: Study, name: str) -> tuple[float, str]:
    """Return the largest difference of an artifact, and the problem if it is too large.

    A problem has the place of the difference.
    """
    one = load_artifact(artifact_path(study, name)).artifact
    other = load_artifact(artifact_path(again, name)).artifact
    share, place = find_difference(one, other)
    if share <= TOLERANCE:
        return share, ""
    how = (
        f"differs by {100 * share:.3g}% of the largest number beside it, and "
        f"{100 * TOLERANCE:g}% is allowed"
        if math.isfinite(share)
        else "is another one"
    )
    return share, (
        f"{study.slug}: artifact {name} is not what collecting it again gives: {place} "
        f"{how}; if settings and versions are those it was collected with, its file "
        f"was changed: run: {format_command(f'collect {study.slug}')}"
    )


def find_difference(one: Artifact, other: Artifact) -> tuple[float, str]:
    """Find the largest difference of two artifacts.

    Times, and the sizes of errors of checks, are another at every run and left out.

    Args:
        one: An artifact.
        other: Another.

    Returns:
        The largest difference as a share of the largest number beside it, infinite
        where something other than a number differs; and its place.
    """
    return max(
        _walk_differences(one, other, ()),
        key=lambda found: found[0],
        default=(0.0, ""),
    )


def _walk_differences(
    one: Any,  # noqa: ANN401 - any field of an artifact
    other: Any,  # noqa: ANN401 - as above
    place: tuple[str, ...],
) -> Iterator[tuple[float, str]]:
    """Yield the difference at each place."""
    here = ".".join(place) or "its kind"
    if type(one) is not type(other):
        yield math.inf, here
    elif isinstance(one, Check):
        yield _judge_same((one.name, one.passed) == (other.name, other.passed)), here
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            name = field.name
            if name.startswith(TIMES):
                continue
            pair = getattr(one, name), getattr(other, name)
            yield from _walk_differences(*pair, (*place, name))
    elif isinstance(one, tuple | dict):
        keys: Any = one.keys() if isinstance(one, dict) else range(len(one))
        others: Any = other.keys() if isinstance(other, dict) else range(len(other))
        yield _judge_same(keys == others), here
        for key in keys if keys == others else ():
            yield from _walk_differences(one[key], other[key], (*place, str(key)))
    elif isinstance(one, float | np.ndarray):
        yield _measure_share(np.asarray(one), np.asarray(other)), here
    else:
        yield _judge_same(one == other), here


def _judge_same(same: object) -> float:
    return 0.0 if same else math.inf


def _measure_share(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of two arrays as a share of the largest number."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return math.inf
    if np.array_equal(one, other, equal_nan=one.dtype.kind == "f"):
        return 0.0
    if one.dtype.kind != "f" or not np.array_equal(np.isnan(one), np.isnan(other)):
        return math.inf
    both = np.stack([one, other]).astype(np.float64)
    largest = float(np.nanmax(np.abs(both)))
    return float(np.nanmax(np.abs(both[0] - both[1]))) / largest
