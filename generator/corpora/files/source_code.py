"""Python source: modules of the standard library of the Python that is running.

Every machine that can run this has it, so nothing is fetched. Modules are taken in the
order of their names: those of the top folder, in ASCII, neither shorter nor longer than
asked, until there are enough characters. Each is a document, whole. With every
character goes what the language's own tokenizer says of it, see `lexical`: whether a
character is in a string is known, not guessed.

Another version of Python has other modules. The version is told, and the bytes read
enter the key of whatever is trained on them.

What Python's own tokenizer says of every character of a source file.

States are exact: the file is read by `tokenize`, and a character has the state of the
token it belongs to.

1. A string's prefix and quotes belong to the string, a comment's # to the comment; the
   line break after a comment does not. A formatted string is a string from its prefix
   to its last quote, what its braces hold included: older tokenizers know no better.
2. A docstring is a string, or several side by side, that is the first statement of the
   module or of the body of a class or a function. Any other string is in quotes.
3. The condition of an `if` or `elif` statement reaches from behind the keyword to
   before the colon that opens the body. Conditional expressions and the conditions of
   comprehensions are not counted.
4. A bracket itself is inside. Brackets in strings and comments are text.
5. Indentation is counted in blocks. A blank line and a comment's line have the depth of
   the last line of code before them.
6. The first token of a line is that of a line of the file, comments not counted.

Docstrings among the tokens of Python source.

A docstring is the first statement of the module, or of the body of a class or a
function, and nothing but strings, of which none is of bytes or formatted. Its body may
stand on the line of its head: `def f(): "What f does."`. One in brackets is not looked
for.
"""

from __future__ import annotations

import io
import keyword
import platform
import sysconfig
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.core.errors import CorpusError, quote_text
from generator.core.files import digest
from generator.corpora.base import (
    Annotation,
    Corpus,
    CorpusSpec,
    Document,
    Folders,
    Hypothesis,
    compute_corpus_key,
)
from generator.corpora.files.text_files import read_raw_file

DEFINITION_WORDS = {"class", "def"}
PREFIX_LETTERS = "bBfFrRtTuU"
SKIPPED_KINDS = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}


class SourceToken(Protocol):
    """A token and where it stands."""

    @property
    def kind(self) -> int:
        """Its type, as `tokenize` counts."""
        ...

    @property
    def text(self) -> str:
        """Its characters."""
        ...

    @property
    def start(self) -> int:
        """Its first character."""
        ...

    @property
    def end(self) -> int:
        """The character behind it."""
        ...


def find_docstrings(lexemes: Sequence[SourceToken]) -> Iterator[tuple[int, int]]:
    """The half-open span of each string that is, or is a part of, a docstring."""
    for begin in _find_bodies(lexemes):
        found: list[tuple[int, int]] = []
        for one in lexemes[begin:]:
            if one.kind == tokenize.STRING and _is_plain_string(one.text):
                found.append((one.start, one.end))
            elif one.kind not in SKIPPED_KINDS:
                if _ends_statement(one):
                    yield from found
                break


def _find_bodies(lexemes: Sequence[SourceToken]) -> Iterator[int]:
    """Where the body of the module, of each class and of each function begins."""
    yield 0
    fresh, head, depth = True, False, 0
    for place, one in enumerate(lexemes):
        if one.kind == tokenize.OP:
            depth += (one.text in set("([{")) - (one.text in set(")]}"))
            if head and depth == 0 and one.text == ":":
                head = False
                yield _find_body_start(lexemes, place + 1)
        elif fresh and one.kind == tokenize.NAME:
            head = one.text in DEFINITION_WORDS
        if one.kind == tokenize.NEWLINE:
            fresh, head = True, False
        elif one.kind not in SKIPPED_KINDS and one.text != "async":
            fresh = False


def _find_body_start(lexemes: Sequence[SourceToken], place: int) -> int:
    """The first token of a body whose colon stands before `place`."""
    while place < len(lexemes) and lexemes[place].kind in SKIPPED_KINDS | {
        tokenize.NEWLINE
    }:
        place += 1
    return place


def _is_plain_string(literal: str) -> bool:
    """Whether a string is neither of bytes nor formatted."""
    prefix = literal[: len(literal) - len(literal.lstrip(PREFIX_LETTERS))]
    return not set(prefix.lower()) & set("bft")


def _ends_statement(one: SourceToken) -> bool:
    """Whether a statement ends before this token."""
    if one.kind == tokenize.OP:
        return one.text == ";"
    return one.kind in {tokenize.NEWLINE, tokenize.ENDMARKER}


States = NDArray[np.int16]

