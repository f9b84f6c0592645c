"""Tables as programs write them: delimiters, headings, line ends, orders of labels."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.core.edits import SettingEdit
from generator.core.errors import CorpusError
from generator.corpora import splits
from generator.corpora.base import Corpus, Folders
from generator.corpora.files import delimited, labelled
from generator.corpora.files.labelled import Labelled
from generator.corpora.splits import sort_labels
from tests.corpora.files.apply_edits import apply_edits

ROWS = [
    (f"{word} soup {n}", label)
    for n in range(6)
    for word, label in (("cold", "no"), ("warm", "yes"))
]
STARS = [str(n) for n in range(1, 11)]


def write(
    rows: list[tuple[str, ...]],
    mark: str = ",",
    heading: tuple[str, ...] = ("text", "label"),
    end: str = "\n",
) -> str:
    """Rows as a table; without a heading where it is ()."""
    out = io.StringIO()
    lines = [heading, *rows] if heading else rows
    csv.writer(out, delimiter=mark, lineterminator=end).writerows(lines)
    return out.getvalue()


def load(
    folders: Folders, text: str | bytes, name: str = "x.csv", /, **given: object
) -> Corpus:
    """The corpus of a file, whose key is known before it is loaded."""
    (folders.study / name).write_bytes(
        text if isinstance(text, bytes) else text.encode()
    )
    spec = Labelled.model_validate_json(json.dumps({"path": name, **given}))
    corpus = spec.load(folders)
    assert corpus.key == spec.key(folders)
    return corpus


def refused(
    folders: Folders, text: str | bytes, name: str = "x.csv", /, **given: object
) -> CorpusError:
    """The error of a file that is refused."""
    with pytest.raises(CorpusError) as caught:
        load(folders, text, name, **given)
    return caught.value


def list_rows(corpus: Corpus) -> list[tuple[str, str | None]]:
    """Text and label of each document."""
    return [(one.text, one.label) for one in corpus.documents]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_heading_shows_the_delimiter(
    folders: Folders, mark: str, name: str, end: str
) -> None:
    """Whatever divides the cells and ends the lines, the rows are the same."""
    rows = [*ROWS, ("a, b; c\td | e", "no"), ("two\nlines", "yes"), ('a "word"', "no")]
    if end == "\r":
        rows.remove(("two\nlines", "yes"))
    corpus = load(folders, write(rows, mark, end=end), name)
    assert list_rows(corpus) == rows
    default = "," if name == "x.csv" else "\t"
    assert ("as its heading shows" in corpus.source) == (mark != default)


def test_a_table_of_half_of_europe(folders: Folders) -> None:
    """Semicolons, decimal commas and CRLF, with a line `sep=;` or a BOM, are read."""
    rows = [(text, label, "3,5") for text, label in ROWS]
    text = write(rows, ";", ("text", "label", "price"), "\r\n")
    for begin, reason in (
        ("", "as its heading shows"),
        ("\ufeff", "as its heading shows"),
        ("sep=;\r\n", "as its first line says"),
        ("\ufeffSEP=;\r\n", "as its first line says"),
    ):
        corpus = load(folders, begin + text)
        assert list_rows(corpus) == ROWS
        assert f"divided at the semicolon, {reason}" in corpus.source
    wide = load(folders, text.encode("utf-16"))
    assert list_rows(wide) == ROWS
    assert "read as UTF-16" in wide.notes[0]


def test_lines_are_counted_below_the_separator_line(folders: Folders) -> None:
    """An error names the line as an editor counts it, `sep=;` included."""
    said = refused(folders, "sep=;\n" + write(ROWS, ";") + "one cell\n")
    assert str(said).startswith(
        f'"x.csv":{len(ROWS) + 3}: row {len(ROWS) + 1} has 1 cells'
    )


def test_a_delimiter_that_is_set_is_not_guessed(folders: Folders) -> None:
    """A setting goes before what the file looks like, and one at its default too."""
    text = write([(f"{text}; {text}", label) for text, label in ROWS])
    assert list_rows(load(folders, text))[0] == ("cold soup 0; cold soup 0", "no")
    error = refused(folders, text, delimiter=";")
    assert "divided at the comma, not at the semicolon" in str(error)
    assert error.edits == (SettingEdit("delimiter", None),)
    assert load(folders, write(ROWS, "\t"), delimiter="tab").documents


def test_what_is_not_plain_is_not_guessed(folders: Folders) -> None:
    """Where two delimiters would do, or rows disagree, the format's own is taken."""
    for text in ("a;b|c\nd;e|f\n", "a;b\nc\n"):
        assert "divided at the comma" in str(refused(folders, text))
    said = str(refused(folders, "a;b\nc;d\n"))
    assert "divided at the semicolon" in said


