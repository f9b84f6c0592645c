"""What a worker keeps in memory belongs to the task that asks, whatever others load."""

from __future__ import annotations

from typing import Any

import pytest

from generator.collect import tasks


class Shared(dict[str, tuple[str, Any]]):
    """What two threads share: after each entry the other puts its own in its place."""

    def __setitem__(self, what: str, entry: tuple[str, Any]) -> None:
        del entry
        super().__setitem__(what, ("other", "the other's"))


def test_another_thread_s_model_is_never_returned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each task gets what it named, though the other was the last to put one there."""
    monkeypatch.setattr(tasks, "_loaded", Shared())
    assert tasks._load_once("model", "mine", str, "mine") == "mine"
    assert tasks._loaded["model"][1] == "the other's", "the control: it was exchanged"


def test_the_same_thing_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last of a kind stays; another takes its place."""
    monkeypatch.setattr(tasks, "_loaded", {})
    first = tasks._load_once("model", "a", list, "x")
    assert tasks._load_once("model", "a", list, "y") is first
    assert tasks._load_once("model", "b", list, "y") == ["y"]
