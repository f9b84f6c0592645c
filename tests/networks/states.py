"""Networks with weights large enough that differences show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from generator.corpora.tokenization import Vocabulary

TINY = {"rnn_size": 6, "dim_embeddings": 5, "max_length": 7}
SHAPES = [
    {},
    {"rnn_layers": 1},
    {"rnn_layers": 4, "rnn_bidirectional": True},
    {"rnn_bidirectional": True},
    {"max_length": 1},
    {"max_length": 1, "rnn_bidirectional": True, "rnn_layers": 1},
    {"word_level": True, "single_text": True},
]


def vocabulary(size: int = 11, *, mark: bool = True) -> Vocabulary:
    """A vocabulary of `size` ids, the mark last."""
    letters = tuple(chr(97 + i) for i in range(size - 1 - mark))
    return Vocabulary(
        (*letters, "<s>") if mark else letters, False, "<s>" if mark else None
    )


def network(seed: int = 0, size: int = 11, *, mark: bool = True, **shape: Any) -> Any:
    """A tiny network; `shape` changes its settings."""
    from generator.models.textgenrnn_files import TextGenRnnSettings
    from generator.networks.parameters import draw_initial_arrays
    from generator.networks.textgenrnn.inference import WindowNetwork
    from generator.networks.textgenrnn.network import textgenrnn_shapes

    settings = TextGenRnnSettings(**{**TINY, **shape})
    arrays = [
        3 * array
        for array in draw_initial_arrays(textgenrnn_shapes(settings, size), seed)
    ]
    return WindowNetwork(settings, vocabulary(size, mark=mark), arrays, 0)


def write_upstream_files(folder: Path, *contents: Any) -> tuple[Path, Path, Path]:
    """Write a trio of files, of settings, tokens, arrays and a name."""
    from generator.networks.textgenrnn.upstream import encode_upstream_files

    folder.mkdir(parents=True, exist_ok=True)
    encoded = encode_upstream_files(*contents)
    for name, data in encoded.items():
        (folder / name).write_bytes(data)
    weights, tokens, config = (folder / name for name in encoded)
    return weights, tokens, config


def histories(model: Any, count: int = 20, seed: int = 0) -> Any:
    """Windows with padding, unknown tokens, and nothing but either."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(model.vocabulary), (count, model.window))
    rows[0] = 0
    rows[1, :-1] = 0
    return rows
