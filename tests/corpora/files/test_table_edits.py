"""What the errors of tables say to do, done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.core.edits import LineEdit, SettingEdit, format_edit
from generator.core.errors import CorpusError
from generator.corpora.base import Corpus, CorpusSpec, Folders
from generator.corpora.files.labelled import Labelled
from generator.corpora.files.lines import Lines
from generator.corpora.files.parallel import Pairs
from generator.study.yaml.read import read_yaml
from tests.corpora.files.apply_edits import apply_edits

TABLE = "text,label\n" + "".join(
    f"{word} soup {n},{label}\n"
    for n in range(3)
    for word, label in (("cold", "no"), ("warm", "yes"))
)
OBJECTS = "".join(
    json.dumps({"text": f"{word} soup {n}", "label": label}) + "\n"
    for n in range(3)
    for word, label in (("cold", "no"), ("warm", "yes"))
)
HEADLESS = "".join(f"no\tcold soup {n}\nyes\twarm soup {n}\n" for n in range(3))
PARTS = "text,label,part\n" + "".join(
    f"{side} soup {n},{n % 2},{side}\n" for side in ("train", "test") for n in range(4)
)
CURLY = TABLE.replace("soup", "“soup”")
RUSSIAN = "text,label\n" + "Суп был холодный,нет\nХороший тёплый суп,да\n" * 3
PAIRS = "a cold soup\tune soupe froide\na warm soup\tune soupe chaude\n"

# The corpus, its file, its settings, and how many of the rows are documents at last.
HINTS: dict[str, tuple[type[CorpusSpec], str, str | bytes, dict[str, Any], int]] = {
    "cp1252": (Labelled, "x.csv", CURLY.encode("cp1252"), {}, 6),
    "latin-1": (Labelled, "x.csv", TABLE.replace("soup", "é").encode("latin-1"), {}, 6),
    "wrong": (Labelled, "x.csv", f"{TABLE}é,no", {"encoding": "utf-16-le"}, 7),
    "narrow": (Labelled, "x.csv", TABLE, {"encoding": "utf-16-be"}, 6),
    "wider": (Labelled, "x.csv", TABLE.encode("utf-16-le"), {"encoding": "cp1252"}, 6),
    "cyrillic": (Labelled, "x.csv", RUSSIAN.encode("cp1251"), {}, 6),
    "utf-16": (Labelled, "x.csv", TABLE.encode("utf-16-le"), {}, 6),
    "no heading": (Labelled, "x.tsv", HEADLESS, {}, 6),
    "numbers": (Labelled, "x.tsv", HEADLESS, {"header": False}, 6),
    "columns": (Labelled, "x.csv", TABLE.replace("text,label", "a;b,c"), {}, 6),
    "capitals": (Labelled, "x.csv", TABLE.replace("text,label", "Text,Label"), {}, 6),
    "objects": (Labelled, "x.jsonl", OBJECTS.replace("text", "review"), {}, 6),
    "delimiter": (Labelled, "x.csv", TABLE, {"delimiter": ";"}, 6),
    "names": (
        Labelled,
        "x.csv",
        TABLE.replace("\n", ",0\n").replace("label,0", "label,text"),
        {},
        6,
    ),
    "comma": (Labelled, "x.csv", TABLE + "cold, old soup,no\n", {}, 7),
    "commas": (Labelled, "x.csv", TABLE + "cold, old, bad soup,no\n", {}, 7),
    "short": (Labelled, "x.csv", TABLE + "-\n", {}, 6),
    "short tsv": (
        Labelled,
        "x.tsv",
        "text\tlabel\n" + "a\tno\nb\tyes\n" * 2 + "-\n",
        {"quotes": False},
        4,
    ),
    "inch": (Labelled, "x.csv", TABLE + 'the 7" disc,no\n', {}, 7),
    "open": (Labelled, "x.csv", TABLE + '"cold soup,no\n', {}, 7),
    "inside": (Labelled, "x.csv", TABLE + '"cold" soup,no\n', {}, 7),
    "lone cr": (Labelled, "x.csv", TABLE + "cold\rsoup,no\n", {}, 7),
    "unlabelled": (Labelled, "x.csv", TABLE + "cold,\n", {}, 6),
    "strange": (
        Labelled,
        "x.csv",
        TABLE + "a,odd\nb,odd\n",
        {"labels": ["yes", "no"]},
        8,
    ),
    "spelling": (
        Labelled,
        "x.csv",
        TABLE + "a,No\nb,YES \n",
        {"labels": ["yes", "no"]},
        8,
    ),
    "named": (
        Labelled,
        "x.csv",
        TABLE + "a,odd\nb,odd\n",
        {"labels": {"yes": "good", "no": "bad"}},
        8,
    ),
    "same": (Labelled, "x.csv", TABLE + "a,No\nb, no\n", {}, 8),
    "spaces": (Labelled, "x.csv", TABLE.replace(",no", ",no "), {}, 6),
    "long": (Labelled, "x.csv", TABLE.replace(",no", f",{'no' * 40}"), {}, 6),
    "control": (Labelled, "x.csv", TABLE.replace(",no", ",no\x1b"), {}, 6),
    "rare": (Labelled, "x.csv", TABLE + "a,odd\n", {}, 6),
    "rare strange": (
        Labelled,
        "x.csv",
        TABLE + "a,odd\n",
        {"labels": ["yes", "no"]},
        6,
    ),
    "listed": (Labelled, "x.csv", TABLE, {"labels": ["yes", "no", "odd"]}, 6),
    "limit": (Labelled, "x.csv", TABLE, {"limit": 1}, 6),
    "sides": (
        Labelled,
        "x.csv",
        PARTS.replace("test,", "dev,").replace(",test", ",dev"),
        {"part": "part"},
        8,
    ),
    "untaught": (
        Labelled,
        "x.csv",
        PARTS + "a,2,test\nb,2,test\n",
        {"part": "part"},
        8,
    ),
    "leakage": (
        Labelled,
        "x.csv",
        TABLE + "cold soup 0,no\n",
        {"leakage": "forbid"},
        7,
    ),
    "bad line": (Labelled, "x.jsonl", OBJECTS + '{"text": "cut sh', {}, 6),
    "list": (Labelled, "x.jsonl", OBJECTS + '["a", "no"]\n', {}, 6),
    "no text": (Labelled, "x.jsonl", OBJECTS + '{"text": 3, "label": "no"}\n', {}, 6),
    "nul": (
        Labelled,
        "x.jsonl",
        OBJECTS + '{"text": "\\u0000", "label": "no"}\n',
        {},
        6,
    ),
    "json label": (
        Labelled,
        "x.jsonl",
        OBJECTS + '{"text": "a", "label": []}\n',
        {},
        6,
    ),
    "one column": (Pairs, "x.txt", PAIRS + "alone\n", {}, 2),
    "pairs": (Pairs, "x.csv", PAIRS.replace("\t", ";"), {}, 2),
    "quoted pairs": (Pairs, "x.csv", 'a;"b; ""c"""\nd;"e\nf"\n', {}, 2),
    "said pairs": (Pairs, "x.csv", "sep=|\n" + PAIRS.replace("\t", "|"), {}, 2),
    "long pairs": (Pairs, "x.txt", PAIRS, {"most_words": 2}, 2),
    "header": (Lines, "x.txt", "one line\n", {"header": True}, 1),
    "lines": (Lines, "x.txt", CURLY.encode("cp1252"), {}, 7),
}


