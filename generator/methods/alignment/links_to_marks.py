"""The share of target words whose largest score is on no word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import AlignedText, Estimate, Estimates
from generator.methods.base import Asked
from generator.methods.linking import is_word, linked
from generator.methods.matrices import (
    OfMatrices,
    pooled,
    same_pairs,
    texts_of,
)


class LinksToMarks(OfMatrices):
    """How often a target word is linked to a source token that is no word.

    A word does not come from a full stop, nor from the mark that closes a text: that such a
    link is wrong can be said without anybody having aligned the sentences. A question mark
    could be argued about, as the `do` of an English question has no other source.

    Each target word is linked to the source token of its largest score, the first of a tie.
    A token is a word if it holds a letter or digit. A number is the share of target words
    whose link is to another token, over all texts together; its 95 % interval comes from
    resampling texts. Beside it stands the share of tokens that are no words among those
    with a score, which is what links drawn at random would get.

    **How far to believe it.** It is no alignment error rate: a link to a word may be to the
    wrong one. Nor is a link to a mark an error of the model: the state of a closing mark
    can hold the whole sentence, and to read it there is as good a way as any.

    Source: links as Och and Ney (2003), A systematic comparison of various statistical
    alignment models, Computational Linguistics 29(1). The measure is our own.
    """

    gives: ClassVar = Estimates
    method: Literal["links_to_marks"]

    def collect(self, asked: Asked) -> Estimates:
        """Count. Raises `UnsupportedError`."""
        read = zip(asked.read, self.of, strict=True)
        every = [texts_of(artifact, name) for artifact, name in read]
        same_pairs(every, self.of)
        return Estimates(
            epoch=asked.read[0].epoch,
            quantity="share of target words linked to no word",
            rows=tuple(self._rows(every, asked)),
            notes=(
                f"{len(every[0]):,} texts",
                "each target word is linked to its largest score",
            ),
        )

    def _rows(
        self, every: Sequence[Sequence[AlignedText]], asked: Asked
    ) -> Iterator[Estimate]:
        for place, (name, texts) in enumerate(zip(self.called(), every, strict=True)):
            found = [to_marks(text) for text in texts]
            yield pooled(name, found, asked.generator(place))
        chances = [by_chance(text) for text in every[0]]
        yield pooled("links at random", chances, asked.generator(len(every)), "null")


def to_marks(text: AlignedText) -> tuple[float, int]:
    """How many target words are linked to no word, of how many."""
    links = [link for link in linked(text.scores) if is_word(text.targets[link[0]])]
    return sum(not is_word(text.sources[source]) for _, source in links), len(links)


def by_chance(text: AlignedText) -> tuple[float, int]:
    """How many of its links would be to no word if they were drawn, of how many."""
    marks = np.array([not is_word(token) for token in text.sources])
    scored = np.isfinite(text.scores)
    rows = [place for place, _ in linked(text.scores) if is_word(text.targets[place])]
    return float(sum(marks[scored[row]].mean() for row in rows)), len(rows)
