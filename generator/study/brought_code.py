"""Code of their authors that studies run: the files of functions that they name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from generator.core.trust import find_function_code, require_trusted
from generator.corpora.base import Folders
from generator.models.base import ModelSpec
from generator.study.study import Study


def list_function_files(studies: Iterable[Study], data: Path) -> tuple[Path, ...]:
    """List the files of all functions that studies name.

    Args:
        studies: The studies.
        data: The folder of downloaded corpora.

    Returns:
        Their paths, sorted, each once.

    Raises:
        SettingError: A file is missing, or no plain file.
    """
    found = set[Path]()
    for study in studies:
        folders = Folders(study=study.folder, data=data)
        for model in study.models.values():
            found |= set(model.with_folders(folders).list_code().values())
    return tuple(sorted(found))


def allow_trusted_code(spec: ModelSpec, project: Path) -> ModelSpec:
    """Return a recipe that may run its code, if somebody has trusted it.

    Args:
        spec: The recipe, with its folders.
        project: Folder of the project.

    Raises:
        UntrustedCodeError: Nobody has; the message says what would run.
        SettingError: A file is missing, or no plain file.
    """
    paths = spec.list_code()
    if not paths:
        return spec
    code = find_function_code(project, paths.values())
    require_trusted(code)
    names = {path.relative_to(project).as_posix(): name for name, path in paths.items()}
    return spec.with_trusted_code(
        {names[path]: sha for path, sha in code.hashes.items()}
    )
