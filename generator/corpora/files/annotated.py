r"""A text file with rules that say what is true of its characters.

A rule has a name, which becomes a hypothesis about cells, and one of two forms:

- `between: ['"', '"']`: from an opening to the next closing, both included. `nested`
  counts how deep, and is graded; else what opens again inside is text. `within_line`
  lets nothing reach beyond the end of a line.
- `matches: '^[A-Z ]+:'`: wherever the pattern fits (see `patterns`).

Rules are applied to the whole text. It is then cut at ends of lines into documents of
`length` characters, so that some can be held out.

What rules say of every character of a text.

Each is one walk over the text: it takes time in proportion to its length.

Patterns over text whose search takes bounded time, whatever the text.

A pattern is a part of what Python's regular expressions know:

- a character stands for itself; `.` for any but a line's end; `[a-z_]` and `[^a-z]` for
  one of a class; `\d \w \s`, their opposites `\D \W \S`, `\n`, `\t`, and a
  backslash before a character that means something else;
- `^` and `$` are the beginning and the end of a line, `\b` that of a word;
- `?`, `*`, `+`, `{3}` and `{2,5}` repeat what stands before them;
- `|` divides the pattern into alternatives, of which the first that fits is taken.

There are no brackets around parts and no references. A repetition takes all that it can
and gives nothing back, so `.*x` never fits: nothing is tried twice, which is how
expressions come to take forever. Without an end of its own it takes 200 characters at
most, and all repetitions of a pattern together 1,000: that bounds the time at a place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.core.errors import quote_text
from generator.core.spec import Spec
from generator.corpora.base import Annotation, Corpus, Document, Folders, Hypothesis
from generator.corpora.files.base import LocalOrFetchedCorpus
from generator.corpora.files.text_files import decode_text, split_long_line

States = NDArray[np.int16]
DEPTH_LIMIT = int(np.iinfo(np.int16).max)
"""Where counting stops."""


def compute_matching_states(text: str, pattern: re.Pattern[str]) -> States:
    """1 where the pattern fits, else 0."""
    found = np.zeros(len(text), dtype=np.int16)
    for match in pattern.finditer(text):
        found[match.start() : match.end()] = 1
    return found


def compute_states_between(
    text: str, edges: tuple[str, str], *, nested: bool, within_line: bool
) -> States:
    """1 from each opening to its closing, both included; how many of them if nested.

    A closing without an opening is text. What is not closed stays open to the end of
    the text, or, `within_line`, to the end of its line.
    """
    found = np.zeros(len(text), dtype=np.int16)
    depth, before = 0, 0
    for start, end, what in _find_edges(text, edges, within_line=within_line):
        opens = what == edges[0] and (nested or depth == 0)
        closes = what == edges[1] and depth > 0 and not opens
        if what == "\n" and within_line:
            found[before:start] = min(depth, DEPTH_LIMIT)
            depth, before = 0, start
        elif opens or closes:
            edge = start if opens else end
            found[before:edge] = min(depth, DEPTH_LIMIT)
            depth, before = depth + (1 if opens else -1), edge
    found[before:] = min(depth, DEPTH_LIMIT)
    return found


def _find_edges(
    text: str, edges: tuple[str, str], *, within_line: bool
) -> Iterator[tuple[int, int, str]]:
    """Where each edge stands, the longer one first where both could."""
    known = {*edges, *("\n" if within_line else "")}
    longest = sorted(known, key=lambda edge: (-len(edge), edge))
    for match in re.finditer("|".join(map(re.escape, longest)), text):
        yield match.start(), match.end(), match[0]


PATTERN_LIMIT = 200
"""Characters of the longest pattern."""
REPEAT_LIMIT = 200
"""What a repetition takes at most if the pattern does not say."""
TOTAL_REPEAT_LIMIT = 1000
"""What all repetitions of a pattern may take."""

PATTERN_ITEM = re.compile(
    r"""(?P<class>\[\^?(?:\\[^\n]|[^]\\[\n])+\])
    |(?P<escape>\\[dDwWsSnt]|\\[^A-Za-z0-9\n])
    |(?P<edge>\\b|\^|\$)
    |(?P<or>\|)
    |(?P<plain>[^\\\[\](){}?*+|\n])""",
    re.VERBOSE,
)
SET_OPERATORS = ("--", "&&", "||", "~~")
"""What Python's expressions may come to read as an operation on classes."""
REPEAT = re.compile(
    r"(?P<mark>[?*+])|\{(?P<low>[0-9]{1,4})(?:,(?P<high>[0-9]{1,4}))?\}"
)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """What `pattern` says. Raises `ValueError`, which says where it is wrong."""
    if not 0 < len(pattern) <= PATTERN_LIMIT:
        raise ValueError(
            f"a pattern of {len(pattern):,} characters; expected 1 to {PATTERN_LIMIT}"
        )
    found = "".join(_bound_pieces(pattern))
    try:
        return re.compile(found, re.MULTILINE)
    except re.error as error:
        raise ValueError(f"{quote_text(pattern)}: {error}; mend the pattern") from error


