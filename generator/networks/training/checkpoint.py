"""Training under way, kept so that it can go on as if it had never stopped.

A file is `[8 bytes: length][JSON header][npz]`. The header holds the format's version,
the identity of what is trained (settings, data, order, fingerprint), the step, and a
SHA-256 of all the rest. The arrays are every variable of the model, those of its
random generators included, every variable of the optimizer, and the loss of each step.

Two generations are kept. A damaged one gives way to the one before it, and that to
step 0, with a warning; so does one that belongs to something else. Numbers that are
not finite are no damage but a result, the training diverged: that is an error.

What a training has come to, apart from the variables: a step and its past.
"""

from __future__ import annotations

import json
import math
import os
import stat
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

    `facts` are JSON values of the loop; `variables` the arrays, in the loop's order.
    """

    step: int
    facts: dict[str, Any]
    variables: Sequence[Array]


def save_checkpoint(folder: Path, identity: str, checkpoint: Checkpoint) -> None:
    """Make `checkpoint` the newest of two generations. Raises `ResourceError`."""
    newest = folder / NEWEST
    data = encode_checkpoint(identity, checkpoint)
    if os.path.lexists(newest):
        try:
            newest.replace(folder / PREVIOUS)
        except OSError as error:
            raise files.make_resource_error(error, newest, "a checkpoint") from error
    files.write(newest, data, "a checkpoint")


def load_checkpoint(
    folder: Path, identity: str, expected: Sequence[ArrayShape], progress: Progress
) -> Checkpoint | None:
    """The newest checkpoint that is whole and of this training, or None.

    `expected` are the model's and optimizer's arrays; one more, the losses, follows.

    Raises:
        IntegrityError: It holds NaN or infinity.
        ResourceError: It exists and may not be read.
    """
    for name in (NEWEST, PREVIOUS):
        path = folder / name
        if not os.path.lexists(path):
            continue
        try:
            found = decode_checkpoint(_read_file(path), identity, expected)
        except IntegrityError as error:
            progress.warn(f"{path}: checkpoint not used: {error}")
            continue
        if not parameters.is_finite(found.variables):
            raise IntegrityError(
                f"{path}: training had diverged at step {found.step:,}; not resumed: "
                "lower the learning rate, or remove the file to train again"
            )
        return found
    return None


def remove_checkpoints(folder: Path) -> None:
    """Remove both generations."""
    for name in (NEWEST, PREVIOUS):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise files.make_resource_error(
                error, folder / name, "nothing (removing)"
            ) from error


def encode_checkpoint(identity: str, checkpoint: Checkpoint) -> bytes:
    """The file's bytes."""
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
    """The checkpoint in `data`. Raises `IntegrityError` unless whole and expected."""
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
    """Bytes of a plain file; links are not followed."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise IntegrityError("it is not a plain file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ResourceError(
            f"{path}: cannot be read: {error.strerror}; "
            "give yourself the right to read it, or remove it"
        ) from error


@dataclass
class TrainingHistory:
    """Losses and snapshots so far; how far that is follows from how many there are."""

    size: int  # examples in an epoch
    batch: int  # examples in a batch
    losses: array[float] = field(default_factory=lambda: array("f"))  # of every step
    validation: list[float] = field(default_factory=list)  # from epoch 0 on
    snapshots: dict[int, str] = field(default_factory=dict)  # SHA-256 by epoch
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return math.ceil(self.size / self.batch)

    @property
    def step(self) -> int:
        """Steps made."""
        return len(self.losses)

    @property
    def epochs(self) -> int:
        """Epochs whose end was reached and looked at; -1 before the first look."""
        return len(self.validation) - 1

    @property
    def best(self) -> int:
        """The earliest epoch with the lowest held-out loss; the last without any."""
        if math.isnan(self.validation[-1]):
            return self.epochs
        return self.validation.index(min(self.validation))

    def compute_mean_loss(self, epoch: int) -> float:
        """The mean loss of the examples of `epoch` (from 1) so far; NaN for none."""
        start = (epoch - 1) * self.steps
        losses = np.array(self.losses[max(start, 0) : start + self.steps], np.float64)
        if epoch < 1 or not losses.size:
            return math.nan
        sizes = np.full(losses.size, self.batch)
        if losses.size == self.steps:
            sizes[-1] = self.size - (self.steps - 1) * self.batch
        return math.fsum(losses * sizes) / int(sizes.sum())

    def export_facts(self) -> dict[str, Any]:
        """What a checkpoint's header says of it; the losses are among the arrays."""
        return {
            "validation": [value.hex() for value in self.validation],
            "snapshots": {str(epoch): sha for epoch, sha in self.snapshots.items()},
            "seconds": self.seconds,
        }

    def restore(self, facts: Mapping[str, Any], losses: Iterable[float]) -> None:
        """Become what `facts` and `losses` say."""
        self.losses = array("f", losses)
        self.validation = [float.fromhex(value) for value in facts["validation"]]
        self.snapshots = {int(epoch): sha for epoch, sha in facts["snapshots"].items()}
        self.seconds = facts["seconds"]

    def make_log(self) -> TrainingLog:
        """The past by epochs. No time is recorded under SOURCE_DATE_EPOCH."""
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
