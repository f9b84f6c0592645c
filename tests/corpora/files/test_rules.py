"""Text files with rules: what they mark, and what they refuse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generator.core.errors import CorpusError
from generator.corpora.base import Folders, Hypothesis
from generator.corpora.files.annotated import (
    Rules,
    compile_pattern,
    compute_matching_states,
    compute_states_between,
    cut_at_lines,
)

TEXT = 'He said "no (not\nyet)" and ((left)).\nROMEO: "ay\n'
QUOTED = {"between": ('"', '"')}


def corpus(folder: Path, text: str = TEXT, **settings: Any) -> Any:
    """What such a file and rules make."""
    (folder / "text.txt").write_text(text, encoding="utf-8")
    spec = rules(**settings)
    folders = Folders(folder, folder)
    found = spec.load(folders)
    assert found.key == spec.key(folders)
    return found


def rules(**settings: Any) -> Rules:
    """A corpus as a study file would give it."""
    told = {"kind": "rules", "path": "text.txt", "rules": {"in quotes": QUOTED}}
    return Rules.model_validate(told | settings)


@pytest.mark.parametrize(
    ("text", "edges", "settings", "expected"),
    [
        ('a "b" c', ('"', '"'), {}, "0011100"),
        ('a "b', ('"', '"'), {}, "0011"),
        ('"a\nb"', ('"', '"'), {"within_line": True}, "11001"),
        ("a) (b (c) d)", ("(", ")"), {}, "000111111000"),
        ("a) (b (c) d)", ("(", ")"), {"nested": True}, "000111222111"),
        ("((a\nb)", ("(", ")"), {"nested": True, "within_line": True}, "122000"),
        ("/* a /* b */ */", ("/*", "*/"), {}, "111111111111000"),
        ("<<a>> <b>", ("<<", ">>"), {}, "111110000"),
        ("", ("(", ")"), {}, ""),
    ],
)
def test_between(
    text: str, edges: tuple[str, str], settings: dict[str, bool], expected: str
) -> None:
    """Counted by hand: both edges are inside, and what closes nothing is text."""
    told = {"nested": False, "within_line": False} | settings
    assert "".join(map(str, compute_states_between(text, edges, **told))) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^[A-Z]+:", "AB: c\nD: E:", "11100011000"),
        (r"\d{2,3}", "1 22 4444", "001101110"),
        (r"\bin\b|x$", "in pin ax\nx y", "1100000010000"),
        (r"\(.\)", "(a) b", "11100"),
        (r"a?b", "ab b a", "110100"),
        ("[^a-c]", "abcd", "0001"),
        (".*x", "aax", "000"),
        (r"[\]\-]", "a]-b", "0110"),
        ("é+", "éée", "110"),
    ],
)
def test_patterns(pattern: str, text: str, expected: str) -> None:
    """A repetition takes what it can and gives nothing back."""
    assert (
        "".join(map(str, compute_matching_states(text, compile_pattern(pattern))))
        == expected
    )


@pytest.mark.parametrize(
    "pattern", ["[a-z]+[0-9]", r"\w{3}", "ab?c*d", r"^\s*[#;]", "if|else|elif"]
)
def test_patterns_fit_what_expressions_fit(pattern: str) -> None:
    """Where nothing need be given back, they are Python's own."""
    text = "if ab9 acd elif  ;\n  # x12 abcccd\nelse w w2 "
    plain = compute_matching_states(text, re.compile(pattern, re.MULTILINE))
    assert np.array_equal(
        compute_matching_states(text, compile_pattern(pattern)), plain
    )


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a)", r"a\1", "(?=a)", "a**", "a{2000}", "a{3,2}", "[z-a]", "*", "^*",
     "[a", "a\\", r"\A", "", "a" * 201, "a*" * 6, "[a--b]", "{", "a|*", "a\nb"],
)  # fmt: skip
def test_other_patterns_are_refused(pattern: str) -> None:
    """Parts in brackets, references, what is unbounded or not well-formed."""
    with pytest.raises(ValidationError, match=r"expected|mend"):
        rules(rules={"x": {"matches": pattern}})


def test_a_pattern_that_would_take_forever_ends() -> None:
    """Python's own expression would try more ways than there are atoms."""
    pattern = compile_pattern("a*a*a*a*a*b")
    assert not compute_matching_states("a" * 5_000, pattern).any()


