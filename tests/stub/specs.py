"""The stub's corpus, model, method and figure: NumPy and nothing else."""

from __future__ import annotations

import operator
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from generator.artifacts import Artifact, Curves, Estimate, Estimates, SlotScores
from generator.core import files
from generator.core import files as manifest
from generator.core.errors import CorpusError, FigureError, UnsupportedError
from generator.core.files import hash_parts
from generator.core.progress import Progress
from generator.core.tokens import Token
from generator.corpora.base import Corpus, CorpusSpec, Document, Folders
from generator.figures.base import Figure
from generator.methods.base import Context, Method
from generator.models.base import ModelSpec, TrainingLog

if TYPE_CHECKING:
    from generator.study.study import Study


class StubCorpus(CorpusSpec):
    """`count` made-up texts, or the lines of a file of the study or the data folder."""

    kind: Literal["stub"]
    count: int = 4
    path: str = ""
    dataset: str = ""

    def key(self, folders: Folders) -> str:
        """Hash of the settings, and of the file's bytes if there is one."""
        return hash_parts(self.model_dump(mode="json"), self._read(folders))

    def missing_dataset(self, folders: Folders) -> str | None:
        """The dataset to fetch."""
        there = (folders.data / self.dataset).is_file()
        return self.dataset if self.dataset and not there else None

    def load(self, folders: Folders) -> Corpus:
        """The texts."""
        texts = self._read(folders).split("\n") if self.path else self._make_text()
        return Corpus(tuple(map(Document, texts)), self.key(folders), ("a note",))

    def _make_text(self) -> list[str]:
        return [f"text <s> & {i} é" for i in range(self.count)]

    def _read(self, folders: Folders) -> str:
        if self.dataset and self.missing_dataset(folders):
            raise CorpusError(f"{self.dataset}: not in the data folder")
        if not self.path:
            return ""
        place = folders.study / self.path
        if not place.is_file():
            raise CorpusError(f"{self.path}: no such file; put it into the study")
        return place.read_text("utf-8")


@dataclass(frozen=True)
class StubTrained:
    """The trained stub: a log, and one array of weights for each epoch."""

    log: TrainingLog
    folder: Path

    def at(self, epoch: int | str) -> np.ndarray:
        """The weights at an epoch."""
        number = self.log.best if isinstance(epoch, str) else epoch
        return np.load(self.folder / f"epoch-{number}.npy", allow_pickle=False)


