"""One question to a model, as a study file words it.

A method's settings are its fields and its asking is `collect`. It gets arrays and
protocols, never a framework, and gives back raw numbers: no scaling, no colour. The
docstring of its class becomes its page on the site, so it teaches the reader of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from generator.artifacts import Artifact
from generator.core.spec import Spec
from generator.corpora.base import Annotation, Corpus
from generator.models.base import Epoch, ModelSpec, TrainedModel


@dataclass(frozen=True, slots=True)
class Producer:
    """What an artifact was made by, so that the same can be asked of something else."""

    method: Method
    seed: tuple[int, ...]  # the one it was given


@dataclass(frozen=True, slots=True)
class Context:
    """What a method is given.

    `corpus` is the one the model was trained on, None for a model without. `read` are
    the artifacts that `Method.reads` names, in that order, and `makers` what made each.
    `seed` is the study's and the artifact's: methods draw from `generator`, and nothing
    else is random.
    """

    model: TrainedModel
    corpus: Corpus | None
    artifacts: tuple[Artifact, ...]
    seed: tuple[int, ...]
    producers: tuple[Producer, ...] = ()

    def generator(self, *position: int) -> np.random.Generator:
        """A generator seeded by the position of what is drawn, not by history."""
        sequence = np.random.SeedSequence((*self.seed, *position))
        return np.random.Generator(np.random.PCG64(sequence))


class Method(Spec):
    """One question to a model. Its settings are its fields; the asking is `collect`."""

    version: ClassVar[int] = 1
    """Bump when the same settings would give other numbers."""
    needs: ClassVar[tuple[type | tuple[type, ...], ...]] = ()
    """Capability protocols the model must offer; of an inner tuple, any one."""
    instead: ClassVar[Mapping[type, str]] = {}
    """The method that answers the like for a model that offers another capability."""
    gives: ClassVar[type[Artifact]]
    expects: ClassVar[frozenset[Annotation]] = frozenset()
    """What the documents of the model's corpus must carry beside their text."""
    method: str
    """Which method; the rest of the entry are its settings."""
    model: str
    """Name of the model to ask."""

    def required_annotations(self) -> frozenset[Annotation]:
        """Return what the documents must carry, given these settings."""
        return self.expects

    def required_capabilities(self) -> tuple[type | tuple[type, ...], ...]:
        """What the model must offer, given these settings."""
        return self.needs

    def artifact_names(self) -> tuple[str, ...]:
        """Names of other artifacts it needs."""
        return ()

    def snapshots(self) -> tuple[Epoch, ...]:
        """Snapshots it asks for, so that a study file can be checked."""
        return ()

    def refusal_reason(self, read: str, model: ModelSpec) -> str:
        """Why an artifact it reads must not be one of such a model, "" if it may."""
        del read, model
        return ""

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why a model of these settings cannot be asked, with what to do."""
        del model
        return None

    def collect(self, context: Context) -> Artifact:
        """Ask. Raises `UnsupportedError`, `CorpusError` or `IntegrityError`."""
        raise NotImplementedError
