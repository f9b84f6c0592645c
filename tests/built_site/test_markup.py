"""Every page of a built site as files: valid, light, whole."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.site.html_safety import find_problems

pytestmark = pytest.mark.site

PAGE, SCRIPT = 300_000, 60_000
"""Bytes of a study with its style and scripts, before pictures; of its scripts."""
UNKNOWN = re.compile("CSS: “(vector-effect|x|y)”: Property")
"""Properties of SVG 2 that browsers know and the checker's list of CSS does not."""


def test_the_nu_checker_finds_no_error(
    site: Path, java: str, module: Callable[[str], Path]
) -> None:
    """In no page, and in no style sheet."""
    jar = module("vnu-jar/build/dist/vnu.jar")
    common = [java, "-jar", str(jar), "--errors-only", "--format", "gnu"]
    pages = subprocess.run(
        [*common, "--skip-non-html", str(site)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    styles = subprocess.run(
        [*common, "--css", *map(str, sorted((site / "assets").glob("*.css")))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [*pages.stderr.splitlines(), *styles.stderr.splitlines()]
    assert [line for line in told if not UNKNOWN.search(line)] == []


def test_html_validate_finds_no_error(
    site: Path, pages: tuple[str, ...], module: Callable[[str], Path], tmp_path: Path
) -> None:
    """A second opinion on what browsers build of the pages.

    It reads them as a browser would write them out, since it does not know which end
    tags HTML lets be left out; whether they may is the first opinion's to say.
    """
    program = module("html-validate/bin/html-validate.mjs")
    config = Path(__file__).with_name("htmlvalidate.json")
    command = ["node", str(program), "--config", str(config), "--formatter", "json"]
    told = tmp_path / "told.json"  # a pipe would be cut where the program ends
    with told.open("w") as out:
        done = subprocess.run(
            [*command, *written(site, pages, tmp_path)],
            stdout=out, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    found = [
        f"{Path(one['filePath']).relative_to(tmp_path)}:{m['line']}: {m['ruleId']} "
        f"{m['message']}"
        for one in json.loads(told.read_text() or "[]")
        for m in one["messages"]
        if m["severity"] > 1
    ]
    assert found == [], done.stderr


def written(site: Path, pages: tuple[str, ...], into: Path) -> list[str]:
    """Copies of the pages with every end tag."""
    for path in pages:
        text = LexborHTMLParser((site / path).read_text("utf-8")).html or ""
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_text(text, "utf-8")
    return [str(into / path) for path in pages]


def test_the_oracle_lets_every_page_through(site: Path, pages: tuple[str, ...]) -> None:
    """As it did when they were built."""
    for path in pages:
        assert find_problems((site / path).read_text("utf-8")) == [], path


def test_a_study_is_light(site: Path, studies: tuple[str, ...]) -> None:
    """Page, style and script within the budget; scripts within theirs."""
    heavy = {}
    for path in studies:
        text = (site / path).read_text("utf-8")
        used = re.findall(r'(?:src|href)="([^"]*assets/[^"]*\.(?:js|css))"', text)
        sizes = {u: ((site / path).parent / u).stat().st_size for u in set(used)}
        assert sizes
        scripts = sum(n for name, n in sizes.items() if name.endswith(".js"))
        assert scripts <= SCRIPT
        whole = len(text.encode()) + sum(sizes.values())
        if whole > PAGE:
            heavy[path] = whole
    assert heavy == {}
