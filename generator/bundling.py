"""Style sheet, scripts, icon and the search's index, each with its hash in its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from generator.errors import IntegrityError
from generator.files import digest
from generator.templating import folders

STYLES = ("style.css", "prose.css", "figures.css", "ramps.css")
SCRIPTS = ("page.js", "copy.js", "figures.js")
SEARCH = ("search.js",)
ICONS = ("icon.svg",)


def bundle(
    project: Path, index: bytes = b""
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Style sheet, scripts, the search's index and icon, their hash in their name."""

    def joined(names: Sequence[str]) -> bytes:
        return b"\n".join(bare(name, static(project, name)) for name in names)

    files: dict[str, bytes] = {}
    paths: dict[str, str] = {}
    parts = (
        ("style", STYLES, "css"),
        ("script", SCRIPTS, "js"),
        ("icon", ICONS, "svg"),
        ("search", SEARCH, "js"),
    )
    contents = [(key, joined(names), ending) for key, names, ending in parts]
    for key, content, ending in (*contents, ("index", index, "js")):
        paths[key] = f"assets/{key}.{digest(content)[:12]}.{ending}"
        files[paths[key]] = content
    return files, paths


def bare(name: str, text: bytes) -> bytes:
    """A file as readers load it, without indentation and comments of whole lines.

    A style sheet has no other comments either, and no line ends between its rules.
    """
    text = re.sub(rb"(?ms)^[ \t]*/\*.*?\*/[ \t]*\n", b"", text)
    if name.endswith(".css"):
        text = re.sub(rb"/\*.*?\*/\s*", b"", text, flags=re.DOTALL)
        return re.sub(rb"([{};,])\n\s*", rb"\1", text)
    return re.sub(rb"(?m)^[ \t]+", b"", text)


def static(project: Path, name: str) -> bytes:
    """A static file, the project's own if it has one."""
    for folder in folders(project):
        path = folder / "static" / name
        if path.is_file():
            return path.read_bytes().replace(b"\r\n", b"\n")
    raise IntegrityError(f"templates/static/{name}: is missing; install again")
