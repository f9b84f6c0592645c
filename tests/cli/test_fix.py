"""`fix` makes the changes that messages name, and no others."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from generator.cli.commands import list_studies
from generator.cli.fix import apply_edits, find_mistakes, fix_sources, replace_pieces
from generator.cli.job import Job
from generator.core.edits import LineEdit, SettingEdit, TextEdit
from generator.core.errors import StudyError, find_meant
from generator.study.yaml.edits import locate_setting_edit, read_line_edit
from generator.study.yaml.read import read_yaml

NAME = "studies/2024-02-02-a/study.yaml"
STUDY = """\
# what this is about
title: A study  # short
tagz: [x]
corpora:
  rows: {kind: labelled, path: rows.csv}  # by hand
  other:
    kind: labelled  # by hand too
    path: rows.csv
    labels: [a, b]
"""


def write_project(folder: Path, study: bytes = STUDY.encode()) -> Job:
    """Write a project of one study, and return a run on it."""
    path = folder / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(study)
    (path.parent / "index.md").write_text("Text.\n")
    (path.parent / "rows.csv").write_text("text,label\na,a\nb,b\n")
    return Job(project=str(folder), now="2030-01-01", no_wait=True)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_but_the_mistake_stays(end: str, mark: str, tmp_path: Path) -> None:
    """Comments, line ends and the byte order mark are as they were; again, nothing."""
    written = mark + STUDY.replace("\n", end)
    job = write_project(tmp_path, written.encode())
    assert fix_sources(job, yes=True) == 0
    path = tmp_path / NAME
    assert path.read_bytes().decode() == written.replace("tagz", "tags")
    stamp = path.stat().st_mtime_ns
    assert fix_sources(Job(project=str(tmp_path)), yes=True) == 0
    assert path.stat().st_mtime_ns == stamp


def test_nothing_is_written_without_consent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The change is shown, a question is asked, and no leaves the file as it is."""
    job = write_project(tmp_path)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: False)
    assert fix_sources(job, yes=False) == 2
    said = capsys.readouterr().out
    assert "-tagz: [x]\n+tags: [x]" in said
    assert (tmp_path / NAME).read_text() == STUDY
    monkeypatch.setattr(click, "confirm", lambda *_, **__: True)
    assert fix_sources(Job(project=str(tmp_path)), yes=False) == 0


def test_what_is_not_plain_is_told_and_left(tmp_path: Path) -> None:
    """Two names that are about as near are a choice; it is the author's."""
    text = STUDY.replace("tagz", "tags").replace("kind: labelled,", "kind: leballed,")
    job = write_project(tmp_path, text.replace("title: A study", "title:").encode())
    with pytest.raises(StudyError, match="title is empty"):
        fix_sources(job, yes=True)
    assert "kind: labelled," in (tmp_path / NAME).read_text()


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("tagz", ["tags", "title"], "tags"),
        ("run_a", ["run_b", "run_c"], None),
        ("attention", ["attention_1", "attention_2"], None),
        ("xyz", ["tags"], None),
        ("x", [], None),
    ],
)
def test_a_name_is_meant_if_no_other_is_as_near(
    word: str, known: list[str], meant: str | None
) -> None:
    """A wrong guess would change what a study says."""
    assert find_meant(word, known) == meant


def test_a_piece_that_is_not_there_is_left() -> None:
    """Edits of a file that changed meanwhile, and those that overlap, are not made."""
    text = "one two\nthree\n"
    right = TextEdit("f", 1, 5, "two", "2")
    assert replace_pieces(text, [right]) == "one 2\nthree\n"
    for wrong in (
        TextEdit("f", 1, 4, "two", "2"),
        TextEdit("f", 9, 1, "two", "2"),
        TextEdit("f", 2, 1, "two", "2"),
    ):
        assert replace_pieces(text, [wrong]) == text
    over = TextEdit("f", 1, 1, "one two", "")
    assert replace_pieces(text, [over, right]) == "three\n"


def test_no_file_outside_the_project_is_changed(tmp_path: Path) -> None:
    """An edit names a file of the project, whatever its path says."""
    (tmp_path / "project").mkdir()
    (tmp_path / "other").write_text("a\n")
    edit = TextEdit("../other", 1, 1, "a", "b")
    assert apply_edits(tmp_path / "project", [edit]) == {}
    inside = TextEdit("other", 1, 1, "a", "b")
    assert apply_edits(tmp_path, [inside]) == {"other": ("a\n", "b\n")}


