"""Labels by their place, and labels permuted."""

from __future__ import annotations

from generator.corpora.splits import on_permuted, permuted

FOUND = (0, 0, 1, 2, 1, 0, 2, 2, 1, 0) * 20


def test_permuted_labels_are_as_frequent() -> None:
    """The same labels in an order of the seed; texts keep theirs by chance alone."""
    found = permuted(FOUND, 3)
    assert sorted(found) == sorted(FOUND)
    assert found == permuted(FOUND, 3)
    assert found != permuted(FOUND, 4)
    kept = sum(a == b for a, b in zip(FOUND, found, strict=True))
    assert kept < 0.5 * len(FOUND)  # 0.34 by chance
    (note,) = on_permuted(FOUND, found)
    assert f"the 200 training texts are permuted among them: {kept} keep theirs" in note
    assert not list(on_permuted(FOUND, FOUND))
