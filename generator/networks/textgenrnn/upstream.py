"""textgenrnn's trio of files: weights (HDF5), vocabulary and configuration (JSON).

Anybody's trained textgenrnn can be read, and what is written here upstream can load.
`models.textgenrnn_files` reads the two files of JSON, this module the weights.

A weight file holds a group for every layer, whose attribute `weight_names` lists its
arrays in order. LSTMs come in two layouts:

* plain: kernels (inputs, 4 units) and (units, 4 units), bias (4 units);
* that of CuDNNLSTM, in which upstream's own weights are: each gate's kernel is stored
  transposed, though in the same shape, and the bias has 8 units, whose two halves add.

The gates are input, forget, cell, output in both.

Files may come from anybody, so they are read with suspicion. Nothing outside a file is
read: links to other files, virtual arrays and arrays kept elsewhere are refused, and an
array is read only after its shape was found right.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from generator.core.errors import IntegrityError, quote_text
from generator.corpora.tokenization import Vocabulary
from generator.models.textgenrnn_files import (
    TextGenRnnSettings,
    find_package_files,
    read_plain,
    read_settings,
    read_vocabulary,
)
from generator.networks.parameters import Arrays, Shapes
from generator.networks.textgenrnn.network import textgenrnn_shapes

_HDF5_ERRORS = (
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


def read_weights(data: bytes, settings: TextGenRnnSettings, vocabulary: int) -> Arrays:
    """Read the arrays of a weight file.

    Args:
        data: The bytes of the file.
        settings: The settings of the network.
        vocabulary: How many ids there are, 0 included.

    Returns:
        The arrays in the order and layout of `textgenrnn_shapes`.

    Raises:
        IntegrityError: The file is damaged, or for another network.
    """
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            whole = "model_weights" in file
            root = _find_inside(file, "model_weights") if whole else file
            return _read_network(root, textgenrnn_shapes(settings, vocabulary))
    except _HDF5_ERRORS as error:
        raise IntegrityError(
            f"damaged or no HDF5 file ({type(error).__name__}); copy it again"
        ) from error


def encode_weights(
    arrays: Sequence[NDArray[np.float32]], settings: TextGenRnnSettings
) -> bytes:
    """Encode a weight file that upstream loads: the same bytes for the same weights.

    Args:
        arrays: The arrays in the order of `textgenrnn_shapes`.
        settings: The settings of the network.

    Returns:
        The bytes of the file.
    """
    wanted = textgenrnn_shapes(settings, len(arrays[0]))
    layers = ["input", *_list_layers(wanted)]
    layers.insert(-2, "rnn_concat")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.1.5"
        for layer in layers:
            group = file.create_group(layer)
            places = [
                i for i, (name, _) in enumerate(wanted) if _find_layer(name) == layer
            ]
            names = [f"{wanted[i][0]}:0".encode() for i in places]
            group.attrs["weight_names"] = np.array(names, "S")
            for place, name in zip(places, names, strict=True):
                group.create_dataset(name.decode(), data=arrays[place])
    return buffer.getvalue()


def _find_layer(name: str) -> str:
    return name.split("/", 1)[0]


def _list_layers(wanted: Shapes) -> list[str]:
    return list(dict.fromkeys(_find_layer(name) for name, _ in wanted))


def _read_network(root: h5py.Group, wanted: Shapes) -> Arrays:
    arrays: Arrays = []
    for layer in _list_layers(wanted):
        names = [(name, shape) for name, shape in wanted if _find_layer(name) == layer]
        sets = _list_datasets(root, layer)
        if len(sets) != len(names):
            raise IntegrityError(
                f"layer {layer}: {len(sets)} arrays; expected {len(names)}: the file "
                "is for a network of another configuration"
            )
        for number, (place, (name, shape)) in enumerate(zip(sets, names, strict=True)):
            cudnn = layer.startswith("rnn") and _is_cudnn(sets, number, names)
            arrays.append(_read_array(place, name, shape, cudnn=cudnn))
    return arrays


def _list_datasets(root: h5py.Group, layer: str) -> list[h5py.Dataset]:
    """Return the arrays of a layer, not read yet.

    Raises:
        IntegrityError: The layer is missing, or holds a link.
    """
    if layer not in root:
        raise IntegrityError(
            f"no layer {quote_text(layer)}; expected a weight file of textgenrnn for "
            f"this "
            "configuration"
        )
    group = _find_inside(root, layer)
    names = [
        name.decode() if isinstance(name, bytes) else str(name)
        for name in group.attrs["weight_names"]
    ]
    return [_find_inside(group, name) for name in names]


def _find_inside(group: h5py.Group, path: str) -> h5py.Group | h5py.Dataset:
    """Return what lies at `path`, reached by hard links alone.

    Raises:
        IntegrityError: The path is missing, or a link.
    """
    for part in path.strip("/").split("/"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise IntegrityError(
                f"{quote_text(path)}: missing, or a link, which is not read"
            )
        group = group[part]
    return group


def _is_cudnn(
    sets: Sequence[h5py.Dataset],
    number: int,
    names: Sequence[tuple[str, tuple[int, ...]]],
) -> bool:
    """Return whether array `number` of an LSTM is of a triple in CuDNNLSTM's layout."""
    bias = number - number % 3 + 2
    return bool(sets[bias].shape == (2 * names[bias][1][0],))


