"""Song reviews, cleaned. The posts here are written for these tests."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import CorpusError
from generator.corpora.base import Corpus, Folders
from generator.corpora.files.song_reviews import Songs, extract_paragraphs, is_prose

FIRST = (
    "This is a slow song about the sea , and it takes its time to get there. "
    "We have played it all week and we are not tired of it."
)
SECOND = (
    "The drums come in late, and when they do you will want to walk home in the rain "
    "with the volume up and nobody around."
)


def clean(post: str) -> list[str]:
    """The paragraphs of one post."""
    return extract_paragraphs(post, Counter())


def load(folders: Folders, *posts: str, **settings: object) -> Corpus:
    """The corpus of some posts."""
    records = [{"content": post, "title": "unused"} for post in posts]
    (folders.study / "posts.json").write_text(json.dumps(records))
    return Songs.model_validate({"path": "posts.json", **settings}).load(folders)


def test_wrapped_lines_are_joined() -> None:
    """Lines of a paragraph become one, words wrapped at a hyphen whole again."""
    assert clean(
        "A warm and rather lo-\nfi song that is\nabout us.\n\nAnd it is a good one."
    ) == [
        "A warm and rather lo-fi song that is about us.",
        "And it is a good one.",
    ]


def test_line_breaks_stay() -> None:
    """Two spaces at the end of a line end a paragraph, and a break is no wrap."""
    assert clean("It is a song for the night.  \nAnd one for the day.") == [
        "It is a song for the night.",
        "And one for the day.",
    ]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("It is **so** _very_ good to me.", "It is so very good to me."),
        ("_**It is the one**_ for all of us.", "It is the one for all of us."),
        ("The band 's _Night_ , is out now.", "The band's Night, is out now."),
        ("### It is a song for the night.", "It is a song for the night."),
        ("> It is a song for the night.", "It is a song for the night."),
        ("  * It is a song for the night.", "It is a song for the night."),
        ("  12. It is a song for the night.", "It is a song for the night."),
        ("It is what it is, f**k it all.", "It is what it is, f**k it all."),
        (r"It is a 10\. Not an 11\.", "It is a 10. Not an 11."),
        ("It is ~~bad~~ good, and so are you.", "It is bad good, and so are you."),
        ("It is out on snake_case now.", "It is out on snake_case now."),
        (
            "See [the new video](https://example.org/a) of it.",
            "See the new video of it.",
        ),
        ("![a cat](https://example.org/a.png) It is a good one.", "It is a good one."),
        ("It is at https://example.org/a for all.", "It is at for all."),
        ("Write to me@example.org if you like it.", "Write to if you like it."),
        ("ItaEUR(tm)s aEURoethe oneaEUR for me.", 'It\'s "the one" for me.'),
        ('It is here aEUR" and it is on.', "It is here -- and it is on."),
    ],
)
def test_marks_go_and_words_stay(marked: str, plain: str) -> None:
    """Markdown, addresses and mojibake go from a sentence, and nothing else does."""
    assert clean(marked) == [plain]


@pytest.mark.parametrize(
    "junk",
    [
        "New Music",
        "Share on Facebook Share on Twitter More",
        "| **The band on the web:**  \n---|---",
        "Home | Genre | Articles | Charts",
        "Nov 16 -- Springfield @ The Hall (w/ The Others)",
        "  1. First\n  2. Second\n  3. Third",
        "Words by Somebody",
        "https://example.org/a/b",
        "You can hear the song below:",
        "____",
        "* * *",
        ">\n>",
        "Das Lied ist schön, und wir hören es jeden Tag auf dem Weg nach Hause.",
        "Tags: Piano, Guitar, Sea, Rain, Folk, Winter, Radio, Vinyl, Cello, Tapes",
    ],
)
def test_what_is_no_review_goes(junk: str) -> None:
    """Menus, buttons, dates, track lists, tags and other languages leave nothing."""
    assert clean(junk) == []
    assert clean(f"It is a good song.\n\n{junk}\n\nAnd so is that one.") == [
        "It is a good song.",
        "And so is that one.",
    ]


@given(st.text(alphabet="ab *_|>#~-.\\[]()!'\n1\u00e9\ue000"))
def test_any_post_gives_single_lines_without_emphasis(post: str) -> None:
    """Whatever the marks, paragraphs come out on one line with single spaces."""
    for text in clean("It is to be the one. " + post):
        assert text == " ".join(text.split())
        assert "|" not in text
        assert not re.search(r"(?<![A-Za-z*])\*", text)


def test_prose_is_told_by_its_ends_and_its_function_words() -> None:
    """Four words and a full stop are enough, twelve without; names alone are not."""
    counts: Counter[str] = Counter()
    assert is_prose("It is a song.", counts)
    assert not is_prose("It is one.", counts)
    assert not is_prose("It is a song", counts)
    assert is_prose("It is a song and it is about all of the sea", counts)
    assert not is_prose("Anna Berta Clara Dora Emma Frieda Greta Hanna Ida.", counts)
    assert counts == {
        "fragments dropped": 2,
        "paragraphs dropped that are no English prose": 1,
    }


def test_a_review_is_a_text(folders: Folders) -> None:
    """Paragraphs of a post are one text, joined by a space; or each is one."""
    post = f"New Music\n\n{FIRST}\n\n{SECOND}\n"
    first = FIRST.replace(" , ", ", ")
    corpus = load(folders, post)
    assert [d.text for d in corpus.documents] == [f"{first} {SECOND}"]
    assert "1 posts gave 1 reviews" in corpus.notes
    assert "1 fragments dropped" in corpus.notes
    halves = load(folders, post, unit="paragraph")
    assert [d.text for d in halves.documents] == [first, SECOND]
    assert halves.key != corpus.key


def test_copies_of_posts_are_dropped(folders: Folders) -> None:
    """The first of equal reviews stays, in its place, and the rest are counted."""
    other = SECOND.replace("late", "early")
    corpus = load(folders, FIRST, SECOND, f"Tags\n\n{FIRST}", FIRST, other)
    found = [document.text[:9] for document in corpus.documents]
    assert found == [FIRST[:9], SECOND[:9], other[:9]]
    assert "2 copies of posts dropped" in corpus.notes


def test_boilerplate_is_dropped(folders: Folders) -> None:
    """A paragraph in three posts goes, however it is written; one in two stays."""
    posts = [f"{SECOND} Number {n} of them it is.\n\n" for n in "abcd"]
    posts[0] += "Write to us if you like it."
    posts[1] += "Write to us if you LIKE it!"
    assert all("us if you" in d.text for d in load(folders, *posts[:2]).documents)
    posts[2] += "*Write to us* if you like it."
    corpus = load(folders, *posts)
    assert not any("us if you" in d.text for d in corpus.documents)
    assert "3 paragraphs of boilerplate dropped" in corpus.notes


def test_short_posts_are_dropped(folders: Folders) -> None:
    """A post with fewer than twenty words of prose is no review."""
    corpus = load(folders, FIRST, "It is a good song.")
    assert len(corpus.documents) == 1
    assert "1 posts dropped with fewer than 20 words" in corpus.notes


def test_the_limit_keeps_the_first(folders: Folders) -> None:
    """A limited corpus is the beginning of the whole one."""
    corpus = load(folders, FIRST, SECOND, limit=1)
    assert [d.text[:9] for d in corpus.documents] == [FIRST[:9]]
    assert "the first 1 of 2 texts kept" in corpus.notes


def test_no_review_left_is_an_error(folders: Folders) -> None:
    """Posts without prose are refused with their number."""
    with pytest.raises(CorpusError, match="no review is left of 2 posts"):
        load(folders, "New Music", "Tags")


def test_control_characters_of_posts_are_told(folders: Folders) -> None:
    """An escape of JSON is a control character that no line of the file shows."""
    notes = load(folders, f"{FIRST} Ring\x07 it.").notes
    assert any(note.startswith("1 × control characters kept as text") for note in notes)


def test_lone_surrogates_do_not_get_through(folders: Folders) -> None:
    """An escape for half a character becomes U+FFFD."""
    corpus = load(folders, FIRST + " It is the \ud800 one.")
    assert "the \ufffd one" in corpus.documents[0].text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", r'"posts\.json":1:2: not valid JSON'),
        ('[{"content": "a"},\n{"content": }]', r'"posts\.json":2:13: not valid'),
        ('[{"content": NaN}]', "NaN is no JSON number"),
        ('[{"content": "a", "content": "b"}]', 'the key "content" twice'),
        ("[" * 200_000, "nested too deeply"),
        ("[" + "1" * 5000 + "]", "not valid JSON"),
        ('{"content": "a"}', "found one JSON dict; expected a list"),
        ('[{"content": "a"}, {"text": "b"}]', "post 2 has no text"),
        ('[{"content": 3}]', "post 1 has no text"),
        ("[3]", "post 1 has no text"),
    ],
)
def test_other_json_is_refused(folders: Folders, text: str, message: str) -> None:
    """JSON that is damaged, ambiguous or of another shape says what is wrong."""
    (folders.study / "posts.json").write_text(text)
    with pytest.raises(CorpusError, match=message):
        Songs(path="posts.json").load(folders)


def test_the_dataset_is_known_before_it_is_there(folders: Folders) -> None:
    """Without a path the dataset is read, and named while it is absent."""
    assert Songs().missing_dataset(folders) == "songs"
    assert Songs().key(folders) != Songs(unit="paragraph").key(folders)
    assert Songs(path="posts.json").missing_dataset(folders) is None
    with pytest.raises(CorpusError, match="fetch songs"):
        Songs().load(folders)


def test_real_reviews(real: Folders) -> None:
    """The real posts become reviews without marks, menus or foreign pages."""
    if Songs().missing_dataset(real):
        pytest.skip("the data folder lacks songs")
    corpus = Songs().load(real)
    texts = [document.text for document in corpus.documents]
    assert corpus.key == Songs().key(real)
    assert "1,584 posts gave 1,434 reviews" in corpus.notes
    assert len(texts) == len(set(texts)) == 1434
    assert 205_000 < sum(len(text.split()) for text in texts) < 215_000
    whole = "\n".join(texts)
    assert not re.search(
        r"aEUR|https?://|(?<![A-Za-z*])\*|\||Activate My Account|LOADING", whole
    )
    assert all(len(text.split()) >= 20 and "\n" not in text for text in texts)
