"""Checkpoints: training under way, saved so that it can resume as if never stopped.

A file is `[8 bytes: length][JSON header][npz]`. The header holds the format's version,
the identity of what is trained (settings, data, order, fingerprint), the step, and a
SHA-256 of all the rest. The arrays are every variable of the model, those of its
random generators included, every variable of the optimizer, and the loss of each step.

Two generations are kept. A damaged one gives way to the one before it, and that to
step 0, with a warning; so does one that belongs to something else. Numbers that are
not finite are no damage but a result, the training diverged: that is an error.

`TrainingHistory` is what a training has come to apart from the variables: losses,
snapshots and seconds so far.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from generator.core import files
from generator.core.errors import IntegrityError, ResourceError
from generator.core.progress import Progress
from generator.models.base import TrainingLog
from generator.networks import compute_fingerprint, parameters
from generator.networks.parameters import Array, ArrayShape

CHECKPOINT_VERSION = 1
NEWEST, PREVIOUS = "checkpoint.bin", "checkpoint-previous.bin"
_LONGEST_HEADER = 1 << 24


@dataclass(frozen=True)
class Checkpoint:
    """A state of training after `step` steps.

    Attributes:
        step: Steps made so far.
        facts: JSON values of the loop.
        variables: The arrays, in the loop's order.
    """

    step: int
    facts: dict[str, Any]
    variables: Sequence[Array]


def save_checkpoint(folder: Path, identity: str, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` as the newest of two generations.

    Args:
        folder: The folder of the training.
        identity: Hash of everything that decides the result.
        checkpoint: The state to save.

    Raises:
        ResourceError: A file cannot be written or moved.
    """
    data = encode_checkpoint(identity, checkpoint)
    project = files.find_project_of(folder, files.MODEL_DEPTH)
    try:
        with files.open_folder(folder, project, make=True) as place:
            with contextlib.suppress(FileNotFoundError):  # the first one
                place.move_file(NEWEST, PREVIOUS)
            place.write_file(NEWEST, data)
    except OSError as error:
        path = folder / NEWEST
        raise files.make_resource_error(error, path, "writing a checkpoint") from error


def load_checkpoint(
    folder: Path, identity: str, expected: Sequence[ArrayShape], progress: Progress
) -> Checkpoint | None:
    """Load the newest checkpoint that is whole and of this training.

    Args:
        folder: The folder of the training.
        identity: Hash of everything that decides the result.
        expected: Shapes of the model's and the optimizer's arrays; one array more, the
            losses, follows them in the file.
        progress: Gets a warning for each checkpoint that is not used.

    Returns:
        The checkpoint, or None if there is none to use.

    Raises:
        IntegrityError: The checkpoint holds NaN or infinity.
        ResourceError: The checkpoint exists and cannot be read.
    """
    for name in (NEWEST, PREVIOUS):
        path = folder / name
        if not os.path.lexists(path):
            continue
        try:
            loaded = decode_checkpoint(_read_file(path), identity, expected)
        except IntegrityError as error:
            progress.warn(f"{path}: checkpoint not used: {error}")
            continue
        if not parameters.is_finite(loaded.variables):
            raise IntegrityError(
                f"{path}: training had diverged at step {loaded.step:,}; not resumed: "
                "lower the learning rate, or remove the file to train again"
            )
        return loaded
    return None


def remove_checkpoints(folder: Path) -> None:
    """Remove both generations of checkpoints.

    Raises:
        ResourceError: A file cannot be removed.
    """
    project = files.find_project_of(folder, files.MODEL_DEPTH)
    for name in (NEWEST, PREVIOUS):
        files.remove(folder / name, project)


def encode_checkpoint(identity: str, checkpoint: Checkpoint) -> bytes:
    """Encode a checkpoint as the bytes of its file."""
    body = parameters.encode_arrays(checkpoint.variables)
    header: dict[str, Any] = {
        "version": CHECKPOINT_VERSION,
        "identity": identity,
        "step": checkpoint.step,
        "facts": checkpoint.facts,
    }
    header["sha256"] = _hash_checkpoint(header, body)
    head = _encode_header(header)
    return len(head).to_bytes(8, "little") + head + body


