"""textgenrnn 2.0.0's own code, run in a process of its own.

`python run_upstream.py FOLDER` reads `FOLDER/ask.json`, a list of `[task, arguments]`,
and writes `FOLDER/answer.json`, a list of answers in the same order. Paths in
arguments are relative to FOLDER. The functions below are the tasks.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import shim

shim.supply()

import numpy as np  # all of these need what was supplied
import tf_keras  # as above
from textgenrnn import textgenrnn, utils  # as above
from textgenrnn.AttentionWeightedAverage import (  # as above
    AttentionWeightedAverage,
)

code = sys.modules["textgenrnn.textgenrnn"]


class _SeenError(Exception):
    """Raised with what was to be seen, so that nothing after it runs."""


class _Stub:
    """In place of a network: training raises what it was given, prediction recites."""

    inputs = (None,)

    def __init__(self, recited: int = 0) -> None:
        self.recited, self.said = recited, 0

    def fit(self, *_: Any, **__: Any) -> None:
        pass

    def predict(self, *_: Any, **__: Any) -> Any:
        self.said += 1
        return np.eye(self.recited + 1)[self.said : self.said + 1]


def learn(texts: list[str], **settings: Any) -> Any:
    """Tokens of texts and the vocabulary, as upstream's training makes them."""
    seen: list[Any] = []
    kept = code.textgenrnn_model, code.generate_sequences_from_texts
    code.textgenrnn_model = lambda *_, **__: _Stub()
    code.generate_sequences_from_texts = lambda texts, *_: seen.append(texts)
    try:
        model = object.__new__(textgenrnn)
        model.train_new_model(
            list(texts), num_epochs=1, batch_size=1, name="learnt", **settings
        )
    finally:
        code.textgenrnn_model, code.generate_sequences_from_texts = kept
    return {"tokens": [list(text) for text in seen[0]], "vocabulary": model.vocab}


def prefix(texts: list[str], word_level: bool) -> Any:
    """Tokens of each text as a prefix, the mark before them."""

    def see(text: list[str], *_: Any) -> None:
        raise _SeenError(list(text))

    kept, utils.textgenrnn_encode_sequence = utils.textgenrnn_encode_sequence, see
    found = []
    for text in texts:
        try:
            utils.textgenrnn_generate(
                _Stub(),
                {},
                {},
                0.0,
                10**6,
                word_level=word_level,
                prefix=text,
                max_gen_length=10**6,
            )
        except _SeenError as seen:
            found.append(seen.args[0])
    utils.textgenrnn_encode_sequence = kept
    return found


def join(lists: list[list[str]], word_level: bool) -> Any:
    """Each list of tokens as text, written by a network that recites it."""
    return [
        utils.textgenrnn_generate(
            _Stub(len(tokens)),
            {},
            dict(enumerate(tokens, 1)),
            0.0,
            word_level=word_level,
            max_gen_length=len(tokens) + 1,
        )[0]
        for tokens in lists
    ]


def sample(probabilities: list[list[float]], temperature: float, draws: int) -> Any:
    """How often upstream's sampling takes each id."""
    np.random.seed(0)  # noqa: NPY002  # upstream draws from the global generator
    rows = np.array(probabilities)
    counts = np.zeros(rows.shape, int)
    for row, count in zip(rows, counts, strict=True):
        for _ in range(draws):
            count[utils.textgenrnn_sample(row, temperature)] += 1
    return counts.tolist()


def _load(trio: list[str] | None) -> Any:
    if trio is None:
        return textgenrnn()
    weights, vocabulary, config = trio
    return textgenrnn(weights_path=weights, vocab_path=vocabulary, config_path=config)


def ask(
    trio: list[str] | None, histories: list[list[int]], greedy: list[list[Any]]
) -> Any:
    """Probabilities and attention after histories; greedy texts, [prefix, length]."""
    model = _load(trio)
    if trio:
        arrays = trio[0].replace("_weights.hdf5", "_loaded.npz")
        np.savez(arrays, *model.model.get_weights())
    slots = model.model.get_layer("rnn_concat").output
    layer = AttentionWeightedAverage(return_attention=True)
    exposed = tf_keras.Model(model.model.input, layer(slots)[1])
    layer.set_weights(model.model.get_layer("attention").get_weights())
    ids = np.array(histories)
    return {
        "probabilities": model.model.predict(ids, verbose=0).tolist(),
        "weights": exposed.predict(ids, verbose=0).tolist(),
        "texts": [
            model.generate(
                return_as_list=True,
                temperature=0.0,
                progress=False,
                prefix=start or None,
                max_gen_length=length + 1,
            )[0]
            for start, length in greedy
        ],
    }


def train(texts: list[str], name: str, **settings: Any) -> Any:
    """A trio of files, written by upstream's own training."""
    model = textgenrnn(name=name)
    model.train_new_model(
        list(texts),
        num_epochs=1,
        gen_epochs=0,
        batch_size=8,
        verbose=0,
        name=name,
        **settings,
    )
    model.model.save_weights(f"{name}_weights.hdf5")
    np.savez(f"{name}_saved.npz", *model.model.get_weights())
    return [f"{name}_{part}" for part in ("weights.hdf5", "vocab.json", "config.json")]


def main(folder: str) -> None:
    """Do what is asked."""
    os.chdir(folder)
    asked = json.loads(Path("ask.json").read_text("utf-8"))
    with redirect_stdout(io.StringIO()):
        answers = [globals()[task](**arguments) for task, arguments in asked]
    Path("answer.json").write_text(json.dumps(answers), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
