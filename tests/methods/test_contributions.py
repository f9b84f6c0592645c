"""Contributions of slots and parts against a model whose logits are written down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import PartScores, SlotScores
from generator.core.errors import IntegrityError, UnsupportedError
from generator.methods.language_model.contributions import SlotContributions
from generator.methods.language_model.writing import TextGeneration
from generator.models.base import Ids
from generator.models.capabilities import LogitDecomposition
from tests.fakes.language_models import (
    FakeTrained,
    LinearWriter,
    UniformWriter,
    ask,
    trained,
    words,
)

WINDOW = 4


def linear(epoch: int = 1, seed: int = 0) -> LinearWriter:
    """Random contributions, more attention to newer slots."""
    vocabulary = words(5)
    size = len(vocabulary)
    rng = np.random.default_rng(seed)
    table, biases = rng.normal(size=(3, size, size)), rng.normal(size=size)
    biases[0] = -9
    shares = np.arange(1, WINDOW + 1) / 10

    def attend(rows: Ids) -> Any:
        return np.tile(shares, (len(rows), 1))

    return LinearWriter(vocabulary, WINDOW, table, biases, attend=attend, epoch=epoch)


def write(model: FakeTrained, **settings: Any) -> SlotScores:
    """A text to ask about."""
    found = TextGeneration(method="writing", model="lm", length=9, **settings)
    return found.collect(ask(model))


def contributions(model: FakeTrained, text: Any, **settings: Any) -> PartScores:
    """Its contributions."""
    found = SlotContributions(
        method="contributions", model="lm", of="greedy", **settings
    )
    return found.collect(ask(model, text))


def test_known_contributions() -> None:
    """Each slot and part holds what the table says, times the slot's share."""
    model = linear()
    text = write(trained(model), temperature=1.0)
    found = contributions(trained(model), text)
    ids = model.vocabulary.ids
    for step, target in enumerate(text.targets):
        for slot, token in enumerate(text.histories[step]):
            row = 0 if token.kind == "pad" else ids[token.text]
            share = (slot + 1) / 10
            known = share * model.table[:, row, ids[target.text]]
            np.testing.assert_allclose(found.by_part[step, slot], known, atol=1e-6)
    np.testing.assert_allclose(found.by_part.sum(-1), found.scores, atol=1e-6)
    assert found.parts == ("part 1", "part 2", "part 3")


def test_labels_and_probabilities_are_the_texts() -> None:
    """Tokens are taken over, probabilities asked anew and equal."""
    model = trained(linear())
    text = write(model, temperature=1.0)
    found = contributions(model, text)
    assert found.histories == text.histories
    assert found.targets == text.targets
    np.testing.assert_allclose(found.probabilities, text.probabilities, rtol=1e-6)
    assert (found.quantity, found.unit, found.signed) == (
        "logit contribution",
        "logits",
        True,
    )


@pytest.mark.parametrize(
    ("epoch", "asked"), [(None, 0), (2, 2), ("best", 3), ("last", 3), (0, 0)]
)
def test_which_state_is_asked(epoch: Any, asked: int) -> None:
    """Without an epoch it is the one that wrote, even if that is 0."""
    model = FakeTrained({at: linear(at, seed=at) for at in (0, 2, 3)})
    text = write(model, epoch=0)
    assert contributions(model, text, epoch=epoch).epoch == asked


def test_a_decomposition_that_does_not_sum_is_refused() -> None:
    """The logit's identity is checked."""

    class Lossy(LinearWriter):
        def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
            found = super().decompose(histories, targets)
            found.by_part[0, 0, 0] += 0.01
            return found

    sound = linear()
    model = trained(Lossy(sound.vocabulary, WINDOW, sound.table, sound.biases))
    with pytest.raises(IntegrityError, match="parts and bias sum to the logit"):
        contributions(model, write(model))


def test_logits_of_another_model_are_refused() -> None:
    """A decomposition that sums, but not to the probabilities' logits, is caught."""

    class Foreign(LinearWriter):
        def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
            return linear(seed=5).decompose(histories, targets)

    sound = linear()
    model = trained(Foreign(sound.vocabulary, WINDOW, sound.table, sound.biases))
    with pytest.raises(IntegrityError, match="logits give the probabilities"):
        contributions(model, write(model))


def test_nothing_contributes_in_a_model_of_biases() -> None:
    """Constant scores are zeros, not NaN."""
    model = trained(UniformWriter(words(3), WINDOW))
    assert not contributions(model, write(model)).scores.any()


def test_of_a_text_of_another_window() -> None:
    """It is refused before the model is asked."""
    text = write(trained(UniformWriter(words(3), 7)))
    with pytest.raises(UnsupportedError, match="7 slots at a time; expected the 4"):
        contributions(trained(linear()), text)


def test_what_it_depends_on() -> None:
    """The text, and the epoch if it is named."""
    named = SlotContributions(method="contributions", model="lm", of="a", epoch=4)
    assert (named.artifact_names(), named.snapshots()) == (("a",), (4,))
    assert (
        SlotContributions(method="contributions", model="lm", of="a").snapshots() == ()
    )
