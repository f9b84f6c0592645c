"""Authors of studies and their licences.

Authors are names as given, or people whom `studies/site.yaml` describes. Licences are
known by their SPDX identifier, with the address of their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.core.errors import ConfigError, quote_text, suggest_nearest
from generator.site.pages.post import Post
from generator.study.site_settings import Person, SiteSettings

ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""What an id looks like; a name has a capital, a space or another letter."""


def resolve_people(posts: Iterable[Post], settings: SiteSettings) -> tuple[Post, ...]:
    """Fill in the people whom posts name as authors.

    Args:
        posts: Posts, newest first.
        settings: The settings of the site.

    Returns:
        The posts with their people.

    Raises:
        ConfigError: For ids that no person in the settings has.
    """
    problems: list[str] = []
    resolved = []
    for post in posts:
        people = tuple(find_person(name, settings) for name in post.authors)
        problems += list_unknown_authors(post.folder, post.authors, settings)
        named = tuple(person for person in people if person)
        names = tuple(person.name for person in named)
        resolved.append(replace(post, people=named, authors=names))
    if problems:
        raise ConfigError(*problems)
    return tuple(resolved)


def list_unknown_authors(
    folder: str, authors: Iterable[str], settings: SiteSettings
) -> list[str]:
    """Return a problem for each author of a study whom the settings do not have.

    Args:
        folder: Name of the study's folder.
        authors: Names or ids.
        settings: The settings of the site.
    """
    return [
        f"studies/{folder}/study.yaml: authors: no author {quote_text(name)} in "
        f"studies/site.yaml; {suggest_nearest(name, settings.authors)}"
        for name in authors
        if find_person(name, settings) is None
    ]


def find_person(name: str, settings: SiteSettings) -> Person | None:
    """Find a person by id or by name.

    Args:
        name: The id or the name.
        settings: The settings of the site.

    Returns:
        The person; None for an id that the settings do not have.
    """
    if name in settings.authors:
        return settings.authors[name]
    by_name = {person.name: person for person in settings.authors.values()}
    if name in by_name:
        return by_name[name]
    forgotten = bool(settings.authors) and ID.fullmatch(name)
    return None if forgotten else Person(name=name)


CREATIVE = "https://creativecommons.org/licenses"
ADDRESSES = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": f"{CREATIVE}/by/4.0/",
    "CC-BY-NC-4.0": f"{CREATIVE}/by-nc/4.0/",
    "CC-BY-NC-ND-4.0": f"{CREATIVE}/by-nc-nd/4.0/",
    "CC-BY-NC-SA-4.0": f"{CREATIVE}/by-nc-sa/4.0/",
    "CC-BY-ND-4.0": f"{CREATIVE}/by-nd/4.0/",
    "CC-BY-SA-4.0": f"{CREATIVE}/by-sa/4.0/",
    "MIT": "https://opensource.org/license/mit",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as it was written, and the address of its text if it is known."""

    name: str
    url: str = ""


def find_licence(name: str) -> Licence:
    """Find a licence by its name, whatever its case."""
    known = {key.casefold(): key for key in ADDRESSES}
    spdx = known.get(name.strip().casefold())
    return Licence(spdx, ADDRESSES[spdx]) if spdx else Licence(name.strip())
