"""Figures in their frames: drawn, captioned, with their provenance and their scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from posixpath import dirname, relpath

import jinja2
from markupsafe import Markup

from generator.errors import FigureError
from generator.figures.base import Figure
from generator.files import combined
from generator.kept import Kept
from generator.markup import trusted
from generator.noted import NOWHERE, Imprint, calls, marks
from generator.pages import graded, making, scoreblock
from generator.pages.base import Claim, Download
from generator.pages.method import path as method_path
from generator.store import Stored, artifact_path
from generator.study import Study
from generator.templating import render
from generator.writeup import Placed

TITLES = {
    "text": "One step as text",
    "matrix": "Every step",
    "epochs": "One text at several epochs",
    "parts": "Contributions by layer",
    "curve": "Curves",
    "samples": "Texts the model wrote",
    "estimates": "Estimates",
    "heatmap": "What each word got",
    "rule": "What is enough for the prediction",
    "history": "One text while the model learns",
    "confusion": "What was predicted for what",
    "violins": "One value a text",
    "compare": "One text, several answers",
    "bars": "How much each word counts",
    "scores": "How far it can be trusted",
    "agreement": "Where explanations agree",
}
"""The heading of a figure whose author gave none, by its kind."""


@dataclass(frozen=True)
class Fragments:
    """Drawn figures of one study; `key` is a hash of what they follow from.

    That is everything but the prose, which gives a figure its place and its caption.
    """

    kept: Kept
    key: str

    def of(self, place: str, draw: Callable[[], Markup]) -> Markup:
        """The figure at `place`, drawn if it was not kept."""
        key = combined("figure", self.key, place)
        found = self.kept.get(key)
        if found is not None:
            return trusted(found.decode())
        html = draw()
        self.kept.put(key, html.encode())
        return html


@dataclass(frozen=True)
class Drawer:
    """What drawing a study needs: its artifacts, the templates, its place."""

    study: Study
    stored: Mapping[str, Stored]
    templates: jinja2.Environment
    page: str
    grades: Sequence[graded.Grade] = ()
    fragments: Fragments | None = None
    imprint: Imprint = NOWHERE
    claims: Sequence[Claim] = ()

    def said(self, name: str) -> tuple[Claim, ...]:
        """The claims that link to a figure."""
        return tuple(one for one in self.claims if one.figure == f"fig-{name}")

    @property
    def known(self) -> scoreblock.Known:
        """The study's artifacts, with where they come from."""
        return {name: (one.artifact, one.head) for name, one in self.stored.items()}

    def figure(self, placed: Placed, number: int) -> Markup:
        """A figure in its frame, drawn or recalled. Raises `FigureError`, naming it."""
        if self.fragments is None:
            return self.framed(placed, number)
        return self.fragments.of(
            f"{placed!r} {number} {self.said(placed.name)!r}",
            lambda: self.framed(placed, number),
        )

    def framed(self, placed: Placed, number: int) -> Markup:
        """A figure, drawn."""
        figure = self.study.figures[placed.name]
        where = f"{self.study.folder.name}/study.yaml: figures.{placed.name}"
        artifacts = tuple(
            scoreblock.timed(self.stored[name].artifact, self.known)
            for name in figure.reads()
        )
        try:
            view = figure.view(*artifacts)
        except FigureError as error:
            raise FigureError(*(f"{where}: {p}" for p in error.problems)) from error
        if figure.alt:
            view = replace(view, summary=(figure.alt,))
        told = calls(view, placed)
        title = f"figure {number}: {title_of(figure)}"
        drawn = tuple(self.stored[name] for name in figure.reads())
        lines = (
            making.caption_lines(
                one.artifact, one.head, method_path(one.head.made.method)
            )
            for one in drawn
        )
        checks = (making.checked(making.checks_of(one.artifact)) for one in drawn)
        here = dirname(self.page)
        context = {
            "view": view,
            "kind": figure.figure,
            "id": f"fig-{placed.name}",
            "number": number,
            "title": title_of(figure),
            "caption": placed.caption,
            "files": tuple(
                f for n in figure.reads() for f in downloads(self.study, n, here)
            ),
            "provenance": tuple(dict.fromkeys(chain.from_iterable(lines))),
            "checks": tuple(dict.fromkeys(chain.from_iterable(checks))),
            "claims": self.said(placed.name),
            "scores": scoreblock.blocks(figure.reads(), self.known, self.grades),
            "link": lambda path: relpath(path, here),
            "calls": told,
            "noted": marks(told),
            "own": bool(figure.alt),
            "cite": self.imprint.cite(self.study.title, title, self.study.date),
            "address": self.imprint.address(self.page, f"fig-{placed.name}"),
        }
        return render(self.templates, "figure.html", context)


def title_of(figure: Figure) -> str:
    """A figure's heading: the author's, else what its kind is called."""
    return figure.title or TITLES.get(figure.figure, figure.figure)


def downloads(study: Study, name: str, here: str) -> tuple[Download, ...]:
    """An artifact's files: its JSON, and its arrays where they are apart."""
    path = artifact_path(study, name)
    found = []
    for file, kind in ((path, "JSON"), (path.with_suffix(".npz"), "NPZ")):
        if file.is_file():
            size = file.stat().st_size
            target = f"{here}/data/{file.name}"
            found.append(Download(name, target, kind, bytes_told(size)))
    return tuple(found)


def bytes_told(size: int) -> str:
    """A size in words."""
    return (
        f"{max(1, round(size / 1000)):,} kB" if size < MEGA else f"{size / MEGA:.1f} MB"
    )


MEGA = 1_000_000
