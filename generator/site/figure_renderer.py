"""Figures in their frames: drawn, captioned, with their provenance and their scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from posixpath import dirname, relpath

import jinja2
from markupsafe import Markup, escape

from generator.artifacts.store import Stored, artifact_path
from generator.core.cache import Kept
from generator.core.errors import FigureError
from generator.core.files import combined, digest
from generator.core.markup import trusted
from generator.figures.base import Figure, View
from generator.figures.export.figure_files import ENDINGS, figure_files, path_of
from generator.figures.export.frame import Source
from generator.site.annotated_figures import NOWHERE, Imprint, calls, marks
from generator.site.pages import post, provenance, score_block
from generator.site.pages.methods import path as method_path
from generator.site.pages.post import ClaimView, Download
from generator.site.pages.search_index import text_of
from generator.site.templates import render
from generator.site.writeup.writeup import Placed
from generator.study.study import Study

Files = dict[str, bytes]
"""A figure's files by their ending."""


@dataclass(frozen=True)
class Fragments:
    """Drawn figures; `key` is a hash of what those of a study all follow from.

    That is the artifacts and the study's title. What a figure follows from besides is
    its place: what the study and the prose say of it, and the claims that link to it.
    The study's day and address stand in its citation alone, which is filled in later.
    """

    kept: Kept
    key: str
    pictures: Kept | None = None
    """Where pictures are kept by what is drawn in them."""

    def of(self, place: str, draw: Callable[[], Markup]) -> Markup:
        """The figure at `place`, drawn if it was not kept."""
        key = combined("figure", self.key, place)
        found = self.kept.get(key)
        if found is not None:
            return trusted(found.decode())
        html = draw()
        self.kept.put(key, html.encode())
        return html

    def files(self, place: str, draw: Callable[[], Files]) -> Files:
        """The files of the figure at `place`, drawn if they were not all kept."""
        key = combined("files", self.key, place)
        told = self.kept.get(key)
        found = {e: self.kept.get(n) for e, n in json.loads(told or b"{}").items()}
        if found and None not in found.values():
            return {ending: body for ending, body in found.items() if body is not None}
        drawn = draw()
        for body in drawn.values():
            self.kept.put(digest(body), body)
        names = {ending: digest(body) for ending, body in drawn.items()}
        self.kept.put(key, json.dumps(names).encode())
        return drawn


