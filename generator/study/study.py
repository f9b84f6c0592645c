"""A study: what to train, what to ask, what to draw, as one folder words it.

`studies/YYYY-MM-DD-slug/study.yaml` holds all settings; the date and the slug come
from the folder's name, so that neither changes when a title does. A study is read
whole before anything is trained: every mistake of the file is found at once, with its
line and column, down to the last figure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, SerializeAsAny

from generator.core.cache import Kept
from generator.core.errors import ConfigError, nearest, quoted
from generator.core.spec import LONGEST, Label, Line, Spec, is_reserved, relative_path
from generator.corpora import CORPORA
from generator.corpora.base import CorpusSpec
from generator.figures import FIGURES
from generator.figures.base import Figure
from generator.methods import METHODS
from generator.methods.base import Method
from generator.models import MODELS
from generator.models.base import ModelSpec
from generator.study.claims import Claim
from generator.study.cross_references import Parts, check, check_claims
from generator.study.project import FILE, collisions, named, study_folders
from generator.study.yaml.errors import NOT_WRITTEN, fill, shown
from generator.study.yaml.read import read
from generator.study.yaml.source import Source, Way, dotted

S = TypeVar("S", bound=Spec)


def _alias(text: str) -> str:
    """`text` itself. Raises `ValueError` unless it is a path from the site's root."""
    part = r"[a-z0-9_~-][a-z0-9._~-]*"
    if not re.fullmatch(rf"(/{part})+/?", text) or len(text) > LONGEST:
        raise ValueError(
            "must be a path of the site in lower case, such as /2018/07/an-old-address"
        )
    return text


Alias = Annotated[str, AfterValidator(_alias)]
"""A path from the root of the site at which a page used to be."""


class Update(Spec):
    """A change of a study after it was published."""

    date: dt.date
    """The day of the change."""
    text: str = Field(min_length=1, max_length=2000)
    """What changed, and what that does to the conclusions."""
    kind: Literal["update", "correction"] = "update"
    """Whether something was added, or something was wrong."""


class Study(Spec):
    """One question: its settings as the file gives them, and where it lies."""

    slug: str = Field(json_schema_extra=NOT_WRITTEN)
    """The last part of the folder's name; not written in the file."""
    date: dt.date = Field(json_schema_extra=NOT_WRITTEN)
    """The first part of the folder's name; not written in the file."""
    folder: Path = Field(exclude=True, repr=False, json_schema_extra=NOT_WRITTEN)
    """The study's folder; not written in the file, and in no dump."""
    title: Line
    """Heading of the page, shown as it is written: no markup is read in it."""
    category: Label = "studies"
    """First part of the page's address."""
    tags: tuple[Label, ...] = ()
    """Subjects, each with a page of its own."""
    authors: tuple[Line, ...] = ()
    """Names as they should be printed, or ids from `authors:` of `site.yaml`."""
    summary: str = ""
    """One or two sentences for the index and the feed."""
    draft: bool = False
    """Whether the study is left out of the site unless drafts are asked for."""
    licence: str = Field(default="", max_length=100)
    """Licence of the text and figures, best as an SPDX identifier; else the site's."""
    series: Label | None = None
    """Series that the study is a part of; parts are counted in the order of dates."""
    aliases: tuple[Alias, ...] = ()
    """Other paths of the site that lead here, such as `/2018/07/an-old-address`."""
    sampling: Literal["all", "random", "cherry-picked"] | None = None
    """How the texts that figures show were chosen, printed at the head of the page."""
    updates: tuple[Update, ...] = ()
    """Changes after publication; the newest gives the date of the last update."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Where all randomness of the study starts."""
    corpora: dict[str, SerializeAsAny[CorpusSpec]] = Field(default={})
    """Texts to learn from, by name."""
    models: dict[str, SerializeAsAny[ModelSpec]] = Field(default={})
    """What to train, by name."""
    artifacts: dict[str, SerializeAsAny[Method]] = Field(default={})
    """What to ask, by name; the name becomes `artifacts/<name>.json`."""
    figures: dict[str, SerializeAsAny[Figure]] = Field(default={})
    """What to draw, by the name that the write-up places it with."""
    claims: dict[str, Claim] = Field(default={})
    """What is said, by name, and the estimates that decide whether it holds."""


@dataclass(frozen=True)
class Tables:
    """What a study file can name; tests give their own."""

    corpora: Mapping[str, type[CorpusSpec]] = field(default_factory=lambda: CORPORA)
    models: Mapping[str, type[ModelSpec]] = field(default_factory=lambda: MODELS)
    artifacts: Mapping[str, type[Method]] = field(default_factory=lambda: METHODS)
    figures: Mapping[str, type[Figure]] = field(default_factory=lambda: FIGURES)


