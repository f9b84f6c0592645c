"""A text file with rules that say what is true of its characters.

A rule has a name, which becomes a hypothesis about cells, and one of two forms:

- `between: ['"', '"']`: from an opening to the next closing, both included. `nested`
  counts how deep, and is graded; else what opens again inside is text. `within_line`
  lets nothing reach beyond the end of a line.
- `matches: '^[A-Z ]+:'`: wherever the pattern fits (see `patterns`).

Rules are applied to the whole text. It is then cut at ends of lines into documents of
`length` characters, so that some can be held out.
"""

from __future__ import annotations

import io
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from generator.corpora.base import Annotation, Corpus, Document, Folders, Hypothesis
from generator.corpora.marking import States, between, matched
from generator.corpora.patterns import compiled
from generator.corpora.reading import decode, split
from generator.corpora.source import OwnOrFetched
from generator.errors import quoted
from generator.spec import Spec

Edge = Annotated[str, Field(min_length=1, max_length=20)]
Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$")]


class Marking(Spec):
    """What is true of a character, or how deep it is."""

    between: tuple[Edge, Edge] | None = None
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
            compiled(self.matches)
            if self.nested or self.within_line:
                raise ValueError("nested and within_line go with between; leave it out")
        elif self.nested and self.between and self.between[0] == self.between[1]:
            raise ValueError(
                f"{quoted(self.between[0])} opens and closes, so depth cannot be told; "
                "leave out nested"
            )
        return self

    def states(self, text: str) -> States:
        """What it says of every character."""
        if self.matches is not None:
            return matched(text, compiled(self.matches))
        assert self.between is not None  # noqa: S101 - one of both is there
        return between(
            text, self.between, nested=self.nested, within_line=self.within_line
        )

    def hypothesis(self, name: str) -> Hypothesis:
        """What a search of cells is told."""
        if self.between is None or self.nested:
            return Hypothesis(name, graded=self.nested)
        last = self.between[1][0]
        shown = last if last.isprintable() else f"U+{ord(last):04X}"
        return Hypothesis(name, closing=last, closes=f"the character {shown}")


class Rules(OwnOrFetched):
    """A text file with rules for its characters."""

    called: ClassVar[str] = "a text with rules"
    things: ClassVar[str] = "text"
    version: ClassVar[int] = 1
    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.STATES})
    kind: Literal["rules"]

    dataset: str | None = None
    """A dataset of the registry that is one file of text."""
    rules: dict[Name, Marking] = Field(min_length=1, max_length=50)
    """Rules by name, in the order of the hypotheses."""
    length: int = Field(default=10_000, ge=1, le=1_000_000)
    """Characters of a document, as nearly as whole lines allow."""
    characters: int = Field(default=1_000_000, ge=1, le=20_000_000)
    """Characters that are read, from the beginning."""

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.raw(folders)
        whole, notes = decode(raw, self.encoding, self.normalize)
        text = whole[: self.characters]
        if len(text) < len(whole):
            notes += (f"the first {len(text):,} of {len(whole):,} characters read",)
        states = np.stack([rule.states(text) for rule in self.rules.values()])
        return Corpus(
            documents=tuple(
                Document(text[start:end], states=states[:, start:end])
                for start, end in cuts(text, self.length)
            ),
            key=self.key_with(raw.sha256),
            notes=notes,
            source=self.source(raw),
            hypotheses=tuple(
                rule.hypothesis(name) for name, rule in self.rules.items()
            ),
        )


def cuts(text: str, length: int) -> list[tuple[int, int]]:
    """Half-open spans of at most `length` characters that end where lines do.

    A longer line is cut after a space, where it has one.
    """
    found: list[tuple[int, int]] = []
    start = end = 0
    for line in io.StringIO(text):
        for piece in split(line, length):
            if end > start and end + len(piece) - start > length:
                found.append((start, end))
                start = end
            end += len(piece)
    return [*found, (start, end)] if end > start else found
