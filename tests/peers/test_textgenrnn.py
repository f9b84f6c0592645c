"""Our network, its files and its writing are those of textgenrnn's own code."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.cli.main import main
from generator.corpora.tokenization import join_tokens, split_prefix, split_tokens
from generator.methods.base import Context
from generator.methods.training.samples import TextSampling
from tests.networks.states import write_upstream_files
from tests.peers.upstream import ask, upstream_task

PREFIXES = ["", "Hello, I", "The cat 🎉 is", "x" * 60]
LENGTH = 60
WORDS = {
    "word_level": True,
    "rnn_bidirectional": True,
    "rnn_layers": 2,
    "rnn_size": 5,
    "dim_embeddings": 7,
    "max_length": 6,
}
TEXTS = [
    f"the {animal} sat on a {place} , and slept ."
    for animal in ("cat", "dog", "hen")
    for place in ("mat", "bed", "box")
]


STARTS = ["the cat", "the zebra"]
STUDY = """\
title: T
corpora: {c: {kind: lines, path: texts.txt}}
models:
  lm:
    {kind: textgenrnn, corpus: c, epochs: 1, batch_size: 8, rnn_bidirectional: true,
     rnn_layers: 2, rnn_size: 5, dim_embeddings: 7, max_length: 6}
"""


def export(project: Path) -> list[str]:
    """The files that `export model` writes of a model of a project, by their names."""
    study = project / "studies" / "2026-01-01-a"
    study.mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY, "utf-8")
    (study / "index.md").write_text("", "utf-8")
    (study / "texts.txt").write_text("\n".join(TEXTS), "utf-8")
    out, name = project.parent, "exported"
    words = ["export", "model", "a", "lm", str(out), "--name", name, "--epoch", "last"]
    assert main(["-C", str(project), "-q", *words]) == 0
    return [f"{name}_{part}" for part in ("weights.hdf5", "vocab.json", "config.json")]


class Saved:
    """A model that is trained, as methods get one."""

    log = None

    def __init__(self, model: Any) -> None:
        self.model = model

    def at(self, _epoch: object) -> Any:
        return self.model


def windows(vocabulary: Any, size: int) -> Any:
    """Histories of all kinds: empty, short, full, with unknown tokens, of one token."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(vocabulary), (12, size)).astype(np.int32)
    rows[0] = 0
    rows[1, :-1] = 0
    rows[2] = len(vocabulary) - 1
    rows[3, : size // 2] = 0
    return rows


def network(trio: Any) -> Any:
    """A network of what three files say."""
    from generator.networks.textgenrnn.inference import WindowNetwork

    return WindowNetwork(trio.settings, trio.vocabulary, trio.arrays, 0)


def continued(model: Any, prefix: str) -> str:
    """What upstream's `generate` prints: the prefix and what follows, greedy."""
    vocabulary, level = model.vocabulary, model.vocabulary.word_level
    start = ["<s>", *split_prefix(prefix, level)]
    written = model.write([vocabulary.encode(start)], LENGTH - len(start) + 1, 0, (0,))
    ids = written.ids[0, : written.lengths[0]]
    found = [vocabulary.token(int(i)).text for i in ids]
    tokens = [text for text in [*start[1:], *found] if text != "<s>"]
    return join_tokens(tokens, level)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both sides find their files."""
    found: Path = tmp_path_factory.mktemp("upstream")
    return found


@pytest.fixture(scope="module")
def answers(folder: Path) -> Any:
    """Upstream on its own weights, on files written by us, and on files of its own."""
    from generator.models.textgenrnn_files import TextGenRnnSettings
    from generator.networks.parameters import draw_initial_arrays
    from generator.networks.textgenrnn import upstream as files
    from generator.networks.textgenrnn.network import textgenrnn_shapes

    shipped = files.read_packaged_model()
    ours = TextGenRnnSettings(**{**WORDS, "rnn_bidirectional": False})
    vocabulary = build(TEXTS)
    arrays = [
        3 * array
        for array in draw_initial_arrays(textgenrnn_shapes(ours, len(vocabulary)), 1)
    ]
    greedy = [[prefix, LENGTH] for prefix in PREFIXES if len(prefix) < LENGTH]
    theirs, single = ask(
        folder,
        upstream_task("train", texts=TEXTS, name="theirs", **WORDS),
        upstream_task(
            "train",
            texts=["\n".join(TEXTS)],
            name="single",
            single_text=True,
            **WORDS | {"word_level": False},
        ),
    )
    paths = write_upstream_files(folder, ours, vocabulary, arrays, "ours")
    names = {
        "ours": [path.name for path in paths],
        "theirs": theirs,
        "exported": export(folder / "project"),
        "single": single,
    }
    read = {
        which: files.read_upstream_files(*(folder / name for name in trio))
        for which, trio in names.items()
    }
    found = ask(
        folder,
        upstream_task(
            "ask",
            trio=None,
            histories=windows(shipped.vocabulary, 40).tolist(),
            greedy=greedy,
        ),
        *(
            upstream_task(
                "ask",
                trio=names[which],
                histories=windows(trio.vocabulary, 6).tolist(),
                greedy=[[prefix, LENGTH] for prefix in STARTS],
            )
            for which, trio in read.items()
        ),
    )
    trios = [shipped, *read.values()]
    return dict(zip(("shipped", *names), zip(trios, found, strict=True), strict=True))


def build(texts: list[str]) -> Any:
    """The vocabulary of texts, by word."""
    from generator.corpora.tokenization import build_vocabulary

    lists = [split_tokens(text, word_level=True) for text in texts]
    return build_vocabulary(lists, word_level=True, max_words=100)


@pytest.mark.peer
@pytest.mark.slow
@pytest.mark.parametrize("which", ["shipped", "ours", "theirs", "exported"])
class TestParity:
    """`ours` were written by us and loaded by upstream; `theirs` the other way.

    `exported` is what `export model` writes of a model that was trained here: of
    characters, in both directions.
    """

    def test_probabilities_and_attention(self, answers: Any, which: str) -> None:
        """Both agree to 1e-5 on every kind of history."""
        trio, theirs = answers[which]
        model = network(trio)
        found = model.predict(windows(trio.vocabulary, model.window))
        np.testing.assert_allclose(
            found.probabilities, theirs["probabilities"], rtol=0, atol=1e-5
        )
        np.testing.assert_allclose(found.weights, theirs["weights"], rtol=0, atol=1e-5)
        assert np.ptp(found.probabilities, axis=0).max() > 1e-3

    def test_greedy_text(self, answers: Any, which: str) -> None:
        """`generate(temperature=0)` prints what we write."""
        trio, theirs = answers[which]
        prefixes = STARTS
        if which == "shipped":
            prefixes = [p for p in PREFIXES if len(p) < LENGTH]
        model = network(trio)
        assert [continued(model, prefix) for prefix in prefixes] == theirs["texts"]


@pytest.mark.peer
@pytest.mark.slow
def test_a_single_text_is_cut_as_upstream_cuts_it(answers: Any) -> None:
    """Of a text without marks both show what is written after the first window.

    The model is upstream's, of one text, and so are the texts compared with.
    """
    trio, theirs = answers["single"]
    assert trio.vocabulary.mark is None
    settings = {"temperatures": (0.0,), "texts": 1, "length": LENGTH + 1}
    for prefix, text in zip(STARTS, theirs["texts"], strict=True):
        method = TextSampling(method="samples", model="lm", prefix=prefix, **settings)
        context = Context(Saved(network(trio)), None, (), (0, 0))
        (sample,) = method.collect(context).samples
        assert len(text) >= LENGTH + 1
        assert sample.text[: len(text)] == text


@pytest.mark.peer
@pytest.mark.slow
@pytest.mark.parametrize(
    "held", ["theirs_saved", "theirs_loaded", "ours_loaded", "exported_loaded"]
)
def test_files_are_read_to_the_last_bit(answers: Any, folder: Path, held: str) -> None:
    """What upstream saves we read, and what we write it loads, bit for bit."""
    trio, _ = answers[held.partition("_")[0]]
    arrays = np.load(folder / f"{held}.npz")
    for name, array in zip(arrays.files, trio.arrays, strict=True):
        np.testing.assert_array_equal(arrays[name], array)


@pytest.mark.peer
@pytest.mark.slow
def test_shipped_vocabulary_survives(answers: Any, folder: Path) -> None:
    """What upstream ships, written and read again, is the same to the last bit."""
    from generator.networks.textgenrnn import upstream as files

    shipped, _ = answers["shipped"]
    place = folder / "again"
    again = files.read_upstream_files(*write_upstream_files(place, *shipped, "again"))
    assert again.settings == shipped.settings
    assert again.vocabulary == shipped.vocabulary
    pairs = zip(again.arrays, shipped.arrays, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    shutil.rmtree(place)


@pytest.mark.peer
@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.2, 1.0])
def test_sampling(tmp_path: Path, temperature: float) -> None:
    """Sampled ids are as frequent as upstream's, id 0 never being taken."""
    import tensorflow as tf

    from generator.networks.textgenrnn.generation import choose_next_tokens

    rows, draws = [[0.5, 0.3, 0.15, 0.05], [0.1, 0.35, 0.15, 0.4]], 4000
    (theirs,) = ask(
        tmp_path,
        upstream_task(
            "sample", probabilities=rows, temperature=temperature, draws=draws
        ),
    )
    uniform = tf.constant(np.random.default_rng(1).random(draws))
    for row, counts in zip(rows, theirs, strict=True):
        many = tf.constant([row] * draws, tf.float32)
        ids = choose_next_tokens(many, tf.constant(temperature, tf.float64), uniform)
        ours = np.bincount(ids.numpy(), minlength=4)
        assert ours[0] == 0
        assert np.abs(ours - counts).max() < 5 * np.sqrt(draws / 2)
