"""textgenrnn's configuration and vocabulary, as its JSON files say them.

Beside its weights, textgenrnn saves two files of JSON: a configuration, which holds the
settings of the network, and a vocabulary, which maps every token to its id, 1 and up
without a gap. Where it goes on from its own weights it saves neither: then the
vocabulary is that of its package, and the settings are its defaults.

Read here, without TensorFlow, so that a study file is checked against them before
anything is trained. Files may come from anybody: what is not as upstream writes it is
refused, with its line and column.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Any

from generator.core.errors import CorpusError, IntegrityError, quote_text
from generator.core.files import open_regular_file
from generator.corpora.tokenization import MARK, Vocabulary


@dataclass(frozen=True, slots=True)
class TextGenRnnSettings:
    """The settings that decide the network's shape, named as upstream's."""

    word_level: bool = False
    rnn_layers: int = 2
    rnn_size: int = 128
    rnn_bidirectional: bool = False
    max_length: int = 40
    max_words: int = 10000
    dim_embeddings: int = 100
    single_text: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """The channels of each part of a slot: the embedding, then every layer."""
        layer = self.rnn_size * (2 if self.rnn_bidirectional else 1)
        return (self.dim_embeddings, *([layer] * self.rnn_layers))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts of a slot, in the order of `widths`."""
        return ("embedding", *(f"layer {i + 1}" for i in range(self.rnn_layers)))


SHAPE_SETTINGS = tuple(field.name for field in fields(TextGenRnnSettings))
"""The settings that belong to trained weights."""
LIMITS = {
    "rnn_layers": 16,
    "rnn_size": 4096,
    "max_length": 10_000,
    "max_words": 10_000_000,
    "dim_embeddings": 4096,
}
"""The largest settings that are read: beyond them a file is taken for damaged."""
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
LFS_POINTER = b"version https://git-lfs"
_USER_BLOCK = 512
"""Bytes that another program may have put before a file of HDF5."""
LARGEST_JSON = 1 << 26
"""Bytes of the largest file of JSON that is read."""
DEFAULTS = "textgenrnn's default settings, as no config is named"
"""What messages call the settings of weights without a configuration."""
SPACE = " "
_OPTIONAL = {"max_words", "single_text"}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)

Pairs = Sequence[tuple[str, Any]]


def find_package_files() -> tuple[Path, Path]:
    """Return where the installed textgenrnn keeps its weights and its vocabulary."""
    package = metadata.distribution("textgenrnn")
    names = ("textgenrnn_weights.hdf5", "textgenrnn_vocab.json")
    weights, vocabulary = (
        Path(str(package.locate_file(f"textgenrnn/{name}"))) for name in names
    )
    return weights, vocabulary


def read_settings(path: Path | None) -> TextGenRnnSettings:
    """Read a configuration; what else it holds is upstream's own.

    Args:
        path: The configuration's file; None for the default settings.

    Returns:
        The settings of the network.

    Raises:
        CorpusError: The file is no configuration, or a setting is out of range.
    """
    if path is None:
        return TextGenRnnSettings()
    text, pairs = _read_object(path)
    found, known = dict(pairs), asdict(TextGenRnnSettings())
    names = [name for name, _ in pairs]
    for number, (name, value) in enumerate(pairs):
        first = names.index(name)
        if name in known and first < number and pairs[first][1] != value:
            place = _find_place(text, _find_setting(name), 1)
            raise CorpusError(
                f"{path.name}:{place}: {name} stands twice, as "
                f"{_format_json(pairs[first][1])} and as {_format_json(value)}; keep "
                "the one that the weights were trained with"
            )
    missing = sorted(set(known) - set(found) - _OPTIONAL)
    if missing:
        raise CorpusError(
            f"{path.name}: no {', '.join(missing)}; expected a configuration as "
            "textgenrnn saves it, in a file that ends in _config.json"
        )
    values = {name: found[name] for name in known if name in found}
    for name, value in values.items():
        if type(value) is not type(known[name]) or not (
            isinstance(value, bool) or 1 <= value <= LIMITS[name]
        ):
            wanted = f"1 to {LIMITS[name]:,}" if name in LIMITS else "true or false"
            raise CorpusError(
                f"{path.name}:{_find_place(text, _find_setting(name), 0)}: {name} is "
                f"{quote_text(_format_json(value))}; expected {wanted}"
            )
    return TextGenRnnSettings(**values)


