r"""Code in write-ups, as its author wrote it.

A value's mark in code is no value. Other tools take code apart (Pygments cuts
`\title{{Deep}}` into a command and braces), so that fenced code gets its own text back
before it is highlighted; other code, which nothing takes apart, when the page is made.
Tabs stay tabs, as a Makefile needs them, and whatever else stands on the line that
opens a fence beside the language does not turn code into prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.highlight import HighlightExtension
from pymdownx.superfences import SuperFencesCodeExtension

AFTER_FENCES = 24
"""Priority of a preprocessor that sees the text without its fenced code."""
OPENED_FENCE = re.compile(r"^ {0,3}(?:> ?)*(?:`{3,}[^`]*|~{3,}.*)$")


class CodeBlocks(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for fenced and indented code.

    Args:
        restore: Puts what the author wrote in the place of marks.
        report: Called with each line that opens a fence which nothing closes.
        tabs: Whether the text has tabs.
    """

    def __init__(
        self,
        restore: Callable[[str], str] = str,
        report: Callable[[str], None] | None = None,
        *,
        tabs: bool = False,
    ) -> None:
        super().__init__()
        self.restore, self.report, self.tabs = restore, report, tabs

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the preprocessors and the highlighter."""
        fences = SuperFencesCodeExtension(relaxed_headers=True, preserve_tabs=self.tabs)
        fences.extendMarkdown(md)
        (plain,) = fences.superfences
        highlight = plain["formatter"]

        def highlight_restored(*, src: str, **options: Any) -> str:  # noqa: ANN401 - of another library
            highlighted: str = highlight(src=self.restore(src), **options)
            return highlighted

        plain["formatter"] = highlight_restored
        HighlightExtension(
            use_pygments=True, guess_lang=False, linenums=None
        ).extendMarkdown(md)
        if self.report is not None:
            left = FindOpenedFences(md, self.report)
            md.preprocessors.register(left, "opened-fences", AFTER_FENCES)


class FindOpenedFences(Preprocessor):  # type: ignore[misc] # markdown is untyped
    """The preprocessor that reports fences which were not closed."""

    def __init__(self, md: Markdown, report: Callable[[str], None]) -> None:
        super().__init__(md)
        self.report = report

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines as they are."""
        for line in lines:
            if OPENED_FENCE.match(line):
                self.report(line)
        return lines
