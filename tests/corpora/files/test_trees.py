"""The treebank. The trees here are written for these tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from generator.core.errors import CorpusError, IntegrityError
from generator.core.files import digest
from generator.corpora import download
from generator.corpora.base import Corpus, Folders, split_corpus
from generator.corpora.files.sst import Trees
from generator.corpora.words import split_into_words

TRAIN = """\
(4 (2 A) (4 (4 (3 warm) (2 film)) (2 .)))
(0 (2 It) (0 (0 (2 never) (0 works)) (2 .)))
(2 (2 Two) (2 (2 hours) (2 long)))

(3 (2 A) (3 (3 (3 warm) (2 film)) (2 .)))
(1 (1 (1 Dull) (2 ,)) (1 (2 never) (1 awful)))
(3 (2 Go) (3 (3 see) (2 it)))
(1 (2 Not) (1 (3 good) (2 .)))
(0 (2 So) (0 (0 bad) (2 !)))
(2 (2 One) (2 film))
(4 (4 Lovely))
"""
DEV = """\
(3 (3 Warm) (2 film))
(1 (2 No) (1 plot))
"""
TEST = """\
(4 (2 So) (4 (4 (4 lovely) (2 !))))
(0 (2 It) (0 (0 (2 never) (0 ends)) (2 .)))
"""


@pytest.fixture
def treebank(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """A small treebank in the place of the real one, its hashes pinned."""
    dataset = download.DATASETS["sst"]
    written = [text.encode() for text in (TRAIN, DEV, TEST)]
    files = tuple(
        replace(file, size=len(data), sha256=digest(data))
        for file, data in zip(dataset.files, written, strict=True)
    )
    small = replace(dataset, files=files)
    monkeypatch.setitem(download.DATASETS, "sst", small)
    for file, data in zip(files, written, strict=True):
        place = folders.data / file.path
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
    return folders


def load(folders: Folders, **settings: object) -> Corpus:
    """The corpus with these settings."""
    return Trees.model_validate(settings).load(folders)


def list_side(corpus: Corpus, part: str | None) -> list[tuple[str, str | None]]:
    """Text and label of each document of a side."""
    return [(d.text, d.label) for d in corpus.documents if d.part == part]


def test_sentences_keep_their_sides_and_labels(treebank: Folders) -> None:
    """Each sentence is a document of the side of its file, in the file's order."""
    corpus = load(treebank)
    assert corpus.labels == (
        "very negative",
        "negative",
        "neutral",
        "positive",
        "very positive",
    )
    assert list_side(corpus, "train")[:2] == [
        ("A warm film .", "very positive"),
        ("It never works .", "very negative"),
    ]
    assert list_side(corpus, "validation") == [
        ("Warm film", "positive"),
        ("No plot", "negative"),
    ]
    assert len(list_side(corpus, "test")) == 2
    split = split_corpus(corpus, 0.1, 0.1, 1)
    assert (len(split.train), len(split.validation), len(split.test)) == (10, 2, 2)


def test_two_classes_leave_the_neutral_out(treebank: Folders) -> None:
    """Neutral sentences go, with a count; either side of them becomes one label."""
    corpus = load(treebank, classes=2)
    assert corpus.labels == ("negative", "positive")
    assert {d.label for d in corpus.documents} == {"negative", "positive"}
    assert ("It never works .", "negative") in list_side(corpus, "train")
    assert ("A warm film .", "positive") in list_side(corpus, "train")
    assert "2 neutral sentences dropped" in corpus.notes
    assert "Two hours long" not in [d.text for d in corpus.documents]


def test_phrases_of_training_sentences_are_documents(treebank: Folders) -> None:
    """Each distinct phrase is there once, other sides keep whole sentences alone."""
    corpus = load(treebank, phrases=True)
    train = list_side(corpus, "train")
    texts = [text for text, _ in train]
    assert len(texts) == len(set(texts))
    assert ("never works", "very negative") in train
    assert ("long", "neutral") in train
    assert texts[:3] == ["A warm film .", "A", "warm film ."]
    for part in ("validation", "test"):
        assert list_side(corpus, part) == list_side(load(treebank), part)


