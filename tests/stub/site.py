"""A renderer of a few plain pages, with the interface of `generator.site.build`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from generator.artifacts import store
from generator.core.errors import WriteUpError
from generator.study.study import Study

STYLE = "p { color: black }\n"


@dataclass(frozen=True)
class Rendered:
    """What a rendering did."""

    pages: int
    warnings: tuple[str, ...]
    hashes: dict[str, str] = field(default_factory=dict)


def render_site(
    project: Path,
    studies: Sequence[Study],
    settings: Any,
    into: Path,
    *,
    base_url: str = "",
    drafts: bool = False,
    kept: Any = None,
    before: Any = None,
    marks: Any = None,
) -> Rendered:
    """One page for each study with all its numbers, an index, a style sheet."""
    del base_url, drafts, kept, before, marks
    style = STYLE + _text(project / "templates" / "style.css")
    name = f"style.{hashlib.sha256(style.encode()).hexdigest()[:16]}.css"
    _write(into / "static" / name, style)
    warnings = []
    for study in studies:
        prose = _text(study.folder / "index.md")
        if "FAIL" in prose:
            raise WriteUpError(f"{study.folder / 'index.md'}:1: no figure of this name")
        if "BUG" in prose:
            raise ZeroDivisionError("a bug while rendering")
        if "WARN" in prose:
            warnings.append(f"{study.slug}: a warning")
        _write(into / study.category / study.slug / "index.html", _page(study, name))
    links = "".join(f"<p>{escape(study.title)}" for study in studies)
    _write(into / "index.html", f"<title>{escape(settings.title)}</title>{links}\n")
    return Rendered(len(studies) + 1, tuple(warnings))


def _page(study: Study, style: str) -> str:
    stored = {
        name: store.load_artifact(store.artifact_path(study, name))
        for name in study.artifacts
    }
    for figure in study.figures.values():
        figure.view(*(stored[name].artifact for name in figure.artifact_names()))
    numbers = "".join(
        f"<p>{name} {escape(repr(one.artifact))} {one.head.key}\n"
        for name, one in stored.items()
    )
    return f"<link href=../../static/{style}>{escape(study.title)}{numbers}\n"


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
