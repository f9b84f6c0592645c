"""From studies to fresh artifacts: corpora, then models, then what is asked of them.

Specs form three ranks, so there is no graph: for every study, keys are computed, what
is fresh is left alone, models that a stale artifact needs are trained in
`.cache/models/<key>`, and artifacts are collected, those that read others after them.
Only this process writes artifacts. A study that fails leaves the others running; what
was finished is kept, and the same command goes on from there.

What a collection did, filled while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from generator.artifacts import ARTIFACTS, store
from generator.artifacts.store import artifact_path
from generator.collect import tasks
from generator.collect.executors import InProcess
from generator.core import files
from generator.core.errors import (
    CorpusError,
    MissingArtifactError,
    ResourceError,
    StudyError,
)
from generator.core.invocation import command_line
from generator.core.progress import Progress, Quiet
from generator.corpora.base import Folders
from generator.methods.base import Maker
from generator.study.freshness import absent_corpora, doubt, states
from generator.study.keys import expected_keys, seed_of
from generator.study.study import Study


@dataclass(frozen=True)
class Failure:
    """What went wrong with one model or artifact of a study, or with all of it."""

    study: str
    what: str  # "model lm", "artifact greedy", or "" for the study
    error: Exception

    def placed(self) -> Exception:
        """The error with its place before each problem; a bug stays as it is."""
        if not isinstance(self.error, StudyError):
            return self.error
        place = f"{self.study}: {self.what}" if self.what else self.study
        return type(self.error)(*(f"{place}: {p}" for p in self.error.problems))


@dataclass
class Report:
    """What a collection did, by `study` or `study/name`."""

    trained: list[str] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)  # of an older schema
    doubted: list[str] = field(default_factory=list)  # studies whose corpus is absent
    skipped: dict[str, str] = field(default_factory=dict)  # study: the reason
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Workplace:
    """Where a project's work is done."""

    project: Path
    data: Path
    executor: Executor = field(default_factory=InProcess)
    progress: Progress = field(default_factory=Quiet)
    strict: bool = False

    def folders(self, study: Study) -> Folders:
        """Where the study's corpora may be read from."""
        return Folders(study=study.folder, data=self.data)

    def model_folder(self, key: str) -> Path:
        """Where the model with this key is trained."""
        return self.project / ".cache" / "models" / key

    @property
    def listener(self) -> Progress | None:
        """The progress, where a task can reach it."""
        return self.progress if isinstance(self.executor, InProcess) else None


def collect(
    studies: Iterable[Study],
    work: Workplace,
    after: Callable[[Study], None] = lambda _study: None,
    report: Report | None = None,
) -> Report:
    """Collect what is stale in every study; `after` each that collected something new.

    Never raises for what is wrong with one study: that is in the report's failures.
    The report is filled as work goes on, so that an interrupt can say what is kept.
    """
    report, studies = report or Report(), tuple(studies)
    for number, study in enumerate(studies, 1):
        work.progress.study(number, len(studies), study.slug)
        before = len(report.collected)
        try:
            StudyCollection(study, work, report).run()
        except Exception as error:  # noqa: BLE001 - the other studies go on
            report.failures.append(Failure(study.slug, "", _explained(error)))
        finally:
            tasks.forget()
        if len(report.collected) > before:
            after(study)
    return report


