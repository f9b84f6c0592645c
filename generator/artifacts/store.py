"""Artifacts on disk: written whole, verified on every read.

An artifact is `artifacts/<name>.json`: one line with the SHA-256 of all that follows,
then the head, then one field a line. Arrays too large to be read by people are beside
it in `<name>.npz`, whose hash is in the head. What does not match its hash is never
returned, links are never followed, JSON is read strictly, and nothing is unpickled.

The side file is written first. A kill between the two leaves an old head, whose key is
then stale, or whose side file is refused: never a mix that passes for an artifact.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol

from generator.artifacts import ARTIFACTS, FIRST_SCHEMA, SCHEMA, Artifact
from generator.artifacts.base import ArtifactHead as ArtifactHead
from generator.artifacts.base import Provenance as Provenance
from generator.artifacts.migrations import RawArtifact, is_migratable, migrate_artifact
from generator.core import files
from generator.core.errors import (
    IntegrityError,
    MissingArtifactError,
    ResourceError,
    quote_text,
)
from generator.core.invocation import format_command
from generator.core.serialize import (
    Arrays,
    MalformedDataError,
    decode_value,
    encode_value,
    pack_arrays,
    unpack_arrays,
)

FIRST_LINE = re.compile(rb'\{"sha256": "([0-9a-f]{64})",\n')
SIZE_LIMIT = 1 << 29
"""Bytes of one artifact file at most (512 MB)."""


def seal_content(top: Mapping[str, Any], content: Mapping[str, Any]) -> bytes:
    """Return the bytes of an artifact's file: a hash, then one field a line.

    Args:
        top: Fields of the head, as plain JSON.
        content: Fields of the artifact, as plain JSON.
    """
    lines = [f'"{name}": {_format_line(value)},' for name, value in top.items()]
    body = ",\n".join(
        f'"{name}": {_format_line(value)}' for name, value in content.items()
    )
    rest = "\n".join([*lines, '"content": {', body, "}}"]) + "\n"
    data = rest.encode()
    return f'{{"sha256": "{files.digest(data)}",\n'.encode() + data


def _format_line(value: object) -> str:
    # Lone surrogates have no UTF-8; escaped, they still read back as they were.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return re.sub("[\ud800-\udfff\x7f-\x9f\u2028\u2029]", _escape_match, text)


def _escape_match(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def read_verified_bytes(path: Path, depth: int = files.ARTIFACT_DEPTH) -> bytes:
    """Return a file's bytes, which match the hash on their first line.

    Args:
        path: The file.
        depth: How many folders above it the project's is.

    Raises:
        MissingArtifactError: There is no such file.
        IntegrityError: The file is damaged, or a part of its path is a link.
        ResourceError: The system refuses.
    """
    data = _read_bytes(path, depth)
    first = FIRST_LINE.match(data)
    if first is None:
        raise_damaged(path, "its first line is not a hash")
    if files.digest(data[first.end() :]) != first[1].decode():
        raise_damaged(path, "its hash does not match")
    return data


def parse_artifact(path: Path, data: bytes) -> dict[str, Any]:
    """Return the fields of an artifact's file, read as strict JSON.

    Args:
        path: The file, for messages.
        data: Its bytes.

    Raises:
        IntegrityError: The bytes are no JSON object, or hold a number that is not
            finite.
    """
    try:
        fields = files.parse_strict_json(data.decode("utf-8"))
    except ValueError as error:
        raise_damaged(path, str(error))
    if not isinstance(fields, dict):
        raise_damaged(path, "it is not a map")
    return fields


def read_side_file(path: Path, expected: object) -> bytes:
    """Return the bytes of an artifact's side file, which match their hash.

    Args:
        path: The artifact's own file.
        expected: SHA-256 of the side file, as the head has it.

    Raises:
        IntegrityError: The side file is missing or damaged.
        ResourceError: The system refuses.
    """
    beside = path.with_suffix(".npz")
    try:
        data = _read_bytes(beside)
    except MissingArtifactError:
        raise_damaged(path, f"{beside.name} is missing")
    if files.digest(data) != expected:
        raise_damaged(beside, "its hash does not match")
    return data


def _read_bytes(path: Path, depth: int = files.ARTIFACT_DEPTH) -> bytes:
    project = files.find_project_of(path, depth)
    try:
        with (
            files.open_folder(path.parent, project) as folder,
            folder.open_file(path.name) as file,
        ):
            if os.fstat(file.fileno()).st_size > SIZE_LIMIT:
                raise_damaged(path, "it is not a file of ours")
            return file.read()
    except FileNotFoundError as error:
        raise MissingArtifactError(
            f"{path}: artifact {path.stem} was never collected; "
            f"run: {format_command('collect')}"
        ) from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EINVAL):
            raise_damaged(path, str(error.strerror))
        raise ResourceError(f"{path}: cannot be read: {error.strerror}") from error


class DamagedArtifactError(IntegrityError):
    """A file of an artifact is not what this program writes."""

    reason = ""
    """What is wrong with it, without its place and what to do."""


def raise_damaged(path: Path, reason: str) -> NoReturn:
    """Raise the error for a damaged artifact, which says what to do.

    Args:
        path: The artifact's file.
        reason: What is wrong with it.

    Raises:
        DamagedArtifactError: Always.
    """
    error = DamagedArtifactError(
        f"{path}: artifact {path.stem} is damaged: {reason}; "
        f"run: {format_command('collect')}"
    )
    error.reason = reason if path.suffix == ".json" else f"{path.name}: {reason}"
    raise error


HEAD_FIELDS = ["sha256", "kind", "schema", "key", "made", "npz", "content"]
"""Fields of an artifact's file, in this order."""
OLDER_SCHEMA = "written in an older format, which cannot be read any more"
"""Why an artifact of a schema without a migration is outdated."""


