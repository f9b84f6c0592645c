"""The next study of a blog: its day, what it begins with, and that it is a study."""

from __future__ import annotations

import datetime as dt
import re
import stat
import sys
from pathlib import Path

import pytest

from generator.cli.job import Job
from generator.cli.new import NewStudyOptions, start_study
from generator.core.errors import ConfigError, StudyError
from generator.study.new_study import copy_study_parts, write_new_study
from generator.study.project import list_study_folders
from generator.study.study import load_studies, load_study

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = list_study_folders(ROOT)
FIRST = """\
# head
title: First
summary: mine
tags: [a]
updates:
  - {date: 2026-11-21, text: changed}

# The corpus
# of two lines
corpora:
  # inside
  reviews: {kind: planted_songs, documents: 20}  # few

models:
  lm: {kind: textgenrnn, corpus: reviews, word_level: true, epochs: 1}
seed: 4
artifacts:
  greedy: {method: writing, model: lm, length: 3, temperature: 0}
figures:
  weights: {figure: matrix, artifact: greedy}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A blog that appears on Fridays, with one study."""
    home = tmp_path / "studies" / "2026-11-20-first"
    home.mkdir(parents=True)
    (home / "study.yaml").write_text(FIRST)
    (home / "index.md").write_text("![x](figure:weights)\n")
    (tmp_path / "studies" / "site.yaml").write_text("cadence: weekly friday\n")
    return tmp_path


def job(project: Path, now: str = "2026-11-26") -> Job:
    """A job on a Thursday."""
    return Job(project=str(project), now=now, quiet=True)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name[11:])
def test_every_shipped_study_can_be_the_beginning(folder: Path, tmp_path: Path) -> None:
    """What comes out is a study, with the same parts, each of its figures placed."""
    (tmp_path / "studies").mkdir()
    source = load_study(folder)
    made = write_new_study(tmp_path, "next", date=dt.date(2027, 1, 1), source=source)
    study = load_study(made)
    for part in ("corpora", "models", "artifacts", "figures", "seed", "tags"):
        assert getattr(study, part) == getattr(source, part)
    assert study.title == "Next"
    assert not study.summary
    text = (made / "index.md").read_text("utf-8")
    assert re.findall(r"\]\(figure:([^)]+)\)", text) == list(source.figures)
    assert f"(../{folder.name}/index.md)" in text


def test_comments_come_along(project: Path) -> None:
    """Sections are copied as they are written; what is one study's own is not."""
    made = start_study(job(project), "second", NewStudyOptions())
    text = (made / "study.yaml").read_text()
    for part in ("# The corpus\n# of two lines\ncorpora:", "  # inside\n", "  # few\n"):
        assert part in text
    assert "updates" not in text
    assert "mine" not in text
    assert text.count("seed: 4") == 1
    assert text.index("seed") < text.index("corpora")


@pytest.mark.parametrize(
    ("now", "options", "date"),
    [
        ("2026-11-26", NewStudyOptions(), "2026-11-27"),
        ("2026-11-27", NewStudyOptions(), "2026-11-27"),
        ("2026-11-28", NewStudyOptions(), "2026-12-04"),
        ("2026-11-01", NewStudyOptions(), "2026-11-27"),
        ("2026-11-26", NewStudyOptions(schedule=False), "2026-11-26"),
        ("2026-11-26", NewStudyOptions(date=dt.date(2026, 11, 30)), "2026-11-30"),
    ],
)
def test_its_day(now: str, options: NewStudyOptions, date: str, project: Path) -> None:
    """It takes the next free slot, or the day that was asked for."""
    assert start_study(job(project, now), "second", options).name == f"{date}-second"


def test_slots_are_taken_one_after_the_other(project: Path) -> None:
    """Two studies made on one day appear a week apart."""
    names = [
        start_study(job(project), name, NewStudyOptions()).name for name in ("b", "c")
    ]
    assert names == ["2026-11-27-b", "2026-12-04-c"]
    assert len(load_studies(project)) == 3


