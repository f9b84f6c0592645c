"""The range a number may have, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from generator.reading.source import Way

_BOUNDS = ("ge", "gt", "le", "lt")


def allowed(kind: type[BaseModel], way: Way, broken: Mapping[str, Any]) -> str:
    """The whole range of the setting at `way` of `kind`: "from 1 to 100".

    `broken` is the bound that a value broke; it alone is told where the setting has no
    range of its own, as in a nested list of another kind.
    """
    field = kind.model_fields.get(str(way[0])) if way else None
    bounds: dict[str, Any] = {}
    if field is not None:
        for constraint in (*field.metadata, *_constraints(field.annotation)):
            for name in _BOUNDS:
                if getattr(constraint, name, None) is not None:
                    bounds.setdefault(name, getattr(constraint, name))
    known = all(bounds.get(name) == value for name, value in broken.items())
    return _words(bounds if known else broken)


def _constraints(annotation: object) -> Iterator[object]:
    """Constraints anywhere in an annotation."""
    for extra in getattr(annotation, "__metadata__", ()):
        yield extra
        yield from getattr(extra, "metadata", ())
    for part in get_args(annotation):
        yield from _constraints(part)


def _words(bounds: Mapping[str, Any]) -> str:
    if {"ge", "le"} <= bounds.keys():
        return f"from {bounds['ge']} to {bounds['le']}"
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return " and ".join(f"{words[n]} {bounds[n]}" for n in _BOUNDS if n in bounds)
