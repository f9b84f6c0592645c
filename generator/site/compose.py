"""Composed studies: artifacts read, claims decided, figures drawn in their prose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import jinja2
from markupsafe import Markup

from generator.artifacts import Artifact
from generator.artifacts.store import (
    OLDER_SCHEMA,
    NewerSchemaError,
    OlderSchemaError,
    StoredArtifact,
    UnreadableSchema,
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
from generator.study.comparison import find_unit, name_units
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
    stored, unreadable = load_study_artifacts(study)
    decided, warnings = study_verdicts(study, stored, unreadable)
    stored = apply_claims(study, stored, decided)
    artifacts = {name: one.artifact for name, one in stored.items()}
    prose = read_prose(study, artifacts, decided, studies, page, unreadable=unreadable)
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
        unreadable,
    )
    composed = ComposedStudy(
        drawer, prose, numbers, draw_pieces(prose, drawer, numbers)
    )
    return composed, (
        *schema_warnings(study, unreadable),
        *([origins.warning] if origins.warning else []),
        *warnings,
        *prose.warnings,
        *unplaced_warnings(study, numbers),
        *unlinked_warnings(study, claim_views),
    )


def load_study_artifacts(
    study: Study,
) -> tuple[dict[str, StoredArtifact], dict[str, UnreadableSchema]]:
    """Load the artifacts of a study.

    Args:
        study: The study.

    Returns:
        The artifacts that this version reads by name, and which schema the others are
        of, by name too.

    Raises:
        StudyError: If one is missing or damaged.
    """
    stored: dict[str, StoredArtifact] = {}
    unreadable: dict[str, UnreadableSchema] = {}
    for name in study.artifacts:
        try:
            found = load_artifact(artifact_path(study, name))
            artifact = name_units(found.artifact, find_unit(study, name))
            stored[name] = replace(found, artifact=artifact)
        except OlderSchemaError:
            unreadable[name] = "outdated"
        except NewerSchemaError:
            unreadable[name] = "newer"
    return stored, unreadable


UNAVAILABLE: Mapping[UnreadableSchema, str] = {
    "outdated": "[to be collected again]",
    "newer": "[collected by a newer version]",
}
"""What a sentence says in place of a value that cannot be read."""


def format_value_or_gap(
    study: Study,
    artifacts: Mapping[str, Artifact],
    text: str,
    decided: Mapping[str, ClaimVerdict],
    unreadable: Mapping[str, UnreadableSchema],
) -> str:
    """Format the value of an expression, or say that it is to be collected again.

    Args:
        study: The study.
        artifacts: Its artifacts by name.
        text: The expression, as the write-up has it.
        decided: Verdicts of the study's claims by name.
        unreadable: The schema of each artifact that cannot be read.

    Returns:
        The text.

    Raises:
        WriteUpError: If the expression is wrong.
    """
    steps = text.partition(":")[0].strip().split(".")
    if steps[0] in unreadable:
        return UNAVAILABLE[unreadable[steps[0]]]
    claim = study.claims.get(steps[1]) if steps[0] == CLAIMS and steps[1:] else None
    if claim and steps[-1] != "verdict" and (lacks := rests_on(claim, unreadable)):
        return UNAVAILABLE[unreadable[lacks[0]]]
    return format_expression(artifacts, text, decided)


def read_prose(
    study: Study,
    artifacts: Mapping[str, Artifact],
    decided: Mapping[str, ClaimVerdict],
    studies: Mapping[str, str],
    page: str,
    *,
    unreadable: Mapping[str, UnreadableSchema],
) -> WriteUp:
    """Read a write-up, with values of artifacts and claims filled in.

    Args:
        study: The study.
        artifacts: The study's artifacts by name.
        decided: Verdicts of the study's claims by name.
        studies: Page of each study on the site by the name of its folder.
        page: Path of the page within the site.
        unreadable: The schema of each artifact that cannot be read.

    Returns:
        The write-up as HTML and figures.
    """
    known = KnownNames(
        study.figures,
        study.artifacts,
        studies,
        page,
        lambda text: format_value_or_gap(study, artifacts, text, decided, unreadable),
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


def schema_warnings(
    study: Study, unreadable: Mapping[str, UnreadableSchema]
) -> tuple[str, ...]:
    """Return warnings where artifacts cannot be read, and so figures are not drawn.

    Args:
        study: The study.
        unreadable: The schema of each of those artifacts by name.

    Returns:
        One warning for those of an older schema, and one for those of a newer one.
    """
    command = format_command(f"collect {study.slug}")
    warnings = []
    for schema, what, fix in (
        ("outdated", OLDER_SCHEMA, f"run: {command}"),
        ("newer", "collected by a newer version", "upgrade the program"),
    ):
        names = [name for name, of in unreadable.items() if of == schema]
        if names:
            verb = "were" if names[1:] else "was"
            warnings.append(
                f"{study.slug}: {format_some_names(names)} {verb} {what}; what rests "
                f"on it is left out of the page; {fix}"
            )
    return tuple(warnings)


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
