"""Tasks of a worker: train one model, or collect one artifact.

A task carries specs, paths, keys and seeds and nothing else, so that it can run in this
process, in another, or on another machine that shares the folders. The last model and
the last corpus stay in memory, as the next task mostly needs the same.
"""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from generator.artifacts import SCHEMA, Artifact, store
from generator.artifacts.base import (
    ArtifactHead,
    CorpusProvenance,
    ModelProvenance,
    Provenance,
)
from generator.collect.executors import make_progress
from generator.core import files
from generator.core.errors import CorpusError, IntegrityError
from generator.core.progress import Progress
from generator.corpora.base import Corpus, CorpusSpec, Folders
from generator.methods.base import Context, Method, Producer
from generator.models.base import ModelSpec, TrainedModel

RECORDED_PACKAGES = ("tensorflow", "keras", "numpy", "textgenrnn")
"""Packages whose versions an artifact's provenance has."""


@dataclass(frozen=True)
class CorpusTask:
    """A corpus to read, and its key."""

    name: str
    spec: CorpusSpec
    folders: Folders
    key: str


@dataclass(frozen=True)
class TrainTask:
    """A model to train, the corpus to train it on, and the folder to train it in."""

    name: str
    spec: ModelSpec
    corpus: CorpusTask | None
    seed: int
    folder: Path
    key: str
    before: tuple[TrainTask, ...] = ()
    """Models that it follows, trained already."""
    study: str = ""
    """The study's slug, which listeners to several processes need."""


@dataclass(frozen=True)
class CollectTask:
    """An artifact to collect, and the methods that made those it reads."""

    name: str
    method: Method
    recipe: TrainTask
    reads: tuple[Path, ...]
    seed: tuple[int, ...]
    key: str
    makers: tuple[Producer, ...] = ()


@dataclass(frozen=True)
class TrainedTask:
    """What came of training a model: whether it was needed, and what it took."""

    trained: bool
    warnings: list[str]
    seconds: float = 0.0


@dataclass(frozen=True)
class CollectedArtifact:
    """An artifact as it was collected, ready to be saved."""

    artifact: Artifact
    head: ArtifactHead
    seconds: float
    """What it took, with reading the model."""


class NamedProgress:
    """A listener that calls a model by its name in the study file.

    Args:
        progress: The listener that the calls go to.
        name: The model's name.
    """

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name = progress, name

    def __getattr__(self, call: str) -> Any:  # noqa: ANN401 - any method of the listener
        return getattr(self._progress, call)

    def model(self, _name: str, epochs: int, done: int) -> None:
        """Pass the beginning of training on with the study's name for the model."""
        self._progress.model(self._name, epochs, done)


_loaded: dict[str, tuple[str, Any]] = {}


def run_train_task(task: TrainTask, progress: Progress | None = None) -> TrainedTask:
    """Train a model unless it is trained; a damaged one is trained again.

    Args:
        task: The model, its corpus and its folder.
        progress: A listener; without one, the warnings are returned.

    Returns:
        Whether the model was trained now, the warnings, and the seconds.
    """
    quiet, begun = make_progress(), time.perf_counter()
    listener: Any = NamedProgress(
        progress or quiet, task.name if progress else f"{task.study}/{task.name}"
    )
    if task.spec.is_trained(task.folder):
        reason = task.spec.find_disagreement(_load_model(task), None)
        if not reason:
            return TrainedTask(trained=False, warnings=quiet.warnings)
        listener.warn(f"model {task.name} is trained again: {task.folder}: {reason}")
        files.delete_folder(task.folder, last=files.MANIFEST_NAME)
    _loaded.pop("model", None)
    files.require_plain_folders(
        task.folder.parent, (task.folder.name, f"{task.folder.name}/snapshots")
    )
    if os.path.lexists(task.folder / files.MANIFEST_NAME):  # so it was complete once
        reason = files.find_damage(task.folder).partition("; remove")[0]
        listener.warn(f"model {task.name} is trained again: {reason}")
        files.delete_folder(task.folder, last=files.MANIFEST_NAME)
    corpus = None if task.corpus is None else _load_corpus(task.corpus)
    earlier = {other.name: other.spec.load(other.folder) for other in task.before}
    project = files.find_project_of(task.folder, files.MODEL_DEPTH)
    with files.open_folder(task.folder.parent, project, make=True):
        pass  # it is there, and no link leads to it
    spec = task.spec.with_followed_models(earlier)
    spec.train(corpus, task.seed, task.folder, listener)
    return TrainedTask(
        trained=True, warnings=quiet.warnings, seconds=time.perf_counter() - begun
    )


