"""Claims of a study: decided from its artifacts, shown, refused with their place."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.artifacts import (
    Artifact,
    Curves,
    DistributionGroup,
    Distributions,
    Estimate,
    Estimates,
    Scores,
    TrustScore,
)
from generator.artifacts.store import ArtifactHead, Provenance, StoredArtifact
from generator.core.errors import ConfigError, WriteUpError
from generator.figures import FIGURES
from generator.figures.statistics.scores import format_score_verdict
from generator.methods.common.statistics import mean_estimate
from generator.site.pages.score_block import describe_verdicts
from generator.site.values import format_expression
from generator.site.verdicts import (
    EvidenceSource,
    StudyVerdicts,
    apply_claims,
    build_claim_view,
    build_claim_views,
    find_comparison,
    judge_claims,
    study_verdicts,
    unlinked_warnings,
)
from generator.study.claims import Claim
from generator.study.study import Study

ROWS = (
    Estimate("after training", 0.45, 0.43, 0.47, 300),
    Estimate("even attention", 0.52, 0.51, 0.53, 300, "null"),
    Estimate("undefined", math.nan, math.nan, math.nan, 0),
)
GROUPS = (DistributionGroup("all texts", np.linspace(0.1, 0.3, 40), 0.2, 0.18, 0.22),)
SCORE = TrustScore(
    of="lime", name="AUPRC", value=0.8, low=0.7, high=0.9, n=50,
    baseline=0.2, baseline_low=0.1, baseline_high=0.3,
)  # fmt: skip
ARTIFACTS: dict[str, Artifact] = {
    "padding": Estimates(
        quantity="attention on padding", rows=ROWS, reference=0.5, reference_name="even"
    ),
    "moved": Distributions(
        quantity="change", groups=GROUPS, unit="nats", bar=0.05, bar_name="a sentence",
        decided=Estimate("change", 0.2, 0.18, 0.22, 40),
    ),
    "trust": Scores(aspect="rationale", rows=(SCORE,)),
    "losses": Curves(
        x=np.arange(3.0), y=np.ones((1, 3)), x_label="epoch", y_label="loss",
        names=("training",),
    ),
}  # fmt: skip

MADE = Provenance(method="m", settings={}, seed=())
STORED = {
    name: StoredArtifact(
        artifact,
        ArtifactHead(kind="k", schema=1, key="", made=MADE),
    )
    for name, artifact in ARTIFACTS.items()
}
"""The same as they are read back."""


def claim(**given: Any) -> Claim:
    """A claim that padding gets less than an even share, but for what is given."""
    usual = {
        "says": "Attention ignores padding",
        "value": "padding.rows.after-training",
        "expects": "below",
        "than": "padding.rows.even-attention",
    }
    return Claim(**(usual | given))


def judged(**given: Any) -> StudyVerdicts:
    """What the artifacts say to one claim."""
    return judge_claims({"it": claim(**given)}, ARTIFACTS)


def study(folder: Path, **claims: Claim) -> Study:
    """A study of the artifacts above, with two figures."""
    figures = {
        name: FIGURES["estimates"](figure="estimates", artifact="padding")
        for name in ("first", "second")
    }
    return Study.model_construct(
        folder=folder, slug="s", title="T", figures=figures, claims=claims
    )


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, "supported"),
        ({"expects": "above"}, "not supported"),
        ({"than": 0.45}, "undecided"),
        ({"than": "padding.reference"}, "supported"),
        ({"than": 0.52, "margin": 0.1}, "not supported"),
        ({"expects": "within", "than": 0.45, "margin": 0.05}, "supported"),
        ({"value": "padding.rows.undefined"}, "undecided"),
        ({"value": "moved.decided", "expects": "above", "than": "moved.bar"},
         "supported"),
        ({"value": "moved.groups.all-texts", "than": 0.1}, "not supported"),
        ({"value": "trust.rows.lime-auprc", "expects": "above",
          "than": "trust.rows.lime-auprc.baseline"}, "supported"),
        ({"than": "losses.training.last"}, "supported"),
    ],
)  # fmt: skip
def test_every_kind_of_estimate_can_be_asked(
    given: dict[str, Any], verdict: str
) -> None:
    """Rows, groups, decided differences, scores and their baselines all have a say."""
    found = judged(**given)
    assert not found.problems
    assert found.claims["it"].verdict == verdict


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ({"value": "padding.rows.after-trainig"}, "value",
         'did you mean "after-training"?'),
        ({"value": "padding.rows.after-training.value"}, "value",
         "has no interval; name an estimate, padding.rows.NAME"),
        ({"value": "moved.bar"}, "value",
         "name an estimate, moved.groups.NAME or moved.decided"),
        ({"value": "losses.training.last"}, "value", "the artifact has no interval"),
        ({"than": "losses.training"}, "than", "neither an estimate nor a number"),
        ({"than": "padding.quantity"}, "than", "neither an estimate nor a number"),
        ({"than": "padding.rows.undefined.value"}, "than", "has no value there"),
        ({"than": "pading.reference"}, "than", 'did you mean "padding"?'),
    ],
)  # fmt: skip
def test_a_path_that_cannot_decide_is_named_with_what_could(
    given: dict[str, Any], key: str, said: str
) -> None:
    """Unknown rows have a nearest name; a number without interval is refused."""
    found = judged(**given)
    assert not found.claims
    ((name, where, told),) = found.problems
    assert (name, where) == ("it", key)
    assert said in told


def test_another_quantity_is_warned_of() -> None:
    """Comparing attention with a loss is possible, and said to be odd."""
    ((name, key, told),) = judged(than="moved.decided").warnings
    assert (name, key) == ("it", "than")
    assert '"attention on padding" with "change (nats)"' in told
    assert not judged(than="padding.reference").warnings
    assert not judged(than=0.05).warnings


def test_a_problem_has_its_place_in_the_file(tmp_path: Path) -> None:
    """What only artifacts show is told with line and column of the study file."""
    (tmp_path / "study.yaml").write_text(
        "claims:\n  it: {value: padding.rows.nobody, than: 0}\n", "utf-8"
    )
    bad = study(tmp_path, it=claim(value="padding.rows.nobody"))
    with pytest.raises(ConfigError) as caught:
        study_verdicts(bad, STORED)
    (told,) = caught.value.problems
    place = f"studies/{tmp_path.name}/study.yaml:2:15: claims.it.value: "
    assert told.startswith(place)
    (tmp_path / "study.yaml").unlink()
    with pytest.raises(ConfigError, match=r"study\.yaml: claims\.it\.value: "):
        study_verdicts(bad, STORED)


def test_a_claim_links_to_the_figure_that_draws_it(tmp_path: Path) -> None:
    """The one it names, else the first placed one; a named one not placed is warned."""
    made = study(
        tmp_path, a=claim(), b=claim(figure="first"), c=claim(value="moved.decided")
    )
    found, _ = study_verdicts(made, STORED)
    shown_claims = build_claim_views(made, found, {"second": 1, "first": 2})
    assert [one.figure for one in shown_claims] == ["fig-second", "fig-first", ""]
    assert [one.number for one in shown_claims] == [1, 2, 0]
    assert not unlinked_warnings(made, shown_claims)
    (warning,) = unlinked_warnings(made, build_claim_views(made, found, {"second": 1}))
    assert "claims.b.figure: is placed nowhere" in warning


def test_the_words_of_a_claim_hold_all_that_is_drawn() -> None:
    """Estimate, interval, n, comparison and margin are text; places lie on the axis."""
    worded = claim(margin=0.01)
    one = build_claim_view(
        "it", worded, judge_claims({"it": worded}, ARTIFACTS).claims["it"], "", 0
    )
    assert one.claim == "Attention ignores padding."
    assert one.whisker.text == "0.450 [0.430, 0.470]"
    assert one.whisker.n == "n = 300"
    assert one.expected == (
        "expected below even attention (0.520 [0.510, 0.530]), by more than 0.01"
    )
    assert one.against is not None
    places = (one.whisker, one.against)
    assert all(6 <= p.low <= (p.point or 0) <= p.high <= 170 for p in places)
    assert one.whisker.high < one.bounds[0].x < (one.against.point or 0)


def test_what_comes_from_an_artifact_is_made_harmless() -> None:
    """A row's name that turns the direction of text is shown, not obeyed."""
    rows = (replace(ROWS[0], name="\u202eevil"), *ROWS[1:])
    made = {"padding": Estimates(quantity="\x1b[31m", rows=rows)}
    worded = claim(value="padding.rows.first")
    one = build_claim_view(
        "it", worded, judge_claims({"it": worded}, made).claims["it"], "", 0
    )
    assert "\u202e" not in one.whisker.name
    assert "\x1b" not in one.quantity


