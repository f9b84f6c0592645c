"""The freshness of artifacts: which are collected, which are stale, and why."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.artifacts import SCHEMA, store
from generator.artifacts.base import ArtifactHead
from generator.artifacts.store import ArtifactState, artifact_path
from generator.core.cache import Cache, compute_program_key, hash_source_file
from generator.core.errors import (
    IntegrityError,
    MissingArtifactError,
    StudyError,
    format_some_names,
)
from generator.core.files import hash_parts
from generator.core.invocation import format_command
from generator.corpora.base import Folders
from generator.study.keys import (
    Keys,
    compute_artifact_keys,
    compute_expected_keys,
    order_artifacts,
)
from generator.study.older_versions import find_older_versions
from generator.study.study import Study


@dataclass(frozen=True)
class StudyStatus:
    """The state of each artifact of a study, and the datasets it waits for."""

    study: Study
    artifacts: dict[str, ArtifactState]
    waits_for: dict[str, str]  # corpus: the dataset to fetch
    absent: tuple[str, ...] = ()  # why corpora are not at hand
    unreadable: tuple[str, ...] = ()  # why corpora and files cannot be read

    @property
    def complete(self) -> bool:
        """Whether there is something to draw: every artifact, fresh or not.

        Of those that this version cannot read, the page says what to do.
        """
        return all(
            s.word not in ("missing", "damaged") for s in self.artifacts.values()
        )

    @property
    def word(self) -> str:
        """The worst of its artifacts' states, or `waiting` for a dataset to fetch."""
        words = {state.word for state in self.artifacts.values()}
        order = (
            "damaged",
            "missing",
            "newer",
            "stale",
            "outdated",
            "older",
            "unknown",
        )
        worst = next((word for word in order if word in words), "fresh")
        return "waiting" if worst == "missing" and self.waits_for else worst

    def group_unfresh(self) -> dict[ArtifactState, tuple[str, ...]]:
        """Return the names of artifacts by their state, fresh ones left out."""
        groups: dict[ArtifactState, tuple[str, ...]] = {}
        for name, state in self.artifacts.items():
            if state.word != "fresh":
                groups[state] = (*groups.get(state, ()), name)
        return groups

    def format_reasons(self, fix: str = "") -> list[str]:
        """Return a line for what to fetch or mend, and each state that is not fresh.

        Args:
            fix: What to add where collecting again helps.
        """
        lines = [
            f"{format_some_names(names)}: {state.word}: {state.reason}"
            f"{'' if state.word == 'newer' else fix}"
            for state, names in self.group_unfresh().items()
        ]
        waits = [
            f"corpus {corpus} is not here: {format_command(f'fetch {dataset}')}{fix}"
            for corpus, dataset in self.waits_for.items()
        ]
        absent = [f"{reason}{fix}" for reason in self.unreadable]
        return [*waits, *absent, *lines] if lines else []


def make_incomplete_error(statuses: Sequence[StudyStatus]) -> StudyError:
    """Return the error for studies that cannot be drawn, with all reasons.

    Args:
        statuses: Their statuses.

    Returns:
        An `IntegrityError` where something is damaged, else a `MissingArtifactError`.
    """
    is_damaged = any(one.word == "damaged" for one in statuses)
    fix = f"; run: {format_command('collect')}"
    return (IntegrityError if is_damaged else MissingArtifactError)(
        *(
            f"{one.study.slug}: {reason}"
            for one in statuses
            for reason in one.format_reasons(fix)
        )
    )


def read_artifact_states(
    study: Study,
    keys: Keys,
    kept: Cache | None = None,
    folders: Folders | None = None,
) -> dict[str, ArtifactState]:
    """Return the state of every artifact of a study, each after those it reads.

    That all are fresh follows from their bytes and from the keys they should have, and
    is not checked again while neither changed.

    Args:
        study: The study.
        keys: The keys that its artifacts should have.
        kept: Where such a result is cached; None to check every time.
        folders: Where its corpora are read from, to tell what is of an older version
            from what is stale for another reason; None where that does not matter.

    Raises:
        ResourceError: The system refuses to read one.
    """
    order = order_artifacts(study)
    known = _hash_known_artifacts(study, order, keys) if kept else None
    if kept and known and kept.get(known) == b"fresh":
        return {name: ArtifactState("fresh") for name in order}
    states = {
        name: store.read_artifact_state(
            artifact_path(study, name),
            keys.artifacts[name],
            lambda schema, name=name: compute_artifact_keys(study, keys, schema)[name],  # type: ignore[misc] # mypy infers no default
        )
        for name in order
    }
    if any(state.word == "unknown" for state in states.values()):
        states |= _find_changed_artifacts(study, states)
    if folders and any(state.reason == store.CHANGED for state in states.values()):
        states |= _find_older_artifacts(study, states, folders)
    if kept and known and all(state.word == "fresh" for state in states.values()):
        kept.put(known, b"fresh")
    return states


