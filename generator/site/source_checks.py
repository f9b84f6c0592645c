"""What a project's own files say, checked before anything is trained or drawn.

A write-up is read as for its page, but for values: of an artifact that is still to be
collected its kind is known, and so are the names of its fields, and not how many rows
it will have. Templates are parsed and fonts opened. What only artifacts can show is
told where the site is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.core.cache import (
    Cache,
    compute_program_key,
    hash_files,
    hash_shared_files,
)
from generator.core.errors import ConfigError, StudyError
from generator.core.files import hash_parts
from generator.core.own_files import list_own_templates
from generator.site.compose import write_up_name
from generator.site.own_fonts import load_fonts
from generator.site.pages.people import list_unknown_authors
from generator.site.pages.post import study_path
from generator.site.templates import build_environment, check_syntax
from generator.site.value_kinds import check_expression
from generator.site.verdicts import ClaimVerdict
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.writeup import read_write_up
from generator.study.project import list_study_folders
from generator.study.site_settings import SiteSettings
from generator.study.study import Study


def find_source_errors(
    project: Path,
    studies: Sequence[Study],
    settings: SiteSettings,
    kept: Cache | None = None,
) -> list[StudyError]:
    """Return what is wrong in the files that pages are made of.

    Args:
        project: The project's folder.
        studies: Studies whose write-ups are to be read.
        settings: The settings of the site.
        kept: Where write-ups that are right are noted; None to read them every time.

    Returns:
        An error for each file, in the order of the studies.
    """
    errors = [
        error
        for check in (_check_fonts, _check_templates)
        if (error := check(project, settings))
    ]
    # A page of any name stands for the others: where they are is not known yet.
    pages = {
        folder.name: f"{folder.name}/index.html"
        for folder in list_study_folders(project)
    }
    shared = hash_shared_files(project) if kept else {}
    for study in studies:
        unknown = list_unknown_authors(study.folder.name, study.authors, settings)
        errors += map(ConfigError, unknown)
        key = _compute_key(study, pages, shared) if kept else ""
        if kept and kept.get(key) is not None:
            continue
        try:
            check_write_up(study, pages)
        except StudyError as error:
            errors.append(error)
        else:
            if kept:
                kept.put(key, b"right")
    return errors


def check_write_up(study: Study, pages: Mapping[str, str]) -> None:
    """Check a write-up as far as that is possible without artifacts.

    Args:
        study: The study.
        pages: A page for each study of the project by the name of its folder.

    Raises:
        WriteUpError: With every problem found.
    """
    artifacts = {name: method.gives for name, method in study.artifacts.items()}
    claims = dict.fromkeys(study.claims, ClaimVerdict)

    def check_value(text: str) -> str:
        check_expression(artifacts, text, claims)
        return "0"

    known = KnownNames(
        study.figures,
        study.artifacts,
        pages,
        study_path(study.category, study.date, study.slug),
        check_value,
        tuple(f"claim-{name}" for name in study.claims),
    )
    read_write_up(study.folder / "index.md", write_up_name(study), known)


def _compute_key(
    study: Study, pages: Mapping[str, str], shared: Mapping[str, str]
) -> str:
    own = hash_files(study.folder, but="artifacts")
    names = sorted(pages)
    return hash_parts("write-up", compute_program_key(), names, dict(shared), own)


def _check_fonts(project: Path, settings: SiteSettings) -> StudyError | None:
    try:
        load_fonts(project, settings.fonts)
    except StudyError as error:
        return error
    return None


def _check_templates(project: Path, _settings: SiteSettings) -> StudyError | None:
    try:
        names = [n for n in list_own_templates(project) if n.endswith(".html")]
        if names:
            check_syntax(build_environment(project), names)
    except StudyError as error:
        return error
    return None
