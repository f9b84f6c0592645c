"""Python source whose lexical states are exact, checked against the parser."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from generator.core.errors import CorpusError
from generator.corpora.base import Folders
from generator.corpora.files.source_code import (
    STATE_HYPOTHESES,
    STATE_ROWS,
    SourceCode,
    compute_character_states,
    library,
    select_modules,
)

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
SOME = SourceCode(kind="source_code", characters=100_000)


def runs(text: str, name: str) -> list[str]:
    """The parts of `text` of whose characters a state is true."""
    row = np.pad(compute_character_states(text)[STATE_ROWS[name]] > 0, 1).astype(
        np.int8
    )
    edges = np.flatnonzero(np.diff(row)).reshape(-1, 2)
    return [text[start:end] for start, end in edges]


def digits(text: str, name: str) -> str:
    """A graded state, a digit for each character."""
    return "".join(map(str, compute_character_states(text)[STATE_ROWS[name]]))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("a = 'x#y' # b'c\n", "in string", ["'x#y'"]),
        ("a = 'x#y' # b'c\n", "in comment", ["# b'c"]),
        ("a = b'''x\ny''' 'z'\n", "in string", ["b'''x\ny'''", "'z'"]),
        ("f'a{b + 1}c' + d\n", "in string", ["f'a{b + 1}c'"]),
        ('"d"\na = "b"\n', "in quotes", ['"b"']),
        ("f'a{b + 1}c' + d\n", "in identifier", ["d"]),
        ("f'{{a[0]}}' rF'{a[0]!r:>{w}}'\n", "in brackets", []),
        ("f'{{a}}' + rF'{a!r:>{w}}'\n", "in string", ["f'{{a}}'", "rF'{a!r:>{w}}'"]),
        ("f'''{a\n}''' # f'\n", "in string", ["f'''{a\n}'''"]),
        ("if a:\n b\n", "in if condition", [" a"]),
        ("if a[b:c] and {d: e}:\n f\n", "in if condition", [" a[b:c] and {d: e}"]),
        ("if lambda: a:\n b\n", "in if condition", [" lambda: a"]),
        ("if a:\n b\nelif (c :=\n d): e\n", "in if condition", [" a", " (c :=\n d)"]),
        ("if a \\\n  and b:\n c\n", "in if condition", [" a \\\n  and b"]),
        ("a = b if c else [d for d in e if f]\n", "in if condition", []),
        ("x = (a\n  + b)\n", "first token of line", ["x", "+"]),
        ("x = a \\\n  + b\n", "first token of line", ["x", "+"]),
        ("# c\nx\n'''a\nb''' + c\n", "first token of line", ["x", "'''a\nb'''"]),
        ("for match in _:\n pass\n", "in identifier", ["match", "_"]),
        ("f(a[1], '(') # (\n", "in brackets", ["(a[1], '(')"]),
        ('"""m"""\nclass A:\n  "c"\n  "no"\n', "in docstring", ['"""m"""', '"c"']),
        ("async def f(a: b = {1: 2}) -> c: 'd'; 'no'\n", "in docstring", ["'d'"]),
        ("def f():\n  # x\n\n  'a' 'b'\n", "in docstring", ["'a'", "'b'"]),
        ("def f():\n  b'a'\ndef g():\n  f'a'\n", "in docstring", []),
        ("def f():\n  'a' + b\nif c:\n  'd'\n", "in docstring", []),
        ("x = 1\n'no'\n", "in docstring", []),
    ],
)  # fmt: skip
def test_what_has_a_state(text: str, name: str, expected: list[str]) -> None:
    """Counted by hand, with formatted strings as every version of Python has them."""
    assert runs(text, name) == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("f(a[1], ')')", "bracket depth", "011222111111"),
        ("if a:\n b\n # c\n\nd\n", "indentation depth", "00000011111111100"),
        ("if a:\n if b:\n  c\nd", "indentation depth", "000000111111122220"),
        ("(a,\n  b)\n", "indentation depth", "000000000"),
        ("ab\n\n c\n", "position in line", "0120012"),
    ],
)  # fmt: skip
def test_how_deep(text: str, name: str, expected: str) -> None:
    """Counted by hand."""
    assert digits(text, name) == expected


class Places:
    """Offsets of what a parser places by line and column, in ASCII."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate(len(line) for line in io.StringIO(text))]

    def __call__(self, node: ast.expr) -> slice:
        """The characters of `node`."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return slice(start, self._starts[node.end_lineno - 1] + node.end_col_offset)


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those in formatted strings, which are strings to us."""
    yield tree
    if not isinstance(tree, ast.JoinedStr):
        for node in ast.iter_child_nodes(tree):
            yield from walk(node)


