"""Labelled texts in tables."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core.errors import CorpusError
from generator.corpora.base import Corpus, Folders, split_corpus
from generator.corpora.files.labelled import Labelled, suggest_display_names

ROWS = [("good film", "pos"), ("dull plot", "neg"), ("fine", "pos"), ("so bad", "neg")]


def table(
    rows: list[tuple[str, ...]], kind: str = "csv", names: str = "text label part"
) -> str:
    """Rows as a file."""
    columns = names.split()[: len(rows[0])]
    if kind == "jsonl":
        return "\n".join(
            json.dumps(dict(zip(columns, row, strict=True))) for row in rows
        )
    out = io.StringIO()
    mark = "," if kind == "csv" else "\t"
    writer = csv.writer(out, delimiter=mark, lineterminator="\n")
    writer.writerows([tuple(columns), *rows])
    return out.getvalue()


def load(
    folders: Folders, text: str | bytes, name: str = "x.csv", /, **given: object
) -> Corpus:
    """The corpus of a file."""
    data = text if isinstance(text, bytes) else text.encode()
    (folders.study / name).write_bytes(data)
    return Labelled.model_validate({"path": name, **given}).load(folders)


def refused(
    folders: Folders, text: str | bytes, name: str = "x.csv", /, **given: object
) -> str:
    """What is said about a file that is refused."""
    with pytest.raises(CorpusError) as caught:
        load(folders, text, name, **given)
    said = str(caught.value)
    assert said.isprintable()
    assert len(said) < 900
    return said


def list_documents(corpus: Corpus) -> list[tuple[str, ...]]:
    """Text and label, and the side where there is one, of each document."""
    return [
        (d.text, d.label or "", *([d.part] if d.part else [])) for d in corpus.documents
    ]


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_rows_are_documents(folders: Folders, kind: str) -> None:
    """Each row is a text with its label, whatever the format."""
    corpus = load(folders, table(ROWS, kind), f"x.{kind}")
    assert list_documents(corpus) == ROWS
    assert corpus.labels == ("neg", "pos")
    assert corpus.notes == ()
    assert corpus.source.startswith(f"x.{kind} (sha256 ")
    assert corpus.key == Labelled(path=f"x.{kind}").key(folders)


clean = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=["Cc"]),
    min_size=1,
).filter(lambda text: bool(text.strip()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(clean, st.sampled_from(["neg", "pos"])), max_size=8))
def test_the_format_does_not_matter(
    folders: Folders, more: list[tuple[str, str]]
) -> None:
    """CSV, TSV and JSON Lines of the same rows give the same documents."""
    rows = [*ROWS, *more]
    for kind in ("csv", "tsv", "jsonl"):
        corpus = load(folders, table(rows, kind), f"x.{kind}")
        assert list_documents(corpus) == rows


def test_columns_have_the_names_they_are_given(folders: Folders) -> None:
    """Other columns are passed over; a format may be named where no ending tells."""
    rows = [("1", text, label, "x") for text, label in ROWS]
    text = table(rows, names="id review stars extra")
    assert list_documents(load(folders, text, text="review", label="stars")) == ROWS
    same = load(folders, text, "x.data", format="csv", text="review", label="stars")
    assert list_documents(same) == ROWS


def test_listed_labels_give_the_order(folders: Folders) -> None:
    """A study's list is the natural order; without it labels are sorted."""
    corpus = load(folders, table(ROWS), labels=("pos", "neg"))
    assert corpus.labels == ("pos", "neg")


def test_whole_numbers_are_labels(folders: Folders) -> None:
    """A number of JSON is the label as it is written."""
    lines = '{"text": "a", "label": 0}\n{"text": "b", "label": 1}\n' * 2
    assert load(folders, lines, "x.jsonl").labels == ("0", "1")


def test_truth_values_and_fractions_are_labels(folders: Folders) -> None:
    """Other scalars of JSON are labels as they are written too."""
    lines = '{"text": "a", "label": true}\n{"text": "b", "label": 0.5}\n' * 2
    assert load(folders, lines, "x.jsonl").labels == ("0.5", "true")


