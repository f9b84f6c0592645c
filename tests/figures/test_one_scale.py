"""Scores of several quantities share no scale, and it is said which these are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.artifacts import TokenScores
from generator.core.errors import FigureError
from generator.figures.scales import scale_for, token_scale
from tests.figures import examples, scored


def test_quantities_that_share_no_scale_are_named_in_order() -> None:
    """Each once, with its unit where it has one."""
    one = examples.attention()
    words = [
        ("b", ""),
        ("c", "nats"),
        ("a", ""),
        ("d", ""),
        ("b", "nats"),
        ("c", "nats"),
    ]
    several = [replace(one, quantity=q, unit=u) for q, u in words]
    said = "one scale cannot hold several quantities: a, b, b nats, c nats, d$"
    with pytest.raises(FigureError, match=said):
        scale_for(several)
    scale_for([one, one])
    text = scored.attention()
    assert isinstance(text, TokenScores)
    found = [(replace(text, quantity=q, unit=u), text.texts[0]) for q, u in words]
    with pytest.raises(FigureError, match=said):
        token_scale(found)
