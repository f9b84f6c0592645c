"""A post as bytes and back, so that a study that did not change is not drawn again.

A post follows from the study's folder, the templates, this program and a few facts of
the whole site. It is kept as strict JSON by the hash of all of these; its files are
kept beside it, each by its own hash. What is drawn now and what was kept are the same
to the last digit, because a post that was just made takes the same way through JSON.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from generator.codec import encode
from generator.decoding import decode
from generator.files import digest
from generator.kept import Kept
from generator.pages.base import Post

T = TypeVar("T")

Said = tuple[str, ...]
"""Warnings about a post."""


def keep(kept: Kept, key: str, home: Path, post: Post, said: Said) -> Post:
    """Keep the post of the study in `home`; the post as it will be recalled."""
    files: dict[str, list[str]] = {}
    for path, content in post.files.items():
        if isinstance(content, Path):
            files[path] = ["path", str(content.relative_to(home))]
        else:
            name = digest(content)
            kept.put(name, content)
            files[path] = ["kept", name]
    told = encode(replace(post, files={}), Post, {})
    text = json.dumps([told, files, list(said)], allow_nan=False)
    kept.put(key, text.encode("utf-8", "surrogatepass"))
    again: Post = decode(json.loads(text)[0], Post, {})
    return replace(again, files=post.files)


def recall(kept: Kept, key: str, home: Path) -> tuple[Post, Said] | None:
    """The post kept under `key` and its warnings; None if not all of it is there."""
    data = kept.get(key)
    if data is None:
        return None
    told, files, warnings = json.loads(data.decode("utf-8", "surrogatepass"))
    found: dict[str, bytes | Path] = {}
    for path, (how, name) in files.items():
        content = home / name if how == "path" else kept.get(name)
        if content is None:
            return None
        found[path] = content
    return replace(decode(told, Post, {}), files=found), tuple(warnings)


def keep_all(kept: Kept, key: str, found: tuple[T, ...], kind: type[T]) -> None:
    """Keep records of one kind under `key`."""
    told = encode(found, tuple[kind, ...], {})  # type: ignore[valid-type] # a hint made here
    kept.put(key, json.dumps(told, allow_nan=False).encode("utf-8", "surrogatepass"))


def recall_all(kept: Kept, key: str, kind: type[T]) -> tuple[T, ...] | None:
    """The records kept under `key`, None if there are none."""
    data = kept.get(key)
    if data is None:
        return None
    told = json.loads(data.decode("utf-8", "surrogatepass"))
    found: tuple[T, ...] = decode(told, tuple[kind, ...], {})  # type: ignore[valid-type] # see above
    return found
