"""New studies that build at once, to be changed rather than written from nothing.

They are drafts, so that no site shows what nobody has written yet.

A new study begins with a small example, or with the parts of an earlier one: what it
trains, asks and draws. Those sections are copied as they are written, comments and all:
lines of the file, from a key to the next. What belongs to one study alone (title,
summary, updates, claims) stays behind.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from slugify import slugify

from generator.core import files
from generator.core.errors import ConfigError, quote_text
from generator.study.project import (
    STUDIES,
    STUDY_FILE,
    check_slug,
    list_study_folders,
    parse_slug,
)
from generator.study.schema import FOLDER, write_schema
from generator.study.study import Study
from generator.study.yaml.read import read_yaml
from generator.study.yaml.source import YamlSource

SECTIONS = ("authors", "licence", "seed", "corpora", "models", "artifacts", "figures")
"""What is copied, in this order."""

PLACEHOLDERS = (
    "Say first what you ask, and why somebody should care.",
    "Say what this shows.",
    "Say what the figures show, and what they do not.",
)
"""Sentences of a new write-up that its author replaces; none can be published."""
_TEMPLATE_WRITE_UP = f"""\
{PLACEHOLDERS[0]}
{{before}}
## What was found

{{figures}}
## What follows

{PLACEHOLDERS[2]}
"""


@dataclass(frozen=True)
class StudyTemplate:
    """The parts that a new study begins with."""

    sections: str
    write_up: str
    category: str
    tags: tuple[str, ...]
    files: dict[str, Path]
    """Files of the earlier study that its corpora or models read, by path."""


def copy_study_parts(study: Study) -> StudyTemplate:
    """Return the parts of a study that a new one may share.

    Args:
        study: The earlier study.

    Raises:
        ConfigError: Its file cannot be read, or cut into sections.
    """
    path = study.folder / STUDY_FILE
    name = f"{STUDIES}/{study.folder.name}/{STUDY_FILE}"
    source = read_yaml(path, name)
    sections = split_sections(path.read_text("utf-8-sig"), source)
    return StudyTemplate(
        "\n".join(sections[key] for key in SECTIONS if key in sections),
        draft_write_up(study),
        study.category,
        study.tags,
        find_referenced_files(study.folder, source.data),
    )


def split_sections(text: str, source: YamlSource) -> dict[str, str]:
    """Return the lines of each top-level key of a file, with the comments above it.

    Args:
        text: The file.
        source: The same file with the place of each key.

    Returns:
        Lines by key.

    Raises:
        ConfigError: Two keys share a line, or one is indented.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    starts = {path[0]: at for path, at in source.keys.items() if len(path) == 1}
    order = sorted(starts, key=lambda key: starts[key])
    rows = [starts[key][0] for key in order]
    if any(starts[key][1] != 1 for key in order) or len(set(rows)) < len(rows):
        raise ConfigError(
            f"{source.name}:1: every key of the file must begin a line of its own to "
            "be copied; break the lines, or use --plain"
        )
    begins = [find_comment_start(lines, row - 1) for row in rows]
    ends = [*begins[1:], len(lines)]
    return {
        str(key): "\n".join(lines[begin:end]).strip("\n") + "\n"
        for key, begin, end in zip(order, begins, ends, strict=True)
    }


def find_comment_start(lines: list[str], row: int) -> int:
    """Return the row where the comments directly above a row begin.

    Args:
        lines: Lines of the file.
        row: Index of a row.
    """
    while row > 0 and lines[row - 1].startswith("#"):
        row -= 1
    return row


def draft_write_up(study: Study) -> str:
    """Return a write-up that places every figure and links to the study it follows.

    Args:
        study: The earlier study; a draft is not linked.
    """
    where = f"../{study.folder.name}/index.md"
    title = study.title.translate({ord(c): f"\\{c}" for c in "\\[]*_`<{"})
    before = "" if study.draft else f"\nThis goes on from [{title}]({where}).\n"
    figures = "".join(
        f"![{PLACEHOLDERS[1]}](figure:{name})\n\n" for name in study.figures
    )
    return _TEMPLATE_WRITE_UP.format(before=before, figures=figures)


def find_referenced_files(folder: Path, data: dict[str, Any]) -> dict[str, Path]:
    """Return the files of a study's folder that its corpora and models name by path.

    Args:
        folder: The study's folder.
        data: The study file as plain data.

    Returns:
        Files by the path that names them.
    """
    entries = [
        entry
        for section in ("corpora", "models")
        for entry in (data.get(section) or {}).values()
        if isinstance(entry, dict)
    ]
    paths = [
        value
        for entry in entries
        for key, value in entry.items()
        if key.endswith("path") and isinstance(value, str)
    ]
    return {name: folder / name for name in paths if is_own_file(folder / name, folder)}


def is_own_file(path: Path, folder: Path) -> bool:
    """Return whether a file lies in a study's folder, with no link leading out of it.

    Args:
        path: The file.
        folder: The study's folder.
    """
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def choose_source_study(studies: tuple[Study, ...], name: str) -> Study | None:
    """Return the study to begin a new one with: the one of a name, else the newest.

    Args:
        studies: Studies of the project, by date.
        name: Slug or folder's name; may be empty.

    Returns:
        The study, or None where the name is empty and there are no studies.

    Raises:
        ConfigError: No study has the name.
    """
    if not name:
        return studies[-1] if studies else None
    for study in studies:
        if name in (study.slug, study.folder.name):
            return study
    known = ", ".join(study.slug for study in studies)
    raise ConfigError(f"--from: no study {quote_text(name)}; known: {known or 'none'}")


