"""What makes two estimates the same: the numbers that a page prints, no sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.artifacts import Estimate
from generator.artifacts.statistics import TrustScore
from generator.methods.common.statistics import mean_estimate


def test_a_sample_makes_no_other_estimate() -> None:
    """It is neither compared nor printed; every number is compared."""
    values, draws = np.arange(9.0), np.random.default_rng(0)
    one = mean_estimate("m", values, draws, ids=np.arange(9))
    assert isinstance(one, Estimate)
    assert one.sample is not None
    assert replace(one, sample=None) == one
    assert "sample" not in repr(one)
    assert replace(one, n=8) != one
    score = TrustScore(of="e", name="m", value=1.0, low=0.0, high=2.0, n=9)
    for name in ("sample", "baseline_sample"):
        more = replace(score, **{name: one.sample})
        assert more == score
        assert repr(more) == repr(score)
    assert replace(score, baseline=0.5) != score
