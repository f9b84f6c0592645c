"""What a worker does: train one model, or ask one model one question.

A task carries specs, paths, keys and seeds and nothing else, so that it can run in
this process, in another, or on another machine that shares the folders. The last model
and the last corpus stay in memory, as the next task mostly wants the same.
"""

from __future__ import annotations

import math
import os
import platform
import shutil
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from generator.artifacts import SCHEMA, Artifact, store
from generator.artifacts.base import CorpusMade, Head, ModelMade, Provenance
from generator.core import files
from generator.core.errors import CorpusError
from generator.core.progress import Progress, Quiet
from generator.corpora.base import Corpus, CorpusSpec, Folders
from generator.methods.base import Asked, Maker, Method
from generator.models.base import ModelSpec, Trained

RECORDED = ("tensorflow", "keras", "numpy", "textgenrnn")
"""Packages whose versions an artifact remembers."""


@dataclass(frozen=True)
class Source:
    """A corpus to read, and the key it must have."""

    name: str
    spec: CorpusSpec
    folders: Folders
    key: str


@dataclass(frozen=True)
class Recipe:
    """A model to train, the corpus to train it on, and the folder to train it in."""

    name: str
    spec: ModelSpec
    corpus: Source | None
    seed: int
    folder: Path
    key: str
    before: tuple[Recipe, ...] = ()
    """Models that it follows, trained already."""


@dataclass(frozen=True)
class Question:
    """An artifact to collect, and what made those it reads."""

    name: str
    method: Method
    recipe: Recipe
    reads: tuple[Path, ...]
    seed: tuple[int, ...]
    key: str
    makers: tuple[Maker, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A collected artifact, ready to be saved."""

    artifact: Artifact
    head: Head


class Named:
    """A listener that knows a model by its name in the study file."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name = progress, name

    def __getattr__(self, call: str) -> Any:  # noqa: ANN401 - whatever the call is
        return getattr(self._progress, call)

    def model(self, _name: str, epochs: int, done: int) -> None:
        """Pass the call on with the study's name for the model."""
        self._progress.model(self._name, epochs, done)


_kept: dict[str, tuple[str, Any]] = {}


def train(recipe: Recipe, progress: Progress | None = None) -> tuple[bool, list[str]]:
    """Train a model unless it is; whether it was not, and the warnings.

    A damaged model is trained again, with a warning.
    """
    quiet = Quiet()
    if recipe.spec.is_trained(recipe.folder):
        return False, quiet.warnings
    _kept.pop("model", None)
    listener: Any = Named(progress or quiet, recipe.name)
    if (recipe.folder / files.NAME).exists():  # it was complete once
        listener.warn(f"model {recipe.name} was damaged; training it again")
        shutil.rmtree(recipe.folder)
    corpus = None if recipe.corpus is None else _corpus(recipe.corpus)
    earlier = {one.name: one.spec.load(one.folder) for one in recipe.before}
    recipe.folder.parent.mkdir(parents=True, exist_ok=True)
    spec = recipe.spec.after(earlier)
    spec.train(corpus, recipe.seed, recipe.folder, listener)
    return True, quiet.warnings


def ask(question: Question) -> Answer:
    """Collect one artifact. Raises what the method raises."""
    recipe, source = question.recipe, question.recipe.corpus
    corpus = None if source is None else _corpus(source)
    model = _model(recipe)
    read = tuple(store.load(path).artifact for path in question.reads)
    begun = time.perf_counter()
    asked = Asked(model, corpus, read, question.seed, question.makers)
    artifact = question.method.collect(asked)
    taken = seconds(time.perf_counter() - begun)
    made = Provenance(
        method=question.method.method,
        settings=question.method.model_dump(mode="json"),
        seed=question.seed,
        versions=versions(),
        seconds=taken,
        model=_model_made(recipe, model),
        corpus=None if source is None or corpus is None else _made(source, corpus),
    )
    kind = store.kind_of(artifact)
    head = Head(kind=kind, schema=SCHEMA, key=question.key, made=made)
    return Answer(artifact, head)


def seconds(taken: float) -> float | None:
    """Time taken, to a millisecond; None where builds must not differ by it."""
    return None if "SOURCE_DATE_EPOCH" in os.environ else round(taken, 3)


def versions() -> dict[str, str]:
    """The versions of what the numbers depend on, without importing any of it."""
    found = {"python": platform.python_version()}
    for package in RECORDED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def forget() -> None:
    """Let go of the model and the corpus in memory."""
    _kept.clear()


def _corpus(source: Source) -> Corpus:
    if _kept.get("corpus", ("",))[0] != source.key:
        _kept["corpus"] = source.key, source.spec.load(source.folders)
    corpus: Corpus = _kept["corpus"][1]
    if not corpus.documents:
        raise CorpusError(f"corpus {source.name}: holds no documents")
    return corpus


def _model(recipe: Recipe) -> Trained:
    if _kept.get("model", ("",))[0] != recipe.key:
        _kept["model"] = recipe.key, recipe.spec.load(recipe.folder)
    model: Trained = _kept["model"][1]
    return model


def _model_made(recipe: Recipe, model: Trained) -> ModelMade:
    log = model.log
    best = log.epochs.index(log.best) if log.best in log.epochs else -1
    return ModelMade(
        name=recipe.name,
        kind=recipe.spec.kind,
        settings=recipe.spec.model_dump(mode="json"),
        key=recipe.key,
        seed=recipe.seed,
        epochs=log.epochs[-1] if log.epochs else 0,
        best=log.best,
        windows=log.windows,
        held_out=len(log.held_out),
        tested=len(log.tested),
        learnt=log.learnt,
        loss=log.losses[-1] if log.losses else math.nan,
        validation_loss=log.validation_losses[best] if log.epochs else math.nan,
        seconds=None if log.seconds is None else round(log.seconds, 1),
        fingerprint=dict(log.fingerprint),
        notes=log.notes,
    )


def _made(source: Source, corpus: Corpus) -> CorpusMade:
    return CorpusMade(
        name=source.name,
        kind=source.spec.kind,
        settings=source.spec.model_dump(mode="json"),
        key=source.key,
        documents=len(corpus.documents),
        source=corpus.source,
        notes=corpus.notes,
    )
