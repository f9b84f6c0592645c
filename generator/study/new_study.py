"""A new study that builds at once, to be changed rather than written from nothing.

Last week's study as the beginning of this week's: what it trains, asks and draws.

The sections are taken as they are written, comments and all: lines of the file, from a
key to the next. What belongs to one study alone (title, summary, updates, claims) stays
behind.
"""

from __future__ import annotations

import datetime as dt
import os
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

_TEMPLATE_WRITE_UP = """\
Say first what you ask, and why somebody should care.
{before}
## What was found

{figures}
## What follows

Say what the figures show, and what they do not.
"""


@dataclass(frozen=True)
class StudyTemplate:
    """What a new study begins with."""

    sections: str
    write_up: str
    category: str
    tags: tuple[str, ...]
    files: dict[str, Path]
    """Files of the old study that its corpora or models read, by their name there."""


def copy_study_parts(study: Study) -> StudyTemplate:
    """The parts of `study` that a new one may share. Raises `ConfigError`."""
    path = study.folder / STUDY_FILE
    name = f"{STUDIES}/{study.folder.name}/{STUDY_FILE}"
    source = read_yaml(path, name)
    found = split_sections(path.read_text("utf-8-sig"), source)
    return StudyTemplate(
        "\n".join(found[key] for key in SECTIONS if key in found),
        draft_write_up(study),
        study.category,
        study.tags,
        find_referenced_files(study.folder, source.data),
    )


def split_sections(text: str, source: YamlSource) -> dict[str, str]:
    """The lines of each key of the file, with the comments above it."""
    lines = text.replace("\r\n", "\n").split("\n")
    starts = {way[0]: at for way, at in source.keys.items() if len(way) == 1}
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
    """Where the comments begin that stand directly above a row."""
    while row > 0 and lines[row - 1].startswith("#"):
        row -= 1
    return row


def draft_write_up(study: Study) -> str:
    """A write-up that places every figure and names the study it follows."""
    where = f"../{study.folder.name}/index.md"
    title = study.title.translate({ord(c): f"\\{c}" for c in "\\[]*_`<{"})
    before = "" if study.draft else f"\nThis goes on from [{title}]({where}).\n"
    figures = "".join(
        f"![Say what this shows.](figure:{name})\n\n" for name in study.figures
    )
    return _TEMPLATE_WRITE_UP.format(before=before, figures=figures)


def find_referenced_files(folder: Path, data: dict[str, Any]) -> dict[str, Path]:
    """Files of a study's folder that its file names as a path."""
    entries = [
        entry
        for section in ("corpora", "models")
        for entry in (data.get(section) or {}).values()
        if isinstance(entry, dict)
    ]
    named = [
        value
        for entry in entries
        for key, value in entry.items()
        if key.endswith("path") and isinstance(value, str)
    ]
    return {name: folder / name for name in named if is_own_file(folder / name, folder)}


def is_own_file(path: Path, folder: Path) -> bool:
    """Whether a file lies in a study's folder, no link leading out of it."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def choose_source_study(studies: tuple[Study, ...], name: str) -> Study | None:
    """The study called `name`, else the newest. Raises `ConfigError`."""
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
# draft: true  # leaves the study out of the site

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

_WRITE_UP = """\
Say first what you ask, and why somebody should care.

## What the model looked at

The model wrote one text and always took the word it held most probable. Each row is a
word it wrote, each column a place in the history it saw, and the shade is attention: a
row sums to 1. The largest single weight was {{ greedy.scores.max:.2f }}.

![Attention while writing, one row for each word written.](figure:weights)

## How far it had learnt

![Loss on the texts trained on and on those held out.](figure:losses)

## What follows

Say what the figures show, and what they do not.
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
    """Write a study called `slug` into `project`; its folder, which is whole or absent.

    `slug` may be any words; an empty `title` is made of it. What it trains, asks and
    draws is that of `source`, else a small example. Raises `ConfigError` for
    words that give no slug, a slug in use, or a title, category or tag that a study
    file may not hold, and `ResourceError` where the system refuses.
    """
    if not project.is_dir():
        raise ConfigError("no project here: the folder does not exist; make it first")
    slug = _make_slug(project, slug)
    begun = copy_study_parts(source) if source else None
    category = category or (begun.category if begun else "studies")
    tags = tags or (begun.tags if begun else ())
    title = title or slug.replace("-", " ").capitalize()
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
    text = _HEAD.format(**words) + (begun.sections if begun else _EXAMPLE)
    contents = {STUDY_FILE: text, "index.md": begun.write_up if begun else _WRITE_UP}
    _place_folder(folder, contents, begun.files if begun else {})
    if not (project / STUDIES / FOLDER).is_dir():
        write_schema(project)
    return folder


def _make_slug(project: Path, words: str) -> str:
    """The slug of `words`, in use by no study."""
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
            taken = f"{STUDIES}/{quote_text(folder.name)[1:-1]}"
            raise ConfigError(f"{where}: {taken} has this slug; choose another")
    return slug


def _check(settings: Mapping[str, object]) -> None:
    """Refuse what the study file could not hold. Raises `ConfigError`."""
    try:
        Study.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(
            *(
                f"{one['loc'][0]}: {one['msg'].removeprefix('Value error, ')}"
                for one in error.errors(include_input=False, include_url=False)
            )
        ) from None


def quote_yaml(text: str) -> str:
    """`text` as a quoted word of YAML, what cannot be seen written as escapes."""
    words = text.replace("\\", "\\\\").replace('"', '\\"')
    body = "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in words)
    return f'"{body}"'


def _place_folder(
    folder: Path,
    contents: dict[str, str],
    beside: Mapping[str, Path],
) -> None:
    """Put a folder with `contents` at `folder`, whole or not at all."""
    temporary = folder.with_name(f"{files.TEMPORARY}{folder.name}")
    try:
        folder.parent.mkdir(exist_ok=True)
        if temporary.is_dir() and not temporary.is_symlink():
            shutil.rmtree(temporary)
        for name, text in contents.items():
            files.write(temporary / name, text.encode(), "study")
        for name, path in beside.items():
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        os.rename(temporary, folder)  # noqa: PTH104 - refuses a folder that is there
        files.sync_folder(folder.parent)
    except OSError as error:
        raise files.make_resource_error(error, folder, "study") from error
