"""Language-model windows as views of one array."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.networks.training.examples import (
    RankedPlaces,
    WindowExamples,
    pack_documents,
)
from generator.networks.training.streams import WindowStreams, find_part_starts

DOCUMENTS = st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=8)


def by_hand(
    documents: Sequence[Sequence[int]], window: int, *, single: bool = False
) -> list[tuple[list[int], int]]:
    """All examples, made the long way."""
    found = []
    for ids in documents:
        for place in range(window + 1 if single else 1, len(ids)):
            history = list(ids[max(place - window, 0) : place])
            if ids[place]:
                found.append(([0] * (window - len(history)) + history, ids[place]))
    return found


def listed(windows: WindowExamples) -> list[tuple[list[int], int]]:
    """All examples of `windows`."""
    histories, targets = windows.take(np.arange(len(windows)))
    return list(zip(histories.tolist(), targets.tolist(), strict=True))


@given(documents=DOCUMENTS, window=st.integers(1, 6), single=st.booleans())
def test_windows_are_those_made_by_hand(
    documents: list[list[int]], window: int, single: bool
) -> None:
    """Every known target comes once, in order, after its own document's tokens."""
    ids, offsets = pack_documents(documents, 10)
    found = WindowExamples(ids, offsets, window, single_text=single)
    assert listed(found) == by_hand(documents, window, single=single)


@given(documents=DOCUMENTS, data=st.data())
def test_sides_share_nothing_and_lose_nothing(
    documents: list[list[int]], data: st.DataObject
) -> None:
    """Training and held-out windows are exactly those of their own documents."""
    every = range(len(documents))
    held = sorted(data.draw(st.sets(st.sampled_from(every))))
    ids, offsets = pack_documents(documents, 10)
    for side in (held, [d for d in every if d not in held]):
        found = WindowExamples(ids, offsets, 3, side)
        assert listed(found) == by_hand([documents[d] for d in side], 3)


def test_a_short_history_is_padded_on_the_left() -> None:
    """A known case: three tokens, a window of four, and an unknown target left out."""
    ids, offsets = pack_documents([[9, 3, 0, 5]], 10)
    assert listed(WindowExamples(ids, offsets, 4)) == [
        ([0, 0, 0, 9], 3),
        ([0, 9, 3, 0], 5),
    ]


def test_a_single_text_has_no_padding() -> None:
    """Targets begin where textgenrnn's do, one after the first whole window."""
    ids, offsets = pack_documents([range(1, 9)], 10)
    found = listed(WindowExamples(ids, offsets, 3, single_text=True))
    assert found[0] == ([2, 3, 4], 5)
    assert len(found) == 4


@pytest.mark.parametrize(
    ("size", "bytes_each"), [(2, 1), (256, 1), (257, 2), (65536, 2), (65537, 4)]
)
def test_ids_take_the_smallest_type(size: int, bytes_each: int) -> None:
    """The highest id of a vocabulary fits, and no byte is wasted."""
    ids, _ = pack_documents([[1, size - 1]], size)
    assert ids.itemsize == bytes_each
    assert ids.tolist() == [1, size - 1]


@pytest.mark.parametrize(("number", "size"), [(256, 256), (-1, 256), (7, 7)])
def test_an_id_outside_the_vocabulary_is_refused(number: int, size: int) -> None:
    """An id too large or negative does not wrap around into another token."""
    with pytest.raises((OverflowError, ValueError)):
        pack_documents([[number]], size)


@pytest.mark.parametrize("documents", [[], [[]], [[4]], [[4, 0]]])
def test_nothing_to_train_on_is_no_window(documents: list[list[int]]) -> None:
    """No document, an empty one, one token, an unknown target: all are fine here."""
    ids, offsets = pack_documents(documents, 10)
    windows = WindowExamples(ids, offsets, 3)
    assert len(windows) == 0
    assert windows.take(np.arange(0))[0].shape == (0, 3)


def test_the_key_tells_windows_apart() -> None:
    """Other tokens, borders, sides, windows or modes have other keys."""
    ids, offsets = pack_documents([[1, 2, 3], [4, 5, 6]], 10)
    other, moved = (
        pack_documents([[1, 2, 3], [4, 5, 7]], 10),
        pack_documents([[1, 2], [3, 4, 5, 6]], 10),
    )
    keys = {
        WindowExamples(ids, offsets, 2).key,
        WindowExamples(ids, offsets, 3).key,
        WindowExamples(ids, offsets, 2, [0]).key,
        WindowExamples(ids, offsets, 2, single_text=True).key,
        WindowExamples(*other, 2).key,
        WindowExamples(*moved, 2).key,
    }
    assert len(keys) == 6
    assert WindowExamples(*pack_documents([[1, 2, 3], [4, 5, 6]], 10), 2).key in keys


@given(st.lists(st.booleans(), max_size=3000))
def test_places_are_found_by_rank(bits: list[bool]) -> None:
    """The k-th place is the k-th true bit, across bytes and blocks."""
    mask = np.array(bits, np.bool_)
    places = RankedPlaces(mask)
    assert len(places) == mask.sum()
    assert np.array_equal(places[np.arange(len(places))], np.flatnonzero(mask))


def test_windows_take_little_beside_the_ids() -> None:
    """Windows of 4 million tokens keep a quarter byte each; a batch, kilobytes."""
    count = 4_000_000
    ids = np.ones(count, np.uint8)
    tracemalloc.start()
    try:
        windows = WindowExamples(ids, np.array([0, count]), 40)
        assert tracemalloc.get_traced_memory()[0] < count / 4
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        windows.take(np.arange(count - 1000, count - 872))
        assert tracemalloc.get_traced_memory()[1] - before < 500_000
    finally:
        tracemalloc.stop()


def test_streams_of_one_run_copy_nothing() -> None:
    """Adjacent documents are read where they lie; others give equal streams."""
    ids, offsets = pack_documents([[1, 2, 3, 4], [5, 6, 7, 8], [1, 2, 3, 4]], 10)
    run = WindowStreams(ids, offsets, [0, 1], 2, 3)
    assert np.shares_memory(run._rows, ids)
    apart = WindowStreams(ids, offsets, [2, 1], 2, 3)
    assert not np.shares_memory(apart._rows, ids)
    assert run.key == apart.key


def test_parts_that_are_not_whole_are_dropped() -> None:
    """Parts begin each `length` tokens, as long as a target follows a part."""
    offsets = np.array([0, 7, 9, 9, 13])
    assert [*find_part_starts(offsets, 3, [3, 0, 1, 2])] == [9, 0, 3]
    assert find_part_starts(offsets, 3, []).dtype == np.int64