class StudyCollection:
    """The collection of one study."""

    def __init__(self, study: Study, work: Workplace, report: Report) -> None:
        self.study, self.work, self.report = study, work, report
        self.keys = expected_keys(study, work.folders(study))
        self.lost: set[str] = set()  # artifacts that are stale and stay so

    def run(self) -> None:
        """Train and collect what is stale."""
        stale = self._stale()
        if not stale or self._skipped(stale):
            return
        self._tidy()
        usable = self._train({self.study.artifacts[name].model for name in stale})
        askable = [n for n in stale if self.study.artifacts[n].model in usable]
        self.lost = set(stale) - set(askable)
        self._ask(askable)

    def _stale(self) -> list[str]:
        found, standing = [], states(self.study, self.keys)
        if any(state.word == "unknown" for state in standing.values()):
            self.report.doubted.append(self.study.slug)
            text = doubt(self.study.slug, absent_corpora(self.keys))
            self.work.progress.warn(text)
        for name, state in standing.items():
            if state.word in ("fresh", "unknown"):
                self.report.fresh.append(self._id(name))
                continue
            found.append(name)
            if state.word == "damaged":
                kind = self._kind(name)
                text = f"artifact {kind} {self._id(name)} was damaged; recomputing"
                self.work.progress.warn(text)
            if state.reason == store.OLDER:
                self.report.renewed.append(self._id(name))
        return found

    def _kind(self, name: str) -> str:
        gives = self.study.artifacts[name].gives
        return next((kind for kind, of in ARTIFACTS.items() if of is gives), "")

    def _skipped(self, stale: list[str]) -> bool:
        """Whether the study waits for a dataset. Raises `CorpusError` otherwise."""
        models = {self.study.artifacts[name].model for name in stale}
        needed = {self.study.models[model].corpus for model in models}
        away = self.keys.absent.keys() | self.keys.datasets.keys()
        for corpus in sorted(str(name) for name in needed & away):
            dataset = self.keys.datasets.get(corpus)
            if dataset is None:
                raise self.keys.absent[corpus]
            reason = (
                f"{self.study.slug}: skipped: its corpus {corpus} is not here; "
                f"run: {command_line(f'fetch {dataset}')}"
            )
            if self.work.strict:
                raise CorpusError(reason.replace("skipped: ", "", 1))
            self.report.skipped[self.study.slug] = reason
            self.work.progress.note(reason)
            return True
        return False

    def _tidy(self) -> None:
        """Remove what an interrupted run left half written."""
        folder = self.study.folder / "artifacts"
        for left in sorted(folder.glob(f"{files.TEMPORARY}*")):
            if left.is_file() or left.is_symlink():
                left.unlink()

    def _train(self, names: Iterable[str]) -> set[str]:
        """Train models, each after those it follows; which of them can be asked."""
        waiting, done = self._wanted(names), set[str]()
        while waiting:
            ready = [n for n in waiting if not self._follows(n) & set(waiting)]
            lost = [n for n in ready if not self._follows(n) <= done]
            for name in lost:
                error = MissingArtifactError("a model it follows could not be trained")
                self._failed(f"model {name}", error)
            done |= self._train_now([name for name in ready if name not in lost])
            waiting = [name for name in waiting if name not in ready]
        return done

    def _train_now(self, wanted: list[str]) -> set[str]:
        # Two names for the same recipe are one model, trained once.
        first = {self.keys.models[name]: name for name in reversed(wanted)}
        tasks_of = {
            key: self.work.executor.submit(
                tasks.train, self._recipe(name), self.work.listener
            )
            for key, name in reversed(first.items())
        }
        return {n for n in wanted if self._trained(n, tasks_of[self.keys.models[n]])}

    def _wanted(self, names: Iterable[str]) -> list[str]:
        """Names of models and of all that they follow, in the file's order."""
        found, left = set[str](), set(names)
        while left:
            found |= left
            left = set[str]().union(*map(self._follows, left)) - found
        return [name for name in self.study.models if name in found]

    def _follows(self, name: str) -> set[str]:
        return set(self.study.models[name].follows())

    def _trained(self, name: str, task: Future[tuple[bool, list[str]]]) -> bool:
        try:
            trained, warnings = task.result()
        except Exception as error:  # noqa: BLE001 - the other models go on
            self._failed(f"model {name}", error)
            return False
        self._warn(warnings)
        if trained:
            self.report.trained.append(self._id(name))
        return True

    def _ask(self, names: list[str]) -> None:
        """Collect artifacts, each as soon as those it reads are there."""
        waiting, running = list(names), dict[Future[tasks.Answer], str]()
        self.total, self.begun = len(names), 0
        while waiting or running:
            for name in self._ready(waiting, set(waiting) | set(running.values())):
                waiting.remove(name)
                running[self._submit(name)] = name
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for task in [task for task in running if task in done]:
                self._keep(running.pop(task), task)
        for name in waiting:
            error = MissingArtifactError("what it reads could not be collected")
            self._failed(f"artifact {name}", error)

    def _ready(self, waiting: list[str], open_: set[str]) -> Iterator[str]:
        blocking = open_ | self.lost
        for name in list(waiting):
            if blocking.isdisjoint(self.study.artifacts[name].reads()):
                yield name

    def _submit(self, name: str) -> Future[tasks.Answer]:
        self.begun += 1
        self.work.progress.artifact(name, self.begun, self.total)
        return self.work.executor.submit(tasks.ask, self._question(name))

    def _keep(self, name: str, task: Future[tasks.Answer]) -> None:
        try:
            answer = task.result()
            store.save(artifact_path(self.study, name), answer.artifact, answer.head)
        except Exception as error:  # noqa: BLE001 - the other artifacts go on
            self._failed(f"artifact {name}", error)
            self.lost.add(name)
            return
        self.report.collected.append(self._id(name))

    def _recipe(self, name: str) -> tasks.Recipe:
        spec = self.study.models[name].placed(self.work.folders(self.study))
        key = self.keys.models[name]
        if key is None:
            raise self.keys.absent[f"model {name}"]
        source = None
        if spec.corpus is not None:
            source = tasks.Source(
                name=spec.corpus,
                spec=self.study.corpora[spec.corpus],
                folders=self.work.folders(self.study),
                key=str(self.keys.corpora[spec.corpus]),
            )
        folder = self.work.model_folder(key)
        before = tuple(self._recipe(earlier) for earlier in spec.follows())
        return tasks.Recipe(name, spec, source, self.study.seed, folder, key, before)

    def _question(self, name: str) -> tasks.Question:
        method = self.study.artifacts[name]
        return tasks.Question(
            name=name,
            method=method,
            recipe=self._recipe(method.model),
            reads=tuple(artifact_path(self.study, read) for read in method.reads()),
            seed=self._seed(name),
            key=str(self.keys.artifacts[name]),
            makers=tuple(
                Maker(self.study.artifacts[read], self._seed(read))
                for read in method.reads()
            ),
        )

    def _seed(self, name: str) -> tuple[int, int]:
        """What an artifact of this name draws from."""
        return self.study.seed, seed_of(name)

    def _failed(self, what: str, error: Exception) -> None:
        explained = _explained(error)
        self.report.failures.append(Failure(self.study.slug, what, explained))

    def _warn(self, warnings: Iterable[str]) -> None:
        for text in warnings:
            self.work.progress.warn(text)

    def _id(self, name: str) -> str:
        return f"{self.study.slug}/{name}"


def _explained(error: Exception) -> Exception:
    if isinstance(error, BrokenProcessPool | MemoryError):
        return ResourceError(
            "a worker was killed (probably memory); what was finished is kept: close "
            "other programs or use fewer --jobs, and run the same command again"
        )
    return error
