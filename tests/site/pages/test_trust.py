"""The page of grades: every graded method once, the best first, linked by its name."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts import Scores
from generator.methods.evaluation.rationale import MEASURES, TEXTS_ANSWERED
from generator.site.build import render_site
from generator.site.pages import post
from generator.site.pages.post import FIRST, MethodGrade
from generator.study.site_settings import SiteSettings
from tests.figures import gallery, trusted

NAME = "trust/index.html"


def graded_by(
    folder: str = "2026-01-01-a", found: Scores | None = None, **changed: Any
) -> list[MethodGrade]:
    """What one study says of the three methods."""
    heads = {n: gallery.head(a, n) for n, a in trusted.known().items()}
    heads = {n: replace(h, made=replace(h.made, **changed)) for n, h in heads.items()}
    made = {"grades": found or trusted.grades()}
    return list(post.grade_methods(folder, "A", f"{folder}/index.html", heads, made))


def test_methods_are_in_the_order_of_their_first_grade() -> None:
    """The largest AUPRC first; a method without one comes last."""
    order = post.sort_grades(graded_by())
    assert [grade.id for grade in order] == ["shap", "lime", "gradients-input"]
    rows = tuple(
        replace(row, value=float("nan")) if row.of == "exact" else row
        for row in trusted.grades().rows
    )
    found = replace(trusted.grades(), rows=rows)
    order = post.sort_grades(graded_by(found=found))
    assert [grade.id for grade in order] == ["lime", "gradients-input", "shap"]


def test_the_first_measure_is_one_that_is_taken() -> None:
    """What orders the page is what the method `rationale` gives."""
    assert FIRST in MEASURES
    assert {row.name for row in trusted.grades().rows} == {*MEASURES, TEXTS_ANSWERED}


def test_a_method_that_is_graded_twice_has_two_rows() -> None:
    """The second has a number after its name, whatever order they come in."""
    both = [*graded_by(), *graded_by("2026-02-02-b")]
    order = post.sort_grades(both)
    assert [grade.id for grade in order][:3] == ["shap", "shap-2", "lime"]
    assert post.sort_grades(reversed(both)) == order


def test_only_grades_of_the_rationale_are_gathered() -> None:
    """Other aspects, and rows of artifacts that are not there, are left out."""
    assert graded_by(found=trusted.faithful()) == []
    rows = tuple(replace(row, of="elsewhere") for row in trusted.grades().rows)
    assert graded_by(found=replace(trusted.grades(), rows=rows)) == []


def test_the_grade_that_speaks_for_an_artifact() -> None:
    """Of its own method; of several, one on a model of its kind, then of most texts."""
    head = gallery.head(trusted.explained("half"), "half")
    every = post.sort_grades(graded_by())
    assert post.find_grade(every, head) == every[1]
    none = replace(head, made=replace(head.made, method="occlusion"))
    assert post.find_grade(every, none) is None
    assert head.made.model
    other = replace(head.made.model, kind="other")
    foreign = graded_by("2026-02-02-b", model=other)
    found = post.find_grade(post.sort_grades([*foreign, *graded_by()]), head)
    assert found
    assert found.group.model_kind == head.made.model.kind
    more = replace(
        trusted.grades(),
        rows=tuple(replace(row, n=500) for row in trusted.grades().rows),
    )
    found = post.find_grade(
        post.sort_grades([*graded_by(), *graded_by("2026-02-02-b", more)]), head
    )
    assert found
    assert found.first
    assert found.first.n == 500


def test_the_page_holds_every_number(gallery_site: Path) -> None:
    """Methods, measures, baselines, texts and the study, with an id for each row."""
    page = (gallery_site / NAME).read_text("utf-8")
    for measure in (*MEASURES, TEXTS_ANSWERED):
        assert f'<th scope="col">{measure}</th>' in page
    ids = re.findall(r'<tr id="([^"]+)"', page)
    assert ids == ["shap", "lime", "gradients-input"]
    lime = page.partition('<tr id="lime"')[2].partition("</tr>")[0]
    assert 'href="../methods/lime/index.html"' in lime
    assert "random order 0." in lime
    assert lime.count("n = 54") == 4
    assert "better than random" in lime
    assert "Whom to believe" in page
    assert "are too few to pass or to fail" in page


def test_figures_of_other_studies_lead_to_it(gallery_site: Path) -> None:
    """A figure by LIME, whose words are not known, links to the row of LIME."""
    path = gallery_site / "studies/2026/05/08/classifiers/index.html"
    page = path.read_text("utf-8")
    figure = page.partition('id="fig-doubtful"')[2].partition("</figure>")[0]
    assert "not run here; lime on planted songs: AUPRC" in figure
    assert "trust/index.html#lime" in figure
    attention = page.partition('id="fig-one"')[2].partition("</figure>")[0]
    assert "faithfulness, stability, sanity, rationale: needs" in attention
    assert "not run" not in attention
    assert "trust/index.html" not in attention


def test_the_methods_page_leads_to_it(gallery_site: Path) -> None:
    """Who looks for a method finds how it does."""
    assert "trust/index.html" in (gallery_site / "methods/index.html").read_text(
        "utf-8"
    )


def test_without_a_grade_the_page_says_so(tmp_path: Path) -> None:
    """The page is there, explains itself and has no table."""
    into = tmp_path / "out"
    into.mkdir()
    render_site(tmp_path, [], SiteSettings(), into)
    page = (into / NAME).read_text("utf-8")
    assert "No study on this site has graded a method yet." in page
    assert "<table" not in page
    assert "methods/rationale/index.html" in page


@pytest.mark.slow(4)
def test_a_draft_grades_nothing(tmp_path: Path) -> None:
    """What is not on the site is not on the page, nor below others' figures."""
    made = gallery.studies(tmp_path)
    drafts = [one.model_copy(update={"draft": one.slug == "trusted"}) for one in made]
    into = tmp_path / "out"
    into.mkdir()
    render_site(tmp_path, drafts, gallery.SETTINGS, into)
    assert "has graded a method yet" in (into / NAME).read_text("utf-8")
    path = into / "studies/2026/05/08/classifiers/index.html"
    assert "not run here" not in path.read_text("utf-8")
    assert {one.date for one in made} >= {dt.date(2026, 6, 3)}
