"""`export`: what a study made, as files that other programs read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from generator.artifacts.store import artifact_path
from generator.cli.job import Job, format_noun_count
from generator.collect.pipeline import CollectReport, StudyCollection, Workspace
from generator.core import files
from generator.core.errors import (
    ConfigError,
    UnsupportedError,
    quote_text,
    suggest_nearest,
)
from generator.models import MODELS
from generator.models.base import Epoch, ExportFormat
from generator.site.pages.post import study_path
from generator.study.freshness import make_incomplete_error
from generator.study.origins import find_origins
from generator.study.project import choose_studies
from generator.study.study import PART_NAME, Study, is_part_name


def export_model(
    job: Job,
    study: str,
    model: str,
    folder: Path,
    *,
    epoch: str,
    name: str,
    form: ExportFormat | None = None,
) -> None:
    """Write a model in the files of another program.

    A model that is not trained, or no longer, is trained first.

    Args:
        job: The run with its options.
        study: Slug of the study.
        model: Name of the model in the study file.
        folder: Gets the files; made if absent.
        epoch: The snapshot: a number, `best` or `last`.
        name: What the files' names begin with; "" for the model's name.
        form: The program that reads them; None for the one that the kind comes from,
            else for Keras.

    Raises:
        ConfigError: There is no such study, model or epoch, or a file is in the way.
        UnsupportedError: No other program reads such a model.
    """
    (chosen,) = choose_studies(job.studies, [study])
    place = f"{chosen.slug}: models.{model}"
    if model not in chosen.models:
        near = suggest_nearest(model, chosen.models)
        raise ConfigError(f"{chosen.slug}: no model {quote_text(model)}; {near}")
    program: ExportFormat = form or (*chosen.models[model].export_formats, "keras")[0]
    if reason := chosen.models[model].explain_missing_export(program):
        kinds = sorted(k for k in MODELS if program in MODELS[k].export_formats)
        raise UnsupportedError(
            f"{place}: {reason}; kinds that can be exported: {', '.join(kinds)}"
        )
    name = name or model
    if not is_part_name(name):
        raise ConfigError(
            f"--name {quote_text(name)}: must match {PART_NAME.pattern} and be no "
            "device's name"
        )
    snapshot, last = _parse_epoch(epoch), chosen.models[model].epochs
    if isinstance(snapshot, int) and snapshot > last:
        raise ConfigError(f"--epoch {snapshot}: {place} has epochs 0 to {last}")
    target = Path(job.project, folder)
    with job.hold_project() as lines:
        work = Workspace(job.root, job.data_folder, progress=lines)
        task = StudyCollection(chosen, work, CollectReport()).train_model(model)
        encoded = task.spec.encode_export(task.folder, snapshot, name, program)
        write_exported_files(target, encoded)
    for file in encoded:
        job.say(f"wrote {target / file}")
    job.say(f"exported {place}, epoch {epoch}, as {format_noun_count(encoded, 'file')}")


def export_figure(job: Job, study: str, figure: str, folder: Path) -> None:
    """Write the pictures of a figure, and the artifacts that it is drawn from.

    Args:
        job: The run with its options.
        study: Slug of the study.
        figure: Name of the figure in the study file.
        folder: Gets the files; made if absent.

    Raises:
        ConfigError: There is no such study or figure, or a file is in the way.
        StudyError: The study's artifacts are not collected, or cannot be drawn.
    """
    (chosen,) = choose_studies(job.studies, [study])
    if figure not in chosen.figures:
        near = suggest_nearest(figure, chosen.figures)
        raise ConfigError(f"{chosen.slug}: no figure {quote_text(figure)}; {near}")
    job.require_trust()
    status = job.find_status(chosen)
    if not status.complete:
        raise make_incomplete_error([status])
    drawn = draw_figure(job, chosen, figure)
    encoded = {f"{figure}.{ending}": body for ending, body in drawn.items()}
    for name in chosen.figures[figure].artifact_names():
        path = artifact_path(chosen, name)
        found = (one for one in (path, path.with_suffix(".npz")) if one.is_file())
        encoded |= {one.name: files.read_regular_file(one) for one in found}
    target = Path(job.project, folder)
    write_exported_files(target, encoded)
    for file in encoded:
        job.say(f"wrote {target / file}")


def draw_figure(job: Job, study: Study, name: str) -> dict[str, bytes]:
    """Draw a figure as its page has it.

    Args:
        job: The run with its options.
        study: The study, whose artifacts are there.
        name: Name of the figure, which the write-up places.

    Returns:
        The files by their ending, such as `png`.

    Raises:
        ConfigError: The write-up does not place the figure.
        StudyError: The study cannot be drawn.
    """
    # Matplotlib and Jinja are slow to import, and `export model` needs neither.
    from generator.figures.export.fonts import use_fonts  # noqa: PLC0415
    from generator.site.compose import compose_study, write_up_name  # noqa: PLC0415
    from generator.site.own_fonts import load_fonts  # noqa: PLC0415
    from generator.site.post_cache import RenderContext  # noqa: PLC0415
    from generator.site.templates import build_environment  # noqa: PLC0415
    from generator.site.writeup.writeup import PlacedFigure  # noqa: PLC0415

    templates = build_environment(job.root)
    context = RenderContext(job.root, templates, job.settings, _find_address(job))
    pages = {
        one.folder.name: study_path(one.category, one.date, one.slug)
        for one in job.studies
    }
    own = find_origins(job.root, [study])[study.folder.name]
    with use_fonts(load_fonts(job.root, job.settings.fonts)):
        composed, _ = compose_study(
            study, templates, pages, imprint=context.imprint, origins=own
        )
        for piece in composed.prose.pieces:
            if isinstance(piece, PlacedFigure) and piece.name == name:
                number = composed.numbers[name]
                return dict(composed.drawer.render_files(piece, number))
    raise ConfigError(
        f"{write_up_name(study)}: does not place figure {quote_text(name)}, whose "
        f"caption is written there; write ![A caption.](figure:{name})"
    )


def _find_address(job: Job) -> str:
    address = job.base_url or job.settings.base_url
    return address if not address or address.endswith("/") else f"{address}/"


def _parse_epoch(text: str) -> Epoch:
    """Return the epoch that an option names.

    Raises:
        ConfigError: The text names none.
    """
    if text in {"best", "last"}:
        return cast("Epoch", text)
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ConfigError(
            f"--epoch {quote_text(text)}: expected a number, best or last"
        )
    return int(text)


def write_exported_files(folder: Path, encoded: Mapping[str, bytes]) -> None:
    """Write files into a folder, all or none, over nothing that is not the same.

    Args:
        folder: Gets the files; made if absent.
        encoded: The bytes of each file by its name.

    Raises:
        ConfigError: A file of such a name is there and holds something else.
        ResourceError: A file cannot be written.
    """
    due = {}
    for name, data in encoded.items():
        path = folder / name
        if path.is_symlink() or path.exists():
            if path.is_symlink() or not path.is_file() or path.read_bytes() != data:
                raise ConfigError(
                    f"{path}: is there and holds something else; remove it, or choose "
                    "another folder or another --name"
                )
            continue
        due[path] = data
    for path, data in due.items():
        files.write(path, data, "an exported file")
