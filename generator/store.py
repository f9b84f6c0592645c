"""Artifacts on disk: saved whole, verified on every read.

An artifact is `artifacts/<name>.json`: one line with the SHA-256 of all that follows,
then the head, then one field a line. Arrays too large to be read by people are beside
it in `<name>.npz`, whose hash is in the head. What does not match its hash is never
handed out, links are never followed, and nothing is unpickled.

The side file is written first. A kill between the two leaves an old head, whose key is
then stale, or whose side file is refused: never a mix that passes for an artifact.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from generator import files
from generator.arrays import pack, unpack
from generator.artifacts import ARTIFACTS, SCHEMA, Artifact
from generator.codec import Arrays, Malformed, encode
from generator.decoding import decode
from generator.errors import IntegrityError, MissingArtifactError
from generator.provenance import Head as Head
from generator.provenance import Provenance as Provenance
from generator.sealed import damaged, parsed, sealed, side, verified

NAMES = ["sha256", "kind", "schema", "key", "made", "npz", "content"]
"""What an artifact's file says, in this order."""
OLDER = "written by an older version"
"""Why an artifact of an older schema is stale."""


@dataclass(frozen=True)
class Stored:
    """An artifact as read back, verified."""

    artifact: Artifact
    head: Head


@dataclass(frozen=True, slots=True)
class State:
    """Whether an artifact can be used as it is, and why not."""

    word: Literal["fresh", "stale", "missing", "damaged", "unknown"]
    reason: str = ""


class InFolder(Protocol):
    """Anything kept in a folder; a `Study` is."""

    @property
    def folder(self) -> Path:
        """Where it is."""
        ...


def artifact_path(study: InFolder, name: str) -> Path:
    """Where the artifact `name` of a study is kept."""
    return study.folder / "artifacts" / f"{name}.json"


def kind_of(artifact: Artifact) -> str:
    """The word for an artifact's class."""
    return next(kind for kind, of in ARTIFACTS.items() if of is type(artifact))


def save(path: Path, artifact: Artifact, head: Head) -> None:
    """Write an artifact, atomically; the same artifact gives the same bytes.

    Raises `ResourceError` if the system refuses, `IntegrityError` for a folder that is
    a link and for numbers that are infinite.
    """
    if path.parent.is_symlink():
        raise IntegrityError(f"{path.parent}: is a link; links are not followed")
    large: Arrays = {}
    try:
        content = encode(artifact, ARTIFACTS[head.kind], large)
    except (ValueError, OverflowError) as error:
        raise IntegrityError(f"{path}: artifact cannot be kept: {error}") from error
    packed = pack(large) if large else None
    clear(path)
    if packed is not None:
        files.write(path.with_suffix(".npz"), packed, f"artifact {path.stem}")
    else:
        path.with_suffix(".npz").unlink(missing_ok=True)
    top = encode(head, Head, {}) | {"npz": files.digest(packed) if packed else None}
    files.write(path, sealed(top, content), f"artifact {path.stem}")


def clear(path: Path) -> None:
    """Set aside a folder that stands where a file should be; its content is kept."""
    for target in (path, path.with_suffix(".npz")):
        if target.is_dir() and not target.is_symlink():
            number = 1
            while (
                aside := target.with_name(f".aside-{number}-{target.name}")
            ).exists():
                number += 1
            target.rename(aside)


def load(path: Path) -> Stored:
    """The artifact at `path`.

    Raises `MissingArtifactError`; `IntegrityError` if it is damaged or was written by
    a newer version; `ResourceError` if the system refuses.
    """
    text = verified(path)
    if text in _DECODED:
        stored, npz = _DECODED[text]
        if npz is not None:
            side(path, npz)
        return stored
    data = parsed(path, text)
    head = _head(path, data)
    arrays = {} if data.get("npz") is None else _arrays(path, data["npz"])
    try:
        artifact = decode(data["content"], ARTIFACTS[head.kind], arrays)
    except (Malformed, OverflowError) as error:
        damaged(path, str(error))
    stored = Stored(artifact, head)
    _SOUND.add(data["sha256"])
    _DECODED[text] = (stored, data["npz"])
    while len(_DECODED) > MOST:
        del _DECODED[next(iter(_DECODED))]
    return stored


def state(path: Path, key: str | None) -> State:
    """Whether the artifact at `path` is what `key` asks for.

    With no `key` (a corpus that is not at hand) a sound artifact is "unknown". An
    artifact of an older schema is stale; one of a newer schema raises
    `IntegrityError`.
    """
    try:
        data = _checked(path)
        head = _head(path, data)
        if head.schema != SCHEMA:
            return State("stale", OLDER)
        if key is None:
            return State("unknown", "its corpus is not at hand to compare with")
        if head.key != key:
            return State("stale", "its settings or what it was made from changed")
        _require_sound(path, data)
    except MissingArtifactError:
        return State("missing", "never collected")
    except NewerError:
        raise
    except IntegrityError as error:
        return State("damaged", error.problems[0])
    return State("fresh")


def _require_sound(path: Path, data: dict[str, Any]) -> None:
    """Raise unless the artifact can be loaded, decoding each content once."""
    if data["sha256"] not in _SOUND:
        load(path)
    elif data["npz"] is not None:
        _arrays(path, data["npz"])


class NewerError(IntegrityError):
    """An artifact of a schema that this version does not know."""


def _checked(path: Path) -> dict[str, Any]:
    return parsed(path, verified(path))


def _head(path: Path, data: dict[str, Any]) -> Head:
    schema = data.get("schema")
    if type(schema) is int and schema > SCHEMA:
        raise NewerError(
            f"{path}: written by a newer version (schema {schema}, known: {SCHEMA}); "
            "upgrade, or remove the file to collect it again"
        )
    try:
        if type(schema) is int and schema < SCHEMA:
            # Its fields may have had another meaning: nothing else is read of it.
            return Head(kind="", schema=schema, key="", made=_NOTHING)
        if list(data) != NAMES or data["kind"] not in ARTIFACTS:
            damaged(path, "its head is not one of an artifact")
        head = {name: data[name] for name in NAMES[1:5]}
        found: Head = decode(head, Head, {})
    except (Malformed, TypeError, OverflowError) as error:
        damaged(path, str(error))
    return found


def _arrays(path: Path, expected: object) -> Arrays:
    try:
        return unpack(side(path, expected))
    except Malformed as error:
        damaged(path.with_suffix(".npz"), str(error))


_SOUND: set[str] = set()
"""Hashes of contents that this process has decoded."""
_DECODED: dict[bytes, tuple[Stored, str | None]] = {}
"""The last files read, as they were decoded, with the hash of their side files."""
MOST = 512
"""Decoded artifacts that stay in memory: those of some 25 studies."""
_NOTHING = Provenance(method="", settings={}, seed=())
