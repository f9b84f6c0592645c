"""Attention to the same texts, epoch by epoch."""

from __future__ import annotations

from typing import Any

import pytest

from generator.artifacts import TokenFrames
from generator.core.errors import UnsupportedError
from generator.methods.attention.weights import AttentionHistory, AttentionWeights
from tests.fakes.language_models import ask
from tests.methods.attending import attentive, learnt, reviewed, stored

TEXT = "the film was bright"


def collect(*states: Any, best: int | None = None, **settings: Any) -> TokenFrames:
    """The frames of some states."""
    named = {"method": "attention_history", "model": "m", "texts": (TEXT,)}
    method = AttentionHistory(**{**named, **settings})
    return method.collect(ask(learnt(*states, best=best), corpus=reviewed()))


def states() -> list[Any]:
    """Attention goes to one word more and more."""
    return [attentive(epoch, bright=float(epoch)) for epoch in range(4)]


def test_every_kept_epoch_from_before_training() -> None:
    """A frame for each, in order, with its own epoch."""
    found = collect(*states(), best=2)
    assert [frame.epoch for frame in found.frames] == [0, 1, 2, 3]
    assert found.epoch is None
    first, *_, last = (frame.texts[0].scores for frame in found.frames)
    assert first == pytest.approx([0.25] * 4)
    assert last[3] > 0.8


def test_the_texts_are_the_same_in_all_frames() -> None:
    """Tokens, documents and lengths do not depend on the epoch."""
    found = collect(*states(), documents=5)
    told = {
        tuple((t.tokens, t.document, t.truth, t.length) for t in frame.texts)
        for frame in found.frames
    }
    assert len(told) == 1
    assert len(found.frames[0].texts) == 6


def test_a_frame_is_what_attention_gives() -> None:
    """Each frame equals the artifact of that epoch alone."""
    models = states()
    found = collect(*models)
    for frame, model in zip(found.frames, models, strict=True):
        method = AttentionWeights(
            method="attention", model="m", texts=(TEXT,), epoch=model.epoch
        )
        alone = method.collect(ask(learnt(*models)))
        assert frame.texts[0].scores.tolist() == alone.texts[0].scores.tolist()
        assert frame.texts[0].facts == alone.texts[0].facts


def test_the_same_documents_as_other_methods_see() -> None:
    """Which documents are taken depends on the study's seed alone."""
    method = AttentionWeights(method="attention", model="m", documents=4)
    alone = method.collect(ask(learnt(*states()), corpus=reviewed(), seed=(7, 9)))
    found = collect(*states(), texts=(), documents=4)
    assert [t.document for t in found.frames[0].texts] == [
        t.document for t in alone.texts
    ]


def test_epochs_are_those_asked_for() -> None:
    """In the order asked for, once each; one that was not kept is refused."""
    found = collect(*states(), best=2, epochs=(3, "best", 2, 0))
    assert [frame.epoch for frame in found.frames] == [3, 2, 0]
    with pytest.raises(UnsupportedError, match="epoch 9"):
        collect(*states(), epochs=(9,))


def test_one_frame_is_of_its_epoch() -> None:
    """An artifact of a single epoch says which."""
    assert collect(*states(), epochs=(1,)).epoch == 1


def test_epochs_can_be_checked_before_training() -> None:
    """It names the epochs it needs, and none where it takes what was kept."""
    named = {"method": "attention_history", "model": "m", "texts": (TEXT,)}
    assert AttentionHistory(**named).snapshots() == ()
    assert AttentionHistory(**named, epochs=(0, "last")).snapshots() == (0, "last")
    assert "epoch" not in AttentionHistory.model_fields


def test_it_is_stored_as_it_is() -> None:
    """Frames are read back with their epochs and scores."""
    found = collect(*states())
    back = stored(found)
    assert isinstance(back, TokenFrames)
    for left, right in zip(found.frames, back.frames, strict=True):
        assert left.epoch == right.epoch
        assert left.texts[0].scores.tolist() == right.texts[0].scores.tolist()
