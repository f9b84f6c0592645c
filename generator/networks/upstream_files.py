"""textgenrnn's trio of files: weights (HDF5), vocabulary and configuration (JSON).

The vocabulary maps every token to its id, 1 and up without a gap; the configuration
holds the model's settings in upstream's words. Anybody's trained textgenrnn can be
read, and what is written here upstream can load.
"""

from __future__ import annotations

import json
import stat
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from generator import files
from generator.corpora.vocabulary import MARK, Vocabulary
from generator.errors import CorpusError, IntegrityError, quoted
from generator.networks import upstream_weights
from generator.networks.textgenrnn import Settings
from generator.networks.weights import Arrays

LARGEST = 1 << 30
"""Bytes of the largest weight file that is read."""
LARGEST_JSON = 1 << 26
LIMITS = {
    "rnn_layers": 16,
    "rnn_size": 4096,
    "max_length": 10_000,
    "max_words": 10_000_000,
    "dim_embeddings": 4096,
}
"""The largest settings that are read: beyond them a file is taken for damaged."""
_OPTIONAL = {"max_words", "single_text"}


class Trio(NamedTuple):
    """What the three files say."""

    settings: Settings
    vocabulary: Vocabulary
    arrays: Arrays


def read_trio(weights: Path, vocabulary: Path, config: Path) -> Trio:
    """A trained textgenrnn.

    Raises:
        CorpusError: A file is missing, or is not what its name says.
        IntegrityError: It is damaged, or the three do not belong together.
    """
    settings = _settings(_json(config), config)
    tokens = _vocabulary(_json(vocabulary), settings, vocabulary)
    data = read_plain(weights, LARGEST)
    try:
        arrays = upstream_weights.read(data, settings, len(tokens))
    except IntegrityError as error:
        raise IntegrityError(f"{weights}: {error}") from error
    return Trio(settings, tokens, arrays)


def read_package() -> Trio:
    """The character model that comes with textgenrnn."""
    weights, vocabulary = package_files()
    tokens = _vocabulary(_json(vocabulary), Settings(), vocabulary)
    data = read_plain(weights, LARGEST)
    return Trio(
        Settings(), tokens, upstream_weights.read(data, Settings(), len(tokens))
    )


def package_files() -> tuple[Path, Path]:
    """Where the installed textgenrnn keeps its weights and its vocabulary."""
    package = metadata.distribution("textgenrnn")
    names = ("textgenrnn_weights.hdf5", "textgenrnn_vocab.json")
    weights, vocabulary = (
        Path(str(package.locate_file(f"textgenrnn/{name}"))) for name in names
    )
    return weights, vocabulary


def write_trio(
    folder: Path, settings: Settings, vocabulary: Vocabulary, arrays: Arrays, name: str
) -> tuple[Path, Path, Path]:
    """Write the three files as upstream names them; their paths, as `read_trio` wants.

    Raises `ResourceError`.
    """
    config = {**asdict(settings), "name": name}
    data = {
        f"{name}_weights.hdf5": upstream_weights.write(arrays, settings),
        f"{name}_vocab.json": json.dumps(vocabulary.ids).encode(),
        f"{name}_config.json": json.dumps(config).encode(),
    }
    for file, content in data.items():
        files.write(folder / file, content, "a model's file")
    paths = [folder / file for file in data]
    return paths[0], paths[1], paths[2]


def read_plain(path: Path, largest: int) -> bytes:
    """Bytes of a plain file, no link followed. Raises `CorpusError`."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise CorpusError(f"{path}: not a plain file; put the file itself there")
        if about.st_size > largest:
            raise CorpusError(
                f"{path}: {about.st_size:,} bytes; expected at most {largest:,}"
            )
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read: {error.strerror}; expected a file of textgenrnn's"
        ) from error


def _json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises `CorpusError`."""
    try:
        found = json.loads(read_plain(path, LARGEST_JSON).decode())
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path}: not JSON in UTF-8, or cut short") from error
    if not isinstance(found, dict):
        raise CorpusError(f"{path}: expected a JSON object")
    return found


def _settings(found: dict[str, Any], path: Path) -> Settings:
    """The settings of a configuration; what else it holds is upstream's own."""
    known = asdict(Settings())
    missing = sorted(set(known) - set(found) - _OPTIONAL)
    if missing:
        raise CorpusError(
            f"{path}: no {', '.join(missing)}; expected a textgenrnn configuration"
        )
    kept = {name: found[name] for name in known if name in found}
    for name, value in kept.items():
        if type(value) is not type(known[name]) or not (
            isinstance(value, bool) or 1 <= value <= LIMITS[name]
        ):
            wanted = f"1 to {LIMITS[name]:,}" if name in LIMITS else "true or false"
            raise CorpusError(
                f"{path}: {name} is {quoted(repr(value))}; expected {wanted}"
            )
    return Settings(**kept)


def _vocabulary(found: dict[str, Any], settings: Settings, path: Path) -> Vocabulary:
    """The vocabulary of a file, whose ids must have no gap. Raises `IntegrityError`."""
    ids = list(found.values())
    if not ids or any(type(index) is not int for index in ids):
        raise CorpusError(f"{path}: expected a JSON object from tokens to ids")
    if sorted(ids) != list(range(1, len(ids) + 1)):
        raise IntegrityError(
            f"{path}: ids are not 1 to {len(ids):,}, each once; a token may be lost: "
            "copy the file again"
        )
    mark = MARK if MARK in found else None
    if mark is None and not settings.single_text:
        raise IntegrityError(
            f'{path}: no token "{MARK}"; expected it, as texts are opened by it'
        )
    tokens = tuple(sorted(found, key=lambda token: found[token]))
    return Vocabulary(tokens, settings.word_level, mark)