def test_phrases_that_are_tested_are_not_learnt(treebank: Folders) -> None:
    """A phrase that is a sentence of another side is dropped, whatever its capitals."""
    corpus = load(treebank, phrases=True)
    assert "warm film" not in [text for text, _ in list_side(corpus, "train")]
    assert "1 phrases dropped that are sentences of another side" in corpus.notes


def test_the_most_frequent_label_of_a_text_wins(treebank: Folders) -> None:
    """Of labels that come equally often the first does; the note counts such texts."""
    corpus = load(treebank, phrases=True)
    train = dict(list_side(corpus, "train"))
    assert train["A warm film ."] == "very positive"  # once each: the first
    assert "2 phrases with several labels, given the most frequent one" in corpus.notes


def test_dropped_sentences_give_no_phrases(treebank: Folders) -> None:
    """What is not learnt from whole is not learnt from in parts."""
    two = [t for t, _ in list_side(load(treebank, phrases=True, classes=2), "train")]
    assert "hours" not in two
    few = load(treebank, phrases=True, limit=8)
    assert "Lovely" not in [text for text, _ in list_side(few, "train")]


def test_short_sentences_can_be_dropped(treebank: Folders) -> None:
    """Marks alone are no words, so that two words and a full stop are two."""
    corpus = load(treebank, classes=2, least_words=3)
    texts = [d.text for d in corpus.documents]
    assert "Not good ." not in texts
    assert "Dull , never awful" in texts
    assert "7 sentences dropped with fewer than 3 words" in corpus.notes


def test_a_limit_keeps_the_first_of_each_side(treebank: Folders) -> None:
    """The limited sides begin as the whole ones do."""
    whole, some = load(treebank, classes=2), load(treebank, classes=2, limit=1 + 1)
    for part in ("train", "validation", "test"):
        assert list_side(some, part) == list_side(whole, part)[:2]
    assert "6 sentences dropped beyond the first 2 of their side" in some.notes


def test_the_key_follows_settings_and_is_known_before(treebank: Folders) -> None:
    """The key of a dataset is known before it is there, and other for each setting."""
    keys = {
        Trees(**settings).key(treebank)
        for settings in ({}, {"classes": 2}, {"phrases": True}, {"limit": 3})  # type: ignore[arg-type]  # as in a study file
    }
    assert len(keys) == 4
    assert Trees().key(treebank) == Trees().load(treebank).key
    assert Trees().missing_dataset(treebank) is None


def test_an_absent_treebank_is_named(folders: Folders) -> None:
    """What must be fetched is said, and loading says how."""
    assert Trees().missing_dataset(folders) == "sst"
    assert len(Trees().key(folders)) == 64
    with pytest.raises(CorpusError, match="fetch sst"):
        Trees().load(folders)


def test_a_damaged_treebank_is_refused(treebank: Folders) -> None:
    """Each of the three files must have its pinned bytes."""
    (treebank.data / "sst" / "test.txt").write_text(DEV)
    with pytest.raises(IntegrityError, match=r"sst/test\.txt"):
        Trees().load(treebank)


def test_a_file_of_trees_has_no_sides(folders: Folders) -> None:
    """Trees of one's own are divided by the study."""
    (folders.study / "x.txt").write_text(TRAIN + "\n\n" + TEST)
    corpus = load(folders, path="x.txt")
    assert len(corpus.documents) == 12
    assert {d.part for d in corpus.documents} == {None}
    assert corpus.source.startswith("x.txt (sha256 ")


