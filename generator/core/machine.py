"""The machine: what of it decides the bits of a model, and what it has to work with."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from pathlib import Path

from generator.core.errors import ConfigError


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


DEVICE_VARIABLE = "STUDY_DEVICE"
"""What networks run on: one of `DEVICES`."""
DEVICES = ("auto", "cpu", "gpu")
"""What can be said: `auto` is a GPU where TensorFlow opens one, else the processor."""
GPU_FOLDER = Path("/proc/driver/nvidia/gpus")
HIDING = {"", "-1"}
"""Values of CUDA_VISIBLE_DEVICES that hide every GPU."""
GPU_NODES = (Path("/dev/nvidia0"), Path("/dev/dxg"))
"""What a driver leaves elsewhere: in a container, and in Linux under Windows."""


def choose_device() -> str:
    """Choose what networks run on.

    Returns:
        What the environment says, else `cpu`.
    """
    chosen = os.environ.get(DEVICE_VARIABLE, "")
    return chosen if chosen in DEVICES else "cpu"


def find_gpus() -> tuple[str, ...]:
    """Return the names of the GPUs that a driver lists, without asking one."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in HIDING:
        return ()
    names = []
    for path in sorted(GPU_FOLDER.glob("*/information")):
        fields = dict(
            line.split(":", 1)
            for line in path.read_text("utf-8", "replace").splitlines()
            if ":" in line
        )
        names.append(fields.get("Model", "NVIDIA GPU").strip())
    found = any(node.exists() for node in GPU_NODES)
    return tuple(names) or (("a GPU without a name",) if found else ())


def use_device(device: str) -> None:
    """Let this process, and those that it starts, run networks on a device.

    Args:
        device: One of `DEVICES`.

    Raises:
        ConfigError: A GPU is asked for, and no driver lists one.
    """
    if device == "gpu" and not find_gpus():
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in HIDING
        reason = (
            "the variable CUDA_VISIBLE_DEVICES hides all"
            if hidden
            else f"no driver lists one in {GPU_FOLDER}"
        )
        raise ConfigError(
            f"--device gpu: there is no GPU that can be used: {reason}; leave "
            "--device out, and see doctor's line on the device"
        )
    os.environ[DEVICE_VARIABLE] = device


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
