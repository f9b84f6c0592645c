"""Words of all the world's scripts: clusters whole, nothing lost, forms alike."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.corpora import words as words_module
from generator.corpora.base import Folders
from generator.corpora.files.labelled import Labelled
from generator.corpora.files.lines import Lines
from generator.corpora.files.parallel import Pairs
from generator.corpora.words import (
    SENTENCE_ENDS,
    divide_story,
    has_combining_characters,
    join_sentence,
    split_into_clusters,
    split_into_units,
    split_into_words,
    split_sentence,
)

CODE_POINT_WORD = re.compile(
    r"[^\W_]+(?=n['’]t(?![^\W_]))|n['’]t(?![^\W_])|['’](?:s|re|ve|ll|d|m)(?![^\W_])"
    r"|[^\W_]+(?:-[^\W_]+)*|[^\w\s]|_"
)
"""How words were split when a code point was taken for a character."""
SPECIAL = (
    "aZéßİıſΣς'’n't-_ \t\n\r\x1c\u0301\u0307\u0323\u200c\u200d\u00ad\ufe0f\u20e3"
    "कखा\u094d\u0308ไทำאָ\u05bcطَع\u0600\u06dd\u0d4eㅎᄒ\u1161\u11ab한字。"
    "👍\U0001f3fd👨👩❤🇩🇪🏴\U000e0067\U000e007fℹ©1²½Å\u212bﬁ"
)
texts = st.text(
    st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"]))
)
latin = st.text(
    st.one_of(st.sampled_from("n't's-_ ’"), st.characters(max_codepoint=0xFF))
)


def normalize(text: str) -> str:
    """Return a text as its words hold it."""
    return unicodedata.normalize("NFC", text.lower())


def drop_space(text: str) -> str:
    """Return a text without what divides words."""
    return re.sub(r"[\s\x1c-\x1f]", "", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("खाना बहुत अच्छा है।", "खाना|बहुत|अच्छा|है|।"),
        ("อาหาร ดีมาก น้ำ", "อาหาร|ดีมาก|น้ำ"),
        ("طَعامٌ لَذيذٌ، طعام", "طَعامٌ|لَذيذٌ|،|طعام"),
        ("می‌خواهم", "می‌خواهم"),
        ("שָׁלוֹם עולם", "שָׁלוֹם|עולם"),
        ("Tiếng Việt rất đẹp!", "tiếng|việt|rất|đẹp|!"),
        (unicodedata.normalize("NFD", "Tiếng Việt"), "tiếng|việt"),
        ("İyi ıslak", "i\u0307yi|ıslak"),
        ("Straße, Größe", "straße|,|größe"),
        ("このスープは温かい。", "このスープは温かい|。"),
        ("这很好!", "这很好|!"),
        ("한국어 좋다", "한국어|좋다"),
        (unicodedata.normalize("NFD", "한국어"), "한국어"),
        ("❤️ 👍🏽 👨‍👩‍👧 🇩🇪🇫🇷", "❤️|👍🏽|👨‍👩‍👧|🇩🇪|🇫🇷"),
        ("1️⃣2️⃣ ℹ️", "1️⃣|2️⃣|ℹ️"),
        ("don’t élan's", "do|n’t|élan|'s"),
        ("can't\u0301", "can|'|t\u0301"),
        ("؀١٢ a؀ b", "؀١٢|a|؀|b"),
    ],
)
def test_words_of_scripts_are_whole(text: str, words: str) -> None:
    """A word keeps its marks, points and joiners; emoji and flags stand alone."""
    assert split_into_words(text) == tuple(words.split("|"))


@given(texts)
@settings(max_examples=300)
def test_nothing_but_white_space_is_lost(text: str) -> None:
    """Words one behind another are the text in its order, without white space."""
    assert drop_space("".join(split_into_words(text))) == drop_space(normalize(text))


@given(texts)
@settings(max_examples=300)
def test_words_joined_are_split_the_same_again(text: str) -> None:
    """A text that is split already stays as it is."""
    words = split_into_words(text)
    assert split_into_words(" ".join(words)) == words


@given(texts)
@settings(max_examples=300)
def test_words_are_the_same_in_either_normal_form(text: str) -> None:
    """A letter with its accent and a letter and its accent are the same word."""
    composed, decomposed = (unicodedata.normalize(f, text) for f in ("NFC", "NFD"))
    assert split_into_words(composed) == split_into_words(decomposed)


@given(texts)
@settings(max_examples=300)
def test_no_cluster_is_cut(text: str) -> None:
    """Where a word ends, a grapheme cluster ends; white space alone may carry marks."""
    normal = normalize(text)
    ends, at = set(), 0
    for cluster in split_into_clusters(normal):
        at += len(cluster)
        ends.add(at)
    at = 0
    for word in split_into_words(text):
        at = normal.index(word, at) + len(word)
        assert at in ends or normal[at].isspace()


@given(texts)
@settings(max_examples=300)
def test_characters_are_stable_and_map_to_words(text: str) -> None:
    """By characters too nothing is lost, and either normal form gives the same ones."""
    characters = split_into_units(text, "character")
    assert "".join(characters) == "".join(split_into_words(text))
    decomposed = unicodedata.normalize("NFD", text)
    assert split_into_units(decomposed, "character") == characters


@given(texts)
@settings(max_examples=300)
def test_sentences_are_all_of_a_text(text: str) -> None:
    """Spans of sentences lie end to end; each, joined, is split into its own words."""
    words = split_into_words(text)
    story = divide_story(words)
    sentences = [*story.sentences, *([story.question] if story.question else [])]
    assert sum(sentences, ()) == words
    ends = [end for _, end in story.spans]
    assert [start for start, _ in story.spans] == [0, *ends][: len(ends)]
    for sentence, (start, end) in zip(story.sentences, story.spans, strict=True):
        assert words[start:end] == sentence
        assert not set(sentence[:-1]) & SENTENCE_ENDS
    for sentence in sentences:
        assert split_sentence(join_sentence(sentence)) == sentence


@given(latin)
@settings(max_examples=300)
def test_plain_texts_are_split_as_before(text: str) -> None:
    """Texts of ASCII and Latin-1 have the words that they had."""
    assert split_into_words(text) == tuple(CODE_POINT_WORD.findall(text.lower()))


@given(texts)
@settings(max_examples=300)
def test_texts_that_are_split_otherwise_are_known(text: str) -> None:
    """Words that differ from those by code points are of texts that are marked."""
    before = tuple(CODE_POINT_WORD.findall(text.lower()))
    known = all(map(_is_assigned, text))
    if known and not has_combining_characters(text):
        assert split_into_words(text) == before


def _is_assigned(character: str) -> bool:
    """Whether the interpreter's Unicode version has a character too."""
    return unicodedata.category(character) != "Cn"


