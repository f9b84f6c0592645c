"""Figures in their frames: drawn, captioned, with their provenance and their scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from posixpath import dirname, relpath

import jinja2
from markupsafe import Markup, escape

from generator.artifacts.store import StoredArtifact, UnreadableSchema, artifact_path
from generator.core.cache import Cache
from generator.core.errors import FigureError
from generator.core.files import digest, hash_parts
from generator.core.markup import trust_html
from generator.figures.base import Figure, View
from generator.figures.export.figure_files import (
    ENDINGS,
    figure_file_path,
    figure_files,
    missing_letters,
)
from generator.figures.export.frame import FigureSource
from generator.figures.export.layouts import draw_figure
from generator.site.annotated_figures import (
    NOWHERE,
    Imprint,
    build_callouts,
    item_marks,
)
from generator.site.pages import post, provenance, score_block
from generator.site.pages.methods import method_path
from generator.site.pages.post import ClaimView, Download
from generator.site.pages.search_index import html_text
from generator.site.templates import render_template
from generator.site.writeup.writeup import PlacedFigure
from generator.study.origins import StudyOrigins
from generator.study.scoring import find_inapplicable
from generator.study.study import Study

UNKNOWN = StudyOrigins()
"""The origins of artifacts that nothing is to be said of."""
FigureFiles = dict[str, bytes]
"""A figure's files by their ending."""


@dataclass(frozen=True)
class FigureCache:
    """A cache of drawn figures; `key` is a hash of what all of a study's share.

    That is the artifacts and the study's title. What a figure follows from besides is
    its place: what the study and the prose say of it, and the claims that link to it.
    The study's day and address stand in its citation alone, which is filled in later.
    """

    cache: Cache
    key: str
    pictures: Cache | None = None
    """Where pictures are kept by what is drawn in them."""

    def get_figure(self, place: str, draw: Callable[[], Markup]) -> Markup:
        """Return the figure at `place`, drawn if it is not cached.

        Args:
            place: Everything besides the artifacts that the figure depends on, as text.
            draw: Draws the figure.

        Returns:
            The figure's HTML.
        """
        key = hash_parts("figure", self.key, place)
        cached = self.cache.recall(key, bytes.decode)
        if cached is not None:
            return trust_html(cached)
        html = draw()
        self.cache.put(key, html.encode())
        return html

    def get_files(self, place: str, draw: Callable[[], FigureFiles]) -> FigureFiles:
        """Return the files of the figure at `place`, drawn unless all are cached.

        Args:
            place: Everything besides the artifacts that the figure depends on, as text.
            draw: Draws the files.

        Returns:
            The files by their ending.
        """
        key = hash_parts("files", self.key, place)
        names = self.cache.recall(key, _decode_names) or {}
        cached = {ending: self._get_file(name) for ending, name in names.items()}
        if cached and None not in cached.values():
            return {ending: body for ending, body in cached.items() if body is not None}
        drawn = draw()
        for body in drawn.values():
            self.cache.put(digest(body), body)
        names = {ending: digest(body) for ending, body in drawn.items()}
        self.cache.put(key, json.dumps(names).encode())
        return drawn

    def _get_file(self, name: str) -> bytes | None:
        """Return a cached file by the hash of its bytes."""
        body = self.cache.get(name)
        return body if body is not None and digest(body) == name else None


def _decode_names(data: bytes) -> dict[str, str]:
    """Decode the hashes of a figure's files by their ending.

    Raises:
        ValueError: They are not those of all files of a figure.
    """
    names: dict[str, str] = json.loads(data)
    if set(names) | {"png"} != set(ENDINGS):
        raise ValueError("not the files of a figure")
    return names


