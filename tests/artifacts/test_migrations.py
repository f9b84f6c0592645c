"""Artifacts of older schemas: read through migrations, never misread."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts import (
    ARTIFACTS,
    SCHEMA,
    Curves,
    attributions,
    migrations,
    store,
)
from generator.artifacts.migrations import RawArtifact
from generator.core import serialize
from generator.core.errors import IntegrityError
from tests.artifacts.past_schemas import KEPT
from tests.artifacts.saving import save_artifact
from tests.artifacts.test_store import curves, head, same

BUMPED = SCHEMA + 1


@pytest.fixture
def bumped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose schema is the next one, without a migration to it."""
    monkeypatch.setattr(store, "_DECODED", {})
    monkeypatch.setattr(store, "_VERIFIED", set())
    for module in (store, migrations):
        monkeypatch.setattr(module, "SCHEMA", BUMPED)


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
def test_files_of_every_schema_are_kept(schema: int) -> None:
    """A file of each kind of each schema is here, and is read or asks to be renewed.

    A kind whose fields change without a bump fails here, before a reader's frozen study
    does.
    """
    folder = KEPT / f"schema-{schema}"
    kinds = {path.stem for path in folder.glob("*.json")}
    assert kinds if schema < SCHEMA else kinds == set(ARTIFACTS)
    for path in sorted(folder.glob("*.json")):
        if migrations.is_migratable(schema):
            stored = store.load_artifact(path)
            assert type(stored.artifact) is ARTIFACTS[path.stem]
            assert stored.head.schema == schema
        else:
            with pytest.raises(store.OlderSchemaError):
                store.load_artifact(path)


@pytest.mark.parametrize("kind", sorted(ARTIFACTS))
def test_the_present_schema_writes_what_is_kept(kind: str, tmp_path: Path) -> None:
    """Read and saved again, a kept file of the present schema is the same bytes."""
    kept = KEPT / f"schema-{SCHEMA}" / f"{kind}.json"
    stored = store.load_artifact(kept)
    save_artifact(tmp_path / kept.name, stored.artifact, stored.head)
    assert (tmp_path / kept.name).read_bytes() == kept.read_bytes()


@pytest.mark.usefixtures("bumped")
def test_without_a_migration_it_is_outdated(tmp_path: Path) -> None:
    """What no migration leads away from is neither read nor an error of ours."""
    path = tmp_path / "curves.json"
    shutil.copy(KEPT / f"schema-{SCHEMA}" / "curves.json", path)
    state = store.read_artifact_state(path, "3" * 64)
    assert state == store.ArtifactState("outdated", store.OLDER_SCHEMA)
    assert store.read_artifact_state(path, "new", lambda _: "3" * 64) == state
    assert store.read_artifact_state(path, None, lambda _: None) == state
    changed = store.read_artifact_state(path, "new", lambda _: "4" * 64)
    assert changed == store.ArtifactState("stale", store.CHANGED)
    with pytest.raises(store.OlderSchemaError, match=r"older format.*collect"):
        store.load_artifact(path)


def rename_names(raw: RawArtifact) -> RawArtifact:
    """A migration from a schema in which a curve's `y` was called `heights`."""
    content = dict(raw.fields["content"])
    content["y"] = content.pop("heights")
    content = {
        name: content[name] for name in serialize.find_field_hints(Curves)
    }  # in order
    arrays = {("y" if n == "heights" else n): a for n, a in raw.arrays.items()}
    return RawArtifact(raw.fields | {"content": content, "schema": BUMPED}, arrays)


def write_old_curves(path: Path, points: int) -> Curves:
    """Write curves as the imagined older schema did; what they are."""
    artifact = curves(points)
    arrays: dict[str, Any] = {}
    content = serialize.encode_value(artifact, Curves, arrays)
    content = {("heights" if n == "y" else n): v for n, v in content.items()}
    large = {("heights" if n == "y" else n): a for n, a in arrays.items()}
    packed = serialize.pack_arrays(large) if large else None
    if packed:
        path.with_suffix(".npz").write_bytes(packed)
    top = serialize.encode_value(head(artifact, schema=SCHEMA), store.ArtifactHead, {})
    top |= {"npz": store.files.digest(packed) if packed else None}
    path.write_bytes(store.seal_content(top, content))
    return artifact


@pytest.mark.usefixtures("bumped")
@pytest.mark.parametrize("points", [3, 5000])
def test_a_migration_reads_fields_and_side_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    """A migrated artifact is what the old file meant; its file stays as it was."""
    path = tmp_path / "walk.json"
    artifact = write_old_curves(path, points)
    before = path.read_bytes()
    monkeypatch.setitem(migrations.MIGRATIONS, SCHEMA, rename_names)
    stored = store.load_artifact(path)
    assert same(stored.artifact, artifact)
    assert stored.head == replace(head(artifact), schema=SCHEMA)
    assert path.read_bytes() == before
    assert store.read_artifact_state(path, "new", lambda _: "a" * 64).word == "fresh"
    assert store.read_artifact_state(path, "new", lambda _: "b" * 64).word == "stale"
    assert store.read_artifact_state(path, None, lambda _: None).word == "unknown"


@pytest.mark.usefixtures("bumped")
def test_a_file_that_its_schema_did_not_write_is_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that finds no such field gives an error of integrity."""
    path = tmp_path / "curves.json"
    shutil.copy(KEPT / f"schema-{SCHEMA}" / "curves.json", path)
    monkeypatch.setitem(migrations.MIGRATIONS, SCHEMA, rename_names)
    with pytest.raises(IntegrityError, match="not as schema 1 writes it"):
        store.load_artifact(path)
    state = store.read_artifact_state(path, "new", lambda _: "3" * 64)
    assert state.word == "damaged"


def test_a_file_from_before_signs_were_stated_reads_as_one_of_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What + speaks for follows from the kind where a file does not say it."""
    path = tmp_path / "token-scores.json"
    kept = store.load_artifact(KEPT / f"schema-{SCHEMA}" / "token-scores.json")
    with monkeypatch.context() as before:
        before.setattr(attributions, "state_sign", lambda *_, **__: None)
        unstated = replace(kept.artifact, speaks_for="")  # type: ignore[call-arg]
        save_artifact(path, unstated, kept.head)
    assert b"speaks_for" not in path.read_bytes()
    assert path.read_bytes() != (KEPT / f"schema-{SCHEMA}" / path.name).read_bytes()
    assert store.load_artifact(path).artifact.speaks_for == "the label of each text"  # type: ignore[attr-defined]
