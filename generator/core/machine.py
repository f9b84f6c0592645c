"""The machine: what of it decides the bits of a model, and what it has to work with."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from pathlib import Path


def operating_system() -> str:
    """Return the operating system and the processor's family: `Linux x86_64`."""
    return f"{platform.system()} {platform.machine()}"


def processor() -> str:
    """Return the processor's name and a digest of the instructions it offers."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    fields = {name.strip(): value.strip() for name, value in pairs}
    flags = hashlib.sha256(fields.get("flags", "").encode()).hexdigest()[:8]
    return f"{fields.get('model name', platform.machine())}, flags {flags}"


def count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


THREADS_VARIABLE = "STUDY_THREADS"
"""How many operations of a training may run at once."""
LEAST_THREADS = 2
"""Operations at once where nobody chooses, on however few cores."""


def choose_threads() -> int:
    """Choose how many operations of this process may run at once.

    Returns:
        What the environment says, else the number of cores.
    """
    text = os.environ.get(THREADS_VARIABLE, "")
    chosen = int(text) if text.isdecimal() else 0
    return chosen or max(LEAST_THREADS, count_cores())


def find_free_memory() -> float:
    """Return the bytes of memory that can be used, infinity where nothing says it."""
    limits = [_read_free_memory(), _read_group_memory()]
    return min((limit for limit in limits if limit is not None), default=math.inf)


def _read_free_memory() -> float | None:
    """Return the bytes that the system could give, None where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    number, _, unit = fields.get("MemAvailable", "").strip().partition(" ")
    return int(number) * 1024.0 if unit == "kB" and number.isdigit() else None


def _read_group_memory() -> float | None:
    """Return the bytes that the process's group has left, None without a limit."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text("utf-8").strip()
        used = (group / "memory.current").read_text("utf-8").strip()
    except OSError:
        return None
    return float(int(limit) - int(used)) if limit.isdigit() else None
