"""Things taken together within a bound."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from generator.methods.common.perturbation import split_portions


@given(st.lists(st.integers(0, 9)), st.integers(1, 20))
def test_portions(sizes: list[int], most: int) -> None:
    """All come in their order; none but a single thing is above the bound.

    Nor could any portion have taken the first thing of the next.
    """
    found = list(split_portions(sizes, lambda size: size, most))
    assert [size for part in found for size in part] == sizes
    assert all(part and (sum(part) <= most or len(part) == 1) for part in found)
    for part, following in pairwise(found):
        assert sum(part) + following[0] > most
