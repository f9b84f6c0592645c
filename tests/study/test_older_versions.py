"""What an older version of a method, a model or a corpus gave is known by its key."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts import store
from generator.artifacts.base import ArtifactHead, CorpusProvenance, ModelProvenance
from generator.artifacts.store import artifact_path
from generator.core.errors import ConfigError
from generator.corpora.base import Folders
from generator.study.freshness import find_study_status, format_older
from generator.study.keys import Keys, compute_expected_keys
from generator.study.older_versions import find_older_versions
from generator.study.study import Study
from tests.artifacts.saving import save_artifact
from tests.artifacts.test_store import MADE
from tests.stub.specs import StubCorpus, StubCurve, StubMethod, StubModel
from tests.study.test_freshness import CONTENT, collected, words

__all__ = ["collected"]


def write_as_collected(study: Study, keys: Keys) -> dict[str, ArtifactHead]:
    """Write a study's artifacts with the provenance that its settings give."""
    model, corpus = study.models["m"], study.corpora["c"]
    heads = {}
    for name, artifact in CONTENT.items():
        made = dataclasses.replace(
            MADE,
            settings=study.artifacts[name].model_dump(mode="json"),
            model=ModelProvenance(
                name="m", kind="stub", settings=model.model_dump(mode="json"),
                key=str(keys.models["m"]), seed=0, epochs=2, best=2, windows=1,
                held_out=0,
            ),
            corpus=CorpusProvenance(
                name="c", kind="stub", settings=corpus.model_dump(mode="json"),
                key=str(keys.corpora["c"]), documents=4,
            ),
        )  # fmt: skip
        heads[name] = ArtifactHead(
            kind=store.find_artifact_kind(artifact), schema=store.SCHEMA,
            key=str(keys.artifacts[name]), made=made,
        )  # fmt: skip
        save_artifact(artifact_path(study, name), artifact, heads[name])
    return heads


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (StubMethod, "method stub, version 1 (now 3)"),
        (StubCurve, "method stub-curve, version 1 (now 3)"),
        (StubModel, "model stub, version 1 (now 3)"),
        (StubCorpus, "corpus stub, version 1 (now 3)"),
    ],
)
def test_a_raised_version_is_named(
    collected: tuple[Study, Keys],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type,
    text: str,
) -> None:
    """What only a version tells from the present is older, with that version's name."""
    study, keys = collected
    heads = write_as_collected(study, keys)
    folders = Folders(study=tmp_path, data=tmp_path)
    assert find_older_versions(study, heads, folders) == {"small": (), "large": ()}
    monkeypatch.setattr(kind, "version", 3)
    status = find_study_status(study, folders)
    older = {StubMethod: {"small"}, StubCurve: {"large"}}.get(kind, set(CONTENT))
    assert {n for n, w in words(status.artifacts).items() if w == "older"} == older
    assert status.word == "older"
    assert status.complete
    assert f"collected by an older {text}; to collect it again" in format_older(status)


