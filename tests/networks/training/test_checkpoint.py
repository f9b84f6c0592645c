"""Checkpoints: whole, of this training, or not used."""

from __future__ import annotations

import io
import json
import math
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core import files
from generator.core.errors import IntegrityError, ResourceError
from generator.core.progress import QuietProgress
from generator.networks.training import checkpoint
from generator.networks.training.checkpoint import (
    NEWEST,
    PREVIOUS,
    Checkpoint,
    TrainingHistory,
)

SHAPES = [((2, 3), "<f4"), ((), "<i8")]


def state(step: int = 3, value: float = 0.5) -> Checkpoint:
    """A checkpoint of two variables."""
    arrays = [
        np.full((2, 3), value, "<f4"),
        np.array(step, "<i8"),
        np.full(step, 0.25, "<f4"),
    ]
    return Checkpoint(step, {"validation": [(0.1).hex()]}, arrays)


def load(folder: Path, identity: str = "us") -> tuple[Checkpoint | None, list[str]]:
    """What is loaded, and the warnings."""
    progress = QuietProgress()
    return checkpoint.load_checkpoint(
        folder, identity, SHAPES, progress
    ), progress.warnings


def same(found: Checkpoint | None, wanted: Checkpoint) -> bool:
    """Whether all of it came back."""
    return (
        found is not None
        and (found.step, found.facts) == (wanted.step, wanted.facts)
        and all(map(np.array_equal, found.variables, wanted.variables))
    )


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    """Step, facts and arrays, to the bit; two saves of one state are the same bytes."""
    checkpoint.save_checkpoint(tmp_path, "us", state())
    found, warnings = load(tmp_path)
    assert same(found, state())
    assert warnings == []
    assert checkpoint.encode_checkpoint("us", state()) == checkpoint.encode_checkpoint(
        "us", state()
    )


def test_two_generations_are_kept(tmp_path: Path) -> None:
    """The newest is used; the one before is beside it; older ones are gone."""
    for step in (1, 2, 3):
        checkpoint.save_checkpoint(tmp_path, "us", state(step))
    assert same(load(tmp_path)[0], state(3))
    (tmp_path / NEWEST).unlink()
    assert same(load(tmp_path)[0], state(2))
    assert {path.name for path in tmp_path.iterdir()} == {PREVIOUS}
    checkpoint.remove_checkpoints(tmp_path)
    assert load(tmp_path) == (None, [])


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"\0" * 8,
        lambda _: b"garbage" * 99,
        lambda _: (2**63).to_bytes(8, "little") + b"x" * 99,
        lambda _: (9).to_bytes(8, "little") + b"[" * 9,
        lambda _: (4).to_bytes(8, "little") + b"null",
        lambda _: (2).to_bytes(8, "little") + b"{}",
        _cut,
        lambda data: data + b"x",
        lambda data: data[:-1],
        lambda data: data[:7],
    ],
)
def test_damage_gives_way_to_the_one_before(tmp_path: Path, damage: Any) -> None:
    """Empty, garbage, cut, longer: one warning, and the previous generation."""
    checkpoint.save_checkpoint(tmp_path, "us", state(1))
    checkpoint.save_checkpoint(tmp_path, "us", state(2))
    path = tmp_path / NEWEST
    path.write_bytes(damage(path.read_bytes()))
    found, warnings = load(tmp_path)
    assert same(found, state(1))
    assert len(warnings) == 1
    assert "checkpoint not used" in warnings[0]
    (tmp_path / PREVIOUS).unlink()
    assert load(tmp_path)[0] is None


def test_no_flipped_bit_is_believed() -> None:
    """Of 400 single flips anywhere in the file, none gives a checkpoint."""
    data = checkpoint.encode_checkpoint("us", state())
    draw = random.Random(1)  # noqa: S311 - places, no secret
    for place in draw.sample(range(len(data) * 8), 400):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(IntegrityError):
            checkpoint.decode_checkpoint(bytes(flipped), "us", SHAPES)


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    """A checkpoint of other settings is left alone, with a warning that says so."""
    checkpoint.save_checkpoint(tmp_path, "others", state())
    found, warnings = load(tmp_path)
    assert found is None
    assert "another configuration" in warnings[0]