def test_parts_are_kept(folders: Folders) -> None:
    """A column of sides puts texts on them."""
    rows: list[tuple[str, ...]] = [
        ("a", "neg", "train"),
        ("b", "pos", "train"),
        ("c", "neg", "validation"),
        ("d", "pos", "test"),
    ]
    corpus = load(folders, table(rows), part="part")
    assert list_documents(corpus) == rows
    split = split_corpus(corpus, 0.5, 0.5, 1)
    assert (split.train, split.validation, split.test) == ((0, 1), (2,), (3,))


def test_strange_parts_are_listed(folders: Folders) -> None:
    """Any other word for a side is refused, with those that are there."""
    rows = [(*row, part) for row, part in zip(ROWS, ["train", "dev", "Test", ""])]  # noqa: B905 - of one length
    said = refused(folders, table(rows), part="part")
    assert "3 of 4 rows are on no side (first: row 2)" in said
    assert 'found "", "Test", "dev" under "part"' in said
    assert "expected train, validation, test" in said


def test_a_limit_keeps_the_first_of_each_side(folders: Folders) -> None:
    """Limited sides begin as they did."""
    rows = [
        (f"{part} {number}", label, part)
        for part in ("train", "test")
        for number in range(5)
        for label in ("neg", "pos")
    ]
    corpus = load(folders, table(rows), part="part", limit=4)
    assert list_documents(corpus) == [*rows[:4], *rows[10:14]]
    assert corpus.notes[0] == "the first 4 texts on each side kept: 8 of 20"


def test_missing_labels_are_counted(folders: Folders) -> None:
    """Rows without a label are refused with their number, or dropped when asked."""
    rows = [(f"text {n}", "pos" if n % 2 else "neg") for n in range(1, 5001)]
    for number in range(12, 12 + 37):
        rows[number - 1] = (rows[number - 1][0], " " if number % 2 else "")
    text = table(rows)
    said = refused(folders, text)
    assert "37 of 5,000 rows have no label (first: row 12)" in said
    assert "drop_unlabelled: true" in said
    corpus = load(folders, text, drop_unlabelled=True)
    assert len(corpus.documents) == 4963
    assert corpus.notes == ("37 rows without a label dropped",)


def test_labels_missing_from_json_are_counted(folders: Folders) -> None:
    """A key that is absent, null or blank is no label."""
    lines = table(ROWS, "jsonl") + '\n{"text": "a"}\n{"text": "b", "label": null}'
    assert "2 of 6 rows have no label (first: row 5)" in refused(
        folders, lines, "x.jsonl"
    )
    assert len(load(folders, lines, "x.jsonl", drop_unlabelled=True).documents) == 4


def test_nothing_labelled_is_refused(folders: Folders) -> None:
    """Where no row has a label, dropping them leaves nothing."""
    for drop in (True, False):
        said = refused(
            folders, "text,label\na,\nb,\n", drop_unlabelled=drop, labels=("a", "b")
        )
        assert "2 of 2 rows have no label" in said


def test_strange_labels_are_listed(folders: Folders) -> None:
    """A label outside the study's list is refused, with all that are there."""
    for strange in ("Pos", "pos ", "neutral"):
        said = refused(folders, table([*ROWS, ("odd", strange)]), labels=("neg", "pos"))
        assert f':6: row 5 has the label "{strange}"' in said
        assert 'expected one of "neg", "pos"' in said
        assert "the file has" in said
    many = [(f"text {n}", f"label {n:02}") for n in range(30)]
    assert '"label 09" and 20 more' in refused(
        folders, table(many), labels=("neg", "pos")
    )


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("Pos", 'the labels "Pos", "pos" differ in capitals alone'),
        ("pos ", 'the label "pos " begins or ends with a space'),
        (" neutral", 'the label " neutral" begins or ends with a space'),
        ("x" * 61, "longer than 60 characters"),
        ("a\x1b[31m", "has control characters"),
        ("a\nb", "has control characters"),
    ],
)
def test_labels_meant_to_be_one_are_refused(
    folders: Folders, label: str, message: str
) -> None:
    """Labels that differ in capitals or spaces alone are listed and refused."""
    said = refused(folders, table([*ROWS, ("odd", label), ("even", label)]))
    assert message in said
    assert "the file has" in said