def test_a_sentence_names_a_verdict() -> None:
    """`claims.NAME` gives the verdict and the numbers; an artifact gives no verdict."""
    found = judged().claims
    assert format_expression(ARTIFACTS, "claims.it.verdict", found) == "supported"
    assert format_expression(ARTIFACTS, "claims.it.value:.1f", found) == "0.5"
    assert format_expression(ARTIFACTS, "claims.it.n", found) == "300"
    with pytest.raises(WriteUpError, match=r'no claim "ti" in study.yaml; known: it'):
        format_expression(ARTIFACTS, "claims.ti.verdict", found)
    with pytest.raises(WriteUpError, match="no claim"):
        format_expression(ARTIFACTS, "claims", found)
    with pytest.raises(WriteUpError, match=r"claims\.NAME\.verdict"):
        format_expression(ARTIFACTS, "padding.verdict", found)


@pytest.mark.parametrize(
    ("than", "name", "number"),
    [
        ("padding.reference", "even", 0.5),
        ("moved.bar", "a sentence", 0.05),
        ("losses.training.last", "last", 1.0),
        (0.25, "", 0.25),
        ("trust.rows.lime-auprc.baseline", "random order", 0.2),
        ("padding.rows.even-attention", "even attention", 0.52),
    ],
)
def test_what_a_claim_is_compared_with_has_its_name(
    than: float | str, name: str, number: float
) -> None:
    """The name beside a number where it has one, else the last of its path."""
    found = find_comparison(ARTIFACTS, than).estimate
    assert (found.name, found.value) == (name, number)
    bare = replace(ARTIFACTS["padding"], reference_name="")  # type: ignore[type-var]
    assert find_comparison({"padding": bare}, "padding.reference").estimate.name == (
        "reference"
    )


