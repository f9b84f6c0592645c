"""A brought function as this program calls it: in a process with limits, judged.

`FunctionProcess` starts the process with copies of the author's files, sends texts and
checks what comes back. What the function does wrong is an error that names its file
and line; a process that takes too long or too much memory is ended, with all that it
has started.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import signal
import tempfile
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core import files
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    ResourceError,
    quote_text,
)
from generator.core.function_worker import OUTPUT, run_functions
from generator.core.processes import WorkerProcess

Array = NDArray[np.float64]
FunctionAnswer = tuple[dict[str, Any], list[Array]]
"""What a function's process says, and the numbers that it gives."""
LOOK = 0.1
"""Seconds between two looks at the memory of a process that is at work."""
TOLERANCE = 1e-4
"""How far probabilities of a text may sum from 1."""
TEXT_LIMIT = 300
"""Characters of a message that is not ours."""


@dataclass(frozen=True)
class FunctionFiles:
    """The files of a brought function, and what they have to be.

    Attributes:
        paths: Where each file is, by its name for the function.
        hashes: SHA-256 of each, as it was trusted.
        file: The name of the one that has the function.
    """

    paths: Mapping[str, Path]
    hashes: Mapping[str, str]
    file: str

    def copy_into(self, folder: Path) -> None:
        """Copy the files into a folder, and check each on the way.

        Args:
            folder: An empty folder.

        Raises:
            IntegrityError: A file is not what was trusted.
        """
        for name, path in self.paths.items():
            data = files.read_regular_file(path)
            if files.digest(data) != self.hashes.get(name):
                raise IntegrityError(
                    f"{name}: changed since it was looked at; run the same command "
                    "again"
                )
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


@dataclass(frozen=True)
class FunctionLimits:
    """What a brought function may take.

    Attributes:
        seconds: For its import, and for each batch of texts.
        gigabytes: Of memory that is in use, with that of what it starts.
    """

    seconds: float
    gigabytes: float


