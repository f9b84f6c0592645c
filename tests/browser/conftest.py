"""The gallery's site, to open in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures import gallery


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery's site on disk."""
    folder = tmp_path_factory.mktemp("gallery")
    gallery.main(folder)
    return folder / "site"
