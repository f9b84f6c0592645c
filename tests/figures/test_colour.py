"""Scores become colours in one place, by a bound that is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.core.errors import FigureError
from generator.figures.colour_ramps import (
    PAPER,
    contrast,
    diverging,
    ramp_css,
    sequential,
    text_on,
    to_lab,
    to_linear,
)
from generator.figures.scales import Scale, scale_for
from generator.site.templates import SHIPPED
from tests.figures import examples


@pytest.mark.parametrize(
    ("score", "shade"),
    [(0, "s0"), (0.2916, "s9"), (0.4296, "s14"), (0.9072, "s29"), (1, "s32"),
     (7, "s32"), (float("nan"), "s0"), (1 / 64, "s1")],
)  # fmt: skip
def test_shares_take_the_nearest_step_of_32(score: float, shade: str) -> None:
    """A share's class is round(32 v), and never beyond the ramp."""
    assert Scale(1.0, False, "attention weight", "", "fixed").shade(score) == shade


@pytest.mark.parametrize(
    ("score", "shade"),
    [(0, "d16"), (-3.2, "d0"), (3.2, "d32"), (-1.6, "d8"), (0.1, "d17"), (-0.1, "d15"),
     (99, "d32"), (float("nan"), "d16")],
)  # fmt: skip
def test_signed_scores_take_two_arms(score: float, shade: str) -> None:
    """Scores for and against are shaded alike around step 16."""
    assert (
        Scale(3.2, True, "logit contribution", "logits", "data").shade(score) == shade
    )


def test_attention_is_bounded_by_1_whatever_the_data() -> None:
    """Attention is on one scale everywhere, and the legend says that it is fixed."""
    scale = scale_for([examples.attention(sharp=0.1)])
    assert (scale.bound, scale.origin) == (1.0, "fixed")
    assert "fixed" in scale.note
    assert "0.1 is an even share of 10 slots" in scale.note


def test_other_scores_are_bounded_by_the_largest_of_the_data() -> None:
    """Nothing drawn is darker than the bound, padding's sums included."""
    scores = examples.parts()
    scale = scale_for([scores])
    assert scale.origin == "data"
    assert scale.bound >= float(np.abs(scores.scores).max())
    assert "the largest size in this figure" in scale.note


def test_a_chosen_bound_counts_what_lies_beyond_it() -> None:
    """An author's bound is told, and so is what it cuts."""
    scores = examples.attention()
    scale = scale_for([scores], 0.5)
    beyond = int((scores.scores > 0.5).sum())
    assert scale.beyond >= beyond > 0
    assert f"{scale.beyond} scores beyond it" in scale.note


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_equal_scores_have_no_colour(value: float) -> None:
    """Where all scores are equal there is nothing to shade, and the legend says so."""
    scores = examples.attention()
    flat = replace(
        scores, scores=np.full_like(scores.scores, value), quantity="drop", unit="nats"
    )
    scale = scale_for([flat])
    assert {scale.shade(value), scale.shade(0)} == {"s0"}
    assert "all equal" in scale.note


def test_unsigned_scores_below_nothing_are_refused() -> None:
    """A negative score must not be drawn as if it were none."""
    scores = examples.attention()
    bad = replace(scores, scores=scores.scores - 0.5)
    with pytest.raises(FigureError, match="below 0"):
        scale_for([bad])


def test_two_quantities_cannot_share_a_scale() -> None:
    """Weights and logits are not compared by colour."""
    with pytest.raises(FigureError, match="several quantities"):
        scale_for([examples.attention(), examples.parts()])


def test_the_style_sheet_holds_the_ramps_as_computed() -> None:
    """The colour classes in the shipped file are those the module computes."""
    text = (SHIPPED / "static" / "ramps.css").read_text("utf-8")
    assert text.split("\n", 1)[1] == ramp_css()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_step_can_be_read_and_lightness_never_turns(theme: str) -> None:
    """Token text has at least 4.5:1 on each step; the ramp starts at the paper."""
    for ramp in (sequential(theme), diverging(theme)):  # type: ignore[arg-type]
        for colour in ramp:
            text = "#000000" if text_on(colour) == "#000" else "#ffffff"
            assert contrast(text, colour) >= 4.5
    steps = sequential(theme)  # type: ignore[arg-type]
    assert steps[0] == diverging(theme)[16] == PAPER[theme]  # type: ignore[arg-type,index]
    light = [to_lab(to_linear(colour))[0] for colour in steps]
    assert light in (sorted(light), sorted(light, reverse=True))


def test_what_is_at_the_bound_is_not_beyond_it() -> None:
    """Scores above a written bound are counted; rounding is none."""
    made = examples.parts()
    largest = scale_for([made]).bound
    assert scale_for([made]).beyond == scale_for([made], largest).beyond == 0
    assert scale_for([made], largest * (1 + 1e-9)).beyond == 0
    assert scale_for([made], largest * 0.999).beyond >= 1
