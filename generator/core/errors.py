"""Errors by what an author can do about them, and the exit status of each.

    StudyError                  2   anything an author can mend
    ├── ConfigError             2   a study file
    │   └── SettingError        2   one of its settings
    ├── CorpusError             2   a corpus
    ├── UnsupportedError        2   a model cannot answer a method
    ├── MissingArtifactError    2   something to draw was never collected
    ├── FigureError             2   an artifact cannot be drawn as asked
    ├── WriteUpError            2   the Markdown of a study
    ├── IntegrityError          3   bytes are not what they should be
    ├── NetworkError            4   a download
    └── ResourceError           5   disk, permission, memory
        └── LockError           5   somebody else is building

Exit status 1 is left for a bug of the program, 130 and 143 for signals. A message has
the order place: found; expected; nearest name; what to do. Text from a corpus or a file
enters a message through `quote_text`, so that it cannot drive a terminal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from generator.core.edits import Edit


class StudyError(Exception):
    """Anything an author can mend.

    Args:
        problems: One message each, in the order in which they are printed.
        edits: What mends it, applied together; none where only the author can know.
    """

    status = 2

    def __init__(self, *problems: str, edits: Sequence[Edit] = ()) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.edits = tuple(edits)


class ConfigError(StudyError):
    """A study file says something that cannot be done."""


class SettingError(ConfigError):
    """One setting of an entry says something that cannot be done.

    Args:
        key: The keys from the entry to the setting.
        problems: One message each, without the setting's name.
    """

    def __init__(self, key: tuple[str, ...], *problems: str) -> None:
        super().__init__(*(f"{'.'.join(key)}: {problem}" for problem in problems))
        self.key = key


class CorpusError(StudyError):
    """A corpus cannot be read, or not as asked."""


class UnsupportedError(StudyError):
    """A model lacks the capability that a method needs."""


class MissingArtifactError(StudyError):
    """An artifact that a figure or a sentence needs was never collected."""


class FigureError(StudyError):
    """An artifact cannot be drawn as asked."""


class WriteUpError(StudyError):
    """A write-up names what does not exist, or cannot be turned into HTML.

    Args:
        problems: One message each, in the order in which they are printed.
        edits: What mends it, applied together; none where only the author can know.
        meant: A word of what was written, and the one that was meant.
    """

    def __init__(
        self,
        *problems: str,
        edits: Sequence[Edit] = (),
        meant: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(*problems, edits=edits)
        self.meant = meant


class IntegrityError(StudyError):
    """Bytes are not what a hash, a key or an identity says they should be."""

    status = 3


class NetworkError(StudyError):
    """A download failed."""

    status = 4


class ResourceError(StudyError):
    """The machine refused: disk, permission, memory."""

    status = 5


class LockError(ResourceError):
    """Another process works on this project."""


def join_errors(errors: Sequence[StudyError]) -> StudyError:
    """Return several errors as one, of the kind of the first.

    Args:
        errors: The errors, at least one.
    """
    problems = dict.fromkeys(p for error in errors for p in error.problems)
    edits = dict.fromkeys(edit for error in errors for edit in error.edits)
    return type(errors[0])(*problems, edits=tuple(edits))


def quote_text(text: object, limit: int = 60) -> str:
    """Return a text in double quotes, with control characters escaped.

    Args:
        text: Anything; its `str` is quoted.
        limit: Characters at most; a longer text ends in an ellipsis.
    """
    words = str(text)
    words = words if len(words) <= limit else words[: limit - 1] + "…"
    body = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
    return f'"{body}"'


def suggest_nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the name that an author may have meant.

    Args:
        word: A name that is not known.
        known: The names that are.

    Returns:
        `did you mean "…"?` or else a list of the known names, to follow a `;`.
    """
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    if close:
        return f"did you mean {quote_text(close[0])}?"
    return f"known: {', '.join(names)}" if names else "there are none"


MARGIN = 0.08
"""How much nearer the nearest name must be than the next to be what is meant."""


def find_meant(word: str, known: Iterable[str]) -> str | None:
    """Return the one name that an author must have meant, None where that is not plain.

    Args:
        word: A name that is not known.
        known: The names that are.

    Returns:
        The name that `suggest_nearest` names, if no other is about as near.
    """
    close = difflib.get_close_matches(word, sorted(known), n=2)
    if not close:
        return None
    first, *others = (difflib.SequenceMatcher(None, c, word).ratio() for c in close)
    return None if any(first - other < MARGIN for other in others) else close[0]


def format_some_names(names: Sequence[str], shown: int = 4) -> str:
    """Return names in one line: all of them, or the first ones and how many follow.

    Args:
        names: The names, in their order.
        shown: How many are listed at most.
    """
    if len(names) <= shown:
        return ", ".join(names)
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"
