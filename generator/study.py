"""A study: what to train, what to ask, what to draw, as one folder words it.

`studies/YYYY-MM-DD-slug/study.yaml` holds all settings; the date and the slug come
from the folder's name, so that neither changes when a title does. A study is read
whole before anything is trained: every mistake of the file is found at once, with its
line and column, down to the last figure.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field, SerializeAsAny

from generator.corpora.base import CorpusSpec
from generator.figures.base import Figure
from generator.methods.base import Method
from generator.models.base import ModelSpec
from generator.spec import Label, Line, Spec


class Study(Spec):
    """One question: its settings as the file gives them, and where it lies."""

    slug: str
    """The last part of the folder's name; not written in the file."""
    date: dt.date
    """The first part of the folder's name; not written in the file."""
    folder: Path = Field(exclude=True, repr=False)
    """The study's folder; not written in the file, and in no dump."""
    title: Line
    """Heading of the page, shown as it is written: no markup is read in it."""
    category: Label = "studies"
    """First part of the page's address."""
    tags: tuple[Label, ...] = ()
    """Subjects, each with a page of its own."""
    authors: tuple[Line, ...] = ()
    """Names, as they should be printed."""
    summary: str = ""
    """One or two sentences for the index and the feed."""
    draft: bool = False
    """Whether the study is left out of the site unless drafts are asked for."""
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


def load_study(folder: Path) -> Study:
    """The study in `folder`. Raises `ConfigError` with every problem of its file."""
    raise NotImplementedError


def load_studies(project: Path) -> tuple[Study, ...]:
    """All studies of `project`, by date, then slug. Raises `ConfigError`."""
    raise NotImplementedError
