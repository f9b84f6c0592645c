"""Studies: what to train, what to ask, what to draw, as one folder words it.

`studies/YYYY-MM-DD-slug/study.yaml` holds all settings; the date and the slug come from
the folder's name, so that neither changes when a title does. A study is read whole
before anything is trained: every mistake of the file is found at once, with its line
and column, down to the last figure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, SerializeAsAny

from generator.core.cache import Cache
from generator.core.edits import Edit
from generator.core.errors import (
    ConfigError,
    SettingError,
    quote_text,
    suggest_nearest,
)
from generator.core.spec import (
    LINE_LIMIT,
    LabelText,
    LineText,
    Spec,
    check_relative_path,
    is_reserved,
)
from generator.corpora.base import CorpusSpec
from generator.figures.base import Figure
from generator.methods.base import Method
from generator.models.base import ModelSpec
from generator.study.claims import Claim
from generator.study.class_tables import ClassTables
from generator.study.cross_references import (
    StudyParts,
    check_claims,
    check_references,
    check_sampling,
)
from generator.study.project import (
    STUDY_FILE,
    find_slug_collisions,
    list_study_folders,
    parse_folder_name,
)
from generator.study.yaml.errors import NOT_WRITTEN, fill_model, format_yaml_value
from generator.study.yaml.read import read_yaml
from generator.study.yaml.source import KeyPath, YamlSource, format_key_path

S = TypeVar("S", bound=Spec)


def _check_alias(text: str) -> str:
    """Return a path itself if it begins at the site's root.

    Raises:
        ValueError: It is something else.
    """
    part = r"[a-z0-9_~-][a-z0-9._~-]*"
    if not re.fullmatch(rf"(/{part})+/?", text) or len(text) > LINE_LIMIT:
        raise ValueError(
            "must be a path of the site in lower case, such as /2018/07/an-old-address"
        )
    return text


Alias = Annotated[str, AfterValidator(_check_alias)]
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
    title: LineText
    """Heading of the page, shown as it is written: no markup is read in it."""
    category: LabelText = "studies"
    """First part of the page's address."""
    tags: tuple[LabelText, ...] = ()
    """Subjects, each with a page of its own."""
    authors: tuple[LineText, ...] = ()
    """Names as they should be printed, or ids from `authors:` of `site.yaml`."""
    summary: str = ""
    """One or two sentences for the index and the feed."""
    draft: bool = False
    """Whether the study is left out of the site unless drafts are asked for."""
    licence: str = Field(default="", max_length=100)
    """Licence of the text and figures, best as an SPDX identifier; else the site's."""
    series: LabelText | None = None
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

    def list_needed_models(self, artifacts: Iterable[str]) -> tuple[str, ...]:
        """Return the models that artifacts need, and all that those follow.

        Args:
            artifacts: Names of artifacts.

        Returns:
            Names of models, in the file's order.
        """
        return self.add_followed_models(self.artifacts[n].model for n in artifacts)

    def add_followed_models(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return models and all that they follow, in the file's order.

        Args:
            names: Names of models.
        """
        needed, new = set[str](), set(names)
        while new:
            needed |= new
            followed = (self.models[name].list_followed_models() for name in new)
            new = set[str]().union(*followed) - needed
        return tuple(name for name in self.models if name in needed)


KIND_WORDS = {
    "corpora": "kind",
    "models": "kind",
    "artifacts": "method",
    "figures": "figure",
}
"""Sections of a study file, and the key of an entry that says what it is."""
CLAIMS = "claims"
"""The section whose entries are all of one kind."""

PART_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FROM_FOLDER = {"slug", "date", "folder"}


def load_study(
    folder: Path, tables: ClassTables | None = None, kept: Cache | None = None
) -> Study:
    """Return the study in a folder.

    Args:
        folder: The study's folder.
        tables: Kinds that its file can name; all there are where None.
        kept: Where parsed files are cached; None to parse every time.

    Raises:
        ConfigError: The folder's name or the file is wrong; it has every problem.
    """
    slug, date = parse_folder_name(folder)
    path = folder / STUDY_FILE
    name = "/".join(path.parts[-3:])
    if not path.resolve().is_relative_to(folder.parent.resolve()):
        raise ConfigError(f"{name}: a link that leaves the folder; put the file here")
    source = read_yaml(path, name, kept=kept)
    header = _load_header(source, slug, date, folder)
    parts = load_parts(source, folder, tables or ClassTables())
    claims = _load_section(source, CLAIMS, Claim)
    check_claims(source, claims, parts)
    check_sampling(source, parts)
    if header is None or source.problems:
        raise source.make_error()
    return header.model_copy(
        update={word: dict(getattr(parts, word)) for word in KIND_WORDS}
        | {CLAIMS: claims}
    )


def load_parts(source: YamlSource, folder: Path, tables: ClassTables) -> StudyParts:
    """Return the parts of a study that are right; note the problems of the others.

    Args:
        source: The study file, or what was asked in its words.
        folder: The study's folder.
        tables: Kinds that it can name.
    """
    parts = StudyParts(
        _load_section(source, "corpora", tables.corpora),
        _read_file_settings(
            source, _load_section(source, "models", tables.models), folder
        ),
        _load_section(source, "artifacts", tables.artifacts),
        _load_section(source, "figures", tables.figures),
        tables,
    )
    check_references(source, parts)
    return parts


def _load_header(
    source: YamlSource, slug: str, date: dt.date, folder: Path
) -> Study | None:
    """Return the study without its parts, or None with its problems noted."""
    parts = {*KIND_WORDS, CLAIMS}
    data = {key: value for key, value in source.data.items() if key not in parts}
    for key in sorted(_FROM_FOLDER & data.keys()):
        text = f"{key} comes from the folder's name; remove it here"
        place = source.find_key_place((key,))
        edit = source.make_edit(place, source.read_from(place), "")
        source.note_problem((key,), place, text, edit)
    from_folder = {"slug": slug, "date": date.isoformat(), "folder": str(folder)}
    header = fill_model(Study, data | from_folder, source, ())
    for i, update in enumerate(header.updates if header else ()):
        if update.date < date:
            text = f"updates[{i}].date is before {date}, the day of the study"
            source.note_problem(
                None, source.find_value_place(("updates", i, "date")), text
            )
    return header


def _load_section(
    source: YamlSource, word: str, table: Mapping[str, type[S]] | type[S]
) -> dict[str, S]:
    """Return the entries of a section that are right; note problems of the others."""
    entries = source.data.get(word, {})
    if not isinstance(entries, dict):
        if (word,) not in source.refused:
            text = (
                f"{word} must be a mapping of names, got {format_yaml_value(entries)}"
            )
            source.note_problem(None, source.find_value_place((word,)), text)
        return {}
    specs = {name: _load_entry(source, (word, name), table) for name in entries}
    return {name: spec for name, spec in specs.items() if spec is not None}


def _read_file_settings(
    source: YamlSource, models: Mapping[str, ModelSpec], folder: Path
) -> dict[str, ModelSpec]:
    """Return models with the settings of their files; note files that are wrong."""
    read = dict(models)
    for name, model in models.items():
        try:
            read[name] = model.with_file_settings(folder)
        except SettingError as error:
            place = source.find_value_place(("models", name, *error.key))
            for problem in error.problems:
                text = f"{format_key_path(('models', name))}.{problem}"
                source.note_problem(None, place, text)
    return read


def _load_entry(
    source: YamlSource, key_path: KeyPath, table: Mapping[str, type[S]] | type[S]
) -> S | None:
    """Return the spec that an entry describes, or None with its problems noted."""
    word, name = str(key_path[0]), str(key_path[1])
    entry = source.data[word][name]
    if not is_part_name(name):
        text = (
            f"name {quote_text(name)} must match {PART_NAME.pattern} and be no "
            "device's name"
        )
        source.note_problem(None, source.find_key_place(key_path), text)
    if not isinstance(entry, dict):
        if key_path not in source.refused:
            text = (
                f"{format_key_path(key_path)} must be a mapping of settings, got "
                f"{format_yaml_value(entry)}"
            )
            source.note_problem(None, source.find_value_place(key_path), text)
        return None
    if word in {"corpora", "models"}:
        _check_paths(source, key_path, entry)
    if isinstance(table, type):
        return fill_model(table, entry, source, key_path)
    kind = _find_kind(
        source, (*key_path, KIND_WORDS[word]), entry.get(KIND_WORDS[word], ...), table
    )
    return fill_model(kind, entry, source, key_path) if kind else None


def _find_kind(
    source: YamlSource, key_path: KeyPath, value: object, table: Mapping[str, type[S]]
) -> type[S] | None:
    """Return the class that an entry names, or None with the problem noted."""
    if isinstance(value, str) and value in table:
        return table[value]
    known = f"known: {', '.join(sorted(table)) or 'none'}"
    if value is ...:
        _note_missing_kind(source, key_path, known)
    elif key_path in source.refused:
        pass
    elif not isinstance(value, str):
        text = (
            f"{format_key_path(key_path)} must be text, got "
            f"{format_yaml_value(value)}; {known}"
        )
        source.note_problem(None, source.find_value_place(key_path), text)
    else:
        close = suggest_nearest(value, table)
        text = f"there is no {key_path[-1]} {quote_text(value)}; {close}"
        place = source.find_value_place(key_path)
        source.note_problem(
            None,
            place,
            f"{text} ({known})" if "?" in close else text,
            source.make_renaming(place, value, table),
        )
    return None


def _note_missing_kind(source: YamlSource, key_path: KeyPath, known: str) -> None:
    """Note an entry that does not say what it is, or says it under a wrong name."""
    word, above = str(key_path[-1]), key_path[:-1]
    entry = source.data
    for step in above:
        entry = entry[str(step)]
    if near := get_close_matches(word, entry, n=1):
        key = near[0]
        place = source.find_key_place((*above, key))
        text = f'unknown key {quote_text(key)}; did you mean "{word}"?'
        edit = source.make_edit(place, key, word)
        source.note_problem(None, place, text, edit)
        return
    text = f"{format_key_path(key_path)} is required; {known}"
    source.note_problem(None, source.find_key_place(above), text)


def _check_paths(
    source: YamlSource, key_path: KeyPath, entry: Mapping[str, object]
) -> None:
    """Refuse paths that leave the folder they are read from, never echoing them."""
    for key, value in entry.items():
        here = (*key_path, key)
        if key.endswith("path") and isinstance(value, str):
            try:
                check_relative_path(value)
            except ValueError as error:
                source.note_problem(
                    here,
                    source.find_value_place(here),
                    f"{format_key_path(here)} {error}",
                )


def is_part_name(name: str) -> bool:
    """Return whether a name can name a part of a study, and its file on any system.

    Args:
        name: The name.
    """
    return bool(PART_NAME.fullmatch(name)) and not is_reserved(name)


def load_studies(
    project: Path, tables: ClassTables | None = None, kept: Cache | None = None
) -> tuple[Study, ...]:
    """Return all studies of a project, by date, then slug.

    Args:
        project: Folder of the project.
        tables: Kinds that study files can name; all there are where None.
        kept: Where parsed files are cached; None to parse every time.

    Raises:
        ConfigError: A file is wrong, or two studies could not be told apart; it has
            every problem of every file.
    """
    studies: list[Study] = []
    problems: list[str] = []
    edits: list[Edit] = []
    folders = list_study_folders(project)
    for folder in folders:
        try:
            studies.append(load_study(folder, tables, kept))
        except ConfigError as error:
            problems.extend(error.problems)
            edits.extend(error.edits)
    problems.extend(find_slug_collisions(folders))
    if problems:
        raise ConfigError(*problems, edits=edits)
    return tuple(sorted(studies, key=lambda study: (study.date, study.slug)))
