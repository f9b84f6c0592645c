"""Shards: the bits of a training follow from their number, and not from the cores."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from generator.core import machine
from generator.models import MODELS
from generator.models.base import ModelSpec

PROGRAM = """
import hashlib, json, sys
from pathlib import Path
import tempfile
from generator.core.progress import QuietProgress
from generator.corpora import CORPORA
from generator.corpora.base import Folders
from generator.models import MODELS
from generator.networks import THREADS

corpus, model, shards = json.loads(sys.argv[1])
place = Path(tempfile.mkdtemp())
folders = Folders(study=place, data=place)
read = CORPORA[corpus["kind"]](**corpus).load(folders)
found = {}
for number in shards:
    spec = MODELS[model["kind"]](**model, **({"shards": number} if number else {}))
    folder = place / ".cache" / "models" / (str(number) * 64)
    folder.mkdir(parents=True)
    spec.train(read, 0, folder, QuietProgress())
    names = sorted(folder.glob("snapshots/*"))
    data = b"".join(path.read_bytes() for path in names)
    found[str(number)] = hashlib.sha256(data).hexdigest()
print(json.dumps([THREADS, found]))
"""
MODELS_TRIED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"kind": "planted_songs", "documents": 60},
        {"kind": "textgenrnn", "corpus": "c", "word_level": True, "max_length": 6,
         "rnn_size": 8, "dim_embeddings": 8, "epochs": 1, "batch_size": 32},
    ),
    (
        {"kind": "planted_reviews", "documents": 80},
        {"kind": "sentiment", "corpus": "c", "size": 6, "dim_embeddings": 8,
         "epochs": 1, "batch_size": 10},
    ),
]  # fmt: skip


def train(threads: int, *order: Any) -> tuple[int, dict[str, str]]:
    """Train in a process with a number of threads; return it, and hashes by shards."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(order)],
        env={"PATH": "/usr/bin:/bin", machine.THREADS_VARIABLE: str(threads)},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    used, hashes = json.loads(done.stdout.splitlines()[-1])
    return used, hashes


@pytest.mark.slow(50)
@pytest.mark.nightly
@pytest.mark.parametrize("order", MODELS_TRIED, ids=lambda pair: pair[1]["kind"])
def test_threads_decide_no_bit_and_shards_do(order: Any) -> None:
    """On 1, 2 and 4 threads every snapshot is the same; another number is another sum.

    Two shards are what a study has that says nothing.
    """
    corpus, model = order
    found = {threads: train(threads, corpus, model, [0, 2, 4]) for threads in (1, 2, 4)}
    assert {used for used, _ in found.values()} == {1, 2, 4}
    (_, first), *others = found.values()
    assert all(hashes == first for _, hashes in others)
    assert first["0"] == first["2"] != first["4"]


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_the_default_number_is_in_no_key(kind: str) -> None:
    """A study that says nothing of shards keeps its models; another number does not."""
    if "shards" not in MODELS[kind].model_fields:
        return
    words: dict[str, Any] = {"kind": kind, "corpus": "c", "epochs": 1}
    plain, two, four = (
        _make(kind, words | more) for more in ({}, {"shards": 2}, {"shards": 4})
    )
    assert "shards" not in plain.key_settings()
    assert plain.key_settings() == two.key_settings() != four.key_settings()


def _make(kind: str, words: dict[str, Any]) -> ModelSpec:
    return MODELS[kind].model_validate_json(json.dumps(words))


def test_threads_are_as_many_as_cores_unless_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment goes first; nothing else than a number counts."""
    monkeypatch.setattr(machine, "count_cores", lambda: 16)
    for text, chosen in (("", 16), ("3", 3), ("x", 16), ("0", 16), ("-1", 16)):
        monkeypatch.setenv(machine.THREADS_VARIABLE, text)
        assert machine.choose_threads() == chosen
    monkeypatch.delenv(machine.THREADS_VARIABLE)
    monkeypatch.setattr(machine, "count_cores", lambda: 1)
    assert machine.choose_threads() == machine.LEAST_THREADS