@pytest.mark.parametrize(
    ("entry", "edit", "line"),
    [
        ("rows", SettingEdit("header", value=False),
         "  rows: {kind: labelled, header: false, path: rows.csv}  # by hand"),
        ("rows", SettingEdit("path", "b.csv"),
         '  rows: {kind: labelled, path: "b.csv"}  # by hand'),
        ("other", SettingEdit("header", value=False), "    header: false"),
        ("other", SettingEdit("labels", ["a", "c"]), "    labels: [a, c]"),
    ],
)  # fmt: skip
def test_a_setting_is_written_as_its_entry_is(
    entry: str, edit: SettingEdit, line: str, tmp_path: Path
) -> None:
    """In braces or on a line of its own; the file means what the edit says."""
    job = write_project(tmp_path, STUDY.replace("tagz", "tags").encode())
    source = read_yaml(tmp_path / NAME, NAME)
    found = locate_setting_edit(source, ("corpora", entry), edit)
    assert found
    (tmp_path / NAME).write_text(replace_pieces(STUDY.replace("tagz", "tags"), [found]))
    assert line in (tmp_path / NAME).read_text().split("\n")
    again = read_yaml(tmp_path / NAME, NAME).data["corpora"]
    assert again[entry][edit.setting] == edit.value
    other = "other" if entry == "rows" else "rows"
    assert again[other] == source.data["corpora"][other]
    assert job


def test_a_setting_is_removed_with_its_line(tmp_path: Path) -> None:
    """From braces with its comma, from lines with its line; else there is no edit."""
    write_project(tmp_path)
    source = read_yaml(tmp_path / NAME, NAME)
    gone = locate_setting_edit(
        source, ("corpora", "other"), SettingEdit("labels", None)
    )
    assert gone
    assert replace_pieces(STUDY, [gone]) == STUDY.replace("    labels: [a, b]\n", "")
    kind = locate_setting_edit(source, ("corpora", "rows"), SettingEdit("kind", None))
    assert kind
    assert "{path: rows.csv}" in replace_pieces(STUDY, [kind])
    last = locate_setting_edit(source, ("corpora", "rows"), SettingEdit("path", None))
    assert last is None


def test_lines_of_a_table_are_replaced(tmp_path: Path) -> None:
    """A line goes with its end; a file elsewhere, or no UTF-8, has no edit."""
    (tmp_path / "t.csv").write_bytes(b"a\r\nb\r\nc\r\n")
    removed = read_line_edit(tmp_path, "s", LineEdit("t.csv", 2, None))
    changed = read_line_edit(tmp_path, "s", LineEdit("t.csv", 1, "x", 2))
    assert removed
    assert changed
    assert replace_pieces("a\r\nb\r\nc\r\n", [removed]) == "a\r\nc\r\n"
    assert replace_pieces("a\r\nb\r\nc\r\n", [changed]) == "x\r\nc\r\n"
    assert read_line_edit(tmp_path, "s", LineEdit("../t.csv", 1, None)) is None
    assert read_line_edit(tmp_path, "s", LineEdit("t.csv", 9, None)) is None
    (tmp_path / "l.csv").write_bytes(b"\xe9\n")
    assert read_line_edit(tmp_path, "s", LineEdit("l.csv", 1, None)) is None


def test_mistakes_are_found_without_a_site(tmp_path: Path) -> None:
    """What `fix` reads is what `check` reads."""
    job = write_project(tmp_path)
    error = find_mistakes(job)
    assert error
    assert [edit.new for edit in error.edits if isinstance(edit, TextEdit)] == ["tags"]


def test_a_hint_says_what_the_edit_writes(tmp_path: Path) -> None:
    """Words and edit cannot differ: values are quoted as they are written."""
    study = "title: 1.50\nsummary: x\nsampling: rando\ntags: [0x1F]\n"
    error = find_mistakes(write_project(tmp_path, study.encode()))
    assert error
    new = [edit.new for edit in error.edits if isinstance(edit, TextEdit)]
    assert new == ['"1.50"', "random", '"0x1F"']
    for text, problem in zip(new, error.problems, strict=True):
        assert text in problem


def test_drafts_are_checked_where_they_are_listed_alone(tmp_path: Path) -> None:
    """A draft may be unfinished: only `list --drafts` tells of its write-up."""
    study = STUDY.replace("tagz", "draft: true\ntags").partition("corpora")[0]
    job = write_project(tmp_path, study.encode())
    (tmp_path / NAME).with_name("index.md").write_text("![x](figure:none)\n")
    list_studies(job, as_json=False)
    with pytest.raises(StudyError, match='no figure "none"'):
        list_studies(job, as_json=False, asked=["drafts"])


def test_settings_of_one_remedy_are_written_together() -> None:
    """What is put before one word is put there at once, in its order."""
    first = TextEdit("f", 1, 2, "kind", "a: 1, kind")
    second = TextEdit("f", 1, 2, "kind", "b: 2, kind")
    assert replace_pieces("{kind: x}", [first, second]) == "{a: 1, b: 2, kind: x}"
    other = TextEdit("f", 1, 2, "kind", "sort")
    assert replace_pieces("{kind: x}", [first, other]) == "{a: 1, kind: x}"
