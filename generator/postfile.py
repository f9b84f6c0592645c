"""A post as bytes and back, so that a study that did not change is not drawn again.

A post follows from the study's folder, the templates, this program and a few facts of
the whole site. What lists say of it is kept as strict JSON by the hash of all of these,
its article apart, to be read where its page is drawn, its files beside, each by its own
hash. What is drawn now and what was kept are the same to the last digit, because a post
that was just made takes the same way through JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from generator.codec import encode
from generator.content import Content, Files, Lost, OnDisk, kept_as
from generator.decoding import decode
from generator.files import combined
from generator.kept import Kept
from generator.pages.post import Article, Post, Teaser, Unread

T = TypeVar("T")

Said = tuple[str, ...]
"""Warnings about a post."""


@dataclass(frozen=True, slots=True)
class Told:
    """A post without its article; `named` says where its files are, by their paths."""

    teaser: Teaser
    outside: str
    named: Mapping[str, Sequence[str]]
    warnings: Said


def keep(kept: Kept, key: str, home: Path, post: Post, said: Said) -> Post:
    """Keep the post of the study in `home`; the post as it will be recalled."""
    named = {path: _put(kept, home, content) for path, content in post.files.items()}
    told = encode(post, Teaser, {})
    outside = combined("teaser", {**told, "sections": []})
    article = _written(encode(post.article, Article, {}))
    record = _written([told, outside, named, list(said)])
    kept.put(_apart(key), article)
    kept.put(key, record)
    again: Article = decode(_read(article), Article, {})
    made = _post(_told(record).teaser, Unread(lambda: again))
    return replace(made, files=post.files, key=key, outside=outside)


def recall(kept: Kept, key: str, home: Path) -> tuple[Post, Said] | None:
    """The post kept under `key` and its warnings; None if not all of it is there."""
    data = kept.get(key)
    if data is None or kept.size(_apart(key)) is None:
        return None
    told = _told(data)
    files: Files = {}
    for path, (how, name) in told.named.items():
        content: Content | None = (
            OnDisk(home / name) if how == "path" else kept_as(kept, name)
        )
        if content is None:
            return None
        files[path] = content
    post = _post(told.teaser, Unread(lambda: _article(kept, key)))
    return replace(post, files=files, key=key, outside=told.outside), told.warnings


def _put(kept: Kept, home: Path, content: Content) -> list[str]:
    """Where a file of a post can be found again."""
    if isinstance(content, OnDisk):
        return ["path", str(content.path.relative_to(home))]
    kept.put(content.digest, content.read())
    return ["kept", content.digest]


def _apart(key: str) -> str:
    """The key of a post's article."""
    return combined("article", key)


def _article(kept: Kept, key: str) -> Article:
    """The article of a post. Raises `Lost`."""
    data = kept.get(_apart(key))
    if data is None:
        kept.drop(_apart(key))
        raise Lost(key)
    found: Article = decode(_read(data), Article, {})
    return found


@lru_cache(maxsize=1024)
def _told(record: bytes) -> Told:
    """What a record says, read once, as a preview asks for it at every look."""
    told, outside, named, warnings = _read(record)
    return Told(decode(told, Teaser, {}), outside, named, tuple(warnings))


def _post(teaser: Teaser, unread: Unread) -> Post:
    """The post with this teaser, without its files."""
    own = {field.name: getattr(teaser, field.name) for field in fields(Teaser)}
    return Post(**own, unread=unread)


def keep_all(kept: Kept, key: str, found: tuple[T, ...], kind: type[T]) -> None:
    """Keep records of one kind under `key`."""
    kept.put(key, _written(encode(found, tuple[kind, ...], {})))  # type: ignore[valid-type] # a hint made here


def recall_all(kept: Kept, key: str, kind: type[T]) -> tuple[T, ...] | None:
    """The records kept under `key`, None if there are none."""
    data = kept.get(key)
    if data is None:
        return None
    found: tuple[T, ...] = decode(_read(data), tuple[kind, ...], {})  # type: ignore[valid-type] # see above
    return found


def _written(plain: Any) -> bytes:  # noqa: ANN401 - plain JSON
    return json.dumps(plain, allow_nan=False).encode("utf-8", "surrogatepass")


def _read(data: bytes) -> Any:  # noqa: ANN401 - plain JSON
    return json.loads(data.decode("utf-8", "surrogatepass"))
