"""The folders of a project: its root, the studies in it, and the names of theirs.

A project is a folder with `studies/` in it. A study's folder is called
`YYYY-MM-DD-slug`; the name is parsed here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from generator.core.errors import ConfigError, quote_text, suggest_nearest
from generator.core.files import require_plain_folders
from generator.core.invocation import format_command
from generator.core.spec import is_reserved

STUDIES = "studies"
STUDY_FILE = "study.yaml"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

_FOLDER = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-(.*)", re.DOTALL)


class HasSlug(Protocol):
    """Anything with the slug of a study."""

    @property
    def slug(self) -> str:
        """The last part of the folder's name."""
        ...


T = TypeVar("T", bound=HasSlug)


def find_project(start: Path) -> Path:
    """Return the folder of the project that holds a folder, itself or one above it.

    Args:
        start: Where to begin.

    Raises:
        ConfigError: There is no project, or a folder cannot be read.
    """
    try:
        here = start.resolve()
        for folder in (here, *here.parents):
            if (folder / STUDIES).is_dir():
                return folder
    except OSError as error:
        raise ConfigError(
            f"the current folder cannot be read: {error.strerror}"
        ) from None
    raise ConfigError(
        "no project here or above: expected a folder with studies/ in it; "
        f"change to one, name it with -C, or begin one: {format_command('init FOLDER')}"
    )


def list_study_folders(project: Path) -> tuple[Path, ...]:
    """Return the folders of a project that are meant as studies, by name.

    A folder counts if it holds a study file or begins with a date; others, and those
    whose name begins with a dot or an underscore, are the author's own.

    Args:
        project: Folder of the project.

    Raises:
        ConfigError: The project has no `studies/`, or a study's folder is a link.
    """
    root = project / STUDIES
    if not root.is_dir():
        raise ConfigError(
            f"no project here: {STUDIES}/ is missing; make it, or name one"
        )
    folders = tuple(
        folder
        for folder in sorted(root.iterdir(), key=lambda folder: folder.name)
        if folder.is_dir()
        and not folder.name.startswith((".", "_"))
        and ((folder / STUDY_FILE).exists() or _FOLDER.fullmatch(folder.name))
    )
    places = (f"{STUDIES}/{folder.name}" for folder in folders)
    require_plain_folders(project, places)
    return folders


def parse_folder_name(folder: Path) -> tuple[str, dt.date]:
    """Return the slug and the date in the name of a study's folder.

    Args:
        folder: The folder.

    Raises:
        ConfigError: It is not called `YYYY-MM-DD-slug`.
    """
    shown = f"{STUDIES}/{quote_text(folder.name)[1:-1]}"
    parts = _FOLDER.fullmatch(folder.name)
    if not parts:
        raise ConfigError(
            f"{shown}: a study's folder must be called YYYY-MM-DD-slug; rename it"
        )
    date = parse_date(parts[1], shown)
    check_slug(parts[2], shown)
    return parts[2], date


def parse_date(text: str, where: str) -> dt.date:
    """Return the day that a text writes as YYYY-MM-DD.

    Args:
        text: The text.
        where: What holds it, for the message.

    Raises:
        ConfigError: It is no date.
    """
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise ConfigError(
            f"{where}: {quote_text(text)} is not a date; expected YYYY-MM-DD"
        ) from None


def check_slug(slug: str, where: str) -> None:
    """Refuse a slug that cannot be part of an address.

    Args:
        slug: The slug.
        where: What holds it, for the message.

    Raises:
        ConfigError: It does not match `SLUG`, or is a device's name.
    """
    if not SLUG.fullmatch(slug) or is_reserved(slug):
        raise ConfigError(
            f"{where}: the slug {quote_text(slug)} must match {SLUG.pattern} and be "
            "no device's name; rename the folder"
        )


def parse_slug(folder: Path) -> str:
    """Return what follows the date in a folder's name, its case and Unicode normalised.

    A file system or a reader may take two names for one where these are equal.

    Args:
        folder: The folder, whatever its name.
    """
    parts = _FOLDER.fullmatch(folder.name)
    slug = parts[2] if parts else folder.name
    return unicodedata.normalize("NFC", slug).casefold()


def find_slug_collisions(folders: Iterable[Path]) -> list[str]:
    """Return one message for every two folders whose slugs can be taken for each other.

    Args:
        folders: Folders of studies.
    """
    first: dict[str, str] = {}
    problems = []
    for folder in folders:
        slug = parse_slug(folder)
        other = first.setdefault(slug, folder.name)
        if other != folder.name:
            problems.append(
                f"{STUDIES}/{quote_text(other)[1:-1]} and {STUDIES}/"
                f"{quote_text(folder.name)[1:-1]} give one slug, {quote_text(slug)}; "
                "rename one"
            )
    return problems


def choose_studies(studies: Sequence[T], names: Iterable[str]) -> tuple[T, ...]:
    """Return the studies of some names, all where no name is given.

    Args:
        studies: The studies of the project.
        names: Slugs.

    Raises:
        ConfigError: No study has a name.
    """
    known = {study.slug: study for study in studies}
    wanted = list(dict.fromkeys(names))
    count = f"{len(known)} {'study' if len(known) == 1 else 'studies'} in {STUDIES}/"
    problems = [
        f"no study {quote_text(name)}; {suggest_nearest(name, known)} ({count})"
        for name in wanted
        if name not in known
    ]
    if problems:
        raise ConfigError(*problems)
    return tuple(s for s in studies if not wanted or s.slug in wanted)
