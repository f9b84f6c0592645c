"""What of a study is collected, what is stale, and why."""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts import SCHEMA, store
from generator.artifacts.store import ArtifactState, artifact_path
from generator.core.cache import Cache, compute_program_key, hash_source_file
from generator.core.errors import format_some_names
from generator.core.files import hash_parts
from generator.core.invocation import format_command
from generator.corpora.base import Folders
from generator.study.keys import Keys, compute_expected_keys, order_artifacts
from generator.study.study import Study


@dataclass(frozen=True)
class StudyStatus:
    """A study as it stands: the state of each artifact, and what it waits for."""

    study: Study
    artifacts: dict[str, ArtifactState]
    waits_for: dict[str, str]  # corpus: the dataset to fetch
    absent: tuple[str, ...] = ()  # why corpora are not at hand

    @property
    def complete(self) -> bool:
        """Whether every artifact can be drawn, fresh or not."""
        return all(
            s.word not in ("missing", "damaged") for s in self.artifacts.values()
        )

    @property
    def word(self) -> str:
        """One word for all: the worst of its artifacts."""
        words = {state.word for state in self.artifacts.values()}
        order = ("damaged", "missing", "stale", "unknown")
        found = next((word for word in order if word in words), "fresh")
        return "waiting" if found == "missing" and self.waits_for else found

    def group_unfresh(self) -> dict[ArtifactState, tuple[str, ...]]:
        """Every state but fresh that artifacts are in, and which are."""
        found: dict[ArtifactState, tuple[str, ...]] = {}
        for name, state in self.artifacts.items():
            if state.word != "fresh":
                found[state] = (*found.get(state, ()), name)
        return found

    def format_reasons(self) -> list[str]:
        """A line for each dataset it waits for, and for each way not to be fresh."""
        lines = [
            f"{format_some_names(names)}: {state.word}: {state.reason}"
            for state, names in self.group_unfresh().items()
        ]
        waits = [
            f"corpus {corpus} is not here: {format_command(f'fetch {dataset}')}"
            for corpus, dataset in self.waits_for.items()
        ]
        return waits + lines if lines else []


def read_artifact_states(
    study: Study, keys: Keys, kept: Cache | None = None
) -> dict[str, ArtifactState]:
    """The state of every artifact of a study, each after those it reads.

    That all are fresh follows from their bytes and from the keys they should carry,
    and is not found out again while neither changed.
    """
    order = order_artifacts(study)
    known = _hash_known_artifacts(study, order, keys) if kept else None
    if kept and known and kept.get(known) is not None:
        return {name: ArtifactState("fresh") for name in order}
    found = {
        name: store.read_artifact_state(
            artifact_path(study, name), keys.artifacts[name]
        )
        for name in order
    }
    if kept and known and all(state.word == "fresh" for state in found.values()):
        kept.put(known, b"fresh")
    return found


def _hash_known_artifacts(
    study: Study, order: tuple[str, ...], keys: Keys
) -> str | None:
    """The hash of artifacts and their keys, None where one is not there."""
    read = {}
    for name in order:
        path = artifact_path(study, name)
        for file in (path, path.with_suffix(".npz")):
            if file.is_file() and not file.is_symlink():
                read[file.name] = hash_source_file(file)
        if path.name not in read:
            return None
    return hash_parts(
        "states", compute_program_key(), SCHEMA, read, dict(keys.artifacts)
    )


def find_study_status(
    study: Study, folders: Folders, kept: Cache | None = None
) -> StudyStatus:
    """How a study stands. Raises `IntegrityError` for artifacts of a newer version."""
    keys = compute_expected_keys(study, folders)
    found = read_artifact_states(study, keys, kept)
    return StudyStatus(study, found, dict(keys.datasets), describe_absent_corpora(keys))


def describe_absent_corpora(keys: Keys) -> tuple[str, ...]:
    """One line for each corpus that cannot be read here, and what to do."""
    return tuple(
        f"{error.problems[0]}; run: {format_command(f'fetch {keys.datasets[name]}')}"
        if name in keys.datasets
        else error.problems[0]
        for name, error in keys.absent.items()
    )


def format_doubt(slug: str, absent: tuple[str, ...]) -> str:
    """What to say of artifacts that cannot be compared with their corpus."""
    reason = absent[0] if absent else "its corpus is not at hand"
    return f"{slug}: drawn as it was collected, which may be stale: {reason}"
