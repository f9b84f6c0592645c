"""How texts of all lengths are put together."""

from __future__ import annotations

import numpy as np
import pytest

from generator.networks.inference.batching import (
    MOST,
    ROWS,
    compute_batch_rows,
    compute_batch_slots,
    compute_padded_length,
    find_distinct_texts,
    plan_batches,
)


def test_padded_lengths() -> None:
    """They follow from the length, hold it, never shrink, and add an eighth at most."""
    found = [compute_padded_length(length, 400) for length in range(401)]
    assert found == sorted(found)
    assert all(found[n] >= max(n, 1) for n in range(401))
    assert all(found[n] - n <= max(3, n / 8) for n in range(1, 401))
    assert found[0] == compute_padded_length(1, 400) == 4
    assert found[400] == 400
    assert compute_padded_length(3, 3) == 3
    assert len(set(found)) < 40


@pytest.mark.parametrize("most", [1, 7, 200])
def test_every_text_is_asked_once(most: int) -> None:
    """Batches hold every text once, at a length that holds it, in bounded numbers."""
    lengths = np.random.default_rng(0).integers(0, most + 1, 900).tolist()
    seen: list[int] = []
    for places, width in plan_batches(lengths, most):
        assert {compute_padded_length(lengths[place], most) for place in places} == {
            width
        }
        assert 0 < len(places) <= MOST
        assert compute_batch_rows(len(places)) % ROWS == 0
        assert (
            compute_batch_rows(len(places)) - ROWS
            < len(places)
            <= compute_batch_rows(len(places))
        )
        seen += places.tolist()
    assert sorted(seen) == list(range(900))
    assert not list(plan_batches([], most))


def test_wide_states_make_smaller_batches() -> None:
    """What a batch holds grows no further with the channels of a state."""
    found = [compute_batch_slots(channels) for channels in (1, 64, 128, 256, 4096)]
    assert found == [32768, 32768, 32768, 16384, 8192]
    ((places, _),) = plan_batches([400] * 70, 400, found[0])
    assert len(places) == 70
    assert len(list(plan_batches([400] * 70, 400))) == 5


def test_distinct() -> None:
    """Equal texts are one, in an order of their own, and each is found again."""
    texts = [(3, 1), (2,), [3, 1], (), (2,)]
    found, back = find_distinct_texts(texts)
    assert found == [(), (2,), (3, 1)]
    assert [found[place] for place in back] == [tuple(text) for text in texts]
    assert find_distinct_texts(texts[::-1])[0] == found
    assert find_distinct_texts([])[0] == []
