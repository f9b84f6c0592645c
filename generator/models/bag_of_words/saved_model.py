"""A bag of words on disk.

model.json        labels, in their order
vocabulary.json   words in the order of their ids
weights.npz       pairs of words, idf, coefficients, intercepts, and those of the prior
log.json          losses, held-out and test documents, fingerprint
manifest.json     written last, with the SHA-256 of all of these
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core import files, serialize
from generator.core.errors import ConfigError, IntegrityError
from generator.core.serialize import MalformedDataError
from generator.corpora.words import WordVocabulary
from generator.models import base
from generator.models.bag_of_words.features import NgramVocabulary
from generator.models.bag_of_words.model import BagOfWords
from generator.models.bag_of_words.training import FittedModel
from generator.models.base import Epoch, TrainingLog

FILE_NAMES = ("log.json", "model.json", "vocabulary.json", "weights.npz")
Arrays = dict[str, NDArray[Any]]


class SavedModel:
    """A fitted bag of words, read from its folder: a `TrainedModel`."""

    def __init__(self, folder: Path) -> None:
        contents = files.read_verified_files(folder)
        try:
            weights = serialize.unpack_arrays(contents["weights.npz"])
            vocabulary = json.loads(contents["vocabulary.json"])
            words = WordVocabulary(
                tuple(vocabulary["words"]), vocabulary.get("unit", "word")
            )
            self.labels = tuple(json.loads(contents["model.json"])["labels"])
            self.log: TrainingLog = base.decode_log(json.loads(contents["log.json"]))
            self._states = _build_states(weights, words, self.labels)
        except (
            KeyError,
            TypeError,
            ValueError,
            IndexError,
            MalformedDataError,
        ) as error:
            raise IntegrityError(f"{folder}: written by another version") from error

    def at(self, epoch: Epoch) -> BagOfWords:
        """Return the model of an epoch: 1 is fitted, 0 the labels' frequencies alone.

        Raises:
            ConfigError: There is no such epoch.
        """
        number = 1 if isinstance(epoch, str) else epoch
        if number not in self._states:
            raise ConfigError(
                f"epoch {number}: a bag of words has none; known: 0, which knows the "
                "frequencies of the labels alone, and 1, which is fitted"
            )
        return self._states[number]


def save_model(folder: Path, trained: FittedModel) -> None:
    """Write a fitted model into a folder, the manifest last.

    Args:
        folder: The model's folder.
        trained: What fitting gave.
    """
    model = trained.model
    weights: Arrays = {
        "coefficients": np.ascontiguousarray(model.coefficients),
        "idf": model.idf,
        "intercepts": model.intercepts,
        "pairs": np.ascontiguousarray(model.grams.pairs),
        "prior": trained.before.intercepts,
    }
    data = {
        "log.json": base.encode_json(asdict(trained.log)),
        "model.json": base.encode_json({"labels": model.labels}),
        "vocabulary.json": base.encode_json(model.words.as_plain_data()),
        "weights.npz": serialize.pack_arrays(weights),
    }
    project = files.find_project_of(folder, files.MODEL_DEPTH)
    for name in FILE_NAMES:
        files.write(folder / name, data[name], "a trained model", project)
    files.write_manifest(folder, FILE_NAMES)


def _build_states(
    arrays: Arrays, words: WordVocabulary, labels: tuple[str, ...]
) -> dict[int, BagOfWords]:
    """Build the models of epochs 0 and 1.

    Raises:
        ValueError: Arrays have other shapes than the vocabulary says.
        KeyError: An array is missing.
    """
    known = NgramVocabulary(words, arrays["pairs"])
    rows = len(labels) if len(labels) > 2 else 1  # noqa: PLR2004 - one row for two
    expected = {
        "coefficients": (rows, len(known)),
        "idf": (len(known),),
        "intercepts": (rows,),
        "pairs": (len(known.pairs), 2),
        "prior": (rows,),
    }
    if {name: array.shape for name, array in arrays.items()} != expected:
        raise ValueError("arrays of other shapes")
    coefficients, idf = arrays["coefficients"], arrays["idf"]
    nothing = np.zeros_like(coefficients)
    prior, intercepts = arrays["prior"], arrays["intercepts"]
    return {
        0: BagOfWords(known, idf, nothing, prior, labels, 0),
        1: BagOfWords(known, idf, coefficients, intercepts, labels, 1),
    }
