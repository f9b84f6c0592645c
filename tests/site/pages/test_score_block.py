"""The score block: what is known of an explanation, found by its name."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Artifact, Estimates, Scores, TrustAspect
from generator.artifacts.base import ArtifactHead
from generator.site.pages import post, score_block
from generator.site.pages.score_block import (
    ScoreBlock,
    ScoreLine,
    add_times,
    build_score_block,
    build_score_blocks,
)
from tests.figures import gallery, trusted


def known(**changed: Artifact | None) -> dict[str, tuple[Artifact, ArtifactHead]]:
    """The gallery's explanations and what is said of them; None leaves one out."""
    made = {**trusted.known(), **changed}
    return {n: (a, gallery.head(a, n)) for n, a in made.items() if a is not None}


def grades(name: str = "grades", found: Scores | None = None) -> tuple[Any, ...]:
    """All grades of one study."""
    heads = {n: head for n, (_, head) in known().items()}
    told = post.grade_methods(
        "2026-01-01-a", "A", "a/index.html", heads, {name: found or trusted.grades()}
    )
    return post.sort_grades(told)


def lines(name: str, made: Any = None, of: Any = ()) -> dict[str, ScoreLine]:
    """The lines of one artifact by aspect."""
    found = build_score_block(name, made or known(), of)
    return {line.aspect: line for line in found.lines}


def test_every_block_has_its_five_lines() -> None:
    """In one order, whatever was collected."""
    for name in trusted.NAMES:
        assert tuple(lines(name)) == score_block.ASPECTS
    nothing = known(grades=None, agreement=None, faithful=None, sane=None)
    found = build_score_block("exact", nothing, ())
    assert found.lines == tuple(ScoreLine(aspect) for aspect in score_block.ASPECTS)
    assert (found.run_count, found.table) == (0, None)


def test_what_does_not_apply_says_why_once() -> None:
    """Aspects of one reason share it; a score that is there is shown all the same."""
    nothing = known(grades=None, agreement=None, faithful=None, sane=None)
    reasons: dict[TrustAspect, str] = dict.fromkeys(("stability", "sanity"), "R")
    found = build_score_block("exact", nothing, (), reasons)
    assert found.inapplicable == (("stability, sanity", "R"),)
    assert found.not_run == "faithfulness, agreement, rationale"
    assert not found.shown_lines
    scored = build_score_block("exact", known(), (), {"faithfulness": "R"})
    assert not scored.inapplicable
    assert scored.lines[0].value


def test_a_line_holds_the_first_number_and_all_verdicts() -> None:
    """The value with its interval, the baseline, and how many measures pass."""
    told = lines("exact")["faithfulness"]
    assert (told.name, told.value) == ("comprehensiveness", "0.310 [0.270, 0.350]")
    assert told.beside == "random order 0.060 [0.050, 0.070], n = 60"
    assert told.description == "better than random by 3 of 3 measures"
    assert (
        lines("blind")["faithfulness"].description
        == "better than random by 1 of 3 measures"
    )
    sanity = lines("exact")["sanity"]
    assert (sanity.description, sanity.beside) == ("passed", "lower is better, n = 60")
    assert lines("half")["sanity"] == ScoreLine("sanity")
    assert lines("half")["faithfulness"].value == "no value"


def test_none_that_passes_is_said_as_none() -> None:
    """The word never turns a failure into a number that looks good."""
    rows = tuple(
        replace(row, said="not better than random")
        for row in trusted.faithful().rows
        if row.of == "blind"
    )
    made = known(faithful=replace(trusted.faithful(), rows=rows))
    said = lines("blind", made)["faithfulness"].description
    assert said == "not better than random by any of 3 measures"


def test_what_is_about_another_artifact_is_not_told() -> None:
    """Rows are found by the name of the artifact they grade, and by their aspect."""
    rows = tuple(row for row in trusted.grades().rows if row.of != "half")
    made = known(grades=replace(trusted.grades(), rows=rows))
    assert lines("half", made)["rationale"] == ScoreLine("rationale")
    assert lines("exact", made)["rationale"].value
    assert lines("exact", made)["stability"] == ScoreLine("stability")


