"""A model that lives elsewhere: its scores are brought, and it cannot be asked.

Its labels are named, with what it is in a sentence. `given` draws scores that were
computed of it; what needs its answers to other texts does not apply.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from generator.core import files
from generator.core.errors import IntegrityError
from generator.core.progress import Progress
from generator.core.spec import LabelText
from generator.corpora.base import Corpus
from generator.models import base
from generator.models.base import Epoch, ModelSpec, TrainedModel, TrainingLog

FILE_NAMES = ("log.json", "model.json")


@dataclass
class ExternalModel:
    """What is known of a model that cannot be asked: trained model and state alike."""

    labels: tuple[str, ...]
    log: TrainingLog
    epoch: int = 1

    def at(self, epoch: Epoch) -> ExternalModel:
        """Return itself: there is one state of it."""
        del epoch
        return self


class ExternalRecipe(ModelSpec):
    """A model that lives elsewhere and cannot be asked."""

    version: ClassVar[int] = 1
    kind: Literal["external"]
    corpus: str | None = None
    """Name of the corpus whose documents scores are of; null where they are of none."""
    epochs: Literal[1] = 1
    """It is as it is."""
    labels: tuple[LabelText, ...] = Field(min_length=2, max_length=1000)
    """Its labels, in the order of its probabilities."""
    about: str = Field(default="", max_length=500)
    """What it is, in a sentence for the page."""

    @field_validator("labels")
    @classmethod
    def _check_labels(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(labels)) < len(labels):
            raise ValueError("must be different from one another")
        return labels

    def explain_missing_capability(self, capability: type) -> str:
        """Explain that it cannot be asked, whatever is wanted."""
        del capability
        return (
            "a model of kind external cannot be asked; bring it as a function, by "
            "kind: function"
        )

    def is_epoch_saved(self, epoch: int) -> bool:
        """Return whether there is an epoch; 1 is all there is."""
        return epoch == 1

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Write what is known of it."""
        del seed, progress
        if files.is_complete(folder):
            return
        count = len(corpus.documents) if corpus else 0
        log = TrainingLog(
            epochs=(1,),
            losses=(math.nan,),
            validation_losses=(math.nan,),
            best=1,
            windows=0,
            held_out=(),
            seconds=None,
            fingerprint=(),
            tested=tuple(range(count)),
            learnt="texts",
            notes=("it cannot be asked here", *([self.about] if self.about else [])),
        )
        data = {"log.json": asdict(log), "model.json": {"labels": self.labels}}
        project = files.find_project_of(folder, files.MODEL_DEPTH)
        for name in FILE_NAMES:
            content = base.encode_json(data[name])
            files.write(folder / name, content, "what is known of a model", project)
        files.write_manifest(folder, FILE_NAMES)

    def is_trained(self, folder: Path) -> bool:
        """Return whether a folder holds it, hashes verified."""
        return files.is_complete(folder)

    def load(self, folder: Path) -> TrainedModel:
        """Load what is known of it; see `ModelSpec.load`."""
        contents = files.read_verified_files(folder)
        try:
            labels = tuple(map(str, json.loads(contents["model.json"])["labels"]))
            log = base.decode_log(json.loads(contents["log.json"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"{folder}: written by another version") from error
        return ExternalModel(labels, log)

    def find_disagreement(self, model: TrainedModel, corpus: Corpus | None) -> str:
        """Find in what its folder is not what these settings write."""
        del corpus
        same = getattr(model, "labels", ()) == self.labels
        return "" if same else "its labels are not those of the study"
