"""Attentive classifiers by epoch, and documents for them, with known attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact
from generator.core import serialize
from generator.core.serialize import decode_value
from generator.corpora.base import Corpus, Document
from generator.models.base import Texts
from generator.models.capabilities import AttentionOutput
from tests.fakes.classifiers import WeighingClassifier, known
from tests.fakes.language_models import FakeTrained

WORDS = known("dull", "bright", "film", "the", "was", "plot", "and", "a")
LABELS = ("negative", "positive")


def scores(**told: float) -> NDArray[Any]:
    """A score for each id: what is told of a word, `pad` and `unknown`, else 0."""
    places = {"pad": 0, "unknown": 1, **WORDS.ids}
    found = np.zeros(len(WORDS))
    for word, score in told.items():
        found[places[word]] = score
    return found


def attentive(epoch: int = 2, *, masked: bool = True, **told: float) -> Any:
    """Attends by the scores told; says positive where `bright` outweighs `dull`."""
    return WeighingClassifier(
        WORDS, scores(**told), opinions(), epoch=epoch, masked=masked
    )


def opinions() -> NDArray[Any]:
    """What each id says of the labels, (ids, labels)."""
    values = np.zeros((len(WORDS), 2))
    values[WORDS.ids["dull"]] = [4, 0]
    values[WORDS.ids["bright"]] = [0, 4]
    return values


class Wrong(WeighingClassifier):
    """Gives weights that a test writes down, whatever it is asked."""

    rows: tuple[Sequence[float], ...] = ()

    def attend(self, texts: Texts) -> AttentionOutput:
        told = tuple(np.array(row, np.float32) for row in self.rows)
        return AttentionOutput(self.predict(texts), told)


def wrong(*rows: Sequence[float], masked: bool = True, ratio: Any = None) -> Any:
    """A model with these weights."""
    found = Wrong(WORDS, scores(), opinions(), masked=masked, ratio=ratio)
    found.rows = rows
    return found


def corpus(*told: tuple[str, str, Sequence[tuple[int, int]]]) -> Corpus:
    """Documents of (text, label, rationale)."""
    documents = tuple(
        Document(text, label=label, rationale=tuple(rationale))
        for text, label, rationale in told
    )
    return Corpus(documents, key="fake", labels=LABELS)


def reviewed(count: int = 30, words: int = 8) -> Corpus:
    """Documents of `words` words, one of which decides, at every place in turn."""
    made = []
    for number in range(count):
        text = ["the", "film", "was", "a", "plot", "and"] * words
        text = text[:words]
        place, word = number % words, ("dull", "bright")[number % 2]
        text[place] = word
        made.append((" ".join(text), LABELS[number % 2], [(place, place + 1)]))
    return corpus(*made)


def learnt(*states: Any, best: int | None = None, documents: int = 30) -> FakeTrained:
    """A trained model of which every document is on both sides."""
    found = FakeTrained({state.epoch: state for state in states}, best=best)
    places = tuple(range(documents))
    found.log = replace(found.log, held_out=places, tested=places)
    return found


def stored(artifact: Artifact) -> Artifact:
    """What is read back of an artifact that was written."""
    arrays: serialize.Arrays = {}
    data = serialize.encode_value(artifact, type(artifact), arrays)
    found: Artifact = decode_value(data, type(artifact), arrays)
    return found
