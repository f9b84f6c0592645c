"""Reviews of songs from music blogs, cleaned of what is not review.

The file is JSON, a list of posts with their Markdown under `content`; `path` names one
of the same shape instead of the dataset. `song_cleaning` keeps the paragraphs of prose
of each post. Then, over all posts:

8.  *Copies*: of posts with the same text the first stays.
9.  *Boilerplate*: a paragraph that stands in three posts or more, capitals and
    punctuation apart, goes from all of them: blurbs, notes on authors, "listen below".
10. *Short posts*: a post with fewer than twenty words left goes.

One review is one text, its paragraphs joined by spaces, as in the study that made these
posts known. Documents then are what inverse document frequency takes them for, no two
sides of the split quote the same review, and only ten windows of a review hold padding,
so that attention on padding is seen where a text opens and nowhere else. `unit:
paragraph` makes each paragraph a text: more openings, more padding, and paragraphs of
one review on both sides of the split.

From the text of a scraped blog post to its paragraphs of prose.

The posts are web pages turned into Markdown by a program: wrapped at 78 characters,
with emphasis, tables and lists left in, and with whatever stood beside the review:
menus, share buttons, tour dates, notes on the author. The rules, in order; each counts
what it changed, and the counts are printed with the corpus:

1.  *Mojibake*: punctuation that was decoded wrongly and then spelt out (`aEURoe` for an
    opening quotation mark) becomes the mark again. The letters `aEUR` stand in no word.
2.  *Images and links*: an image goes, a link leaves its text.
3.  *Wraps*: lines of a paragraph are joined by a space, by nothing after a hyphen
    inside a word. Two spaces at the end of a line were a line break on the page and
    stay one, as does the start of a heading, a quotation, a list item or a table row;
    each cell of a row stands alone.
4.  *Marks*: emphasis, heading, quotation, list and strike marks and escapes go. Stars
    within a word stay (`f**k`). A space that the program put after emphasis goes where
    `'s`, its like, or punctuation follows.
5.  *Addresses*: web and mail addresses go.
6.  *Fragments*: a paragraph stays if it ends a sentence and has four words, or has
    twelve. Buttons, headings, credits, track lists, tags and dates go.
7.  *No English prose*: of a paragraph's words at least a fifth must be among the most
    frequent function words of English; in prose they are almost half. Lists of names,
    tour dates and other languages go.

Two more rules look at all posts at once (see `songs`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from generator.core.errors import CorpusError, quote_text
from generator.corpora.base import Corpus, Document, Folders, note_repeats
from generator.corpora.files.base import FileCorpus
from generator.corpora.files.delimited import parse_json
from generator.corpora.files.text_files import decode_text, note_control_characters

MOJIBAKE = (
    ('aEUR"', " -- "),
    ("aEUR(tm)", "'"),
    ("aEUR~", "'"),
    ("aEURoe", '"'),
    ("aEUR|", "..."),
    ("aEUR", '"'),
)
SENTENCE_WORDS = 4
LINE_WORDS = 12
PROSE_SHARE = 0.2
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    the a an and or but of to in on at by for from with as is are was were be been
    it its this that these those he she they his her their we you i our your my me
    has have had will would can do does not no so if when what which who all into
    out up about after just more there than then them us
    """,
    )
)

IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\s]*\)")
LINK = re.compile(r"\[([^\]\n]*)\]\([^)\s]*\)")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
RULE = re.compile(r"[\s|:*_~-]*")
BLOCK_START = re.compile(r"\s*(?:#|[*+-] |\d+\. |>)")
LEADING_MARKS = re.compile(r"^(?:\s*(?:#+|[*+-] |\d+\. |>))*\s*")
MARKS = re.compile(
    r"(\b[A-Za-z]{1,2}\*+(?=[A-Za-z]))"  # a censored word, kept
    r"|(?<=[A-Za-z0-9])([*~]{2,})(?=[A-Za-z0-9])"  # between two words, a space
    r"|\*+|~+|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])"
)
ESCAPE = re.compile(r"\\([^\w\s])")
DETACHED_CLITIC = re.compile(r"(?<=\w) (?='(?:s|t|re|ve|ll|d|m)\b|[,.;:!?](?:\s|$))")
SENTENCE_END = re.compile(r"""[.!?]["')\]]*$""")
WORD = re.compile(r"[A-Za-z0-9]+(?:'[a-z]+)?")


def extract_paragraphs(post: str, counts: Counter[str]) -> list[str]:
    """The paragraphs of prose of a post; what went is added to `counts`."""
    for wrong, right in MOJIBAKE:
        counts["mojibake marks repaired"] += post.count(wrong)
        post = post.replace(wrong, right)
    post, images = IMAGE.subn("", post)
    post, links = LINK.subn(r"\1", post)
    counts["images dropped and links unwrapped"] += images + links
    found = (remove_markup(row, counts) for row in split_rows(post, counts))
    return [row for row in found if row and is_prose(row, counts)]


def split_rows(post: str, counts: Counter[str]) -> Iterator[str]:
    """Paragraphs and cells, each on one line."""
    for block in re.split(r"\n\s*\n", post):
        row = ""
        broken = False
        for line in block.split("\n"):
            if row and not (broken or "|" in line or BLOCK_START.match(line)):
                counts["wrapped lines joined"] += 1
                row += ("" if is_hyphenated(row, line) else " ") + line.strip()
            else:
                yield from split_cells(row)
                row = line.strip()
            broken = line.endswith("  ") or "|" in line
        yield from split_cells(row)


