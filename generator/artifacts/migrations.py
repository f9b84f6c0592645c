"""Migrations: how an artifact of an older schema is read as one of today's.

A schema is bumped where a field changes its meaning, and the migration from the schema
before is written then, once. It takes the file as it is on disk, its JSON and its large
arrays, and gives what the next schema would have written; nothing is written back, so a
committed file stays as its author left it. An artifact whose schema no chain of
migrations leads away from cannot be drawn, and its figures say what to collect again.

A file of every schema there ever was is kept in `tests/samples/artifacts`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.artifacts import SCHEMA
from generator.core.serialize import Arrays


@dataclass(frozen=True)
class RawArtifact:
    """An artifact's file before it is decoded.

    `fields` are those of the file, `content` among them. `arrays` are those of the side
    file, each under its place in the content, joined by dots.
    """

    fields: dict[str, Any]
    arrays: Arrays


Migration = Callable[[RawArtifact], RawArtifact]
MIGRATIONS: dict[int, Migration] = {}
"""The migration from each older schema to the one after it, by the older one."""


def is_migratable(schema: int) -> bool:
    """Return whether migrations lead from a schema to the present one.

    Args:
        schema: A schema, at most the present one.
    """
    return all(step in MIGRATIONS for step in range(schema, SCHEMA))


def migrate_artifact(raw: RawArtifact, schema: int) -> RawArtifact:
    """Return an artifact of an older schema as the present one writes it.

    Args:
        raw: The artifact.
        schema: Its schema, which `is_migratable`.
    """
    for step in range(schema, SCHEMA):
        raw = MIGRATIONS[step](raw)
    return raw
