"""What is known of a value in a sentence before its artifact exists.

A path begins with an artifact, whose kind the study file decides; each step leads to a
field whose kind its class declares. So a name that no field has, a step into a number
and a format that no number takes are known before anything is trained. How many rows
there are, and what they are called, is known only of an artifact that was collected:
such a step is taken as it is.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin

import numpy as np

from generator.artifacts import Artifact, Curves
from generator.core.errors import WriteUpError, quote_text
from generator.core.tokens import Token
from generator.site.values import (
    CLAIMS,
    DERIVED,
    FORMAT,
    REDUCTIONS,
    describe_format,
    explain_artifact_verdict,
    explain_unprintable,
    is_index,
    make_claim_error,
    make_name_error,
    make_step_error,
)

ENDS = ("first", "last")
"""Words for the ends of a list."""


def check_expression(
    artifacts: Mapping[str, type[Artifact]],
    expression: str,
    claims: Mapping[str, type],
) -> None:
    """Check the path and the format of an expression, as far as kinds tell.

    Args:
        artifacts: The kind of each of the study's artifacts by name.
        expression: What stands between the braces of a write-up.
        claims: The class of each verdict by the claim's name.

    Raises:
        WriteUpError: If the path leads nowhere whatever is collected, or its value
            has no such format.
    """
    path, _, form = (part.strip() for part in expression.partition(":"))
    name, *steps = path.split(".")
    if name == CLAIMS and name not in artifacts:
        if not steps or steps[0] not in claims:
            raise make_claim_error(claims, steps, path)
        kind: Any = claims[steps[0]]
        walked = [CLAIMS, steps.pop(0)]
    elif name not in artifacts:
        raise make_name_error(artifacts, name, path)
    elif steps and steps[-1] == "verdict":
        raise WriteUpError(explain_artifact_verdict(path))
    else:
        kind, walked = artifacts[name], [name]
    for step in steps:
        walked.append(step)
        kind = find_step_kind(kind, step, ".".join(walked))
    check_printable(kind, form, path)


def find_step_kind(kind: Any, step: str, path: str) -> Any:  # noqa: ANN401 - a type or a part of typing
    """Find the kind of value that one step leads to.

    Args:
        kind: The kind of value it starts from, None where that is not known.
        step: One step of the path.
        path: The path up to this step, for messages.

    Returns:
        The kind, None where only the artifact tells.

    Raises:
        WriteUpError: If no value of this kind has such a step.
    """
    kind = drop_none(kind)
    if kind is None:
        return None
    if is_dataclass(kind):
        return find_field_kind(kind, step, path)  # type: ignore[arg-type] # a class
    if get_origin(kind) is tuple:
        return find_item_kind(get_args(kind), step, path)
    if get_origin(kind) is np.ndarray:
        known = [*REDUCTIONS, *ENDS]
        if step not in known and not is_index(step):
            raise make_step_error(path, step, known)
        return None  # a number, or a row of them
    if kind in {str, int, float, bool, Token}:
        raise WriteUpError(
            f"{quote_text(path)}: there is nothing below "
            f"{'a word' if kind in {str, Token} else 'a number'}"
        )
    return None


def find_field_kind(kind: type, step: str, path: str) -> Any:  # noqa: ANN401 - as above
    """Find the kind of a record's field, or of what is derived from several.

    Args:
        kind: The record's class.
        step: One step of the path.
        path: The path up to this step, for messages.

    Returns:
        The kind, None where only the artifact tells.

    Raises:
        WriteUpError: If the record has no such field.
    """
    hints = read_field_kinds(kind)
    if step in hints:
        return hints[step]
    derived = {w for of, ways in DERIVED.items() if issubclass(kind, of) for w in ways}
    if step in derived or issubclass(kind, Curves):  # curves have names of their own
        return None
    raise make_step_error(path, step, [*hints, *derived], " there")


def find_item_kind(items: tuple[Any, ...], step: str, path: str) -> Any:  # noqa: ANN401 - as above
    """Find the kind of a list's item, by index or by name.

    Args:
        items: Kinds of the items, as `tuple[…]` has them.
        step: One step of the path.
        path: The path up to this step, for messages.

    Returns:
        The kind, None where only the artifact tells.

    Raises:
        WriteUpError: If the items have no names, and the step is no index.
    """
    kind = items[0] if len(set(items) - {...}) == 1 else None
    if step in ENDS or is_index(step) or kind is None:
        return kind
    named = is_dataclass(kind) and hasattr_declared(kind, "name")
    if named:
        return kind
    raise WriteUpError(
        f"{quote_text(path)}: no {quote_text(step)} among its items, which have no "
        "names; write first, last or a number from 0"
    )


def hasattr_declared(kind: Any, name: str) -> bool:  # noqa: ANN401 - a class
    """Return whether records of a class have a field or a property of a name."""
    return name in read_field_kinds(kind) or hasattr(kind, name)


def check_printable(kind: Any, form: str, path: str) -> None:  # noqa: ANN401 - as above
    """Check that a value of a kind can be printed in a format.

    Args:
        kind: The kind, None where it is not known.
        form: A format specification, "" for the default.
        path: The whole path, for messages.

    Raises:
        WriteUpError: If it cannot.
    """
    kind = drop_none(kind)
    if kind is None or kind in {str, Token} or get_origin(kind) is typing.Literal:
        return
    words: list[str] = []
    if is_dataclass(kind):
        words = sorted(read_field_kinds(kind))  # type: ignore[arg-type] # a class
        what = "a record"
    elif get_origin(kind) is np.ndarray:
        words, what = [*REDUCTIONS, *ENDS], "a list of numbers"
    elif get_origin(kind) is tuple:
        words, what = [*ENDS], "a list"
    elif kind is bool:
        what = "true or false"
    else:
        if not FORMAT.fullmatch(form):
            raise WriteUpError(describe_format(form, path))
        return
    raise WriteUpError(explain_unprintable(what, words, path))


@cache
def read_field_kinds(kind: type) -> dict[str, Any]:
    """Return the kind of each field of a record's class, by name."""
    hints = typing.get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


def drop_none(kind: Any) -> Any:  # noqa: ANN401 - as above
    """Return the kind of a value that may be missing; None for other choices."""
    if get_origin(kind) not in {Union, types.UnionType}:
        return kind
    kinds = [one for one in get_args(kind) if one is not type(None)]
    return kinds[0] if len(kinds) == 1 else None
