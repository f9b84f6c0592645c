"""Mistakes that authors make: each is told with its place, its cause and what to do.

Every mistake is made in a project that was built, and met by the command line itself.
"""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.commandline import main
from tests.preview.serving import project
from tests.stub.project import tree

HOME = "studies/2026-11-13-slots"
STUDY, PROSE = f"{HOME}/study.yaml", f"{HOME}/index.md"
SITE = "studies/site.yaml"


@dataclass(frozen=True)
class Mistake:
    """A file, what is done to it, and what must be said: place, cause, remedy."""

    file: str
    change: Callable[[str], str] | str
    place: str
    cause: str
    remedy: str

    def make(self, folder: Path) -> None:
        """Make it in a project; a text is put at the end of the file."""
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8") if path.is_file() else ""
        changed = (
            text + self.change if isinstance(self.change, str) else self.change(text)
        )
        path.write_bytes(changed.encode("utf-8", "surrogateescape"))


def swap(old: str, new: str) -> Callable[[str], str]:
    """Put `new` in the place of `old`, which must be there."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


MISTAKES = {
    "a mistyped key": Mistake(
        STUDY, swap("tags:", "tagz:"), ":4:1: ", 'unknown key "tagz"', '"tags"?'
    ),
    "a colon without quotes": Mistake(
        STUDY,
        swap("title: Slots", "title: Model Blog: David"),
        ":1:",
        'a value that holds ": "',
        "must be quoted",
    ),
    "a tab": Mistake(
        STUDY, swap("  reviews:", "\treviews:"), ":6:1: ", "tab", "spaces"
    ),
    "no title": Mistake(
        STUDY, swap("title: Slots\n", ""), ":1:1: ", "title", "is required"
    ),
    "an empty title": Mistake(
        STUDY, swap("title: Slots", "title:"), ":1:1: ", "title", "empty"
    ),
    "a list that is none": Mistake(
        STUDY, swap("[attention]", "attention"), ":4:7: ", "tags must be", "a list"
    ),
    "a word for a number": Mistake(
        STUDY, swap("documents: 20", "documents: many"), ":6:", "got", "whole number"
    ),
    "a number out of range": Mistake(
        STUDY, swap("epochs: 1", "epochs: -1"), ":8:", "got -1", "must be"
    ),
    "a corpus of no kind": Mistake(
        STUDY,
        swap("planted_songs", "planted_song"),
        ":6:",
        "there is no kind",
        '"planted_songs"?',
    ),
    "a model of no kind": Mistake(
        STUDY,
        swap("textgenrnn", "textgenrn"),
        ":8:",
        "there is no kind",
        '"textgenrnn"?',
    ),
    "a method that is none": Mistake(
        STUDY,
        swap("method: writing", "method: writng"),
        ":10:",
        "there is no method",
        '"writing"?',
    ),
    "a figure that is none": Mistake(
        STUDY,
        swap("figure: matrix", "figure: matrx"),
        ":12:",
        "there is no figure",
        '"matrix"?',
    ),
    "a corpus that is not there": Mistake(
        STUDY,
        swap("corpus: reviews", "corpus: review"),
        ":8:",
        "there is no corpus",
        '"reviews"?',
    ),
    "a model that is not there": Mistake(
        STUDY, swap("model: lm", "model: ml"), ":10:", "there is no model", "known: lm"
    ),
    "an artifact that is not there": Mistake(
        STUDY,
        swap("artifact: greedy", "artifact: greed"),
        ":12:",
        "there is no artifact",
        '"greedy"?',
    ),
    "a setting of no figure": Mistake(
        STUDY,
        swap("artifact: greedy}", "artifact: greedy, titel: x}"),
        ":12:",
        'unknown key "titel"',
        '"title"?',
    ),
    "a key twice": Mistake(
        STUDY, "title: Again\n", ":14:1: ", "duplicate key", "keep one"
    ),
    "an open bracket": Mistake(
        STUDY, swap("[attention]", "[attention"), ":", "[", "close"
    ),
    "an open quote": Mistake(
        STUDY, swap("title: Slots", 'title: "Slots'), ":", "quote", "close"
    ),
    "a leading zero": Mistake(STUDY, "seed: 0123\n", ":14:7: ", "0123", "quote it"),
    "a yes for a text": Mistake(
        STUDY, swap("title: Slots", "title: true"), ":1:8: ", "true", "quote it"
    ),
    "a doubtful draft": Mistake(
        STUDY, "draft: maybe\n", ":14:8: ", "maybe", "true or false"
    ),
    "a merge that was left": Mistake(
        STUDY,
        "<<<<<<< HEAD\nseed: 1\n=======\n",
        ":14:1: ",
        "merge conflicts",
        "keep one side",
    ),
    "an anchor": Mistake(
        STUDY,
        swap("title: Slots", "title: &a Slots"),
        ":1:",
        "anchors",
        "write the value out",
    ),
    "an encoding": Mistake(
        STUDY, "summary: caf\udce9\n", ": ", "not UTF-8", "save the file as UTF-8"
    ),
    "an address without https": Mistake(
        SITE,
        swap("https://example.org/blog/", "example.org"),
        ":2:11: ",
        "base_url must be an address",
        "https://",
    ),
    "a mistyped time zone": Mistake(
        SITE,
        "timezone: Europe/Berln\n",
        ":3:11: ",
        "must be a time zone",
        '"Europe/Berlin"?',
    ),
    "a mistyped weekday": Mistake(
        SITE, "cadence: weekly fryday\n", ":3:10: ", "must be weekly", '"friday"?'
    ),
    "a mistyped key of the site": Mistake(
        SITE, "licens: x\n", ":3:1: ", "unknown key", '"licence"?'
    ),
    "a figure that no study has": Mistake(
        PROSE, "\n![x](figure:matrx)\n", ":5: ", "figure", '"matrix"?'
    ),
    "a value that no artifact has": Mistake(
        PROSE, "\nIt was {{ greedy.scores.maxi }}.\n", ":5: ", "maxi", '"max"?'
    ),
    "a format that is none": Mistake(
        PROSE, "\nIt was {{ greedy.scores.max:.2x }}.\n", ":5: ", ".2x", ".2f"
    ),
    "a study that is not there": Mistake(
        PROSE,
        "\nSee [it](../2025-12-05-earlyer/index.md).\n",
        ":5: ",
        "earlyer",
        '"2025-12-05-earlier"?',
    ),
    "a place that is not on the page": Mistake(
        PROSE, "\nSee [it](#fig-matrx).\n", ":5: ", "no place", '"fig-matrix"?'
    ),
    "a picture that is not there": Mistake(
        PROSE, "\n![x](images/no.png)\n", ":5: ", "does not exist", "put it beside"
    ),
    "a note that is not written": Mistake(
        PROSE, "\nSo they say.[^1]\n", ":5: ", 'no note "1"', "[^1]: "
    ),
    "a template that is not closed": Mistake(
        "templates/study.html",
        "{% block main %}\n{% if post %}",
        "templates/study.html:2",
        "",
        "endif",
    ),
    "a template that names nothing": Mistake(
        "templates/study.html",
        "{% extends 'base.html' %}\n{% block main %}\n{{ pots.title }}{% endblock %}",
        "templates/study.html:3",
        "'pots' is undefined",
        '"post"?',
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its site."""
    folder = project(tmp_path_factory.mktemp("mistakes"))
    assert rendered(folder) == 0
    return folder


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """The command line takes signals; a test gives them back."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def rendered(folder: Path) -> int:
    """Render a project by the command line."""
    return main(["-C", str(folder), "--now", "2030-01-01", "render"])


def copy(built: Path, folder: Path) -> Path:
    """A copy of the project, that it may be spoilt."""
    shutil.copytree(built, folder / "project")
    return folder / "project"


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of a mistake; the site must be as it was."""
    before = tree(folder / "site")
    capsys.readouterr()
    assert rendered(folder) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert tree(folder / "site") == before
    assert all(len(line) < 640 for line in said.splitlines())
    return said


