"""Origins: nothing that is written into an artifact's file says where it comes from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.artifacts.store import artifact_path, seal_content
from generator.core import cache
from generator.study import origins
from generator.study.origins import (
    Verification,
    find_origins,
    hash_artifact_files,
    write_verification,
)
from generator.study.study import Study
from tests.artifacts.test_store import resealed
from tests.figures import gallery
from tests.stub.project import record_as_collected


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study of one artifact."""
    return gallery.small(tmp_path)[0]


def find(project: Path, study: Study) -> str:
    """The origin of its artifact."""
    return find_origins(project, [study])[study.folder.name].artifacts["greedy"]


def forge(study: Study) -> None:
    """Change an artifact's number and update its hash, as its author could."""
    resealed(
        artifact_path(study, "greedy"), lambda c: c["content"].update(temperature=9.5)
    )


def verify(study: Study) -> Path:
    """Write that the artifact was verified as it is."""
    hashes = hash_artifact_files(study, "greedy")
    assert hashes
    return write_verification(
        study,
        Verification("A. Reader", 0.0, {"numpy": "2.4.6"}, {}, {"greedy": hashes}),
    )


def git(project: Path, *words: str) -> None:
    """Run git in a project."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run(["git", "-C", str(project), *who, *words], check=True)


def test_a_forged_artifact_is_neither_collected_nor_verified(
    tmp_path: Path, study: Study
) -> None:
    """A record is of bytes that were collected; an edit with a new hash has none."""
    assert find(tmp_path, study) == "committed"
    record_as_collected(tmp_path, study, "greedy")
    assert find(tmp_path, study) == "collected"
    verify(study)
    assert find(tmp_path, study) == "verified"
    forge(study)
    assert find(tmp_path, study) == "committed"


def test_without_the_hashes_a_forgery_passes(
    tmp_path: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: where records hold no hash of the bytes, a forged score passes."""
    monkeypatch.setattr(
        origins,
        "_format_record",
        lambda study, name, _: f"{study.slug} {name}".encode(),
    )
    record_as_collected(tmp_path, study, "greedy")
    forge(study)
    assert find(tmp_path, study) == "collected"


@pytest.mark.parametrize("change", ["other study", "other name", "emptied", "link"])
def test_a_record_is_of_one_artifact(tmp_path: Path, study: Study, change: str) -> None:
    """A record of another artifact, or one that was changed, proves nothing."""
    record_as_collected(tmp_path, study, "greedy")
    (record,) = (tmp_path / origins.RECORDS).glob("?" * 64)
    data = record.read_bytes()
    if change == "emptied":
        record.write_bytes(b"")
    elif change == "link":
        record.rename(tmp_path / "elsewhere")
        record.symlink_to(tmp_path / "elsewhere")
    else:
        words = {
            "other study": (study.folder.name, "another"),
            "other name": ("\ngreedy\n", "\nlarge\n"),
        }[change]
        body = data.split(b"\n", 1)[1].decode().replace(*words).encode()
        record.write_bytes(cache.seal_entry(record.name, body) + body)
    assert find(tmp_path, study) == "committed"


def test_records_that_a_repository_brings_are_not_believed(
    tmp_path: Path, study: Study
) -> None:
    """A clone can carry `.cache/collected`; what git tracks there proves nothing."""
    record_as_collected(tmp_path, study, "greedy")
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("artifacts/\n")
    assert find(tmp_path, study) == "collected"
    git(tmp_path, "add", "-f", origins.RECORDS)
    assert find(tmp_path, study) == "committed"


def test_the_same_before_and_after_the_commit_and_in_a_clone(
    tmp_path: Path, study: Study
) -> None:
    """Artifacts that git takes are the author's, wherever the page is built."""
    record_as_collected(tmp_path, study, "greedy")
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("/.cache/\n")
    assert find(tmp_path, study) == "committed"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    assert find(tmp_path, study) == "committed"
    verify(study)
    assert find(tmp_path, study) == "verified"


def test_a_damaged_verification_is_said(tmp_path: Path, study: Study) -> None:
    """A flipped bit, or another structure, is a warning, and nothing is verified."""
    path = verify(study)
    data = path.read_bytes()
    broken = (
        data.replace(b"A. Reader", b"A. Leader"),
        b"",
        seal_content({"format": 1}, {"by": "x"}),
        seal_content({"format": 1, "more": 1}, {"by": "x"}),
    )
    for content in broken:
        path.write_bytes(content)
        found = find_origins(tmp_path, [study])[study.folder.name]
        assert found.artifacts == {"greedy": "committed"}
        assert "damaged" in found.warning
        assert "verify slots" in found.warning
