"""Markdown processors that call functions.

Markdown wants a class for each pattern and each tree processor. These two classes call
a method of an extension, where what was read and what is known is at hand, so that one
extension holds all its parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

MatchResult = tuple[Element | str | None, int | None, int | None]


class InlineFunction(InlineProcessor):  # type: ignore[misc] # markdown is untyped
    """An inline processor that replaces a pattern by what `make` returns.

    Args:
        pattern: A regular expression.
        make: Returns an element, or text that Markdown does not read on; None leaves
            what the author wrote.
    """

    def __init__(
        self, pattern: str, make: Callable[[re.Match[str]], Element | str | None]
    ) -> None:
        super().__init__(pattern)
        self.make = make

    def handleMatch(self, m: re.Match[str], data: str) -> MatchResult:  # noqa: N802 - Markdown calls it by this name
        """Return the replacement of a match, and where the match is."""
        del data
        replacement = self.make(m)
        if replacement is None:
            return None, None, None
        whole = (
            AtomicString(replacement) if isinstance(replacement, str) else replacement
        )
        return whole, m.start(0), m.end(0)


class TreeFunction(Treeprocessor):  # type: ignore[misc] # markdown is untyped
    """A tree processor that calls `change`, which changes the tree in place."""

    def __init__(self, md: Markdown, change: Callable[[Element], None]) -> None:
        super().__init__(md)
        self.run = change
