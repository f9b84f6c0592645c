"""Word vectors read from a file: what is taken, and every line that is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.core.errors import CorpusError, SettingError
from generator.corpora.words import WordVocabulary
from generator.models import MODELS, word_vectors

WORDS = WordVocabulary(("good", "bad", "café", "rare"))


def read_vectors(folder: Path, text: str | bytes) -> tuple[np.ndarray, int]:
    """What is read of a file with this content, three numbers a word."""
    path = folder / "some.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return word_vectors.read_vectors(path, "some.txt", WORDS, 3)


def test_words_get_their_vectors(tmp_path: Path) -> None:
    """In the rows of their ids; padding, the unknown and words without one get NaN."""
    array, count = read_vectors(
        tmp_path, "bad -1 2e-1 0\nother 9 9 9\ncafé 4 5 6 \r\ngood .5 1 1.5"
    )
    assert count == 3
    assert array.dtype == np.float32
    nothing = [np.nan] * 3
    expected = [nothing, nothing, [0.5, 1, 1.5], [-1, 0.2, 0], [4, 5, 6], nothing]
    np.testing.assert_array_equal(array, np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("good 1 2 3\nother 1 2\n", r'"some.txt":2: 2 numbers .* expected 3, as dim_'),
        ("good 1 2 3 4\n", r'"some.txt":1: 4 numbers .* expected 3'),
        ("good 1 2 3\n\nbad 1 2 3\n", r'"some.txt":2: 0 numbers'),
        ("400000 3\ngood 1 2 3\n", r"word2vec's format.*remove the first line"),
        ("good 1 x 3\n", r'"some.txt":1: "x" is not a number'),
        ("good 1  3\n", r'"some.txt":1: "" is not a number'),
        ("good 1 nan 3\n", r'"some.txt":1: the number "nan"; expected finite'),
        ("good 1 -inf 3\n", r'the number "-inf"'),
        ("good 1 2 1e30\n", r'the number "1e30"; .* at most 10,000'),
        ("good 1 2 3\nbad 1 2 3\ngood 1 2 3\n", r':3: the word "good" again, .*line 1'),
        (b"\xff\xfe 1 2 3\n", r'"some.txt":1: not UTF-8, found the bytes ff fe'),
        ("", r'"some.txt": empty'),
        ("x" * 300_000, r'"some.txt":1: longer than 262,144 bytes'),
    ],
)
def test_a_line_that_is_not_as_described(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    """The file and the line are named, and what was expected."""
    with pytest.raises(CorpusError, match=message):
        read_vectors(tmp_path, text)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nothing but a regular file is opened."""
    with pytest.raises(CorpusError, match="not a regular file"):
        word_vectors.read_vectors(tmp_path, "folder", WORDS, 3)


def test_vectors_are_checked_before_any_word_is_known(tmp_path: Path) -> None:
    """The first line is enough for the size; the whole file for its other lines."""
    path = tmp_path / "some.txt"
    path.write_text("good 1 2 3\nother 1 2\n")
    word_vectors.check_vectors(path, "some.txt", 3, most=1)
    with pytest.raises(CorpusError, match=r'"some.txt":2: 2 numbers'):
        word_vectors.check_vectors(path, "some.txt", 3)
    with pytest.raises(CorpusError, match=r'"some.txt":1: 3 numbers .* expected 4'):
        word_vectors.check_vectors(path, "some.txt", 4, most=1)
    spec = MODELS["sentiment"].model_validate(
        {"kind": "sentiment", "corpus": "c", "vectors": "some.txt"}
    )
    with pytest.raises(SettingError, match="vectors: "):
        spec.with_file_settings(tmp_path)
    path.unlink()
    assert spec.with_file_settings(tmp_path) is spec
