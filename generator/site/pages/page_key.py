"""Keys of pages: a hash of everything that a page is made of."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel

from generator.core.files import hash_parts
from generator.site.pages.post import LazyArticle, Post

PLAIN = (str, int, float, bool, type(None))


class UnhashableError(TypeError):
    """An error for a value without a plain form to hash."""


def page_key(*parts: object, whole: Collection[Post] = ()) -> str | None:
    """Compute the key of a page from everything that it is made of.

    Args:
        *parts: What the page is made of.
        whole: Posts of which the page shows the article too.

    Returns:
        A hash, None if something has no plain form.
    """
    articles = [post.key for post in whole]
    try:
        return hash_parts(plain_data(parts), articles) if all(articles) else None
    except UnhashableError:
        return None


def plain_data(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """Convert a value to plain data, which JSON can hold.

    Args:
        value: A page, or anything that it is made of.

    Returns:
        The value as lists, dictionaries, numbers and text.

    Raises:
        UnhashableError: If the value has no plain form.
    """
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Post):
        if not value.outside:
            raise UnhashableError(value.folder)
        return ["post", value.outside, value.marks]
    if isinstance(value, Mapping):
        return {str(name): plain_data(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain_data(one) for one in value]
    return plain_fields(value)


def plain_fields(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """Convert a record or a date to plain data.

    Args:
        value: A dataclass, a pydantic model or a date.

    Returns:
        The value as lists, dictionaries, numbers and text.

    Raises:
        UnhashableError: If the value is none of these.
    """
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type | LazyArticle):
        fields = (field.name for field in dataclasses.fields(value))
        return [
            type(value).__name__,
            *(plain_data(getattr(value, name)) for name in fields),
        ]
    raise UnhashableError(type(value).__name__)
