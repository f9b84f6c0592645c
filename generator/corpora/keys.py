"""The key of a corpus: one hash over its settings, their version and what they read."""

from __future__ import annotations

import json

from generator.corpora.base import CorpusSpec
from generator.files import digest


def key_of(spec: CorpusSpec, read: str = "") -> str:
    """Hash of a spec and of the hash of the bytes it reads."""
    settings = spec.model_dump(mode="json")
    whole = {"settings": settings, "version": spec.version, "read": read}
    return digest(json.dumps(whole, sort_keys=True).encode())
