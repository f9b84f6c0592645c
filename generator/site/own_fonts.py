"""Fonts that a project brings for its pictures, beside `studies/site.yaml`.

They lie in `studies/`, whose files are part of every key of a site. A cloned project
may hold anything there, so only plain files of some size are read, and only as fonts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.core.cache import hash_source_file
from generator.core.errors import ConfigError, suggest_nearest
from generator.figures.export.fonts import FontFile, font_letters
from generator.study.project import STUDIES
from generator.study.site_settings import SETTINGS_FILE

FONT_LIMIT = 30_000_000
"""Bytes of a font."""


def load_fonts(project: Path, names: Sequence[str]) -> tuple[FontFile, ...]:
    """Return the fonts that the settings name.

    Args:
        project: Folder of the project.
        names: Names of files in `studies/`.

    Raises:
        ConfigError: If one is not there, no plain file, too large or no font.
    """
    return tuple(_load_font(project / STUDIES, name) for name in names)


def _load_font(folder: Path, name: str) -> FontFile:
    path = folder / name
    place = f"{STUDIES}/{SETTINGS_FILE}: fonts: {STUDIES}/{name}"
    if path.is_symlink():
        raise ConfigError(
            f"{place} is a link, which is not followed; put the file there"
        )
    if not path.is_file():
        near = suggest_nearest(name, sorted(p.name for p in folder.glob("*.?tf")))
        raise ConfigError(f"{place} is not there; {near}")
    if path.stat().st_size > FONT_LIMIT:
        raise ConfigError(f"{place} is larger than {FONT_LIMIT:,} bytes; take a subset")
    font = FontFile(path, hash_source_file(path))
    try:
        font_letters(font)
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"{place} cannot be read as a font; name a TrueType or OpenType file"
        ) from error
    return font
