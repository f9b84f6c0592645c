"""The machine a model was trained on, as far as it decides bits."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path


def operating_system() -> str:
    """The operating system and the processor's family."""
    return f"{platform.system()} {platform.machine()}"


def processor() -> str:
    """The processor's name and a digest of what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    told = {name.strip(): value.strip() for name, value in facts.items()}
    flags = hashlib.sha256(told.get("flags", "").encode()).hexdigest()[:8]
    return f"{told.get('model name', platform.machine())}, flags {flags}"
