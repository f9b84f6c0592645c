"""Both sides of what methods decide by: ties, exact fits, first steps, mixed inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.core.tokens import Token
from generator.methods.attention.hypothesis_tests.adversary import (
    draw_starts,
    group_by_length,
)
from generator.methods.attribution.gradients import undefined_reason
from generator.methods.common.classifier_texts import build_story_text
from generator.methods.common.divergence import softmax
from generator.methods.inputs.maximisation_search import LabelLogOdds, MixtureClimb
from generator.models.capabilities import EncodedStory
from tests.methods.test_alignment import CORPUS, collect
from tests.methods.test_maximisation import RNG, SIZE, linear
from tests.methods.weighed import draw_text


def test_texts_are_grouped_by_their_length() -> None:
    """All of them once; no text of a later group is shorter than one of an earlier."""
    sizes = [7, 2, 30, 2, 9, 4] * 40
    texts = [draw_text(size, 2, seed) for seed, size in enumerate(sizes)]
    groups = list(group_by_length(texts))
    assert len(groups) > 1
    order = [at for group in groups for at in group]
    assert sorted(order) == list(range(len(sizes)))
    assert [sizes[at] for at in order] == sorted(sizes)


def test_the_first_start_is_the_model_s_weights_turned_round() -> None:
    """The least weighed slot begins as the most weighed one; the others are drawn."""
    text = draw_text(9, 2, 4)
    starts = draw_starts(text, np.random.default_rng(3))
    turned = 1 / (text.weights + 1e-3)
    np.testing.assert_allclose(softmax(starts[0]), turned / turned.sum(), rtol=1e-9)
    assert np.ptp(starts[1:]) > 1
    drawn = np.random.default_rng(3).normal(size=starts.shape)
    np.testing.assert_array_equal(starts[1:], drawn[1:])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_score_that_is_not_finite_is_told(bad: float) -> None:
    """Beside as many sound ones as there are."""
    scores = np.array([0.1, 0.5, bad, 0.2])
    assert undefined_reason(scores) == "a score is not finite"
    assert undefined_reason(scores[:2]) == ""
    assert undefined_reason(np.full(3, bad)) == "a score is not finite"


def test_the_first_step_of_a_climb_is_as_long_as_its_rate() -> None:
    """In every free number that has a slope, whichever way: the means are unbiased."""
    model = linear()
    climb = MixtureClimb(1, 0.125, (1.0, 1.0), repeats=True)
    table = model.embedding().astype(float)[2:]
    free = RNG.normal(0, 0.1, (2, 3, SIZE - 2))
    seen: list[np.ndarray] = []

    class Watched(LabelLogOdds):
        def gradient(self, mixed: np.ndarray) -> Any:
            seen.append(mixed)
            return super().gradient(mixed)

    before, after = climb.moments(Watched(model, 1), table, free)
    assert (after.scores > before.scores).all()
    shares = softmax(free)
    slope = LabelLogOdds(model, 1).gradient(shares @ table)[1] @ table.T
    up = shares * (slope - (shares * slope).sum(-1, keepdims=True))
    known = softmax(free + 0.125 * np.sign(up)) @ table
    np.testing.assert_allclose(seen[1], known, atol=1e-4)


def test_targets_are_forced_only_where_all_are() -> None:
    """A text given among documents is written by the model itself."""
    source = CORPUS.documents[31].text
    assert not collect("alignment", texts=(source,), documents=2).forced
    assert collect("alignment", documents=2).forced


def story(read: int, told: int) -> EncodedStory:
    """A story of so many sentences, of which the model reads some."""
    return EncodedStory(
        sentences=tuple(Token(f"s{i}", "sentence") for i in range(read)),
        ids=tuple(range(read)),
        spans=tuple((2 * i, 2 * i + 2) for i in range(told)),
        question="where?",
    )


def test_a_story_that_fits_exactly_is_not_cut() -> None:
    """Its length is told where sentences are left out, and rationales with them."""
    assert build_story_text(story(3, 3), "", (), None).length == 0
    cut = build_story_text(story(3, 4), "", ((0, 1), (5, 8)), None)
    assert cut.length == 4
    assert all(end <= 3 for _, end in cut.rationale)