CHANGED = "its settings or what it was made from changed"
"""Why an artifact with another key is stale."""


@dataclass(frozen=True)
class StoredArtifact:
    """An artifact as it was read back, verified."""

    artifact: Artifact
    head: ArtifactHead


UnreadableSchema = Literal["outdated", "newer"]
"""Why an artifact that is sound cannot be read."""


@dataclass(frozen=True, slots=True)
class ArtifactState:
    """Whether an artifact can be used as it is, and the reason where it cannot."""

    word: Literal[
        "fresh",
        "stale",
        "older",
        "outdated",
        "newer",
        "missing",
        "damaged",
        "unknown",
    ]
    """`older` is what an older version of a method or a model gave, all else being
    equal; `outdated` and `newer` are of schemas that this version cannot read."""
    reason: str = ""
    expected: bool = False
    """Whether it is stale too, as where a run ended between the artifact's two files;
    the next one collects it again."""


class HasFolder(Protocol):
    """Anything with a folder of its own; a `Study` has one."""

    @property
    def folder(self) -> Path:
        """The folder."""
        ...


def artifact_path(study: HasFolder, name: str) -> Path:
    """Return the path of an artifact's file.

    Args:
        study: The study it belongs to.
        name: The artifact's name.
    """
    return study.folder / "artifacts" / f"{name}.json"


def find_artifact_kind(artifact: Artifact) -> str:
    """Return the word for an artifact's class, its key in `ARTIFACTS`.

    Args:
        artifact: The artifact.
    """
    return next(kind for kind, of in ARTIFACTS.items() if of is type(artifact))


@dataclass(frozen=True)
class PackedArtifact:
    """The bytes of an artifact's file, and of its side file where it has one."""

    json: bytes
    npz: bytes | None


