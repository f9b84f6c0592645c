"""Whether the site is what rendering would give, found without rendering.

A site follows from files: the studies that are drawn with their artifacts, the
settings, the templates, this program and the libraries it draws with. Their hash is
the site's key. `.cache/rendered` holds the key of the last rendering and the hash of
the marker it left, which lists every file of the site. Rendering may be left out if
the key is still the same and every file is as listed. A rendering that warned is done
again, so that it warns again; what it left is known all the same, for publishing asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.core import files
from generator.core.cache import (
    compute_program_key,
    compute_templates_key,
    hash_files,
    hash_shared_files,
)
from generator.core.files import hash_parts
from generator.site.ownership import MARKER, hash_file, list_paths, read_manifest
from generator.study.origins import find_origins
from generator.study.study import Study


def site_key(project: Path, studies: Iterable[Study], options: object) -> str:
    """Compute the key of the site from everything that it follows from.

    Args:
        project: The project's folder.
        studies: The studies that are drawn.
        options: Options that change what the site shows, as plain data.

    Returns:
        A hash.
    """
    studies = tuple(studies)
    origins = find_origins(project, studies)
    return hash_parts(
        "site",
        options,
        compute_program_key(),
        compute_templates_key(project),
        hash_shared_files(project),
        [(study.slug, hash_files(study.folder)) for study in studies],
        {folder: found.as_plain_data() for folder, found in origins.items()},
    )


@dataclass(frozen=True)
class RenderNote:
    """A note on the last rendering."""

    key: str
    marker: str  # SHA-256 of the site's marker
    said: str
    options: str  # as JSON
    warned: bool

    @property
    def base_url(self) -> str:
        """The address it was rendered for, "" if the settings gave it."""
        return str(json.loads(self.options)[0])

    @property
    def drafts(self) -> bool:
        """Whether the site has drafts."""
        return bool(json.loads(self.options)[1])

    @property
    def early(self) -> list[str]:
        """Folders of the studies that the site shows before their day."""
        return [str(name) for names in json.loads(self.options)[2:] for name in names]

    def is_of(self, site: Path) -> bool:
        """Return whether the note is about the present site, by its marker.

        Args:
            site: The site's folder.
        """
        try:
            return self.marker == hash_file(site / MARKER)
        except OSError:
            return False


def read_note(cache: Path) -> RenderNote | None:
    """Read the note on the last rendering.

    Args:
        cache: The project's folder `.cache`.

    Returns:
        The note, None if there is none that can be read.
    """
    try:
        note = files.read_regular_file(cache / "rendered").decode()
        *lines, seal, _end = note.split("\n")
        key, marker, message, options, warned = lines
        known = json.loads(options)
    except (OSError, ValueError):
        return None
    if seal != hash_parts("rendered", lines) or not isinstance(known, list):
        return None
    return RenderNote(key, marker, message, options, warned == "warned")


def remove_note(cache: Path) -> None:
    """Remove the note on the last rendering, so that the next is done in any case.

    Args:
        cache: The project's folder `.cache`.
    """
    files.remove(cache / "rendered", cache.parent)


def recall_result(cache: Path, site: Path, key: str) -> str | None:
    """Recall the message of the last rendering, if the site is still unchanged.

    Args:
        cache: The project's folder `.cache`.
        site: The site's folder.
        key: Key of the site.

    Returns:
        The message, None if rendering has to be done again.
    """
    note = read_note(cache)
    if note is None or note.warned or note.key != key or not note.is_of(site):
        return None
    manifest = read_manifest(site)
    if manifest is None:
        return None
    listed = manifest.own | manifest.kept
    try:
        hashes = {path: hash_file(site / path) for path in list_paths(site)}
    except OSError:
        return None
    return note.said if hashes == listed else None


def write_note(
    cache: Path, site: Path, key: str, said: str, options: object, *, warned: bool
) -> None:
    """Write the note on a rendering.

    Args:
        cache: The project's folder `.cache`.
        site: The site's folder.
        key: Key of the site.
        said: The message of the rendering.
        options: The options it was made with, as plain data.
        warned: Whether it gave warnings.
    """
    word = "warned" if warned else ""
    lines = [key, hash_file(site / MARKER), said, json.dumps(options), word]
    text = "\n".join([*lines, hash_parts("rendered", lines), ""])
    files.write(cache / "rendered", text.encode(), "a note on the site", cache.parent)