def read_vocabulary(
    path: Path | None, settings: TextGenRnnSettings, config: Path | None
) -> Vocabulary:
    """Read a vocabulary.

    Args:
        path: The vocabulary's file; None for the package's.
        settings: The settings that go with it.
        config: Where these settings were read; None for the default ones.

    Returns:
        The tokens in the order of their ids.

    Raises:
        CorpusError: The file does not map tokens to ids, or its tokens are not of the
            level that the configuration says.
        IntegrityError: A token or an id stands twice, an id is missing, or the mark
            that opens texts is.
    """
    path = path or find_package_files()[1]
    text, pairs = _read_object(path)
    for number, (token, index) in enumerate(pairs):
        if type(index) is not int:
            raise CorpusError(
                f"{path.name}:{_find_place(text, _STRING, number)}: token "
                f"{quote_text(token)} has the id {quote_text(_format_json(index))}; "
                "expected a JSON object from tokens to whole numbers"
            )
    if not pairs:
        raise CorpusError(f"{path.name}: no token; expected a JSON object with ids")
    _check_ids(text, pairs, path)
    _check_level(text, pairs, settings, path, config)
    ids = dict(pairs)
    mark = None if settings.single_text else MARK
    if mark is not None and mark not in ids:
        raise IntegrityError(
            f'{path.name}: no token "{MARK}", which opens texts where single_text is '
            f"false ({_describe_source(config, 'single_text')}); one of the two is "
            "of another model"
        )
    tokens = tuple(sorted(ids, key=lambda token: ids[token]))
    return Vocabulary(tokens, settings.word_level, mark)


def _check_ids(text: str, pairs: Pairs, path: Path) -> None:
    """Refuse a vocabulary whose ids are not 1 and up, each of one token.

    Raises:
        IntegrityError: A token or an id stands twice, or an id is missing.
    """
    first_of_token: dict[str, int] = {}
    first_of_id: dict[int, str] = {}
    for number, (token, index) in enumerate(pairs):
        if token in first_of_token:
            earlier = pairs[first_of_token[token]][1]
            problem = (
                f"token {quote_text(token)} stands twice, with the ids {earlier} and "
                f"{index}; a reader of JSON keeps the last, and id {earlier} would "
                "have no token: take out the wrong one, or copy the file again"
            )
        elif index in first_of_id:
            problem = (
                f"id {index} is of two tokens, {quote_text(first_of_id[index])} and "
                f"{quote_text(token)}; expected one token an id: copy the file again"
            )
        elif index < 1:
            problem = (
                f"token {quote_text(token)} has the id {index}; expected 1 or more, "
                "as 0 is padding's: copy the file again"
            )
        else:
            first_of_token[token], first_of_id[index] = number, token
            continue
        place = _find_place(text, _STRING, number)
        raise IntegrityError(f"{path.name}:{place}: {problem}")
    last = max(first_of_id)
    if last == len(first_of_id):
        return
    gap = next(index for index in range(1, last) if index not in first_of_id)
    beyond = min(index for index in first_of_id if index > gap)
    token = first_of_id[beyond]
    place = _find_place(text, _STRING, first_of_token[token])
    raise IntegrityError(
        f"{path.name}:{place}: no token has the id {gap}, and {quote_text(token)} has "
        f"{beyond}; ids go from 1 up without a gap, so a token is lost: copy the file "
        "again"
    )


def _check_level(
    text: str,
    pairs: Pairs,
    settings: TextGenRnnSettings,
    path: Path,
    config: Path | None,
) -> None:
    """Refuse words where the settings say characters, and the other way round.

    A character's token is one character long, and a word's holds no space, as words are
    what spaces part; so a token of the other level cannot be met in any text.

    Raises:
        CorpusError: The vocabulary and the configuration disagree.
    """
    level = settings.word_level
    other = [
        number
        for number, (token, _) in enumerate(pairs)
        if (token == SPACE if level else len(token) > 1 and token != MARK)
    ]
    if not other:
        return
    tokens = len(pairs) - (MARK in dict(pairs))
    token = pairs[other[0]][0]
    count = "" if level else f" ({len(other):,} of {tokens:,} are)"
    kind = "a space" if level else "longer than one character"
    place = _find_place(text, _STRING, other[0])
    said, other_level = ("true", "false") if level else ("false", "true")
    fix = "name the vocabulary and the config that were saved with the weights"
    if config:
        fix = f"set word_level to {other_level} in {config.name}, or {fix}"
    raise CorpusError(
        f"{path.name}:{place}: token {quote_text(token)} is {kind}{count}, so this is "
        f"a vocabulary of {'characters' if level else 'words'}; but word_level is "
        f"{said} ({_describe_source(config, 'word_level')}): {fix}"
    )


