"""Mistakes that authors make: each is told with its place, its cause and what to do.

Every mistake is made in a project that was built, and met by the command line itself.
"""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from generator.cli.main import main
from tests.cli.preview.serving import project
from tests.stub.project import tree

HOME = "studies/2026-11-13-slots"
STUDY, PROSE = f"{HOME}/study.yaml", f"{HOME}/index.md"
SITE = "studies/site.yaml"


@dataclass(frozen=True)
class Mistake:
    """A file, what is done to it, and what must be said: place, cause, remedy."""

    file: str
    place: str
    cause: str
    remedy: str
    swap: tuple[str, str] = ("", "")
    add: str = ""

    def make(self, folder: Path) -> None:
        """Make it in a project."""
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8") if path.is_file() else ""
        old, new = self.swap
        assert old in text
        changed = text.replace(old, new, 1) + self.add
        path.write_bytes(changed.encode("utf-8", "surrogateescape"))


FILES = {"study.yaml": STUDY, "index.md": PROSE, "site.yaml": SITE}
SAMPLES = Path(__file__).parent / "samples"
MISTAKES = {
    name: Mistake(FILES.get(file := told.pop("file"), file), **told)
    for name, told in YAML(typ="safe").load(SAMPLES / "mistakes.yaml").items()
} | {
    "an encoding": Mistake(
        STUDY,
        ":14:13: ",
        "not UTF-8",
        "save the file as UTF-8",
        add="summary: caf\udce9\n",
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


def report_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
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
    said = report_mistake(folder, capsys)
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
    assert f"error: {PROSE}: " in (said := report_mistake(folder, capsys))
    assert "put the study's prose there, as a file" in said


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
    said = report_mistake(folder, capsys)
    assert f"studies/{name}" in said
    assert cause in said
    assert remedy in said


def test_a_study_without_its_file(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a date and no definition is told by the file that is missing."""
    folder = copy(built, tmp_path)
    (folder / STUDY).unlink()
    said = report_mistake(folder, capsys)
    assert f"error: {STUDY}: there is no such file" in said


def test_a_certain_remedy_is_written_out(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that lacks its quotes is shown with them, and that line is right."""
    folder = copy(built, tmp_path)
    path = folder / STUDY
    was = path.read_text()
    path.write_text(was.replace("title: Slots", 'title: Model Blog: a "b" \\ c'))
    (fix,) = (
        x
        for x in report_mistake(folder, capsys).splitlines()
        if x.startswith("  fix: ")
    )
    path.write_text(was.replace("title: Slots", fix.removeprefix("  fix: ")))
    assert rendered(folder) == 0
    page = folder / "site" / "studies/2026/11/13/slots/index.html"
    assert "Model Blog: a &#34;b&#34; \\ c</h1>" in page.read_text("utf-8")
