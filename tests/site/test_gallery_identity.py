"""Every kind of figure prints its artifact's numbers, and a changed one is noticed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.figures import FIGURES
from tests.built_site.claims import claim_mismatches
from tests.built_site.figure_numbers import KINDS, figure_pairs, holds
from tests.built_site.identity import TEXT_FIGURES, mismatches
from tests.built_site.notebook_numbers import SHOWN, notebook_mismatches
from tests.built_site.published import NUMBER, PublishedStudy, published_studies
from tests.figures import gallery, trusted

WORDED: dict[str, dict[str, Any]] = {
    "slots": gallery.FIGURE_SETTINGS,
    "earlier": gallery.FIGURE_SETTINGS,
    "classifiers": gallery.CLASSIFIER_FIGURES,
    "trusted": trusted.FIGURES,
    "aligned": gallery.ALIGNED_FIGURES,
}
CLAIMS = {"slots": gallery.CLAIMS}
PLACES = {
    "agreement": ("table.pairs td[data-text]", r"(?<=\.)\d"),
    "alignment": ("table.pairs td", r"(?<=[>.])\d"),
    "confusion": ("table.confusion tbody td", r"(?<=>)\d"),
    "curve": (".summary", r"(?<=falls from )\d"),
    "epochs": ("ol.epochs [data-text] small", r"\d"),
    "estimates": (".estimate b", r"\d"),
    "features": (".feature-bars td", r"(?<=<span>[+−])\d"),
    "history": ("table.history td", r"\d(?=\d*<)"),
    "hypotheses": ("table.hypotheses td[data-text]", r"(?<=>)\d"),
    "matrix": ("table.matrix tbody td:not(.pad-sum):not(.gap)", r"(?<=[>.])\d"),
    "optimised": ("ol.epochs [data-value] small", r"\d"),
    "parts": ("table.parts tbody td", r"(?<=[.>+−])\d"),
    "quiver": (".summary", r"(?<=at most )\d"),
    "rule": ("dl.numbers div:first-child dd", r"\d"),
    "samples": (".sample-text", r"(?<= [a-z])[a-z]"),
    "scores": (".estimate b", r"\d"),
    "text": (".tokens [data-text] small", r"\d"),
    "trace": (".code .token", r'(?<=data-value=".)\d'),
    "violins": (".estimate b", r"\d"),
    "wall": ("ol.wall b", r"(?<=\.)\d"),
}
"""Where each kind prints numbers on a page, and which character of them is changed."""
NUMBERS = (
    "    return np.array(values, dtype=float)",
    "    return -np.array(values, float)",
)
SHOWN_OTHERWISE = {
    "anchors": ("{one['coverage']}", "{one['samples']}"),
    "samples": ("{one['text']!r}", "{one['text'][::-1]!r}"),
    "scores": ("{row['value']}", "{-row['value']}"),
}
"""What a notebook's cell would print wrongly, where it draws no array."""


@pytest.fixture(scope="module")
def published(
    gallery_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, PublishedStudy]:
    """The gallery's studies, each with what its author would have written."""
    folder = tmp_path_factory.mktemp("worded")
    for source in sorted((gallery_site.parent / "studies").glob("*/index.md")):
        slug = source.parent.name.split("-", 3)[3]
        (folder / source.parent.name).mkdir()
        (folder / source.parent.name / "index.md").write_bytes(source.read_bytes())
        (folder / source.parent.name / "study.yaml").write_text(
            json.dumps({"figures": WORDED[slug], "claims": CLAIMS.get(slug, {})})
        )
    return {
        one.page.parent.name: one for one in published_studies(gallery_site, folder)
    }


def figures_of(
    published: dict[str, PublishedStudy], kind: str
) -> Iterator[tuple[PublishedStudy, str, dict[str, Any]]]:
    """Yield the gallery's figures of a kind."""
    for study in published.values():
        for name, one in study.figures.items():
            if one["figure"] == kind:
                yield study, name, one


def alter(study: PublishedStudy, **parts: Any) -> PublishedStudy:
    """Return a study with other files in place of what was published."""
    other = PublishedStudy(study.page, study.source)
    vars(other).update(vars(study) | parts)
    return other


def change(character: str) -> str:
    """Return another digit, or another letter."""
    return str((int(character) + 5) % 10) if character.isdigit() else "q"


def test_every_kind_is_compared() -> None:
    """A new kind of figure has a function that compares its numbers."""
    assert {*KINDS} | TEXT_FIGURES == {*FIGURES}
    assert {*PLACES} == {*KINDS}


