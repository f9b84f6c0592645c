"""Tokens of language models and their ids, as textgenrnn counts them.

At character level every character is a token. At word level:

1. Every punctuation mark stands alone: `PUNCTUATION`, newline and tab among it.
2. What is between marks and spaces is a word, in lower case. Only the space itself
   parts words; other white space stays inside one, as upstream leaves it.
3. Written words are joined by spaces, which are then removed where upstream removes
   them: before closing marks, after opening ones, inside pairs of double quotes.

A prefix is read by upstream's other rules: any white space parts words and is lost,
and the ellipsis does not stand alone.

Id 0 is padding and, in textgenrnn, every unknown token too. Ids from 1 are the tokens
by falling frequency, ties by first appearance; the mark `<s>`, which opens and closes a
text, comes last.

Source: textgenrnn 2.0.0, `train_on_texts`, `train_new_model`, `textgenrnn_generate`;
Keras's `Tokenizer` and `text_to_word_sequence`.
Differs: upstream counts its words before punctuation stands alone, so that its
vocabulary holds `summer.` and never meets it, and lacks `.`; here words are counted as
they are read. A token that reads `<s>` in a text is not counted twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core.tokens import Token

PAD = "<pad>"
UNKNOWN = "<unknown>"
MARK = "<s>"


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that a language model knows: `tokens[i]` has the id i + 1."""

    tokens: tuple[str, ...]
    word_level: bool
    mark: str | None = MARK  # None for a single text
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {token: i for i, token in enumerate(self.tokens, 1)}
        object.__setattr__(self, "ids", ids)

    def __len__(self) -> int:
        """Return how many ids there are, 0 included."""
        return len(self.tokens) + 1

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of tokens, 0 for unknown ones."""
        return [self.ids.get(token, 0) for token in tokens]

    def token(self, index: int) -> Token:
        """Return the token of an id.

        Id 0 is shown as padding; `tokens_of` tells it from unknown tokens.
        """
        if index == 0:
            return Token(PAD, "pad")
        text = self.tokens[index - 1]
        return Token(text, "mark" if text == self.mark else "word")

    def tokens_of(self, ids: Sequence[int]) -> tuple[Token, ...]:
        """Return the tokens of one history.

        Args:
            ids: Token ids of a history, padded on the left.

        Returns:
            A token for each id: leading zeros are padding, later ones unknown tokens.
        """
        first = next((i for i, index in enumerate(ids) if index), len(ids))
        return tuple(
            Token(UNKNOWN, "unknown") if not index and i >= first else self.token(index)
            for i, index in enumerate(map(int, ids))
        )


PUNCTUATION = "!\"#$%&()*+,-./:;<=>?@[]^_`{|}~\n\t'‘’“”’–—…"
_PREFIX_PUNCTUATION = PUNCTUATION.replace("…", "")
_MARKS = re.escape(PUNCTUATION)
_WORD = re.compile(f"[{_MARKS}]|[^ {_MARKS}]+")
_PREFIX_MARK = re.compile(f"([{re.escape(_PREFIX_PUNCTUATION)}])")
_CLEANING = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r" ([\n\t]) ", r"\1"),
        (r" ([!%),.:;?@\]_}\n\t'])", r"\1"),
        (r"([$(\[_\n\t']) ", r"\1"),
        (r'" (.+?) "', r'"\1"'),
    )
)
_CHUNK = 1 << 20
_LAST = 0x10FFFF

Ids = NDArray[np.unsignedinteger]
Offsets = NDArray[np.int64]


def split_tokens(text: str, word_level: bool) -> Iterator[str]:
    """Split a text to learn from into tokens.

    Args:
        text: The text.
        word_level: Whether tokens are words; else characters.

    Returns:
        The tokens, one at a time.
    """
    if not word_level:
        return iter(text)
    return (match.group().lower() for match in _WORD.finditer(text))


def split_prefix(prefix: str, word_level: bool) -> list[str]:
    """Split a prefix to continue into tokens, without the opening mark.

    Args:
        prefix: The text to continue.
        word_level: Whether tokens are words; else characters.

    Returns:
        The tokens.
    """
    if not word_level:
        return list(prefix)
    return [word.lower() for word in _PREFIX_MARK.sub(r" \1 ", prefix).split()]


def join_tokens(tokens: Sequence[str], word_level: bool) -> str:
    """Join tokens to running text.

    Args:
        tokens: Tokens without opening and closing marks.
        word_level: Whether tokens are words; else characters.

    Returns:
        The text.
    """
    if not word_level:
        return "".join(tokens)
    text = " ".join(tokens)
    for pattern, replacement in _CLEANING:
        text = pattern.sub(replacement, text)
    return text


def build_vocabulary(
    documents: Iterable[Iterable[str]],
    word_level: bool,
    max_words: int,
    single_text: bool = False,
) -> Vocabulary:
    """Build the vocabulary of the most frequent tokens.

    Args:
        documents: Tokens of each document; at character level a string will do.
        word_level: Whether tokens are words; else characters.
        max_words: How many tokens to take, the mark not counted.
        single_text: Whether to leave out the mark that opens and closes a text.

    Returns:
        The tokens by falling frequency, ties by first appearance.
    """
    if word_level:
        counts = Counter(chain.from_iterable(documents))
    else:
        counts = _count_characters(documents)
    mark = None if single_text else MARK
    if mark is not None:
        counts.pop(mark, None)
    # A stable sort: tokens of one count stay in the order of their first appearance.
    ranked = sorted(counts, key=lambda token: -counts[token])[:max_words]
    return Vocabulary((*ranked, mark) if mark else tuple(ranked), word_level, mark)


def encode_texts(texts: Sequence[str], vocabulary: Vocabulary) -> tuple[Ids, Offsets]:
    """Encode all texts as one array of ids.

    Every text is opened and closed by the mark, if the vocabulary has one. Beside the
    result, memory is needed for a chunk of one text at character level, and for one
    text's ids at word level: ids are written where they stay. There are at most as many
    as characters, and room that is not written to takes no memory.

    Args:
        texts: The texts.
        vocabulary: The tokens and their ids.

    Returns:
        Ids (tokens,) of the smallest unsigned type that fits, and the offset of each
        text, with the total length last, (texts + 1,).
    """
    kind = np.min_scalar_type(len(vocabulary) - 1)
    ends = np.array([vocabulary.ids[vocabulary.mark]] if vocabulary.mark else [], kind)
    to_ids = (_make_word_encoder if vocabulary.word_level else _make_character_encoder)(
        vocabulary, kind
    )
    room = sum(map(len, texts)) + 2 * len(ends) * len(texts)
    ids, offsets = np.empty(room, kind), np.zeros(len(texts) + 1, np.int64)
    place = 0
    for index, text in enumerate(texts, 1):
        for part in chain((ends,), to_ids(text), (ends,)):
            ids[place : place + len(part)] = part
            place += len(part)
        offsets[index] = place
    ids.resize(place, refcheck=False)  # in place: nothing else refers to it yet
    return ids, offsets


def _count_characters(documents: Iterable[Iterable[str]]) -> Counter[str]:
    """Count how often each character occurs, in the order of first appearance."""
    counts: Counter[str] = Counter()
    for document in documents:
        text = document if isinstance(document, str) else "".join(document)
        for codes in _iterate_codes(text):
            for code, times in zip(*_count_codes(codes, counts), strict=True):
                counts[chr(code)] += int(times)
    return counts


def _count_codes(
    codes: NDArray[np.uint32], known: Container[str]
) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
    """Count code points, those that are not known yet in order of first appearance.

    Args:
        codes: Code points of a chunk.
        known: Characters that were met before, whose order no longer matters.

    Returns:
        The distinct code points and how often each occurs.
    """
    if not len(codes) or int(codes.max()) >= len(codes):
        # A table of all code points would cost a short text more than sorting it.
        found, first, times = np.unique(codes, return_index=True, return_counts=True)
        order = np.argsort(first)
        return found[order], times[order].astype(np.int64)
    table = np.bincount(codes)
    met = np.flatnonzero(table)
    if not all(chr(code) in known for code in met):
        first = np.zeros(len(table), np.int64)
        first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # the last one stays
        met = met[np.argsort(first[met])]
    return met, table[met]


def _iterate_codes(text: str) -> Iterator[NDArray[np.uint32]]:
    """Yield the code points of a text in chunks, lone surrogates included."""
    for start in range(0, len(text), _CHUNK):
        chunk = text[start : start + _CHUNK].encode("utf-32-le", "surrogatepass")
        yield np.frombuffer(chunk, "<u4")


def _make_character_encoder(
    vocabulary: Vocabulary, kind: np.dtype[Any]
) -> Callable[[str], Iterable[Ids]]:
    """Make a function from a text to its ids, by one table over all code points."""
    table = np.zeros(_LAST + 1, kind)
    for token, index in vocabulary.ids.items():
        if len(token) == 1:
            table[ord(token)] = index
    return lambda text: (table[codes] for codes in _iterate_codes(text))


def _make_word_encoder(
    vocabulary: Vocabulary, kind: np.dtype[Any]
) -> Callable[[str], Iterable[Ids]]:
    """Make a function from a text to its ids, word by word."""
    ids = vocabulary.ids

    def to_ids(text: str) -> list[Ids]:
        words = split_tokens(text, word_level=True)
        return [np.fromiter((ids.get(word, 0) for word in words), kind)]

    return to_ids