HEADLESS = write([(label, text) for text, label in ROWS], "\t", ())


def test_a_table_without_a_heading_loses_no_row(folders: Folders) -> None:
    """The hint says `header: false` with both columns, and every row is a document."""
    error = refused(folders, HEADLESS, "x.tsv")
    assert 'set header: false, text: "2", label: "1"' in str(error)
    given = apply_edits(error.edits, {}, folders.study)
    corpus = load(folders, HEADLESS, "x.tsv", **given)
    assert list_rows(corpus) == ROWS
    assert "without a heading" in corpus.source


def test_a_heading_taken_for_a_row_would_lose_it(folders: Folders) -> None:
    """What the columns of such a file could be called too loses a row: the guard."""
    wrong = {"text": "cold soup 0", "label": "no"}
    corpus = load(folders, HEADLESS, "x.tsv", **wrong)
    assert list_rows(corpus) == ROWS[1:]
    assert refused(folders, HEADLESS, "x.tsv").edits[0].setting == "header"


def test_delimiters_are_found_without_a_heading(folders: Folders) -> None:
    """The first rows show the delimiter where no heading can."""
    corpus = load(folders, write(ROWS, ";", ()), header=False, text="1", label="2")
    assert list_rows(corpus) == ROWS
    assert (
        "divided at the semicolon, as its first rows show; without a heading"
        in corpus.source
    )


def test_columns_are_named_by_what_is_in_them(folders: Folders) -> None:
    """The hint for other names is those of the longest and of the repeated values."""
    rows = [(str(n), *row) for n, row in enumerate(ROWS)]
    error = refused(folders, write(rows, heading=("id", "review", "verdict")))
    assert "set text: review, label: verdict" in str(error)
    error = refused(folders, write(ROWS, heading=("Text", "LABEL")))
    assert error.edits == (SettingEdit("text", "Text"), SettingEdit("label", "LABEL"))


def test_columns_without_a_name_are_numbered(folders: Folders) -> None:
    """An index that pandas writes, and commas at the end of each line, do no harm."""
    rows = [(str(n), text, label, "", "") for n, (text, label) in enumerate(ROWS)]
    assert (
        list_rows(load(folders, write(rows, heading=("", "text", "label", "", ""))))
        == ROWS
    )


@pytest.mark.parametrize(
    "labels",
    [
        STARS,
        ["-10", "-2", "0", "2", "10"],
        ["0,5", "1", "1,5", "10,0"],
        ["1 star", "2 stars", "10 stars"],
        ["level 2", "level 10"],
        ["v1.2", "v1.10"],
    ],
)
def test_labels_are_in_the_order_of_their_numbers(
    folders: Folders, labels: list[str]
) -> None:
    """Numbers, decimal commas, signs and numbered words are ordered as people do."""
    rows = [(f"meal {n}", label) for n in range(3) for label in reversed(labels)]
    assert load(folders, write(rows)).labels == tuple(labels)


@given(st.lists(st.decimals(-1000, 1000, allow_nan=False, places=2), unique=True))
def test_numbers_are_sorted_by_value(numbers: list[Decimal]) -> None:
    """Labels that are numbers are sorted as numbers, whichever mark they have."""
    for mark in ".,":
        labels = [f"{n:f}".replace(".", mark) for n in numbers]
        assert [Decimal(x.replace(",", ".")) for x in sort_labels(labels)] == sorted(
            numbers
        )


@given(st.sets(st.text(min_size=1)))
def test_sorting_labels_is_total(labels: set[str]) -> None:
    """Any labels are sorted in one order, whatever order they come in."""
    assert sort_labels(labels) == sort_labels(sorted(labels, reverse=True))
    assert set(sort_labels(labels)) == labels


