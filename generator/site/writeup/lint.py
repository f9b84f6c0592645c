"""Warnings about prose that is right for a parser and wrong for its author.

`lint_write_up` warns about an `index.md`, `lint_study_file` about a `study.yaml` or
`site.yaml`. Both give lines `shown:line: what; what to do`, in the order of the file.
Nothing here stops a build; what a page does not show as it was written (`find_misread`)
is told by the build too. Numbers in prose should come from artifacts, as `{{ … }}`;
one that is typed by hand is let through in code, in a formula (`$0.05$` says "this is
given"), in a sentence with a citation (`[@key]`: somebody else's number), and in a
footnote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from generator.core.errors import quote_text, suggest_nearest
from generator.site.writeup.source import ITEM, NOTE_KINDS, mask_code, mask_text

COMMENTED = re.compile(r"<!--")
TAG = re.compile(r"(?<!\\)</?[A-Za-z!][^<>\n]{0,60}>")
RESULT = re.compile(r"(?<![\w.,$-])[+−-]?(?:\d+\.\d+|\d+(?=\s?%))(?:\s?%)?(?![\w.]*\d)")
GIVEN = re.compile(r"\s?%?\s*(?:bootstrap |confidence |credible )*interval|\s?% CI\b")
"""What follows a number that is a level and no result."""
SENTENCE = re.compile(r"(?<=[.!?])[\"”’*_)\]]*\s+(?=[^a-z\s])")
CITING = re.compile(r"\[(?:[^\]\[\n]{0,200}[\s;])?-?@[^\]\[\n]{1,200}\](?!\()")
"""What was meant to cite: what is masked as a citation is none of these."""
NOTE = re.compile(r"^(?P<mark>\[\^[^\]\n]+\]):", re.MULTILINE)
NOTE_USE = re.compile(r"(?<=.)\[\^[^\]\n]+\]|^\[\^[^\]\n]+\](?!:)", re.MULTILINE)
BRACKETS = re.compile(r"\[([^\[\]]*)\](?!:)")
DEFINITION = re.compile(
    r"^ {0,3}\[(?P<id>[^\[\]^\n][^\[\]\n]*)\]:[ ]*(?:\n[ ]*)?(?P<address>\S+)[ ]*"
    r"(?:\n[ ]*)?(?:([\"']).*\3[ ]*|\(.*\)[ ]*)?$",
    re.MULTILINE,
)
"""`[id]: address "title"`, which no page shows by itself."""
UNSPACED = re.compile(r"^#{2,6}(?=[^#\s])", re.MULTILINE)
INSECURE = re.compile(r"(?<![\w(<\"'/])(?:http|ftp)://[^\s<>)]*[^\s<>).,:;!?]")
BLOCK = re.compile(
    r"^ {0,3}(?P<mark>\?{3}\+?|/{3,})[ \t]*(?P<kind>[A-Za-z][\w-]*)", re.MULTILINE
)
"""Begins a block of a kind that this program may not know."""
UNQUOTED = re.compile(r"^!!! ?[\w-]+ +[\w-]", re.MULTILINE)
OPEN_VALUE = re.compile(r"\{\{")
DASHES = re.compile(r"[ ]{0,3}\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*")
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
    findings = [*list_misread(text), *find_typed_results(mask_text(text))]
    return tuple(f"{shown}:{line}: {what}" for line, what in sorted(set(findings)))


def find_misread(shown: str, text: str) -> tuple[str, ...]:
    """Return the warnings about what is not shown as it was written, by lines.

    Args:
        shown: The file's path as messages print it.
        text: Text of the file, with Unix line ends.

    Returns:
        Lines that begin with `shown:line:`.
    """
    findings = sorted(set(list_misread(text)))
    return tuple(f"{shown}:{line}: {what}" for line, what in findings)


def list_misread(text: str) -> list[LintFinding]:
    """Return what Markdown reads otherwise than it looks.

    Args:
        text: Text of the file, with Unix line ends.
    """
    prose = mask_text(text)
    return [
        *find_tags(prose),
        *find_lists(prose),
        *find_unused_notes(prose),
        *find_bad_citations(prose),
        *find_unused_definitions(mask_code(text)),
        *find_tables(prose),
        *find_unknown_blocks(prose),
        *find_near_misses(prose, mask_code(text)),
    ]


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


MARKED = {
    "b": "**bold**",
    "strong": "**bold**",
    "i": "*italic*",
    "em": "*italic*",
    "a": "[text](address)",
    "img": "![alt](picture.png)",
    "code": "`code`",
    "pre": "a fenced block, ```",
    "del": "~~struck out~~",
    "h1": "## Heading",
    "h2": "## Heading",
    "h3": "### Heading",
    "ul": "- an item",
    "ol": "1. an item",
    "li": "- an item",
    "p": "a blank line between paragraphs",
    "br": "a blank line between paragraphs",
    "table": "| a | b |",
    "blockquote": "> quoted",
    "div": "/// note",
}
"""What Markdown has in the place of HTML."""


def find_tags(prose: str) -> Iterator[LintFinding]:
    """Yield tokens such as `<pad>` that stand outside backticks.

    Args:
        prose: The masked text.
    """
    for match in COMMENTED.finditer(prose):
        what = "HTML is off, so that a comment is shown as text; delete it"
        yield line_at(prose, match.start()), what
    for match in TAG.finditer(prose):
        if match[0].startswith("<!--"):
            continue
        what = f"{quote_text(match[0])} is shown as text"
        tag = re.match(r"</?([a-z0-9]+)", match[0], re.IGNORECASE)
        if tag and (marked := MARKED.get(tag[1].lower())):
            fix = f"HTML is off; write {marked}"
        else:
            fix = f"a token reads better in backticks, `{match[0]}`"
        yield line_at(prose, match.start()), f"{what}; {fix}"


def find_lists(prose: str) -> Iterator[LintFinding]:
    """Yield lists that Markdown does not see, and nested ones that it flattens.

    Args:
        prose: The masked text.
    """
    inside = swallowed = False
    before = kind = ""
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
        if match and not match["indent"]:
            now = "numbers" if line[0].isdigit() else "bullets"
            if kind not in ("", now) and ITEM.match(before):
                yield number, "a list has numbers or bullets; put a blank line before"
            kind = now
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
    used = {match[0] for match in NOTE_USE.finditer(prose)}
    lines: dict[str, int] = {}
    for match in NOTE.finditer(prose):
        mark, line = match["mark"], line_at(prose, match.start())
        if mark not in used:
            what = f"nothing refers to the note {mark}, so that no page shows it"
            yield line, what
        if mark in lines:
            what = f"the note {mark} is written again below; give one another name"
            yield lines[mark], what
        lines[mark] = line


def find_unused_definitions(text: str) -> Iterator[LintFinding]:
    """Yield lines such as `[Speaker]: Hello` that Markdown takes for addresses.

    Args:
        text: The text without code.
    """
    used = {" ".join(match[1].lower().split()) for match in BRACKETS.finditer(text)}
    seen: set[str] = set()
    for match in DEFINITION.finditer(text):
        name = " ".join(match["id"].split())
        line = line_at(text, match.start())
        if name.lower() in seen:
            yield line, f"the address [{name}] is given twice; keep one"
        seen.add(name.lower())
        if name.lower() not in used:
            what = (
                f"Markdown reads [{name}]: as the address of a link, nothing refers "
                f"to it, and no page shows it; write \\[{name}]: if it is text"
            )
            yield line, what


def find_tables(prose: str) -> Iterator[LintFinding]:
    """Yield lines of dashes that make no table of the line above them.

    Args:
        prose: The masked text.
    """
    lines = prose.split("\n")
    for i, (head, dashes) in enumerate(pairwise(lines), 1):
        if "|" not in head or "|" not in dashes or not DASHES.fullmatch(dashes):
            continue
        wanted, given = count_cells(head), count_cells(dashes)
        if wanted != given:
            what = (
                f"this is no table: its heading has {wanted} cells and the line of "
                f"dashes {given}; write one group of dashes for each cell"
            )
            yield i, what
        elif i > 1 and lines[i - 2].strip():
            yield i, "a table right after a line is none; put a blank line before"


def count_cells(row: str) -> int:
    """Return the number of cells of a table's row.

    Args:
        row: The row, without code and formulas.
    """
    row = row.strip().removeprefix("|")
    row = re.sub(r"(?<!\\)\|$", "", row)
    return len(re.findall(r"(?<!\\)\|", row)) + 1


def find_unknown_blocks(prose: str) -> Iterator[LintFinding]:
    """Yield blocks of slashes or question marks of no known kind.

    Args:
        prose: The masked text.
    """
    known = [*NOTE_KINDS, "caption", "admonition"]
    for match in BLOCK.finditer(prose):
        kind = match["kind"]
        if match["mark"][0] == "?" or kind not in known:
            words = quote_text(f"{match['mark']} {kind}")
            near = "write /// note" if kind in known else suggest_nearest(kind, known)
            what = f"{words} begins no block and is shown as text; {near}"
            yield line_at(prose, match.start()), what


def find_near_misses(prose: str, text: str) -> Iterator[LintFinding]:
    """Yield headings without a space, values that are none, and http: addresses.

    Args:
        prose: The masked text.
        text: The text without code.
    """
    for match in UNSPACED.finditer(prose):
        what = f"a heading has a space after its {match[0]}; put one there"
        yield line_at(prose, match.start()), what
    for match in UNQUOTED.finditer(prose):
        what = "the title of a note stands in quotes, or no page shows it"
        yield line_at(prose, match.start()), what
    for match in OPEN_VALUE.finditer(prose):
        what = (
            "{{ is shown as text, since a value is closed on its line and holds no "
            "braces; mend it, or put code into backticks"
        )
        yield line_at(prose, match.start()), what
    for match in INSECURE.finditer(text):
        what = (
            f"{quote_text(match[0])} is no link, since pages link to https: alone; "
            "write https:"
        )
        yield line_at(text, match.start()), what


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