class FunctionProcess:
    """A process that runs the functions of one file, started with the first call.

    Args:
        source: The author's files.
        functions: Name of the function for each part, such as `predict`.
        limits: What it may take.
    """

    def __init__(
        self,
        source: FunctionFiles,
        functions: Mapping[str, str],
        limits: FunctionLimits,
    ) -> None:
        self._source, self._functions, self._limits = source, functions, limits
        self._worker: WorkerProcess | None = None
        self._end: weakref.finalize[Any, Any] | None = None
        self._folder = Path()
        self.versions: dict[str, str] = {}
        """Versions of the packages that the file imports, once it has started."""

    def start(self) -> None:
        """Start the process and import the file, unless that is done."""
        if self._worker:
            return
        self._folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="function-")))
        try:
            self._source.copy_into(self._folder)
            order = {
                "folder": str(self._folder),
                "file": self._source.file,
                "functions": dict(self._functions),
            }
            self._worker = WorkerProcess(run_functions, json.dumps(order).encode())
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._end = weakref.finalize(self, _end_all, self._worker, self._folder)
        head, _ = self._receive("importing it")
        self.versions = dict(head["versions"])

    def end(self) -> None:
        """End the process and what it has started, at whatever they are."""
        if self._end:
            self._end()
        self._worker = self._end = None

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of a text.

        Args:
            text: The text.
        """
        head, _ = self._call("tokenize", [text])
        return [str(one) for one in head["tokens"]]

    def predict(self, texts: Sequence[str], labels: int) -> Array:
        """Compute the probabilities (texts, labels) of texts.

        Args:
            texts: The texts.
            labels: How many labels there are.

        Raises:
            ConfigError: What the function gave are none.
        """
        _, (found,) = self._call("predict", texts)
        if found.shape[1] != labels:
            self._refuse(
                "predict",
                f"gave {found.shape[1]} probabilities for each text; expected "
                f"{labels}, one for each label",
            )
        self._check_rows("predict", texts, found, "probabilities")
        return found

    def attend(self, texts: Sequence[str], lengths: Sequence[int]) -> list[Array]:
        """Compute the attention weights (tokens,) of each text.

        Args:
            texts: The texts.
            lengths: How many tokens each has.

        Raises:
            ConfigError: What the function gave are none.
        """
        _, found = self._call("attention", texts)
        for text, length, row in zip(texts, lengths, found, strict=True):
            if len(row) != length:
                self._refuse(
                    "attention",
                    f"gave {len(row)} weights for the {length} tokens of "
                    f"{quote_text(text)}",
                )
            if length:
                self._check_rows("attention", [text], row[None], "weights")
        return list(found)

    def _check_rows(
        self, part: str, texts: Sequence[str], rows: Array, noun: str
    ) -> None:
        """Check that rows are finite, not negative, and sum to 1."""
        for text, values in zip(texts, rows, strict=True):
            if problem := find_row_problem(values):
                shown = ", ".join(f"{value:.4g}" for value in values[:6])
                shown += ", …" * (len(values) > 6)  # noqa: PLR2004 - enough to see
                self._refuse(part, f"{noun} {problem}: {shown}, of {quote_text(text)}")

    def _call(self, part: str, texts: Sequence[str]) -> FunctionAnswer:
        self.start()
        assert self._worker is not None  # noqa: S101 - it has just started
        call = json.dumps({"part": part, "texts": list(texts)}).encode()
        doing = f"{self._functions[part]}() of {len(texts)} texts"
        try:
            self._worker.send(call)
        except OSError:
            self._report_end(doing)
        return self._receive(doing, part)

    def _receive(self, doing: str, part: str = "") -> FunctionAnswer:
        """Wait for an answer within the limits, and decode it."""
        assert self._worker is not None  # noqa: S101 - a call was sent to it
        latest = time.monotonic() + self._limits.seconds
        while True:
            try:
                message = self._worker.receive(LOOK)
                break
            except TimeoutError:
                self._check_limits(latest, doing)
            except (EOFError, OSError):
                self._report_end(doing)
        try:
            head, arrays = _decode_answer(message)
        except (ValueError, KeyError, TypeError):
            self._report_end(doing)
        if "error" in head:
            self._refuse(part, str(head["error"]), str(head.get("place", "")))
        return head, arrays

    def _check_limits(self, latest: float, doing: str) -> None:
        assert self._worker is not None  # noqa: S101 - it is at work
        if time.monotonic() > latest:
            self.end()
            raise ResourceError(
                f"{self._source.file}: {doing} took longer than "
                f"{self._limits.seconds:g} s, so it was ended; make it quicker, or set "
                "seconds: higher"
            )
        used = measure_memory(self._worker.pid)
        if used > self._limits.gigabytes * 1e9:
            self.end()
            raise ResourceError(
                f"{self._source.file}: {doing} took {used / 1e9:.1f} GB of memory, "
                f"above the {self._limits.gigabytes:g} GB of memory:, so it was ended; "
                "set it higher, or let the function take less"
            )

    def _report_end(self, doing: str) -> None:
        """Report that the process has ended by itself.

        Raises:
            ConfigError: In any case.
        """
        said = _read_last_line(self._folder / OUTPUT)
        self.end()
        raise ConfigError(
            f"{self._source.file}: {doing}: its process ended by itself"
            f"{f'; it printed last: {said}' if said else ''}; a function must return, "
            "and leave the process alone"
        )

    def _refuse(self, part: str, problem: str, place: str = "") -> None:
        """End the process and report what a function did wrong.

        Raises:
            ConfigError: In any case.
        """
        self.end()
        where = place or self._source.file
        name = f"{self._functions[part]}() " if part else ""
        raise ConfigError(f"{where}: {name}{problem[:TEXT_LIMIT]}")


def find_row_problem(values: Array) -> str:
    """Find why numbers are no probabilities that sum to 1.

    Args:
        values: Numbers (labels,).

    Returns:
        What they are instead, to follow a noun in the plural; "" if they are.
    """
    if not np.isfinite(values).all():
        return "are not all finite"
    if values.min() < -TOLERANCE or values.max() > 1 + TOLERANCE:
        return "are not all from 0 to 1"
    total = float(values.sum())
    return f"sum to {total:.6g} and not to 1" if abs(total - 1) > TOLERANCE else ""


def _decode_answer(message: bytes) -> FunctionAnswer:
    """Return the head of an answer and its arrays.

    Raises:
        ValueError: The message is no answer.
    """
    line, _, data = message.partition(b"\n")
    head = files.parse_strict_json(line.decode())
    arrays, place = [], 0
    for shape in head["shapes"]:
        size = 8 * math.prod(shape)
        part = np.frombuffer(data[place : place + size], np.float64)
        arrays.append(part.reshape(shape).copy())
        place += size
    if place != len(data):
        raise ValueError("bytes are left over")
    return head, arrays


def _read_last_line(path: Path) -> str:
    """Return the end of what a function printed, as it is safe to print."""
    try:
        lines = path.read_bytes()[-2000:].decode(errors="replace").split("\n")
    except OSError:
        return ""
    said = [line for line in lines if line.strip()]
    return quote_text(said[-1], 200) if said else ""


def _end_all(worker: WorkerProcess, folder: Path) -> None:
    """End a process with all of its session, and remove its folder."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(worker.pid) == worker.pid:
                os.killpg(worker.pid, signal.SIGKILL)
    worker.end()
    shutil.rmtree(folder, ignore_errors=True)


def measure_memory(session: int) -> int:
    """Return the bytes of memory in use by the processes of a session.

    Args:
        session: Its number, which is that of its first process.

    Returns:
        The sum of their resident pages; 0 where the system does not tell.
    """
    pages = 0
    try:
        folders = [one for one in Path("/proc").iterdir() if one.name.isdigit()]
    except OSError:
        return 0
    for folder in folders:
        try:
            text = (folder / "stat").read_text("ascii", "replace")
        except OSError:
            continue  # it has ended
        # After the name in brackets: state, parent, group, session, … resident pages.
        fields = text.rpartition(")")[2].split()
        if int(fields[3]) == session:
            pages += int(fields[21])
    return pages * os.sysconf("SC_PAGE_SIZE")
