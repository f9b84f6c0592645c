"""Word vectors trained elsewhere, read from a file of GloVe's format.

Each line is a word and its numbers, with one space between: `good 0.12 -0.5 …`, in
UTF-8. Every line must have as many numbers. Those of words that the model knows are
read and checked; lines of other words are counted through and nothing more, so that a
file of two million words costs seconds.

Source: the text format of GloVe (Pennington, Socher and Manning, 2014).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import CorpusError, quote_text
from generator.corpora.files.text_files import open_corpus_file
from generator.corpora.words import WordVocabulary

LINE_LIMIT = 1 << 18
"""Bytes of the longest line."""
VALUE_LIMIT = 1e4
"""A number beyond it is a mistake: those of vectors are about 1."""

Vectors = NDArray[np.float32]
HEADER = 2
"""Fields of the first line of word2vec's format: how many words, how many numbers."""


def read_vectors(
    place: Path, path: str, words: WordVocabulary, dimensions: int
) -> tuple[Vectors, int]:
    """Read the vectors of known words.

    Args:
        place: Where the file is.
        path: Its name, as the author wrote it.
        words: Those whose vectors are wanted.
        dimensions: Numbers of each line.

    Returns:
        Vectors (ids, dimensions), NaN for words without one, and how many have one.

    Raises:
        CorpusError: A line is not as described; the first such line is named.
    """
    vectors = np.full((len(words), dimensions), np.nan, np.float32)
    seen: dict[int, int] = {}
    number = 0
    for number, line in _read_lines(place, path):
        where = f"{quote_text(path)}:{number:,}"
        word, fields = _split_line(line, dimensions, where, first=number == 1)
        known = words.ids.get(word)
        if known is None:
            continue
        if known in seen:
            raise CorpusError(
                f"{where}: the word {quote_text(word)} again, as in line "
                f"{seen[known]:,}; "
                "expected each once; remove one of the lines"
            )
        seen[known] = number
        vectors[known] = _parse_numbers(fields, where)
    if not number:
        raise CorpusError(f"{quote_text(path)}: empty; expected a word and its numbers")
    return vectors, len(seen)


def check_vectors(place: Path, path: str, dimensions: int, most: int = 0) -> None:
    """Check that each line holds a word and its numbers, whichever words are wanted.

    Args:
        place: Where the file is.
        path: Its name, as the author wrote it.
        dimensions: Numbers of each line.
        most: Lines that are looked at, from the first; 0 for all.

    Raises:
        CorpusError: A line is not as described; the first such line is named.
    """
    number = 0
    for number, line in _read_lines(place, path):
        where = f"{quote_text(path)}:{number:,}"
        _, fields = _split_line(line, dimensions, where, first=number == 1)
        if number == 1:
            _parse_numbers(fields, where)
        if number == most:
            break
    if not number:
        raise CorpusError(f"{quote_text(path)}: empty; expected a word and its numbers")


def _read_lines(place: Path, path: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file with their numbers, from 1, without their ends."""
    with open_corpus_file(place, path) as file:
        for number in itertools.count(1):
            line = file.readline(LINE_LIMIT + 1)
            if not line:
                return
            if len(line) > LINE_LIMIT:
                raise CorpusError(
                    f"{quote_text(path)}:{number:,}: longer than {LINE_LIMIT:,} bytes; "
                    "expected one word and its numbers in each line"
                )
            yield number, line.rstrip(b"\r\n")


def _split_line(
    line: bytes, dimensions: int, where: str, *, first: bool
) -> tuple[str, list[bytes]]:
    """Return a line's word and its fields.

    Raises:
        CorpusError: The line has another number of fields, or is not UTF-8.
    """
    word, *fields = line.rstrip(b" ").split(b" ")
    if len(fields) != dimensions:
        told = f"{where}: {len(fields):,} numbers after the word"
        if first and len(fields) == HEADER - 1:
            raise CorpusError(
                f"{told}: this looks like the heading of word2vec's format; expected "
                f"{dimensions} numbers (dim_embeddings); remove the first line"
            )
        raise CorpusError(
            f"{told}; expected {dimensions}, as dim_embeddings says; "
            "change that, or the file"
        )
    try:
        return word.decode("utf-8"), fields
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{where}: not UTF-8, found the bytes {word[:4].hex(' ')}; "
            "save the file as UTF-8"
        ) from error


def _parse_numbers(fields: list[bytes], where: str) -> NDArray[np.float64]:
    """Return the numbers of a line, (dimensions,).

    Raises:
        CorpusError: A field is no number, or one too large to be of a vector.
    """
    try:
        found = np.array([float(field) for field in fields])
    except ValueError as error:
        shown = next(field for field in fields if not _is_number(field))
        raise CorpusError(
            f"{where}: {quote_text(shown.decode('utf-8', 'replace'))} is not a number; "
            "expected one word and its numbers, with one space between"
        ) from error
    wrong = ~(np.abs(found) <= VALUE_LIMIT)
    if wrong.any():
        shown = fields[int(np.argmax(wrong))]
        raise CorpusError(
            f"{where}: the number {quote_text(shown.decode())}; expected finite "
            f"numbers "
            f"of at most {VALUE_LIMIT:,.0f} in size: the file may be damaged"
        )
    return found


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