@dataclass(frozen=True)
class FigureRenderer:
    """The context for drawing a study's figures: artifacts, templates, place."""

    study: Study
    stored: Mapping[str, StoredArtifact]
    templates: jinja2.Environment
    page: str
    grades: Sequence[post.MethodGrade] = ()
    figure_cache: FigureCache | None = None
    imprint: Imprint = NOWHERE
    claims: Sequence[ClaimView] = ()
    origins: StudyOrigins = UNKNOWN
    unreadable: Mapping[str, UnreadableSchema] = field(default_factory=dict)
    """The schema of each artifact that cannot be read."""
    views: dict[str, View] = field(default_factory=dict, compare=False)
    files_by_figure: dict[str, FigureFiles] = field(default_factory=dict, compare=False)
    """Files drawn so far, by the name of their figure."""

    def claims_about(self, name: str) -> tuple[ClaimView, ...]:
        """Return the claims that link to a figure.

        Args:
            name: Name of the figure in the study file.
        """
        return tuple(one for one in self.claims if one.figure == f"fig-{name}")

    def claim_sentences(self, name: str) -> tuple[str, ...]:
        """Return the claims that link to a figure, each after its verdict.

        Args:
            name: Name of the figure in the study file.

        Returns:
            One sentence a claim.
        """
        return tuple(
            f"{one.verdict[:1].upper()}{one.verdict[1:]}. {one.claim}"
            for one in self.claims_about(name)
        )

    @property
    def known_artifacts(self) -> score_block.ArtifactsWithHeads:
        """The study's artifacts with their heads, by name."""
        return {name: (one.artifact, one.head) for name, one in self.stored.items()}

    def figure_settings(self, name: str) -> str:
        """Return a figure's settings as JSON.

        Args:
            name: Name of the figure in the study file.
        """
        return self.study.figures[name].model_dump_json()

    def is_drawable(self, name: str) -> bool:
        """Return whether all artifacts of a figure can be read.

        Args:
            name: Name of the figure in the study file.
        """
        return all(n in self.stored for n in self.study.figures[name].artifact_names())

    def render_gap(self, placed: PlacedFigure, number: int) -> Markup:
        """Render what stands for a figure whose artifacts are to be collected again.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.

        Returns:
            The figure's place with the command that collects it.
        """
        figure = self.study.figures[placed.name]
        schemas = {n: self.unreadable.get(n) for n in figure.artifact_names()}
        context = {
            "id": f"fig-{placed.name}",
            "number": number,
            "title": title_of(figure),
            "caption": placed.caption,
            "outdated": [n for n, schema in schemas.items() if schema == "outdated"],
            "newer": [n for n, schema in schemas.items() if schema == "newer"],
            "folder": self.study.folder.name,
        }
        return render_template(self.templates, "figure-gap.html", context)

    def render_figure(self, placed: PlacedFigure, number: int) -> Markup:
        """Render a figure in its frame, from the cache if nothing changed.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.

        Returns:
            The figure's HTML.

        Raises:
            FigureError: If it cannot be drawn; the message names the figure.
        """
        if not self.is_drawable(placed.name):
            return self.render_gap(placed, number)
        settings = self.figure_settings(placed.name)
        place = f"{placed!r} {number} {self.claims_about(placed.name)!r} {settings}"
        blank = hash_parts(place)[:24]
        html = (
            self.framed(placed, number, blank)
            if self.figure_cache is None
            else self.figure_cache.get_figure(
                place, lambda: self.framed(placed, number, blank)
            )
        )
        return self.sign_figure(html, placed, number, blank)

    def sign_figure(
        self, html: Markup, placed: PlacedFigure, number: int, blank: str
    ) -> Markup:
        """Fill a figure's citation and its address into their blanks.

        Args:
            html: The figure with blanks.
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.
            blank: The mark that stands where the citation and address go.

        Returns:
            The figure's HTML.
        """
        figure, study = self.study.figures[placed.name], self.study
        title = f"figure {number}: {title_of(figure)}"
        cite = self.imprint.cite(study.title, title, study.date)
        address = self.imprint.address(self.page, f"fig-{placed.name}")
        filled = str(html).replace(f"cite-{blank}", escape(cite))
        return trust_html(filled.replace(f"address-{blank}", escape(address)))

    def render_files(self, placed: PlacedFigure, number: int) -> FigureFiles:
        """Render a figure's own files, from the cache if nothing changed.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.

        Returns:
            The files by their ending.
        """
        name, fragments = placed.name, self.figure_cache
        if name not in self.files_by_figure:
            self.files_by_figure[name] = (
                self.draw_files(placed, number)
                if fragments is None
                else fragments.get_files(
                    f"{name} {number} {self.claim_sentences(name)!r} "
                    f"{self.address(name)} "
                    f"{[(one.target, one.text) for one in placed.notes]!r}"
                    + self.figure_settings(name),
                    lambda: self.draw_files(placed, number),
                )
            )
        return self.files_by_figure[name]

    def address(self, name: str) -> str:
        """Return the address of a figure on the web, "" where it is not known.

        Args:
            name: Name of the figure in the study file.
        """
        base = self.imprint.base_url
        return self.imprint.address(self.page, f"fig-{name}") if base else ""

    def draw_files(self, placed: PlacedFigure, number: int) -> FigureFiles:
        """Draw a figure's own files.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.

        Returns:
            The files by their ending.
        """
        pictures = self.figure_cache.pictures if self.figure_cache else None
        source = self.source(placed, number)
        return figure_files(self.view(placed), source, pictures)

    def missing_letters(self, placed: PlacedFigure, number: int) -> str:
        """Return the letters for which a figure has no PNG, "" where it has one.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.
        """
        if "png" in self.render_files(placed, number):
            return ""
        return missing_letters(
            draw_figure(self.view(placed), self.source(placed, number))
        )

    def source(self, placed: PlacedFigure, number: int) -> FigureSource:
        """Return what a figure's picture says of where it is from.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.
        """
        figure, id_ = self.study.figures[placed.name], f"fig-{placed.name}"
        return FigureSource(
            number=number,
            id=id_,
            title=title_of(figure),
            study=self.study.title,
            site=self.imprint.site,
            address=self.address(placed.name),
            verdicts=self.claim_sentences(placed.name),
            notes=tuple(
                f"{one.about}: {html_text(one.text)}"
                for one in build_callouts(self.view(placed), placed)
            ),
        )

    def view(self, placed: PlacedFigure) -> View:
        """Return a figure's view, the data that its template draws.

        Args:
            placed: The figure as the write-up places it.

        Returns:
            The view, built once.

        Raises:
            FigureError: If it cannot be built; the message names the figure.
        """
        if placed.name not in self.views:
            self.views[placed.name] = self.build_view(placed)
        return self.views[placed.name]

    def build_view(self, placed: PlacedFigure) -> View:
        """Build a figure's view, the data that its template draws.

        Args:
            placed: The figure as the write-up places it.

        Returns:
            The view.

        Raises:
            FigureError: If an artifact that the figure draws is missing or unsuitable.
        """
        figure = self.study.figures[placed.name]
        where = f"{self.study.folder.name}/study.yaml: figures.{placed.name}"
        artifacts = tuple(
            score_block.add_times(self.stored[name].artifact, self.known_artifacts)
            for name in figure.artifact_names()
        )
        try:
            view = figure.view(*artifacts)
            assert isinstance(view, View)  # noqa: S101 - every figure gives one
        except FigureError as error:
            raise FigureError(*(f"{where}: {p}" for p in error.problems)) from error
        return replace(view, summary=(figure.alt,)) if figure.alt else view

    def framed(self, placed: PlacedFigure, number: int, blank: str) -> Markup:
        """Render a figure in its frame, with blanks for citation and address.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.
            blank: The mark that stands where the citation and address go.

        Returns:
            The figure's HTML.
        """
        figure = self.study.figures[placed.name]
        view = self.view(placed)
        callouts = build_callouts(view, placed)
        stored = tuple(self.stored[name] for name in figure.artifact_names())
        lines = (
            provenance.caption_lines(
                one.artifact, one.head, method_path(one.head.made.method)
            )
            for one in stored
        )
        checks = (
            provenance.describe_checks(provenance.checks_of(one.artifact))
            for one in stored
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
            "committed": self.origins.is_committed(figure.artifact_names()),
            "claims": self.claims_about(placed.name),
            "scores": score_block.build_score_blocks(
                figure.artifact_names(),
                self.known_artifacts,
                self.grades,
                lambda name: find_inapplicable(self.study, name),
            ),
            "link": lambda path: relpath(path, here),
            "calls": callouts,
            "noted": item_marks(callouts),
            "own": bool(figure.alt),
            "cite": f"cite-{blank}",
            "address": f"address-{blank}",
        }
        return render_template(self.templates, "figure.html", context)

    def menu(self, placed: PlacedFigure, number: int) -> tuple[Download, ...]:
        """Return a figure's downloads: numbers, then pictures.

        Args:
            placed: The figure as the write-up places it.
            number: Number of the figure on the page, from 1.

        Returns:
            The entries of the menu.
        """
        figure, here = self.study.figures[placed.name], dirname(self.page)
        own = own_downloads(self.page, placed.name, self.render_files(placed, number))
        data = (
            f
            for n in figure.artifact_names()
            for f in artifact_downloads(self.study, n, here)
        )
        return (own["csv"], *data, *(own[e] for e in ("svg", "png") if e in own))


