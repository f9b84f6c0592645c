"""The base of everything a study file can name, and how a table becomes a choice.

A spec is the doer: its settings are its fields, its work is one method of it. It is
immutable and closed to unknown keys, so that a typo in the last figure stops a build
before the first epoch. Numbers are finite and never guessed from text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Spec(BaseModel):
    """Anything a study file can name: immutable, and closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


def one_of(table: Mapping[str, type[Spec]], discriminator: str) -> Any:
    """The type "any entry of `table`", told apart by the field `discriminator`.

    A union of one is no union, so a table with one entry gives that entry itself.
    """
    kinds = list(table.values())
    if len(kinds) == 1:
        return kinds[0]
    return Annotated[reduce(or_, kinds), Field(discriminator=discriminator)]
