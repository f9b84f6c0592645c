"""Composed studies: artifacts read, claims decided, figures drawn in their prose."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import jinja2
from markupsafe import Markup

from generator.artifacts import Artifact
from generator.artifacts.store import (
    OLDER_SCHEMA,
    OlderSchemaError,
    StoredArtifact,
    artifact_path,
    load_artifact,
)
from generator.core.errors import FigureError, format_some_names
from generator.core.invocation import format_command
from generator.site.annotated_figures import NOWHERE, Imprint
from generator.site.figure_renderer import UNKNOWN, FigureCache, FigureRenderer
from generator.site.pages.post import MethodGrade, study_path
from generator.site.values import CLAIMS, describe_sign, format_expression
from generator.site.verdicts import (
    ClaimVerdict,
    apply_claims,
    build_claim_views,
    rests_on,
    study_verdicts,
    unlinked_warnings,
)
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.writeup import PlacedFigure, WriteUp, read_write_up
from generator.study.origins import StudyOrigins
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
    origins: StudyOrigins = UNKNOWN,
) -> tuple[ComposedStudy, tuple[str, ...]]:
    """Compose a study: read artifacts, decide claims, draw figures.

    Args:
        study: The study.
        templates: The environment of all pages.
        studies: Page of each study on the site by the name of its folder.
        grades: Grades that all studies give to methods.
        fragments: Cache of drawn figures, None for no cache.
        imprint: Where the study appears, for citations.
        origins: Where its artifacts come from.

    Returns:
        The composed study, and warnings.

    Raises:
        StudyError: If the study cannot be drawn.
    """
    page = study_path(study.category, study.date, study.slug)
    stored, outdated = load_study_artifacts(study)
    decided, warnings = study_verdicts(study, stored, outdated)
    stored = apply_claims(study, stored, decided)
    artifacts = {name: one.artifact for name, one in stored.items()}
    prose = read_prose(study, artifacts, decided, studies, page, outdated=outdated)
    numbers = {name: number for number, name in enumerate(prose.figures, 1)}
    claim_views = build_claim_views(study, decided, numbers)
    imprint = replace(imprint, authors=study.authors or imprint.authors)
    drawer = FigureRenderer(
        study,
        stored,
        templates,
        page,
        grades,
        fragments,
        imprint,
        claim_views,
        origins,
    )
    composed = ComposedStudy(
        drawer, prose, numbers, draw_pieces(prose, drawer, numbers)
    )
    return composed, (
        *outdated_warnings(study, outdated),
        *([origins.warning] if origins.warning else []),
        *warnings,
        *prose.warnings,
        *unplaced_warnings(study, numbers),
        *unlinked_warnings(study, claim_views),
    )


def load_study_artifacts(
    study: Study,
) -> tuple[dict[str, StoredArtifact], tuple[str, ...]]:
    """Load the artifacts of a study.

    Args:
        study: The study.

    Returns:
        The artifacts that this version reads by name, and the names of those of an
        older schema, which it does not.

    Raises:
        StudyError: If one is missing or damaged.
    """
    stored: dict[str, StoredArtifact] = {}
    outdated: list[str] = []
    for name in study.artifacts:
        try:
            stored[name] = load_artifact(artifact_path(study, name))
        except OlderSchemaError:
            outdated.append(name)
    return stored, tuple(outdated)


UNAVAILABLE = "[to be collected again]"
"""What a sentence says in place of a value that cannot be read."""


def format_value_or_gap(
    study: Study,
    artifacts: Mapping[str, Artifact],
    text: str,
    decided: Mapping[str, ClaimVerdict],
    outdated: Collection[str],
) -> str:
    """Format the value of an expression, or say that it is to be collected again.

    Args:
        study: The study.
        artifacts: Its artifacts by name.
        text: The expression, as the write-up has it.
        decided: Verdicts of the study's claims by name.
        outdated: Names of artifacts that cannot be read.

    Returns:
        The text.

    Raises:
        WriteUpError: If the expression is wrong.
    """
    steps = text.partition(":")[0].strip().split(".")
    if steps[0] in outdated:
        return UNAVAILABLE
    claim = study.claims.get(steps[1]) if steps[0] == CLAIMS and steps[1:] else None
    if claim and steps[-1] != "verdict" and rests_on(claim, outdated):
        return UNAVAILABLE
    return format_expression(artifacts, text, decided)


def read_prose(
    study: Study,
    artifacts: Mapping[str, Artifact],
    decided: Mapping[str, ClaimVerdict],
    studies: Mapping[str, str],
    page: str,
    *,
    outdated: Collection[str] = (),
) -> WriteUp:
    """Read a write-up, with values of artifacts and claims filled in.

    Args:
        study: The study.
        artifacts: The study's artifacts by name.
        decided: Verdicts of the study's claims by name.
        studies: Page of each study on the site by the name of its folder.
        page: Path of the page within the site.
        outdated: Names of artifacts that cannot be read.

    Returns:
        The write-up as HTML and figures.
    """
    known = KnownNames(
        study.figures,
        study.artifacts,
        studies,
        page,
        lambda text: format_value_or_gap(study, artifacts, text, decided, outdated),
        tuple(f"claim-{name}" for name in decided),
        lambda text: describe_sign(artifacts, text),
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


def outdated_warnings(study: Study, outdated: Sequence[str]) -> tuple[str, ...]:
    """Return a warning where artifacts cannot be read, and so figures are not drawn.

    Args:
        study: The study.
        outdated: Names of those artifacts.

    Returns:
        One warning, or none.
    """
    if not outdated:
        return ()
    verb = "were" if outdated[1:] else "was"
    command = format_command(f"collect {study.slug}")
    warning = (
        f"{study.slug}: {format_some_names(outdated)} {verb} {OLDER_SCHEMA}; what "
        f"rests on it is left out of the page; run: {command}"
    )
    return (warning,)


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
