"""What asking a brought function costs: `python -m tests.benchmarks.brought_function`.

A function that takes 1 ms a text is asked by LIME about 20 texts, once in its process
with all checks, and once directly, about the very same texts in the same order and
batches. Both wait for the function most of the time, so that a busy machine slows both
alike; the shortest of three turns of each counts.

Exits with 1 unless the former takes at most 10 % longer.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from generator.core import files
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, Folders
from generator.methods.attribution.lime import Lime
from generator.methods.base import Context
from generator.models.function import FunctionRecipe

MOST = 1.1
TURNS = 3
CODE = """
import time
import numpy as np


def predict(texts):
    time.sleep(0.001 * len(texts))
    shares = np.array([text.count("good") / (1 + len(text)) for text in texts])
    return np.stack([1 - shares, shares], axis=1)
"""


def main() -> int:
    """Measure, print, and return the exit status."""
    texts = [f"a good film {n} which nobody has seen twice so far" for n in range(20)]
    labels = ("no", "yes")
    documents = tuple(
        Document(text, label=labels[n % 2]) for n, text in enumerate(texts)
    )
    corpus = Corpus(documents, "key", labels=labels)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        study = place / "studies" / "2026-01-01-slow"
        study.mkdir(parents=True)
        (study / "model.py").write_text(CODE)
        recipe = FunctionRecipe(kind="function", corpus="c", file="model.py")
        recipe = recipe.with_folders(Folders(study=study, data=place))
        sha = files.digest((study / "model.py").read_bytes())
        recipe = recipe.with_trusted_code({"model.py": sha})
        folder = place / ".cache" / "models" / ("0" * 64)
        folder.mkdir(parents=True)
        recipe.train(corpus, 0, folder, QuietProgress())
        ours, batches = min(
            (ask(recipe, folder, corpus) for _ in range(TURNS)), key=lambda one: one[0]
        )
    names: dict[str, Any] = {}
    exec(compile(CODE, "model.py", "exec"), names)  # noqa: S102 - the code above
    directly = min(call(names["predict"], batches) for _ in range(TURNS))
    count = sum(map(len, batches))
    print(f"{count} texts in {len(batches)} batches")
    print(f"directly          {directly:6.2f} s")
    print(f"in its process    {ours:6.2f} s, {ours / directly:.3f} times (goal {MOST})")
    return int(ours > MOST * directly)


def ask(
    recipe: FunctionRecipe, folder: Path, corpus: Corpus
) -> tuple[float, list[list[str]]]:
    """Return the seconds that LIME takes, without the start, and its batches."""
    model: Any = recipe.load(folder)
    classifier = model.at("best")
    classifier.predict_texts(["a text"])
    batches: list[list[str]] = []
    predict = classifier.process.predict

    def watch(texts: list[str], labels: int) -> Any:
        batches.append(list(texts))
        return predict(texts, labels)

    classifier.process.predict = watch
    method = Lime(method="lime", model="m", documents=20, samples=300)
    begun = time.monotonic()
    method.collect(Context(model, corpus, (), (0, 1)))
    taken = time.monotonic() - begun
    classifier.process.end()
    return taken, batches


def call(predict: Any, batches: list[list[str]]) -> float:
    """Return the seconds that the function takes for batches."""
    begun = time.monotonic()
    for texts in batches:
        np.asarray(predict(texts))
    return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
