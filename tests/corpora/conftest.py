"""A study's folder and a data folder, and the real data where there is any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.corpora.base import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Two empty folders."""
    found = Folders(study=tmp_path / "study", data=tmp_path / "data")
    found.study.mkdir()
    found.data.mkdir()
    return found


@pytest.fixture
def real(tmp_path: Path) -> Folders:
    """The data folder of this machine, beside an empty study."""
    place = os.environ.get("STUDY_DATA", "")
    if not place:
        pytest.skip("STUDY_DATA names no data folder")
    return Folders(study=tmp_path, data=Path(place).absolute())
