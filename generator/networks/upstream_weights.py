"""textgenrnn's weight files (HDF5), read with suspicion and written.

A file holds a group for every layer, whose attribute `weight_names` lists its arrays
in order. LSTMs come in two layouts:

* plain: kernels (inputs, 4 units) and (units, 4 units), bias (4 units);
* that of CuDNNLSTM, in which upstream's own weights are: each gate's kernel is stored
  transposed, though in the same shape, and the bias has 8 units, whose two halves add.

The gates are input, forget, cell, output in both.

Nothing outside the file is read: links to other files, virtual arrays and arrays kept
elsewhere are refused, and an array is read only after its shape was found right.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import h5py
import numpy as np
from numpy.typing import NDArray

from generator.errors import IntegrityError, quoted
from generator.networks.textgenrnn import Settings, shapes
from generator.networks.weights import Arrays, Shapes

_BROKEN = (
    OSError,
    LookupError,
    ValueError,
    RuntimeError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    EOFError,
)
"""What h5py raises for files that are not what they seem."""
_MEANING = "the vocabulary, its order included, is part of the weights"


def read(data: bytes, settings: Settings, vocabulary: int) -> Arrays:
    """The arrays of a weight file, in the order and layout of `textgenrnn.shapes`.

    Raises `IntegrityError` for a damaged file or one for another network.
    """
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            whole = "model_weights" in file
            root = _inside(file, "model_weights") if whole else file
            return _network(root, shapes(settings, vocabulary))
    except _BROKEN as error:
        raise IntegrityError(
            f"damaged or no HDF5 file ({type(error).__name__}); copy it again"
        ) from error


def write(arrays: Sequence[NDArray[np.float32]], settings: Settings) -> bytes:
    """A weight file that upstream loads: the same bytes for the same weights."""
    wanted = shapes(settings, len(arrays[0]))
    layers = ["input", *_layers(wanted)]
    layers.insert(-2, "rnn_concat")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.1.5"
        for layer in layers:
            group = file.create_group(layer)
            places = [i for i, (name, _) in enumerate(wanted) if _layer(name) == layer]
            names = [f"{wanted[i][0]}:0".encode() for i in places]
            group.attrs["weight_names"] = np.array(names, "S")
            for place, name in zip(places, names, strict=True):
                group.create_dataset(name.decode(), data=arrays[place])
    return buffer.getvalue()


def _layer(name: str) -> str:
    return name.split("/", 1)[0]


def _layers(wanted: Shapes) -> list[str]:
    return list(dict.fromkeys(_layer(name) for name, _ in wanted))


def _network(root: h5py.Group, wanted: Shapes) -> Arrays:
    found: Arrays = []
    for layer in _layers(wanted):
        names = [(name, shape) for name, shape in wanted if _layer(name) == layer]
        sets = _datasets(root, layer)
        if len(sets) != len(names):
            raise IntegrityError(
                f"layer {layer}: {len(sets)} arrays; expected {len(names)}: the file "
                "is for a network of another configuration"
            )
        for number, (place, (name, shape)) in enumerate(zip(sets, names, strict=True)):
            cudnn = layer.startswith("rnn") and _is_cudnn(sets, number, names)
            found.append(_array(place, name, shape, cudnn=cudnn))
    return found


def _datasets(root: h5py.Group, layer: str) -> list[h5py.Dataset]:
    """The arrays of a layer, not read yet."""
    if layer not in root:
        raise IntegrityError(
            f"no layer {quoted(layer)}; expected a weight file of textgenrnn for this "
            "configuration"
        )
    group = _inside(root, layer)
    names = [
        name.decode() if isinstance(name, bytes) else str(name)
        for name in group.attrs["weight_names"]
    ]
    return [_inside(group, name) for name in names]


def _inside(group: h5py.Group, path: str) -> h5py.Group | h5py.Dataset:
    """What lies at `path`, reached by hard links alone."""
    for part in path.strip("/").split("/"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise IntegrityError(
                f"{quoted(path)}: missing, or a link, which is not read"
            )
        group = group[part]
    return group


def _is_cudnn(
    sets: Sequence[h5py.Dataset],
    number: int,
    names: Sequence[tuple[str, tuple[int, ...]]],
) -> bool:
    """Whether array `number` of an LSTM belongs to a triple in CuDNNLSTM's layout."""
    bias = number - number % 3 + 2
    return bool(sets[bias].shape == (2 * names[bias][1][0],))


def _array(
    place: h5py.Dataset, name: str, shape: tuple[int, ...], *, cudnn: bool
) -> NDArray[np.float32]:
    """One array in the plain layout. Raises `IntegrityError` if it is another's."""
    stored = (2 * shape[0],) if cudnn and len(shape) == 1 else shape
    if not isinstance(place, h5py.Dataset) or place.is_virtual or place.external:
        raise IntegrityError(f"{name}: not an array within the file")
    if place.shape != stored or place.dtype.kind != "f":
        raise IntegrityError(
            f"{name}: {place.shape} of {place.dtype}; expected {stored} of floats: the "
            f"file is for another configuration or vocabulary ({_MEANING})"
        )
    array = np.asarray(place[...], np.float32)
    if not np.isfinite(array).all():
        raise IntegrityError(f"{name}: NaN or infinity; the training had diverged")
    return _plain(array) if cudnn else array


def _plain(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """An array of CuDNNLSTM in the layout of LSTM."""
    if array.ndim == 1:
        return np.add(*np.split(array, 2))
    gates = np.split(array, 4, axis=1)
    return np.concatenate([gate.reshape(gate.shape[::-1]).T for gate in gates], 1)
