"""Kinds that a study file of the tests can name: settings of every sort, no work."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Artifact, Estimates, SlotScores
from generator.core.errors import UnsupportedError
from generator.core.spec import Spec
from generator.corpora.base import Annotation, CorpusSpec
from generator.figures.base import Figure
from generator.methods.base import Method
from generator.models.base import Epoch, ModelSpec
from generator.models.capabilities import Classifier, LanguageModel
from generator.study.class_tables import ClassTables


class Texts(CorpusSpec):
    kind: Literal["texts"] = "texts"
    path: str | None = None
    language: str = "en"


class Planted(CorpusSpec):
    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRUTH})
    kind: Literal["planted"] = "planted"


class Schedule(Spec):
    warm: int = 0


class Tiny(ModelSpec):
    offers: ClassVar[tuple[type, ...]] = (LanguageModel,)
    kind: Literal["tiny"] = "tiny"
    corpus: str
    epochs: int = Field(default=4, ge=1, le=1000)
    batch_size: int = Field(default=8, ge=1, le=65536)
    hidden: int = Field(default=8, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    learning_rate: float = Field(default=0.001, gt=0)
    shuffle: bool = True
    weights_path: str | None = None
    sizes: tuple[int, ...] = ()
    schedule: Schedule = Schedule()
    kept: tuple[int, ...] | None = None

    def is_epoch_saved(self, epoch: int) -> bool:
        """Whether `epoch` is among those kept."""
        return super().is_epoch_saved(epoch) and (
            self.kept is None or epoch in self.kept
        )

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.hidden > 1000:
            raise UnsupportedError("hidden and \x1b[31mmemory do not go together")
        if self.batch_size == self.hidden + 1:
            raise ValueError("batch_size may not be hidden and one")
        return self


class Sorter(ModelSpec):
    offers: ClassVar[tuple[type, ...]] = (Classifier,)
    kind: Literal["sorter"] = "sorter"


class Mute(ModelSpec):
    kind: Literal["mute"] = "mute"


class Write(Method):
    needs: ClassVar[tuple[type, ...]] = (LanguageModel,)
    instead: ClassVar = {Classifier: "sort"}
    gives: ClassVar[type[Artifact]] = SlotScores
    method: Literal["write"] = "write"
    prefix: str = ""
    temperatures: tuple[float, ...] = ()
    at: tuple[Epoch, ...] = ()
    of: str | None = None
    size: int | tuple[int, int] = 1

    def artifact_names(self) -> tuple[str, ...]:
        """The artifact it follows."""
        return (self.of,) if self.of else ()

    def snapshots(self) -> tuple[Epoch, ...]:
        """The snapshots it names."""
        return self.at


class Check(Method):
    gives: ClassVar[type[Artifact]] = Estimates
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRUTH})
    method: Literal["check"] = "check"


class Draw(Figure):
    draws: ClassVar[tuple[type[Artifact], ...]] = (SlotScores,)
    heading: ClassVar[str] = "A drawing"
    figure: Literal["draw"] = "draw"
    artifact: str

    def artifact_names(self) -> tuple[str, ...]:
        """The artifact it draws."""
        return (self.artifact,)


TABLES = ClassTables(
    {"texts": Texts, "planted": Planted},
    {"tiny": Tiny, "mute": Mute, "sorter": Sorter},
    {"write": Write, "check": Check},
    {"draw": Draw},
)

GOOD = """\
title: Where does it look?
tags: [attention, small models]
corpora:
  songs: {kind: planted}
models:
  lm: {kind: tiny, corpus: songs, epochs: 4, dropout: 0, sizes: [3, 4]}
artifacts:
  greedy: {method: write, model: lm, at: [0, best, 4], temperatures: [0, 0.5]}
  after: {method: write, model: lm, of: greedy}
  truth: {method: check, model: lm}
figures:
  look: {figure: draw, artifact: after}
"""

NAME = "studies/2024-02-29-songs/study.yaml"
"""What the tests' study file is called in messages."""

HEAD = """\
title: T
corpora:
  songs: {kind: planted}
models:
  lm:
    kind: tiny
    corpus: songs
"""
"""A study up to the settings of its model, which go on at line 8, column 5."""

ASKED = f"{HEAD}artifacts:\n"
"""A study up to its artifacts, which go on at line 9, column 3."""


def model(setting: str) -> str:
    """A study whose model has one more setting, at line 8, column 5."""
    return f"{HEAD}    {setting}\n"
