"""Paths that study files write: what is allowed, and the nearest that is not."""

from __future__ import annotations

import pytest

from generator.corpora.files.text_files import NAME_LIMIT, find_path_problem


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("a/b.txt", "/a/b.txt"),
        ("a/b.txt", "a//b.txt"),
        ("a/b.txt", "a/b.txt/"),
        ("a/b.txt", "a\\b.txt"),
        ("a/b.txt", "./b.txt"),
        ("a..b/c", "a/../c"),
        ("a.b", ".ab"),
        ("a/b.c", "a/.bc"),
        ("a.b", "ab."),
        ("a b", "ab "),
        ("a/b", "a /b"),
        ("a~", "~a"),
        ("files/a", "file:a"),
        ("http/a", "http://a"),
        ("C/a", "C:a"),
        ("a b", "a\tb"),
        ("é" * (NAME_LIMIT // 2) + "x", "é" * (NAME_LIMIT // 2 + 1)),
        ("x" * NAME_LIMIT + "/y", "x" * (NAME_LIMIT + 1) + "/y"),
    ],
)
def test_a_path_is_relative_visible_and_short(good: str, bad: str) -> None:
    """Each rule stops what breaks it and nothing else; lengths are in bytes."""
    assert find_path_problem(good) is None
    assert find_path_problem(bad)
