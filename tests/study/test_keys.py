"""Keys change with everything an artifact depends on, and with nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, ClassVar

import pytest

from generator import artifacts
from generator.core.errors import ConfigError
from generator.corpora.base import Folders
from generator.study import keys
from generator.study.study import Study
from tests.stub.specs import StubCorpus, StubMethod, StubModel, StubTable


def study(tmp_path: Path, **changes: Any) -> Study:
    """A study of a corpus, a model, and two artifacts, one of which reads the other."""
    parts: dict[str, Any] = {
        "slug": "s",
        "date": dt.date(2024, 1, 1),
        "folder": tmp_path,
        "title": "t",
        "seed": 1,
        "corpora": {"c": StubCorpus(kind="stub")},
        "models": {"m": StubModel(kind="stub", corpus="c")},
        "artifacts": {
            "b": StubTable(method="stub-table", model="m", of="a"),
            "a": StubMethod(method="stub", model="m"),
        },
    }
    return Study(**parts | changes)


def of(tmp_path: Path, **changes: Any) -> keys.Keys:
    """The keys of a study with changes."""
    folders = Folders(study=tmp_path, data=tmp_path)
    return keys.compute_expected_keys(study(tmp_path, **changes), folders)


CHANGES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "title": ({"title": "x", "summary": "y", "tags": ("z",)}, set()),
    "date and slug": ({"slug": "x", "date": dt.date(2025, 1, 1)}, set()),
    "seed": ({"seed": 2}, {"m", "a", "b"}),
    "corpus": ({"corpora": {"c": StubCorpus(kind="stub", count=9)}},
               {"c", "m", "a", "b"}),
    "model": ({"models": {"m": StubModel(kind="stub", corpus="c", epochs=9)}},
              {"m", "a", "b"}),
    "method": ({"artifacts": {
        "a": StubMethod(method="stub", model="m", steps=9),
        "b": StubTable(method="stub-table", model="m", of="a")}}, {"a", "b"}),
    "order in the file": ({"artifacts": {
        "a": StubMethod(method="stub", model="m"),
        "b": StubTable(method="stub-table", model="m", of="a")}}, set()),
    "names of corpus and model": ({
        "corpora": {"d": StubCorpus(kind="stub")},
        "models": {"n": StubModel(kind="stub", corpus="d")},
        "artifacts": {"a": StubMethod(method="stub", model="n"),
                      "b": StubTable(method="stub-table", model="n", of="a")}}, set()),
}  # fmt: skip


def flat(found: keys.Keys) -> dict[str, keys.Key]:
    """Keys by what they are of, whatever it is called."""
    (corpus,), (model,) = found.corpora.values(), found.models.values()
    return {"c": corpus, "m": model, **found.artifacts}


@pytest.mark.parametrize("change", CHANGES)
def test_what_enters_a_key(tmp_path: Path, change: str) -> None:
    """A change of one thing changes the keys of what depends on it, no other."""
    changes, expected = CHANGES[change]
    before, after = flat(of(tmp_path)), flat(of(tmp_path, **changes))
    assert {name for name in before if before[name] != after[name]} == expected


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (StubCorpus, {"c", "m", "a", "b"}),
        (StubModel, {"m", "a", "b"}),
        (StubMethod, {"a", "b"}),
        (StubTable, {"b"}),
    ],
)
def test_versions_enter_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type, changed: set[str]
) -> None:
    """Raising the version of a reader, a recipe or a method makes its results stale."""
    before = flat(of(tmp_path))
    monkeypatch.setattr(kind, "version", 99)
    after = flat(of(tmp_path))
    assert {name for name in before if before[name] != after[name]} == changed


def test_the_schema_enters_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raising the schema makes artifacts stale, and no model."""
    before = flat(of(tmp_path))
    monkeypatch.setattr(keys, "SCHEMA", artifacts.SCHEMA + 1)
    after = flat(of(tmp_path))
    assert {name for name in before if before[name] != after[name]} == {"a", "b"}


def test_foreign_weights_enter_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files outside the study that a recipe reads make its model another one."""
    before = flat(of(tmp_path))
    monkeypatch.setattr(StubModel, "foreign_key", lambda _self: "other weights")
    after = flat(of(tmp_path))
    assert {name for name in before if before[name] != after[name]} == {"m", "a", "b"}


def test_weights_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the files that a model begins with its artifacts have no key."""

    def absent(_self: StubModel) -> str:
        raise FileNotFoundError(2, "No such file", "weights.hdf5")

    monkeypatch.setattr(StubModel, "foreign_key", absent)
    found = of(tmp_path)
    assert (found.models["m"], found.artifacts["a"]) == (None, None)
    assert "weights.hdf5" in str(found.absent["model m"])


def test_a_corpus_that_is_absent(tmp_path: Path) -> None:
    """Without its corpus nothing has a key; the reason and the dataset are kept."""
    corpora = {"c": StubCorpus(kind="stub", dataset="songs")}
    found = of(tmp_path, corpora=corpora)
    assert set(flat(found).values()) == {None}
    assert found.datasets == {"c": "songs"}
    assert "songs: not in the data folder" in str(found.absent["c"])


def test_keys_are_whole_hashes(tmp_path: Path) -> None:
    """Keys are 256 bits, never cut, and no two things have one."""
    found = list(flat(of(tmp_path)).values())
    assert all(len(str(key)) == 64 for key in found)
    assert len(set(found)) == len(found)


def test_keys_are_the_same_everywhere(tmp_path: Path) -> None:
    """A key depends on no folder, clock or order: this one never changes."""
    assert keys.hash_parts("model", 1, {"b": 0.1, "a": None}, "é") == keys.hash_parts(
        "model", 1, {"a": None, "b": 0.1}, "é"
    )
    assert keys.hash_parts("é", 0.1, None, [1]) == (
        "412b66c834a3e2f22450d73f2f1b2b41af6adf47f324b40e0c1414c90545b8fb"
    )
    (tmp_path / "x").mkdir()
    assert flat(of(tmp_path)) == flat(of(tmp_path / "x"))


def test_artifacts_in_a_circle(tmp_path: Path) -> None:
    """Artifacts that read one another are an error that names the circle."""

    class Reader(StubTable):
        gives: ClassVar[type[artifacts.Artifact]] = artifacts.Estimates

    circle = {
        "a": Reader(method="stub-table", model="m", of="b"),
        "b": Reader(method="stub-table", model="m", of="a"),
    }
    with pytest.raises(ConfigError, match="in a circle"):
        of(tmp_path, artifacts=circle)


def test_a_name_s_number_is_the_same_for_ever() -> None:
    """Every draw begins with it, and no key holds it: it uses 32 bits of one hash."""
    assert keys.hash_to_seed("x") == 0x2D711642
    numbers = [keys.hash_to_seed(f"name {n}") for n in range(64)]
    assert len(set(numbers)) == 64
    assert 2**31 < max(numbers) < 2**32
