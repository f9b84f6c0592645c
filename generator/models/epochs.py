"""Recipes of models that are trained epoch by epoch into a folder of snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, model_validator

from generator import manifest
from generator.corpora.base import Folders
from generator.models.base import ModelSpec


class ByEpochs(ModelSpec):
    """What such recipes share."""

    early_stop: int | None = Field(default=None, ge=1)
    """Stop after as many epochs without a better held-out loss; null never stops."""
    snapshots: tuple[int, ...] | None = None
    """Epochs whose weights are kept beside the best and the last; null keeps all."""

    _folders: Folders | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _within(self) -> Self:
        """Raises `ValueError` for a snapshot that training does not reach."""
        if any(not 0 <= epoch <= self.epochs for epoch in self.snapshots or ()):
            raise ValueError(f"snapshots must be epochs from 0 to {self.epochs}")
        return self

    def keeps(self, epoch: int) -> bool:
        """Whether `epoch` is kept; the best epoch is not known before training."""
        kept = self.snapshots is None or epoch in {*self.snapshots, self.epochs}
        return kept and super().keeps(epoch)

    def placed(self, folders: Folders) -> Self:
        """The recipe, told where the files it names may lie."""
        found = self.model_copy()
        found._folders = folders  # noqa: SLF001  # of its own class
        return found

    def is_trained(self, folder: Path) -> bool:
        """Whether `folder` holds the complete model, every file's hash being right."""
        return manifest.is_complete(folder)
