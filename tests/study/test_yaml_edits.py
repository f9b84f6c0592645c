"""Edits of study files: what is written where, and when none is plain."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import Field

from generator.core.edits import LineEdit, SettingEdit, TextEdit
from generator.core.errors import ConfigError
from generator.core.spec import Spec
from generator.study.yaml.edits import locate_setting_edit, read_line_edit
from generator.study.yaml.errors import fill_model
from generator.study.yaml.read import read_yaml
from generator.study.yaml.source import YamlSource, decode_yaml


def read(folder: Path, text: str) -> YamlSource:
    """A file of YAML that was read."""
    (folder / "a.yaml").write_text(text, newline="")
    return read_yaml(folder / "a.yaml", "a.yaml")


def applied(text: str, edit: TextEdit) -> str:
    """A text in which an edit was made, which is where it says."""
    lines = text.splitlines(keepends=True)
    at = sum(map(len, lines[: edit.line - 1])) + edit.column - 1
    assert text[at:].startswith(edit.old)
    return text[:at] + edit.new + text[at + len(edit.old) :]


@pytest.mark.parametrize(
    ("value", "before", "after"),
    [
        (3, "e:\n  kind: k\n  a: 1 # c\n", "e:\n  kind: k\n  a: 3 # c\n"),
        (3, "e: {kind: k, a: 1}\n", "e: {kind: k, a: 3}\n"),
        (3, "e: {kind: k, a: [1, 2]}\n", "e: {kind: k, a: 3}\n"),
        (3, 'e: {kind: k, a: "x, y"}\n', "e: {kind: k, a: 3}\n"),
        (3, "e:\n  kind: k\n  b: 1\n", "e:\n  kind: k\n  a: 3\n  b: 1\n"),
        (3, "e:\r\n  kind: k\r\n", "e:\r\n  a: 3\r\n  kind: k\r\n"),
        (3, "e: {kind: k, b: 1}\n", "e: {kind: k, a: 3, b: 1}\n"),
        (3, "e: {kind: k}\n", "e: {a: 3, kind: k}\n"),
        (None, "e:\n  kind: k\n  a: 1 # c\n  b: 2\n", "e:\n  kind: k\n\n  b: 2\n"),
        (None, "e: {a: 1, kind: k}\n", "e: {kind: k}\n"),
        (None, "e: {kind: k, a: 1}\n", None),
        (None, "e:\n  kind: k\n", None),
        (3, "e:\n  kind: k\n  a:\n    - 1\n", None),
        (3, "e:\n  kind: k\n  a: >\n    x\n", "e:\n  kind: k\n  a: 3\n    x\n"),
        (3, "e: {}\n", None),
        (None, "e: {}\n", None),
        (3, 'e: {"kind": k}\n', None),
    ],
)
def test_a_setting_is_written_where_it_belongs(
    value: int | None, before: str, after: str | None, tmp_path: Path
) -> None:
    """In a line or in braces, as the entry is written; all else stays."""
    edit = locate_setting_edit(read(tmp_path, before), ("e",), SettingEdit("a", value))
    assert (edit and applied(before, edit)) == after


LINES = "one\r\ntwo\nthree\rfour"


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (LineEdit("f.txt", 1, "x"), "one\r\n", "x\r\n"),
        (LineEdit("f.txt", 2, "x"), "two\n", "x\n"),
        (LineEdit("f.txt", 3, "x"), "three\r", "x\r"),
        (LineEdit("f.txt", 4, "x"), "four", "x"),
        (LineEdit("f.txt", 1, "x", 2), "one\r\ntwo\n", "x\n"),
        (LineEdit("f.txt", 1, "x", 4), LINES, "x"),
        (LineEdit("f.txt", 2, None), "two\n", ""),
        (LineEdit("f.txt", 4, "x", 2), None, ""),
        (LineEdit("f.txt", 5, "x"), None, ""),
        (LineEdit("f.txt", 6, "x"), None, ""),
        (LineEdit("f.txt", 2, "x", 0), None, ""),
        (LineEdit("../f.txt", 1, "x"), None, ""),
        (LineEdit("none.txt", 1, "x"), None, ""),
        (LineEdit("latin.txt", 1, "x"), None, ""),
    ],
)
def test_lines_are_replaced_with_their_ends(
    edit: LineEdit, old: str | None, new: str, tmp_path: Path
) -> None:
    """Of a file of the study in UTF-8; elsewhere, or beyond its end, nothing is."""
    for folder in (tmp_path, tmp_path / "s"):
        folder.mkdir(exist_ok=True)
        (folder / "f.txt").write_bytes(LINES.encode())
    (tmp_path / "s" / "latin.txt").write_bytes(b"\xe9\n")
    found = read_line_edit(tmp_path / "s", "studies/s", edit)
    if old is None:
        assert found is None
    else:
        assert found == TextEdit("studies/s/f.txt", edit.line, 1, old, new)


def test_nothing_is_read_that_is_no_file(tmp_path: Path) -> None:
    """A pipe would be waited for."""
    os.mkfifo(tmp_path / "f.txt")
    assert read_line_edit(tmp_path, "s", LineEdit("f.txt", 1, "x")) is None


class Entry(Spec):
    """Settings of each kind."""

    count: int = 1
    share: float = Field(default=0.5, ge=0)
    words: tuple[str, ...] = ()
    name: str = ""
    mixed: int | tuple[int, ...] = 1


@pytest.mark.parametrize(
    ("written", "mended", "hint"),
    [
        ("count: '12'", "count: 12", "remove the quotes"),
        ("count: “12”", "count: 12", "remove the curly quotes"),
        ("mixed: '12'", "mixed: 12", "remove the quotes"),
        ("share: '-1.5'", "share: -1.5", "remove the quotes"),
        ("share: 0,5", "share: 0.5", "write a point: 0.5"),
        ("share: -0,5", "share: -0.5", "write a point: -0.5"),
        ("share: 50%", None, "write the number alone, such as 50"),
        ("share: 1.5 s", None, "write the number alone, such as 1.5"),
        ("count: many", None, None),
        ("count: 5x5", None, None),
        ("words: one", "words: [one]", "put it in brackets: [one]"),
        ("words: 'a b'", "words: ['a b']", "put it in brackets: ['a b']"),
        ("words: 1.50", "words: [1.50]", "put it in brackets: [1.50]"),
        ("name: 1.50", 'name: "1.50"', 'quote it: "1.50"'),
        ("name: true", 'name: "true"', 'quote it: "true"'),
        ("name: [a]", None, None),
    ],
)
def test_a_value_of_the_wrong_type_is_mended(
    written: str, mended: str | None, hint: str | None, tmp_path: Path
) -> None:
    """Where it is plain what was meant; else the message says what it can."""
    for form in ("e:\n  {}\n", "e: {{{}}}\n")[: 1 if "," in written else 2]:
        text = form.format(written)
        source = read(tmp_path, text)
        assert fill_model(Entry, source.data["e"], source, ("e",)) is None
        (problem,) = source.problems
        if hint is None:
            assert ";" not in problem.text
        else:
            assert problem.text.endswith(f"; {hint}")
        edit = problem.edit
        assert (edit and applied(text, edit)) == (mended and form.format(mended))


def test_a_quoted_word_is_replaced_within_its_quotes(tmp_path: Path) -> None:
    """They stay; what is not written there is not replaced."""
    text = "a: 'one'\nb: two\n"
    source = read(tmp_path, text)
    edit = source.make_edit((1, 4), "one", "x")
    assert edit
    assert applied(text, edit) == "a: 'x'\nb: two\n"
    assert source.make_edit((1, 4), "two", "x") is None
    assert source.make_edit((2, 4), "", "x") is None
    assert source.make_edit((2, 4), "tw", "x") == TextEdit("a.yaml", 2, 4, "tw", "x")
    assert source.make_edit((9, 1), "two", "x") is None


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff\xfea\0", "1:1: UTF-16"),
        (b"\xfe\xff\0a", "1:1: UTF-16"),
        (b"a\0b\0", "1:1: UTF-16"),
        (b"a\0b", None),
        (b"\xef\xbb\xbfa", None),
        (b"\xe9", "1:1: not UTF-8: byte 0xe9"),
        (b"\xef\xbb\xbfa\xe9", "1:2: not UTF-8: byte 0xe9"),
        (b"a\n\xc3\xa9\xc3\xa9\xe9", "2:3: not UTF-8: byte 0xe9"),
    ],
)
def test_other_encodings_are_named_with_their_place(
    data: bytes, place: str | None
) -> None:
    """Columns count characters; a mark of the order of bytes is none."""
    if place is None:
        assert decode_yaml(data, "f") == data.decode("utf-8-sig")
    else:
        with pytest.raises(ConfigError, match=f"^f:{place}"):
            decode_yaml(data, "f")


def test_what_was_opened_and_not_closed_is_named(tmp_path: Path) -> None:
    """A quote that the next value closes is where its own was forgotten."""
    for text, place in (
        ('a: "one\nb: "two"\n', (1, 4)),
        ("x:\n- a: 'one\n- b: 'two'\n", (2, 6)),
        ("a: [1,\nb: 2\n", (1, 4)),
    ):
        with pytest.raises(ConfigError, match="opened here is not closed") as caught:
            read(tmp_path, text)
        (problem,) = caught.value.problems
        assert problem.startswith(f"a.yaml:{place[0]}:{place[1]}: ")