def test_a_file_with_rules(tmp_path: Path) -> None:
    """Hypotheses are the rules in their order; states go with the characters."""
    found = corpus(
        tmp_path,
        rules={
            "in quotes": QUOTED,
            "depth": {"between": ("(", ")"), "nested": True},
            "speaker": {"matches": "^[A-Z]+:"},
        },
        length=20,
    )
    assert found.hypotheses == (
        Hypothesis("in quotes", closing='"', closes='the character "'),
        Hypothesis("depth", graded=True),
        Hypothesis("speaker"),
    )
    assert "".join(one.text for one in found.documents) == TEXT
    whole = np.concatenate([one.states for one in found.documents], axis=1)
    assert whole.shape == (3, len(TEXT))
    marked = ["".join(c for c, s in zip(TEXT, row, strict=True) if s) for row in whole]
    assert marked == ['"no (not\nyet)""ay\n', "(not\nyet)((left))", "ROMEO:"]
    assert whole[1].max() == 2


@pytest.mark.parametrize("length", [1, 5, 20, 1000])
def test_documents_end_where_lines_do(length: int) -> None:
    """All text is kept, nothing is longer, and only long lines are cut."""
    found = cut_at_lines(TEXT, length)
    assert "".join(TEXT[a:b] for a, b in found) == TEXT
    assert all(0 < b - a <= length for a, b in found)
    longest = max(map(len, TEXT.split("\n"))) + 1
    if length >= longest:
        assert all(TEXT[b - 1] == "\n" for _, b in found)


def test_a_part_is_read_and_told(tmp_path: Path) -> None:
    """What is beyond `characters` is left out, with a note."""
    found = corpus(tmp_path, "ab\n" * 1000, characters=1000)
    assert sum(len(one.text) for one in found.documents) == 1000
    assert "the first 1,000 of 3,000 characters read" in found.notes


def test_rules_enter_the_key(tmp_path: Path) -> None:
    """As does the text."""
    one = corpus(tmp_path)
    other = corpus(tmp_path, rules={"in quotes": {"between": ("'", "'")}})
    third = corpus(tmp_path, TEXT + "x")
    assert len({one.key, other.key, third.key}) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rules": {}}, "at least 1"),
        ({"rules": {"x": {}}}, "between or matches"),
        ({"rules": {"x": {**QUOTED, "matches": "a"}}}, "not both"),
        ({"rules": {"x": {**QUOTED, "nested": True}}}, "depth cannot be told"),
        ({"rules": {"x": {"matches": "a", "nested": True}}}, "go with between"),
        ({"rules": {"x": {"between": ("", ")")}}}, "at least 1"),
        ({"rules": {" ": QUOTED}}, "rules"),
        ({"dataset": "tinyshakespeare"}, "not both"),
        ({"path": None, "dataset": "tinyshakespear"}, "tinyshakespeare"),
        ({"path": "../x"}, "x"),
    ],
)
def test_bad_settings(settings: dict[str, Any], message: str) -> None:
    """What contradicts itself is named."""
    with pytest.raises(ValidationError, match=message):
        rules(**settings)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """As by the other readers."""
    with pytest.raises(CorpusError, match="empty"):
        corpus(tmp_path, " \n")


def test_shakespeare_can_be_fetched() -> None:
    """The registry's dataset is asked for where it is not at hand."""
    nowhere = Folders(Path("nowhere"), Path("nowhere"))
    spec = rules(path=None, dataset="tinyshakespeare")
    assert spec.missing_dataset(nowhere) == "tinyshakespeare"
    assert spec.key(nowhere)


def test_shakespeare_has_speakers(real: Folders) -> None:
    """Of the real text: every play's lines begin with one."""
    spec = rules(
        path=None,
        dataset="tinyshakespeare",
        rules={"speaker": {"matches": "^[A-Z][A-Za-z ]{1,30}:$"}},
    )
    found = spec.load(real)
    assert len(found.documents[0].text) <= 10_000
    first = found.documents[0]
    assert first.text.startswith("First Citizen:")
    assert first.states is not None
    assert first.states[0, :14].all()
    assert not first.states[0, 14]
