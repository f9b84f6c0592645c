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
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast

from generator.core.errors import ConfigError, NetworkError, quote_text
from generator.core.processes import open_process_context

P = ParamSpec("P")
T = TypeVar("T")


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
def open_executor(jobs: int = 1, scheduler: str = "") -> Iterator[Executor]:
    """Open the executor that the command line chooses.

    An error or an interrupt does not wait for tasks under way: their workers are ended.

    Args:
        jobs: Processes; 1 is this one.
        scheduler: Address of a Dask scheduler, "" to use this machine.

    Yields:
        The executor, which is shut down afterwards.

    Raises:
        ConfigError: Dask is not installed.
        NetworkError: No scheduler answers.
    """
    if scheduler:
        with _open_dask(scheduler) as chosen:
            yield chosen
    elif jobs > 1:
        with _open_pool(jobs) as chosen:
            yield chosen
    else:
        yield InProcessExecutor()


@contextmanager
def _open_pool(jobs: int) -> Iterator[Executor]:
    with open_process_context() as spawn:
        pool = ProcessPoolExecutor(jobs, spawn, initializer=_start_worker)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.kill()
            raise
        pool.shutdown()


def _start_worker() -> None:
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
