"""Samples by epoch and temperature, each from its own draws."""

from __future__ import annotations

from typing import Any

import pytest

from generator.artifacts import Samples
from generator.core.errors import UnsupportedError
from generator.methods.training.samples import TextSampling
from tests.fakes.language_models import (
    CopyWriter,
    FakeTrained,
    UniformWriter,
    ask,
    trained,
    words,
)


def collect(model: FakeTrained, **settings: Any) -> Samples:
    """Samples of `model`."""
    method = TextSampling(method="samples", model="lm", **settings)
    return method.collect(ask(model))


def states(*epochs: int, size: int = 30) -> FakeTrained:
    """The same even writer at several epochs."""
    return FakeTrained({at: UniformWriter(words(size), 3, at) for at in epochs})


def test_order_and_number() -> None:
    """By epoch, then temperature, then draw, whatever the order asked for."""
    found = collect(
        states(0, 2), epochs=(2, 0, "last"), temperatures=(1.0, 0.5), texts=2, length=4
    )
    assert [(one.epoch, one.temperature) for one in found.samples] == [
        (0, 0.5), (0, 0.5), (0, 1.0), (0, 1.0),
        (2, 0.5), (2, 0.5), (2, 1.0), (2, 1.0),
    ]  # fmt: skip


def test_asking_for_more_changes_nothing_asked_before() -> None:
    """Another text, temperature or epoch leaves the texts there were."""
    model = states(0, 2)
    few = collect(model, epochs=(2,), temperatures=(1.0,), texts=2)
    more = collect(model, epochs=(0, 2), temperatures=(0.3, 1.0), texts=3)
    kept = [one for one in more.samples if (one.epoch, one.temperature) == (2, 1.0)]
    assert tuple(kept[:2]) == few.samples
    assert len({one.text for one in kept}) == 3


def test_epochs_share_their_draws() -> None:
    """Equal weights give equal texts at every epoch."""
    found = collect(states(0, 2), epochs=(0, 2), temperatures=(1.0,), texts=2)
    texts = [one.text for one in found.samples]
    assert texts[:2] == texts[2:]


def test_marks_are_removed_and_words_joined() -> None:
    """The text starts with its prefix and shows no mark; unknown words stay."""
    model = trained(CopyWriter(words(3), 4, lag=1))
    found = collect(model, prefix="Oh w2", length=2, texts=1, temperatures=(0.0,))
    assert found.samples[0].text == "oh w2 w2 w2"
    assert found.prefix == "Oh w2"


def test_a_text_ends_at_its_mark() -> None:
    """Nothing after the closing mark is shown."""
    model = trained(UniformWriter(words(1), 2))
    found = collect(model, temperatures=(1.0,), texts=30, length=50)
    lengths = {len(one.text.split()) for one in found.samples}
    assert max(lengths) < 50
    assert 0 in lengths


@pytest.mark.parametrize(
    ("every", "known"), [(1, [0, 1, 2, 3, 5]), (2, [0, 2, 5]), (9, [0, 5])]
)
def test_every_so_many_epochs(every: int, known: list[int]) -> None:
    """Multiples of `every`, with the first and the last."""
    model = states(0, 1, 2, 3, 5)
    found = collect(model, every=every, texts=1, length=1, temperatures=(1.0,))
    assert [one.epoch for one in found.samples] == known


def test_without_epochs_the_best() -> None:
    """One state is asked unless more are named."""
    found = collect(states(0, 4), texts=1, length=1)
    assert {one.epoch for one in found.samples} == {4}


def test_an_epoch_that_was_not_kept() -> None:
    """It is refused."""
    with pytest.raises(UnsupportedError, match="epoch 1"):
        collect(states(0, 4), epochs=(1,))
