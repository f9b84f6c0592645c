"""From a save to the page in a browser: `python -m tests.benchmarks.preview [PROJECT]`.

The project's studies are copied with what was collected, the preview is started on the
copy, and a sentence is added to a write-up again and again. Each time the clock runs
from before the file is written until the `load` event of the page that holds the
sentence, in Chromium. A style sheet and a study file are saved as well.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.cli.job import Job
from generator.site.pages.post import study_path
from tests.cli.preview.serving import Running, becomes, served
from tests.conftest import chromium

ROUNDS = 8
LOADED = """document.readyState === 'complete'
  && document.body.textContent.includes({text})
  && performance.getEntriesByType('navigation')[0].loadEventEnd > 0"""


def main(project: Path) -> None:
    """Print the seconds of each kind of save."""
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        folder = copy(project, Path(place))
        begun = time.perf_counter()
        with served(folder) as running:
            print(f"first look: {time.perf_counter() - begun:.2f} s")
            measure(folder, running, browser)


def copy(project: Path, place: Path) -> Path:
    """The studies of a project and what was kept of its last build."""
    shutil.copytree(project / "studies", place / "studies")
    if (project / ".cache" / "kept").is_dir():
        shutil.copytree(project / ".cache" / "kept", place / ".cache" / "kept")
    return place


def measure(folder: Path, running: Running, browser: Any) -> None:
    """Save the write-up and the definition of the study with the most artifacts."""
    studies = Job(project=str(folder)).studies
    study = max(studies, key=lambda s: len(list((s.folder / "artifacts").glob("*"))))
    page = browser.new_page()
    path = study_path(study.category, study.date, study.slug)
    page.goto(f"http://127.0.0.1:{running.port}{running.base}{path}")
    prose, definition = study.folder / "index.md", study.folder / "study.yaml"
    was, title = prose.read_text("utf-8"), study.title

    def sentence(number: int) -> str:
        prose.write_text(f"{was}\nSentence number {number}.\n", "utf-8")
        return f"Sentence number {number}."

    def heading(number: int) -> str:
        text = definition.read_text("utf-8").split("\n")
        row = next(i for i, line in enumerate(text) if line.startswith("title:"))
        text[row] = f'title: "Title number {number} of {len(title)}"'
        definition.write_text("\n".join(text), "utf-8")
        return f"Title number {number} of"

    report(f"write-up of {study.slug}", page, sentence)
    report(f"study.yaml of {study.slug}", page, heading)


def report(name: str, page: Any, save: Callable[[int], str]) -> None:
    """Time `save`, which says what the page will hold."""
    taken = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        text = save(number)
        becomes(page, LOADED.format(text=json.dumps(text)))
        taken.append(time.perf_counter() - begun)
        time.sleep(0.5)
    shown = " ".join(f"{one:.2f}" for one in taken)
    print(f"{name}: median {statistics.median(taken):.2f} s of {shown}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