@pytest.mark.parametrize("name", MISTAKES, ids=[n.replace(" ", "-") for n in MISTAKES])
def test_a_mistake_is_told(
    name: str, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its place, its cause and what to do; the line itself, with a caret if known."""
    mistake, folder = MISTAKES[name], copy(built, tmp_path)
    mistake.make(folder)
    said = told(folder, capsys)
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    place = (
        mistake.place if mistake.place[0] != ":" else f"{mistake.file}{mistake.place}"
    )
    (found,) = (e for e in errors if place in e and mistake.cause in e)
    assert mistake.remedy in found
    if match := re.search(rf"{re.escape(mistake.file)}:(\d+)(:\d+)?:", found):
        row = said.splitlines().index(found) + 1
        line = (
            (folder / mistake.file)
            .read_text("utf-8", "replace")
            .split("\n")[int(match[1]) - 1]
        )
        excerpt = said.splitlines()[row : row + 2]
        if line.strip():
            assert excerpt[0].startswith(f"  {match[1]} | ")
        if match[2] and line.strip():
            assert excerpt[1].strip(" |") == "^"


def test_a_study_without_prose(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing write-up is named, with what belongs there."""
    folder = copy(built, tmp_path)
    (folder / PROSE).unlink()
    assert f"error: {PROSE}: " in (said := told(folder, capsys))
    assert "prose is in index.md" in said


@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("2026-02-30-x", '"2026-02-30" is not a date', "YYYY-MM-DD"),
        ("2026-02-03-Ünïcode", "must match", "rename the folder"),
        ("2026-02-03-slots", "give one slug", "rename one"),
        ("x", "must be called YYYY-MM-DD-slug", "rename it"),
    ],
)
def test_a_folder_that_is_misnamed(  # noqa: PLR0917 - fixtures
    name: str,
    cause: str,
    remedy: str,
    built: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Bad dates, bad slugs and two studies of one name are told by their folder."""
    folder = copy(built, tmp_path)
    shutil.copytree(folder / HOME, folder / "studies" / name)
    said = told(folder, capsys)
    assert f"studies/{name}" in said
    assert cause in said
    assert remedy in said


def test_a_study_without_its_file(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a date and no definition is told by the file that is missing."""
    folder = copy(built, tmp_path)
    (folder / STUDY).unlink()
    said = told(folder, capsys)
    assert f"error: {STUDY}: there is no such file" in said


def test_a_certain_remedy_is_written_out(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that lacks its quotes is shown with them, and that line is right."""
    folder = copy(built, tmp_path)
    path = folder / STUDY
    was = path.read_text()
    path.write_text(was.replace("title: Slots", 'title: Model Blog: a "b" \\ c'))
    (fix,) = (x for x in told(folder, capsys).splitlines() if x.startswith("  fix: "))
    path.write_text(was.replace("title: Slots", fix.removeprefix("  fix: ")))
    assert rendered(folder) == 0
    page = folder / "site" / "studies/2026/11/13/slots/index.html"
    assert "Model Blog: a &#34;b&#34; \\ c</h1>" in page.read_text("utf-8")
