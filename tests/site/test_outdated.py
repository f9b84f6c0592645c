"""Studies whose artifacts this version cannot read: the rest of the site renders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.artifacts import SCHEMA, store
from generator.artifacts.store import artifact_path
from generator.core.cache import Cache
from generator.core.errors import IntegrityError
from generator.site.build import render_site
from generator.study.study import Study
from tests.artifacts.test_store import resealed
from tests.figures import gallery
from tests.stub.project import tree


@pytest.fixture(autouse=True)
def older_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that knows of a schema before the first, which nothing migrates."""
    monkeypatch.setattr(store, "FIRST_SCHEMA", SCHEMA - 1)


def set_schema(study: Study, name: str, schema: int) -> None:
    """Give an artifact another schema, sealed as it would be."""
    resealed(artifact_path(study, name), lambda c: c.update(schema=schema))


def age_artifact(study: Study, name: str) -> None:
    """Give an artifact a schema that nothing leads away from."""
    set_schema(study, name, SCHEMA - 1)


def render(project: Path, studies: tuple[Study, ...], kept: Cache | None = None):  # noqa: ANN201 - a site and its files
    """Render into a new folder."""
    into = project / f"site-{sum(1 for _ in project.glob('site-*'))}"
    into.mkdir()
    done = render_site(project, studies, gallery.SETTINGS, into, kept=kept)
    return done, tree(into), into


@pytest.mark.slow(2)
def test_a_figure_says_what_to_collect_again(tmp_path: Path) -> None:
    """Of an unreadable artifact, its figures give the command; one warning; no error.

    Pages of other studies are those of a site in which nothing is outdated, and a
    rendering from a cache is the same as one from nothing.
    """
    studies = gallery.small(tmp_path)
    _, before, _ = render(tmp_path, studies)
    age_artifact(studies[0], "greedy")
    kept = Cache(tmp_path / "kept")
    done, after, into = render(tmp_path, studies, kept)
    (warning,) = [w for w in done.warnings if "older format" in w]
    assert re.search(r"^slots: greedy was .* run: .*collect slots$", warning)
    page = (into / "studies/2026/11/13/slots/index.html").read_text()
    assert page.count("Not drawn: greedy was collected") == 2
    assert "collect 2026-11-13-slots" in page
    assert page.count('id="fig-matrix"') == 1
    assert "data/greedy.json" in page  # the file itself is offered as it is
    other = "notes/2025/12/05/earlier/index.html"
    assert before[other] == after[other]
    assert render(tmp_path, studies, Cache(kept.folder))[1] == after


@pytest.mark.slow(2)
def test_prose_and_claims_of_an_outdated_artifact(tmp_path: Path) -> None:
    """A sentence's number and a claim that rest on it say so; none is made up."""
    one = gallery.studies(tmp_path)[0]
    assert one.claims
    names = {claim.value.partition(".")[0] for claim in one.claims.values()}
    for name in names:
        age_artifact(one, name)
    claim = next(iter(one.claims))
    prose = one.folder / "index.md"
    added = f"\nNow {{{{ claims.{claim}.value }}}}, {{{{ claims.{claim}.verdict }}}}.\n"
    prose.write_text(prose.read_text() + added)
    done, _, into = render(tmp_path, (one,))
    (page,) = into.glob("*/*/*/*/*/index.html")
    text = page.read_text()
    assert "Now [to be collected again], undecided." in text
    assert "Its evidence is to be collected again" in text
    assert 'id="claim-' in text
    assert sum("older format" in warning for warning in done.warnings) == 1


def test_a_figure_says_that_it_is_of_a_newer_version(tmp_path: Path) -> None:
    """One artifact of a newer schema leaves the other figures and studies as they are.

    Its figures, the values and claims that rest on it, and one warning say what to do.
    """
    studies = gallery.small(tmp_path)
    _, before, _ = render(tmp_path, studies)
    set_schema(studies[0], "greedy", SCHEMA + 1)
    prose = studies[0].folder / "index.md"
    prose.write_text(f"{prose.read_text()}\nNow {{{{ greedy.samples }}}}.\n")
    done, after, into = render(tmp_path, studies)
    (warning,) = [w for w in done.warnings if "newer version" in w]
    assert warning.endswith("is left out of the page; upgrade the program")
    page = (into / "studies/2026/11/13/slots/index.html").read_text()
    assert page.count("Not drawn: greedy was collected by a newer") == 2
    assert "makes it again" not in page
    assert "Now [collected by a newer version]." in page
    other = "notes/2025/12/05/earlier/index.html"
    assert before[other] == after[other]


def test_a_claim_that_rests_on_a_newer_artifact(tmp_path: Path) -> None:
    """It is undecided, and does not ask to be collected again."""
    one = gallery.studies(tmp_path)[0]
    name = next(iter(one.claims.values())).value.partition(".")[0]
    set_schema(one, name, SCHEMA + 1)
    _, _, into = render(tmp_path, (one,))
    (page,) = into.glob("*/*/*/*/*/index.html")
    assert "Its evidence was collected by a newer version" in page.read_text()


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1])
def test_without_the_guard_it_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schema: int
) -> None:
    """Where nothing takes another schema out, rendering such a study fails."""

    class NeverRaisedError(Exception):
        pass

    studies = gallery.small(tmp_path)
    set_schema(studies[0], "greedy", schema)
    for module in ("compose", "posts"):
        for name in ("OlderSchemaError", "NewerSchemaError"):
            monkeypatch.setattr(f"generator.site.{module}.{name}", NeverRaisedError)
    with pytest.raises(IntegrityError, match="greedy"):
        render(tmp_path, studies)
