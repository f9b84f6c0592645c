"""Files of pairs: what is read, what is dropped and counted, what is an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from generator.core.errors import CorpusError
from generator.corpora import CORPORA
from generator.corpora.base import Corpus, Folders
from generator.corpora.files.parallel import Pairs

TEXT = (
    "Go.\tVa !\tCC-BY someone\n"
    "go .\tBouge !\tCC-BY someone\n"
    "\n"
    "I'm cold.\tJ’ai froid.\n"
    "One two three four five.\tUn deux trois quatre cinq.\n"
    " \tRien.\n"
)


def load(folder: Path, text: str = TEXT, **settings: Any) -> Corpus:
    """The corpus of a file with this text."""
    (folder / "pairs.tsv").write_text(text, encoding="utf-8", newline="")
    spec = Pairs(path="pairs.tsv", **settings)
    return spec.load(Folders(folder, folder / "data"))


def test_in_the_table() -> None:
    """The corpus is found by its kind; nobody promises links."""
    assert CORPORA["pairs"] is Pairs
    assert Pairs.holds == {"translation"}


def test_columns(tmp_path: Path) -> None:
    """Source, translation, and nothing of the third column; no alignment is known."""
    documents = load(tmp_path).documents
    assert [(d.text, d.translation) for d in documents] == [
        ("Go.", "Va !"),
        ("I'm cold.", "J’ai froid."),
        ("One two three four five.", "Un deux trois quatre cinq."),
    ]
    assert all(d.alignment is None for d in documents)
    assert "someone" not in repr(documents)


def test_what_is_dropped_is_counted(tmp_path: Path) -> None:
    """A second translation, a blank side and a long side are each noted."""
    notes = load(tmp_path, most_words=4).notes
    assert "1 pairs with a blank side dropped" in notes
    assert "1 pairs dropped whose source had a translation before" in notes
    assert "2 pairs dropped with more than 4 words" in notes


def test_a_heading_is_no_pair(tmp_path: Path) -> None:
    """The first line is left out by request, and told."""
    corpus = load(tmp_path, f"English\tFrench\n{TEXT}", header=True)
    assert corpus.documents == load(tmp_path).documents
    assert corpus.notes[0] == 'header dropped: "English | French"'
    with pytest.raises(CorpusError, match="no pair is left"):
        load(tmp_path, "English\tFrench\n", header=True)


def test_other_delimiters(tmp_path: Path) -> None:
    """Pairs in CSV are read as CSV is; a row of one column is told with the setting."""
    documents = load(tmp_path, 'a; b\n"d; e";"f\ng"\n', delimiter=";").documents
    pairs = [(d.text, d.translation) for d in documents]
    assert pairs == [("a", "b"), ("d; e", "f\ng")]
    with pytest.raises(CorpusError, match="say with delimiter: what divides them"):
        load(tmp_path, "a\tb\n", delimiter="|")
    with pytest.raises(CorpusError, match="there is no tab in the file; say with"):
        load(tmp_path, "a\n")


def test_settings(tmp_path: Path) -> None:
    """Languages change places, copies stay, the first are kept, all by request."""
    assert load(tmp_path, backwards=True).documents[0].text == "Va !"
    assert len(load(tmp_path, once=False).documents) == 4
    kept = load(tmp_path, limit=1)
    assert len(kept.documents) == 1
    assert "the first 1 of 3 pairs kept" in kept.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Go.\tVa !\nalone\n", r"pairs\.tsv.:2: one column"),
        ("\n \n", "empty or blank"),
        (" \t \n x \t \n", "no pair is left"),
        ("a\0b\tc", "NUL"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    """What cannot be read is named, with its line where it has one."""
    with pytest.raises(CorpusError, match=message):
        load(tmp_path, text)


def test_the_dataset() -> None:
    """Tatoeba's pairs, where they are at hand: no source stands twice."""
    data = os.environ.get("STUDY_DATA", "")
    if not (Path(data) / "translation/eng-fra.txt").is_file() or not data:
        pytest.skip("english_french is not in STUDY_DATA")
    spec = Pairs(dataset="english_french")
    corpus = spec.load(Folders(Path(), Path(data)))
    assert len(corpus.documents) == 2597
    assert all(d.translation for d in corpus.documents)
    assert "Tatoeba" in corpus.source


def test_a_dataset_that_is_absent(tmp_path: Path) -> None:
    """It has a key all the same, and says what must be fetched."""
    spec = Pairs(dataset="english_french")
    folders = Folders(tmp_path, tmp_path)
    assert spec.missing_dataset(folders) == "english_french"
    assert len(spec.key(folders)) == 64
    with pytest.raises(CorpusError, match="fetch english_french"):
        spec.load(folders)