def test_another_order_has_another_key(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key changes with the order of labels and with nothing else of its rule."""
    stars = write([(f"meal {n}", label) for n in range(3) for label in STARS])
    key = load(folders, stars).key
    listed = load(folders, stars, labels=STARS).key
    few = load(folders, write(ROWS)).key
    for module in (labelled, splits):
        monkeypatch.setattr(module, "sort_labels", sorted)
    assert load(folders, stars).labels == tuple(sorted(STARS))
    assert load(folders, stars).key != key
    assert load(folders, stars, labels=STARS).key == listed
    assert load(folders, write(ROWS)).key == few


# Keys as they were before there were other delimiters.
KEYS = {
    "{}": "90159c356362f0cbc9cbbe0da2fe69cb0273b33bfc846b9599dfb5a2e1131048",
    '{"labels": ["yes", "no"], "limit": 6}': (
        "1f9cf582a8d05be500a0dbf756c69e4e6b1422cb299e64ecb9134337b152b7c4"
    ),
    '{"quotes": false, "encoding": "cp1252", "normalize": "NFC"}': (
        "7c92b682beab1ff14f5a40175f00f1f7f42d5ba1ca695531f5031433618f0165"
    ),
}


@pytest.mark.parametrize("given", KEYS)
def test_keys_are_those_of_corpora_read_before(folders: Folders, given: str) -> None:
    """A setting that came later is at its default no part of the key."""
    corpus = load(folders, write(ROWS), **json.loads(given))
    assert corpus.key == KEYS[given]
    plain = Labelled.model_validate_json(
        json.dumps({"path": "x.csv", **json.loads(given)})
    )
    for name, value in (("delimiter", ","), ("header", False)):
        spec = Labelled.model_validate_json(
            json.dumps({"path": "x.csv", **json.loads(given), name: value})
        )
        assert spec.compute_key("") != plain.compute_key("")


def test_labels_are_shown_by_their_names(folders: Folders) -> None:
    """A mapping gives order and names; a label without a name is left out, and told."""
    rows = [(f"meal {n}", str(n % 4)) for n in range(16)]
    names = {"3": "very good", "0": "bad", "1": "bad", "2": None}
    corpus = load(folders, write(rows), labels=names)
    assert corpus.labels == ("very good", "bad")
    assert [one.label for one in corpus.documents[:3]] == ["bad", "bad", "very good"]
    assert corpus.notes == ('4 rows labelled "2" left out',)
    other = load(folders, write(rows), labels=dict(sorted(names.items())))
    assert other.labels == ("bad", "very good")
    assert other.key != corpus.key


@pytest.mark.parametrize(
    "labels",
    [
        {"a": "x", "b": "x"},
        {"a": "x", "b": None},
        {"a": "x", "b": "X"},
        {"a": "x ", "b": "y"},
        {"a": "x" * 61, "b": "y"},
        {"a": "x\u0007", "b": "y"},
        {"a": "", "b": "y"},
    ],
)
def test_names_of_labels_can_be_told_apart(labels: dict[str, str | None]) -> None:
    """Names are held to the rules of labels, and there are two at least."""
    with pytest.raises(ValidationError):
        Labelled.model_validate_json(json.dumps({"path": "x.csv", "labels": labels}))


@pytest.mark.parametrize("setting", ["delimiter", "header"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.parquet"])
def test_settings_of_csv_go_with_csv(setting: str, name: str) -> None:
    """What another format has no use for is refused with the setting's name."""
    value = {"delimiter": ";", "header": True}[setting]
    with pytest.raises(ValidationError, match=f"{setting} goes with CSV and TSV"):
        Labelled.model_validate({"path": name, setting: value})


def test_control_characters_of_json_are_told(folders: Folders) -> None:
    """An escape of JSON is a control character that no line of the file shows."""
    lines = "\n".join(json.dumps({"text": f"{t}\u0007", "label": k}) for t, k in ROWS)
    (note,) = load(folders, lines, "x.jsonl").notes
    assert note == "12 × control characters kept as text (first: U+0007 in text 1)"


def test_parquet_without_its_package_names_the_extra(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pyarrow is not installed the error says what installs it."""
    monkeypatch.setattr(delimited, "find_spec", lambda _: None)
    assert "interpretability-studies[tables]" in str(
        refused(folders, b"PAR1", "x.parquet")
    )


def parquet(folder: Path, columns: dict[str, list[object]]) -> bytes:
    """A Parquet file of these columns."""
    pa = pytest.importorskip("pyarrow", reason="the extra tables is not installed")
    from pyarrow import parquet as pq

    pq.write_table(pa.table(columns), folder / "made")
    return (folder / "made").read_bytes()


def test_parquet_is_read(folders: Folders, tmp_path: Path) -> None:
    """Rows of Parquet are those of the same table in JSON Lines, typed labels too."""
    texts = [text for text, _ in ROWS]
    stars = [3 if label == "no" else 10 for _, label in ROWS]
    data = parquet(
        tmp_path,
        {
            "id": [*range(12)],
            "text": texts,
            "label": stars,
            "good": [n > 5 for n in stars],
        },
    )
    corpus = load(folders, data, "x.parquet")
    assert list_rows(corpus) == [(t, str(n)) for t, n in zip(texts, stars, strict=True)]
    assert corpus.labels == ("3", "10")
    assert load(folders, data, "x.parquet", label="good").labels == ("false", "true")
    with pytest.raises(
        CorpusError, match=f'row {stars.index(10) + 1} has the label "10"'
    ):
        load(folders, data, "x.parquet", labels=("3", "other"))
    error = refused(folders, data, "x.parquet", text="review")
    assert error.edits == (SettingEdit("text", "text"),)


def test_damaged_parquet_is_an_input_error(folders: Folders, tmp_path: Path) -> None:
    """Any damage to a file is one paragraph about it, or reads as another table."""
    columns = dict(
        zip(("text", "label"), map(list, zip(*ROWS, strict=True)), strict=True)
    )
    data = parquet(tmp_path, columns)
    for at in range(0, len(data), 7):
        damaged = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        for broken in (damaged, data[:at]):
            (folders.study / "x.parquet").write_bytes(broken)
            with suppress(CorpusError):  # and nothing else
                Labelled(path="x.parquet").load(folders)


def test_parquet_has_a_limit_unpacked(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that would unpack to a huge table is refused before it is."""
    data = parquet(tmp_path, {"text": ["x" * 1000] * 1000, "label": ["a", "b"] * 500})
    monkeypatch.setattr(delimited, "SIZE_LIMIT", 500)
    assert "bytes unpacked; at most 500 are read" in str(
        refused(folders, data, "x.parquet")
    )
    monkeypatch.undo()
    assert len(load(folders, data, "x.parquet").documents) == 1000


cell = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cc", "Cs"]),
    min_size=1,
).filter(lambda text: bool(text.strip()))
ENCODED = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"]


@given(
    more=st.lists(st.tuples(cell, st.sampled_from(["no", "yes"])), max_size=6),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(ENCODED),
    header=st.booleans(),
    said=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_is_read_as_it_was_written(
    *,
    folders: Folders,
    more: list[tuple[str, str]],
    mark: str,
    end: str,
    encoding: str,
    header: bool,
    said: bool,
) -> None:
    """Whatever stands in the cells, a dialect that is plain or set gives them back."""
    rows = [*ROWS, *more]
    text = write(rows, mark, ("text", "label") if header else (), end)
    text = f"sep={mark}{end}{text}" if said else text
    given: dict[str, object] = {"delimiter": "tab" if mark == "\t" else mark}
    if header or said:
        del given["delimiter"]
    if not header:
        given |= {"header": False, "text": "1", "label": "2"}
    if encoding in {"utf-16-le", "gb18030"}:
        given["encoding"] = encoding
    assert list_rows(load(folders, text.encode(encoding), "x.csv", **given)) == rows


def test_labels_of_thousands_of_digits_are_sorted() -> None:
    """By their numbers, though Python reads no such text as a whole number."""
    labels = ["9" * 9000 + " stars", "2 stars", "1" + "0" * 9000 + " stars"]
    assert sort_labels(labels) == [labels[1], labels[0], labels[2]]
