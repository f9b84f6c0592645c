"""How long a search takes: all cells of 100,000 characters against all hypotheses.

`python -m tests.benchmarks.cells [CELLS]` reads the running Python's standard library
with a char-rnn of random weights and searches its cells for everything that is known of
the characters, circular shifts, untrained networks and probes included. It prints each
part, the whole against its bound of a minute, and how the scores compare with one call
of scikit-learn for each pair.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from generator.corpora.base import Corpus, Folders
from generator.corpora.files.source_code import SourceCode
from generator.corpora.tokenization import build_vocabulary
from generator.methods.cells.rank_scores import prepare_labels, signed_strengths
from generator.methods.cells.search import (
    CellSearchInput,
    SearchedText,
    list_cells,
    search_cells,
)
from generator.methods.cells.texts import TextPassage, read_memories
from generator.networks import parameters
from generator.networks.char_rnn.inference import CharNetwork
from generator.networks.char_rnn.network import CharRnnSettings, char_rnn_shapes

CHARACTERS, NETWORKS, UNTRAINED = 100_000, 8, 20_000
"""Characters of the first text, untrained networks, and characters that they read."""
BOUND = 60.0
"""Seconds that it may take."""
PAIRS = 40
"""Pairs that scikit-learn scores, for comparison."""


def network(corpus: Corpus, cells: int) -> CharNetwork:
    """A char-rnn of random weights."""
    texts = [document.text for document in corpus.documents]
    known = build_vocabulary(
        texts, word_level=False, max_words=10_000, single_text=True
    )
    settings = CharRnnSettings(rnn_layers=1, rnn_size=cells)
    drawn = parameters.draw_initial_arrays(char_rnn_shapes(settings, len(known)), 1)
    return CharNetwork(settings, known, drawn, 0)


def passage(corpus: Corpus, model: CharNetwork, first: int, size: int) -> TextPassage:
    """Documents from a place on, until there are enough characters."""
    found, total = [], 0
    for document in corpus.documents[first:]:
        if total < size and document.states is not None:
            part = min(len(document.text), size - total)
            found.append((document.text[:part], document.states[:, :part]))
            total += part
    texts = tuple(text for text, _ in found)
    return TextPassage(
        tuple(range(len(texts))),
        texts,
        tuple(np.array(model.vocabulary.encode(text), np.int32) for text in texts),
        np.concatenate([states for _, states in found], axis=1).astype(np.float64),
    )


def main(cells: int = 256) -> float:
    """Time the parts; give the seconds of the whole."""
    corpus = SourceCode(kind="source_code", characters=300_000).load(
        Folders(Path(), Path())
    )
    model = network(corpus, cells)
    half = len(corpus.documents) // 2
    first = passage(corpus, model, 0, CHARACTERS)
    second = passage(corpus, model, half, UNTRAINED)
    start = time.perf_counter()
    read = [
        SearchedText(read_memories(model, one), one.labels) for one in (first, second)
    ]
    watched = time.perf_counter() - start
    blank = tuple(
        read_memories(model.draw_untrained(seed), first.first_documents(UNTRAINED))
        for seed in range(NETWORKS)
    )
    untrained = time.perf_counter() - start - watched
    search = CellSearchInput(
        corpus.hypotheses, list_cells(model), *read, blank, 0.05, 0
    )
    found = search_cells(search, np.random.default_rng(0))
    whole = time.perf_counter() - start
    pairs = found.strengths.size
    print(f"{len(first):,} characters, {cells} cells, {len(found.fits)} hypotheses")
    print(f"  activations            {watched:6.1f} s")
    print(f"  untrained networks     {untrained:6.1f} s  ({NETWORKS} of them)")
    print(f"  search of {pairs:,} pairs  {whole - watched - untrained:6.1f} s")
    print(f"  in all                 {whole:6.1f} s, {whole / BOUND:.2f} of the bound")
    compare(search.first, np.array([one.graded for one in corpus.hypotheses]))
    return whole


def compare(text: SearchedText, graded: np.ndarray) -> None:
    """Scores alone: all pairs at once, and pair by pair with scikit-learn."""
    start = time.perf_counter()
    found = signed_strengths(text.cells, prepare_labels(text.labels, graded))
    ours = (time.perf_counter() - start) / found.size
    row = int(np.flatnonzero(~graded)[0])
    start = time.perf_counter()
    for cell in range(min(PAIRS, text.cells.shape[1])):
        theirs = roc_auc_score(text.labels[row] > 0, text.cells[:, cell])
        assert abs(theirs - (1 + found[row, cell]) / 2) < 1e-9
    each = (time.perf_counter() - start) / min(PAIRS, text.cells.shape[1])
    print(f"  a score {1000 * ours:.2f} ms, scikit-learn {1000 * each:.2f} ms: ratio "
          f"{each / ours:.1f}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])) > BOUND)
