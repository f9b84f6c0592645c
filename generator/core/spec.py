"""The base of everything that a study file can name, and tables of its kinds.

A spec is the doer: its settings are its fields, its work is one method of it. It is
immutable and closed to unknown keys, so that a typo in the last figure stops a build
before the first epoch. Numbers are finite and never guessed from text.

A table maps a word of the study file to a class, which is imported only when it is
named: of some eighty kinds a study names a few, and making all their classes is most of
what a short command would do.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache, reduce
from importlib import import_module
from itertools import pairwise
from operator import or_
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from slugify import slugify


class Spec(BaseModel):
    """Anything a study file can name: immutable, and closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # of some eighty kinds a study names a few
    )


@cache
def describe_fields(kind: type[BaseModel]) -> dict[str, str]:
    """Return what each field of a spec means: the string below it in the source.

    The source is read on demand and not, as pydantic would, while every class is made:
    that takes longer than all else of a short command.

    Args:
        kind: The spec's class.

    Returns:
        The description by the field's name, of the fields that have one.
    """
    texts: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base is BaseModel or not issubclass(base, BaseModel):
            continue
        try:
            source = inspect.getsource(base)
        except OSError:  # a class made at run time has no source
            continue
        (tree,) = ast.parse(textwrap.dedent(source)).body
        assert isinstance(tree, ast.ClassDef)  # noqa: S101 - for mypy: the source of a class
        for field, below in pairwise(tree.body):
            text = _find_string(below)
            if text and isinstance(field, ast.AnnAssign):
                assert isinstance(field.target, ast.Name)  # noqa: S101 - for mypy: a class's field
                texts[field.target.id] = inspect.cleandoc(text)
    return {name: texts[name] for name in kind.model_fields if name in texts}


def _find_string(node: ast.stmt) -> str:
    """Return the text of a statement that is a string alone, "" of any other."""
    value = node.value if isinstance(node, ast.Expr) else None
    text = value.value if isinstance(value, ast.Constant) else ""
    return text if isinstance(text, str) else ""


def make_union(table: Mapping[str, type[Spec]], discriminator: str) -> Any:  # noqa: ANN401 - no static type describes a union made at run time
    """Return the type "any entry of a table".

    A union of one is no union, so a table with one entry gives that entry itself.

    Args:
        table: Specs by the word for them.
        discriminator: The field whose value is that word.
    """
    kinds = list(table.values())
    if len(kinds) == 1:
        return kinds[0]
    return Annotated[reduce(or_, kinds), Field(discriminator=discriminator)]


LINE_LIMIT = 200
"""Characters of a line, or of a path."""


def _check_line(text: str) -> str:
    """Return the text itself if it is one printed line.

    Raises:
        ValueError: It is blank, or holds a control character.
    """
    if not text.strip():
        raise ValueError("must not be blank")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in text):
        raise ValueError("must be one line without control characters")
    return text


def _check_label(text: str) -> str:
    """Return the text itself if an address can be made of it.

    Raises:
        ValueError: No address can be made of it.
    """
    if not slugify(_check_line(text)):
        raise ValueError("must hold a letter or a digit, for its page's address")
    return text


_WINDOWS = {"con", "prn", "aux", "nul"} | {
    f"{p}{n}" for p in ("com", "lpt") for n in range(10)
}


def is_reserved(name: str) -> bool:
    """Return whether Windows reserves a name for a device, whatever its case or ending.

    Args:
        name: Name of a file or folder.
    """
    return name.partition(".")[0].rstrip().lower() in _WINDOWS


def check_relative_path(text: str) -> str:
    """Return a path itself if it cannot lead out of the folder it is read from.

    Args:
        text: The path, with `/` between folders.

    Raises:
        ValueError: It can lead out; the message never echoes it.
    """
    if "://" in text or text.lower().startswith(("file:", "data:")):
        raise ValueError("must be a path inside the study's folder, not an address")
    if text.startswith(("/", "~")) or "\\" in text or text[1:2] == ":":
        raise ValueError("must be relative, with / between folders and no ~")
    if not text.isprintable() or not 0 < len(text) <= LINE_LIMIT:
        raise ValueError(f"must be 1 to {LINE_LIMIT} printable characters")
    for part in text.split("/"):
        if part == ".." or part.lower() == ".git" or is_reserved(part):
            raise ValueError("must stay inside the folder: no .., no .git, no device")
        if part != "." and part != part.rstrip(". "):
            raise ValueError("must have no part that ends in a dot or a space")
    return text


LineText = Annotated[str, Field(max_length=LINE_LIMIT), AfterValidator(_check_line)]
"""Text on one line, not blank, at most 200 characters."""
LabelText = Annotated[str, Field(max_length=60), AfterValidator(_check_label)]
"""A line that can be part of an address: a tag, a category."""
RelativePath = Annotated[str, AfterValidator(check_relative_path)]
"""A path below the folder it is read from; what it points to is checked on reading."""


T = TypeVar("T")


class ClassTable(MutableMapping[str, type[T]]):
    """Classes by the word for them, each imported when it is first looked up.

    Args:
        folder: Package that holds the classes, such as `generator.figures`.
        entries: `module.Class` below that package, by word.
    """

    def __init__(self, folder: str, entries: dict[str, str]) -> None:
        self._folder = folder
        self._entries: dict[str, type[T] | str] = {**entries}

    def __getitem__(self, word: str) -> type[T]:
        entry = self._entries[word]
        if isinstance(entry, str):
            module, _, name = entry.rpartition(".")
            kind: type[T] = getattr(import_module(f"{self._folder}.{module}"), name)
            self._entries[word] = entry = kind
        return entry

    def __contains__(self, word: object) -> bool:
        return word in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __setitem__(self, word: str, kind: type[T]) -> None:
        self._entries[word] = kind

    def __delitem__(self, word: str) -> None:
        del self._entries[word]
