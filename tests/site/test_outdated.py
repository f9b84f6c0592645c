"""Studies whose artifacts this version cannot read: the rest of the site renders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.artifacts.store import artifact_path
from generator.core.cache import Cache
from generator.site.build import render_site
from generator.study.study import Study
from tests.artifacts.test_store import resealed
from tests.figures import gallery
from tests.stub.project import tree


def age_artifact(study: Study, name: str) -> None:
    """Give an artifact a schema that nothing leads away from."""
    resealed(artifact_path(study, name), lambda c: c.update(schema=0))


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


def test_without_the_guard_it_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing takes the older schema out, rendering such a study fails."""

    class NeverRaisedError(Exception):
        pass

    studies = gallery.small(tmp_path)
    age_artifact(studies[0], "greedy")
    for module in ("compose", "posts"):
        monkeypatch.setattr(
            f"generator.site.{module}.OlderSchemaError", NeverRaisedError
        )
    done, after, _ = render(tmp_path, studies)
    assert "studies/2026/11/13/slots/index.html" not in after
    assert any("left out" in warning for warning in done.warnings)
