"""Parts of an extension of Markdown as functions, so that an extension holds them all.

Markdown wants a class for each pattern and each look at the tree. These two classes
call a method of the extension, where what was read and what is known is at hand.
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
    """What stands for a pattern within a line, as `make` says.

    Args:
        pattern: A regular expression.
        make: Gives an element, or text that Markdown does not read on; None leaves
            what the author wrote.
    """

    def __init__(
        self, pattern: str, make: Callable[[re.Match[str]], Element | str | None]
    ) -> None:
        super().__init__(pattern)
        self.make = make

    def handleMatch(self, m: re.Match[str], data: str) -> MatchResult:  # noqa: N802 - upstream's name
        """Return what stands for a match, and where the match is."""
        del data
        made = self.make(m)
        if made is None:
            return None, None, None
        whole = AtomicString(made) if isinstance(made, str) else made
        return whole, m.start(0), m.end(0)


class TreeFunction(Treeprocessor):  # type: ignore[misc] # markdown is untyped
    """A look at the whole tree, which `change` changes in place."""

    def __init__(self, md: Markdown, change: Callable[[Element], None]) -> None:
        super().__init__(md)
        self.run = change