@pytest.mark.parametrize(
    ("than", "expects", "told"),
    [(0.5, "above", "supported"), (0.95, "above", "not supported"),
     (0.8, "below", "undecided")],
)  # fmt: skip
def test_a_score_has_the_verdict_of_the_claim_about_it(
    tmp_path: Path, than: float, expects: str, told: str
) -> None:
    """Where a claim judges a score its own "passed" is not shown beside it."""
    passed = replace(SCORE, said="passed")
    other = replace(passed, name="token F1")
    scores = Scores(aspect="rationale", rows=(passed, other))
    stored = {**STORED, "trust": replace(STORED["trust"], artifact=scores)}
    made = study(
        tmp_path, it=claim(value="trust.rows.lime-auprc", than=than, expects=expects)
    )
    verdicts, _ = study_verdicts(made, stored)
    judged_scores = apply_claims(made, stored, verdicts)["trust"].artifact
    assert isinstance(judged_scores, Scores)
    first, second = judged_scores.rows
    assert verdicts["it"].verdict == told
    assert format_score_verdict(first) == f"claim {told}"
    assert format_score_verdict(second) == "passed"
    assert describe_verdicts(judged_scores.rows) == f"passed; claim {told}"


def test_a_claim_prints_both_sizes_and_how_they_are_compared() -> None:
    """Both n have their unit, a pair its difference; a number has one n."""
    values = np.linspace(0, 1, 40)
    one, other = (
        mean_estimate(name, v, np.random.default_rng(0), ids=range(40))
        for name, v in (("one", values), ("other", values - 0.1))
    )
    made = {"a": Estimates(quantity="q", rows=(one, other))}
    source = {"a": EvidenceSource("story", "c")}
    worded = claim(value="a.rows.one", than="a.rows.other", expects="above")
    found = judge_claims({"it": worded}, made, source).claims["it"]
    view = build_claim_view("it", worded, found, "", 0)
    assert found.verdict == "supported"
    assert view.size == "n = 40 stories in both"
    assert view.comparison.startswith("paired difference 0.1")
    tokens = {
        "a": replace(
            made["a"],
            rows=tuple(replace(row, n=90, unit="token") for row in (one, other)),
        )
    }
    pooled = judge_claims({"it": worded}, tokens, source).claims["it"]
    shown = build_claim_view("it", worded, pooled, "", 0)
    assert shown.size == "n = 90 tokens in both"
    assert shown.comparison.startswith("paired difference over the 40 stories of both")
    against = claim(value="a.rows.one", than=0.1, expects="above", set="after")
    alone = judge_claims({"it": against}, made, source).claims["it"]
    told = build_claim_view("it", against, alone, "", 0)
    assert (told.size, told.comparison, told.set) == ("n = 40 stories", "", "after")
