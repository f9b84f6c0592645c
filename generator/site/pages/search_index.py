"""The search index: a script file that any page can read, from a disk too.

Pagefind was measured first, with 52 pages of some 700 kB: its index is the same in two
builds, but takes 24 s, where the whole site renders in 8; it fetches its parts, which
does not work from a disk; and it needs `connect-src`, `'wasm-unsafe-eval'` and so a
wider policy for pages. So the index is our own.

A document is a section of a write-up or a figure: a figure's words are its title, its
sentence, its caption and every token it shows, as they stand in its HTML. The index
holds for each word the documents that have it, so no word is lost, and as much of each
document's text as a budget shared by all allows, to show a hit in its context.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from html import unescape
from itertools import groupby

import regex

from generator.core.serialize import to_base36
from generator.figures.formatting import make_visible
from generator.site.pages.feed import figure_summary
from generator.site.pages.post import Post, SearchSection

BUDGET = 40_000
"""Characters of text in the index, of all documents together."""
LONGEST, SHORTEST = 2000, 40
"""Characters of one document's text, however few or many there are."""
WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u093c"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]+"
)
"""What words are found without: accents, points of Hebrew and Arabic, dots below.

Vowel signs of other scripts are letters to their readers, and stay.
"""
SHORT = re.compile("[a-z]|[0-9]{1,3}")
"""What nobody searches for and every figure has: letters, the parts of numbers."""
ALONE = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
"""Writing without spaces: each character is a word."""
HEADING = re.compile(r'<h[23] id="([^"]*)"[^>]*>(.*?)</h[23]>', re.DOTALL)
LEFT_OUT = re.compile(
    r'<math.*?</math>|<a\b[^>]*\bclass="(?:note-mark|back)"[^>]*>[^<]*</a>', re.DOTALL
)
INLINE = re.compile(r"</?(?:a|b|bdi|code|em|kbd|span|strong|sub)\b[^>]*>")
TOKEN = re.compile(r"<bdi[^>]*>([^<]*)</bdi>")


def split_words(text: str) -> Iterator[str]:
    """Split text into words as the page's script does, without case and accents."""
    plain = text.lower()
    if not text.isascii():
        bare = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        plain = unicodedata.normalize("NFC", bare.lower())
        plain = plain.replace("ß", "ss").replace("ς", "σ")
    words = (match[0] for match in WORD.finditer(ALONE.sub(r" \1 ", plain)))
    return (word for word in words if not SHORT.fullmatch(word))


def html_text(html: str) -> str:
    """Return HTML as running text, without formulas and numbers of notes."""
    bare = LEFT_OUT.sub(" ", html)
    bare = unescape(re.sub(r"<[^>]*>", " ", INLINE.sub("", bare)))
    return make_visible(" ".join(bare.split()), blanks=False)


def prose_sections(html: str) -> Iterator[SearchSection]:
    """Yield the sections of prose: one a heading, and what stands before the first."""
    start, own, title = 0, "", ""
    for match in HEADING.finditer(html):
        yield SearchSection(own, title, html_text(html[start : match.start()]))
        start, own, title = match.end(), unescape(match[1]), html_text(match[2])
    yield SearchSection(own, title, html_text(html[start:]))


def figure_section(name: str, title: str, drawn: str, caption: str) -> SearchSection:
    """Build the document of a figure: its sentence, its caption, its tokens.

    Args:
        name: Name of the figure in the study file.
        title: Title of the figure.
        drawn: HTML of the figure.
        caption: HTML of its caption.

    Returns:
        The document.
    """
    shown = {unescape(token) for token in TOKEN.findall(drawn)}
    text = f"{figure_summary(drawn)} {html_text(caption)}"
    words = {word for token in shown for word in split_words(token)} - set(
        split_words(text)
    )
    return SearchSection(f"fig-{name}", title, text, tuple(sorted(words)), figure=True)


def merge_sections(sections: Iterable[SearchSection]) -> tuple[SearchSection, ...]:
    """Merge prose that follows a figure into the section before the figure.

    The first has no heading; it stands for the study, whatever text it has. Each is
    found by its words and those of its title.

    Args:
        sections: Sections and figures in the order of the page.

    Returns:
        The documents with their words.
    """
    merged, last = [SearchSection("", "", "")], 0
    for one in sections:
        if one.figure or one.title:
            last = last if one.figure else len(merged)
            merged.append(one)
        else:
            text = f"{merged[last].text} {one.text}".strip()
            merged[last] = replace(merged[last], text=text)
    return tuple(replace(one, words=section_words(one)) for one in merged)


def section_words(section: SearchSection) -> tuple[str, ...]:
    """Return all words of a document and its title, sorted."""
    return tuple(
        sorted({*section.words, *split_words(f"{section.title} {section.text}")})
    )


def build_search_index(posts: Sequence[Post]) -> bytes:
    """Build the index of all studies.

    Args:
        posts: Posts, newest first.

    Returns:
        A script that sets one global name.
    """
    every = [(at, one) for at, post in enumerate(posts) for one in post.sections]
    length = min(LONGEST, max(SHORTEST, BUDGET // max(1, len(every))))
    where: dict[str, list[int]] = {}
    for number, (at, one) in enumerate(every):
        for word in indexed_words(posts[at], one):
            where.setdefault(word, []).append(number)
    terms = sorted(where)
    index = {
        "pages": [[p.path, p.title, p.day_short, tag_line(p)] for p in posts],
        "documents": [
            [at, one.id, one.title, shorten_text(one.text, length), int(one.figure)]
            for at, one in every
        ],
        "terms": " ".join(terms),
        "places": " ".join(pack_numbers(where[term]) for term in terms),
    }
    text = json.dumps(index, ensure_ascii=True, separators=(",", ":"))
    return f"globalThis.SEARCH_INDEX={text};\n".encode()


def indexed_words(post: Post, section: SearchSection) -> Collection[str]:
    """Return the words of a document; a study's first has the study's own too."""
    if section.id:
        return section.words
    return {
        *section.words,
        *split_words(f"{post.title} {post.summary} {tag_line(post)}"),
    }


def tag_line(post: Post) -> str:
    """Return a study's tags in one line.

    Args:
        post: The post of a study.
    """
    return " ".join(tag.name for tag in post.tags)


def pack_numbers(numbers: Sequence[int]) -> str:
    """Encode increasing numbers as their differences, in base 36.

    Args:
        numbers: The numbers.

    Returns:
        The differences with commas; -k stands for k times 1.
    """
    before = [0, *numbers[:-1]]
    steps = (n - last for n, last in zip(numbers, before, strict=True))
    packed: list[str] = []
    for step, run in groupby(steps):
        times = len(list(run))
        often = step == 1 and times > 1
        packed += [f"-{to_base36(times)}"] if often else [to_base36(step)] * times
    return ",".join(packed)


def shorten_text(text: str, most: int) -> str:
    """Cut text that is longer than `most` behind a whole word.

    Args:
        text: The text.
        most: The most characters to keep.

    Returns:
        The text.
    """
    if len(text) <= most:
        return text
    return f"{text[: most - 2].rpartition(' ')[0]} …"
