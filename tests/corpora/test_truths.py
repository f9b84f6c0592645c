"""Labels by their place, and labels permuted."""

from __future__ import annotations

from generator.corpora.splits import note_permutation, shuffle_labels

FOUND = (0, 0, 1, 2, 1, 0, 2, 2, 1, 0) * 20


def test_permuted_labels_are_as_frequent() -> None:
    """The same labels in an order of the seed; texts keep theirs by chance alone."""
    found = shuffle_labels(FOUND, 3)
    assert sorted(found) == sorted(FOUND)
    assert found == shuffle_labels(FOUND, 3)
    assert found != shuffle_labels(FOUND, 4)
    kept = sum(a == b for a, b in zip(FOUND, found, strict=True))
    assert kept < 0.5 * len(FOUND)  # 0.34 by chance
    (note,) = note_permutation(FOUND, found)
    assert f"the 200 training texts are permuted among them: {kept} keep theirs" in note
    assert not list(note_permutation(FOUND, FOUND))
