"""Style sheets, scripts, icon and the search's index, each with its hash in its name.

What several kinds of figures draw with is in the one sheet of all pages; what one kind
alone needs is `figures/KIND.css` beside its template, for pages that have such a
figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.errors import IntegrityError
from generator.files import digest
from generator.templating import folders, style_of

STYLES = ("style.css", "prose.css", "figures.css", "ramps.css")
SCRIPTS = ("page.js", "copy.js", "figures.js")
SEARCH = ("search.js",)
ICONS = ("icon.svg",)


def bundle(
    project: Path, index: bytes = b""
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Style sheets, scripts, the search's index and icon, their hash in their name.

    Their contents by path, and their paths by name.
    """

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
    own = [(style_of(name), sheet, "css") for name, sheet in of_figures(project)]
    for key, content, ending in (*contents, *own, ("index", index, "js")):
        paths[key] = f"assets/{key}.{digest(content)[:12]}.{ending}"
        files[paths[key]] = content
    return files, paths


def of_figures(project: Path) -> Iterator[tuple[str, bytes]]:
    """Kinds of figures that have a style sheet of their own, sorted, with it."""
    found = (place.glob("figures/*.css") for place in folders(project))
    for name in sorted({path.stem for paths in found for path in paths}):
        file = f"figures/{name}.css"
        yield name, bare(file, shipped(project, file))


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
    return shipped(project, f"static/{name}")


def shipped(project: Path, name: str) -> bytes:
    """A file among the templates, the project's own if it has one."""
    for folder in folders(project):
        path = folder / name
        if path.is_file():
            return path.read_bytes().replace(b"\r\n", b"\n")
    raise IntegrityError(f"templates/{name}: is missing; install again")
