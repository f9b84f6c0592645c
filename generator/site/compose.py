"""Composed studies: artifacts read, claims decided, figures drawn in their prose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import jinja2
from markupsafe import Markup

from generator.artifacts import Artifact
from generator.artifacts.store import artifact_path, load_artifact
from generator.core.errors import FigureError
from generator.site.annotated_figures import NOWHERE, Imprint
from generator.site.figure_renderer import FigureCache, FigureRenderer
from generator.site.pages.post import MethodGrade, study_path
from generator.site.values import format_expression
from generator.site.verdicts import (
    ClaimVerdict,
    build_claim_views,
    study_verdicts,
    unlinked_warnings,
)
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.writeup import PlacedFigure, WriteUp, read_write_up
from generator.study.study import Study


@dataclass(frozen=True)
class ComposedStudy:
    """A study's write-up with its figures drawn and numbered from 1."""

    drawer: FigureRenderer
    prose: WriteUp
    numbers: Mapping[str, int]
    body: tuple[Markup, ...]
    """What stands for each piece of the write-up."""

    @property
    def study(self) -> Study:
        """The study."""
        return self.drawer.study

    @property
    def page(self) -> str:
        """Path of the study's page within the site."""
        return self.drawer.page

    @property
    def pieces(self) -> Iterator[tuple[Markup | PlacedFigure, Markup]]:
        """Each piece of the write-up with its HTML."""
        return zip(self.prose.pieces, self.body, strict=True)


def compose_study(
    study: Study,
    templates: jinja2.Environment,
    studies: Mapping[str, str],
    grades: Sequence[MethodGrade] = (),
    fragments: FigureCache | None = None,
    *,
    imprint: Imprint = NOWHERE,
) -> tuple[ComposedStudy, tuple[str, ...]]:
    """Compose a study: read artifacts, decide claims, draw figures.

    Args:
        study: The study.
        templates: The environment of all pages.
        studies: Page of each study on the site by the name of its folder.
        grades: Grades that all studies give to methods.
        fragments: Cache of drawn figures, None for no cache.
        imprint: Where the study appears, for citations.

    Returns:
        The composed study, and warnings.

    Raises:
        StudyError: If the study cannot be drawn.
    """
    page = study_path(study.category, study.date, study.slug)
    stored = {
        name: load_artifact(artifact_path(study, name)) for name in study.artifacts
    }
    artifacts = {name: one.artifact for name, one in stored.items()}
    decided, warnings = study_verdicts(study, artifacts)
    prose = read_prose(study, artifacts, decided, studies, page)
    numbers = {name: number for number, name in enumerate(prose.figures, 1)}
    claim_views = build_claim_views(study, decided, numbers)
    imprint = replace(imprint, authors=study.authors or imprint.authors)
    drawer = FigureRenderer(
        study, stored, templates, page, grades, fragments, imprint, claim_views
    )
    composed = ComposedStudy(
        drawer, prose, numbers, draw_pieces(prose, drawer, numbers)
    )
    return composed, (
        *warnings,
        *unplaced_warnings(study, numbers),
        *unlinked_warnings(study, claim_views),
    )


def read_prose(
    study: Study,
    artifacts: Mapping[str, Artifact],
    decided: Mapping[str, ClaimVerdict],
    studies: Mapping[str, str],
    page: str,
) -> WriteUp:
    """Read a write-up, with values of artifacts and claims filled in.

    Args:
        study: The study.
        artifacts: The study's artifacts by name.
        decided: Verdicts of the study's claims by name.
        studies: Page of each study on the site by the name of its folder.
        page: Path of the page within the site.

    Returns:
        The write-up as HTML and figures.
    """
    known = KnownNames(
        study.figures,
        artifacts,
        studies,
        page,
        lambda text: format_expression(artifacts, text, decided),
        tuple(f"claim-{name}" for name in decided),
    )
    return read_write_up(study.folder / "index.md", write_up_name(study), known)


def draw_pieces(
    prose: WriteUp, renderer: FigureRenderer, numbers: Mapping[str, int]
) -> tuple[Markup, ...]:
    """Draw the figures of a write-up.

    Args:
        prose: The write-up.
        renderer: What draws the figures.
        numbers: Numbers of the placed figures by name, from 1.

    Returns:
        The HTML of each piece, in order.

    Raises:
        FigureError: With all figures that cannot be drawn.
    """
    body: list[Markup] = []
    problems: list[str] = []
    for piece in prose.pieces:
        if isinstance(piece, Markup):
            body.append(piece)
            continue
        try:
            body.append(renderer.render_figure(piece, numbers[piece.name]))
        except FigureError as error:
            problems += error.problems
    if problems:
        raise FigureError(*problems)
    return tuple(body)


def unplaced_warnings(study: Study, numbers: Mapping[str, int]) -> tuple[str, ...]:
    """Return a warning for each figure that the write-up does not place.

    Args:
        study: The study.
        numbers: Numbers of the placed figures by name.

    Returns:
        The warnings.
    """
    lost = sorted(set(study.figures) - set(numbers))
    return tuple(
        f"{write_up_name(study)}: figure {name} is placed nowhere" for name in lost
    )


def write_up_name(study: Study) -> str:
    """Return the write-up's name in messages.

    Args:
        study: The study.
    """
    return f"studies/{study.folder.name}/index.md"
