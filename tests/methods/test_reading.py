"""A text read at several epochs: the same words, whatever the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Curves, Frames, Samples
from generator.core.errors import UnsupportedError
from generator.methods.common.language_model_texts import read_slot_scores
from generator.methods.language_model.reading import TextReading
from generator.methods.language_model.writing import TextGeneration
from tests.fakes.language_models import (
    CopyWriter,
    FakeTrained,
    UniformWriter,
    ask,
    characters,
    trained,
    words,
)

TEXT = "w1 w4, w2 unheard w5"


def reading(**settings: Any) -> TextReading:
    """The method with these settings."""
    return TextReading(method="reading", model="lm", **settings)


def states(window: int = 4) -> FakeTrained:
    """A model at three epochs, even at first."""
    vocabulary = words(5)
    return FakeTrained(
        {
            0: UniformWriter(vocabulary, window, 0),
            2: CopyWriter(vocabulary, window, 2, lag=1),
            4: CopyWriter(vocabulary, window, 4, lag=2),
        },
        best=2,
    )


def test_the_text_is_read_at_each_epoch() -> None:
    """Frames differ in weights and epoch alone, in the order asked for."""
    found = reading(text=TEXT, epochs=(4, 0, 2)).collect(ask(states()))
    assert [frame.epoch for frame in found.frames] == [4, 0, 2]
    assert found.epoch is None
    first = found.frames[0]
    for frame in found.frames:
        assert frame.histories == first.histories
        assert frame.targets == first.targets
        assert frame.temperature is None
    assert first.scores.argmax(1).tolist() == [2] * 6
    np.testing.assert_allclose(found.frames[1].scores, 0.25)


def test_the_text_is_tokenised_and_unknown_words_are_named() -> None:
    """Punctuation stands alone; what is not in the vocabulary is shown by name."""
    (frame,) = reading(text=TEXT).collect(ask(states())).frames
    shown = [(token.text, token.kind) for token in frame.targets]
    assert shown == [
        ("w1", "word"),
        ("w4", "word"),
        (",", "unknown"),
        ("w2", "word"),
        ("unheard", "unknown"),
        ("w5", "word"),
    ]
    assert [token.kind for token in frame.histories[0]] == ["pad"] * 3 + ["mark"]
    assert frame.histories[5] == frame.targets[1:5]


def test_one_epoch_is_frames_too() -> None:
    """A single frame says its epoch on both levels."""
    found = reading(text="w1").collect(ask(states()))
    assert found.epoch == found.frames[0].epoch == 2


@pytest.mark.parametrize("window", [1, 3, 12])
def test_of_reads_the_very_tokens_that_were_written(window: int) -> None:
    """The text of a writing read by its own model gives the writing's own numbers."""
    model = trained(CopyWriter(words(5), window, lag=1))
    written = TextGeneration(
        method="writing", model="lm", prefix="w3 zzz w2", length=7
    ).collect(ask(model))
    (frame,) = reading(of="greedy").collect(ask(model, written)).frames
    assert frame.targets == written.targets
    assert frame.histories == written.histories
    np.testing.assert_array_equal(frame.scores, written.scores)
    np.testing.assert_array_equal(frame.probabilities, written.probabilities)


def test_of_reads_the_text_of_a_reading() -> None:
    """Frames hold one text, which can be read again."""
    first = reading(text=TEXT, epochs=(0, 2)).collect(ask(states()))
    second = reading(of="first", epochs=(0, 2)).collect(ask(states(), first))
    assert [frame.histories for frame in second.frames] == [
        frame.histories for frame in first.frames
    ]


@pytest.mark.parametrize(
    "artifact",
    [
        Samples(samples=()),
        Frames(frames=()),
        Curves(x=np.zeros(1), y=np.zeros((1, 1)), x_label="", y_label="", names=("a",)),
    ],
)
def test_of_something_without_a_text(artifact: Any) -> None:
    """It is refused with what was found and expected."""
    with pytest.raises(UnsupportedError, match="holds no text"):
        reading(of="x").collect(ask(states(), artifact))


def test_of_a_text_seen_through_another_window() -> None:
    """Its histories mean nothing to this model."""
    (frame,) = reading(text=TEXT).collect(ask(states(window=4))).frames
    with pytest.raises(UnsupportedError, match="4 slots at a time; expected the 9"):
        reading(of="x").collect(ask(states(window=9), frame))


def test_a_text_of_unknown_words() -> None:
    """All are shown by name, and the model's numbers are those of the id 0."""
    (frame,) = reading(text="who knows").collect(ask(states())).frames
    assert [token.kind for token in frame.targets] == ["unknown", "unknown"]
    assert np.isfinite(frame.probabilities).all()


def test_characters_are_tokens() -> None:
    """At character level spaces and capitals are read as they are."""
    model = trained(UniformWriter(characters("aA b"), 3))
    (frame,) = reading(text="A b?").collect(ask(model)).frames
    shown = [(token.text, token.kind) for token in frame.targets]
    assert shown[:3] == [("A", "word"), (" ", "word"), ("b", "word")]
    assert shown[3] == ("?", "unknown")


def test_a_text_without_tokens() -> None:
    """Spaces are no words."""
    with pytest.raises(UnsupportedError, match="holds no token"):
        reading(text="   ").collect(ask(states()))


def test_an_epoch_that_was_not_kept() -> None:
    """The reading is refused whole."""
    with pytest.raises(UnsupportedError, match="epoch 3"):
        reading(text="w1", epochs=(2, 3)).collect(ask(states()))


def test_what_it_depends_on() -> None:
    """The artifact read and the epochs are known before training."""
    found = reading(of="greedy", epochs=(0, "last"))
    assert found.artifact_names() == ("greedy",)
    assert found.snapshots() == (0, "last")
    assert reading(text="a").artifact_names() == ()


@pytest.mark.parametrize("epochs", [(2,), (0, 2), (2, 0)])
def test_of_frames_the_first_is_the_text(epochs: tuple[int, ...]) -> None:
    """Of one frame and of several, it is the one of the epoch that stands first."""
    found = reading(text=TEXT, epochs=epochs).collect(ask(states()))
    first = read_slot_scores(found, "x")
    assert first is found.frames[0]
    assert first.epoch == epochs[0]
    assert read_slot_scores(first, "x") is first