def test_without_clusters_marks_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The properties find a splitter that takes a code point for a character."""
    monkeypatch.setattr(words_module, "_WORD", CODE_POINT_WORD)
    assert len(split_into_words("खाना")) == 4
    assert len(split_into_words("❤️ 👍🏽")) == 4


def test_a_cluster_is_what_a_reader_takes_for_a_character() -> None:
    """Clusters of a text are all of it, in its order, spaces too."""
    text = "नि 👨‍👩‍👧 ok"
    assert split_into_clusters(text) == ("नि", " ", "👨‍👩‍👧", " ", "o", "k")


ROWS = "text,label\n" + "{0} one,yes\n{0} two,no\n" * 2


@pytest.mark.parametrize(
    ("word", "encoding", "marked"),
    [
        ("good", "utf-8", False),
        ("größe", "utf-8", False),
        ("größe", "cp1252", False),
        ("映画", "utf-8", False),
        ("खाना", "utf-8", True),
        ("İyi", "cp1254", True),
        ("👍🏽", "utf-8", True),
        (unicodedata.normalize("NFD", "größe"), "utf-8", True),
    ],
)
def test_files_with_combining_characters_alone_have_another_key(
    tmp_path: Path, word: str, encoding: str, marked: bool
) -> None:
    """A corpus whose words changed is stale; every other one keeps its key."""
    (tmp_path / "x.csv").write_bytes(ROWS.format(word).encode(encoding))
    given = Labelled(kind="labelled", path="x.csv", encoding=encoding)
    folders = Folders(tmp_path, tmp_path)
    raw = given.read_raw(folders)
    assert given.load(folders).key == given.key(folders)
    assert (given.key(folders) == given.compute_key(raw.sha256)) is not marked


def test_escapes_of_json_are_read(tmp_path: Path) -> None:
    """A mark that is written as an escape counts like the mark."""
    line = '{"text": "e\\u0301t\\u00e9", "label": "%s"}\n'
    (tmp_path / "x.jsonl").write_text(line % "a")
    given = Labelled(kind="labelled", path="x.jsonl")
    assert given.read_raw(Folders(tmp_path, tmp_path)).splitting
    (tmp_path / "x.jsonl").write_text((line % "a").replace("\\u0301", "\\u2019"))
    assert not given.read_raw(Folders(tmp_path, tmp_path)).splitting


def test_a_corpus_without_spaces_is_a_word_a_sentence() -> None:
    """Without spaces a run of letters is one word, however long."""
    counts = Counter(map(len, split_into_words("このスープは冷たいと客が言った。")))
    assert counts == {15: 1, 1: 1}


APART = unicodedata.normalize("NFD", "größe über")


@pytest.mark.parametrize(
    ("setting", "text", "noted"),
    [({}, "größe über", True), ({"normalize": "NFC"}, "größe über", True),
     ({"normalize": "none"}, APART, False)],
)  # fmt: skip
def test_letters_and_accents_become_one_character(
    tmp_path: Path, setting: dict[str, str], text: str, noted: bool
) -> None:
    """Files are brought to NFC unless a study says `none`, and the corpus says so."""
    (tmp_path / "x.txt").write_text(f"{APART}\n{APART} 2\n", "utf-8")
    (tmp_path / "x.csv").write_text(ROWS.format(APART), "utf-8")
    folders = Folders(tmp_path, tmp_path)
    for made in (
        Lines.model_validate({"kind": "lines", "path": "x.txt", **setting}),
        Labelled.model_validate({"kind": "labelled", "path": "x.csv", **setting}),
    ):
        corpus = made.load(folders)
        assert corpus.documents[0].text.startswith(text)
        assert ("characters normalised to NFC" in corpus.notes) is noted
        assert corpus.key == made.key(folders)


def test_files_in_normal_form_keep_their_keys(tmp_path: Path) -> None:
    """A key knows of the default where a file is changed by it, and only there."""
    folders = Folders(tmp_path, tmp_path)
    for name, text in (("x.txt", "größe"), ("y.txt", APART)):
        (tmp_path / name).write_text(f"{text}\n{text} 2\n", "utf-8")
        plain, asked, left = (
            Lines.model_validate({"path": name, **more})
            for more in ({}, {"normalize": "NFC"}, {"normalize": "none"})
        )
        before = plain.compute_key(plain.read_raw(folders).sha256)
        assert (plain.key(folders) == before) is (name == "x.txt")
        assert len({one.key(folders) for one in (plain, asked, left)}) == 3


def test_pairs_are_left_as_they_are_where_it_is_said(tmp_path: Path) -> None:
    """Pairs are in NFC, as they were, unless a study says `none` or null."""
    (tmp_path / "x.tsv").write_text(f"{APART}\ta\n", "utf-8")
    folders = Folders(tmp_path, tmp_path)
    for setting, composed in (("NFC", True), ("none", False), (None, False)):
        made = Pairs.model_validate({"path": "x.tsv", "normalize": setting})
        (document,) = made.load(folders).documents
        assert unicodedata.is_normalized("NFC", document.text) is composed