def own_downloads(
    page: str, name: str, files: Mapping[str, bytes]
) -> dict[str, Download]:
    """Return the download entries of a figure's own files.

    Args:
        page: Path of the page within the site.
        name: Name of the figure in the study file.
        files: The files by their ending.

    Returns:
        The entries by their ending.
    """
    return {
        ending: Download(
            "",
            figure_file_path(page, name, ending),
            ending.upper(),
            format_size(len(files[ending])),
        )
        for ending in ENDINGS
        if ending in files
    }


def title_of(figure: Figure) -> str:
    """Return a figure's heading: the author's, else that of its kind."""
    return figure.title or figure.heading


def artifact_downloads(study: Study, name: str, here: str) -> tuple[Download, ...]:
    """Return the download entries of an artifact's files.

    Args:
        study: The study.
        name: Name of the artifact.
        here: Path of the page within the site.

    Returns:
        Its JSON, and its arrays where they are in a file of their own.
    """
    path = artifact_path(study, name)
    downloads = []
    for file, kind in ((path, "JSON"), (path.with_suffix(".npz"), "NPZ")):
        if file.is_file():
            size = file.stat().st_size
            target = f"{here}/data/{file.name}"
            downloads.append(Download(name, target, kind, format_size(size)))
    return tuple(downloads)


def format_size(size: int) -> str:
    """Format a size in bytes as kB or MB."""
    return (
        f"{max(1, round(size / 1000)):,} kB" if size < MEGA else f"{size / MEGA:.1f} MB"
    )


MEGA = 1_000_000
