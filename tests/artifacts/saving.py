"""Artifacts written for tests, as a build writes those that it collected."""

from __future__ import annotations

from pathlib import Path

from generator.artifacts import Artifact
from generator.artifacts.base import ArtifactHead
from generator.artifacts.store import pack_artifact, write_artifact


def save_artifact(path: Path, artifact: Artifact, head: ArtifactHead) -> None:
    """Write an artifact; the same artifact gives the same bytes."""
    write_artifact(path, pack_artifact(path, artifact, head))
