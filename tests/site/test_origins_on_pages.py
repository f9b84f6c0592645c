"""What a page says of where its artifacts come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.cache import Cache
from generator.site.build import render_site
from generator.site.fingerprint import site_key
from generator.study.origins import (
    Verification,
    find_origins,
    hash_artifact_files,
    write_verification,
)
from generator.study.study import Study
from tests.artifacts.test_store import resealed
from tests.figures import gallery
from tests.stub.project import record_as_collected, tree

MARK = "as committed, not verified"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study of one artifact and two figures."""
    return gallery.small(tmp_path)[0]


def page_of(project: Path, study: Study, kept: Cache | None = None) -> str:
    """Render the study; its page."""
    into = project / f"site-{sum(1 for _ in project.glob('site-*'))}"
    into.mkdir()
    render_site(project, [study], gallery.SETTINGS, into, kept=kept)
    return (into / "studies/2026/11/13/slots/index.html").read_text()


def write_verified(study: Study, by: str, difference: float = 0.0) -> None:
    """Write that the study was verified."""
    hashes = hash_artifact_files(study, "greedy")
    assert hashes
    versions = {"numpy": "2.4.6", "python": "3.11.7"}
    write_verification(
        study, Verification(by, difference, versions, {}, {"greedy": hashes})
    )


@pytest.mark.slow(2)
def test_each_origin_is_said_once(tmp_path: Path, study: Study) -> None:
    """One sentence at the end; a mark at each figure where the author alone vouches.

    A page from a cache that knew another origin is the same as one from nothing, and
    the site's key differs, so that an unchanged build is not taken for up to date.
    """
    kept = Cache(tmp_path / "kept")
    keys = [site_key(tmp_path, [study], [])]
    page = page_of(tmp_path, study, kept)
    assert page.count("were committed") + page.count("was committed") == 1
    assert "The artifact was committed by the author, and nothing says" in page
    assert page.count(MARK) == 2

    record_as_collected(tmp_path, study, "greedy")
    keys.append(site_key(tmp_path, [study], []))
    page = page_of(tmp_path, study, kept)
    assert "The artifact was collected by the builds of this site." in page
    assert MARK not in page
    assert page == page_of(tmp_path, study)

    write_verified(study, "A. Reader")
    keys.append(site_key(tmp_path, [study], []))
    page = page_of(tmp_path, study, Cache(kept.folder))
    said = (
        "The artifact was verified by A. Reader: collected again with the same seeds "
        "on numpy 2.4.6, python 3.11.7, and every number but the times is the same."
    )
    assert said in page
    assert MARK not in page
    assert page == page_of(tmp_path, study)
    assert len(set(keys)) == 3


def test_a_forged_score_is_marked(tmp_path: Path, study: Study) -> None:
    """A number changed with its hash updated is on the page, and marked there."""
    record_as_collected(tmp_path, study, "greedy")
    write_verified(study, "")
    path = study.folder / "artifacts" / "greedy.json"
    resealed(path, lambda c: c["content"].update(temperature=9.5))
    page = page_of(tmp_path, study, Cache(tmp_path / "kept"))
    assert "at temperature 9.5" in page
    assert page.count(MARK) == 2
    assert "verified:" not in page


def test_where_a_page_is_built_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same project and `.cache` give the same bytes in another folder."""
    pages = []
    for name in ("here", "there"):
        project = tmp_path / name
        project.mkdir()
        monkeypatch.setenv("HOME", str(project))
        study = gallery.small(project)[0]
        record_as_collected(project, study, "greedy")
        into = project / "site"
        into.mkdir()
        render_site(project, [study], gallery.SETTINGS, into)
        pages.append(tree(into))
    assert pages[0] == pages[1]


def test_names_and_differences_are_text(tmp_path: Path, study: Study) -> None:
    """A hostile name is shown literally; the largest difference is in per cent."""
    write_verified(study, "<script>alert(1)</script>\u202e", 0.00123)
    page = page_of(tmp_path, study)
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "no number differs by more than 0.12% of the largest beside it" in page


def test_a_study_of_several_origins(tmp_path: Path) -> None:
    """Where artifacts differ in origin, each sentence names those it is about."""
    one = gallery.studies(tmp_path)[0]
    record_as_collected(tmp_path, one, "greedy")
    record_as_collected(tmp_path, one, "tfidf")
    found = find_origins(tmp_path, [one])[one.folder.name]
    from generator.site.pages.provenance import origin_sentences

    collected, committed = origin_sentences(found)
    assert collected == (
        "The artifacts greedy, tfidf were collected by the builds of this site."
    )
    assert committed.startswith("The artifacts epochs, parts, training, samples and ")
