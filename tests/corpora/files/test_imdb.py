"""Film reviews from a packed archive. The reviews here are written for these tests."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import CorpusError, IntegrityError
from generator.core.files import digest
from generator.corpora import download
from generator.corpora.base import Corpus, Folders, split_corpus
from generator.corpora.files.imdb import Imdb, parse_review_name
from tests.corpora.tars import member, packed

Member = tuple[str, bytes, object]


def review(side: str, label: str, number: int, text: str | bytes = "") -> Member:
    """One review's file."""
    data = text if isinstance(text, bytes) else text.encode()
    rating = 2 if label == "neg" else 10
    said = data or f"{label} words number {number} of {side}".encode()
    return member(f"aclImdb/{side}/{label}/{number}_{rating}.txt", said)


def reviews(each: int = 4) -> list[Member]:
    """Some reviews of each side and label."""
    return [
        review(side, label, number)
        for side in ("train", "test")
        for label in ("neg", "pos")
        for number in range(each)
    ]


def load(folders: Folders, *members: Member, **settings: object) -> Corpus:
    """The corpus of an archive with these members."""
    (folders.study / "x.tar.gz").write_bytes(packed(*members))
    return Imdb.model_validate({"path": "x.tar.gz", **settings}).load(folders)


def refused(folders: Folders, *members: Member) -> str:
    """What is said about an archive that is refused."""
    with pytest.raises(CorpusError) as caught:
        load(folders, *members)
    return str(caught.value)


def test_reviews_have_the_side_and_label_of_their_folder(folders: Folders) -> None:
    """Reviews come by side, label and number, their text as it was packed."""
    corpus = load(folders, *reviews())
    assert corpus.labels == ("negative", "positive")
    assert [(d.part, d.label, d.text) for d in corpus.documents] == [
        (side, name, f"{label} words number {number} of {side}")
        for side in ("train", "test")
        for label, name in (("neg", "negative"), ("pos", "positive"))
        for number in range(4)
    ]
    assert corpus.notes == ()
    assert corpus.source.startswith("x.tar.gz (sha256 ")
    split = split_corpus(corpus, 0.25, 0.5, 1)
    assert (len(split.train), len(split.validation), len(split.test)) == (6, 2, 8)


def test_control_characters_of_reviews_are_told(folders: Folders) -> None:
    """Such bytes are in the published archive too; the note counts them."""
    strange = review("test", "pos", 9, "It\x97s a\x85 film")
    notes = load(folders, *reviews(), strange).notes
    assert notes == ("2 × control characters kept as text (first: U+0097 in text 17)",)


@pytest.mark.parametrize("limit", [None, 1, 3])
def test_the_order_of_the_archive_does_not_matter(
    folders: Folders, limit: int | None
) -> None:
    """Numbers are counted as numbers, whatever comes first in the archive."""
    members = [*reviews(1), *(review("train", "neg", n) for n in (9, 10, 100))]
    found = []
    for start in range(len(members)):
        turned = [*members[start:], *members[:start]]
        found.append(load(folders, *turned, limit=limit).documents)
        found.append(load(folders, *reversed(turned), limit=limit).documents)
    assert all(documents == found[0] for documents in found)
    texts = [d.text for d in found[0] if (d.part, d.label) == ("train", "negative")]
    assert [text.split()[3] for text in texts] == ["0", "9", "10", "100"][:limit]


def test_a_limit_keeps_the_lowest_numbers(folders: Folders) -> None:
    """So many of each side and label are kept, and the note counts them."""
    corpus = load(folders, *reversed(reviews(4)), limit=2)
    assert Counter((d.part, d.label) for d in corpus.documents) == {
        (part, label): 2 for part in ("train", "test") for label in corpus.labels
    }
    assert corpus.notes == ("the first 2 reviews of each side and label kept: 8 of 16",)
    assert {d.text.split()[3] for d in corpus.documents} == {"0", "1"}


def test_line_breaks_become_spaces(folders: Folders) -> None:
    """A break of the page is a space; other markup is text."""
    marked = "One.<br /><br />Two.<br/>Three <b>bold</b> & done.\n"
    corpus = load(folders, *reviews(), review("test", "pos", 9, marked))
    assert corpus.documents[-1].text == "One.  Two. Three <b>bold</b> & done."
    assert corpus.notes[0] == "3 line breaks (<br />) replaced by spaces"


OTHERS = (
    "aclImdb/README",
    "aclImdb/train/unsup/0_0.txt",
    "aclImdb/train/labeledBow.feat",
    "aclImdb/train/neg/0_3.txt.bak",
    "aclImdb/train/neg/sub/0_3.txt",
    "aclImdb/train/neg/x_3.txt",
    "aclImdb/train/neg/0_11.txt",
    "aclImdb/train/neg/٣_3.txt",
    "/aclImdb/train/neg/7_3.txt",
    "../aclImdb/train/neg/7_3.txt",
    "aclImdb/../aclImdb/train/neg/7_3.txt",
    "aclImdb/train/neg/7_3.txt\n",
    "other/train/neg/7_3.txt",
)


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_no_reviews(name: str) -> None:
    """Names are matched whole: those that lead elsewhere are just other names."""
    assert parse_review_name(name) is None


