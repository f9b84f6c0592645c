"""Every number that a built site publishes is its artifact's, in every place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.built_site.identity import mismatches
from tests.built_site.published import published_studies

pytestmark = pytest.mark.site

STUDIES = Path(__file__).resolve().parents[2] / "studies"


def test_each_number_is_one_number_everywhere(site: Path) -> None:
    """Prose, figures, tables and notebooks print what the artifacts' files hold."""
    found = published_studies(site, STUDIES)
    if not found:
        pytest.skip("no study of this site has its folder here")
    assert [what for one in found for what in mismatches(one)] == []
