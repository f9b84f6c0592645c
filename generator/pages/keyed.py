"""The key of what pages are made of: equal keys, equal pages.

A post stands for what pages say of it by a key, so that its article need not be read:
its own page and feeds show all of it, other pages its teaser. Whatever else a page is
given is told field by field. What cannot be told,
such as a function or a post that nobody has a key for, has no key, and what is made of
it is made anew.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel

from generator.files import combined
from generator.pages.post import Post, Unread

PLAIN = (str, int, float, bool, type(None))


class Untold(TypeError):  # noqa: N818 - it says what the value is
    """A value of which it is not known when it is the same."""


def key_of(*parts: object, whole: Collection[Post] = ()) -> str | None:
    """The hash of `parts` and of the posts shown `whole`, None if it cannot be told."""
    articles = [post.key for post in whole]
    try:
        return combined(told(parts), articles) if all(articles) else None
    except Untold:
        return None


def told(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """`value` as plain data. Raises `Untold`."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Post):
        if not value.outside:
            raise Untold(value.folder)
        return ["post", value.outside, value.marks]
    if isinstance(value, Mapping):
        return {str(name): told(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [told(one) for one in value]
    return of_fields(value)


def of_fields(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """A record or a date as plain data. Raises `Untold`."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Unread):
        fields = (field.name for field in dataclasses.fields(value))
        return [type(value).__name__, *(told(getattr(value, name)) for name in fields)]
    raise Untold(type(value).__name__)