@pytest.mark.parametrize("change", ["seed", "settings", "corpus"])
def test_other_changes_stay_stale(
    collected: tuple[Study, Keys],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """A setting that changed as well makes it stale: nothing is proved then."""
    study, keys = collected
    write_as_collected(study, keys)
    monkeypatch.setattr(StubMethod, "version", 3)
    monkeypatch.setattr(StubCurve, "version", 3)
    changes = {
        "seed": {"seed": 9},
        "settings": {
            "artifacts": {
                "small": StubMethod(method="stub", model="m", steps=5),
                "large": StubCurve(method="stub-curve", model="m", points=7),
            }
        },
        "corpus": {"corpora": {"c": StubCorpus(kind="stub", count=9)}},
    }[change]
    study = study.model_copy(update=changes)
    status = find_study_status(study, Folders(study=tmp_path, data=tmp_path))
    assert set(words(status.artifacts).values()) == {"stale"}


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({}, set()),
        ({"title": "another"}, set()),
        ({"seed": 9}, {"small", "large"}),
        ({"models": {"m": StubModel(kind="stub", corpus="c", epochs=7)}},
         {"small", "large"}),
        ({"corpora": {"c": StubCorpus(kind="stub", path="gone", count=9)}},
         {"small", "large"}),
        ({"artifacts": {"small": StubMethod(method="stub", model="m", steps=5),
                        "large": StubCurve(method="stub-curve", model="m")}},
         {"small"}),
    ],
)  # fmt: skip
def test_a_changed_study_file_needs_no_corpus_to_be_seen(
    tmp_path: Path, change: dict[str, Any], changed: set[str]
) -> None:
    """Without its corpus an artifact is stale where the study file says something else.

    The rest is unknown, as what the corpus holds may be another; the first two changes
    are the control.
    """
    folders = Folders(study=tmp_path, data=tmp_path)
    (tmp_path / "gone").write_text("one\ntwo")
    study = Study(
        slug="s",
        date=dt.date(2024, 1, 1),
        folder=tmp_path / "study",
        title="t",
        corpora={"c": StubCorpus(kind="stub", path="gone")},
        models={"m": StubModel(kind="stub", corpus="c")},
        artifacts={
            "small": StubMethod(method="stub", model="m"),
            "large": StubCurve(method="stub-curve", model="m"),
        },
    )
    write_as_collected(study, compute_expected_keys(study, folders))
    (tmp_path / "gone").unlink()
    status = find_study_status(study.model_copy(update=change), folders)
    stale = {n for n, word in words(status.artifacts).items() if word == "stale"}
    assert stale == changed
    assert set(words(status.artifacts).values()) <= {"stale", "unknown"}
    assert status.complete


@pytest.mark.parametrize("file", ["there", "gone"])
def test_files_of_a_method_enter_the_comparison(
    collected: tuple[Study, Keys], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """What read a file of its own is as it was; where that is gone, by its settings.

    The controls: with another file, and with another setting, it is not.
    """
    study, _ = collected
    monkeypatch.setattr(StubMethod, "foreign_key", lambda _self: "first")
    folders = Folders(study=study.folder, data=study.folder)
    heads = write_as_collected(study, compute_expected_keys(study, folders))

    def read(_self: StubMethod) -> str:
        raise ConfigError("no such file")

    now = {"there": lambda _self: "first", "gone": read}[file]
    monkeypatch.setattr(StubMethod, "foreign_key", now)
    assert "small" in find_older_versions(study, heads)
    other = StubMethod(method="stub", model="m", steps=5)
    changed = study.artifacts | {"small": other}
    assert "small" not in find_older_versions(
        study.model_copy(update={"artifacts": changed}), heads
    )
    monkeypatch.setattr(StubMethod, "foreign_key", lambda _self: "second")
    assert "small" not in find_older_versions(study, heads)


def test_settings_that_came_later_are_left_out(
    collected: tuple[Study, Keys], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that brought a setting still knows what was made without it."""
    study, keys = collected
    heads = write_as_collected(study, keys)
    head = heads["small"]
    recorded = {k: v for k, v in head.made.settings.items() if k != "of"}
    keyed = {k: v for k, v in recorded.items() if k != "model"}
    from generator.study import keys as hashing

    made_from = [keys.models["m"], keys.corpora["c"]]
    key = hashing.hash_artifact(
        study, "small", keyed, made_from, version=1, schema=store.SCHEMA
    )
    made = dataclasses.replace(head.made, settings=recorded)
    heads["small"] = dataclasses.replace(head, key=key, made=made)
    folders = Folders(study=tmp_path, data=tmp_path)
    assert "small" not in find_older_versions(study, heads, folders)
    monkeypatch.setattr(StubMethod, "version", 2)
    found = find_older_versions(study, heads, folders)
    assert found["small"] == ("method stub, version 1 (now 2)",)


def test_without_corpora_at_hand(
    collected: tuple[Study, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page knows the versions of methods and models from the artifacts alone."""
    study, keys = collected
    heads = write_as_collected(study, keys)
    monkeypatch.setattr(StubMethod, "version", 3)
    monkeypatch.setattr(StubModel, "version", 2)

    def absent(_self: StubCorpus, _folders: Folders) -> str:
        raise AssertionError("the corpus is read")

    monkeypatch.setattr(StubCorpus, "key", absent)
    assert find_older_versions(study, heads) == {
        "small": (
            "method stub, version 1 (now 3)",
            "model stub, version 1 (now 2)",
        ),
        "large": ("model stub, version 1 (now 2)",),
    }
