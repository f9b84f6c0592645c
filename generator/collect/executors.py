"""Executors of tasks: this process, others of this machine, or a Dask cluster.

All three are `concurrent.futures.Executor`. Tasks carry specs, paths and seeds, so the
bytes that come out do not depend on the choice. Workers are spawned, not forked: a
forked one would inherit what the parent holds. They ignore Ctrl-C, which is the
parent's to handle, and end when the parent does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.queues import SimpleQueue
from typing import Any, ParamSpec, TypeVar, cast

from generator.core import machine
from generator.core.errors import ConfigError, NetworkError, quote_text
from generator.core.forecast import Duration, PlannedTask
from generator.core.processes import open_process_context
from generator.core.progress import Progress, QuietProgress

Reports = SimpleQueue[tuple[int, str, tuple[Any, ...]] | None]
"""Calls of listeners by workers: a process's number, a method, its arguments."""
STEP_INTERVAL = 0.2
"""Seconds between two reports of steps."""
PATIENCE = 1.0
"""Seconds that the last reports have to arrive."""
WORKER_MEMORY = 1.5e9
"""Bytes that a worker may need: TensorFlow, a corpus, and a model of a shipped size."""
WORTH_WORKERS = 30.0
"""Estimated seconds from which more than one process is worth its start."""
P = ParamSpec("P")
T = TypeVar("T")


def choose_jobs(
    tasks: Mapping[str, Sequence[PlannedTask]], durations: Iterable[Duration | None]
) -> int:
    """Choose how many processes a run uses where its author does not.

    Args:
        tasks: What is to be made, by study.
        durations: Estimates of it, None where nothing is known.

    Returns:
        One for short runs and for a single model; otherwise as many as there are cores,
        memory for workers, and studies or models to work on at once.
    """
    models = [t for every in tasks.values() for t in every if t.is_model]
    at_once = max(len(models), sum(bool(every) for every in tasks.values()))
    expected = [WORTH_WORKERS if one is None else one.likely for one in durations]
    if sum(expected) < WORTH_WORKERS:
        return 1
    return min(max(1, at_once), count_workers())


def count_workers() -> int:
    """Count the processes that this machine has cores and memory for, at least one."""
    memory = machine.find_free_memory() / WORKER_MEMORY
    return max(1, int(min(machine.count_cores(), memory)))


class InProcessExecutor(Executor):
    """An executor that runs each task at once in this process.

    Interrupts go through; other errors stay in the future.
    """

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run a call and return its finished future.

        Args:
            fn: The function to call.
            args: Its positional arguments.
            kwargs: Its keyword arguments.
        """
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future's reader raises it
            future.set_exception(error)
        return future


@contextmanager
def open_executor(
    jobs: int = 1,
    scheduler: str = "",
    progress: Progress | None = None,
    *,
    threads: int = 0,
) -> Iterator[Executor]:
    """Open the executor that the command line chooses.

    An error or an interrupt does not wait for tasks under way: their workers are ended.

    Args:
        jobs: Processes; 1 is this one.
        scheduler: Address of a Dask scheduler, "" to use this machine.
        progress: A listener to the trainings of other processes of this machine.
        threads: Operations of a training at once, in each process; 0 shares the cores
            of this machine among the processes.

    Yields:
        The executor, which is shut down afterwards.

    Raises:
        ConfigError: Dask is not installed.
        NetworkError: No scheduler answers.
    """
    if threads or not scheduler:  # machines of a cluster go by their own cores
        shared = max(machine.LEAST_THREADS, machine.count_cores() // jobs)
        os.environ[machine.THREADS_VARIABLE] = str(threads or shared)
    if scheduler:
        with _open_dask(scheduler) as chosen:
            yield chosen
    elif jobs > 1:
        with _open_pool(jobs, progress or Progress()) as chosen:
            yield chosen
    else:
        yield InProcessExecutor()


@contextmanager
def _open_pool(jobs: int, progress: Progress) -> Iterator[Executor]:
    with open_process_context() as spawn:
        reports: Reports = spawn.SimpleQueue()
        listener = threading.Thread(
            target=_pass_reports_on, args=(reports, progress), daemon=True
        )
        listener.start()
        pool = ProcessPoolExecutor(
            jobs, spawn, initializer=_start_worker, initargs=(reports,)
        )
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.kill()
            raise
        pool.shutdown()
        # Not from here: a worker that was killed may have left the queue locked.
        threading.Thread(target=reports.put, args=(None,), daemon=True).start()
        listener.join(PATIENCE)


class WorkerProgress(QuietProgress):
    """A listener in a worker, which sends what its training does to the parent.

    Args:
        reports: Where the calls go.
    """

    def __init__(self, reports: Reports) -> None:
        super().__init__()
        self._reports, self._due = reports, 0.0

    def model(self, name: str, epochs: int, done: int) -> None:
        """Send the beginning of a model's training."""
        self._reports.put((os.getpid(), "model", (name, epochs, done)))

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Send the end of an epoch."""
        self._reports.put((os.getpid(), "epoch", (epoch, loss, validation)))

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Send a training step, unless another was sent just before."""
        if (now := time.monotonic()) >= self._due:
            self._due = now + STEP_INTERVAL
            self._reports.put((os.getpid(), "step", (epoch, step, steps, loss)))


_reports: Reports | None = None


def make_progress() -> QuietProgress:
    """Make the listener for a task of this process.

    Returns:
        One that a parent process hears where there is one; warnings are collected.
    """
    return QuietProgress() if _reports is None else WorkerProgress(_reports)


def _pass_reports_on(reports: Reports, progress: Progress) -> None:
    workers: dict[int, Progress] = {}
    while report := reports.get():
        worker, call, arguments = report
        if worker not in workers:
            workers[worker] = progress.open_worker()
        getattr(workers[worker], call)(*arguments)


def _start_worker(reports: Reports) -> None:
    global _reports  # noqa: PLW0603 - a process has one parent
    _reports = reports
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _open_dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError(
            f"--scheduler {quote_text(address)}: needs dask and distributed, which are "
            "not installed; run: pip install dask distributed"
        ) from error
    try:
        make: Any = Client  # untyped
        client = make(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise NetworkError(
            f"--scheduler {quote_text(address)}: no scheduler answered; start one, or "
            "leave the option out to work on this machine"
        ) from error
    with client:
        yield cast("Executor", client.get_executor())
