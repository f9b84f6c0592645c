"""Texts that occur more than once, which a split by document cannot tell apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def repeats(texts: Sequence[str]) -> tuple[str, ...]:
    """Notes on repeated texts: none, some, or all identical."""
    extra = len(texts) - len(set(texts))
    if not extra:
        return ()
    if extra == len(texts) - 1:
        note = f"all {len(texts):,} texts are identical: held-out loss says nothing"
        return (note,)
    top = Counter(texts).most_common(1)[0][1]
    note = (
        f"{extra:,} of {len(texts):,} texts repeat an earlier one (one occurs {top:,} "
        "times): copies may stand on both sides of the split"
    )
    return (note,)
