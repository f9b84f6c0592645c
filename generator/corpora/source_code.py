"""Python source: modules of the standard library of the Python that is running.

Every machine that can run this has it, so nothing is fetched. Modules are taken in the
order of their names: those of the top folder, in ASCII, neither shorter nor longer than
asked, until there are enough characters. Each is a document, whole. With every
character goes what the language's own tokenizer says of it, see `lexical`: whether a
character is in a string is known, not guessed.

Another version of Python has other modules. The version is told, and the bytes read
enter the key of whatever is trained on them.
"""

from __future__ import annotations

import platform
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.corpora.base import (
    Annotation,
    Corpus,
    CorpusSpec,
    Document,
    Folders,
    key_of,
)
from generator.corpora.lexical import STATES, states_of
from generator.corpora.reading import read
from generator.errors import CorpusError, quoted
from generator.files import digest

Module = tuple[str, str]
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
        return key_of(self, self._digest())

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError` where no module is as asked."""
        modules = self._modules()
        if not modules:
            raise CorpusError(
                f"source_code: no module of {self.shortest:,} to {self.longest:,} "
                f"characters in {library()}; expected some: widen the two"
            )
        documents = tuple(document(name, text) for name, text in modules)
        total = sum(len(text) for _, text in modules)
        version = platform.python_version()
        note = (
            f"{len(modules):,} modules of Python {version}, {modules[0][0]} to "
            f"{modules[-1][0]}, {total:,} characters (sha256 {self._digest()})"
        )
        return Corpus(
            documents=documents,
            key=self.key(folders),
            notes=(note,),
            source=f"standard library of Python {version}",
            hypotheses=STATES,
        )

    def _digest(self) -> str:
        """Hash of the modules' names and texts."""
        told = "\0".join(f"{name}\0{text}" for name, text in self._modules())
        return digest(told.encode())

    def _modules(self) -> tuple[Module, ...]:
        return modules(library(), self.characters, self.shortest, self.longest)


def document(name: str, text: str) -> Document:
    """A module with its states. Raises `CorpusError`, which names it."""
    try:
        return Document(text, states=states_of(text))
    except CorpusError as error:
        raise CorpusError(f"{quoted(name)}: {error}") from error


def library() -> Path:
    """The folder of the standard library."""
    return Path(sysconfig.get_paths()["stdlib"])


@cache
def modules(
    folder: Path, characters: int, shortest: int, longest: int
) -> tuple[Module, ...]:
    """Names and texts of the modules of `folder`, until there are enough characters."""
    found: list[Module] = []
    for name, text in _readable(folder):
        if sum(len(text) for _, text in found) >= characters:
            break
        if shortest <= len(text) <= longest:
            found.append((name, text))
    return tuple(found)


def _readable(folder: Path) -> Iterator[Module]:
    """Modules in `folder` whose characters are ASCII, by name."""
    for path in sorted(folder.glob("*.py")):
        data = read(path.resolve(), path.name).data
        if data.isascii():
            yield path.name, data.decode("ascii").replace("\r\n", "\n")
