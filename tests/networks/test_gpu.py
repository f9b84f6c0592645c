"""A GPU trains to what the processor does, within a tolerance, and repeats itself.

Where no driver lists a GPU there is nothing to compare, and the tests say so.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from generator.core import machine

TOLERANCE = 1e-3
"""Largest difference of a weight after an epoch, and of a loss in nats: sums are taken
in another order in single precision, and each step goes on from the one before."""
PROGRAM = """
import json, sys, tempfile
from pathlib import Path
import numpy as np
from generator.core.progress import QuietProgress
from generator.corpora import CORPORA
from generator.corpora.base import Folders
from generator.models import MODELS
from generator import networks

corpus, model = json.loads(sys.argv[1])
place = Path(tempfile.mkdtemp())
read = CORPORA[corpus["kind"]](**corpus).load(Folders(study=place, data=place))
folder = place / ".cache" / "models" / ("0" * 64)
folder.mkdir(parents=True)
spec = MODELS[model["kind"]](**model)
spec.train(read, 0, folder, QuietProgress())
log = spec.load(folder).log
print(json.dumps({
    "gpu": networks.GPU,
    "fingerprint": dict(log.fingerprint),
    "losses": log.losses[1:],
    "snapshot": sorted(folder.glob("snapshots/*"))[-1].read_bytes().hex(),
}))
"""
SMALL = {"corpus": "c", "epochs": 1, "dim_embeddings": 8}
TRIED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "textgenrnn": (
        {"kind": "planted_songs", "documents": 60},
        {"kind": "textgenrnn", "max_length": 6, "rnn_size": 8, **SMALL},
    ),
    "char_rnn": (
        {"kind": "planted_songs", "documents": 60},
        {"kind": "char_rnn", "rnn_size": 8, "batch_size": 4, **SMALL},
    ),
    "sentiment": (
        {"kind": "planted_reviews", "documents": 80},
        {"kind": "sentiment", "size": 6, **SMALL},
    ),
}


def train(device: str, kind: str) -> dict[str, Any]:
    """What a process trains on a device."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(TRIED[kind])],
        env={
            name: value
            for name, value in {**os.environ, machine.DEVICE_VARIABLE: device}.items()
            if name != "CUDA_VISIBLE_DEVICES"
        },
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def read_arrays(found: dict[str, Any]) -> list[np.ndarray]:
    """The weights of a snapshot."""
    with np.load(io.BytesIO(bytes.fromhex(found["snapshot"]))) as arrays:
        return [arrays[name] for name in sorted(arrays)]


@pytest.mark.gpu
@pytest.mark.slow(60)
@pytest.mark.nightly
@pytest.mark.skipif(
    not any(machine.GPU_FOLDER.glob("*")) and not machine.GPU_NODES[0].exists(),
    reason=f"no driver lists a GPU in {machine.GPU_FOLDER}",
)
@pytest.mark.parametrize("kind", sorted(TRIED))
def test_a_gpu_agrees_with_the_processor_and_with_itself(kind: str) -> None:
    """Weights and losses are near the processor's; a second run has the same bits."""
    cpu, gpu, again = (train(device, kind) for device in ("cpu", "gpu", "gpu"))
    assert not cpu["gpu"]
    assert "device" not in cpu["fingerprint"]
    assert gpu["fingerprint"]["device"] == gpu["gpu"] != ""
    assert gpu["snapshot"] == again["snapshot"]
    np.testing.assert_allclose(gpu["losses"], cpu["losses"], atol=TOLERANCE)
    for one, other in zip(read_arrays(gpu), read_arrays(cpu), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=TOLERANCE)


@pytest.mark.slow(15)
def test_without_a_gpu_auto_is_the_processor_to_the_bit() -> None:
    """Where there is none, what is said of the device is in no result."""
    if machine.GPU_NODES[0].exists():
        pytest.skip("there is a GPU here")
    cpu, auto = (train(device, "sentiment") for device in ("cpu", "auto"))
    assert cpu == auto
    assert "device" not in cpu["fingerprint"]
