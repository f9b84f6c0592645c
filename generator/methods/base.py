"""The base of all methods: one analysis of a trained model, as a study file words it.

A method's settings are its fields, and `collect` runs it. A method gets arrays and
capability protocols, never a framework, and returns raw numbers: no scaling, no colour.
The
docstring of its class becomes its page on the site, so it teaches the reader of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from generator.artifacts import Artifact
from generator.core.spec import Spec
from generator.corpora.base import Annotation, Corpus
from generator.models.base import Epoch, ModelSpec, TrainedModel


@dataclass(frozen=True, slots=True)
class Producer:
    """The method that made an artifact, so that it can be applied to other inputs."""

    method: Method
    seed: tuple[int, ...]  # the one it was given


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a method may use when it collects.

    Attributes:
        model: The trained model under study.
        corpus: The corpus the model was trained on, None for a model without one.
        artifacts: The artifacts that `Method.artifact_names` names, in that order.
        seed: The study's seed, then the artifact's own numbers.
        producers: What made each of `artifacts`, in their order.
    """

    model: TrainedModel
    corpus: Corpus | None
    artifacts: tuple[Artifact, ...]
    seed: tuple[int, ...]
    producers: tuple[Producer, ...] = ()

    def generator(self, *position: int) -> np.random.Generator:
        """Return a random generator seeded by position, not by what was drawn before.

        All of a method's randomness comes from here.

        Args:
            position: Numbers that say what is drawn, such as the index of a text;
                appended to
                the artifact's seed.

        Returns:
            A PCG64 generator, the same for the same seed and position.
        """
        sequence = np.random.SeedSequence((*self.seed, *position))
        return np.random.Generator(np.random.PCG64(sequence))


class Method(Spec):
    """One analysis of a trained model: its settings are fields, `collect` runs it."""

    version: ClassVar[int] = 1
    """Bump when the same settings would give other numbers."""
    needs: ClassVar[tuple[type | tuple[type, ...], ...]] = ()
    """Capability protocols the model must offer; of an inner tuple, any one."""
    instead: ClassVar[Mapping[type, str]] = {}
    """The method that answers the like for a model that offers another capability."""
    unit: ClassVar[str] = ""
    """What its estimates are over, as a noun in the singular, where that is not a
    document of the corpus and the estimate itself names none."""
    reads: ClassVar[tuple[type[Artifact], ...]] = ()
    """Kinds of artifact that those it names may be; of any kind where empty."""
    gives: ClassVar[type[Artifact]]
    expects: ClassVar[frozenset[Annotation]] = frozenset()
    """What the documents of the model's corpus must carry beside their text."""
    scored_annotations: ClassVar[frozenset[Annotation]] = frozenset()
    """Of a method that scores explanations: what documents must carry for it."""
    method: str
    """Which method; the rest of the entry are its settings."""
    model: str
    """Name of the model to ask."""

    def required_annotations(self) -> frozenset[Annotation]:
        """Return what the documents must carry, given these settings."""
        return self.expects

    def required_capabilities(self) -> tuple[type | tuple[type, ...], ...]:
        """Return the capability protocols the model must offer with these settings."""
        return self.needs

    def artifact_names(self) -> tuple[str, ...]:
        """Return the names of the other artifacts that this one is computed from."""
        return ()

    def list_typed_texts(self) -> tuple[str, ...]:
        """Return the texts that the author wrote, which come before documents."""
        return ()

    def with_folder(self, folder: Path) -> Self:
        """Return the method with the study's folder, where its files lie.

        Args:
            folder: The study's folder.

        Returns:
            A method with the folder, or the same where it reads no file.
        """
        del folder
        return self

    def foreign_key(self) -> str:
        """Return a hash of the files that it reads, or "".

        Raises:
            SettingError: One is missing, or no plain file.
        """
        return ""

    def check_files(self) -> None:
        """Check the files that it reads, all of their bytes, before anything is made.

        Raises:
            StudyError: One is missing, or not what it should be.
        """

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the snapshots it uses, so that a study file can be checked."""
        return ()

    def refusal_reason(self, read: str, producer: Method, model: ModelSpec) -> str:
        """Return why an artifact cannot be read, though it is of one of the kinds.

        Args:
            read: Name of the artifact that is read.
            producer: The method that gives it.
            model: Settings of the model that the artifact is of.

        Returns:
            The reason, "" where the artifact may be read.
        """
        del read, producer, model
        return ""

    @classmethod
    def inapplicable_reason(cls, producer: Method) -> str:
        """Return why what a method gives cannot be scored by this one.

        Args:
            producer: The method whose artifact would be scored.

        Returns:
            The reason, "" where it can or this method scores nothing.
        """
        del producer
        return ""

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why the method cannot be applied to a model of these settings.

        Args:
            model: Settings of the model, which need not be trained yet.

        Returns:
            The reason and what to do, None where the method applies.
        """
        del model
        return None

    def collect(self, context: Context) -> Artifact:
        """Run the method on a trained model.

        Args:
            context: The model, its corpus, the artifacts read and the seed.

        Returns:
            The artifact, of the type that `gives` names.

        Raises:
            UnsupportedError: The model or an artifact lacks what the settings need.
            CorpusError: The corpus lacks the documents or annotations needed.
            IntegrityError: The numbers fail a check of their own.
        """
        raise NotImplementedError