def test_a_newer_format_is_not_guessed_at(tmp_path: Path) -> None:
    """The version comes before everything else that the header says."""
    data = checkpoint.encode_checkpoint("us", state())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length]) | {"version": 99}
    del header["sha256"]
    body = data[8 + length :]
    whole = json.dumps(header, sort_keys=True).encode()
    header["sha256"] = files.digest(files.digest(whole).encode() + body)
    head = json.dumps(header, sort_keys=True).encode()
    (tmp_path / NEWEST).write_bytes(len(head).to_bytes(8, "little") + head + body)
    found, warnings = load(tmp_path)
    assert found is None
    assert "format 99" in warnings[0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_divergence_is_an_error_and_not_damage(tmp_path: Path, value: float) -> None:
    """NaN in a variable says that training went wrong; older states are not tried."""
    checkpoint.save_checkpoint(tmp_path, "us", state(5))
    checkpoint.save_checkpoint(tmp_path, "us", state(4210, value))
    with pytest.raises(IntegrityError, match=r"diverged at step 4,210; not resumed"):
        load(tmp_path)


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link"])
def test_only_plain_files_are_read(tmp_path: Path, kind: str) -> None:
    """A folder or a link in a checkpoint's place is refused, even to a good file."""
    good = tmp_path / "good.bin"
    good.write_bytes(checkpoint.encode_checkpoint("us", state()))
    place = tmp_path / NEWEST
    if kind == "folder":
        place.mkdir()
    else:
        place.symlink_to(good if kind == "link" else tmp_path / "nowhere")
    found, warnings = load(tmp_path)
    assert found is None
    assert "not a plain file" in warnings[0]


def npz(**members: bytes) -> bytes:
    """A zip of members with these names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(array: Any, *, claimed: str | None = None) -> bytes:
    """An array as a file, its header claiming another shape if asked."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    data = buffer.getvalue()
    if claimed:
        real = f"{array.shape}, }}".encode()
        wrong = f"{claimed}, }}".encode()
        assert real in data
        data = data.replace(real.ljust(len(wrong)), wrong)
    return data


GOOD = {f"{i:04}.npy": npy(array) for i, array in enumerate(state().variables)}


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("case", ["pickle", "slip", "many", "bomb", "shape", "type"])
def test_a_hostile_npz_is_refused(tmp_path: Path, case: str) -> None:
    """Even with the right hash: no program, no path, no bomb, no other shape."""
    canary = tmp_path / "canary"
    pickled = io.BytesIO()
    np.save(pickled, np.array([Canary(canary)], object), allow_pickle=True)
    members = {
        "pickle": {**GOOD, "0001.npy": pickled.getvalue()},
        "slip": {**GOOD, "../canary.npy": npy(np.zeros(1))},
        "many": {f"{i:05}.npy": npy(np.zeros(1, "<f4")) for i in range(10_001)},
        "bomb": {
            **GOOD,
            "0000.npy": npy(np.zeros((2, 3), "<f4"), claimed="(9007199254740992,)"),
        },
        "shape": {**GOOD, "0000.npy": npy(np.zeros((3, 2), "<f4"))},
        "type": {**GOOD, "0000.npy": npy(np.zeros((2, 3), "<f8"))},
    }[case]
    header: dict[str, Any] = {"version": 1, "identity": "us", "step": 3, "facts": {}}
    body = npz(**members)
    whole = json.dumps(header, sort_keys=True).encode()
    header["sha256"] = files.digest(files.digest(whole).encode() + body)
    head = json.dumps(header, sort_keys=True).encode()
    data = len(head).to_bytes(8, "little") + head + body
    with pytest.raises(IntegrityError):
        checkpoint.decode_checkpoint(data, "us", SHAPES)
    assert not list(tmp_path.rglob("canary*"))


def test_the_hostile_ones_differ_from_a_good_one() -> None:
    """The same construction with honest members is read, so the refusals mean it."""
    header: dict[str, Any] = {"version": 1, "identity": "us", "step": 3, "facts": {}}
    body = npz(**GOOD)
    whole = json.dumps(header, sort_keys=True).encode()
    header["sha256"] = files.digest(files.digest(whole).encode() + body)
    head = json.dumps(header, sort_keys=True).encode()
    data = len(head).to_bytes(8, "little") + head + body
    assert checkpoint.decode_checkpoint(data, "us", SHAPES).step == 3


def test_no_checkpoint_is_moved_behind_a_link(tmp_path: Path) -> None:
    """Where a model's folder became a link, another project keeps its checkpoints.

    The control: by its own path the same folder gets the new one.
    """
    models = tmp_path / "project" / ".cache" / "models"
    other = tmp_path / "other" / ".cache" / "models" / "key"
    models.mkdir(parents=True)
    other.mkdir(parents=True)
    checkpoint.save_checkpoint(other, "them", state(1))
    before = (other / NEWEST).read_bytes()
    (models / "key").symlink_to(other)
    with pytest.raises(ResourceError, match="is a link"):
        checkpoint.save_checkpoint(models / "key", "us", state(2))
    with pytest.raises(ResourceError, match="is a link"):
        checkpoint.remove_checkpoints(models / "key")
    assert {path.name for path in other.iterdir()} == {NEWEST}
    assert (other / NEWEST).read_bytes() == before
    checkpoint.save_checkpoint(other, "us", state(2))
    assert (other / PREVIOUS).read_bytes() == before


@pytest.mark.parametrize(("size", "batch", "last"), [(7, 3, 1), (6, 3, 3), (2, 5, 2)])
def test_a_mean_loss_counts_each_example_once(size: int, batch: int, last: int) -> None:
    """The last batch of an epoch is smaller; of an epoch under way none is yet."""
    history = TrainingHistory(size, batch)
    assert history.steps == -(-size // batch)
    assert history.step == 0
    assert math.isnan(history.compute_mean_loss(1))
    losses = [1.0, 2.0, 4.0][: history.steps]
    history.losses.extend(losses)
    sizes = [batch] * (history.steps - 1) + [last]
    mean = np.average(losses, weights=sizes)
    assert history.compute_mean_loss(1) == pytest.approx(mean)
    history.losses.append(8.0)
    assert history.step == history.steps + 1
    assert history.compute_mean_loss(2) == pytest.approx(8.0)
    assert history.compute_mean_loss(1) == pytest.approx(mean)
    assert math.isnan(history.compute_mean_loss(0))


def test_the_best_epoch_is_the_first_of_the_lowest() -> None:
    """The last where nothing was held out; before epoch 0 there is none."""
    history = TrainingHistory(1, 1)
    assert history.epochs == -1
    history.validation = [3.0, 1.0, 2.0, 1.0]
    assert (history.epochs, history.best) == (3, 1)
    history.validation = [math.nan] * 3
    assert (history.epochs, history.best) == (2, 2)