@dataclass(frozen=True)
class Drawer:
    """What drawing a study needs: its artifacts, the templates, its place."""

    study: Study
    stored: Mapping[str, Stored]
    templates: jinja2.Environment
    page: str
    grades: Sequence[post.Grade] = ()
    fragments: Fragments | None = None
    imprint: Imprint = NOWHERE
    claims: Sequence[ClaimView] = ()
    views: dict[str, View] = field(default_factory=dict, compare=False)
    made: dict[str, Files] = field(default_factory=dict, compare=False)
    """What this drawer drew already, by the figure's name."""

    def said(self, name: str) -> tuple[ClaimView, ...]:
        """The claims that link to a figure."""
        return tuple(one for one in self.claims if one.figure == f"fig-{name}")

    def verdicts(self, name: str) -> tuple[str, ...]:
        """The claims that link to a figure, each after its verdict, as sentences."""
        return tuple(
            f"{one.verdict[:1].upper()}{one.verdict[1:]}. {one.claim}"
            for one in self.said(name)
        )

    @property
    def known(self) -> score_block.Known:
        """The study's artifacts, with where they come from."""
        return {name: (one.artifact, one.head) for name, one in self.stored.items()}

    def asked(self, name: str) -> str:
        """A figure's settings."""
        return self.study.figures[name].model_dump_json()

    def figure(self, placed: Placed, number: int) -> Markup:
        """A figure in its frame, drawn or recalled. Raises `FigureError`, naming it."""
        asked = self.asked(placed.name)
        place = f"{placed!r} {number} {self.said(placed.name)!r} {asked}"
        blank = combined(place)[:24]
        html = (
            self.framed(placed, number, blank)
            if self.fragments is None
            else self.fragments.of(place, lambda: self.framed(placed, number, blank))
        )
        return self.signed(html, placed, number, blank)

    def signed(self, html: Markup, placed: Placed, number: int, blank: str) -> Markup:
        """A figure with its citation and its address in their blanks."""
        figure, study = self.study.figures[placed.name], self.study
        title = f"figure {number}: {title_of(figure)}"
        cite = self.imprint.cite(study.title, title, study.date)
        address = self.imprint.address(self.page, f"fig-{placed.name}")
        filled = str(html).replace(f"cite-{blank}", escape(cite))
        return trusted(filled.replace(f"address-{blank}", escape(address)))

    def files(self, placed: Placed, number: int) -> Files:
        """A figure's own files by their ending, drawn or recalled."""
        name, fragments = placed.name, self.fragments
        if name not in self.made:
            self.made[name] = (
                self.pictured(placed, number)
                if fragments is None
                else fragments.files(
                    f"{name} {number} {self.verdicts(name)!r} {self.address(name)} "
                    f"{[(one.target, one.text) for one in placed.notes]!r}"
                    + self.asked(name),
                    lambda: self.pictured(placed, number),
                )
            )
        return self.made[name]

    def address(self, name: str) -> str:
        """Where a figure is on the web, "" where that is not known."""
        base = self.imprint.base_url
        return self.imprint.address(self.page, f"fig-{name}") if base else ""

    def pictured(self, placed: Placed, number: int) -> Files:
        """A figure's own files, drawn."""
        figure, id_ = self.study.figures[placed.name], f"fig-{placed.name}"
        source = Source(
            number=number,
            id=id_,
            title=title_of(figure),
            study=self.study.title,
            site=self.imprint.site,
            address=self.address(placed.name),
            verdicts=self.verdicts(placed.name),
            notes=tuple(
                f"{one.about}: {text_of(one.text)}"
                for one in calls(self.view(placed), placed)
            ),
        )
        kept = self.fragments.pictures if self.fragments else None
        return figure_files(self.view(placed), source, kept)

    def view(self, placed: Placed) -> View:
        """What a figure's template draws. Raises `FigureError`, naming the figure."""
        if placed.name not in self.views:
            self.views[placed.name] = self.viewed(placed)
        return self.views[placed.name]

    def viewed(self, placed: Placed) -> View:
        """What a figure's template draws, made."""
        figure = self.study.figures[placed.name]
        where = f"{self.study.folder.name}/study.yaml: figures.{placed.name}"
        artifacts = tuple(
            score_block.timed(self.stored[name].artifact, self.known)
            for name in figure.reads()
        )
        try:
            view = figure.view(*artifacts)
            assert isinstance(view, View)  # noqa: S101 - every figure gives one
        except FigureError as error:
            raise FigureError(*(f"{where}: {p}" for p in error.problems)) from error
        return replace(view, summary=(figure.alt,)) if figure.alt else view

    def framed(self, placed: Placed, number: int, blank: str) -> Markup:
        """A figure, drawn, with blanks for its citation and its address."""
        figure = self.study.figures[placed.name]
        view = self.view(placed)
        told = calls(view, placed)
        drawn = tuple(self.stored[name] for name in figure.reads())
        lines = (
            provenance.caption_lines(
                one.artifact, one.head, method_path(one.head.made.method)
            )
            for one in drawn
        )
        checks = (
            provenance.checked(provenance.checks_of(one.artifact)) for one in drawn
        )
        here = dirname(self.page)
        context = {
            "view": view,
            "kind": figure.figure,
            "id": f"fig-{placed.name}",
            "number": number,
            "title": title_of(figure),
            "caption": placed.caption,
            "files": self.menu(placed, number),
            "provenance": tuple(dict.fromkeys(chain.from_iterable(lines))),
            "checks": tuple(dict.fromkeys(chain.from_iterable(checks))),
            "claims": self.said(placed.name),
            "scores": score_block.blocks(figure.reads(), self.known, self.grades),
            "link": lambda path: relpath(path, here),
            "calls": told,
            "noted": marks(told),
            "own": bool(figure.alt),
            "cite": f"cite-{blank}",
            "address": f"address-{blank}",
        }
        return render(self.templates, "figure.html", context)

    def menu(self, placed: Placed, number: int) -> tuple[Download, ...]:
        """What a reader can take: numbers, then pictures."""
        figure, here = self.study.figures[placed.name], dirname(self.page)
        own = own_downloads(self.page, placed.name, self.files(placed, number))
        data = (f for n in figure.reads() for f in downloads(self.study, n, here))
        return (own["csv"], *data, own["svg"], own["png"])


def own_downloads(
    page: str, name: str, files: Mapping[str, bytes]
) -> dict[str, Download]:
    """A figure's own files by their ending, as a menu lists them."""
    return {
        ending: Download(
            "",
            path_of(page, name, ending),
            ending.upper(),
            bytes_told(len(files[ending])),
        )
        for ending in ENDINGS
    }


def title_of(figure: Figure) -> str:
    """A figure's heading: the author's, else what its kind is called."""
    return figure.title or figure.heading


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