QUOTES = "\"'"
STATE_HYPOTHESES = (
    Hypothesis("in string", closing=QUOTES, closes="a quote"),
    Hypothesis("in quotes", closing=QUOTES, closes="a quote"),
    Hypothesis("in docstring", closing=QUOTES, closes="a quote"),
    Hypothesis("in comment", closing="\n", closes="the end of the line"),
    Hypothesis("in if condition", closing=":", closes="a colon"),
    Hypothesis("in brackets", closing=")]}", closes="a bracket"),
    Hypothesis("in identifier"),
    Hypothesis("first token of line"),
    Hypothesis("bracket depth", graded=True),
    Hypothesis("indentation depth", graded=True),
    Hypothesis("position in line", graded=True),
)
"""What is known of every character, in the order of the rows of `states_of`."""
STATE_ROWS = {one.name: row for row, one in enumerate(STATE_HYPOTHESES)}
DEPTH_LIMIT = int(np.iinfo(np.int16).max)
"""Where counting stops."""

BLANK_KINDS = {
    tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER, tokenize.COMMENT,
}  # fmt: skip
OPENING = {
    getattr(tokenize, name)
    for name in ("FSTRING_START", "TSTRING_START")
    if hasattr(tokenize, name)
}
CLOSING = {
    getattr(tokenize, name)
    for name in ("FSTRING_END", "TSTRING_END")
    if hasattr(tokenize, name)
}
"""Newer tokenizers divide formatted strings; `whole` puts them together again."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token, its half-open span in the text, and its first and last line, from 1."""

    kind: int
    text: str
    start: int
    end: int
    line: int
    last: int


def compute_character_states(text: str) -> States:
    """Every state of every character, (states, characters).

    Raises `CorpusError` for a text that is no Python source.
    """
    found = np.zeros((len(STATE_HYPOTHESES), len(text)), dtype=np.int16)
    lexemes = list(join_formatted_strings(tokenize_source(text)))
    _mark_tokens(found, lexemes)
    for start, end in find_docstrings(lexemes):
        found[STATE_ROWS["in docstring"], start:end] = 1
    plain = found[STATE_ROWS["in string"]] > found[STATE_ROWS["in docstring"]]
    found[STATE_ROWS["in quotes"]] = plain
    _mark_conditions(found, lexemes)
    _mark_brackets(found, lexemes)
    _mark_blocks(found, lexemes, text)
    return found


def tokenize_source(text: str) -> Iterator[Lexeme]:
    """The tokens of a text, placed. Raises `CorpusError`."""
    starts = [0]
    for line in io.StringIO(text):
        starts.append(starts[-1] + len(line))
    starts += [len(text)] * 2  # tokens behind the end begin a line further
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            first, last = token.start, token.end
            start = min(starts[first[0] - 1] + first[1], len(text))
            end = min(starts[last[0] - 1] + last[1], len(text))
            yield Lexeme(token.type, token.string, start, end, first[0], last[0])
    except (tokenize.TokenError, SyntaxError) as error:
        raise make_tokenize_error(str(error)) from error


def make_tokenize_error(why: str) -> CorpusError:
    """What is said of a text that cannot be divided into tokens."""
    return CorpusError(
        f"no Python source: {why}; expected a file that Python reads: leave it out"
    )


def join_formatted_strings(lexemes: Iterator[Lexeme]) -> Iterator[Lexeme]:
    """The same, a formatted string being one token, whatever the tokenizer divides.

    Raises `CorpusError` for what an older tokenizer hands on and cannot read.
    """
    depth, first = 0, None
    for one in lexemes:
        if one.kind == tokenize.ERRORTOKEN:
            raise make_tokenize_error(f"{one.text!r} in line {one.line:,}")
        if one.kind in OPENING:
            first = one if depth == 0 else first
            depth += 1
        elif one.kind in CLOSING and first is not None:
            depth -= 1
            if depth == 0:
                yield replace(first, kind=tokenize.STRING, end=one.end, last=one.last)
        elif depth == 0:
            yield one


def _mark_tokens(found: States, lexemes: list[Lexeme]) -> None:
    """Strings, comments, identifiers, and the first token of each line."""
    begun: set[int] = set()
    for one in lexemes:
        span = slice(one.start, one.end)
        if one.kind == tokenize.STRING:
            found[STATE_ROWS["in string"], span] = 1
        elif one.kind == tokenize.COMMENT:
            found[STATE_ROWS["in comment"], span] = 1
        elif one.kind == tokenize.NAME and not keyword.iskeyword(one.text):
            found[STATE_ROWS["in identifier"], span] = 1
        if one.kind not in BLANK_KINDS:
            if one.line not in begun:
                found[STATE_ROWS["first token of line"], span] = 1
            begun.update(range(one.line, one.last + 1))


def _mark_conditions(found: States, lexemes: list[Lexeme]) -> None:
    """From `if` or `elif` at the beginning of a statement to its colon."""
    fresh, start, depth, lambdas = True, -1, 0, 0
    for one in lexemes:
        if fresh and one.kind == tokenize.NAME and one.text in {"if", "elif"}:
            start, depth, lambdas = one.end, 0, 0
        if one.kind == tokenize.OP:
            depth += (one.text in set("([{")) - (one.text in set(")]}"))
        lambdas += one.kind == tokenize.NAME and one.text == "lambda" and depth == 0
        if start >= 0 and one.kind == tokenize.OP and one.text == ":" and depth == 0:
            if lambdas:
                lambdas -= 1
            else:
                found[STATE_ROWS["in if condition"], start : one.start] = 1
                start = -1
        if one.kind == tokenize.NEWLINE:
            fresh, start = True, -1
        elif one.kind not in BLANK_KINDS:
            fresh = False


