"""How a verdict's sizes, comparison and region are worded, case by case."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from generator.artifacts import Estimate
from generator.site.verdicts import (
    ClaimVerdict,
    describe_comparison,
    describe_size,
    region_bounds,
)

NONE = (math.nan,) * 3


def verdict(n: int, compared: int, **more: Any) -> ClaimVerdict:
    """A verdict over so many units, and so many on the other side."""
    words: dict[str, Any] = {
        "says": "", "verdict": "supported", "reason": "", "value": 0.0, "low": 0.0,
        "high": 0.0, "n": n, "estimate": Estimate("m", *NONE, n), "quantity": "",
        "compared": Estimate("o", *NONE, compared), "gap": 0.25, "gap_low": 0.125,
        "gap_high": 0.5,
    }  # fmt: skip
    return ClaimVerdict(**words | more)


@pytest.mark.parametrize(
    ("comparison", "compared", "unit", "size"),
    [
        ("number", 9, "text", "n = 8 texts"),
        ("paired", 8, "text", "n = 8 texts in both"),
        ("paired", 9, "text", "n = 8 texts against n = 9 texts"),
        ("paired", 8, "cell", "n = 8 texts against n = 8 cells"),
        ("independent", 8, "text", "n = 8 texts against n = 8 texts"),
        ("bounded", 8, "text", "n = 8 texts against n = 8 texts"),
    ],
)
def test_one_size_where_both_have_it(
    comparison: Any, compared: int, unit: str, size: str
) -> None:
    """Of the same units, which only a pair has; a number has none."""
    one = verdict(8, compared, comparison=comparison, compared_unit=unit)
    assert describe_size(one) == size


@pytest.mark.parametrize(
    ("n", "compared", "shared", "over"),
    [
        (8, 8, 8, ""),
        (8, 8, 7, " over the 7 stories of both"),
        (9, 8, 8, " over the 8 stories of both"),
        (8, 9, 8, " over the 8 stories of both"),
    ],
)
def test_fewer_pairs_than_units_are_counted(
    n: int, compared: int, shared: int, over: str
) -> None:
    """Where either side has more."""
    one = verdict(
        n, compared, comparison="paired", shared=shared, document_noun="story"
    )
    said = describe_comparison(one)
    assert said.startswith(f"paired difference{over} 0.25")


def test_what_is_not_paired_is_said() -> None:
    """And why; of a number nothing is."""
    said = describe_comparison(verdict(8, 8, comparison="independent"))
    assert said.startswith("difference 0.25")
    assert said.endswith("not paired: no unit of one is in the other")
    said = describe_comparison(verdict(8, 8, comparison="bounded"))
    assert said == "not paired: the two intervals must not overlap"
    assert describe_comparison(verdict(8, 8)) == ""


@pytest.mark.parametrize(
    ("expects", "margin", "value", "bounds"),
    [
        ("above", 0.5, 2.0, (2.5,)),
        ("below", 0.5, 2.0, (1.5,)),
        ("within", 0.5, 2.0, (1.5, 2.5)),
        ("above", 0.0, 2.0, ()),
        ("within", 0.5, math.nan, ()),
    ],
)
def test_a_region_is_a_margin_away(
    expects: str, margin: float, value: float, bounds: tuple[float, ...]
) -> None:
    """On the side that is expected; without a margin it is the comparison itself."""
    worded: Any = SimpleNamespace(expects=expects, margin=margin)
    assert region_bounds(worded, Estimate("o", value, value, value, 9)) == bounds
