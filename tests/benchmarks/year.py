"""A year of weeks, beside other generators: `python -m tests.benchmarks.year [STUDY]`.

Copies a collected study 52 times and renders the project from nothing, then again
after one prose edit; checks that the second site is, byte for byte, what a rendering
from nothing gives. Pelican and MkDocs, in an environment of their own under `.cache`,
build 52 pages of the same prose and tables, without a figure. All take turns, whole
processes; printed are medians of three. Exits with 1 above the goals.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from generator.site.ownership import hash_file, read_manifest

ROOT = Path(__file__).parents[2]
GOALS = {"from nothing": 8.0, "after one prose edit": 1.5}
"""Seconds."""
WEEKS, TURNS = 52, 3
PEERS = ("pelican[markdown]", "mkdocs")


def timed(*command: str | Path, cwd: Path = ROOT) -> float:
    """Seconds of one whole process. Exits if it fails.

    It may keep its byte code, as the peers' was kept when they were installed.
    """
    given = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    words = [str(word) for word in command]
    begun = time.perf_counter()
    done = subprocess.run(words, cwd=cwd, env=given, capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode()[-2000:])
    return time.perf_counter() - begun


def source(words: Sequence[str]) -> Path:
    """The study to copy: the one named, else the first that is collected."""
    found = sorted(
        path.parent
        for path in (ROOT / "studies").glob("*/artifacts")
        if not words or words[0] in path.parent.name
    )
    return found[0] if found else sys.exit("nothing is collected; run: python build.py")


def copies(study: Path, project: Path) -> None:
    """A project of 52 such studies, a week apart; links to others become words."""
    for beside in study.parent.glob("*.*"):
        (project / "studies").mkdir(parents=True, exist_ok=True)
        shutil.copy(beside, project / "studies")
    prose = re.sub(
        r"\[([^]]*)\]\(\.\./[^)]*\)", r"\1", (study / "index.md").read_text()
    )
    for week in range(WEEKS):
        day = dt.date(2025, 1, 3) + dt.timedelta(weeks=week)
        folder = project / "studies" / f"{day}-week-{week:02d}"
        shutil.copytree(study, folder)
        (folder / "index.md").write_text(f"{prose}\n\nThis was week {week}.\n")


def ours(project: Path) -> dict[str, float]:
    """Seconds from nothing and after an edit. Exits if the edit's site is not clean."""
    render = (sys.executable, "build.py", "render", "-C", project)

    def forget() -> None:
        # Moved, as ext4 takes seconds of the system's time to make files where
        # thousands were deleted just before.
        aside = Path(tempfile.mkdtemp(dir=project))
        for path in (".cache", "site", "site.previous"):
            if (project / path).exists():
                (project / path).rename(aside / path)

    forget()
    first = timed(*render)
    edited = sorted((project / "studies").glob("*/index.md"))[WEEKS // 2]
    edited.write_text(edited.read_text() + "One sentence more.\n")
    second = timed(*render)
    after = own(project / "site")
    forget()
    timed(*render)
    if after != own(project / "site"):
        sys.exit("the site after an edit is not the site from nothing")
    return {"from nothing": first, "after one prose edit": second}


def own(site: Path) -> dict[str, str]:
    """Hashes of a site's files, without assets kept for the pages before."""
    listed = read_manifest(site)
    if listed is None:
        sys.exit(f"{site}: no site")
    return {path: hash_file(site / path) for path in listed.own}


def as_markdown(page: Path) -> str:
    """A rendered study's prose and every table behind its figures, as Markdown."""
    body = LexborHTMLParser(page.read_text("utf-8")).css_first(".body")
    if body is None:
        sys.exit(f"{page}: no study")
    parts = [node.text(strip=True, separator=" ") for node in body.css(".body > p")]
    for table in body.css("details.data-table table"):
        rows = [[cell.text(strip=True).replace("|", "/") for cell in row.css("th, td")]
                for row in table.css("tr")]  # fmt: skip
        ruled = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in ruled))
    return "\n\n".join(part.replace("<", "&lt;") for part in parts)


def peers(project: Path) -> dict[str, Callable[[], float]]:
    """What builds the same text and tables with Pelican and with MkDocs."""
    place = ROOT / ".cache" / "benchmarks" / "peers"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        timed(python, "-m", "pip", "install", "-q", *PEERS)
    text = as_markdown(next((project / "site").glob("*/2025/*/*/*/index.html")))
    for name, head in (
        ("pelican", "Title: Week {0}\nDate: 2025-01-03\nSlug: week-{0}\n\n"),
        ("mkdocs", "# Week {0}\n\n"),
    ):
        folder = project / name / ("content" if name == "pelican" else "docs")
        folder.mkdir(parents=True)
        for week in range(WEEKS):
            (folder / f"week-{week}.md").write_text(head.format(week) + text)
    (project / "pelican" / "pelicanconf.py").write_text(
        "SITEURL = ''\nTIMEZONE = 'UTC'\nDELETE_OUTPUT_DIRECTORY = True\n"
        "MARKDOWN = {'extensions': ['tables']}\n"
    )
    (project / "mkdocs" / "mkdocs.yml").write_text("site_name: A year\n")
    return {
        "Pelican": lambda: timed(
            python, "-m", "pelican", "content", "-s", "pelicanconf.py",
            cwd=project / "pelican"),
        "MkDocs": lambda: timed(
            python, "-m", "mkdocs", "build", "-q", "--clean", cwd=project / "mkdocs"),
    }  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Measure by turns and print the medians."""
    study = source(words)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copies(study, project)
        turns = [ours(project)]
        others = peers(project)
        told: list[dict[str, float]] = []
        for _ in range(TURNS):
            told.append({name: build() for name, build in others.items()})
            turns.append(ours(project))
        page = next((project / "site").glob("*/2025/*/*/*/index.html"))
        print(
            f"{WEEKS} copies of {study.name}, {page.stat().st_size / 1000:.0f} kB each"
        )
        slow = 0
        for name, goal in GOALS.items():
            found = statistics.median(turn[name] for turn in turns[1:])
            print(f"ours, {name}: {found:.2f} s (goal {goal} s)")
            slow += found > goal
        for name in others:
            found = statistics.median(turn[name] for turn in told)
            print(f"{name}, the same prose and tables, no figure: {found:.2f} s")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
