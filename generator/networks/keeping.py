"""A trained textgenrnn on disk: settings, vocabulary, log and snapshots.

model.json                what shape the network has
vocabulary.json           tokens in the order of their ids
log.json                  losses by epoch, held-out documents, fingerprint
snapshots/epoch-000.npz   weights after an epoch; 0 is before training
manifest.json             written last, with the SHA-256 of all of these
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from generator import files, manifest
from generator.corpora.vocabulary import Vocabulary
from generator.errors import ConfigError, IntegrityError
from generator.models import logs
from generator.models.base import Epoch, TrainingLog
from generator.networks import variables
from generator.networks.language import Network
from generator.networks.run import snapshot_path
from generator.networks.textgenrnn import Settings
from generator.networks.weights import shapes

_NAMES = ("model.json", "vocabulary.json", "log.json")


class Kept:
    """A trained textgenrnn, read from its folder: a `Trained`."""

    def __init__(self, folder: Path) -> None:
        found = manifest.verified(folder)
        try:
            model, vocabulary, log = (json.loads(found[name]) for name in _NAMES)
            self.settings = Settings(**model)
            self.vocabulary = Vocabulary(
                tuple(vocabulary["tokens"]),
                self.settings.word_level,
                vocabulary["mark"],
            )
            self.log = logs.decode(log)
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"{folder}: written by another version") from error
        self._folder = folder
        self._snapshots = {
            epoch: found[name]
            for epoch in self.log.epochs
            if (name := _name(folder, epoch)) in found
        }
        self._networks: dict[int, Network] = {}

    def at(self, epoch: Epoch) -> Network:
        """The network after `epoch`. Raises `ConfigError` if it was not kept."""
        named = {"best": self.log.best, "last": self.log.epochs[-1]}
        number = named[epoch] if isinstance(epoch, str) else epoch
        if number not in self._snapshots:
            kept = ", ".join(map(str, sorted(self._snapshots)))
            raise ConfigError(
                f"epoch {number} was not kept; kept: {kept}; "
                "name one of these, or add it to the model's snapshots"
            )
        if number not in self._networks:
            self._networks[number] = self._network(number)
        return self._networks[number]

    def _network(self, epoch: int) -> Network:
        expected = shapes(self.settings, len(self.vocabulary))
        data = self._snapshots[epoch]
        arrays = variables.decode(data, [(shape, "<f4") for _, shape in expected])
        return Network(self.settings, self.vocabulary, arrays, epoch)


def keep(
    folder: Path,
    settings: Settings,
    vocabulary: Vocabulary,
    log: TrainingLog,
    snapshots: Iterable[int],
) -> None:
    """Write what is not in `folder` yet and declare it complete."""
    data: dict[str, Any] = {
        "model.json": asdict(settings),
        "vocabulary.json": {"mark": vocabulary.mark, "tokens": vocabulary.tokens},
        "log.json": asdict(log),
    }
    for name, value in data.items():
        files.write(folder / name, logs.as_json(value), "a trained model")
    names = [_name(folder, epoch) for epoch in snapshots]
    manifest.complete(folder, [*data, *names])


def _name(folder: Path, epoch: int) -> str:
    return snapshot_path(folder, epoch).relative_to(folder).as_posix()
