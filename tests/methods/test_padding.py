"""Attention on padding and on the newest token, on windows cut by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Curves
from generator.core.errors import CorpusError, IntegrityError, UnsupportedError
from generator.methods.language_model.padding import (
    NAMES,
    PaddingAttention,
    held_out_rows,
)
from tests.fakes.language_models import (
    CopyWriter,
    FakeTrained,
    HandWriter,
    UniformWriter,
    ask,
    corpus_of,
    trained,
    words,
)

CORPUS = corpus_of("w1 w2", "w2", "w3 nope w1")


def collect(model: FakeTrained, corpus: Any = CORPUS, **settings: Any) -> Curves:
    """The curves of `model`."""
    method = PaddingAttention(method="padding", model="lm", **settings)
    return method.collect(ask(model, corpus=corpus))


def line(curves: Curves, name: str) -> list[float]:
    """One curve's values."""
    return curves.y[NAMES.index(name)].tolist()


def test_windows_are_cut_as_in_training() -> None:
    """Every known token after the mark is a target, the closing mark too."""
    model = UniformWriter(words(3), 3)
    asked = ask(trained(model, held_out=(2,)), corpus=CORPUS)
    rows = held_out_rows(asked, model, 100).tolist()
    mark = 4
    assert rows == [[0, 0, mark], [mark, 3, 0], [3, 0, 1]]


def test_known_masses_at_each_epoch() -> None:
    """Even attention gives padding its share; later the newest slot has it all."""
    vocabulary = words(3)
    model = FakeTrained(
        {0: UniformWriter(vocabulary, 3, 0), 2: CopyWriter(vocabulary, 3, 2, lag=1)},
        best=2,
        held_out=(2,),
    )
    found = collect(model)
    assert found.x.tolist() == [0, 2]
    assert line(found, "attention on padding") == pytest.approx([2 / 9, 0])
    assert line(found, "padding's share of slots") == pytest.approx([2 / 9] * 2)
    assert line(found, "attention on the newest token") == pytest.approx([1 / 3, 1])
    assert line(found, "one slot's even share") == pytest.approx([1 / 3] * 2)
    assert found.marked_x == 2


def test_an_unknown_word_is_no_padding() -> None:
    """Its id is 0, but it stands after a known token."""
    model = trained(
        HandWriter(
            words(3), 3, attend=lambda rows: np.eye(3)[np.zeros(len(rows), int)]
        ),
        held_out=(2,),
    )
    # The oldest slots hold padding, the mark and w3.
    assert line(collect(model), "attention on padding") == pytest.approx([1 / 3])


def test_epochs_that_were_not_kept_are_passed_over_unless_named() -> None:
    """Without epochs, those kept; a named one must be there."""
    states = {at: UniformWriter(words(3), 3, at) for at in (0, 3)}
    model = FakeTrained(states, epochs=range(4), held_out=(0,))
    assert collect(model).x.tolist() == [0, 3]
    with pytest.raises(UnsupportedError, match="epoch 1"):
        collect(model, epochs=(0, 1))


def test_best_and_last_may_be_one_epoch() -> None:
    """Each epoch is one point, in rising order."""
    states = {at: UniformWriter(words(3), 3, at) for at in (0, 3)}
    model = FakeTrained(states, held_out=(0,))
    assert collect(model, epochs=("last", "best", 0)).x.tolist() == [0, 3]


def test_the_limit_and_what_it_takes() -> None:
    """At most `windows` windows; one document more changes at most some of them."""
    texts = [f"w{1 + at % 3} w{1 + at % 2}" for at in range(60)]
    model = UniformWriter(words(3), 3)

    def rows(count: int) -> list[list[int]]:
        asked = ask(
            trained(model, held_out=range(count)), corpus=corpus_of(*texts[:count])
        )
        return held_out_rows(asked, model, 20).tolist()

    assert len(rows(50)) == 20
    assert rows(50) == rows(50)
    missing = [row for row in rows(50) if row not in rows(51)]
    assert len(missing) <= 3


@pytest.mark.parametrize(
    ("corpus", "held_out", "told"),
    [
        (None, (0,), "the model has no corpus"),
        (CORPUS, (), "no document is held out"),
        (corpus_of("zzz yyy"), (0,), "hold no token"),
    ],
)
def test_nothing_to_read(corpus: Any, held_out: Any, told: str) -> None:
    """Without held-out windows there is no curve."""
    model = trained(UniformWriter(words(3, mark=None), 3), held_out=held_out)
    with pytest.raises(CorpusError, match=told):
        collect(model, corpus)


def test_weights_that_are_no_shares_are_refused() -> None:
    """A mean of them would look like a share."""
    model = HandWriter(words(3), 3, attend=lambda rows: np.ones(rows.shape))
    with pytest.raises(IntegrityError, match="sum to 1"):
        collect(trained(model, held_out=(0,)))
