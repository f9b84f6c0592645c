"""Probabilities along an order of words, where the order is known to be right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Curves, Scores
from generator.core.errors import ConfigError, CorpusError, UnsupportedError
from generator.methods.evaluation.deletion import DeletionCurves
from tests.methods.attending import stored
from tests.methods.explanations import (
    anchors,
    cases,
    explanation,
    linear,
    make_context,
    noise,
    true,
    written,
)


def curves(model: Any, *read: Any, **settings: Any) -> Curves:
    """The lines of artifacts `a`, `b`, …."""
    names = tuple("abcdef"[: len(read)])
    method = DeletionCurves(method="deletion_curves", model="m", of=names, **settings)
    assert method.artifact_names() == names
    found = method.collect(make_context(model, *read))
    again = stored(found)
    assert isinstance(again, Curves)
    np.testing.assert_array_equal(found.y, again.y)
    return found


@pytest.mark.parametrize("kind", ["deletion", "insertion"])
def test_what_is_known_lies_beyond_random(kind: Any) -> None:
    """True contributions fall before a random order, and rise before it."""
    model, texts = linear(), written()
    found = curves(
        model, explanation(model, texts), explanation(model, texts, noise), kind=kind
    )
    right, wrong, random = found.y[:, 1:-1]
    assert found.names == ("a", "b", "random order")
    sign = -1 if kind == "deletion" else 1
    assert (sign * (right - random) > 0.05).all()
    assert np.abs(wrong - random).max() < 0.1
    assert "30 texts" in found.y_label
    assert ("taken away" in found.x_label) == (kind == "deletion")
    assert found.epoch == 1


@pytest.mark.parametrize("kind", ["deletion", "insertion"])
def test_lines_meet_at_their_ends(kind: Any) -> None:
    """All words and no word are the same for every order."""
    model, texts = linear(), written(8)
    found = curves(model, explanation(model, texts), kind=kind)
    whole = np.mean([c.probabilities[c.label] for c in cases(model, texts)])
    nothing = np.mean(
        [model.predict([()])[0, case.label] for case in cases(model, texts)]
    )
    ends = [whole, nothing] if kind == "deletion" else [nothing, whole]
    np.testing.assert_allclose(found.y[:, [0, -1]], [ends] * 2, atol=1e-6)
    np.testing.assert_allclose(found.x, np.arange(11) / 10, atol=1e-6)


def test_insertion_is_deletion_of_the_reverse() -> None:
    """Putting in first what is taken away last meets the same texts backwards."""
    model, texts = linear(), written(12, words=10)
    away = curves(model, explanation(model, texts))
    back = curves(
        model, explanation(model, texts, lambda c: -true(c)), kind="insertion"
    )
    np.testing.assert_allclose(away.y[0], back.y[0][::-1], atol=1e-6)


def test_texts_of_any_length_share_an_axis() -> None:
    """A share that is no whole number of words is rounded up."""
    model = linear()
    texts = [text for n in (2, 5, 13) for text in written(2, words=n, seed=n)]
    found = curves(model, explanation(model, texts))
    assert np.isfinite(found.y).all()
    (case,) = cases(model, texts[:1])
    alone = curves(model, explanation(model, texts[:1]))
    halves = alone.y[0]
    assert np.ptp(halves[1:6]) < 1e-6  # one of two words is away
    assert halves[0] == pytest.approx(case.probabilities[case.label])
    assert halves[6] == halves[10]


def test_undefined_texts_leave_all_lines() -> None:
    """What one explanation lacks is missing from the others, so that they compare."""
    model, texts = linear(), written(6)
    whole = explanation(model, texts)
    lost = [replace(whole.texts[0], undefined="for a reason"), *whole.texts[1:]]
    both = curves(model, whole, replace(whole, texts=tuple(lost)))
    assert "5 texts" in both.y_label
    np.testing.assert_allclose(both.y[0], both.y[1])
    np.testing.assert_allclose(
        both.y[0], curves(model, explanation(model, texts[1:])).y[0], atol=1e-6
    )


def test_an_anchor_has_a_line() -> None:
    """Its words go first."""
    model, texts = linear(), written(12)
    found = curves(model, anchors(model, texts, true, 3), explanation(model, texts))
    assert found.y[0, 3] == pytest.approx(found.y[1, 3])


def test_other_predictions_are_refused() -> None:
    """Other texts, or other labels, have lines that do not compare."""
    model = linear()
    one = explanation(model, written(4))
    with pytest.raises(ConfigError, match='"b" explains other predictions than "a"'):
        curves(model, one, explanation(model, written(5)))
    labels = {"negative": "positive", "positive": "negative"}
    texts = tuple(replace(text, label=labels[text.label]) for text in one.texts)
    with pytest.raises(ConfigError, match="the same texts, labels"):
        curves(model, one, replace(one, texts=texts))


def test_nothing_to_draw_is_refused() -> None:
    """Without a text there is no line."""
    model = linear()
    short = explanation(model, ["a", "b"])
    with pytest.raises(CorpusError, match="no text is explained by all of a, b"):
        curves(model, short, short)
    with pytest.raises(UnsupportedError, match='"a" holds no scores'):
        curves(model, Scores(aspect="sanity", rows=()))


def test_settings_are_checked() -> None:
    """Six lines in all, each explanation once."""
    for of, wrong in [("aa", "named twice"), ("abcdef", "at most 5"), ("", "at least")]:
        with pytest.raises(ValueError, match=wrong):
            DeletionCurves(method="deletion_curves", model="m", of=tuple(of))