def test_what_it_begins_with(project: Path) -> None:
    """The newest study, the one that is named, or a small example."""
    start_study(job(project), "b", NewStudyOptions(plain=True))
    assert (
        "greedy.scores.max"
        in (
            start_study(job(project), "c", NewStudyOptions(plain=True)) / "index.md"
        ).read_text()
    )
    made = start_study(job(project), "d", NewStudyOptions(source="first"))
    assert "First](../2026-11-20-first/" in (made / "index.md").read_text()
    assert (
        "[D]"
        not in (
            start_study(job(project), "draft", NewStudyOptions()) / "index.md"
        ).read_text()
    )
    settings = made / "study.yaml"
    settings.write_text(re.sub(r"(?m)^draft: true.*\n", "", settings.read_text()))
    made = start_study(job(project), "e", NewStudyOptions(source="d"))
    assert "[D](../2026-12-11-d/" in (made / "index.md").read_text()
    with pytest.raises(
        ConfigError, match='no study "no"; known: first, b, c, d, draft, e'
    ):
        start_study(job(project), "f", NewStudyOptions(source="no"))
    with pytest.raises(ConfigError, match="contradict"):
        start_study(job(project), "f", NewStudyOptions(source="first", plain=True))


def test_files_that_a_corpus_reads_come_along(project: Path) -> None:
    """A corpus in the study's folder is copied, so that the new study can read it."""
    home = project / "studies" / "2026-11-20-first"
    songs = "  reviews: {kind: songs, path: data/songs.txt}"
    text = re.sub(r"  reviews: .*", songs, FIRST)
    (home / "study.yaml").write_text(text.replace("kind: songs", "kind: lines"))
    (home / "data").mkdir()
    (home / "data" / "songs.txt").write_text("one\ntwo\n")
    made = start_study(job(project), "b", NewStudyOptions())
    assert (made / "data" / "songs.txt").read_text() == "one\ntwo\n"


def test_a_file_that_cannot_be_taken_apart(project: Path) -> None:
    """Keys on one line are refused with what to do, and nothing is made."""
    home = project / "studies" / "2026-11-20-first"
    (home / "study.yaml").write_text("{title: a, seed: 3}\n")
    with pytest.raises(ConfigError, match="--plain"):
        copy_study_parts(load_study(home))
    with pytest.raises(ConfigError, match="--plain"):
        start_study(job(project), "b", NewStudyOptions())
    assert len(list_study_folders(project)) == 1


def test_no_rhythm(project: Path) -> None:
    """Without a cadence it is today; asking for a slot says what to set."""
    (project / "studies" / "site.yaml").unlink()
    assert start_study(job(project), "b", NewStudyOptions()).name == "2026-11-26-b"
    with pytest.raises(ConfigError, match="cadence: weekly friday"):
        start_study(job(project), "c", NewStudyOptions(schedule=True))


def test_the_editor(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is run without a shell on both files, and its failure loses nothing."""
    script = project / "my editor"
    script.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\n"
        f"pathlib.Path({str(project / 'seen')!r}).write_text(repr(sys.argv[1:]))\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{script}' -w '$(touch pwned)'")
    made = start_study(job(project), "b", NewStudyOptions(edit=True))
    seen = (project / "seen").read_text()
    files = [str(made / "study.yaml"), str(made / "index.md")]
    assert seen == repr(["-w", "$(touch pwned)", *files])
    for editor, said in (("", "is set"), ("'", "open quote"), ("/no/such", "be run")):
        monkeypatch.setenv("EDITOR", editor)
        with pytest.raises(StudyError, match=said):
            start_study(job(project), f"c{len(editor)}", NewStudyOptions(edit=True))
    assert {f.name[11:] for f in list_study_folders(project)} == {"first", "b", "c8"}
