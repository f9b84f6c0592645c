"""Reading YAML: plain words as YAML 1.2 has them, places, and what size costs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.core.errors import ConfigError
from generator.study.yaml.parser import RefusedScalarError, parse_plain
from generator.study.yaml.read import read_yaml
from generator.study.yaml.source import (
    LIMITS,
    FileLimits,
    YamlSource,
    format_key_path,
    format_pointer,
    redact_secrets,
)


def source(folder: Path, text: str | bytes, limits: FileLimits = LIMITS) -> YamlSource:
    """A file that holds `text`, read."""
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path, "a.yaml", limits)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("1e-3", 0.001),
        ("1.0e-3", 0.001),
        ("-.5", -0.5),
        ("1_000", 1000),
        ("1__0", "1__0"),
        ("_1", "_1"),
        ("+7", 7),
        ("0", 0),
        ("0.5", 0.5),
        ("0x1F", 31),
        ("0o17", 15),
        ("2024-02-28", "2024-02-28"),
        ("2024-02-30", "2024-02-30"),
        ("1.2.3", "1.2.3"),
        ("1e", "1e"),
        (".", "."),
        ("e3", "e3"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
    ],
)
def test_a_plain_word_is_read_as_yaml_1_2_does(word: str, value: object) -> None:
    """No yes, no date and no octal of YAML 1.1 is guessed."""
    assert parse_plain(word) == value
    assert type(parse_plain(word)) is type(value)


@pytest.mark.parametrize(
    "word", ["", "0123", "-007", "12:30", "1:30:45.5", ".nan", "+.inf", "9" * 41]
)
def test_a_doubtful_word_is_refused(word: str) -> None:
    """What two readers would read differently, or nobody can mean, is no value."""
    with pytest.raises(RefusedScalarError):
        parse_plain(word)


def test_quotes_make_text_of_anything(tmp_path: Path) -> None:
    """A quoted word is text, whatever it looks like."""
    made = source(tmp_path, "a: '0123'\nb: \"true\"\nc: '12:30'\nd: ''\n")
    assert made.data == {"a": "0123", "b": "true", "c": "12:30", "d": ""}
    assert not made.problems


def test_a_byte_order_mark_and_any_line_ending_are_read(tmp_path: Path) -> None:
    """A file saved on any system reads the same, at the same places."""
    for text in ("\ufeffa: 1\nb: [2]\n", "a: 1\r\nb: [2]\r\n", "a: 1\rb: [2]"):
        made = source(tmp_path, text)
        assert made.data == {"a": 1, "b": [2]}
        assert made.values["b", 0] == (2, 5)


def test_every_key_and_value_has_its_place(tmp_path: Path) -> None:
    """Lines and columns count from 1, in blocks and in brackets alike."""
    made = source(tmp_path, "a:\n  b: {c: [x, y]}\n  - d: 1\n".replace("- d", "d"))
    assert made.keys["a", "b"] == (2, 3)
    assert made.keys["a", "b", "c"] == (2, 7)
    assert made.values["a", "b", "c", 1] == (2, 14)
    assert made.values["a", "d"] == (3, 6)
    assert made.find_value_place(("a", "zzz", 3)) == (1, 1)


def test_what_is_not_there_is_at_what_holds_it(tmp_path: Path) -> None:
    """The place of a missing key is that of the key above."""
    made = source(tmp_path, "a: 1\nb:\n  c: 2\n")
    assert made.find_key_place(("b", "zzz")) == (2, 1)


@pytest.mark.parametrize(
    ("limits", "fits", "over"),
    [
        (FileLimits(size=10), "a: 1234567", "a: 12345678"),
        (FileLimits(depth=3), "a: [[1]]", "a: [[[1]]]"),
        (FileLimits(nodes=4), "a: [1]", "a: [1, 2]"),
    ],
)
def test_a_limit_is_kept_exactly(
    limits: FileLimits, fits: str, over: str, tmp_path: Path
) -> None:
    """What is as large as allowed is read; one more is refused."""
    assert source(tmp_path, fits, limits).data
    with pytest.raises(ConfigError):
        source(tmp_path, over, limits)


@pytest.mark.parametrize(
    "text",
    [
        "a: !" + "x" * 900_000,
        "a: &" + "x" * 900_000,
        "a: " + "[" * 900_000,
        "a: " + "- " * 400_000,
        "? " * 400_000,
        "{a: " * 200_000,
        "a: " + "\n".join(["[" * 1000] * 900),
    ],
)
def test_hostile_shapes_are_refused_in_time(text: str, tmp_path: Path) -> None:
    """No shape under the limit of size costs more than bounded time."""
    start = time.perf_counter()
    with pytest.raises(ConfigError):
        source(tmp_path, text)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("made", ["folder", "nothing", "loop"])
def test_what_is_no_file_is_refused(made: str, tmp_path: Path) -> None:
    """A folder, nothing at all and a link to itself are one message each."""
    path = tmp_path / "a.yaml"
    if made == "folder":
        path.mkdir()
    if made == "loop":
        path.symlink_to(path)
    with pytest.raises(ConfigError, match=r"^a\.yaml: (not a|there is no|cannot)"):
        read_yaml(path, "a.yaml")


@given(
    st.recursive(
        st.booleans()
        | st.integers(-(10**9), 10**9)
        | st.text(
            # The writer leaves a leading colon plain in braces, and cannot read it.
            st.characters(
                exclude_categories=["Cs", "Cc", "Cn", "Nd"], exclude_characters=":"
            ),
            max_size=9,
        ),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), inner)
        ),
        max_leaves=12,
    )
)
def test_what_another_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    """Data written by a writer of YAML reads as the same data."""
    path = tmp_path_factory.mktemp("yaml") / "a.yaml"
    writer = YAML(pure=True)
    writer.default_flow_style = None
    writer.representer.ignore_aliases = lambda _: True
    with path.open("w", encoding="utf-8") as file:
        writer.dump({"a": value}, file)
    made = read_yaml(path, "a.yaml")
    assert not made.problems
    assert made.data == {"a": value}


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Nothing but the refusal of a file ever comes out of a file."""
    path = tmp_path_factory.mktemp("yaml") / "a.yaml"
    path.write_bytes(data)
    problems: tuple[str, ...] = ()
    try:
        problems = read_yaml(path, "a.yaml").format_messages()
    except ConfigError as error:
        problems = error.problems
    assert all(len(problem) < 600 for problem in problems)


