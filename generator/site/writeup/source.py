"""A write-up's text with its line numbers, masked copies of it, and a time limit.

Values are marked before Markdown reads the text and looked up only where it is prose,
so that `{{ … }}` in code stays code and an error names its line. Characters that no
page can show are refused. Masked text, in which everything but prose is blank, keeps
every line break and the length of every line, so that a place in it is the same place
in the file.

Some texts of a few kilobytes keep a Markdown reader busy for minutes. A process of its
own would cost each build a start of Python; the alarm clock of the system costs
nothing, and interrupts regular expressions too. It needs the main thread of a POSIX
system; elsewhere only the limit on size holds.
"""

from __future__ import annotations

import re
import signal
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from types import FrameType

from generator.core.edits import TextEdit
from generator.core.errors import WriteUpError, find_meant
from generator.core.files import open_regular_file

LONGEST = 200_000
"""Bytes of a write-up."""
VALUE = re.compile(r"\{\{([^{}\n]*)\}\}")


@dataclass(frozen=True)
class WriteUpSource:
    """A write-up as written. `shown` is its path as messages print it."""

    shown: str
    text: str
    folder: Path
    problems: list[str] = field(default_factory=list)
    """Problems recorded so far; all of them are raised at once."""
    warnings: list[str] = field(default_factory=list)
    """What is told and stops no build."""
    edits: list[TextEdit] = field(default_factory=list)
    """What mends some of the problems."""

    def add_problem(
        self, line: int, problem: str, edit: TextEdit | None = None
    ) -> None:
        """Record a problem.

        Args:
            line: Line in the file, from 1.
            problem: What is wrong and what to do.
            edit: What mends it, None where only the author can know.
        """
        self.problems.append(f"{self.shown}:{line}: {problem}")
        if edit and edit not in self.edits:
            self.edits.append(edit)

    def make_edit(
        self, needle: str, old: str, new: str | None, line: int = 1
    ) -> TextEdit | None:
        """Return the edit that writes another word into what is written somewhere.

        Args:
            needle: What is written, at or after a line.
            old: The word in it.
            new: What should stand there; None where that is not plain.
            line: The line to search from.
        """
        lines = self.text.split("\n")
        place = self.text.find(needle, sum(len(one) + 1 for one in lines[: line - 1]))
        inside = needle.find(old)
        if new is None or place < 0 or inside < 0:
            return None
        before = self.text[: place + inside].split("\n")
        return TextEdit(self.shown, len(before), len(before[-1]) + 1, old, new)

    def make_renaming(
        self, needle: str, word: str, known: Iterable[str]
    ) -> TextEdit | None:
        """Return the edit that writes the name which is meant, where that is plain.

        Args:
            needle: What is written.
            word: The name in it, which is not known.
            known: The names that are.
        """
        return self.make_edit(needle, word, find_meant(word, known))

    def add_warning(self, line: int, warning: str) -> None:
        """Record a warning.

        Args:
            line: Line in the file, from 1.
            warning: What is odd and what to do.
        """
        self.warnings.append(f"{self.shown}:{line}: {warning}")

    def line_of(self, needle: str) -> int:
        """Return the first line that holds `needle`, 1 if none does."""
        place = self.text.find(needle)
        return self.text.count("\n", 0, place) + 1 if place >= 0 else 1

    def raise_problems(self) -> None:
        """Raise an error if there are recorded problems.

        Raises:
            WriteUpError: With every problem, in the order of the lines.
        """
        if self.problems:

            def line(problem: str) -> int:
                return int(problem.removeprefix(f"{self.shown}:").split(":", 1)[0])

            problems = sorted(set(self.problems), key=lambda p: (line(p), p))
            raise WriteUpError(*problems, edits=self.edits)


@dataclass(frozen=True)
class ValueMarks:
    """A text with marks for values: `word(i)` stands for `written[i]`."""

    stem: str
    text: str
    written: tuple[str, ...]
    """What the author wrote, braces and all."""
    lines: tuple[int, ...]

    def expression(self, index: int) -> str:
        """Return what stands between the braces of a value."""
        return self.written[index][2:-2].strip()

    def word(self, index: int) -> str:
        """Return the mark of a value: letters and digits that the text lacks."""
        return f"{self.stem}v{index}e"

    @property
    def pattern(self) -> str:
        """Regular expression for all marks, its group being the index."""
        return f"{self.stem}v([0-9]+)e"

    def restore(self, text: str) -> str:
        """Return a text with what the author wrote in the place of each mark."""
        return re.sub(self.pattern, lambda m: self.written[int(m[1])], text)