def decode_checkpoint(
    data: bytes, identity: str, expected: Sequence[ArrayShape]
) -> Checkpoint:
    """Decode the bytes of a checkpoint's file.

    Args:
        data: The bytes.
        identity: Hash of everything that decides the result.
        expected: Shapes of the model's and the optimizer's arrays.

    Returns:
        The checkpoint.

    Raises:
        IntegrityError: The bytes are damaged, or of another training or version.
    """
    length = int.from_bytes(data[:8], "little")
    if not 0 < length <= min(_LONGEST_HEADER, len(data) - 8):
        raise IntegrityError("the file is damaged or cut short")
    header, body = _parse_header(data[8 : 8 + length]), data[8 + length :]
    if header.pop("sha256", None) != _hash_checkpoint(header, body):
        raise IntegrityError("its content is not what its SHA-256 says")
    if header["version"] != CHECKPOINT_VERSION:
        raise IntegrityError(
            f"it has format {header['version']}; this version reads "
            f"{CHECKPOINT_VERSION}"
        )
    if header["identity"] != identity:
        raise IntegrityError(
            "it is for another configuration, corpus, library version or machine"
        )
    step = header["step"]
    losses: ArrayShape = ((step,), "<f4")
    return Checkpoint(
        step, header["facts"], parameters.decode_arrays(body, [*expected, losses])
    )


def _parse_header(data: bytes) -> dict[str, Any]:
    try:
        header = files.parse_strict_json(data.decode())
    except ValueError as error:
        raise IntegrityError("its header is not JSON") from error
    if not isinstance(header, dict):
        raise IntegrityError("its header is not a JSON object")
    return header


def _encode_header(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, allow_nan=False).encode()


def _hash_checkpoint(header: dict[str, Any], body: bytes) -> str:
    return files.digest(files.digest(_encode_header(header)).encode() + body)


def _read_file(path: Path) -> bytes:
    """Return the bytes of a plain file, following no link.

    Raises:
        IntegrityError: The path is no plain file.
        ResourceError: The file cannot be read.
    """
    try:
        return files.read_regular_file(path)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ELOOP):
            raise IntegrityError("it is not a plain file") from error
        raise ResourceError(
            f"{path}: cannot be read: {error.strerror}; "
            "give yourself the right to read it, or remove it"
        ) from error


@dataclass
class TrainingHistory:
    """The losses and snapshots of a training; how many there are says how far it is."""

    size: int  # examples in an epoch
    batch: int  # examples in a batch
    losses: array[float] = field(default_factory=lambda: array("f"))  # of every step
    validation: list[float] = field(default_factory=list)  # from epoch 0 on
    snapshots: dict[int, str] = field(default_factory=dict)  # SHA-256 by epoch
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        """The number of steps in an epoch."""
        return math.ceil(self.size / self.batch)

    @property
    def step(self) -> int:
        """The number of steps made."""
        return len(self.losses)

    @property
    def epochs(self) -> int:
        """The number of epochs that ended and were validated; -1 before epoch 0 was."""
        return len(self.validation) - 1

    @property
    def best(self) -> int:
        """The earliest epoch with the lowest held-out loss; the last without any."""
        if math.isnan(self.validation[-1]):
            return self.epochs
        return self.validation.index(min(self.validation))

    def compute_mean_loss(self, epoch: int) -> float:
        """Return the mean loss of an epoch's examples so far; NaN if there are none.

        Args:
            epoch: From 1; epoch 0, before training, has no steps.
        """
        start = (epoch - 1) * self.steps
        losses = np.array(self.losses[max(start, 0) : start + self.steps], np.float64)
        if epoch < 1 or not losses.size:
            return math.nan
        sizes = np.full(losses.size, self.batch)
        if losses.size == self.steps:
            sizes[-1] = self.size - (self.steps - 1) * self.batch
        return math.fsum(losses * sizes) / int(sizes.sum())

    def export_facts(self) -> dict[str, Any]:
        """Return what a checkpoint's header says; losses are among its arrays."""
        return {
            "validation": [value.hex() for value in self.validation],
            "snapshots": {str(epoch): sha for epoch, sha in self.snapshots.items()},
            "seconds": self.seconds,
        }

    def restore(self, facts: Mapping[str, Any], losses: Iterable[float]) -> None:
        """Replace the history by what `facts` and `losses` of a checkpoint say."""
        self.losses = array("f", losses)
        self.validation = [float.fromhex(value) for value in facts["validation"]]
        self.snapshots = {int(epoch): sha for epoch, sha in facts["snapshots"].items()}
        self.seconds = facts["seconds"]

    def make_log(self) -> TrainingLog:
        """Return the history by epochs, without seconds under SOURCE_DATE_EPOCH."""
        epochs = tuple(range(self.epochs + 1))
        return TrainingLog(
            epochs=epochs,
            losses=tuple(map(self.compute_mean_loss, epochs)),
            validation_losses=tuple(self.validation),
            best=self.best,
            windows=self.size,
            held_out=(),
            seconds=None if "SOURCE_DATE_EPOCH" in os.environ else self.seconds,
            fingerprint=compute_fingerprint(),
        )