def test_what_looks_like_a_credential_is_hidden() -> None:
    """Addresses keep their host and lose their user; tokens go whole."""
    assert redact_secrets("https://me:pass@host/x") == "https://·······@host/x"
    assert "abcd" not in redact_secrets("ghp_" + "abcd" * 9)
    assert redact_secrets("https://host/a@b") == "https://host/a@b"


@pytest.mark.parametrize("line", [1, 9, 10, 100])
@pytest.mark.parametrize("column", [1, 2, 39, 40, 41, 95])
def test_a_caret_stands_below_the_character_it_marks(line: int, column: int) -> None:
    """Wherever in a file and in a line of any length; a blank line has no caret."""
    marked = "é" * (column - 1) + "@" + "x" * 80
    text = "\n" * (line - 1) + marked + "\n   \n"
    _, shown, below = format_pointer(text, line, column).split("\n")
    assert shown[below.index("^")] == "@"
    assert shown.split(" | ")[0].strip() == str(line)
    assert below.index("|") == shown.index("|")
    assert format_pointer(text, line + 1, 1) == ""
    assert format_pointer(text, line + 3, 1) == ""


def test_a_way_is_shown_with_dots_and_brackets() -> None:
    """Names that are no plain words are quoted and escaped."""
    assert format_key_path(("models", "lm", "sizes", 1)) == "models.lm.sizes[1]"
    assert format_key_path(("a b", "\x1b[31m")) == '"a b"."\\x1b[31m"'