def _read_array(
    place: h5py.Dataset, name: str, shape: tuple[int, ...], *, cudnn: bool
) -> NDArray[np.float32]:
    """Return one array in the plain layout.

    Raises:
        IntegrityError: The array is of another shape or type, or not finite.
    """
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
    return _convert_cudnn(array) if cudnn else array


def _convert_cudnn(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert an array of CuDNNLSTM to the layout of LSTM."""
    if array.ndim == 1:
        return np.add(*np.split(array, 2))
    gates = np.split(array, 4, axis=1)
    return np.concatenate([gate.reshape(gate.shape[::-1]).T for gate in gates], 1)


LARGEST = 1 << 30
"""Bytes of the largest weight file that is read."""


class UpstreamFiles(NamedTuple):
    """The contents of the three files."""

    settings: TextGenRnnSettings
    vocabulary: Vocabulary
    arrays: Arrays


def read_upstream_files(
    weights: Path, vocabulary: Path | None = None, config: Path | None = None
) -> UpstreamFiles:
    """Read a trained textgenrnn.

    Args:
        weights: The weight file.
        vocabulary: The vocabulary's file; None for the package's.
        config: The configuration's file; None for the default settings.

    Raises:
        CorpusError: A file is missing, or is not what its name says.
        IntegrityError: A file is damaged, or the three do not belong together.
    """
    settings = read_settings(config)
    tokens = read_vocabulary(vocabulary, settings, config)
    data = read_plain(weights, LARGEST)
    try:
        arrays = read_weights(data, settings, len(tokens))
    except IntegrityError as error:
        absent = [
            name
            for name, path in (("vocabulary", vocabulary), ("config", config))
            if path is None
        ]
        hint = (
            f"; read with textgenrnn's own {' and '.join(absent)}, as none is named: "
            "if the model has others, name them"
            if absent
            else ""
        )
        raise IntegrityError(f"{weights.name}: {error}{hint}") from error
    return UpstreamFiles(settings, tokens, arrays)


def read_packaged_model() -> UpstreamFiles:
    """Read the character model that comes with textgenrnn."""
    return read_upstream_files(find_package_files()[0])


def encode_upstream_files(
    settings: TextGenRnnSettings, vocabulary: Vocabulary, arrays: Arrays, name: str
) -> dict[str, bytes]:
    """Encode the three files as upstream names them.

    Args:
        settings: The settings of the network.
        vocabulary: Its tokens.
        arrays: Its arrays, in the order of `textgenrnn_shapes`.
        name: What the files' names begin with.

    Returns:
        The bytes of each file by its name, in the order that `read_upstream_files`
        takes them in.
    """
    config = {**asdict(settings), "name": name}
    return {
        f"{name}_weights.hdf5": encode_weights(arrays, settings),
        f"{name}_vocab.json": json.dumps(vocabulary.ids).encode(),
        f"{name}_config.json": json.dumps(config).encode(),
    }
