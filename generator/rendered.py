"""Whether the site is what rendering would give, found without rendering.

A site follows from files: the studies that are drawn with their artifacts, the
settings, the templates, this program and the libraries it draws with. Their hash is
the site's key. `.cache/rendered` holds the key of the last rendering and the hash of
the marker it left, which lists every file of the site. Rendering may be left out if
the key is still the same and every file is as listed. A rendering that warned is not
remembered, so that it warns again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from generator import files
from generator.files import combined
from generator.ours import MARKER, contents, hashed, manifest_of
from generator.program import TEMPLATES, program_key
from generator.study import Study


def key_of(project: Path, studies: Iterable[Study], options: object) -> str:
    """The key of the site that these studies give; `options` is plain data."""
    return combined(
        "site",
        options,
        program_key(),
        templates_key(project),
        dict(_hashes(project / "studies" / "site.yaml")),
        [(study.slug, dict(_hashes(study.folder))) for study in studies],
    )


def templates_key(project: Path) -> str:
    """The hash of the templates and static files that a project is drawn with."""
    return combined([dict(_hashes(at)) for at in (project / "templates", TEMPLATES)])


def _hashes(place: Path) -> Iterator[tuple[str, str]]:
    """Path and hash of a file, or of every file in a folder; nothing if absent."""
    if place.is_file():
        yield place.name, hashed(place)
    for path in contents(place):
        if not path.endswith(".pyc") and (place / path).is_file():
            yield path, hashed(place / path)


def told(cache: Path, site: Path, key: str) -> str | None:
    """What the rendering with this key said, if the site still is what it left."""
    try:
        lines = (cache / "rendered").read_text("utf-8").split("\n")
        if lines[:2] != [key, hashed(site / MARKER)]:
            return None
    except (OSError, ValueError):
        return None
    manifest = manifest_of(site)
    if manifest is None:
        return None
    listed = manifest.own | manifest.kept
    found = {path: hashed(site / path) for path in contents(site)}
    return lines[2] if found == listed else None


def remember(cache: Path, site: Path, key: str, said: str) -> None:
    """Keep that the site was rendered with this key, and what was said of it."""
    told = f"{key}\n{hashed(site / MARKER)}\n{said}\n"
    files.write(cache / "rendered", told.encode(), "a note on the site")