def test_agreement_is_the_mean_with_the_others() -> None:
    """By the first measure, with the least and the most, over the fewest texts."""
    made = trusted.agreement()
    told = lines("half")["agreement"]
    pair = made.values[0, 1, [0, 2]]
    assert told.name == "Spearman's rho"
    assert float(told.value.replace("−", "-")) == pytest.approx(pair.mean(), abs=0.006)
    assert told.beside.startswith("mean with 2 others, ")
    assert told.beside.endswith(f"n = {made.texts[0, 1, [0, 2]].min()}")
    gone = replace(made, values=np.full_like(made.values, np.nan))
    assert lines("half", known(agreement=gone))["agreement"] == ScoreLine("agreement")
    other = replace(made, names=("exact", "other", "blind"))
    assert lines("half", known(agreement=other))["agreement"] == ScoreLine("agreement")


def test_a_grade_of_the_method_stands_in_where_the_truth_is_not_known() -> None:
    """It says that it is not of this figure, and leads to its row."""
    made = known(grades=None)
    told = lines("half", made, grades())["rationale"]
    assert told.name == "not run here; lime on planted songs: AUPRC"
    assert told.description == "better than random"
    assert (told.link, told.fragment) == ("trust/index.html", "lime")
    assert not told.own
    own = lines("half", known(), grades())["rationale"]
    assert own.name == "AUPRC"
    assert (own.fragment, own.own) == ("lime", True)


def test_a_grade_of_another_variant_does_not_stand_in() -> None:
    """Saliency is not gradient × input, and no grade is no link."""
    head = known()["blind"][1]
    other = replace(head, made=replace(head.made, settings={"kind": "norm"}))
    made = {**known(grades=None), "blind": (trusted.explained("blind"), other)}
    assert lines("blind", made, grades())["rationale"] == ScoreLine("rationale")
    same = lines("blind", known(grades=None), grades())["rationale"]
    assert same.fragment == "gradients-input"


def test_several_artifacts_have_a_block_each() -> None:
    """Each once, in the order in which the figure reads them."""
    found = build_score_blocks(("half", "exact", "half"), known(), ())
    assert [one.of for one in found] == ["half", "exact"]
    assert [one.run_count for one in found] == [3, 4]


def test_the_table_holds_every_score() -> None:
    """As many rows as there are scores of the artifact, and its agreement."""
    found = build_score_block("exact", known(), ())
    assert isinstance(found, ScoreBlock)
    assert found.table
    assert len(found.table.rows) == 3 + 1 + 5 + 1
    assert all(len(row.cells) == len(found.table.head) - 1 for row in found.table.rows)


def test_times_come_from_the_records() -> None:
    """Those that the agreement has stay; nothing but an agreement is touched."""
    made = trusted.agreement()
    found = add_times(made, known())
    assert found.seconds == pytest.approx([1.2] * 3)  # type: ignore[attr-defined]
    assert np.isnan(made.seconds).all()
    given = replace(made, seconds=np.array([9, np.nan, np.nan], np.float32))
    assert add_times(given, known()).seconds[0] == 9  # type: ignore[attr-defined]
    gone = {n: pair for n, pair in known().items() if n != "half"}
    assert math.isnan(add_times(made, gone).seconds[1])  # type: ignore[attr-defined]
    other = Estimates(quantity="q", rows=())
    assert add_times(other, known()) is other


def test_figures_print_their_blocks(gallery_site: Path) -> None:
    """One list for one artifact, a fold for each of several, none for other figures."""
    path = gallery_site / "studies/2026/06/03/trusted/index.html"
    page = path.read_text("utf-8")
    figures = dict(
        zip(
            trusted.FIGURES,
            re.findall(r"<figure .*?</figure>", page, re.DOTALL),
            strict=True,
        )
    )
    for name, figure in figures.items():
        kind = trusted.FIGURES[name]["figure"]
        block = figure.partition('<section class="scores"')[2]
        explains = kind in {"bars", "heatmap", "compare"}
        assert bool(block) == explains, name
        shown = 3 if kind == "compare" else 1
        assert block.count("<dt>faithfulness</dt>") == (shown if explains else 0)
        assert block.count('<details class="score-part">') == (
            3 if kind == "compare" else 0
        )
    assert figures["one"].count("<dt>does not apply</dt>") == 1
    assert "stability: needs token scores or anchors" in figures["one"]
    assert "not run" not in figures["one"]
    assert "trust/index.html#shap" in figures["one"]
    assert "Time taken for all texts: exact 1.2 s" in figures["agreement"]