def test_too_few_labels_are_refused(folders: Folders) -> None:
    """One class, or a class with one text, cannot be learnt and tested."""
    one = [(f"text {n}", "pos") for n in range(5000)]
    assert 'needs two classes; found only "pos" (5,000)' in refused(folders, table(one))
    rare = [*ROWS, ("rare", "odd")]
    assert '1 text has the label "odd"' in refused(folders, table(rare))
    assert "needs two classes" in refused(folders, table(ROWS[:1]))


def test_imbalance_is_noted(folders: Folders) -> None:
    """What the most frequent label alone would score is said beside the corpus."""
    rows = [(f"text {n}", "neg" if n < 2 else "pos") for n in range(2000)]
    (note,) = load(folders, table(rows)).notes
    assert note.startswith('99.90% of the texts have the label "pos"')


def test_leakage_is_noted_or_forbidden(folders: Folders) -> None:
    """Texts on two sides are counted; where that is forbidden they are an error."""
    parts = ("train", "train", "train", "train", "test", "validation", "test")
    rows = [*ROWS, ("GOOD  film", "pos"), ("new", "pos"), ("so bad", "neg")]
    text = table([(*row, part) for row, part in zip(rows, parts, strict=True)])
    (note,) = load(folders, text, part="part").notes
    assert note == "2 of 2 test texts stand on the training side too"
    said = refused(folders, text, part="part", leakage="forbid")
    assert note in said
    assert "leakage: warn" in said
    assert load(folders, table(ROWS), leakage="forbid").notes == ()


def test_repeats_leak_where_the_study_divides(folders: Folders) -> None:
    """Without sides any copy may come to stand on two, and counts as leakage."""
    text = table([*ROWS, ("Fine ", "pos")])
    (note,) = load(folders, text).notes
    assert note.startswith("1 of 5 texts repeat an earlier one")
    assert "1 of 5 texts repeat" in refused(folders, text, leakage="forbid")


def test_identical_texts_are_noted(folders: Folders) -> None:
    """A corpus of one text says that its held-out score says nothing."""
    rows = [("same", label) for label in ("neg", "pos")] * 3
    assert load(folders, table(rows)).notes == (
        "all 6 texts are identical: held-out loss says nothing",
    )


def test_rows_without_text_are_dropped(folders: Folders) -> None:
    """A blank text is nothing to read, with or without a label."""
    corpus = load(folders, table([*ROWS, ("", "pos"), ("  ", ""), ("\n", "odd")]))
    assert list_documents(corpus) == ROWS
    assert corpus.notes == ("3 rows without text dropped",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty or blank"),
        (b"\xef\xbb\xbf", "empty or blank"),
        (b"\n\n \r\n", "empty or blank"),
        (b"text,label\n", "no row; expected labelled texts"),
        (b"text,label\n\n\n", "no row; expected labelled texts"),
        (b"text,label\na,pos\nb,ne\0g\n", "NUL at line 3"),
        (b"text,label\na,pos\ncaf\xe9,neg\n", ":3: not UTF-8, found the bytes e9"),
        ("text,label\na,pos\n".encode("utf-16-le"), "set encoding: utf-16-le"),
        (b"review,label\na,pos\n", 'no column "text"; the columns are "review", "lab'),
        (b"text,Label\na,pos\n", 'no column "label"; the columns are "text", "Label"'),
        (b"review;stars\na;1\n", '"stars" (divided at the semicolon)'),
        (b"text:label\na:pos\n", 'no column "text"; the columns are "text:label"'),
        (b"text,label\na\n", ":2: row 1 has 1 cells"),
        (b'text,label\n"a,pos\n', ":2: row 1 cannot be read"),
    ],
)
def test_bad_tables_are_refused(folders: Folders, data: bytes, message: str) -> None:
    """Whatever is wrong with a table is said with its place, in one paragraph."""
    assert message in refused(folders, data)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"label": "pos"}', ':5: row 5 has no text; expected a string under "text"'),
        ('{"text": null, "label": "pos"}', "row 5 has no text"),
        ('{"text": 3, "label": "pos"}', "row 5 has no text"),
        ('{"text": "a\\u0000", "label": "pos"}', "row 5 has a NUL in its text"),
        ('{"text": "a", "label": {"x": 1}}', 'row 5 has a JSON dict under "label"'),
        (
            f'{{"text": "a", "label": {"9" * 9000}}}',
            'x.jsonl":5: not valid JSON (a number of 9,000 digits, which is too long',
        ),
        ('{"text": "a", "label": ["pos"]}', 'row 5 has a JSON list under "label"'),
        ('{"text": "a", "label": "\\ud800"}', "has control characters"),
    ],
)
def test_bad_objects_are_refused(folders: Folders, line: str, message: str) -> None:
    """A value of another type is refused with its line and row."""
    said = refused(folders, table(ROWS, "jsonl") + "\n" + line, "x.jsonl")
    assert message in said


