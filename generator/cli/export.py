"""`export`: what a study made, as files that other programs read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

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
from generator.models.base import Epoch
from generator.study.project import choose_studies
from generator.study.study import PART_NAME, is_part_name


def export_model(
    job: Job, study: str, model: str, folder: Path, *, epoch: str, name: str
) -> None:
    """Write a model in the files of the program that it comes from.

    A model that is not trained, or no longer, is trained first.

    Args:
        job: The run with its options.
        study: Slug of the study.
        model: Name of the model in the study file.
        folder: Gets the files; made if absent.
        epoch: The snapshot: a number, `best` or `last`.
        name: What the files' names begin with; "" for the model's name.

    Raises:
        ConfigError: There is no such study, model or epoch, or a file is in the way.
        UnsupportedError: No other program reads such a model.
    """
    (chosen,) = choose_studies(job.studies, [study])
    place = f"{chosen.slug}: models.{model}"
    if model not in chosen.models:
        near = suggest_nearest(model, chosen.models)
        raise ConfigError(f"{chosen.slug}: no model {quote_text(model)}; {near}")
    if reason := chosen.models[model].explain_missing_export():
        kinds = sorted(kind for kind in MODELS if "encode_export" in vars(MODELS[kind]))
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
        encoded = task.spec.encode_export(task.folder, snapshot, name)
        write_exported_files(target, encoded)
    for file in encoded:
        job.say(f"wrote {target / file}")
    job.say(f"exported {place}, epoch {epoch}, as {format_noun_count(encoded, 'file')}")


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
