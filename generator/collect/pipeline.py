"""The pipeline from studies to fresh artifacts: corpora, then models, then methods.

Specs form three ranks, so there is no graph: for every study, keys are computed, what
is fresh is left alone, models that a stale artifact needs are trained in
`.cache/models/<key>`, and artifacts are collected, those that read others after them.
Only this process writes artifacts. A study that fails leaves the others running; what
was finished stays, and the same command goes on from there.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from generator.artifacts import ARTIFACTS, store
from generator.artifacts.store import ArtifactState, artifact_path
from generator.collect import tasks
from generator.collect.executors import InProcessExecutor
from generator.collect.timings import Timings
from generator.core import files
from generator.core.errors import (
    CorpusError,
    MissingArtifactError,
    ResourceError,
    StudyError,
)
from generator.core.forecast import Duration, Forecast, PlannedTask
from generator.core.invocation import format_command
from generator.core.progress import Progress, QuietProgress
from generator.core.tracked_files import list_tracked_files
from generator.corpora.base import Folders
from generator.methods.base import Producer
from generator.models.base import ModelSpec
from generator.study.brought_code import allow_trusted_code
from generator.study.freshness import (
    describe_absent_corpora,
    format_doubt,
    read_artifact_states,
)
from generator.study.keys import compute_expected_keys, hash_to_seed
from generator.study.origins import record_collected
from generator.study.study import Study


@dataclass(frozen=True)
class CollectFailure:
    """The error of one model or artifact of a study, or of the study as a whole."""

    study: str
    what: str  # "model lm", "artifact greedy", or "" for the study
    error: Exception

    def locate_error(self) -> Exception:
        """Return the error with its place before each problem; a bug stays as it is."""
        if not isinstance(self.error, StudyError):
            return self.error
        place = f"{self.study}: {self.what}" if self.what else self.study
        return type(self.error)(*(f"{place}: {p}" for p in self.error.problems))


@dataclass
class CollectReport:
    """The results of a collection by `study` or `study/name`, filled while it runs."""

    trained: list[str] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)  # studies whose corpus is absent
    skipped: dict[str, str] = field(default_factory=dict)  # study: the reason
    seconds: dict[PlannedTask, float] = field(default_factory=dict)
    failures: list[CollectFailure] = field(default_factory=list)


@dataclass(frozen=True)
class Workspace:
    """The folders of a project, and the executor and the listener of its work."""

    project: Path
    data: Path
    executor: Executor = field(default_factory=InProcessExecutor)
    progress: Progress = field(default_factory=QuietProgress)
    strict: bool = False
    renew: bool = False
    """Whether committed artifacts of an older version are collected again."""
    jobs: int = 1
    """Tasks that the executor runs at once."""

    def find_corpus_folders(self, study: Study) -> Folders:
        """Return the folders that a study's corpora are read from.

        Args:
            study: The study.
        """
        return Folders(study=study.folder, data=self.data)

    def find_model_folder(self, key: str) -> Path:
        """Return the folder that a model is trained in.

        Args:
            key: The model's key.
        """
        return self.project / ".cache" / "models" / key

    @property
    def listener(self) -> Progress | None:
        """The progress if tasks run in this process and so can reach it, else None."""
        return self.progress if isinstance(self.executor, InProcessExecutor) else None


def collect_studies(
    studies: Iterable[Study],
    work: Workspace,
    after: Callable[[Study], None] = lambda _study: None,
    report: CollectReport | None = None,
) -> CollectReport:
    """Collect the stale artifacts of every study.

    An error of one study leaves the others running and is added to the report, which is
    filled as work goes on, so that an interrupt can say what is done.

    Args:
        studies: The studies, in the order of the work.
        work: Folders, executor and listener.
        after: Called with each study that collected something new.
        report: The report to fill; a new one where None.

    Returns:
        The report.
    """
    return Collection(studies, work, report or CollectReport()).run(work, after)


class Collection:
    """The collection of several studies, planned at once.

    Args:
        studies: The studies, in the order of the work.
        work: Folders and listener.
        report: The report to fill.
    """

    def __init__(
        self, studies: Iterable[Study], work: Workspace, report: CollectReport
    ) -> None:
        self.studies, self.report = tuple(studies), report
        self.timings = Timings.read(work.project)
        self._prepared = {
            study.slug: _prepare_collection(study, work, report)
            for study in self.studies
        }
        planned = set[str]()
        self.tasks = {
            slug: prepared.list_tasks(planned) if prepared else []
            for slug, prepared in self._prepared.items()
        }
        """The models and artifacts to make, by study. A model that two studies share is
        a task of the first."""

    def estimate(self) -> list[Duration | None]:
        """Estimate the seconds of each task, None for what nothing is known of."""
        every = [task for tasks in self.tasks.values() for task in tasks]
        return [self.timings.estimate(task) for task in every]

    def run(
        self, work: Workspace, after: Callable[[Study], None] = lambda _study: None
    ) -> CollectReport:
        """Collect the studies, as many at once as the workspace has jobs.

        Args:
            work: Folders, executor and listener.
            after: Called with each study that collected something new.

        Returns:
            The report.
        """
        every = [task.name for tasks in self.tasks.values() for task in tasks]
        run = Run(Forecast(dict(zip(every, self.estimate(), strict=True)), work.jobs))
        work.progress.plan(run.forecast)
        try:
            for study, taken, collected in self._run_studies(work, run):
                if taken:
                    work.progress.study_end(study.slug, taken)
                if collected:
                    after(study)
        finally:
            run.stopped.set()
            order = [study.slug for study in self.studies]
            self.report.failures.sort(key=lambda failure: order.index(failure.study))
            for task, seconds in self.report.seconds.items():
                self.timings.add(task, seconds)
            if self.report.seconds:
                self.timings.write(work.project)
        return self.report

    def _run_studies(self, work: Workspace, run: Run) -> Iterator[FinishedStudy]:
        """Yield each study when it is finished."""
        turns = list(enumerate(self.studies, 1))
        if work.jobs == 1:
            yield from (self._run_study(work, run, *turn) for turn in turns)
            return
        # Threads that wait for tasks; they end with the program and hold nothing up.
        waiting: queue.SimpleQueue[tuple[int, Study]] = queue.SimpleQueue()
        finished: queue.SimpleQueue[FinishedStudy] = queue.SimpleQueue()
        for turn in turns:
            waiting.put(turn)

        def follow() -> None:
            with contextlib.suppress(queue.Empty):
                while not run.stopped.is_set():
                    turn = waiting.get_nowait()
                    finished.put(self._run_study(work, run, *turn))

        for _ in range(min(work.jobs, len(turns))):
            threading.Thread(target=follow, daemon=True).start()
        for _ in turns:
            yield finished.get()

    def _run_study(
        self, work: Workspace, run: Run, number: int, study: Study
    ) -> FinishedStudy:
        work.progress.study(number, len(self.studies), study.slug)
        collection = None
        try:
            collection = self._prepared[study.slug] or StudyCollection(
                study, work, self.report
            )
            collection.work, collection.run = work, run
            collection.collect_study()
        except Exception as error:  # noqa: BLE001 - the other studies go on
            self.report.failures.append(
                CollectFailure(study.slug, "", _explain_error(error))
            )
        finally:
            if work.jobs == 1:
                tasks.clear_loaded()
        if collection is None:
            return study, {}, 0
        return study, collection.seconds, collection.collected


FinishedStudy = tuple[Study, dict[PlannedTask, float], int]
"""A study, what its tasks took, and how many artifacts it collected."""


class Run:
    """What the studies of one run share.

    Args:
        forecast: The time left.
    """

    def __init__(self, forecast: Forecast) -> None:
        self.forecast = forecast
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._training: dict[str, Future[tasks.TrainedTask]] = {}

    def share_training(
        self, key: str, submit: Callable[[], Future[tasks.TrainedTask]]
    ) -> tuple[Future[tasks.TrainedTask], bool]:
        """Train a model unless another study of the run does.

        Args:
            key: The model's key.
            submit: Begins the training.

        Returns:
            The training, and whether it was begun now.
        """
        with self._lock:
            if key in self._training:
                return self._training[key], False
            self._training[key] = submit()
            return self._training[key], True


def _prepare_collection(
    study: Study, work: Workspace, report: CollectReport
) -> StudyCollection | None:
    """Find out what is stale; None for a study whose turn will end with an error."""
    try:
        collection = StudyCollection(study, work, report)
        _ = collection.states
    except (StudyError, OSError):
        return None
    return collection


class StudyCollection:
    """The collection of one study.

    Args:
        study: The study.
        work: Folders, executor and listener.
        report: The report to fill.
    """

    def __init__(self, study: Study, work: Workspace, report: CollectReport) -> None:
        self.study, self.work, self.report = study, work, report
        self.keys = compute_expected_keys(study, work.find_corpus_folders(study))
        self.run = Run(Forecast({}))
        self.seconds: dict[PlannedTask, float] = {}
        self.collected = 0
        self.lost: set[str] = set()  # artifacts that are not as they should be
        self._allowed: dict[str, ModelSpec] = {}  # recipes whose code may run

    @cached_property
    def states(self) -> dict[str, ArtifactState]:
        """The state of each artifact when the run began."""
        folders = self.work.find_corpus_folders(self.study)
        return read_artifact_states(self.study, self.keys, folders=folders)

    def list_tasks(self, planned: set[str]) -> list[PlannedTask]:
        """List the models to train and the artifacts to collect.

        Args:
            planned: Keys of models that others train; those of this study are added.
        """
        stale = self._list_stale()
        if self._find_absent_corpus(stale):
            return []
        needed = {self.study.artifacts[name].model for name in stale}
        due = []
        for name in self.study.add_followed_models(needed):
            key = self.keys.models[name]
            if key is None or key in planned:
                continue
            folder = self.work.find_model_folder(key)
            if not self.study.models[name].is_trained(folder):
                planned.add(key)
                due.append(self._plan_model(name))
        return [*due, *map(self._plan_artifact, stale)]

    def _plan_model(self, name: str) -> PlannedTask:
        kind = self.study.models[name].kind
        return PlannedTask(self._format_id(f"model {name}"), f"model {kind}")

    def _plan_artifact(self, name: str) -> PlannedTask:
        return PlannedTask(self._format_id(name), self.study.artifacts[name].method)

    def collect_study(self) -> None:
        """Train the models and collect the artifacts that are stale.

        Raises:
            CorpusError: A corpus that is needed cannot be read.
        """
        stale = self._list_stale()
        self._report_states(stale)
        if not stale or self._waits_for_dataset(stale):
            return
        self._remove_partial_files()
        models = {self.study.artifacts[name].model for name in stale}
        self._check_model_files(models)
        usable = self._train_models(models)
        collectable = [n for n in stale if self.study.artifacts[n].model in usable]
        self.lost |= set(stale) - set(collectable)
        self._collect_artifacts(collectable)

    def train_model(self, name: str) -> tasks.TrainTask:
        """Train one model, and those it follows, unless they are trained.

        Args:
            name: The model's name in the study file.

        Returns:
            The task, whose folder now holds the model.

        Raises:
            StudyError: A corpus or a file cannot be read, or training failed.
        """
        if self.keys.models[name] is None:
            raise CorpusError(*describe_absent_corpora(self.keys))
        self._check_model_files({name})
        if name not in self._train_models({name}):
            raise self.report.failures[-1].error
        return self._make_train_task(name)

    def _list_stale(self) -> list[str]:
        if self._is_frozen(self.states):
            return []
        # What a newer version collected is not replaced by what this one would.
        left = ("fresh", "unknown", "newer")
        return [n for n, state in self.states.items() if state.word not in left]

    def _report_states(self, stale: Iterable[str]) -> None:
        if any(state.word == "unknown" for state in self.states.values()):
            self.report.doubted.append(self.study.slug)
            text = format_doubt(self.study.slug, describe_absent_corpora(self.keys))
            self.work.progress.warn(text)
        for name, state in self.states.items():
            if state.word == "newer":
                self.lost.add(name)
                text = f"artifact {self._format_id(name)}: {state.reason}"
                self.work.progress.warn(text)
            elif name not in stale:
                self.report.fresh.append(self._format_id(name))
            elif state.word == "damaged" and not state.expected:
                kind = self._find_kind(name)
                text = (
                    f"artifact {kind} {self._format_id(name)} was damaged; recomputing"
                )
                self.work.progress.warn(text)

    def _is_frozen(self, states: Mapping[str, ArtifactState]) -> bool:
        """Return whether the author froze the study as an older version gave it.

        That is so where nothing but versions changed and git tracks the artifacts. One
        that is to be collected for another reason might read older ones, so then all
        are.
        """
        older = [name for name, state in states.items() if state.word == "older"]
        words = {state.word for state in states.values()}
        if (
            self.work.renew
            or not older
            or words - {"older", "newer", "fresh", "unknown"}
        ):
            return False
        root = self.work.project
        places = {
            artifact_path(self.study, name).relative_to(root).as_posix()
            for name in older
        }
        return places <= list_tracked_files(root, "studies")

    def _find_kind(self, name: str) -> str:
        gives = self.study.artifacts[name].gives
        return next((kind for kind, of in ARTIFACTS.items() if of is gives), "")

    def _find_absent_corpus(self, stale: Iterable[str]) -> str:
        """Return a corpus that stale artifacts need and that is not here, or ""."""
        models = {self.study.artifacts[name].model for name in stale}
        needed = {self.study.models[model].corpus for model in models}
        away = self.keys.absent.keys() | self.keys.datasets.keys()
        return min((str(name) for name in needed & away), default="")

    def _waits_for_dataset(self, stale: list[str]) -> bool:
        """Return whether a corpus that stale artifacts need must be fetched first.

        Raises:
            CorpusError: A corpus cannot be read or, when strict, must be fetched.
        """
        corpus = self._find_absent_corpus(stale)
        if not corpus:
            return False
        dataset = self.keys.datasets.get(corpus)
        if dataset is None:
            raise self.keys.absent[corpus]
        reason = (
            f"{self.study.slug}: skipped: its corpus {corpus} is not here; "
            f"run: {format_command(f'fetch {dataset}')}"
        )
        if self.work.strict:
            raise CorpusError(reason.replace("skipped: ", "", 1))
        self.report.skipped[self.study.slug] = reason
        self.work.progress.note(reason)
        return True

    def _check_model_files(self, names: Iterable[str]) -> None:
        """Check the files that models begin with, before any of them is trained.

        Raises:
            StudyError: A file is missing, damaged, or does not fit the others.
        """
        for name in self.study.add_followed_models(names):
            spec = self.study.models[name].with_folders(
                self.work.find_corpus_folders(self.study)
            )
            if error := self.keys.absent.get(f"model {name}"):
                raise error
            self._allowed[name] = allow_trusted_code(spec, self.work.project)
            self.work.executor.submit(spec.check_files).result()

    def _remove_partial_files(self) -> None:
        """Remove files that an interrupted run left half written."""
        folder = self.study.folder / "artifacts"
        for path in sorted(folder.glob(f"{files.TEMPORARY}*")):
            if not path.is_dir() or path.is_symlink():
                files.remove(path, self.study.folder)

    def _train_models(self, names: Iterable[str]) -> set[str]:
        """Train models, each after those it follows; return those that can be used."""
        waiting, done = list(self.study.add_followed_models(names)), set[str]()
        while waiting:
            ready = [
                n for n in waiting if not self._find_followed_models(n) & set(waiting)
            ]
            lost = [n for n in ready if not self._find_followed_models(n) <= done]
            for name in lost:
                error = MissingArtifactError("a model it follows could not be trained")
                self._record_failure(f"model {name}", error)
            done |= self._submit_training([name for name in ready if name not in lost])
            waiting = [name for name in waiting if name not in ready]
        return done

    def _submit_training(self, wanted: list[str]) -> set[str]:
        # Two names for the same settings are one model, trained once.
        running = [(name, *self._submit_model(name)) for name in wanted]
        return {
            name
            for name, task, begun in running
            if self._finish_training(name, task, begun=begun)
        }

    def _submit_model(self, name: str) -> tuple[Future[tasks.TrainedTask], bool]:
        task = self._make_train_task(name)

        def submit() -> Future[tasks.TrainedTask]:
            self.run.forecast.begin(self._plan_model(name).name)
            return self.work.executor.submit(
                tasks.run_train_task, task, self.work.listener
            )

        return self.run.share_training(task.key, submit)

    def _find_followed_models(self, name: str) -> set[str]:
        return set(self.study.models[name].list_followed_models())

    def _finish_training(
        self, name: str, task: Future[tasks.TrainedTask], *, begun: bool
    ) -> bool:
        planned, seconds = self._plan_model(name), 0.0
        try:
            done = task.result()
            seconds = done.seconds
        except Exception as error:  # noqa: BLE001 - the other models go on
            self._record_failure(f"model {name}", error)
            return False
        finally:
            if begun:
                self.run.forecast.end(planned.name, seconds)
        if begun:
            self._warn(done.warnings)
        if begun and done.trained:
            self.report.trained.append(self._format_id(name))
            self._record_seconds(planned, seconds)
        return True

    def _record_seconds(self, task: PlannedTask, seconds: float) -> None:
        self.seconds[task] = self.report.seconds[task] = seconds

    def _collect_artifacts(self, names: list[str]) -> None:
        """Collect artifacts, each as soon as those it reads are there."""
        waiting, running = list(names), dict[Future[tasks.CollectedArtifact], str]()
        self.total, self.begun = len(names), 0
        while waiting or running:
            for name in self._find_ready(waiting, set(waiting) | set(running.values())):
                waiting.remove(name)
                running[self._submit_artifact(name)] = name
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for task in [task for task in running if task in done]:
                self._save_artifact(running.pop(task), task)
        for name in waiting:
            error = MissingArtifactError("what it reads could not be collected")
            self._record_failure(f"artifact {name}", error)

    def _find_ready(self, waiting: list[str], open_: set[str]) -> Iterator[str]:
        blocking = open_ | self.lost
        for name in list(waiting):
            if blocking.isdisjoint(self.study.artifacts[name].artifact_names()):
                yield name

    def _submit_artifact(self, name: str) -> Future[tasks.CollectedArtifact]:
        self.begun += 1
        self.run.forecast.begin(self._plan_artifact(name).name)
        self.work.progress.artifact(name, self.begun, self.total)
        return self.work.executor.submit(
            tasks.run_collect_task, self._make_collect_task(name)
        )

    def _save_artifact(self, name: str, task: Future[tasks.CollectedArtifact]) -> None:
        planned, seconds = self._plan_artifact(name), 0.0
        try:
            result = task.result()
            seconds = result.seconds
            path = artifact_path(self.study, name)
            packed = store.pack_artifact(path, result.artifact, result.head)
            record_collected(self.work.project, self.study, name, packed)
            store.write_artifact(path, packed)
        except Exception as error:  # noqa: BLE001 - the other artifacts go on
            self._record_failure(f"artifact {name}", error)
            self.lost.add(name)
            return
        finally:
            self.run.forecast.end(planned.name, seconds)
        self.report.collected.append(self._format_id(name))
        self.collected += 1
        self._record_seconds(planned, seconds)

    def _make_train_task(self, name: str) -> tasks.TrainTask:
        folders = self.work.find_corpus_folders(self.study)
        spec = self._allowed.get(name) or self.study.models[name].with_folders(folders)
        key = self.keys.models[name]
        if key is None:
            raise self.keys.absent[f"model {name}"]
        source = None
        if spec.corpus is not None:
            source = tasks.CorpusTask(
                name=spec.corpus,
                spec=self.study.corpora[spec.corpus],
                folders=folders,
                key=str(self.keys.corpora[spec.corpus]),
            )
        folder = self.work.find_model_folder(key)
        before = tuple(
            self._make_train_task(earlier) for earlier in spec.list_followed_models()
        )
        return tasks.TrainTask(
            name, spec, source, self.study.seed, folder, key, before, self.study.slug
        )

    def _make_collect_task(self, name: str) -> tasks.CollectTask:
        method = self.study.artifacts[name]
        return tasks.CollectTask(
            name=name,
            method=method.with_folder(self.study.folder),
            recipe=self._make_train_task(method.model),
            reads=tuple(
                artifact_path(self.study, read) for read in method.artifact_names()
            ),
            seed=self._derive_seed(name),
            key=str(self.keys.artifacts[name]),
            makers=tuple(
                Producer(self.study.artifacts[read], self._derive_seed(read))
                for read in method.artifact_names()
            ),
        )

    def _derive_seed(self, name: str) -> tuple[int, int]:
        """Return the seed of an artifact's method."""
        return self.study.seed, hash_to_seed(name)

    def _record_failure(self, what: str, error: Exception) -> None:
        explained = _explain_error(error)
        self.report.failures.append(CollectFailure(self.study.slug, what, explained))

    def _warn(self, warnings: Iterable[str]) -> None:
        for text in warnings:
            self.work.progress.warn(text)

    def _format_id(self, name: str) -> str:
        return f"{self.study.slug}/{name}"


def _explain_error(error: Exception) -> Exception:
    if isinstance(error, BrokenProcessPool | MemoryError):
        return ResourceError(
            "a worker was killed (probably memory); what was finished is kept: close "
            "other programs or use fewer --jobs, and run the same command again"
        )
    return error