def test_other_files_are_passed_over(folders: Folders) -> None:
    """What is no review is counted and not read."""
    others = [member(name, b"\xff\0") for name in OTHERS]
    corpus = load(folders, *reviews(), *others)
    assert len(corpus.documents) == 16
    assert corpus.notes == (f"{len(OTHERS)} other files of the archive passed over",)


@given(st.sampled_from(["train", "test"]), st.integers(0, 10**9 - 1))
def test_a_name_gives_its_review(side: str, number: int) -> None:
    """Side, label and number are read from a name, with or without a leading `./`."""
    for start in ("", "./"):
        found = parse_review_name(f"{start}aclImdb/{side}/pos/{number}_10.txt")
        assert found
        assert found[:3] == (side, "positive", number)


def test_bad_reviews_are_refused_by_name(folders: Folders) -> None:
    """A review that is no text is an error that names it and its archive."""
    for data, message in (
        (b"caf\xe9", "not UTF-8"),
        (b"\xed\xa0\x80", "not UTF-8"),
        (b"words\0", "NUL at line 1"),
        (b" <br /> \n", "empty or blank"),
    ):
        said = refused(folders, *reviews(), review("test", "neg", 77, data))
        assert message in said
        assert "x.tar.gz: aclImdb/test/neg/77_2.txt" in said


def test_a_number_comes_once(folders: Folders) -> None:
    """Two files for one review are refused, read or not."""
    twice = member("aclImdb/train/neg/3_4.txt", b"other words")
    assert "second review" in refused(folders, *reviews(), twice)
    with pytest.raises(CorpusError, match="second review"):
        load(folders, *reviews(), twice, limit=1)


def test_archives_without_reviews_are_refused(folders: Folders) -> None:
    """No review, or those of one label or side alone, are no corpus."""
    assert "no review in it" in refused(folders, member("other", b"x"))
    negative = [review("train", "neg", n) for n in range(3)]
    assert 'found only "negative" (3)' in refused(folders, *negative)
    tested = [one for one in reviews() if "/test/" in one[0]]
    assert "no text on the training side" in refused(folders, *tested)


def test_a_bomb_is_refused(folders: Folders) -> None:
    """A review of fifty megabytes of nothing is not read."""
    huge = review("train", "neg", 7, b" " * 50_000_000)
    said = refused(folders, *reviews(), huge)
    assert "expected at most 1,000,000" in said
    assert "expands to more than" in refused(
        folders, *reviews(), member("other", b"\0" * 50_000_000)
    )


def test_texts_on_both_sides_are_counted(folders: Folders) -> None:
    """A review that stands on both sides is noted, capitals and spaces apart."""
    corpus = load(
        folders,
        *reviews(),
        review("train", "pos", 8, "The same words"),
        review("test", "pos", 8, "the SAME<br />words"),
    )
    assert "1 of 9 test texts stand on the training side too" in corpus.notes


def test_the_dataset_is_pinned(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another archive is never taken for the dataset, whatever it is called."""
    (folders.data / "aclImdb_labelled.tar.gz").write_bytes(packed(*reviews()))
    assert Imdb().missing_dataset(folders) == "imdb"
    assert len(Imdb().key(folders)) == 64
    with pytest.raises(CorpusError, match="fetch imdb"):
        Imdb().load(folders)
    data = packed(*reviews())
    (folders.data / "aclImdb_v1.tar.gz").write_bytes(data)
    with pytest.raises(IntegrityError, match="expected c40f74a1"):
        Imdb().load(folders)
    dataset = download.DATASETS["imdb"]
    file = replace(dataset.files[0], size=len(data), sha256=digest(data))
    monkeypatch.setitem(download.DATASETS, "imdb", replace(dataset, files=(file,)))
    assert len(Imdb().load(folders).documents) == 16
    assert Imdb().load(folders).key == Imdb().key(folders)


ARCHIVES = ("aclImdb_labelled.tar.gz", "aclImdb_v1.tar.gz")


def real_spec(real: Folders, **settings: object) -> Imdb:
    """The reviews of the real archive, under whichever name it is there."""
    for name in ARCHIVES:
        if (real.data / name).is_file():
            return Imdb.model_validate({"path": name, **settings})
    pytest.skip("the data folder lacks the archive of film reviews")


def test_a_real_cut(real: Folders) -> None:
    """A small cut of the real reviews is balanced, and its key is quickly known."""
    spec = real_spec(real, limit=5)
    started = time.process_time()
    key = spec.key(real)
    assert time.process_time() - started < 15  # some 1 s alone
    corpus = spec.load(real)
    assert corpus.key == key
    assert len(corpus.documents) == 20
    assert not any("<br" in document.text for document in corpus.documents)


@pytest.mark.slow
def test_all_real_reviews(real: Folders) -> None:
    """The real dataset has 12,500 reviews of each side and label, 123 on both sides."""
    corpus = real_spec(real).load(real)
    assert Counter((d.part, d.label) for d in corpus.documents) == {
        (part, label): 12_500 for part in ("train", "test") for label in corpus.labels
    }
    assert "123 of 25,000 test texts stand on the training side too" in corpus.notes
