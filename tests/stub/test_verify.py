"""`verify`: a study is collected again from nothing and compared."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts import Curves, Predictions, Samples, store
from generator.artifacts.store import artifact_path, load_artifact
from generator.collect import verification
from generator.collect.pipeline import Workspace, collect_studies
from generator.collect.verification import find_difference, verify_study
from generator.core.errors import ConfigError, IntegrityError
from generator.corpora.base import Folders
from generator.study.freshness import find_study_status
from generator.study.origins import find_origins, read_verification
from generator.study.study import Study
from tests.artifacts.past_schemas import simple_value
from tests.artifacts.saving import save_artifact
from tests.artifacts.test_store import curves
from tests.stub.conftest import Stub
from tests.stub.project import tree
from tests.stub.specs import load_stub_studies


@pytest.fixture
def study(project: Path) -> Iterator[Study]:
    """A study whose artifacts are collected."""
    first = load_stub_studies(project)[0]
    report = collect_studies([first], Workspace(project, project / "data"))
    assert not report.failures
    yield first
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob("verify-*/studies"))  # noqa: S108 - where it is made


def verify(project: Path, study: Study) -> verification.Verification:
    """Verify a study."""
    status = find_study_status(study, Folders(study.folder, project / "data"))
    work = Workspace(project, project / "data")
    return verify_study(status, work, "A. Reader")[1]


def change_artifact(study: Study, name: str, factor: float) -> None:
    """Change the largest number of an artifact of curves, its hash updated."""
    path = artifact_path(study, name)
    stored = load_artifact(path)
    assert isinstance(stored.artifact, Curves)
    y = stored.artifact.y.copy()
    y[0, np.abs(y[0]).argmax()] *= factor
    save_artifact(path, dataclasses.replace(stored.artifact, y=y), stored.head)


def origins_of(project: Path, study: Study) -> dict[str, str]:
    """The origins of a study's artifacts."""
    return dict(find_origins(project, [study])[study.folder.name].artifacts)


def test_what_is_the_same_is_verified(project: Path, study: Study) -> None:
    """Collected again, the study gives the same numbers; only one file is written."""
    before = tree(project)
    assert set(origins_of(project, study).values()) == {"collected"}
    found = verify(project, study)
    assert found.difference == 0.0
    assert read_verification(study) == found
    assert set(origins_of(project, study).values()) == {"verified"}
    new = {path for path, data in tree(project).items() if before.get(path) != data}
    assert new == {f"studies/{study.folder.name}/verified.json"}


def test_a_forged_number_is_found(project: Path, study: Study) -> None:
    """A number changed with its hash updated ends in an error that names its place."""
    change_artifact(study, "large", 1.5)
    with pytest.raises(IntegrityError, match=r"first: artifact large .* y differs by"):
        verify(project, study)
    assert read_verification(study) is None
    assert origins_of(project, study)["large"] == "committed"


def test_without_the_comparison_it_passes(
    project: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a tolerance of everything verifies the forged number."""
    monkeypatch.setattr(verification, "TOLERANCE", 10.0)
    change_artifact(study, "large", 1.5)
    assert verify(project, study).difference > 0.3


def test_a_small_difference_is_said(project: Path, study: Study) -> None:
    """Within the tolerance, the largest difference is recorded."""
    change_artifact(study, "large", 1.001)
    assert 0.0009 < verify(project, study).difference < 0.0011


def test_what_is_stale_is_not_compared(project: Path, study: Study) -> None:
    """Where the study file asks for something else now, nothing can be verified."""
    changed = study.model_copy(update={"seed": 9})
    with pytest.raises(ConfigError, match=r"only what the study file asks for now"):
        verify(project, changed)


def test_words_and_structure_must_be_equal() -> None:
    """Texts, labels, counts, shapes and the place of what is not defined are exact."""
    one = curves(4)
    assert find_difference(one, curves(4)) == (0.0, "epoch")
    timed = simple_value(Predictions)
    later = dataclasses.replace(timed, seconds_per_epoch=9.0)
    assert find_difference(timed, later)[0] == 0.0
    y = one.y.copy()
    y[0, 1] = np.nan
    others = {
        "names.0": dataclasses.replace(one, names=("b",)),
        "names": dataclasses.replace(one, names=("a", "b")),
        "y": dataclasses.replace(one, y=y),
        "x": dataclasses.replace(one, x=one.x[:3]),
        "epoch": dataclasses.replace(one, epoch=1),
        "its kind": simple_value(Samples),
    }
    for place, other in others.items():
        share, where = find_difference(one, other)
        assert share == float("inf")
        assert where == place


@pytest.mark.slow(2)
def test_the_command(stub: Stub, project: Path) -> None:
    """The command verifies, says what to commit, and refuses a forged study with 3."""
    stub(project)
    done = stub(project, "verify", "first", "--by", "A. Reader")
    assert (
        "every number but the times is the same in 3 artifacts; commit studies/"
        in done.stdout
    )
    path = project / "studies" / "2024-01-01-first"
    change_artifact(load_stub_studies(project)[0], "large", 2.0)
    failed = stub(project, "verify", "first", status=3)
    assert "is not what collecting it again gives" in failed.stderr
    assert (path / "verified.json").is_file()
    assert (
        "one line" in stub(project, "verify", "first", "--by", "a\nb", status=2).stderr
    )


def test_a_killed_build_leaves_no_artifact_without_its_record(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed just before or after a write, what is on disk is known as collected."""
    first = load_stub_studies(project)[0]
    work = Workspace(project, project / "data")
    write = store.write_artifact
    for late in (False, True):

        def killed(
            path: Path, packed: store.PackedArtifact, *, late: bool = late
        ) -> None:
            if late:
                write(path, packed)
            raise KeyboardInterrupt

        monkeypatch.setattr(store, "write_artifact", killed)
        with pytest.raises(KeyboardInterrupt):
            collect_studies([first], work)
        assert set(origins_of(project, first).values()) <= {"collected"}
    monkeypatch.setattr(store, "write_artifact", write)
    assert not collect_studies([first], work).failures
    assert set(origins_of(project, first).values()) == {"collected"}