def _bound_pieces(pattern: str) -> Iterator[str]:
    """The pattern part by part, every repetition bounded and giving nothing back."""
    at, taken = 0, 0
    while at < len(pattern):
        item = PATTERN_ITEM.match(pattern, at)
        if item is None or any(sign in (item["class"] or "") for sign in SET_OPERATORS):
            raise _make_pattern_error(pattern, at)
        at = item.end()
        repeat = REPEAT.match(pattern, at)
        if repeat is None:
            yield item[0]
            continue
        if item.lastgroup in {"edge", "or"}:
            raise _make_pattern_error(pattern, at)
        low, high = _parse_repeat(repeat)
        taken += high
        if low > high or taken > TOTAL_REPEAT_LIMIT:
            raise ValueError(
                f"{quote_text(pattern)}: repeats {low:,} to {high:,} times at "
                f"character "
                f"{at + 1}; expected a rising range, and {TOTAL_REPEAT_LIMIT:,} at "
                f"most in all "
                f"repetitions ({REPEAT_LIMIT} for one without end)"
            )
        at = repeat.end()
        yield f"{item[0]}{{{low},{high}}}+"


def _parse_repeat(repeat: re.Match[str]) -> tuple[int, int]:
    """How often, at least and at most."""
    if repeat["mark"]:
        return {"?": (0, 1), "*": (0, REPEAT_LIMIT), "+": (1, REPEAT_LIMIT)}[
            repeat["mark"]
        ]
    return int(repeat["low"]), int(repeat["high"] or repeat["low"])


def _make_pattern_error(pattern: str, at: int) -> ValueError:
    return ValueError(
        f"{quote_text(pattern)}: {quote_text(pattern[at])} at character {at + 1}; "
        f"expected "
        "characters, classes such as [a-z], repetitions and alternatives, without "
        "parts in brackets: put a backslash before a character that stands for itself"
    )


RuleEdge = Annotated[str, Field(min_length=1, max_length=20)]
RuleName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$")]


class CharacterRule(Spec):
    """What is true of a character, or how deep it is."""

    between: tuple[RuleEdge, RuleEdge] | None = None
    """What opens and what closes, literally."""
    matches: str | None = None
    """A pattern, which is true of the characters that it fits."""
    nested: bool = False
    """Whether to count how many are open; what opens and closes must differ."""
    within_line: bool = False
    """Whether the end of a line closes."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        """Raises `ValueError` unless the rule has one form and settings of that."""
        if (self.between is None) == (self.matches is None):
            raise ValueError("a rule says between or matches, and not both")
        if self.matches is not None:
            compile_pattern(self.matches)
            if self.nested or self.within_line:
                raise ValueError("nested and within_line go with between; leave it out")
        elif self.nested and self.between and self.between[0] == self.between[1]:
            raise ValueError(
                f"{quote_text(self.between[0])} opens and closes, so depth cannot be "
                f"told; "
                "leave out nested"
            )
        return self

    def compute_states(self, text: str) -> States:
        """What it says of every character."""
        if self.matches is not None:
            return compute_matching_states(text, compile_pattern(self.matches))
        assert self.between is not None  # noqa: S101 - one of both is there
        return compute_states_between(
            text, self.between, nested=self.nested, within_line=self.within_line
        )

    def make_hypothesis(self, name: str) -> Hypothesis:
        """What a search of cells is told."""
        if self.between is None or self.nested:
            return Hypothesis(name, graded=self.nested)
        last = self.between[1][0]
        shown = last if last.isprintable() else f"U+{ord(last):04X}"
        return Hypothesis(name, closing=last, closes=f"the character {shown}")


class Rules(LocalOrFetchedCorpus):
    """A text file with rules for its characters."""

    called: ClassVar[str] = "a text with rules"
    things: ClassVar[str] = "text"
    version: ClassVar[int] = 1
    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.STATES})
    kind: Literal["rules"]

    dataset: str | None = None
    """A dataset of the registry that is one file of text."""
    rules: dict[RuleName, CharacterRule] = Field(min_length=1, max_length=50)
    """Rules by name, in the order of the hypotheses."""
    length: int = Field(default=10_000, ge=1, le=1_000_000)
    """Characters of a document, as nearly as whole lines allow."""
    characters: int = Field(default=1_000_000, ge=1, le=20_000_000)
    """Characters that are read, from the beginning."""

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.read_raw(folders)
        whole, notes = decode_text(raw, self.encoding, self.find_normal_form())
        text = whole[: self.characters]
        if len(text) < len(whole):
            notes += (f"the first {len(text):,} of {len(whole):,} characters read",)
        states = np.stack([rule.compute_states(text) for rule in self.rules.values()])
        return Corpus(
            documents=tuple(
                Document(text[start:end], states=states[:, start:end])
                for start, end in cut_at_lines(text, self.length)
            ),
            key=self.compute_key(raw.fingerprint),
            notes=notes,
            source=self.describe_source(raw),
            hypotheses=tuple(
                rule.make_hypothesis(name) for name, rule in self.rules.items()
            ),
        )


def cut_at_lines(text: str, length: int) -> list[tuple[int, int]]:
    """Half-open spans of at most `length` characters that end where lines do.

    A longer line is cut after a space, where it has one.
    """
    found: list[tuple[int, int]] = []
    start = end = 0
    for line in io.StringIO(text):
        for piece in split_long_line(line, length):
            if end > start and end + len(piece) - start > length:
                found.append((start, end))
                start = end
            end += len(piece)
    return [*found, (start, end)] if end > start else found
