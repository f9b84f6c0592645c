"""A table of kinds that a study file can name, each imported when it is named.

Of some eighty kinds a study names a few, and making their classes is most of what a
short command would do. An entry says in which module of the folder its class is.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


class Table(MutableMapping[str, type[T]]):
    """Classes by the word for them. Entries are `module.Class` below `folder`."""

    def __init__(self, folder: str, entries: dict[str, str]) -> None:
        self._folder = folder
        self._found: dict[str, type[T] | str] = {**entries}

    def __getitem__(self, word: str) -> type[T]:
        found = self._found[word]
        if isinstance(found, str):
            module, _, name = found.rpartition(".")
            kind: type[T] = getattr(import_module(f"{self._folder}.{module}"), name)
            self._found[word] = found = kind
        return found

    def __contains__(self, word: object) -> bool:
        return word in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __setitem__(self, word: str, kind: type[T]) -> None:
        self._found[word] = kind

    def __delitem__(self, word: str) -> None:
        del self._found[word]