def is_hyphenated(row: str, line: str) -> bool:
    """Whether a word was wrapped at its hyphen."""
    return bool(re.search(r"\w-$", row) and re.match(r"\s*\w", line))


def split_cells(row: str) -> Iterator[str]:
    """The cells of a table row that hold anything; of other rows, the row."""
    yield from (cell for cell in row.split("|") if not RULE.fullmatch(cell))


def remove_markup(row: str, counts: Counter[str]) -> str:
    """A row without Markdown and addresses, its spaces single."""
    text = LEADING_MARKS.sub("", row)
    text = MARKS.sub(lambda m: m[1] or (" " if m[2] else ""), text)
    text = DETACHED_CLITIC.sub("", ESCAPE.sub(r"\1", text))
    counts["paragraphs with Markdown marks removed"] += text != row
    text, addresses = ADDRESS.subn("", text)
    counts["addresses dropped"] += addresses
    return " ".join(text.split())


def is_prose(text: str, counts: Counter[str]) -> bool:
    """Whether a paragraph is sentences in English."""
    words = WORD.findall(text)
    least = SENTENCE_WORDS if SENTENCE_END.search(text) else LINE_WORDS
    if len(words) < least:
        counts["fragments dropped"] += 1
        return False
    known = sum(word.lower().partition("'")[0] in FUNCTION_WORDS for word in words)
    if known < PROSE_SHARE * len(words):
        counts["paragraphs dropped that are no English prose"] += 1
        return False
    return True


BOILERPLATE_POSTS = 3
LEAST_WORDS = 20


class Songs(FileCorpus):
    """Reviews of songs from music blogs, cleaned of what is not review."""

    kind: Literal["songs"] = "songs"
    unit: Literal["review", "paragraph"] = "review"
    """What is one text."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many texts, the first ones."""

    def registered_dataset(self) -> str | None:
        """The dataset, unless `path` names a file of its shape."""
        return "songs" if self.path is None else None

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.read_raw(folders)
        text, notes = decode_text(raw)
        posts = read_posts(parse_json(text, raw.place), raw.place)
        counts: Counter[str] = Counter()
        reviews = clean_posts(posts, counts)
        texts = [" ".join(review) for review in reviews]
        if self.unit == "paragraph":
            texts = [paragraph for review in reviews for paragraph in review]
        if not texts:
            raise CorpusError(
                f"{quote_text(raw.place)}: no review is left of {len(posts):,} posts; "
                "expected paragraphs of English prose under content"
            )
        notes += (f"{len(posts):,} posts gave {len(reviews):,} reviews",)
        notes += tuple(f"{count:,} {what}" for what, count in counts.items() if count)
        if not any("control characters" in note for note in notes):  # JSON has escapes
            notes += tuple(note_control_characters(texts, "text"))
        if self.limit is not None and len(texts) > self.limit:
            notes += (f"the first {self.limit:,} of {len(texts):,} texts kept",)
            texts = texts[: self.limit]
        return Corpus(
            documents=tuple(Document(text) for text in texts),
            key=self.compute_key(raw.fingerprint),
            notes=notes + note_repeats(texts),
            source=self.describe_source(raw),
        )


def read_posts(value: object, place: str) -> list[str]:
    """The text of each post. Raises `CorpusError` for another shape."""
    if not isinstance(value, list):
        raise CorpusError(
            f"{quote_text(place)}: found one JSON {type(value).__name__}; expected a "
            f"list "
            'of posts, each an object with its text under "content"'
        )
    for number, post in enumerate(value, 1):
        if not isinstance(post, dict) or not isinstance(post.get("content"), str):
            raise CorpusError(
                f'{quote_text(place)}: post {number:,} has no text under "content"; '
                "expected one in every post; mend or remove the post"
            )
    return [re.sub("[\ud800-\udfff]", "\ufffd", post["content"]) for post in value]


def clean_posts(posts: Sequence[str], counts: Counter[str]) -> list[list[str]]:
    """The paragraphs of each review; what went is added to `counts`."""
    unique: dict[str, list[str]] = {}
    for post in dict.fromkeys(posts):
        review = extract_paragraphs(post, counts)
        unique.setdefault(" ".join(review), review)
    kept = remove_boilerplate(list(unique.values()), counts)
    long = [review for review in kept if len(" ".join(review).split()) >= LEAST_WORDS]
    counts["copies of posts dropped"] += len(posts) - len(unique)
    counts[f"posts dropped with fewer than {LEAST_WORDS} words"] += len(kept) - (
        len(long)
    )
    return long


def remove_boilerplate(
    reviews: Sequence[list[str]], counts: Counter[str]
) -> list[list[str]]:
    """Reviews without the paragraphs that stand in many of them."""
    posts = Counter(
        letters
        for review in reviews
        for letters in set(map(normalize_paragraph, review))
    )
    kept = [
        [
            text
            for text in review
            if posts[normalize_paragraph(text)] < BOILERPLATE_POSTS
        ]
        for review in reviews
    ]
    counts["paragraphs of boilerplate dropped"] += sum(map(len, reviews)) - sum(
        map(len, kept)
    )
    return kept


def normalize_paragraph(text: str) -> str:
    """A paragraph's letters and digits, to compare it by."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
