"""Words or characters: which kinds take the unit, and what each says of the unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex

from generator.core.errors import StudyError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document
from generator.corpora.words import (
    CLOSING,
    QUESTION_MARKS,
    SENTENCE_ENDS,
    divide_story,
    join_sentence,
    split_into_words,
)
from generator.models import MODELS
from generator.study.study import load_study

PEOPLE, PLACES = "春夏秋冬", ("庭", "台所", "書斎")
MINIMAL = "title: t\nsummary: s\ncorpora: {c: {kind: planted_songs, documents: 9}}\n"


def make_stories(documents: int) -> Corpus:
    """Stories without spaces: who is where, and where one of them is."""
    drawn = np.random.Generator(np.random.PCG64(5))
    made = []
    for _ in range(documents):
        people = drawn.permutation(list(PEOPLE))[:2]
        places = drawn.choice(PLACES, 2)
        said = [
            f"{who}は{where}にいる。" for who, where in zip(people, places, strict=True)
        ]
        asked = int(drawn.integers(2))
        made.append(
            Document(f"{''.join(said)}{people[asked]}はどこ？", str(places[asked]))
        )
    return Corpus(tuple(made), "stories", labels=PLACES)


def train(folder: Path, kind: str, corpus: Corpus, **settings: Any) -> Any:
    """Train a small model for an epoch."""
    spec = MODELS[kind].model_validate(
        {"kind": kind, "corpus": "c", "epochs": 1, **settings}
    )
    spec.train(corpus, 3, folder, QuietProgress())
    return spec.load(folder)


def list_unknown(trained: Any) -> list[str]:
    """The notes on what is mostly unknown."""
    return [note for note in trained.log.notes if note.startswith("mostly unknown")]


@pytest.mark.slow(10)
def test_stories_without_spaces_are_read_by_characters(tmp_path: Path) -> None:
    """By characters it answers unseen stories; sentences stay the tokens it weighs."""
    stories = make_stories(600)
    reader = train(
        tmp_path, "pointer", stories, unit="character", epochs=20, batch_size=32
    )
    assert list_unknown(reader) == []
    model = reader.at("best")
    right = 0
    for index in reader.log.tested:
        document = stories.documents[index]
        story = model.story(model.words.split(document.text))
        assert len(story.sentences) == 2
        right += model.labels[int(model.predict([story.ids])[0].argmax())] == (
            document.label
        )
    assert right >= 0.9 * len(reader.log.tested)


@pytest.mark.slow(15)
def test_what_is_mostly_unknown_is_said(tmp_path: Path) -> None:
    """Each kind says so of texts that it has no words for, and names the remedy."""
    odd = [f"{''.join(map(chr, range(s, s + 9)))}。" for s in range(0x4E00, 0x5300, 9)]
    story = [f"{one}{one[:4]}？" for one in odd]
    labelled = Corpus(
        tuple(Document(text, "ab"[i % 2]) for i, text in enumerate(story)),
        "c",
        labels=("a", "b"),
    )
    pairs = Corpus(tuple(Document(a, translation="a b") for a in odd), "c")
    plain = Corpus(tuple(Document(text * 9) for text in odd), "c")
    tiny: dict[str, dict[str, Any]] = {
        "pointer": {"dim_embeddings": 2, "size": 2},
        "translation": {"size": 2, "dim_embeddings": 2, "dim_attention": 2},
        "char_rnn": {"rnn_size": 2, "batch_size": 4, "length": 8},
    }
    corpora = {"pointer": labelled, "translation": pairs, "char_rnn": plain}
    for kind, settings in tiny.items():
        (note,) = list_unknown(train(tmp_path / kind, kind, corpora[kind], **settings))
        assert ("100.0% of the characters of the held-out" in note) is (
            kind == "char_rnn"
        )
        assert note.endswith("set unit: character") is (kind != "char_rnn")
    words = train(
        tmp_path / "words",
        "textgenrnn",
        Corpus(tuple(Document(text) for text in odd), "c"),
        word_level=True,
        rnn_size=2,
        rnn_layers=1,
        dim_embeddings=2,
        max_length=3,
        validation=0.2,
    )
    (note,) = list_unknown(words)
    assert "are in no text that it learns from" in note
    assert note.endswith("set word_level: false")
    known = Corpus(tuple(Document("abc" * 30) for _ in odd), "c")
    assert not list_unknown(
        train(tmp_path / "known", "char_rnn", known, **tiny["char_rnn"])
    )


def test_kinds_that_have_no_unit_name_those_that_do(tmp_path: Path) -> None:
    """`unit` on a model of code points is refused, with the kinds that take it."""
    folder = tmp_path / "studies" / "2026-01-01-one"
    folder.mkdir(parents=True)
    models = "models: {m: {kind: char_rnn, corpus: c, unit: character}}\n"
    (folder / "study.yaml").write_text(MINIMAL + models)
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    assert (
        'unknown key "unit"; models that have it: bag_of_words, function, pointer, '
        "sentiment, translation"
    ) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentences", "question"),
    [
        ("海は庭にいる。春はどこ？", 1, "春はどこ？"),
        ("سارة في البيت. الولد هنا. أين سارة؟", 2, "أين سارة؟"),
        ("राम घर में है। राम कहाँ है?", 1, "राम कहाँ है?"),
        ("Аня в саду! Где Аня?", 1, "где аня?"),
    ],
)
def test_sentences_end_in_every_script(
    text: str, sentences: int, question: str
) -> None:
    """Full stops and question marks of other scripts end sentences like our own."""
    story = divide_story(split_into_words(text))
    assert len(story.sentences) == sentences
    assert join_sentence(story.question) == question
    for sentence in (*story.sentences, story.question):
        assert split_into_words(join_sentence(sentence)) == sentence


def test_ends_of_sentences_are_those_of_unicode() -> None:
    """Every mark that ends a sentence here ends one in UAX 29 too, and closes."""
    ends = regex.compile(r"[\p{Sentence_Break=STerm}\p{Sentence_Break=ATerm}]")
    assert all(ends.fullmatch(mark) for mark in SENTENCE_ENDS)
    assert QUESTION_MARKS < SENTENCE_ENDS < CLOSING
    assert "," not in SENTENCE_ENDS