def _mark_brackets(found: States, lexemes: list[Lexeme]) -> None:
    """How many brackets are open, and whether one is."""
    depth, before = 0, 0
    row = found[STATE_ROWS["bracket depth"]]
    for one in lexemes:
        if one.kind != tokenize.OP or one.text not in set("([{)]}"):
            continue
        opens = one.text in set("([{")
        edge = one.start if opens else one.end
        row[before:edge] = min(depth, DEPTH_LIMIT)
        depth += 1 if opens else -1
        before = edge
    row[before:] = min(depth, DEPTH_LIMIT)
    found[STATE_ROWS["in brackets"]] = row > 0


def _mark_blocks(found: States, lexemes: list[Lexeme], text: str) -> None:
    """How many blocks are open at a line, and the place in the line."""
    changes = {tokenize.INDENT: 1, tokenize.DEDENT: -1}
    at_line: dict[int, int] = {}
    for one in lexemes:
        if one.kind in changes:
            at_line[one.line] = at_line.get(one.line, 0) + changes[one.kind]
    start, depth = 0, 0
    for number, line in enumerate(io.StringIO(text), 1):
        end = start + len(line)
        depth += at_line.get(number, 0)
        found[STATE_ROWS["indentation depth"], start:end] = min(depth, DEPTH_LIMIT)
        places = np.minimum(np.arange(len(line)), DEPTH_LIMIT)
        found[STATE_ROWS["position in line"], start:end] = places
        start = end


SourceModule = tuple[str, str]
"""Name of its file, and its text."""


class SourceCode(CorpusSpec):
    """Python's standard library."""

    version: ClassVar[int] = 1
    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.STATES})
    kind: Literal["source_code"]

    characters: int = Field(default=500_000, ge=1000, le=20_000_000)
    """Characters in all, as nearly as whole modules allow."""
    shortest: int = Field(default=2000, ge=1, le=1_000_000)
    """Modules of fewer characters are left out."""
    longest: int = Field(default=20_000, ge=1, le=1_000_000)
    """Modules of more characters are left out."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """Raises `ValueError` where no length is allowed."""
        if self.shortest > self.longest:
            raise ValueError("shortest is above longest; exchange them")
        return self

    def key(self, folders: Folders) -> str:
        """Hash of the settings and of the modules that are read."""
        del folders
        return compute_corpus_key(self, self._hash_modules())

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError` where no module is as asked."""
        modules = self._select_modules()
        if not modules:
            raise CorpusError(
                f"source_code: no module of {self.shortest:,} to {self.longest:,} "
                f"characters in {library()}; expected some: widen the two"
            )
        documents = tuple(make_module_document(name, text) for name, text in modules)
        total = sum(len(text) for _, text in modules)
        version = platform.python_version()
        note = (
            f"{len(modules):,} modules of Python {version}, {modules[0][0]} to "
            f"{modules[-1][0]}, {total:,} characters (sha256 {self._hash_modules()})"
        )
        return Corpus(
            documents=documents,
            key=self.key(folders),
            notes=(note,),
            source=f"standard library of Python {version}",
            hypotheses=STATE_HYPOTHESES,
        )

    def _hash_modules(self) -> str:
        """Hash of the modules' names and texts."""
        told = "\0".join(f"{name}\0{text}" for name, text in self._select_modules())
        return digest(told.encode())

    def _select_modules(self) -> tuple[SourceModule, ...]:
        return select_modules(library(), self.characters, self.shortest, self.longest)


def make_module_document(name: str, text: str) -> Document:
    """A module with its states. Raises `CorpusError`, which names it."""
    try:
        return Document(text, states=compute_character_states(text))
    except CorpusError as error:
        raise CorpusError(f"{quote_text(name)}: {error}") from error


def library() -> Path:
    """The folder of the standard library."""
    return Path(sysconfig.get_paths()["stdlib"])


@cache
def select_modules(
    folder: Path, characters: int, shortest: int, longest: int
) -> tuple[SourceModule, ...]:
    """Names and texts of the modules of `folder`, until there are enough characters."""
    found: list[SourceModule] = []
    for name, text in _read_ascii_modules(folder):
        if sum(len(text) for _, text in found) >= characters:
            break
        if shortest <= len(text) <= longest:
            found.append((name, text))
    return tuple(found)


def _read_ascii_modules(folder: Path) -> Iterator[SourceModule]:
    """Modules in `folder` whose characters are ASCII, by name."""
    for path in sorted(folder.glob("*.py")):
        data = read_raw_file(path.resolve(), path.name).data
        if data.isascii():
            yield path.name, data.decode("ascii").replace("\r\n", "\n")