def test_other_keys_may_hold_anything(folders: Folders) -> None:
    """What no setting names is not looked at, lists as parts excepted."""
    line = '{"text": "a", "label": "pos", "part": ["train"], "more": {"x": null}}'
    text = table(ROWS, "jsonl") + "\n" + line
    assert len(load(folders, text, "x.jsonl").documents) == 5
    assert "5 of 5 rows are on no side" in refused(
        folders, text, "x.jsonl", part="part"
    )


def test_characters_come_as_they_are_or_as_asked(folders: Folders) -> None:
    """Encoding and normalisation are settings; half characters become U+FFFD."""
    data = "text,label\ncafé,pos\nthé,neg\n" + table(ROWS).partition("\n")[2]
    corpus = load(folders, data.encode("latin-1"), encoding="latin-1")
    assert corpus.documents[0].text == "café"
    lines = table([("cafe\u0301 \ud800", "pos"), *ROWS], "jsonl")
    corpus = load(folders, lines, "x.jsonl", normalize="NFC")
    assert corpus.documents[0].text == "café \ufffd"
    assert "1 lone surrogates replaced by U+FFFD" in corpus.notes
    marked = load(folders, "\ufeff" + table(ROWS).replace("\n", "\r\n"))
    assert list_documents(marked) == ROWS


def test_markup_is_text(folders: Folders) -> None:
    """Nothing in a text or a label means anything to the reader."""
    rows = [("<script>{{ 7*7 }}</script>", "<b>"), ("=1+1", "__proto__")] * 2
    assert list_documents(load(folders, table(rows))) == rows


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_only_regular_files_inside_are_read(folders: Folders) -> None:
    """A folder, a pipe and a link that leads out are refused, and none hangs."""
    (folders.study / "folder.csv").mkdir()
    os.mkfifo(folders.study / "pipe.csv")
    (folders.study / "out.csv").symlink_to(folders.study.parent)
    started = time.monotonic()
    for name, message in (
        ("folder.csv", "not a regular file"),
        ("pipe.csv", "not a regular file"),
        ("out.csv", "leads out"),
        ("gone.csv", "no such file"),
    ):
        with pytest.raises(CorpusError, match=message):
            Labelled(path=name).load(folders)
    assert time.monotonic() - started < 10


def test_endings_are_read_whatever_their_case(folders: Folders) -> None:
    """A name that ends in .CSV is CSV."""
    assert list_documents(load(folders, table(ROWS), "X.CSV")) == ROWS


def test_the_key_follows_bytes_and_settings(folders: Folders) -> None:
    """Any changed byte or setting gives another key; the same ones the same."""
    first = load(folders, table(ROWS)).key
    assert load(folders, table(ROWS)).key == first
    assert load(folders, table(ROWS), limit=4).key != first
    assert load(folders, table(ROWS) + "\n").key != first
    assert Labelled(path="x.csv").missing_dataset(folders) is None


def test_a_suggestion_gives_two_spellings_one_name() -> None:
    """The name that a study gives a label, or the label itself where it gives none."""
    counts = Counter({"pos": 4, "neg": 3, "NEG": 2, " Positive": 1, "new": 1})
    (edit,) = suggest_display_names(counts, {"pos": "Positive", "neg": None})
    assert edit.value == {
        "pos": "Positive", "neg": None, "NEG": None, " Positive": "Positive",
        "new": "new",
    }  # fmt: skip