def _describe_source(config: Path | None, name: str) -> str:
    """Describe where a setting was read, as `file:line:column`."""
    if config is None:
        return DEFAULTS
    text = _read_text(config)
    if not _find_setting(name).search(text):
        return f"{config.name} leaves it out"
    return f"{config.name}:{_find_place(text, _find_setting(name), 0)}"


def _find_setting(name: str) -> re.Pattern[str]:
    return re.compile(f'"{name}"\\s*:')


def _find_place(text: str, pattern: re.Pattern[str], number: int) -> str:
    """Return the place of a match, counted from 0, as `line:column`, both from 1."""
    start = 0
    for count, match in enumerate(pattern.finditer(text)):
        if count == number:
            start = match.start()
            break
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return f"{line}:{column}"


def check_signature(path: Path) -> None:
    """Check that a weight file begins as HDF5 does; its arrays are not read.

    Args:
        path: The weight file.

    Raises:
        CorpusError: It begins otherwise, or cannot be read.
    """
    with _name_file(path), open_regular_file(path) as file:
        begin = file.read(_USER_BLOCK + len(HDF5_SIGNATURE))
    if begin.startswith(LFS_POINTER):
        raise CorpusError(
            f"{path.name}: a pointer of Git LFS, and not the weights; run: git lfs pull"
        )
    if HDF5_SIGNATURE not in {begin[:8], begin[_USER_BLOCK:]}:
        raise CorpusError(
            f"{path.name}: no HDF5 file, or cut short; expected weights as textgenrnn "
            "saves them, in a file that ends in _weights.hdf5"
        )


def read_plain(path: Path, largest: int) -> bytes:
    """Return the bytes of a plain file, following no link.

    Args:
        path: The file.
        largest: Bytes of the largest file that is read.

    Raises:
        CorpusError: The path is no plain file, too large, or cannot be read.
    """
    with _name_file(path), open_regular_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > largest:
            raise CorpusError(
                f"{path.name}: {size:,} bytes; expected at most {largest:,}"
            )
        return file.read()


@contextmanager
def _name_file(path: Path) -> Iterator[None]:
    """Name the file in an error of the system.

    Raises:
        CorpusError: It cannot be read.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ELOOP):
            raise CorpusError(
                f"{path.name}: not a plain file; put the file itself there"
            ) from error
        raise CorpusError(
            f"{path.name}: cannot be read: {error.strerror}; expected a file of "
            "textgenrnn's"
        ) from error


def _read_text(path: Path) -> str:
    """Return the text of a file of JSON.

    Raises:
        CorpusError: It cannot be read, or is not UTF-8.
    """
    try:
        return read_plain(path, LARGEST_JSON).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path.name}: not UTF-8 at byte {error.start + 1}; expected a file of "
            "JSON, as textgenrnn saves it"
        ) from error


def _read_object(path: Path) -> tuple[str, Pairs]:
    """Return the text of a file and the pairs of the JSON object in it, as written.

    Raises:
        CorpusError: The file holds no JSON object.
    """
    text = _read_text(path)
    try:
        value = json.loads(text, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise CorpusError(
            f"{path.name}:{error.lineno}:{error.colno}: not JSON, or cut short: "
            f"{error.msg}; copy the file again"
        ) from error
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path.name}: not JSON as textgenrnn saves it") from error
    if not isinstance(value, _Pairs):
        raise CorpusError(
            f"{path.name}: {quote_text(_format_json(value))}; expected a JSON object"
        )
    return text, value


class _Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, repeated keys too."""


def _format_json(value: object) -> str:
    if isinstance(value, Mapping | list):
        return "a list" if not isinstance(value, _Pairs) else "an object"
    return json.dumps(value, ensure_ascii=False)
