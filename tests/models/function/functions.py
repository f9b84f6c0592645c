"""Functions as an author would bring them, and recipes that may run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.core import files
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, Folders
from generator.methods.base import Context
from generator.models.function import BroughtModel, FunctionRecipe

COUNTER = """
import re
import numpy as np

GOOD, BAD = {"good", "great"}, {"bad", "dull"}


def predict(texts):
    words = [re.findall("[a-z]+", text.lower()) for text in texts]
    sums = [sum((w in GOOD) - (w in BAD) for w in some) for some in words]
    p = 1 / (1 + np.exp(-np.array(sums, float)))
    return np.stack([1 - p, p], axis=1)
"""
"""Counts good words and bad ones."""
TEXTS = ("A good film, a GREAT film.", "Dull: bad, and dull again.", "It's a film.")
LABELS = ("no", "yes")


def make_corpus(texts: tuple[str, ...] = TEXTS) -> Corpus:
    """A corpus of some texts, the first label of the first one."""
    documents = tuple(
        Document(text, label=LABELS[place % 2]) for place, text in enumerate(texts)
    )
    return Corpus(documents, "key", labels=LABELS)


def make_recipe(
    tmp_path: Path, code: str = COUNTER, *, trusted: bool = True, **settings: Any
) -> FunctionRecipe:
    """A recipe whose file lies in a study of a project."""
    study = tmp_path / "studies" / "2026-01-01-mine"
    study.mkdir(parents=True, exist_ok=True)
    (study / "model.py").write_text(code)
    words: dict[str, Any] = {"corpus": "reviews", "file": "model.py"}
    spec = FunctionRecipe(kind="function", **words | settings)
    spec = spec.with_folders(Folders(study=study, data=tmp_path))
    if not trusted:
        return spec
    shas = {n: files.digest(p.read_bytes()) for n, p in spec.list_code().items()}
    return spec.with_trusted_code(shas)


def try_function(
    tmp_path: Path, spec: FunctionRecipe, corpus: Corpus | None = None
) -> BroughtModel:
    """Try a function on a corpus, and load it."""
    folder = tmp_path / ".cache" / "models" / ("0" * 64)
    folder.mkdir(parents=True, exist_ok=True)
    given = corpus or (make_corpus() if spec.corpus else None)
    spec.train(given, 0, folder, QuietProgress())
    model = spec.load(folder)
    assert isinstance(model, BroughtModel)
    return model


def ask(model: Any, corpus: Corpus, *read: Any) -> Context:
    """The context of a method that asks a model."""
    return Context(model, corpus, read, (0, 1))
