"""Where a study's artifacts come from, as far as it can be proved to a reader.

An artifact's own file proves nothing of this: whoever changes a number can update its
hash. What is said of an artifact therefore rests on something outside its file, bound
to its bytes:

- *verified*: somebody collected the study again with `verify`, and the numbers agreed.
  `verified.json` in the study's folder says who and with which versions, and holds the
  hash of each file that was compared. It is a statement of the project's authors, and
  is printed as one.
- *collected*: a build of this project collected it. `.cache/collected` has a record of
  its hashes, which a build writes, and no repository brings along: records that git
  tracks are not believed.
- *committed*: neither. The artifact is as its author provides it.

An artifact that git tracks, or would take, is never called collected: it reaches
readers through the repository, and a page of it is the same on its author's machine,
before and after the commit, and where a workflow draws it from a clone. So what a page
says follows from the project and its `.cache` alone, and rendering stays reproducible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from generator.artifacts.store import (
    PackedArtifact,
    artifact_path,
    parse_artifact,
    read_verified_bytes,
    seal_content,
)
from generator.core import files
from generator.core.cache import Cache, hash_source_file
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    MissingArtifactError,
    ResourceError,
)
from generator.core.invocation import format_command
from generator.core.serialize import MalformedDataError, decode_value, encode_value
from generator.core.tracked_files import list_committable_files, list_tracked_files
from generator.study.study import Study

Origin = Literal["verified", "collected", "committed"]
VERIFICATION = "verified.json"
"""The file in a study's folder that says what was verified."""
RECORDS = ".cache/collected"
"""Where builds record what they collected."""
FORMAT = 1
"""Of the file of a verification."""


@dataclass(frozen=True)
class ArtifactHashes:
    """SHA-256 of an artifact's files."""

    json: str
    npz: str | None = None


@dataclass(frozen=True)
class Verification:
    """What came of collecting a study again.

    `difference` is the largest one of any number, as a share of the largest number
    beside it; 0 where all are the same to the last digit.
    """

    by: str
    difference: float
    versions: dict[str, str]
    fingerprint: dict[str, str]
    artifacts: dict[str, ArtifactHashes]


@dataclass(frozen=True)
class _SealedVerification:
    sha256: str
    format: int
    content: Verification


@dataclass(frozen=True)
class StudyOrigins:
    """The origin of each artifact of a study, and what proves that some are verified.

    `warning` is set where a file of a verification cannot be read.
    """

    artifacts: dict[str, Origin] = field(default_factory=dict)
    verification: Verification | None = None
    warning: str = ""

    def as_plain_data(self) -> dict[str, Any]:
        """Return all of it as plain JSON, for keys."""
        return asdict(self)

    def is_committed(self, names: Iterable[str]) -> bool:
        """Return whether nothing but their author vouches for one of some artifacts.

        Args:
            names: Names of artifacts.
        """
        return any(self.artifacts.get(name) == "committed" for name in names)


def hash_artifact_files(study: Study, name: str) -> ArtifactHashes | None:
    """Return the hashes of an artifact's files, None where it has no file.

    Args:
        study: The study.
        name: Name of the artifact.
    """
    path = artifact_path(study, name)
    both = [
        hash_source_file(file) if file.is_file() and not file.is_symlink() else None
        for file in (path, path.with_suffix(".npz"))
    ]
    return ArtifactHashes(both[0], both[1]) if both[0] else None


def record_collected(
    project: Path, study: Study, name: str, packed: PackedArtifact
) -> None:
    """Record that this project's build collected an artifact, with its bytes' hashes.

    This comes before the artifact is written: a build that is killed between the two
    leaves a record of what is not there, and never an artifact without its record.

    Args:
        project: Folder of the project.
        study: The study.
        name: Name of the artifact.
        packed: The bytes of its files.
    """
    npz = None if packed.npz is None else files.digest(packed.npz)
    hashes = ArtifactHashes(files.digest(packed.json), npz)
    record = _format_record(study, name, hashes)
    Cache(project / RECORDS, project).put(files.digest(record), record)


def _format_record(study: Study, name: str, hashes: ArtifactHashes) -> bytes:
    words = (study.folder.name, name, hashes.json, hashes.npz or "-")
    return "\n".join((*words, "")).encode()


def find_origins(project: Path, studies: Iterable[Study]) -> dict[str, StudyOrigins]:
    """Return the origins of the artifacts of studies.

    Args:
        project: Folder of the project.
        studies: The studies.

    Returns:
        Origins by the name of the study's folder.
    """
    try:
        shared = list_committable_files(project, "studies")
        brought = list_tracked_files(project, RECORDS)
    except ConfigError:  # git cannot tell
        shared = brought = frozenset()
    records = None if brought else Cache(project / RECORDS, project)
    root = project.resolve()
    return {
        study.folder.name: _find_study_origins(study, root, shared, records)
        for study in studies
    }


def _find_study_origins(
    study: Study, root: Path, shared: frozenset[str], records: Cache | None
) -> StudyOrigins:
    warning, verification = "", None
    try:
        verification = read_verification(study)
    except IntegrityError as error:
        warning = error.problems[0]
    verified = verification.artifacts if verification else {}
    origins: dict[str, Origin] = {}
    for name in study.artifacts:
        hashes = hash_artifact_files(study, name)
        if hashes is None:
            continue
        origins[name] = "committed"
        if verified.get(name) == hashes:
            origins[name] = "verified"
        elif records and not _is_shared(artifact_path(study, name), root, shared):
            record = _format_record(study, name, hashes)
            if records.get(files.digest(record)) == record:
                origins[name] = "collected"
    return StudyOrigins(origins, verification, warning)


def _is_shared(path: Path, root: Path, shared: frozenset[str]) -> bool:
    place = path.parent.resolve() / path.name
    return place.is_relative_to(root) and place.relative_to(root).as_posix() in shared


def read_verification(study: Study) -> Verification | None:
    """Return what a study's file says of its verification, None where there is none.

    One of another format says nothing to this version.

    Args:
        study: The study.

    Raises:
        IntegrityError: The file is damaged.
    """
    path = study.folder / VERIFICATION
    try:
        fields = parse_artifact(path, read_verified_bytes(path, files.STUDY_DEPTH))
        sealed: _SealedVerification = decode_value(fields, _SealedVerification, {})
    except MissingArtifactError:
        return None
    except (IntegrityError, MalformedDataError, ResourceError) as error:
        raise IntegrityError(
            f"{path}: is damaged, so that the page cannot say what was verified; "
            f"run: {format_command(f'verify {study.slug}')}"
        ) from error
    return sealed.content if sealed.format == FORMAT else None


def write_verification(study: Study, verification: Verification) -> Path:
    """Write what was verified beside a study, and return the file's path.

    Args:
        study: The study.
        verification: What came of collecting it again.

    Raises:
        ResourceError: The system refuses.
    """
    path = study.folder / VERIFICATION
    content: Mapping[str, Any] = encode_value(verification, Verification, {})
    data = seal_content({"format": FORMAT}, content)
    project = files.find_project_of(path, files.STUDY_DEPTH)
    files.write(path, data, "a verification", project)
    return path