def read_source(path: Path, shown: str) -> WriteUpSource:
    """Read the text of a write-up.

    Args:
        path: Path of the write-up.
        shown: The file's path as messages print it.

    Returns:
        The text with Unix line ends.

    Raises:
        WriteUpError: If the file cannot be read, is too long, is not UTF-8, or has
            characters that no page can show.
    """
    try:
        with open_regular_file(path) as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise WriteUpError(
            f"{shown}: cannot be read: {error.strerror}; put the "
            "study's prose there, as a file"
        ) from error
    if len(data) > LONGEST:
        raise WriteUpError(
            f"{shown}: longer than {LONGEST:,} bytes; make it two studies"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"{data[error.start]:#04x}"
        begun = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[begun : error.start].decode("utf-8-sig", "replace")) + 1
        raise WriteUpError(
            f"{shown}:{line}:{column}: not UTF-8: byte {byte}; save the file as UTF-8"
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if problems := tuple(find_unprintable(shown, text)):
        raise WriteUpError(*problems)
    return WriteUpSource(shown, text, path.parent)


UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters but tab and line feed, and code points that are no characters."""


def find_unprintable(shown: str, text: str) -> Iterator[str]:
    """Yield a message for each line with a character that no page can show.

    Args:
        shown: The file's path as messages print it.
        text: Text of the file.
    """
    for number, line in enumerate(text.split("\n"), 1):
        match = UNPRINTABLE.search(line)
        if match is None:
            continue
        code = ord(match[0])
        kind = "control" if unicodedata.category(match[0]) == "Cc" else "invalid"
        fix = "delete it"
        if 0x80 <= code <= 0x9F:  # noqa: PLR2004 - what Windows uses for quotes and dashes
            right = bytes([code]).decode("cp1252", "replace")
            fix = f"perhaps it was {right} in Windows-1252; type it anew"
        yield (
            f"{shown}:{number}:{match.start() + 1}: holds the {kind} character "
            f"U+{code:04X}, which no page can show; {fix}"
        )


def mark_values(source: WriteUpSource) -> ValueMarks:
    """Replace each `{{ … }}` of a write-up by a mark.

    Args:
        source: The write-up as written.

    Returns:
        The text with marks, and the expressions that they stand for.
    """
    stem = "zq"
    while stem in source.text or stem in unescape(source.text):
        stem += "q"
    matches = list(VALUE.finditer(source.text))
    lines = tuple(source.text.count("\n", 0, m.start()) + 1 for m in matches)
    numbers = iter(range(len(matches)))
    text = VALUE.sub(lambda _: f"{stem}v{next(numbers)}e", source.text)
    return ValueMarks(stem, text, tuple(m[0] for m in matches), lines)


FENCE = re.compile(r"(?ms)^([ >]*)(`{3,}|~{3,})[^\n]*\n.*?(?:^[ >]*\2[`~]*[ \t]*$|\Z)")
CODE = re.compile(r"(?s)(?<!`)(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)")
VALUE_PLACE = re.compile(r"\{\{[^{}\n]*\}\}")
DISPLAY = re.compile(r"(?s)(?<!\\)\$\$(?P<tex>(?:\\.|[^\\$])+?)\$\$")
INLINE = re.compile(
    r"(?<![\\$])\$(?![\s$])(?P<tex>(?:\\.|[^\\$\x02\x03])+?)(?<!\s)\$(?![\d$])"
)
"""A formula in a line: no space inside its dollars and no digit after, so that $5 and
$6 are money."""
KEY = r"[A-Za-z0-9][A-Za-z0-9_:.-]*"
PLACE = r"(?:,[^\];\[]{0,200})?"
"""Where in a work: `, p. 3`."""
CITATION = re.compile(
    rf"\[(?P<cited>-?@{KEY}{PLACE}(?:;\s*-?@{KEY}{PLACE})*)\](?![(\[])"
)
"""`[@key]`, `[@key, p. 3]`, `[@one; @two]`; `[-@key]` for the year alone."""
CITED = re.compile(rf"(?P<year>-?)@(?P<key>{KEY})(?:,\s*(?P<where>.*))?", re.DOTALL)
"""One part of a citation."""
ADDRESS = re.compile(r"\]\([^()\n]*\)|<(?:https://|mailto:)[^>\s]*>|https://[^\s)>\]]*")

NOTE_KINDS = (
    "note", "tip", "important", "warning", "caution", "attention", "danger", "error",
    "hint",
)  # fmt: skip
"""Kinds of text set apart; each is printed as its title where there is no other."""
ITEM = re.compile(r"(?P<indent> *)(?:[-*+]|\d{1,2}[.)])[ \t]+\S")
"""The beginning of an item of a list."""


def blank_out(pattern: re.Pattern[str], text: str, filler: str = " ") -> str:
    """Replace all that matches by a filler, keeping line breaks and lengths.

    Args:
        pattern: What to replace.
        text: The Markdown text.
        filler: One character.

    Returns:
        The text, as long as before.
    """
    return pattern.sub(lambda m: re.sub(r"[^\n]", filler, m[0]), text)


def mask_text(text: str) -> str:
    """Blank out code, values, formulas and addresses.

    Args:
        text: The Markdown text.

    Returns:
        The text, as long as before; a citation becomes ¶.
    """
    text = mask_code(text)
    for pattern in (VALUE_PLACE, DISPLAY, INLINE, ADDRESS):
        text = blank_out(pattern, text)
    return blank_out(CITATION, text, "¶")


def mask_code(text: str) -> str:
    """Blank out code alone.

    Args:
        text: The Markdown text.

    Returns:
        The text, as long as before.
    """
    return blank_out(CODE, without_indented(blank_out(FENCE, text)))


def without_indented(text: str) -> str:
    """Blank out indented code, but not what belongs to a list or a note.

    Args:
        text: The Markdown text.

    Returns:
        The text, as long as before.
    """
    lines = text.split("\n")
    above, before = "", ""  # the last line with text at the margin; the line before
    for i, line in enumerate(lines):
        belongs = ITEM.match(above) or above.startswith("[^")
        if line.startswith("    ") and not belongs and not before.strip():
            lines[i] = " " * len(line)
        elif line.strip() and not line.startswith(" "):
            above = line
        before = lines[i]
    return "\n".join(lines)


SECONDS = 10.0


@contextmanager
def time_limit(what: str, seconds: float = SECONDS) -> Iterator[None]:
    """Limit the time that the block may take.

    Args:
        what: Name of the file in the message.
        seconds: The limit.

    Raises:
        WriteUpError: Within the block, once the time is up.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise WriteUpError(
            f"{what}: took longer than {seconds:g} s to read; look for long runs of "
            "brackets or stars, and make it shorter"
        )

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
