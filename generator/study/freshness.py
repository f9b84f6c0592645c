"""What of a study is collected, what is stale, and why."""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts import SCHEMA, store
from generator.artifacts.store import State, artifact_path
from generator.core.cache import Kept, hash_of, program_key
from generator.core.errors import several
from generator.core.files import combined
from generator.core.invocation import command_line
from generator.corpora.base import Folders
from generator.study.keys import Keys, expected_keys, reading_order
from generator.study.study import Study


@dataclass(frozen=True)
class Standing:
    """A study as it stands: the state of each artifact, and what it waits for."""

    study: Study
    artifacts: dict[str, State]
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

    def unfresh(self) -> dict[State, tuple[str, ...]]:
        """Every state but fresh that artifacts are in, and which are."""
        found: dict[State, tuple[str, ...]] = {}
        for name, state in self.artifacts.items():
            if state.word != "fresh":
                found[state] = (*found.get(state, ()), name)
        return found

    def reasons(self) -> list[str]:
        """A line for each dataset it waits for, and for each way not to be fresh."""
        lines = [
            f"{several(names)}: {state.word}: {state.reason}"
            for state, names in self.unfresh().items()
        ]
        waits = [
            f"corpus {corpus} is not here: {command_line(f'fetch {dataset}')}"
            for corpus, dataset in self.waits_for.items()
        ]
        return waits + lines if lines else []


def states(study: Study, keys: Keys, kept: Kept | None = None) -> dict[str, State]:
    """The state of every artifact of a study, each after those it reads.

    That all are fresh follows from their bytes and from the keys they should carry,
    and is not found out again while neither changed.
    """
    order = reading_order(study)
    known = _known(study, order, keys) if kept else None
    if kept and known and kept.get(known) is not None:
        return {name: State("fresh") for name in order}
    found = {
        name: store.state(artifact_path(study, name), keys.artifacts[name])
        for name in order
    }
    if kept and known and all(state.word == "fresh" for state in found.values()):
        kept.put(known, b"fresh")
    return found


def _known(study: Study, order: tuple[str, ...], keys: Keys) -> str | None:
    """The hash of artifacts and their keys, None where one is not there."""
    read = {}
    for name in order:
        path = artifact_path(study, name)
        for file in (path, path.with_suffix(".npz")):
            if file.is_file() and not file.is_symlink():
                read[file.name] = hash_of(file)
        if path.name not in read:
            return None
    return combined("states", program_key(), SCHEMA, read, dict(keys.artifacts))


def standing(study: Study, folders: Folders, kept: Kept | None = None) -> Standing:
    """How a study stands. Raises `IntegrityError` for artifacts of a newer version."""
    keys = expected_keys(study, folders)
    found = states(study, keys, kept)
    return Standing(study, found, dict(keys.datasets), absent_corpora(keys))


def absent_corpora(keys: Keys) -> tuple[str, ...]:
    """One line for each corpus that cannot be read here, and what to do."""
    return tuple(
        f"{error.problems[0]}; run: {command_line(f'fetch {keys.datasets[name]}')}"
        if name in keys.datasets
        else error.problems[0]
        for name, error in keys.absent.items()
    )


def doubt(slug: str, absent: tuple[str, ...]) -> str:
    """What to say of artifacts that cannot be compared with their corpus."""
    reason = absent[0] if absent else "its corpus is not at hand"
    return f"{slug}: drawn as it was collected, which may be stale: {reason}"
