"""Sites written down by tests, with one thing wrong in each."""

from __future__ import annotations

from pathlib import Path

from generator.cli.check.site_files import SiteFolder, read_site
from generator.site.html_safety import POLICY
from generator.site.ownership import SiteManifest, hash_file, list_paths, mark_folder

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "<title>A page</title></head><body>\n<h1>A page</h1>\n{body}\n</body></html>"
)


def page(body: str = "") -> str:
    """A page without fault, and `body` on its third line."""
    return PAGE.replace("{body}", body)


def site(folder: Path, address: str = "", **files: str | bytes) -> SiteFolder:
    """A site of these files; `__` stands for a slash, `_` for a dot."""
    place = folder / "site"
    (place / "a").mkdir(parents=True)
    named = {
        name.replace("__", "/").replace("_", "."): text for name, text in files.items()
    }
    for path, text in {"index.html": page(), "a/index.html": page(), **named}.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        (place / path).write_bytes(data)
    mark_folder(
        place,
        SiteManifest({path: hash_file(place / path) for path in list_paths(place)}, {}),
    )
    return read_site(place, address)
