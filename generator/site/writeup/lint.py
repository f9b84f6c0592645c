"""Warnings about prose that is right for a parser and wrong for its author.

`lint_write_up` warns about an `index.md`, `lint_study_file` about a `study.yaml` or
`site.yaml`. Both give lines `shown:line: what; what to do`, in the order of the file.
Nothing here stops a build. Numbers in prose should come from artifacts, as `{{ … }}`;
one that is typed by hand is let through in code, in a formula (`$0.05$` says "this is
given"), in a sentence with a citation (`[@key]`: somebody else's number), and in a
footnote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from generator.core.errors import quote_text
from generator.site.writeup.source import ITEM, mask_text

TAG = re.compile(r"(?<!\\)</?[A-Za-z!][^<>\n]{0,60}>")
RESULT = re.compile(r"(?<![\w.,$-])[+−-]?(?:\d+\.\d+|\d+(?=\s?%))(?:\s?%)?(?![\w.]*\d)")
GIVEN = re.compile(r"\s?%?\s*(?:bootstrap |confidence |credible )*interval|\s?% CI\b")
"""What follows a number that is a level and no result."""
SENTENCE = re.compile(r"(?<=[.!?])[\"”’*_)\]]*\s+(?=[^a-z\s])")
CITING = re.compile(r"\[(?:[^\]\[\n]{0,200}[\s;])?-?@[^\]\[\n]{1,200}\](?!\()")
"""What was meant to cite: what is masked as a citation is none of these."""
NOTE = re.compile(r"^(?P<mark>\[\^[^\]\n]+\]):", re.MULTILINE)
TEXTS = "title|summary|description|says|claim|author|text|licence|name"
COMMENT = re.compile(
    rf"[ \t-]*(?P<key>{TEXTS})[ \t]*:[ \t]+"
    r"(?![\"'|>{\[&*!])\S[^\n]*?\s(?P<cut>#[^\n]*)"
)
"""Text without quotes that a # cuts."""
DEEPER = 4
"""Spaces by which Markdown nests."""
LintFinding = tuple[int, str]
"""A line, from 1, and what is odd about it."""


def lint_write_up(shown: str, text: str) -> tuple[str, ...]:
    """Return the warnings about a write-up, in the order of its lines.

    Args:
        shown: The file's path as messages print it.
        text: Text of the file.

    Returns:
        Lines that begin with `shown:line:`.
    """
    text = text.replace("\r\n", "\n")
    prose = mask_text(text)
    findings = [
        *find_tags(prose),
        *find_lists(prose),
        *find_typed_results(prose),
        *find_unused_notes(prose),
    ]
    findings += find_bad_citations(prose)
    return tuple(f"{shown}:{line}: {what}" for line, what in sorted(set(findings)))


def lint_study_file(shown: str, text: str) -> tuple[str, ...]:
    """Return the warnings about a file of settings, in the order of its lines.

    Args:
        shown: The file's path as messages print it.
        text: Text of the file.

    Returns:
        Lines that begin with `shown:line:`.
    """
    findings = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if match := COMMENT.fullmatch(line):
            what = (
                f"{quote_text(match['cut'])} is a comment to YAML and no part of "
                f"{match['key']}; put the text in quotes, or the comment on a line "
                "of its own"
            )
            findings.append(f"{shown}:{number}: {what}")
    return tuple(findings)


def find_tags(prose: str) -> Iterator[LintFinding]:
    """Yield tokens such as `<pad>` that stand outside backticks.

    Args:
        prose: The masked text.
    """
    for match in TAG.finditer(prose):
        what = (
            f"{quote_text(match[0])} is shown as text; a token reads better in "
            f"backticks"
        )
        yield line_at(prose, match.start()), f"{what}, `{match[0]}`"


def find_lists(prose: str) -> Iterator[LintFinding]:
    """Yield lists that Markdown does not see, and nested ones that it flattens.

    Args:
        prose: The masked text.
    """
    inside = swallowed = False
    before = ""
    for number, line in enumerate(prose.split("\n"), 1):
        match = ITEM.match(line)
        indent = len(match["indent"]) if match else 0
        if not before.strip() and line.strip() and not match and line[0] != " ":
            inside = False
        swallowed = swallowed and bool(line.strip())
        if match and inside and 0 < indent < DEEPER:
            yield number, "a nested item is indented by 4 spaces; fewer do not nest it"
        elif match and not inside and not swallowed and indent < DEEPER:
            swallowed = is_swallowed(before) and not is_annotation_list(before, line)
            inside = not swallowed
            if swallowed:
                yield (
                    number,
                    "a list right after a line is none; put a blank line before",
                )
        before = line


def is_swallowed(line: str) -> bool:
    """Return whether a list after this line becomes part of its paragraph."""
    return bool(line.strip()) and not re.match(r" {0,3}#{1,6}\s|>|\[\^| {4}", line)


def is_annotation_list(before: str, line: str) -> bool:
    """Return whether a list is that of a figure's annotations.

    Args:
        before: The line above the list.
        line: The first line of the list.

    Returns:
        True right below the image of a figure.
    """
    return before.startswith("![") and bool(re.match(r" {0,3}[-*+][ \t]+@", line))


def find_typed_results(prose: str) -> Iterator[LintFinding]:
    """Yield numbers that look like results and were typed by hand.

    Args:
        prose: The masked text.
    """
    for start, block in split_blocks(prose):
        if block.startswith(("[^", "    ")):
            continue
        at = start
        for sentence in split_sentences(block):
            if "¶" not in sentence:
                for match in RESULT.finditer(sentence):
                    if not GIVEN.match(sentence, match.end()):
                        yield (
                            line_at(prose, at + match.start()),
                            typed_number_hint(match[0]),
                        )
            at += len(sentence)


def find_bad_citations(prose: str) -> Iterator[LintFinding]:
    """Yield brackets with an @ in them that are no citation.

    Args:
        prose: The masked text.
    """
    for match in CITING.finditer(prose):
        what = f"{quote_text(match[0])} is shown as text; a citation is [@key]"
        yield line_at(prose, match.start()), f"{what}, [@key, p. 3] or [@one; @two]"


def find_unused_notes(prose: str) -> Iterator[LintFinding]:
    """Yield notes without a reference, which no page shows.

    Args:
        prose: The masked text.
    """
    for match in NOTE.finditer(prose):
        mark = match["mark"]
        if not re.search(rf"{re.escape(mark)}(?!:)|.{re.escape(mark)}", prose):
            what = f"nothing refers to the note {mark}, so that no page shows it"
            yield line_at(prose, match.start()), what


def typed_number_hint(number: str) -> str:
    """Return the hint for a number that was typed by hand."""
    number = number.strip()
    escaped = number.replace("%", r"\%")
    return (
        f"{number} is typed by hand; take it from an artifact with {{{{ … }}}}, cite "
        f"where it was printed, or write ${escaped}$ if it is given"
    )


def split_blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield paragraphs, each with its place.

    Args:
        text: Text of the file.
    """
    place, begun = 0, -1
    for line in (*text.splitlines(keepends=True), ""):
        if line.strip() and begun < 0:
            begun = place
        elif not line.strip() and begun >= 0:
            yield begun, text[begun:place]
            begun = -1
        place += len(line)


def split_sentences(block: str) -> list[str]:
    """Split a paragraph into sentences, whose lengths add up to its own."""
    ends = [0, *(m.end() for m in SENTENCE.finditer(block)), len(block)]
    return [block[a:b] for a, b in pairwise(ends)]


def line_at(text: str, place: int) -> int:
    """Return the line of a place in the text, from 1."""
    return text.count("\n", 0, place) + 1