def _find_older_artifacts(
    study: Study, states: Mapping[str, ArtifactState], folders: Folders
) -> dict[str, ArtifactState]:
    """Return the states of stale artifacts that only an older version tells apart."""
    heads = _load_heads(study, states)
    return {
        name: ArtifactState("older", f"collected by an older {'; '.join(versions)}")
        for name, versions in find_older_versions(study, heads, folders).items()
        if versions and states[name].reason == store.CHANGED
    }


def _find_changed_artifacts(
    study: Study, states: Mapping[str, ArtifactState]
) -> dict[str, ArtifactState]:
    """Return the states of artifacts that are stale whatever their corpora hold.

    Their corpora are not at hand, and the study file says something else than it said
    when they were collected, which their provenance records.
    """
    heads = _load_heads(study, states)
    same = find_older_versions(study, heads)
    recorded = {name for name, head in heads.items() if head.made.model}
    return {
        name: ArtifactState("stale", store.CHANGED)
        for name in sorted(recorded - same.keys())
        if states[name].word == "unknown"
    }


def _load_heads(study: Study, names: Iterable[str]) -> dict[str, ArtifactHead]:
    """Return the heads of those artifacts that can be read."""
    heads = {}
    for name in names:
        with contextlib.suppress(StudyError):
            heads[name] = store.load_artifact(artifact_path(study, name)).head
    return heads


def _hash_known_artifacts(
    study: Study, order: tuple[str, ...], keys: Keys
) -> str | None:
    """Return the hash of all artifacts and their keys, None where one is missing."""
    hashes = {}
    for name in order:
        path = artifact_path(study, name)
        for file in (path, path.with_suffix(".npz")):
            if file.is_file() and not file.is_symlink():
                hashes[file.name] = hash_source_file(file)
        if path.name not in hashes:
            return None
    return hash_parts(
        "states", compute_program_key(), SCHEMA, hashes, dict(keys.artifacts)
    )


def find_study_status(
    study: Study, folders: Folders, kept: Cache | None = None
) -> StudyStatus:
    """Return the state of a study's artifacts and what it waits for.

    Args:
        study: The study.
        folders: Where its corpora are read from.
        kept: Where results are cached; None to check every time.

    Raises:
        ResourceError: The system refuses to read an artifact.
    """
    keys = compute_expected_keys(study, folders)
    states = read_artifact_states(study, keys, kept, folders)
    absent = describe_absent_corpora(keys)
    unreadable = tuple(
        error.problems[0]
        for name, error in keys.absent.items()
        if name not in keys.datasets
    )
    return StudyStatus(study, states, dict(keys.datasets), absent, unreadable)


def describe_absent_corpora(keys: Keys) -> tuple[str, ...]:
    """Return one line for each corpus that cannot be read here, and what to do.

    Args:
        keys: The keys of a study.
    """
    return tuple(
        f"{error.problems[0]}; run: {format_command(f'fetch {keys.datasets[name]}')}"
        if name in keys.datasets
        else error.problems[0]
        for name, error in keys.absent.items()
    )


def format_doubt(slug: str, absent: tuple[str, ...]) -> str:
    """Return the warning for artifacts that cannot be compared with their corpus.

    Args:
        slug: The study's slug.
        absent: Lines of `describe_absent_corpora`.
    """
    reason = absent[0] if absent else "its corpus is not at hand"
    return f"{slug}: drawn as it was collected, which may be stale: {reason}"


def format_older(status: StudyStatus) -> str:
    """Return the warning for a study whose artifacts are of an older version.

    Args:
        status: The study's status, whose word is `older`.
    """
    slug = status.study.slug
    states = status.artifacts.values()
    reason = next(state.reason for state in states if state.word == "older")
    return (
        f"{slug}: drawn as it was {reason}; to collect it again, run: "
        f"{format_command(f'collect {slug}')}"
    )