def test_bad_trees_say_file_and_line(folders: Folders) -> None:
    """Lines are counted as an editor counts them, blank ones included."""
    (folders.study / "x.txt").write_text(TRAIN + "(3 good")
    with pytest.raises(CorpusError, match=r'"x\.txt":12:8: 1 brackets'):
        load(folders, path="x.txt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty or blank"),
        (b"\n \n", "empty or blank"),
        (b"(3 caf\xe9)", "not UTF-8"),
        (b"(3 a)\n(1 b)\0", "NUL at line 2"),
        (b"(3 a)", 'found only "positive" \\(1\\)'),
        (b"(2 a)\n(2 b)", "found only texts without labels"),
        (b"(3 a)\n(4 b)\n(0 c)", '1 text has the label "negative"'),
    ],
)
def test_bad_files_are_refused(folders: Folders, data: bytes, message: str) -> None:
    """Files without trees, of other bytes, or with one class are refused."""
    (folders.study / "x.txt").write_bytes(data)
    with pytest.raises(CorpusError, match=message):
        load(folders, path="x.txt", classes=2)


def test_other_encodings_can_be_asked_for(folders: Folders) -> None:
    """What the error about bytes proposes is a setting."""
    data = "(3 café)\n(4 très)\n(0 fade)\n(1 vide)".encode("latin-1")
    (folders.study / "x.txt").write_bytes(data)
    corpus = load(folders, path="x.txt", classes=2, encoding="latin-1")
    assert corpus.documents[0].text == "café"


@pytest.fixture(scope="module")
def loaded() -> dict[str, Corpus]:
    """Corpora that were loaded already, by their settings."""
    return {}


def real_corpus(real: Folders, loaded: dict[str, Corpus], **settings: object) -> Corpus:
    """The real treebank with these settings, read once."""
    spec = Trees.model_validate(settings)
    if spec.missing_dataset(real):
        pytest.skip("the data folder lacks sst")
    key = spec.key(real)
    if key not in loaded:
        loaded[key] = spec.load(real)
    return loaded[key]


def count(corpus: Corpus) -> dict[str | None, int]:
    """How many documents each side has."""
    return dict(Counter(document.part for document in corpus.documents))


def test_real_sentences(real: Folders, loaded: dict[str, Corpus]) -> None:
    """The real treebank has its published numbers of sentences, none unreadable."""
    corpus = real_corpus(real, loaded)
    assert count(corpus) == {"train": 8544, "validation": 1101, "test": 2210}
    assert corpus.key == Trees().key(real)
    assert not any("\\" in d.text or "-LRB-" in d.text for d in corpus.documents)
    assert all(split_into_words(d.text) for d in corpus.documents)


def test_real_sentences_of_two_classes(
    real: Folders, loaded: dict[str, Corpus]
) -> None:
    """With two classes the published numbers are left, with a filter those of it."""
    corpus = real_corpus(real, loaded, classes=2)
    assert count(corpus) == {"train": 6920, "validation": 872, "test": 1821}
    filtered = real_corpus(real, loaded, classes=2, least_words=6)
    assert count(filtered)["test"] == 1725


def test_real_phrases(real: Folders, loaded: dict[str, Corpus]) -> None:
    """With two classes there are the published 67,349 phrases less those tested."""
    corpus = real_corpus(real, loaded, classes=2, phrases=True)
    assert count(corpus) == {"train": 67_347, "validation": 872, "test": 1821}
    assert "2 phrases dropped that are sentences of another side" in corpus.notes
    tested = {d.text.lower() for d in corpus.documents if d.part != "train"}
    assert not tested & {d.text.lower() for d in corpus.documents if d.part == "train"}


def test_real_files_by_path(real: Folders, tmp_path: Path) -> None:
    """One file of the real treebank can be named by its path."""
    if Trees().missing_dataset(real):
        pytest.skip("the data folder lacks sst")
    corpus = load(Folders(tmp_path, real.data), path="sst/dev.txt")
    assert count(corpus) == {None: 1101}