def load(kind: type[CorpusSpec], folders: Folders, settings: dict[str, Any]) -> Corpus:
    """The corpus of an entry as a study file gives it."""
    return kind.model_validate_json(json.dumps(settings)).load(folders)


@pytest.mark.parametrize("case", HINTS)
def test_every_hint_leads_to_a_corpus(folders: Folders, case: str) -> None:
    """Each hint's edits make progress, are what the words say, and end in a corpus."""
    kind, name, data, given, count = HINTS[case]
    path = folders.study / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    settings = {"path": name, **given}
    seen: list[str] = []
    while True:
        try:
            corpus = load(kind, folders, settings)
            break
        except CorpusError as error:
            said, edits = str(error), error.edits
        assert said not in seen, "an edit that changes nothing"
        seen.append(said)
        assert said.isprintable()
        assert len(said) < 900
        assert edits, said
        for edit in edits:
            if isinstance(edit, LineEdit):
                assert f'"{edit.file}":{edit.line}: ' in said
            elif edit.value is None:
                assert edit.setting in said
            elif len(format_edit(edit)) < 150:
                assert format_edit(edit) in said
        settings = apply_edits(edits, settings, folders.study)
    assert seen, "nothing was refused"
    assert len(corpus.documents) == count


# What only the author can know: which text, which file.
NO_HINTS: dict[str, tuple[str, str | bytes, dict[str, Any]]] = {
    "empty": ("x.csv", "", {}),
    "no row": ("x.csv", "text,label\n", {}),
    "one label": ("x.csv", TABLE.replace("yes", "no"), {}),
    "few labels": ("x.csv", "text,label\na,no\nb,yes\n", {}),
    "nothing labelled": ("x.csv", "text,label\na,\nb,\n", {}),
    "binary": ("x.csv", b"\x7fELF\0\0\0\1", {}),
    "no columns": ("x.csv", "a:b\nc:d\n", {}),
    "long cell": ("x.csv", TABLE + "x" * 200_000 + ",no\n", {"quotes": False}),
    "parquet": ("x.parquet", b"PAR1", {}),
}