LIBRARY = select_modules(library(), 400_000, 1, 60_000)


@pytest.mark.parametrize(("name", "text"), LIBRARY, ids=[name for name, _ in LIBRARY])
def test_the_parser_sees_the_same(name: str, text: str) -> None:
    """The language's parser, which knows no tokens, places all that it has alike."""
    del name
    found, place = compute_character_states(text) > 0, Places(text)
    documented = np.zeros(len(text), dtype=bool)
    conditional = np.zeros(len(text), dtype=bool)
    bodies = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            assert found[STATE_ROWS["in identifier"], place(node)].all()
            assert not found[STATE_ROWS["in comment"], place(node)].any()
        if isinstance(node, bodies) and ast.get_docstring(node) is not None:
            statement = node.body[0]
            assert isinstance(statement, ast.Expr)
            documented[place(statement.value)] = True
        if isinstance(node, ast.If):
            conditional[place(node.test)] = True
            assert found[STATE_ROWS["in if condition"], place(node.test)].all()
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            assert found[STATE_ROWS["in string"], place(node)][[0, -1]].all()
    blank = np.array([letter in " \t\n\\()#" for letter in text])
    in_comment = found[STATE_ROWS["in comment"]]
    for row, parsed in (("in docstring", documented), ("in if condition", conditional)):
        assert not ((found[STATE_ROWS[row]] != parsed) & ~blank & ~in_comment).any()


def test_every_character_of_every_module_is_described() -> None:
    """States are as many as characters, depths are not negative and end at 0."""
    corpus = SOME.load(NOWHERE)
    assert corpus.hypotheses == STATE_HYPOTHESES
    for document in corpus.documents:
        assert document.states is not None
        assert document.states.shape == (len(STATE_HYPOTHESES), len(document.text))
        assert document.states.min() == 0
        assert document.states[STATE_ROWS["bracket depth"], -1] == 0
        binary = [row for row, one in enumerate(STATE_HYPOTHESES) if not one.graded]
        assert document.states[binary].max() == 1


def test_what_closes_stands_at_the_end() -> None:
    """A string ends with a quote, brackets with a bracket, a comment at its line's."""
    for name, closing in (("in string", "\"'"), ("in brackets", ")]}")):
        found = [run for _, text in LIBRARY[:10] for run in runs(text, name)]
        assert found
        assert all(run[-1] in closing for run in found)
    for _, text in LIBRARY[:10]:
        ends = np.flatnonzero(
            np.diff(compute_character_states(text)[STATE_ROWS["in comment"]]) < 0
        )
        assert all(text[end + 1] == "\n" for end in ends)


def test_modules_are_taken_by_name_until_there_are_enough() -> None:
    """Asking for more adds modules behind; each is whole; the note tells the hash."""
    corpus = SOME.load(NOWHERE)
    more = SourceCode(kind="source_code", characters=200_000).load(NOWHERE)
    texts = [one.text for one in corpus.documents]
    assert texts == [one.text for one in more.documents][: len(texts)]
    total = sum(map(len, texts))
    assert 100_000 <= total < 100_000 + SOME.longest
    assert f"{total:,} characters" in corpus.notes[0]
    assert corpus.key == SOME.key(NOWHERE) != more.key
    assert all(SOME.shortest <= len(text) <= SOME.longest for text in texts)
    for text in texts:
        ast.parse(text)


@pytest.mark.parametrize("text", ["(", "'''a", "if a:\n  b\n c\n", "a = '\n"])
def test_what_is_no_source_is_refused(text: str) -> None:
    """Open brackets, open strings, and indentation that fits nothing."""
    with pytest.raises(CorpusError, match="no Python source"):
        compute_character_states(text)


def test_a_library_without_modules_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As where the standard library lies in an archive."""
    monkeypatch.setattr("generator.corpora.files.source_code.library", lambda: tmp_path)
    with pytest.raises(CorpusError, match="no module of 2,000 to 20,000"):
        SOME.load(NOWHERE)
    with pytest.raises(ValidationError, match="shortest is above longest"):
        SourceCode(kind="source_code", shortest=10, longest=9)
