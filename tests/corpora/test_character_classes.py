"""Classes of characters as data: what Python and a browser read of them is the same."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex

from generator.corpora import character_classes
from generator.corpora.character_classes import (
    CLASSES_FILE,
    DEFAULT,
    LITERALS,
    SYMBOLS,
    build_table,
    classify_characters,
)
from generator.corpora.words import split_into_clusters, split_into_words

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
SCRIPT = """
import { readFileSync } from "node:fs";
import { TextSplitter } from "./templates/static/tokens/words.js";
const file = "generator/corpora/character_classes.json";
const table = JSON.parse(readFileSync(file, "utf8"));
const texts = JSON.parse(readFileSync(0, "utf8"));
const by = new TextSplitter(table);
console.log(JSON.stringify(texts.map((text) => [by.words(text), by.clusters(text)])));
"""


@pytest.fixture(scope="module")
def symbols() -> str:
    """The symbol of every code point, as the package `regex` has it now."""
    return classify_characters()


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    """The file."""
    found: dict[str, Any] = json.loads(CLASSES_FILE.read_text("utf-8"))
    return found


def sample_texts(symbols: str, count: int, *, assigned: bool) -> Iterator[str]:
    """Yield seeded texts over all classes, and so over all scripts.

    Characters that this Python does not know have no case and no normal form here, and
    may have them in a browser: `assigned` leaves them out.
    """
    chosen = random.Random(20261201)  # noqa: S311 - a sample
    by: dict[str, list[str]] = {}
    for code, symbol in enumerate(symbols):
        char = chr(code)
        known = unicodedata.category(char)
        if known != "Cs" and not (assigned and known == "Cn"):
            by.setdefault(symbol, []).append(char)
    classes = sorted(by)
    for _ in range(count):
        length = chosen.randint(1, 14)
        # White space and letters are as frequent as in a text, each class still comes.
        kinds = chosen.choices([*classes, *"AAAAABBB__"], k=length)
        yield "".join(chosen.choice(by[kind]) for kind in kinds)


def split(text: str, symbols: str, pattern: str) -> list[str]:
    """Split a text by a pattern over classes, as any program would."""
    found = "".join(symbols[ord(char)] for char in text)
    return [text[m.start() : m.end()] for m in re.finditer(pattern, found)]


def unpack_classes(classes: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Yield the runs of packed classes: first, behind the last, and the symbol."""
    for symbol, packed in classes.items():
        at = 0
        numbers = [int(number, 36) for number in packed.split(",")]
        for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
            yield at + gap, at + gap + length, symbol
            at += gap + length


def test_the_file_is_what_regex_says(table: dict[str, Any], symbols: str) -> None:
    """The file that is shipped says of every character what `regex` does."""
    assert table == build_table()
    unpacked = [DEFAULT] * len(symbols)
    for start, end, symbol in unpack_classes(table["classes"]):
        assert set(unpacked[start:end]) == {DEFAULT}
        unpacked[start:end] = [symbol] * (end - start)
    assert "".join(unpacked) == symbols
    assert set(symbols) == {*SYMBOLS.values(), *LITERALS.values()}
    assert CLASSES_FILE.stat().st_size < 16_000


def test_patterns_over_classes_find_what_regex_finds(
    table: dict[str, Any], symbols: str
) -> None:
    """Words and clusters by classes are those of the tokenizer, over all characters."""
    for text in sample_texts(symbols, 3000, assigned=False):
        clusters = split(text, symbols, table["cluster"])
        assert clusters == list(split_into_clusters(text))
        assert clusters == regex.findall(r"\X", text)
        normal = unicodedata.normalize("NFC", text.lower())
        assert split(normal, symbols, table["word"]) == list(split_into_words(text))


def test_a_wrong_class_is_found(table: dict[str, Any], symbols: str) -> None:
    """Where vowel signs are taken for letters, the sample finds other clusters."""
    wrong = symbols.replace("S", "A")
    texts = list(sample_texts(symbols, 300, assigned=False))
    pairs = [(split(t, wrong, table["cluster"]), split_into_clusters(t)) for t in texts]
    assert any(tuple(found) != right for found, right in pairs)


@pytest.mark.skipif(not NODE, reason="no Node on this machine")
def test_a_browser_divides_texts_alike(symbols: str) -> None:
    """A script that reads the file finds the words and clusters that Python finds."""
    texts = list(sample_texts(symbols, 1500, assigned=True))
    done = subprocess.run(
        [str(NODE), "--input-type=module", "--eval", SCRIPT],
        cwd=ROOT,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for text, (words, clusters) in zip(texts, json.loads(done.stdout), strict=True):
        assert words == list(split_into_words(text)), text
        assert clusters == list(split_into_clusters(text)), text


@pytest.mark.parametrize(
    "run",
    [
        "a",
        "\uff9e",
        "\u0600",
        "\u094d",
        "क\u094d",
        "\u094d\u0903",
        "👩",
        "\u1100",
        "a-",
    ],
)
def test_patterns_take_time_in_proportion(
    table: dict[str, Any], symbols: str, run: str
) -> None:
    """No long run of one kind of character is read in many ways."""
    started = time.perf_counter()
    for pattern in (table["word"], table["cluster"]):
        assert "".join(split(run * 20_000, symbols, pattern)) == run * 20_000
    assert time.perf_counter() - started < 20


def test_properties_without_a_class_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of Unicode may join properties in a new way, which is an error."""
    fewer = {k: v for k, v in SYMBOLS.items() if k != "pictographic letter"}
    monkeypatch.setattr(character_classes, "SYMBOLS", fewer)
    with pytest.raises(ValueError, match="characters with pictographic letter"):
        classify_characters()
