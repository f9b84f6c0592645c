"""The studies on fetched corpora, built whole on a small cut of the real thing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = os.environ.get("STUDY_DATA", "")
PAIRS = "2026-10-02-a-real-pair-of-languages"
CUTS = {
    PAIRS: ("backwards: true}", "backwards: true, limit: 800}"),
    "2026-10-09-does-attention-survive-long-reviews": (
        "{kind: imdb}",
        "{kind: imdb, path: aclImdb_labelled.tar.gz, limit: 40}",
    ),
    "2026-10-16-attention-on-real-sentences": (
        "phrases: true}",
        "phrases: true, limit: 250}",
    ),
}
"""Of each study, what is changed in its file: the corpus, and nothing else."""


def built(name: str, tmp_path: Path) -> str:
    """The page of a study, built on a cut of its corpus."""
    if not DATA:
        pytest.skip("STUDY_DATA names no data folder")
    folder = tmp_path / "studies" / name
    shutil.copytree(
        ROOT / "studies" / name, folder, ignore=shutil.ignore_patterns("artifacts")
    )
    for shared in ("site.yaml", "references.bib"):
        shutil.copy(ROOT / "studies" / shared, tmp_path / "studies")
    text = (folder / "study.yaml").read_text("utf-8")
    whole, cut = CUTS[name]
    assert whole in text
    (folder / "study.yaml").write_text(text.replace(whole, cut), "utf-8")
    prose = (folder / "index.md").read_text("utf-8")
    alone = re.sub(r"\[([^]]*)\]\(\.\./[^)]*\)", r"\1", prose)  # no other study here
    (folder / "index.md").write_text(alone, "utf-8")
    command = [sys.executable, ROOT / "build.py", "-C", tmp_path, "--data", DATA]
    done = subprocess.run(
        [*command, "build", "--strict"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (page,) = (tmp_path / "site").glob(f"*/2026/*/*/{name[11:]}/index.html")
    return page.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CUTS))
def test_a_study_on_real_texts_builds(name: str, tmp_path: Path) -> None:
    """On a cut of its corpus it trains, collects and renders, every claim with it.

    Where nobody has aligned the texts, every figure of an alignment says so, and no
    number on the page is an alignment error rate.
    """
    shown = built(name, tmp_path)
    assert "Claims and verdicts" in shown
    assert shown.count("<figure") >= 8
    if name == PAIRS:
        figures = re.findall(r"<figure\b.*?</figure>", shown, re.DOTALL)
        aligned = [one for one in figures if 'data-figure="alignment"' in one]
        assert len(aligned) >= 4
        assert all("no gold alignment" in one for one in aligned)
        assert "alignment error rate" not in shown.lower()
