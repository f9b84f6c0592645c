"""The prose linter: what it finds, at which line, and what it leaves alone."""

from __future__ import annotations

import time

import pytest

from generator.site.writeup.lint import lint_study_file, lint_write_up
from generator.site.writeup.source import mask_text


def lines(text: str) -> list[int]:
    """Lines of the warnings about a write-up."""
    return [int(found.split(":")[1]) for found in lint_write_up("index.md", text)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("One.\n\nthe <pad> token", 3),
        ("a\n\n</s> ends", 3),
        ("Why?\n- because\n- so", 2),
        ("Text.\n1. one\n2. two", 2),
        ("- a\n  - b", 2),
        ("1. a\n   1. b", 2),
        ("1. a\n- b", 2),
        ("Accuracy is 0.73 here.", 1),
        ("A.\n\nIt is 87 % right.", 3),
        ("It is 87%.", 1),
        ("It is −0.4 lower.", 1),
        ("One says 0.5 [@a]. The\nother says 0.6.", 2),
        ("![Loss is 0.4.](figure:loss)", 1),
        ("A[^a].\n\n[^a]: a\n[^b]: b", 4),
        ("A.\n\nAs told [see @jain2019].", 3),
    ],
)
def test_what_goes_wrong_is_told_with_its_line(text: str, line: int) -> None:
    """Each mistake gives one warning, at the line where it stands."""
    assert lines(text) == [line]


@pytest.mark.parametrize(
    "text",
    [
        "the `<pad>` token, ``<s>``\n\n```\n<pad> 0.5\n- a\n```\n",
        "~~~text\n0.5\n~~~\n",
        "    0.5 <pad>\n",
        "Why?\n\n- because\n- so\n    - nested\n    - more\n\n    a paragraph\n- third",
        "## Heading\n- a\n- b",
        "![A caption.](figure:x)\n- @word: A note.\n- @other: Another.",
        "<https://example.org/0.5> and [x](https://example.org/87%25)",
        "It is {{ a.b:.2f }} and {{ a.c:.1%}} of all.",
        "In 2019, 3,000 reviews of 17 to 42 words, version 2.0.0, 3.5.1.",
        "They found 0.35 [@jain2019, p. 3] and 0.29 [@jain2019; @wiegreffe2019].",
        "Take away words [@jain2019]: that, [a@b], [@x](https://example.org).",
        "Of $0.69$ possible, at most $5\\,\\%$.",
        "![Means with 95 % bootstrap intervals.](figure:x)",
        "A note.[^n]\n\n[^n]: Printed as 0.43 there.",
        "A[^n]: so.\n\n[^n]: A note, which refers to another.[^m]\n[^m]: That.",
        "It costs $5 and $6.",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    """Code, values, formulas, citations, notes, years and levels give no warning."""
    assert lint_write_up("index.md", text) == ()


def test_masking_moves_nothing() -> None:
    """Line and column of what is left are those of the file."""
    text = "a `b\nc` {{ d }} $e$\n\n```\nf\n```\ng [@h] 0.5\n"
    out = mask_text(text)
    assert len(out) == len(text)
    assert [i for i, c in enumerate(out) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]
    assert out.index("0.5") == text.index("0.5")
    assert not {"b", "d", "e", "f", "h"} & set(out)


@pytest.mark.parametrize(
    "part",
    [
        "$x$ ",
        "[@a, ",
        "$$a\n",
        "`a ",
        "[^a",
        "0.5 ",
        "- ",
        "<a ",
        "    ",
        "1. a\n",
        "[a]: b\n",
        "[^a]: b\n",
        "---\na: b\n",
        "{{ ",
        "| a |\n|-|\n",
        "https://a(",
        "!!! a",
    ],
)
def test_no_text_keeps_the_linter_busy(part: str) -> None:
    """Whatever is repeated, a long write-up is looked at in seconds."""
    begun = time.monotonic()
    lint_write_up("index.md", (part * 60_000)[:60_000])
    assert time.monotonic() - begun < 30


def test_a_comment_that_cuts_a_title_is_told() -> None:
    """YAML cuts `Update #2` to `Update`; quoted text and plain comments are fine."""
    text = "title: Update #2\nseed: 3  # why\nsummary: 'a # b'\n# whole\n- text: x #y\n"
    found = lint_study_file("study.yaml", text)
    assert [line.split(":")[1] for line in found] == ["1", "5"]
    assert '"#2" is a comment to YAML and no part of title' in found[0]


def test_a_message_says_what_to_do() -> None:
    """A number that is typed can be taken from an artifact, cited or marked."""
    (found,) = lint_write_up("studies/x/index.md", "It is 87 %.")
    assert found.startswith("studies/x/index.md:1: 87 % is typed by hand; ")
    assert "$87 \\%$" in found


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("<b>", "write **bold**"),
        ("</em>", r"write *italic*"),
        ('<a href="x">', "write [text](address)"),
        ("<img src=x>", "write ![alt](picture.png)"),
        ("<pad>", "backticks, `<pad>`"),
    ],
)
def test_html_is_told_with_its_markdown(tag: str, hint: str) -> None:
    """A tag of HTML names what Markdown has for it; any other is a token."""
    (found,) = lint_write_up("index.md", f"A {tag} stands here.\n")
    assert hint in found