def pack_artifact(path: Path, artifact: Artifact, head: ArtifactHead) -> PackedArtifact:
    """Return the bytes of an artifact's files; the same artifact gives the same ones.

    Args:
        path: The artifact's file, for messages.
        artifact: The artifact.
        head: What its file says before its content.

    Raises:
        IntegrityError: A number is infinite.
    """
    large: Arrays = {}
    try:
        content = encode_value(artifact, ARTIFACTS[head.kind], large)
    except (ValueError, OverflowError) as error:
        raise IntegrityError(f"{path}: artifact cannot be kept: {error}") from error
    packed = pack_arrays(large) if large else None
    top = encode_value(head, ArtifactHead, {}) | {
        "npz": files.digest(packed) if packed else None
    }
    return PackedArtifact(seal_content(top, content), packed)


def write_artifact(path: Path, packed: PackedArtifact) -> None:
    """Write an artifact's files atomically, the side file first.

    Args:
        path: The artifact's file.
        packed: The bytes.

    Raises:
        IntegrityError: The folder is a link.
        ResourceError: The system refuses.
    """
    if path.parent.is_symlink():
        raise IntegrityError(f"{path.parent}: is a link; links are not followed")
    # Not even the study's folder may have become a link since the build began.
    project = files.find_project_of(path, files.ARTIFACT_DEPTH)
    what = f"artifact {path.stem}"
    if packed.npz is not None:
        files.write(path.with_suffix(".npz"), packed.npz, what, project)
    else:
        files.remove(path.with_suffix(".npz"), project)
    files.write(path, packed.json, what, project)


def load_artifact(path: Path) -> StoredArtifact:
    """Return the artifact in a file.

    Args:
        path: The artifact's file.

    Raises:
        MissingArtifactError: There is no such file.
        OlderSchemaError: It is of a schema that no migration leads away from.
        NewerSchemaError: It was written by a newer version.
        IntegrityError: The file is damaged.
        ResourceError: The system refuses.
    """
    text = read_verified_bytes(path)
    if text in _DECODED:
        stored, npz = _DECODED[text]
        if npz is not None:
            read_side_file(path, npz)
        return stored
    data = parse_artifact(path, text)
    schema = _check_schema(path, data)
    arrays = {} if data.get("npz") is None else _load_arrays(path, data["npz"])
    raw = RawArtifact(data, arrays)
    if schema < SCHEMA:
        raw = _migrate(path, raw, schema)
    head = _parse_head(path, raw.fields)
    try:
        artifact = decode_value(raw.fields["content"], ARTIFACTS[head.kind], raw.arrays)
    except (MalformedDataError, OverflowError) as error:
        raise_damaged(path, str(error))
    # The schema and the key of a migrated artifact are those of its file.
    stored = StoredArtifact(artifact, replace(head, schema=schema))
    _VERIFIED.add(data["sha256"])
    _DECODED[text] = (stored, data["npz"])
    while len(_DECODED) > MOST:
        del _DECODED[next(iter(_DECODED))]
    return stored


def _migrate(path: Path, raw: RawArtifact, schema: int) -> RawArtifact:
    """Return an artifact of an older schema as one of the present one.

    Raises:
        OlderSchemaError: There is no migration from its schema.
        IntegrityError: The file is not what its schema writes.
    """
    if not is_migratable(schema):
        raise OlderSchemaError(
            f"{path}: artifact {path.stem} was {OLDER_SCHEMA} (schema {schema}, "
            f"known: {SCHEMA}); run: {format_command('collect')}"
        )
    try:
        return migrate_artifact(raw, schema)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise_damaged(path, f"it is not as schema {schema} writes it: {error}")


def read_artifact_state(
    path: Path,
    key: str | None,
    older_key: Callable[[int], str | None] | None = None,
) -> ArtifactState:
    """Return whether an artifact is the one that a key expects.

    Args:
        path: The artifact's file.
        key: The key that it should have; None where its corpus is not at hand, and then
            a sound artifact is "unknown".
        older_key: Gives the key that it should have if its file is of an older schema,
            which its key tells too; None where that is not known.

    Raises:
        ResourceError: The system refuses.
    """
    try:
        return _compare_artifact(path, key, older_key)
    except MissingArtifactError:
        return ArtifactState("missing", "never collected")
    except NewerSchemaError as error:
        return ArtifactState("newer", error.reason)
    except DamagedArtifactError as error:
        return ArtifactState("damaged", error.reason)


