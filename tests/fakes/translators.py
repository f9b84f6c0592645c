"""Translators whose answers are known, and their corpus.

`Follower` attends to the gold link of every target token, shifted by as many places as
a test says, and is sure of the corpus's own target.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generator.corpora.base import Corpus, Document, Folders
from generator.corpora.synthetic.parallel import PlantedPairs
from generator.corpora.words import WordVocabulary, split_into_words
from generator.models.base import Floats, Texts
from generator.models.capabilities import TranslatedTexts, TranslationScores

END = 2
Ids = tuple[int, ...]


def corpus(count: int = 40, **settings: Any) -> Corpus:
    """Planted pairs."""
    return PlantedPairs(documents=count, **settings).load(Folders(Path(), Path()))


def vocabulary(texts: Sequence[str]) -> WordVocabulary:
    """All words of texts, the closing mark first."""
    words = dict.fromkeys(word for text in texts for word in split_into_words(text))
    return WordVocabulary(("</s>", *words))


class Follower:
    """Attends to gold links, or beside them, with 0.9 of its attention."""

    unit = "word"
    max_tokens = 40
    scoring = "by hand"

    def __init__(
        self, documents: Sequence[Document], shift: int = 0, epoch: int = 1
    ) -> None:
        self.shift, self.epoch = shift, epoch
        self.sources = vocabulary([d.text for d in documents])
        self.targets = vocabulary([d.translation or "" for d in documents])
        self.known: dict[Ids, tuple[Ids, dict[int, int]]] = {}
        for one in documents:
            assert one.alignment is not None
            target = self.targets.encode(split_into_words(one.translation or ""))
            source = self.sources.encode(split_into_words(one.text))
            self.known[*source, END] = (*target, END), dict(one.alignment.sure)

    def weigh(self, source: Ids, target: Ids) -> Floats:
        """Weights of a pair, the closing mark on the closing mark."""
        links = self.known.get(source, ((), {}))[1]
        found = np.full((len(target), len(source)), 0.1 / len(source), np.float32)
        for token in range(len(target)):
            place = links.get(token, len(source) - 1) + self.shift
            found[token, place % len(source)] += np.float32(0.9)
        return found

    def read(self, sources: Texts, targets: Texts) -> TranslationScores:
        """Sure of the corpus's own target; a missing source word costs its words."""
        pairs = [(tuple(s), tuple(t)) for s, t in zip(sources, targets, strict=True)]
        logs = tuple(self.logs(*pair) for pair in pairs)
        return TranslationScores(
            tuple(np.exp(row) for row in logs),
            logs,
            tuple(self.known.get(s, (t, {}))[0][: len(t)] for s, t in pairs),
            tuple(self.weigh(*pair) for pair in pairs),
        )

    def logs(self, source: Ids, target: Ids) -> Floats:
        """-0.1 for each token, and -3 for those whose source word is not there."""
        found = np.full(len(target), -0.1, np.float32)
        for whole, (own, links) in self.known.items():
            if own != target:
                continue
            for token, place in links.items():
                if whole[place] not in source:
                    found[token] = -3.0
        return found

    def translate(self, sources: Texts, width: int = 1) -> TranslatedTexts:
        """The corpus's own target; greedily, without its first word."""
        ids = [self.known.get(tuple(s), ((END,), {}))[0] for s in sources]
        if width == 1:
            ids = [target[1:] or target for target in ids]
        return TranslatedTexts(tuple(ids), np.zeros(len(ids), np.float32))

    def products(self, sources: Texts, targets: Texts) -> tuple[Floats, ...]:
        """Attention with a sign: for the token it rests on, against all others."""
        return tuple(
            self.weigh(tuple(s), tuple(t)) - np.float32(0.2)
            for s, t in zip(sources, targets, strict=True)
        )
