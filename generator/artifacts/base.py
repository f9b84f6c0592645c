"""The base of every artifact, and the provenance that its file records.

Provenance is printed on pages and enters no key: library versions and times are
recorded, not compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


LATER = {"later": True}
"""Metadata of a field added after artifacts without it were stored: it is written only
where it differs from its default, so that those artifacts' bytes stay as they are."""


@dataclass(frozen=True, slots=True)
class Check:
    """An identity the numbers must satisfy: `error` is at most `tolerance`."""

    name: str
    error: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance."""
        return self.error <= self.tolerance


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """The base of all kinds of artifact.

    `epoch` is the snapshot of the model (0 is before training), None where the artifact
    is about many snapshots or none. `checks` are identities that its numbers must
    satisfy.
    """

    epoch: int | None = None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CorpusProvenance:
    """The corpus behind an artifact."""

    name: str
    kind: str
    settings: dict[str, Any]
    key: str
    documents: int
    source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelProvenance:
    """The trained model behind an artifact."""

    name: str
    kind: str
    settings: dict[str, Any]
    key: str
    seed: int
    epochs: int  # trained
    best: int
    windows: int  # what is learnt from in an epoch, in number
    held_out: int  # documents
    tested: int = 0  # documents
    learnt: Literal["windows", "parts", "pairs", "texts", "rows"] = "windows"
    loss: float = math.nan  # of the last epoch, in nats; NaN if untrained
    validation_loss: float = math.nan  # of the best epoch; NaN if nothing was held out
    seconds: float | None = None
    fingerprint: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The origin of an artifact, outside its key; a page prints it."""

    method: str
    settings: dict[str, Any]
    seed: tuple[int, ...]
    versions: dict[str, str] = field(default_factory=dict)
    seconds: float | None = (
        None  # taken by the method; None when times are not recorded
    )
    model: ModelProvenance | None = None
    corpus: CorpusProvenance | None = None


@dataclass(frozen=True, kw_only=True)
class ArtifactHead:
    """The part of a stored artifact's file before its content."""

    kind: str
    schema: int
    key: str
    made: Provenance