_HEAD = """\
# yaml-language-server: $schema=../{schema}/study.schema.json
# Everything this study trains, asks and draws; the prose is in index.md. The date and
# the last part of the address come from the folder's name.

title: {title}
summary: ""
category: {category}
tags: {tags}
draft: true  # not on the site; delete this line once the study is written

"""

_EXAMPLE = """\
# Texts to learn from. This kind writes short song reviews in which the artist's name,
# early in a sentence, decides a later word; the truth is kept beside each text.
corpora:
  reviews:
    kind: planted_songs
    documents: 600

# What to train. Whatever is changed here is trained again on the next build.
models:
  lm:
    kind: textgenrnn
    corpus: reviews
    word_level: true
    max_length: 10  # tokens the model sees at once
    rnn_layers: 1
    rnn_size: 32
    dim_embeddings: 24
    epochs: 3
    batch_size: 32
    learning_rate: 0.01
    validation: 0.1  # of the texts are held out

# What to ask. Temperature 0 writes the most probable word each time.
artifacts:
  greedy:
    method: writing
    model: lm
    length: 12
    temperature: 0
  losses:
    method: training
    model: lm

# What to draw. index.md places a figure by its name.
figures:
  weights:
    figure: matrix
    artifact: greedy
    title: Where it looked
  losses:
    figure: curve
    artifact: losses
    title: Loss by epoch
"""

_WRITE_UP = f"""\
{PLACEHOLDERS[0]}

## What the model looked at

The model wrote one text and always took the word it held most probable. Each row is a
word it wrote, each column a place in the history it saw, and the shade is attention: a
row sums to 1. The largest single weight was {{{{ greedy.scores.max:.2f }}}}.

![Attention while writing, one row for each word written.](figure:weights)

## How far it had learnt

![Loss on the texts trained on and on those held out.](figure:losses)

## What follows

{PLACEHOLDERS[2]}
"""


def write_new_study(
    project: Path,
    slug: str,
    *,
    date: dt.date,
    title: str = "",
    category: str = "",
    tags: Sequence[str] = (),
    source: Study | None = None,
) -> Path:
    """Write a new study into a project, whole or not at all.

    Args:
        project: Folder of the project.
        slug: Words that the slug is made of.
        date: Date of the study.
        title: Title; the words as they are typed where empty.
        category: Category; that of `source` where empty.
        tags: Tags; those of `source` where empty.
        source: Study whose parts are copied; a small example where None.

    Returns:
        The study's folder.

    Raises:
        ConfigError: The words give no slug or one in use, or a study file may not hold
            the title, the category or a tag.
        ResourceError: The system refuses.
    """
    if not project.is_dir():
        raise ConfigError("no project here: the folder does not exist; make it first")
    typed = " ".join(slug.split())
    slug = _make_slug(project, slug)
    template = copy_study_parts(source) if source else None
    category = category or (template.category if template else "studies")
    tags = tags or (template.tags if template else ())
    title = title or (slug.replace("-", " ").capitalize() if typed == slug else typed)
    folder = project / STUDIES / f"{date.isoformat()}-{slug}"
    _check(
        {
            "slug": slug,
            "date": date,
            "folder": folder,
            "title": title,
            "category": category,
            "tags": tuple(tags),
        }
    )
    words = {
        "schema": FOLDER,
        "title": quote_yaml(title),
        "category": quote_yaml(category),
        "tags": f"[{', '.join(map(quote_yaml, tags))}]",
    }
    text = _HEAD.format(**words) + (template.sections if template else _EXAMPLE)
    contents = {
        STUDY_FILE: text,
        "index.md": template.write_up if template else _WRITE_UP,
    }
    _place_folder(folder, contents, template.files if template else {})
    if not (project / STUDIES / FOLDER).is_dir():
        write_schema(project)
    return folder


def _make_slug(project: Path, words: str) -> str:
    """Return the slug of some words.

    Raises:
        ConfigError: They give none, or one that another study has.
    """
    slug = str(slugify(words))
    where = f"new study {quote_text(words)}"
    if not slug:
        raise ConfigError(
            f"{where}: no address can be made of this; use a letter or a digit"
        )
    check_slug(slug, where)
    folders = list_study_folders(project) if (project / STUDIES).is_dir() else ()
    for folder in folders:
        if parse_slug(folder) == slug:
            other = f"{STUDIES}/{quote_text(folder.name)[1:-1]}"
            raise ConfigError(f"{where}: {other} has this slug; choose another")
    return slug


def _check(settings: Mapping[str, object]) -> None:
    """Refuse settings that a study file may not hold.

    Raises:
        ConfigError: One of them is wrong.
    """
    try:
        Study.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(
            *(
                f"{details['loc'][0]}: {details['msg'].removeprefix('Value error, ')}"
                for details in error.errors(include_input=False, include_url=False)
            )
        ) from None


def quote_yaml(text: str) -> str:
    """Return a text as a quoted word of YAML, what cannot be printed as escapes.

    Args:
        text: The text.
    """
    words = text.replace("\\", "\\\\").replace('"', '\\"')
    body = "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in words)
    return f'"{body}"'


def _place_folder(
    folder: Path,
    contents: dict[str, str],
    beside: Mapping[str, Path],
) -> None:
    """Write a folder, whole or not at all."""
    temporary = folder.with_name(f"{files.TEMPORARY}{folder.name}")
    try:
        folder.parent.mkdir(exist_ok=True)
        if temporary.is_dir() and not temporary.is_symlink():
            shutil.rmtree(temporary)
        for name, text in contents.items():
            files.write(temporary / name, text.encode(), "study", folder.parent)
        for name, path in beside.items():
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        temporary.rename(folder)  # which refuses a folder that is there
        files.sync_folder(folder.parent)
    except OSError as error:
        raise files.make_resource_error(error, folder, "writing the study") from error
