"""Freshness: what is remembered of it agrees with what is read again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts import SCHEMA, Artifact, Curves, Estimate, Estimates, store
from generator.artifacts.base import ArtifactHead
from generator.artifacts.store import ArtifactState, artifact_path
from generator.core.cache import Cache
from generator.corpora.base import Folders
from generator.study.freshness import (
    StudyStatus,
    find_study_status,
    read_artifact_states,
)
from generator.study.keys import Keys, compute_expected_keys
from generator.study.study import Study
from tests.artifacts.saving import save_artifact
from tests.artifacts.test_store import MADE
from tests.stub.specs import StubCorpus, StubCurve, StubMethod, StubModel

LONG = np.arange(5000.0)
CONTENT: dict[str, Artifact] = {
    "small": Estimates(quantity="q", rows=(Estimate("r", 0.0, 0.0, 0.0, 1),)),
    "large": Curves(x=LONG, y=LONG[None], x_label="x", y_label="y", names=("walk",)),
}
"""A file alone, and one with a side file."""


@pytest.fixture
def collected(tmp_path: Path) -> tuple[Study, Keys]:
    """A study whose two artifacts are there, and the keys they carry."""
    study = Study(
        slug="s",
        date=dt.date(2024, 1, 1),
        folder=tmp_path / "study",
        title="t",
        corpora={"c": StubCorpus(kind="stub")},
        models={"m": StubModel(kind="stub", corpus="c")},
        artifacts={
            "small": StubMethod(method="stub", model="m"),
            "large": StubCurve(method="stub-curve", model="m"),
        },
    )
    keys = compute_expected_keys(study, Folders(study=tmp_path, data=tmp_path))
    for name, artifact in CONTENT.items():
        key = keys.artifacts[name] or ""
        head = ArtifactHead(
            kind=store.find_artifact_kind(artifact), schema=SCHEMA, key=key, made=MADE
        )
        path = artifact_path(study, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_artifact(path, artifact, head)
    assert artifact_path(study, "large").with_suffix(".npz").is_file()
    return study, keys


def words(found: dict[str, ArtifactState]) -> dict[str, str]:
    """The word of each state."""
    return {name: state.word for name, state in found.items()}


@pytest.mark.parametrize("damage", ["deleted", "changed", "cut", "link"])
@pytest.mark.parametrize("file", ["small.json", "large.json", "large.npz"])
def test_memory_changes_no_state(
    collected: tuple[Study, Keys], tmp_path: Path, file: str, damage: str
) -> None:
    """Whatever befalls a file, or its side file, is seen as without a memory."""
    study, keys = collected
    memory = Cache(tmp_path / "memory")
    for _ in range(2):
        assert set(words(read_artifact_states(study, keys, memory)).values()) == {
            "fresh"
        }
    path = artifact_path(study, "small").with_name(file)
    data = path.read_bytes()
    path.unlink()
    if damage == "changed":
        path.write_bytes(data[:-9] + b"x" + data[-8:])
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "link":
        path.with_suffix(".other").write_bytes(data)
        path.symlink_to(path.with_suffix(".other"))
    alone = words(read_artifact_states(study, keys))
    assert set(alone.values()) == {"fresh", alone[path.stem]}
    assert alone[path.stem] in {"missing", "damaged"}
    for _ in range(2):
        assert words(read_artifact_states(study, keys, memory)) == alone


def test_other_keys_are_remembered_apart(
    collected: tuple[Study, Keys], tmp_path: Path
) -> None:
    """A study whose settings changed is stale, and fresh again when they are back."""
    study, keys = collected
    memory = Cache(tmp_path / "memory")
    other = dataclasses.replace(keys, artifacts=keys.artifacts | {"small": "f" * 64})
    for these, word in ((keys, "fresh"), (other, "stale"), (keys, "fresh")):
        assert words(read_artifact_states(study, these, memory))["small"] == word


def test_a_standing_is_told_by_its_worst(collected: tuple[Study, Keys]) -> None:
    """Damage comes before absence, that before age; absence may be waited for."""
    study, _ = collected
    order = ["damaged", "missing", "stale", "unknown", "fresh"]
    for at, word in enumerate(order):
        rest = {other: ArtifactState(other, "why") for other in order[at:]}
        found = StudyStatus(study, rest, {})
        assert found.word == word
        assert found.complete == (at >= 2)
        assert len(found.format_reasons()) == len(rest) - 1
    waiting = StudyStatus(study, {"a": ArtifactState("missing", "why")}, {"c": "songs"})
    assert waiting.word == "waiting"
    assert (
        waiting.format_reasons()[0]
        == "corpus c is not here: python build.py fetch songs"
    )
    assert not StudyStatus(
        study, {"a": ArtifactState("fresh")}, {"c": "songs"}
    ).format_reasons()
    both = StudyStatus(
        study, {n: ArtifactState("stale", "why") for n in ("a", "b")}, {}
    )
    assert both.group_unfresh() == {ArtifactState("stale", "why"): ("a", "b")}


def test_a_study_stands_as_its_artifacts_do(
    collected: tuple[Study, Keys], tmp_path: Path
) -> None:
    """With another corpus, which is not at hand, its artifacts are stale and drawn."""
    study, _ = collected
    folders = Folders(study=tmp_path, data=tmp_path)
    assert find_study_status(study, folders).word == "fresh"
    corpora = {"c": StubCorpus(kind="stub", dataset="songs")}
    found = find_study_status(study.model_copy(update={"corpora": corpora}), folders)
    assert found.waits_for == {"c": "songs"}
    assert (found.word, found.complete) == ("stale", True)
    assert found.absent[0].endswith("run: python build.py fetch songs")
