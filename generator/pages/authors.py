"""Who wrote a study: names as given, or people whom `studies/site.yaml` describes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from generator.errors import ConfigError, nearest, quoted
from generator.pages.post import Post
from generator.settings import Person, SiteSettings

ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""What an id looks like; a name has a capital, a space or another letter."""


def credited(posts: Iterable[Post], settings: SiteSettings) -> tuple[Post, ...]:
    """`posts` with their people. Raises `ConfigError` for ids that nobody has."""
    problems: list[str] = []
    found = []
    for post in posts:
        people = tuple(known(name, settings) for name in post.authors)
        for name, person in zip(post.authors, people, strict=True):
            if person is None:
                close = nearest(name, settings.authors)
                problems.append(f"{post.folder}/study.yaml: authors: no author "
                    f"{quoted(name)} in studies/site.yaml; {close}")  # fmt: skip
        named = tuple(person for person in people if person)
        names = tuple(person.name for person in named)
        found.append(replace(post, people=named, authors=names))
    if problems:
        raise ConfigError(*problems)
    return tuple(found)


def known(name: str, settings: SiteSettings) -> Person | None:
    """The person, by id or by name alone; None for an id that is in no list."""
    if name in settings.authors:
        return settings.authors[name]
    by_name = {person.name: person for person in settings.authors.values()}
    if name in by_name:
        return by_name[name]
    forgotten = bool(settings.authors) and ID.fullmatch(name)
    return None if forgotten else Person(name=name)
