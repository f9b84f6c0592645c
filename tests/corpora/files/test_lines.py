"""Corpora of lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.errors import CorpusError, IntegrityError
from generator.core.files import digest
from generator.corpora.base import Folders
from generator.corpora.files.lines import Lines
from generator.corpora.files.text_files import RawFile
from generator.corpora.tokenization import MARK, PAD, UNKNOWN, split_tokens


def texts(spec: Lines, folders: Folders) -> list[str]:
    """The texts of a corpus."""
    return [document.text for document in spec.load(folders).documents]


@pytest.fixture
def place(folders: Folders) -> Path:
    """A file of three texts, one blank line and a repeat."""
    place = folders.study / "x.txt"
    place.write_text("Heading\n Nice tune\n\nA slow one\n Nice tune\n")
    return place


def test_lines_are_kept_as_they_are(folders: Folders, place: Path) -> None:
    """Each line is a text, spaces kept, blank lines dropped and repeats counted."""
    corpus = Lines(path="x.txt").load(folders)
    assert [d.text for d in corpus.documents] == [
        "Heading",
        " Nice tune",
        "A slow one",
        " Nice tune",
    ]
    assert corpus.source.startswith(f"{place.name} (sha256 ")
    assert corpus.notes == (
        "1 blank lines dropped",
        (
            "1 of 4 texts repeat an earlier one (one occurs 2 times): "
            "copies may stand on both sides of the split"
        ),
    )


@pytest.mark.usefixtures("place")
def test_settings_do_what_they_say(folders: Folders) -> None:
    """A heading goes, letters fall, texts are limited and all of it is noted."""
    spec = Lines(path="x.txt", header=True, lowercase=True, limit=2)
    corpus = spec.load(folders)
    assert [d.text for d in corpus.documents] == [" nice tune", "a slow one"]
    assert 'header dropped: "Heading"' in corpus.notes
    assert "the first 2 of 3 texts kept" in corpus.notes


@pytest.mark.usefixtures("place")
def test_a_file_can_be_one_text(folders: Folders) -> None:
    """With `single_text` everything stays, blank lines and long ones too."""
    found = texts(Lines(path="x.txt", single_text=True), folders)
    assert found == ["Heading\n Nice tune\n\nA slow one\n Nice tune\n"]


def test_words_like_marks_stay_words(folders: Folders) -> None:
    """A text that holds a mark's name is that text, and no token of it is the mark."""
    written = "<s> a <pad> b <unknown> </s>"
    (folders.study / "x.txt").write_text(written)
    assert texts(Lines(path="x.txt"), folders) == [written]
    for word_level in (True, False):
        assert not {MARK, PAD, UNKNOWN} & set(split_tokens(written, word_level))


def test_identical_texts_are_noted(folders: Folders) -> None:
    """A corpus of one repeated text says that its held-out loss says nothing."""
    (folders.study / "x.txt").write_text("same\n" * 5)
    assert Lines(path="x.txt").load(folders).notes == (
        "all 5 texts are identical: held-out loss says nothing",
    )


def test_a_heading_alone_is_no_corpus(folders: Folders) -> None:
    """Dropping the heading must leave text, which blanks are not."""
    for text in ("Heading", "Heading\n", "Heading\n \t\n"):
        (folders.study / "x.txt").write_text(text)
        for single in (True, False):
            spec = Lines(path="x.txt", header=True, single_text=single)
            with pytest.raises(CorpusError, match="a header and no text"):
                spec.load(folders)


def test_the_key_follows_bytes_and_settings(folders: Folders, place: Path) -> None:
    """Any changed byte or setting gives another key; the same ones the same."""
    spec = Lines(path="x.txt")
    first = spec.key(folders)
    assert first == spec.load(folders).key == Lines(path="x.txt").key(folders)
    assert first != Lines(path="x.txt", limit=4).key(folders)
    place.write_bytes(place.read_bytes() + b"\n")
    assert first != spec.key(folders)


def test_a_dataset_has_its_key_before_it_is_there(folders: Folders) -> None:
    """An absent dataset is named as missing, has a key, and cannot be loaded."""
    spec = Lines(dataset="hacker_news", header=True)
    assert spec.missing_dataset(folders) == "hacker_news"
    assert len(spec.key(folders)) == 64
    with pytest.raises(CorpusError, match="fetch hacker_news"):
        spec.load(folders)


def test_a_damaged_dataset_is_refused(folders: Folders) -> None:
    """A file with other bytes than the pinned ones is never read as the dataset."""
    place = folders.data / "textgenrnn" / "hacker_news_2000.txt"
    place.parent.mkdir()
    place.write_text("title\nsomething else\n")
    with pytest.raises(IntegrityError, match="expected a2b0612f"):
        Lines(dataset="hacker_news").load(folders)


def test_a_file_of_a_path_is_never_missing(folders: Folders) -> None:
    """What no dataset names cannot be fetched."""
    assert Lines(path="x.txt").missing_dataset(folders) is None


def test_real_titles(real: Folders) -> None:
    """The real titles are 2,000 texts below a heading, with the key known before."""
    spec = Lines(dataset="hacker_news", header=True)
    if spec.missing_dataset(real):
        pytest.skip("the data folder lacks hacker_news")
    corpus = spec.load(real)
    assert len(corpus.documents) == 2000
    assert corpus.key == spec.key(real)


def test_real_play(real: Folders) -> None:
    """The real plays are one text of 1,115,394 characters."""
    spec = Lines(dataset="tinyshakespeare", single_text=True)
    if spec.missing_dataset(real):
        pytest.skip("the data folder lacks tinyshakespeare")
    assert [len(text) for text in texts(spec, real)] == [1_115_394]


def test_lines_that_end_in_cr_have_another_key(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was one text and is several is stale; without the rule it would not be."""
    (folders.study / "x.txt").write_bytes(b"one\rtwo\r")
    spec = Lines(path="x.txt")
    corpus = spec.load(folders)
    assert [one.text for one in corpus.documents] == ["one", "two"]
    assert corpus.key == spec.key(folders)
    before = spec.compute_key(digest(b"one\rtwo\r"))
    assert corpus.key != before
    monkeypatch.setattr(RawFile, "fingerprint", property(lambda raw: raw.sha256))
    assert spec.key(folders) == before
