"""Paths in sentences, judged by the kinds of artifacts before there are any."""

from __future__ import annotations

import pytest

from generator.artifacts import (
    Artifact,
    CellSearch,
    Curves,
    Estimates,
    Predictions,
    TokenScores,
)
from generator.core.errors import WriteUpError
from generator.site.value_kinds import check_expression
from generator.site.verdicts import ClaimVerdict

KINDS: dict[str, type[Artifact]] = {
    "accuracy": Estimates,
    "losses": Curves,
    "why": TokenScores,
    "made": Predictions,
    "found": CellSearch,
}
CLAIMS = {"city": ClaimVerdict}


@pytest.mark.parametrize(
    "path",
    [
        "accuracy.rows.among-the-choices.value:.2f", "accuracy.rows.0.n",
        "accuracy.reference:.0%", "accuracy.quantity", "losses.training.last:.3f",
        "losses.x.max", "why.texts.0.truth", "why.texts.first.probability:.2f",
        "made.accuracy:.1%", "made.right", "found.count", "found.cells.first.name",
        "claims.city.verdict", "claims.city.value:+.2f", "claims.city.n",
    ],
)  # fmt: skip
def test_a_path_that_an_artifact_can_have_is_taken(path: str) -> None:
    """Rows, curves and derived quantities are taken as they are written."""
    check_expression(KINDS, path, CLAIMS)


@pytest.mark.parametrize(
    ("path", "told", "meant"),
    [
        ("acuracy.rows.0.n", 'no artifact "acuracy"', ("acuracy", "accuracy")),
        ("accuracy.row.0.n", 'no "row" there', ("row", "rows")),
        ("accuracy.rows.a.vale", 'no "vale" there', ("vale", "value")),
        ("accuracy.rows.a", "is a record, not one value to print; go on", None),
        ("accuracy.rows", "is a list, not one value to print", None),
        ("accuracy.notes.first-note", "which have no names", None),
        ("accuracy.reference.value", "there is nothing below a number", None),
        ("accuracy.quantity.first", "there is nothing below a word", None),
        ("losses.x.maxi", 'no "maxi"', ("maxi", "max")),
        ("losses.x", "is a list of numbers", None),
        ("accuracy.reference:two", '"two" is no format', None),
        ("accuracy.verdict", "artifacts give numbers", None),
        ("claims.cty.verdict", 'no claim "cty"', ("cty", "city")),
        ("claims.city.verdit", 'no "verdit" there', ("verdit", "verdict")),
        ("claims", 'no claim ""', None),
        ("why.texts.0.scores.best", 'no "best"', None),
    ],
)
def test_a_path_that_no_artifact_has_is_told(
    path: str, told: str, meant: tuple[str, str] | None
) -> None:
    """Its step is named, and what was meant where no other is as near."""
    with pytest.raises(WriteUpError) as error:
        check_expression(KINDS, path, CLAIMS)
    assert told in str(error.value)
    assert error.value.meant == meant
