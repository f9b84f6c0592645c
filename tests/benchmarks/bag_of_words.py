"""The bag of words on real reviews: `python -m tests.benchmarks.bag_of_words`.

For each corpus: accuracy on all its test documents with the Wilson interval, seconds of
the fit, its choice of a penalty included, and what an answer takes. Corpora are read
from the folder that STUDY_DATA names; a name given on the command line picks one.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from generator.core.progress import QuietProgress
from generator.corpora import CORPORA
from generator.corpora.base import Folders
from generator.methods.base import Context
from generator.methods.common.statistics import wilson_interval
from generator.methods.evaluation.predictions import predict_side, right_predictions
from generator.models.bag_of_words import BagOfWordsRecipe

REPACKED = "aclImdb_labelled.tar.gz"
CASES: dict[str, tuple[dict[str, Any], float | None]] = {
    "sst-2": ({"kind": "trees", "classes": 2}, None),
    "sst-2-phrases": ({"kind": "trees", "classes": 2, "phrases": True}, None),
    "sst-5": ({"kind": "trees", "classes": 5}, None),
    "imdb": ({"kind": "imdb"}, 0.90),
    "sst-5-phrases": ({"kind": "trees", "classes": 5, "phrases": True}, None),
}
"""Settings of a corpus, and the accuracy to reach on it, the quick ones first."""


def measure(name: str, data: Path, folder: Path) -> str:
    """One corpus in a line."""
    settings, goal = CASES[name]
    if name == "imdb" and (data / REPACKED).is_file():
        settings = {**settings, "path": REPACKED}
    source = CORPORA[settings["kind"]].model_validate(settings)
    corpus = source.load(Folders(folder, data))
    recipe = BagOfWordsRecipe(kind="bag_of_words", corpus=name)
    begun = time.perf_counter()
    recipe.train(corpus, 1, folder / name, QuietProgress())
    seconds = time.perf_counter() - begun
    model = recipe.load(folder / name)
    found = predict_side(Context(model, corpus, (), (1,)), "test", "best")
    hits = right_predictions(found)
    share = wilson_interval(int(hits.sum()), hits.size)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    taken = 1e3 * (found.seconds_per_text or 0)
    wanted = "" if goal is None else f" (goal {goal:.2f})"
    return (
        f"{name}: accuracy {share.value:.4f} [{share.low:.4f}, {share.high:.4f}]"
        f"{wanted}, n = {hits.size:,}; {model.log.windows:,} documents and "
        f"{found.parameters:,} numbers learnt in {seconds:.1f} s; "
        f"{taken:.3f} ms a text; {memory:.2f} GB at most; "
        f"{model.log.notes[1].partition(':')[0]}"
    )


def main() -> None:
    """Measure the corpora named, or all of them."""
    data = os.environ.get("STUDY_DATA")
    if not data:
        sys.exit("STUDY_DATA names no data folder")
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or CASES:
            sys.stdout.write(measure(name, Path(data), Path(folder)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
