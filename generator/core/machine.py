"""The machine a model was trained on, as far as it decides the bits of its weights."""

from __future__ import annotations

import hashlib
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