@pytest.mark.slow(8)
def test_the_gallery_prints_what_its_artifacts_hold(
    published: dict[str, PublishedStudy],
) -> None:
    """Each kind's pages, CSV files and notebooks have the artifacts' numbers."""
    assert {*published} == {*WORDED}
    for study in published.values():
        assert mismatches(study) == []
        for name, one in study.figures.items():
            if one["figure"] in KINDS:
                assert list(KINDS[one["figure"]](study, name, one)), name


@pytest.mark.slow(8)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_sign_turned_in_a_table_is_noticed(
    published: dict[str, PublishedStudy], kind: str
) -> None:
    """A number of a CSV file with the other sign is not its artifact's."""
    draws = np.random.Generator(np.random.PCG64(len(kind)))
    for study, name, one in figures_of(published, kind):
        lines = study.csv(name)
        places = [
            (i, j)
            for i, line in enumerate(lines)
            for j, cell in enumerate(line)
            if i and NUMBER.fullmatch(cell) and float(cell) and abs(float(cell)) > 0.01
        ]
        for at in draws.choice(len(places), 2):
            i, j = places[at]
            turned = [list(line) for line in lines]
            turned[i][j] = f"{-float(lines[i][j]):.6g}"
            other = alter(study, csv=lambda _, turned=turned: turned)
            pairs = KINDS[kind](other, name, one)
            assert not all(holds(*pair) for pair in pairs), (name, lines[i], j)


@pytest.mark.slow(8)
@pytest.mark.parametrize("kind", sorted(PLACES))
def test_a_digit_changed_on_a_page_is_noticed(
    published: dict[str, PublishedStudy], kind: str
) -> None:
    """A number of a figure's drawing with another digit is not its artifact's."""
    selector, digit = PLACES[kind]
    draws = np.random.Generator(np.random.PCG64(len(kind)))
    changed = 0
    for study, name, one in figures_of(published, kind):
        box = study.tree.css_first(f"#fig-{name}")
        assert box
        found = [str(node.html) for node in box.css(selector)]
        found = [html for html in found if re.search(digit, html)]
        for at in draws.choice(len(found), min(2, len(found))) if found else ():
            turned = re.sub(digit, lambda m: change(m[0]), found[at], count=1)
            page = str(study.tree.html)
            start = page.index(str(box.html))
            turned = page[:start] + page[start:].replace(found[at], turned, 1)
            other = alter(study, tree=LexborHTMLParser(turned))
            pairs = KINDS[kind](other, name, one)
            assert not all(holds(*pair) for pair in pairs), (name, found[at])
            changed += 1
    assert changed


@pytest.mark.slow(8)
def test_a_table_on_a_page_that_differs_from_its_file_is_noticed(
    published: dict[str, PublishedStudy],
) -> None:
    """The table below a figure has the numbers of the file that it offers."""
    study, name, one = next(figures_of(published, "violins"))
    row = study.csv(name)[1]
    page = str(study.tree.html)
    cell = f"<td>{row[3]}</td>"
    assert cell in page
    turned = page.replace(cell, f"<td>−{row[3]}</td>")
    other = alter(study, tree=LexborHTMLParser(turned))
    assert not all(holds(*pair) for pair in figure_pairs(other, name, one))


@pytest.mark.slow(8)
@pytest.mark.parametrize("shown", sorted(SHOWN))
def test_a_notebook_that_shows_other_numbers_is_noticed(
    published: dict[str, PublishedStudy], shown: str
) -> None:
    """Where a cell turns a sign, or a text, it does not show its artifact."""
    old, new = SHOWN_OTHERWISE.get(shown, NUMBERS)
    for study in published.values():
        calls = [cell for cell in study.notebook if cell.startswith(f"show_{shown}(")]
        for call in calls[:1]:
            tools = [cell for cell in study.notebook if not cell.startswith("show_")]
            assert any(old in cell for cell in tools)
            tools = [cell.replace(old, new) for cell in tools]
            found = list(notebook_mismatches(alter(study, notebook=[*tools, call])))
            assert found, (study.page.parent.name, call)
            return
    pytest.fail(f"no notebook of the gallery calls show_{shown}")


@pytest.mark.slow(8)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<span class="verdict">Supported', '<span class="verdict">Undecided'),
        ('<span class="verdict">Undecided', '<span class="verdict">Supported'),
        ("<b>0.06 [", "<b>−0.06 ["),
        ("n = 96", "n = 69"),
        ("expected above 0.1", "expected above 0.2"),
    ],
)
def test_a_claim_that_prints_other_numbers_is_noticed(
    published: dict[str, PublishedStudy], old: str, new: str
) -> None:
    """A claim's verdict, value, size and threshold follow from its artifact."""
    study = published["slots"]
    page = str(study.tree.html)
    start = page.index('id="claim-')
    assert old in page[start:]
    turned = page[:start] + page[start:].replace(old, new, 1)
    assert list(claim_mismatches(alter(study, tree=LexborHTMLParser(turned))))