WORDS = {
    "corpora": "kind",
    "models": "kind",
    "artifacts": "method",
    "figures": "figure",
}
"""Sections of a study file, and the key of an entry that says what it is."""
CLAIMS = "claims"
"""The section whose entries are all of one kind."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FROM_FOLDER = {"slug", "date", "folder"}


def load_study(
    folder: Path, tables: Tables | None = None, kept: Kept | None = None
) -> Study:
    """The study in `folder`. Raises `ConfigError` with every problem of its file."""
    slug, date = named(folder)
    path = folder / FILE
    name = "/".join(path.parts[-3:])
    if not path.resolve().is_relative_to(folder.parent.resolve()):
        raise ConfigError(f"{name}: a link that leaves the folder; put the file here")
    source = read(path, name, kept=kept)
    header = _header(source, slug, date, folder)
    tables = tables or Tables()
    parts = Parts(
        _section(source, "corpora", tables.corpora),
        _section(source, "models", tables.models),
        _section(source, "artifacts", tables.artifacts),
        _section(source, "figures", tables.figures),
        tables.corpora,
    )
    check(source, parts)
    claims = _section(source, CLAIMS, Claim)
    check_claims(source, claims, parts)
    if header is None or source.problems:
        raise ConfigError(*source.messages())
    return header.model_copy(
        update={word: dict(getattr(parts, word)) for word in WORDS} | {CLAIMS: claims}
    )


def _header(source: Source, slug: str, date: dt.date, folder: Path) -> Study | None:
    """The study without its parts."""
    parts = {*WORDS, CLAIMS}
    data = {key: value for key, value in source.data.items() if key not in parts}
    for key in sorted(_FROM_FOLDER & data.keys()):
        text = f"{key} comes from the folder's name; remove it here"
        source.note((key,), source.key((key,)), text)
    made = {"slug": slug, "date": date.isoformat(), "folder": str(folder)}
    header = fill(Study, data | made, source, ())
    for i, update in enumerate(header.updates if header else ()):
        if update.date < date:
            text = f"updates[{i}].date is before {date}, the day of the study"
            source.note(None, source.value(("updates", i, "date")), text)
    return header


def _section(
    source: Source, word: str, table: Mapping[str, type[S]] | type[S]
) -> dict[str, S]:
    """The entries of a section, of kinds in a table or of one, that are right."""
    entries = source.data.get(word, {})
    if not isinstance(entries, dict):
        if (word,) not in source.refused:
            text = f"{word} must be a mapping of names, got {shown(entries)}"
            source.note(None, source.value((word,)), text)
        return {}
    made = {name: _entry(source, (word, name), table) for name in entries}
    return {name: spec for name, spec in made.items() if spec is not None}


def _entry(
    source: Source, way: Way, table: Mapping[str, type[S]] | type[S]
) -> S | None:
    """The spec that an entry describes, or None with its problems noted."""
    word, name = str(way[0]), str(way[1])
    entry = source.data[word][name]
    if not is_name(name):
        text = f"name {quoted(name)} must match {NAME.pattern} and be no device's name"
        source.note(None, source.key(way), text)
    if not isinstance(entry, dict):
        if way not in source.refused:
            text = f"{dotted(way)} must be a mapping of settings, got {shown(entry)}"
            source.note(None, source.value(way), text)
        return None
    if word in {"corpora", "models"}:
        _check_paths(source, way, entry)
    if isinstance(table, type):
        return fill(table, entry, source, way)
    kind = _kind(source, (*way, WORDS[word]), entry.get(WORDS[word], ...), table)
    return fill(kind, entry, source, way) if kind else None


def _kind(
    source: Source, way: Way, value: object, table: Mapping[str, type[S]]
) -> type[S] | None:
    """The class that an entry's `kind`, `method` or `figure` names, or None, noted."""
    if isinstance(value, str) and value in table:
        return table[value]
    known = f"known: {', '.join(sorted(table)) or 'none'}"
    if value is ...:
        source.note(None, source.key(way[:-1]), f"{dotted(way)} is required; {known}")
    elif way in source.refused:
        pass
    elif not isinstance(value, str):
        text = f"{dotted(way)} must be text, got {shown(value)}; {known}"
        source.note(None, source.value(way), text)
    else:
        close = nearest(value, table)
        text = f"there is no {way[-1]} {quoted(value)}; {close}"
        source.note(
            None, source.value(way), f"{text} ({known})" if "?" in close else text
        )
    return None


def _check_paths(source: Source, way: Way, entry: Mapping[str, object]) -> None:
    """Refuse paths that leave the folder they are read from, never echoing them."""
    for key, value in entry.items():
        here = (*way, key)
        if key.endswith("path") and isinstance(value, str):
            try:
                relative_path(value)
            except ValueError as error:
                source.note(here, source.value(here), f"{dotted(here)} {error}")


def is_name(name: str) -> bool:
    """Whether `name` can name a part of a study, and its file on any system."""
    return bool(NAME.fullmatch(name)) and not is_reserved(name)


def load_studies(
    project: Path, tables: Tables | None = None, kept: Kept | None = None
) -> tuple[Study, ...]:
    """All studies of `project`, by date, then slug.

    Raises `ConfigError` with every problem of every file, and with every two folders
    whose studies could not be told apart.
    """
    studies: list[Study] = []
    problems: list[str] = []
    folders = study_folders(project)
    for folder in folders:
        try:
            studies.append(load_study(folder, tables, kept))
        except ConfigError as error:
            problems.extend(error.problems)
    problems.extend(collisions(folders))
    if problems:
        raise ConfigError(*problems)
    return tuple(sorted(studies, key=lambda study: (study.date, study.slug)))
