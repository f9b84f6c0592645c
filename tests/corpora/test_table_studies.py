"""Studies on people's own tables, from the file to the page."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.core.errors import CorpusError
from generator.corpora.base import Folders
from generator.corpora.files.labelled import Labelled
from generator.figures.export import fonts
from generator.figures.export.shapes import Label
from generator.figures.statistics.confusion import draw_column_names
from tests.corpora.files.apply_edits import apply_edits
from tests.stub.project import REPOSITORY, environment

SOUPS = [
    (f"{word} soup {n}", label)
    for n in range(12)
    for word, label in (("cold", "no"), ("warm", "yes"))
]
MEALS = [(f"meal number {n} of many", str(n % 10 + 1)) for n in range(60)]


def write(rows: list[tuple[str, str]], mark: str = ",", end: str = "\n") -> str:
    """Rows as a table with a heading."""
    return "".join(mark.join(row) + end for row in [("text", "label"), *rows])


TABLES: dict[str, tuple[str, bytes]] = {
    "semicolons": ("x.csv", write(SOUPS, ";", "\r\n").encode()),
    "excel": (
        "x.csv",
        f"\ufeffsep=;\r\n{write(SOUPS, ';', chr(13) + chr(10))}".encode(),
    ),
    "wide": ("x.csv", write(SOUPS, ";").encode("utf-16")),
    "old-mac": ("x.csv", write(SOUPS, end="\r").encode()),
    "windows": (
        "x.csv",
        write([(f"it’s “{t}”", k) for t, k in SOUPS]).encode("cp1252"),
    ),
    "headless": ("x.tsv", "".join(f"{k}\t{t}\n" for t, k in SOUPS).encode()),
    "stars": ("x.csv", write(MEALS).encode()),
}
MODEL = {
    "kind": "sentiment", "corpus": "c", "encoder": "average", "size": 8, "epochs": 1,
    "dim_attention": 8, "dim_embeddings": 8, "batch_size": 8,
}  # fmt: skip


def write_study(project: Path, slug: str, corpus: dict[str, Any]) -> Path:
    """A study of a table, whose confusion matrix is its one figure."""
    folder = project / "studies" / f"2026-01-01-{slug}"
    folder.mkdir(parents=True, exist_ok=True)
    study = {
        "title": slug,
        "summary": "What is right.",
        "seed": 3,
        "corpora": {"c": {"kind": "labelled", **corpus}},
        "models": {"m": MODEL},
        "artifacts": {"seen": {"method": "predictions", "model": "m"}},
        "figures": {
            "sides": {"figure": "confusion", "artifact": "seen", "title": "Sides"}
        },
    }
    (folder / "study.yaml").write_text(json.dumps(study))  # JSON is YAML
    (folder / "index.md").write_text("## Right\n\n![What is right.](figure:sides)\n")
    name, data = TABLES[slug]
    (folder / name).write_bytes(data)
    return folder


def build_tables(project: Path) -> None:
    """Build a study of each table, the hints of those that are refused applied."""
    refused = []
    for slug, (name, _) in TABLES.items():
        folder = write_study(project, slug, {"path": name})
        settings: dict[str, Any] = {"path": name}
        try:
            Labelled.model_validate_json(json.dumps(settings)).load(
                Folders(folder, folder)
            )
        except CorpusError as error:
            refused.append(slug)
            settings = apply_edits(error.edits, settings, folder)
            write_study(project, slug, settings)
    assert refused == ["windows", "headless"]
    done = subprocess.run(
        [sys.executable, "build.py", "-C", str(project), "--strict"],
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def built(shared: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The site of all these studies."""
    return shared("tables", build_tables) / "site"


def read_page(site: Path, slug: str) -> str:
    """The page of a study."""
    return (site / f"studies/2026/01/01/{slug}/index.html").read_text("utf-8")


SAID = {
    "semicolons": "divided at the semicolon, as its heading shows",
    "excel": "divided at the semicolon, as its first line says",
    "wide": "read as UTF-16, as the byte order mark says",
    "old-mac": "lines end in CR, as old Macs wrote them",
    "windows": "encoding cp1252",
    "headless": "without a heading",
}


@pytest.mark.slow(25)
def test_every_table_is_trained_on_whole(built: Path) -> None:
    """Each table's study has a page, with all its rows and how it was read."""
    for slug, said in SAID.items():
        page = read_page(built, slug)
        assert f"labelled, {len(SOUPS)} documents" in page
        assert said in page
        assert "control character" not in page
    matrix = read_page(built, "stars").partition("<thead>")[2].partition("</thead>")[0]
    places = [matrix.index(f'<th scope="col">{n}</th>') for n in range(1, 11)]
    assert places == sorted(places)


@pytest.mark.slow(25)
@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("broken", [False, True])
def test_headings_of_ten_columns_are_whole(
    browser: Any, built: Path, width: int, broken: bool
) -> None:
    """No heading is broken within a word; with the rule taken out, one is."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((built / "studies/2026/01/01/stars/index.html").as_uri())
    if broken:
        page.evaluate(
            "document.querySelectorAll('.confusion th').forEach("
            "th => th.style.cssText = 'overflow-wrap: anywhere; white-space: normal')"
        )
    lines = page.evaluate(
        """[...document.querySelectorAll('.confusion th')].map(th => {
          const range = document.createRange();
          range.selectNodeContents(th);
          return range.getClientRects().length;
        })"""
    )
    page.close()
    assert (max(lines) > 1) == broken


@pytest.mark.parametrize("count", [2, 5, 10, 20])
def test_pictures_break_no_heading(count: int) -> None:
    """In a picture too a name is whole: across where all fit, else upwards."""
    short = [f"{n}" for n in range(count)]
    long = [f"number {n} indeed" for n in range(count)]
    for names in (short, long, ["extraordinary"] * count):
        step = 600 / count
        shapes, rows = draw_column_names(names, 0, 0, step)
        labels = [one for one in shapes if isinstance(one, Label)]
        if not any(one.turned for one in labels):
            assert (
                " ".join(one.text for one in labels).split() == " ".join(names).split()
            )
            for one in labels:
                assert fonts.text_width(one.text, one.size) <= step
                assert one.y < rows
        else:
            assert [one.text for one in labels] == names
            for one in labels:
                assert one.y - fonts.text_width(one.text, one.size) >= 0
                assert one.y < rows