class StubModel(ModelSpec):
    """Weights that are a function of seed and epoch, a file for each epoch."""

    kind: Literal["stub"]
    corpus: str | None = None
    epochs: int = 2
    pause: float = 0.0  # seconds an epoch takes
    stubborn: bool = False  # does not let go when it is interrupted
    fail: Literal["", "unsupported", "bug", "memory", "killed"] = ""

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Write one file an epoch, going on after those that are there."""
        if self.is_trained(folder):
            return
        self._fail()
        progress.model("stub", self.epochs, 0)
        for epoch in range(self.epochs + 1):
            place = folder / f"epoch-{epoch}.npy"
            files.write(place, _bytes(self._weights(corpus, seed, epoch)), "a model")
            self._wait()
            progress.step(max(epoch, 1), 1, 1, 1.0 / (1 + epoch))
            progress.epoch(epoch, 1.0 / (1 + epoch), 2.0 / (1 + epoch))
        names = [f"epoch-{epoch}.npy" for epoch in range(self.epochs + 1)]
        manifest.write_manifest(folder, names)

    def is_trained(self, folder: Path) -> bool:
        """Whether every file is what the manifest says."""
        return manifest.is_complete(folder)

    def load(self, folder: Path) -> StubTrained:
        """The trained stub."""
        epochs = tuple(range(self.epochs + 1))
        losses = tuple(1.0 / (1 + epoch) for epoch in epochs)
        log = TrainingLog(
            epochs, losses, losses, self.epochs, 10, (0,), None, (("cpu", "stub"),)
        )
        return StubTrained(log, folder)

    def _weights(self, corpus: Corpus | None, seed: int, epoch: int) -> np.ndarray:
        texts = [d.text for d in corpus.documents] if corpus else []
        start = int(hash_parts(texts)[:8], 16)
        return np.random.default_rng([seed, epoch, start]).random((6, 4))

    def _wait(self) -> None:
        end = time.monotonic() + self.pause
        while time.monotonic() < end:
            try:
                time.sleep(max(0.0, end - time.monotonic()))
            except KeyboardInterrupt:
                if not self.stubborn:
                    raise

    def _fail(self) -> None:
        if self.fail == "unsupported":
            raise UnsupportedError("the stub cannot do this")
        if self.fail == "bug":
            raise ZeroDivisionError("an unexpected thing")
        if self.fail == "memory":
            raise MemoryError
        if self.fail == "killed":
            os._exit(9)


class StubMethod(Method):
    """Random slot scores, or a table of what another artifact holds."""

    gives: ClassVar[type[Artifact]] = SlotScores
    method: Literal["stub"]
    steps: int = 2
    epoch: int | Literal["best"] = "best"
    fail: Literal["", "unsupported", "bug", "infinite"] = ""
    of: str = ""

    def artifact_names(self) -> tuple[str, ...]:
        """The other artifact."""
        return (self.of,) if self.of else ()

    def collect(self, context: Context) -> Artifact:
        """Scores, from the weights and the seed."""
        if self.fail == "unsupported":
            raise UnsupportedError("the model cannot answer")
        if self.fail == "bug":
            raise ZeroDivisionError("an unexpected thing")
        base = float(context.model.at(self.epoch).sum())
        if context.artifacts:
            base += float(context.artifacts[0].scores.sum())
        scores = context.generator(0).random((self.steps, 4)).astype(np.float32) + base
        scores[0, 0] = np.inf if self.fail == "infinite" else np.nan
        words = (Token("<pad>", "pad"), Token("<s>", "mark"), Token("a"), Token("é"))
        return SlotScores(
            targets=words[:1] * self.steps,
            histories=(words,) * self.steps,
            scores=scores,
            probabilities=scores[:, 1],
            quantity="stub",
            epoch=context.model.log.best,
        )


class StubCurve(Method):
    """A random walk, long enough for a side file."""

    gives: ClassVar[type[Artifact]] = Curves
    method: Literal["stub-curve"]
    points: int = 5000

    def collect(self, context: Context) -> Artifact:
        """The walk, from the weights and the seed."""
        start = float(context.model.at("best").sum())
        y = context.generator(0).random((1, self.points)).cumsum(1) + start
        x = np.arange(self.points)
        return Curves(
            x=x.astype(np.float32),
            y=y.astype(np.float32),
            x_label="x",
            y_label="y",
            names=("walk",),
        )


class StubTable(Method):
    """One estimate of another artifact's scores."""

    gives: ClassVar[type[Artifact]] = Estimates
    method: Literal["stub-table"]
    of: str

    def artifact_names(self) -> tuple[str, ...]:
        """The other artifact."""
        return (self.of,)

    def collect(self, context: Context) -> Artifact:
        """Their mean."""
        mean = float(np.nanmean(context.artifacts[0].scores))
        return Estimates(
            quantity="mean score", rows=(Estimate("mean", mean, mean, mean, 1),)
        )


class StubFigure(Figure):
    """The numbers of an artifact."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (SlotScores, Estimates)
    heading: ClassVar[str] = "Numbers"
    figure: Literal["stub"]
    artifact: str
    fail: bool = False

    def artifact_names(self) -> tuple[str, ...]:
        """The artifact."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> object:
        """Its text."""
        if self.fail:
            raise FigureError("figure: cannot be drawn")
        return repr(artifacts)


def _bytes(array: np.ndarray) -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def install(put: Callable[[Any, str, type], None] = operator.setitem) -> None:
    """Put the stub into the tables; `monkeypatch.setitem` takes it out again."""
    from generator.corpora import CORPORA
    from generator.figures import FIGURES
    from generator.methods import METHODS
    from generator.models import MODELS

    put(CORPORA, "stub", StubCorpus)
    put(MODELS, "stub", StubModel)
    put(METHODS, "stub", StubMethod)
    put(METHODS, "stub-curve", StubCurve)
    put(METHODS, "stub-table", StubTable)
    put(FIGURES, "stub", StubFigure)


def load_stub_studies(project: Path) -> tuple[Study, ...]:
    """Load the studies of a stub project, in this process."""
    from generator.study.class_tables import ClassTables
    from generator.study.study import load_studies

    tables = ClassTables(
        corpora={"stub": StubCorpus},
        models={"stub": StubModel},
        artifacts={
            "stub": StubMethod,
            "stub-curve": StubCurve,
            "stub-table": StubTable,
        },
        figures={"stub": StubFigure},
    )
    return load_studies(project, tables)
