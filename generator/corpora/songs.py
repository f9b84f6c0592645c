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
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from generator.corpora.base import Corpus, Document, Folders
from generator.corpora.reading import decode
from generator.corpora.repeats import repeats
from generator.corpora.song_cleaning import paragraphs
from generator.corpora.source import FileCorpus
from generator.corpora.strict_json import parse
from generator.errors import CorpusError, quoted

BOILERPLATE_POSTS = 3
LEAST_WORDS = 20


class Songs(FileCorpus):
    """Reviews of songs from music blogs, cleaned of what is not review."""

    kind: Literal["songs"] = "songs"
    unit: Literal["review", "paragraph"] = "review"
    """What is one text."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many texts, the first ones."""

    def registered(self) -> str | None:
        """The dataset, unless `path` names a file of its shape."""
        return "songs" if self.path is None else None

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.raw(folders)
        text, notes = decode(raw)
        posts = contents(parse(text, raw.place), raw.place)
        counts: Counter[str] = Counter()
        reviews = cleaned(posts, counts)
        texts = [" ".join(review) for review in reviews]
        if self.unit == "paragraph":
            texts = [paragraph for review in reviews for paragraph in review]
        if not texts:
            raise CorpusError(
                f"{quoted(raw.place)}: no review is left of {len(posts):,} posts; "
                "expected paragraphs of English prose under content"
            )
        notes += (f"{len(posts):,} posts gave {len(reviews):,} reviews",)
        notes += tuple(f"{count:,} {what}" for what, count in counts.items() if count)
        if self.limit is not None and len(texts) > self.limit:
            notes += (f"the first {self.limit:,} of {len(texts):,} texts kept",)
            texts = texts[: self.limit]
        return Corpus(
            documents=tuple(Document(text) for text in texts),
            key=self.key_with(raw.sha256),
            notes=notes + repeats(texts),
            source=self.source(raw),
        )


def contents(value: object, place: str) -> list[str]:
    """The text of each post. Raises `CorpusError` for another shape."""
    if not isinstance(value, list):
        raise CorpusError(
            f"{quoted(place)}: found one JSON {type(value).__name__}; expected a list "
            'of posts, each an object with its text under "content"'
        )
    for number, post in enumerate(value, 1):
        if not isinstance(post, dict) or not isinstance(post.get("content"), str):
            raise CorpusError(
                f'{quoted(place)}: post {number:,} has no text under "content"; '
                "expected one in every post; mend or remove the post"
            )
    return [re.sub("[\ud800-\udfff]", "\ufffd", post["content"]) for post in value]


def cleaned(posts: Sequence[str], counts: Counter[str]) -> list[list[str]]:
    """The paragraphs of each review; what went is added to `counts`."""
    unique: dict[str, list[str]] = {}
    for post in dict.fromkeys(posts):
        review = paragraphs(post, counts)
        unique.setdefault(" ".join(review), review)
    kept = without_boilerplate(list(unique.values()), counts)
    long = [review for review in kept if len(" ".join(review).split()) >= LEAST_WORDS]
    counts["copies of posts dropped"] += len(posts) - len(unique)
    counts[f"posts dropped with fewer than {LEAST_WORDS} words"] += len(kept) - (
        len(long)
    )
    return long


def without_boilerplate(
    reviews: Sequence[list[str]], counts: Counter[str]
) -> list[list[str]]:
    """Reviews without the paragraphs that stand in many of them."""
    posts = Counter(
        letters for review in reviews for letters in set(map(plain, review))
    )
    kept = [
        [text for text in review if posts[plain(text)] < BOILERPLATE_POSTS]
        for review in reviews
    ]
    counts["paragraphs of boilerplate dropped"] += sum(map(len, reviews)) - sum(
        map(len, kept)
    )
    return kept


def plain(text: str) -> str:
    """A paragraph's letters and digits, to compare it by."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