@pytest.mark.parametrize("case", NO_HINTS)
def test_no_edit_is_made_up(folders: Folders, case: str) -> None:
    """Where a program cannot know what is meant, the words alone say what to do."""
    name, data, given = NO_HINTS[case]
    (folders.study / name).write_bytes(
        data if isinstance(data, bytes) else data.encode()
    )
    with pytest.raises(CorpusError) as caught:
        load(Labelled, folders, {"path": name, **given})
    assert caught.value.edits == ()
    assert "; " in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [True, 3, "cp1252", "2", "yes", "", "a: b", "no", "ж", "a\nb", ["no", "1"],
     {"1": "bad", "no": None, "a\x07": "b"}],
)  # fmt: skip
def test_an_edit_is_written_as_yaml_reads_it(tmp_path: Path, value: Any) -> None:
    """The line that a message prints is YAML of the edit's value."""
    (tmp_path / "x.yaml").write_text(format_edit(SettingEdit("setting", value)))
    source = read_yaml(tmp_path / "x.yaml", "x.yaml")
    assert (source.data, source.problems) == ({"setting": value}, [])


def test_other_bytes_are_left_alone(folders: Folders) -> None:
    """An edit of a line changes no other line of the file."""
    (folders.study / "x.csv").write_text("a\nb\nc\nd\n")
    edits = [LineEdit("x.csv", 2, "B", 2)]
    assert apply_edits(edits, {"k": 1}, folders.study) == {"k": 1}
    assert (folders.study / "x.csv").read_text() == "a\nB\nd\n"


def test_a_row_that_says_something_is_never_taken_out(tmp_path: Path) -> None:
    """A text that lost its label is its author's to complete: no edit removes it."""
    (tmp_path / "x.csv").write_text(TABLE + "a cold film\n", "utf-8")
    with pytest.raises(CorpusError, match="complete the row or remove it") as raised:
        Labelled(path="x.csv").load(Folders(study=tmp_path, data=tmp_path))
    assert raised.value.edits == ()