def run_collect_task(task: CollectTask) -> CollectedArtifact:
    """Collect one artifact; an error of its method passes through.

    Args:
        task: The method, its model and the artifacts that it reads.
    """
    begun, recipe, source = time.perf_counter(), task.recipe, task.recipe.corpus
    corpus = None if source is None else _load_corpus(source)
    model = _load_model(recipe)
    if reason := recipe.spec.find_disagreement(model, corpus):
        raise IntegrityError(
            f"{recipe.folder}: model {recipe.name}: {reason}; remove the folder to "
            "train again"
        )
    read = tuple(store.load_artifact(path).artifact for path in task.reads)
    start = time.perf_counter()
    context = Context(model, corpus, read, task.seed, task.makers)
    artifact = task.method.collect(context)
    taken = round_seconds(time.perf_counter() - start)
    provenance = Provenance(
        method=task.method.method,
        settings=task.method.model_dump(mode="json"),
        seed=task.seed,
        versions=find_versions(),
        seconds=taken,
        model=_describe_model(recipe, model),
        corpus=None
        if source is None or corpus is None
        else _describe_corpus(source, corpus),
    )
    kind = store.find_artifact_kind(artifact)
    head = ArtifactHead(kind=kind, schema=SCHEMA, key=task.key, made=provenance)
    return CollectedArtifact(artifact, head, time.perf_counter() - begun)


def round_seconds(taken: float) -> float | None:
    """Return a time to a millisecond; None where builds must not differ by it.

    Args:
        taken: Seconds.
    """
    return None if "SOURCE_DATE_EPOCH" in os.environ else round(taken, 3)


def find_versions() -> dict[str, str]:
    """Return the versions of the packages that numbers depend on, importing none."""
    versions = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def clear_loaded() -> None:
    """Release the model and the corpus in memory."""
    _loaded.clear()


def _load_corpus(source: CorpusTask) -> Corpus:
    corpus: Corpus = _load_once("corpus", source.key, source.spec.load, source.folders)
    if not corpus.documents:
        raise CorpusError(f"corpus {source.name}: holds no documents")
    return corpus


def _load_model(task: TrainTask) -> TrainedModel:
    model: TrainedModel = _load_once("model", task.key, task.spec.load, task.folder)
    return model


def _load_once(what: str, key: str, load: Callable[[Any], Any], place: object) -> Any:  # noqa: ANN401 - a corpus, or a model
    """Load a thing unless it is the last of its kind that was loaded.

    A worker of a cluster may run tasks in several threads, so what is returned is never
    read from what they share after another could have put its own there.
    """
    kept, thing = _loaded.get(what, ("", None))
    if kept != key:
        thing = load(place)
        _loaded[what] = key, thing
    return thing


def _describe_model(task: TrainTask, model: TrainedModel) -> ModelProvenance:
    log = model.log
    best = log.epochs.index(log.best) if log.best in log.epochs else -1
    return ModelProvenance(
        name=task.name,
        kind=task.spec.kind,
        settings=task.spec.model_dump(mode="json"),
        key=task.key,
        seed=task.seed,
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


def _describe_corpus(source: CorpusTask, corpus: Corpus) -> CorpusProvenance:
    return CorpusProvenance(
        name=source.name,
        kind=source.spec.kind,
        settings=source.spec.model_dump(mode="json"),
        key=source.key,
        documents=len(corpus.documents),
        source=corpus.source,
        notes=corpus.notes,
    )