def _compare_artifact(
    path: Path, key: str | None, older_key: Callable[[int], str | None] | None
) -> ArtifactState:
    """Return the state of an artifact whose files are sound.

    Raises:
        StudyError: They are not, are missing, or were written by a newer version.
    """
    data = parse_artifact(path, read_verified_bytes(path))
    schema = _check_schema(path, data)
    if schema == SCHEMA:
        _parse_head(path, data)
    elif key is not None:
        key = older_key(schema) if older_key else None
    if data.get("npz") is not None:
        try:
            read_side_file(path, data["npz"])
        except DamagedArtifactError as error:
            if key is None or data.get("key") == key:
                raise
            return ArtifactState("damaged", error.reason, expected=True)
    # Before what cannot be read: its file is published as it is.
    if key is not None and data.get("key") != key:
        return ArtifactState("stale", CHANGED)
    if not is_migratable(schema):
        return ArtifactState("outdated", OLDER_SCHEMA)
    _require_sound(path, data)
    if key is None:
        return ArtifactState("unknown", "its corpus is not at hand to compare with")
    return ArtifactState("fresh")


def _require_sound(path: Path, data: dict[str, Any]) -> None:
    """Raise unless the artifact can be loaded, decoding each content once."""
    if data["sha256"] not in _VERIFIED:
        load_artifact(path)
    elif data["npz"] is not None:
        _load_arrays(path, data["npz"])


class NewerSchemaError(IntegrityError):
    """An artifact of a schema that this version does not know yet."""

    reason = ""
    """What it is, and what to do."""


class OlderSchemaError(MissingArtifactError):
    """An artifact of a schema that no migration leads away from: as good as missing."""


def _check_schema(path: Path, data: dict[str, Any]) -> int:
    """Return an artifact's schema.

    Raises:
        NewerSchemaError: This version does not know it yet.
        IntegrityError: The file says none that ever was.
    """
    schema = data.get("schema")
    if type(schema) is not int or schema < FIRST_SCHEMA:
        shown = quote_text(json.dumps(schema), 20)[1:-1]
        raise_damaged(path, f"its schema is {shown}, which no version writes")
    if schema > SCHEMA:
        shown = quote_text(schema, 20)[1:-1]
        reason = (
            f"collected by a newer version of this program (schema {shown}, known: "
            f"{SCHEMA}); upgrade the program, or remove the file to collect it again"
        )
        error = NewerSchemaError(f"{path}: artifact {path.stem} was {reason}")
        error.reason = reason
        raise error
    return schema


def _parse_head(path: Path, data: dict[str, Any]) -> ArtifactHead:
    try:
        if list(data) != HEAD_FIELDS or data["kind"] not in ARTIFACTS:
            raise_damaged(path, "its head is not one of an artifact")
        head = {name: data[name] for name in HEAD_FIELDS[1:5]}
        parsed: ArtifactHead = decode_value(head, ArtifactHead, {})
    except (MalformedDataError, TypeError, OverflowError) as error:
        raise_damaged(path, str(error))
    return parsed


def _load_arrays(path: Path, expected: object) -> Arrays:
    try:
        return unpack_arrays(read_side_file(path, expected))
    except MalformedDataError as error:
        raise_damaged(path.with_suffix(".npz"), str(error))


_VERIFIED: set[str] = set()
"""Hashes of contents that this process has decoded."""
_DECODED: dict[bytes, tuple[StoredArtifact, str | None]] = {}
"""The last files read, as they were decoded, with the hash of their side files."""
MOST = 512
"""Decoded artifacts that stay in memory: those of some 25 studies."""
