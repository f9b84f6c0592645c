"""Both sides of what networks accept, and orders that must not matter."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from generator.core.errors import IntegrityError
from generator.networks.parameters import (
    decode_arrays,
    encode_arrays,
    find_variable_shapes,
)

ARRAYS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(3, np.float32)]
SHAPES = [((2, 3), "<f4"), ((3,), "<f4")]


def shuffled(data: bytes) -> bytes:
    """An archive with its members in the other order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    return out.getvalue()


def test_arrays_come_back_in_their_order() -> None:
    """Whatever the order in which an archive holds them."""
    data = encode_arrays(ARRAYS)
    for one in (data, shuffled(data)):
        found = decode_arrays(one, SHAPES)
        for array, known in zip(found, ARRAYS, strict=True):
            np.testing.assert_array_equal(array, known)
    assert encode_arrays(ARRAYS) == data
    assert find_variable_shapes([]) == []


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_arrays_is_refused(count: int) -> None:
    """Fewer or more than a network has, each said."""
    data = encode_arrays((ARRAYS * 2)[:count])
    with pytest.raises(IntegrityError, match=f"{count} arrays; expected 2"):
        decode_arrays(data, SHAPES)
