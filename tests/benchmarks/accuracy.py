"""The sentiment classifier on real reviews: `python -m tests.benchmarks.accuracy`.

For each corpus: accuracy on all its test documents with the Wilson interval, at the
epoch with the lowest loss on its validation documents, and the seconds of training.
Corpora are read from the folder that STUDY_DATA names; names given on the command line
pick some, and `--seed 3` another first draw. Exits with 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from generator.core.progress import QuietProgress
from generator.corpora import CORPORA
from generator.corpora.base import Folders
from generator.methods.base import Context
from generator.methods.common.statistics import wilson_interval
from generator.methods.evaluation.predictions import predict_side, right_predictions
from generator.models.sentiment import Sentiment
from tests.benchmarks.bag_of_words import REPACKED


class Case(NamedTuple):
    """What is learnt from, how, and the accuracy to reach."""

    corpus: dict[str, Any]
    model: dict[str, Any]
    goal: float


CASES = {
    "sst2": Case({"kind": "trees", "classes": 2}, {"epochs": 4}, 0.80),
    "sst2-phrases": Case(
        {"kind": "trees", "classes": 2, "phrases": True}, {"epochs": 3}, 0.83
    ),
    "sst5-phrases": Case(
        {"kind": "trees", "classes": 5, "phrases": True}, {"epochs": 3}, 0.45
    ),
    "imdb": Case(
        {"kind": "imdb"},
        {"epochs": 4, "max_tokens": 800, "least_count": 5, "decay": 0.5},
        0.88,
    ),
}
"""The quick ones first."""


class Talking(QuietProgress):
    """Says what an epoch came to, on the error stream."""

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        sys.stderr.write(f"epoch {epoch}: loss {loss:.4f}, held-out {validation:.4f}\n")


def measure(name: str, seed: int, data: Path, folder: Path) -> tuple[str, bool]:
    """One corpus in a line, and whether its goal was reached."""
    case = CASES[name]
    settings = case.corpus
    if name == "imdb" and (data / REPACKED).is_file():
        settings = {**settings, "path": REPACKED}
    source = CORPORA[settings["kind"]].model_validate(settings)
    corpus = source.load(Folders(folder, data))
    given = {"kind": "sentiment", "corpus": name, "seed": seed, **case.model}
    recipe = Sentiment.model_validate(given)
    begun = time.process_time()
    recipe.train(corpus, 1, folder / name, Talking())
    spent = time.process_time() - begun
    model = recipe.load(folder / name)
    told = []
    for side in ("test", "validation"):
        found = right_predictions(
            predict_side(Context(model, corpus, (), (1,)), side, "best")
        )
        share = wilson_interval(int(found.sum()), found.size)
        told.append(
            f"{side} accuracy {share.value:.4f} [{share.low:.4f}, {share.high:.4f}], "
            f"n = {found.size:,}"
        )
        if side == "test":
            reached = share.value >= case.goal
    line = (
        f"{name}: {'; '.join(told)}; goal {case.goal:.2f}; epoch {model.log.best} of "
        f"{model.log.epochs[-1]}; {model.log.windows:,} texts learnt from, "
        f"{model.log.seconds or 0:.0f} s by the clock ({spent:.0f} s of processor, "
        "reading the corpus into ids included)"
    )
    return line, reached


def main() -> int:
    """Measure the corpora named, or all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *CASES])
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    data = os.environ.get("STUDY_DATA")
    if not data:
        sys.exit("STUDY_DATA names no data folder")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.names or CASES:
            line, reached = measure(name, asked.seed, Path(data), Path(folder))
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            missed += not reached
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
