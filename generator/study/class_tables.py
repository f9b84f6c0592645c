"""The four tables of kinds that a study file chooses from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.corpora import CORPORA
from generator.corpora.base import CorpusSpec
from generator.figures import FIGURES
from generator.figures.base import Figure
from generator.methods import METHODS
from generator.methods.base import Method
from generator.models import MODELS
from generator.models.base import ModelSpec


@dataclass(frozen=True)
class ClassTables:
    """The kinds that a study file can name; tests pass their own."""

    corpora: Mapping[str, type[CorpusSpec]] = field(default_factory=lambda: CORPORA)
    models: Mapping[str, type[ModelSpec]] = field(default_factory=lambda: MODELS)
    artifacts: Mapping[str, type[Method]] = field(default_factory=lambda: METHODS)
    figures: Mapping[str, type[Figure]] = field(default_factory=lambda: FIGURES)
