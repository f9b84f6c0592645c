"""What a commit takes out of a branch, which the branch's history goes on to hold.

Publishing adds commits and rewrites none, so a word that was published once can be read
in an older commit by whoever can read the branch. Publishing says so at the moment when
the word goes, with what the owner of the branch can do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.cli.job import format_noun_count
from generator.cli.publish.remote import RemoteBranch
from generator.cli.publish.verify import has_secret
from generator.core.errors import quote_text
from generator.core.files import read_regular_file
from generator.core.invocation import format_command

WORD = re.compile(r"[^\W\d_]{2,}")
"""Letters alone: numbers and hashes change with every build."""
ESCAPED = re.compile(r"(?:\\u[0-9a-f]{4})+")
"""Letters as the search index and JSON write them."""
CODE_PATHS = ("assets/*.css", "assets/script.*.js", "assets/search.*.js")
"""Patterns of files whose words are no author's."""
SHOWN = 4
"""Words and files that a message names."""
TEXT_HEAD = 8000
"""Bytes in which a file that is no text has a zero, as git decides it."""


@dataclass(frozen=True)
class RemovedContent:
    """Words and files that a branch had before a commit and has no more."""

    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    secret: bool = False
    """Whether something that looks like a password or key was among the words."""


def split_patch(lines: Iterable[str]) -> tuple[str, str]:
    """Split a patch into what it takes out and what it puts in.

    Args:
        lines: Lines of a patch without context. Those of a file's head, such as
            `--- /dev/null`, are neither.

    Returns:
        The lines taken out and those put in, as two texts.
    """
    texts: dict[str, list[str]] = {"-": [], "+": []}
    in_hunk = False
    for line in lines:
        if line.startswith(("diff ", "@@")):
            in_hunk = line.startswith("@@")
        elif in_hunk and line[:1] in texts:
            texts[line[0]].append(line[1:])
    return "\n".join(texts["-"]), "\n".join(texts["+"])


def find_removed(
    remote: RemoteBranch, commit: str, site: Path, paths: Iterable[str]
) -> RemovedContent:
    """Find what a commit takes out of the branch that it is on top of.

    Args:
        remote: The branch to publish to.
        commit: Name of the commit, "" for none.
        site: The site's folder.
        paths: Paths of the site's files that the commit holds.

    Returns:
        Words that no file has any more, and files that are gone; a picture of the
        author's that was exchanged counts as gone. Nothing for a new branch.
    """
    if not remote.tip or not commit:
        return RemovedContent()
    left_out = [f":(top,exclude,glob){pattern}" for pattern in CODE_PATHS]
    both = (remote.tip, commit, "--", ":/", *left_out)
    changes = remote.git.run_checked(
        "diff-tree", "-r", "-p", "-U0", "--no-renames", "--no-ext-diff",
        "--no-textconv", "--no-color", *both,
    ).split("\n")  # fmt: skip
    before, after = split_patch(changes)
    left = split_words(before) - split_words(after)
    listed = remote.git.run_checked(
        "diff-tree", "-r", "-z", "--name-status", "--no-renames", *both
    ).split("\0")
    gone = [
        path
        for how, path in zip(listed[::2], listed[1::2], strict=False)
        if (how == "D" and not path.startswith("assets/"))
        or (how == "M" and "/images/" in path)
    ]
    return RemovedContent(
        tuple(sorted(find_absent(left, site, paths))),
        tuple(sorted(gone)),
        has_secret(before.encode()),
    )


def split_words(text: str) -> set[str]:
    """Return the words of a text in lower case, written out or escaped as in JSON."""
    plain = ESCAPED.sub(lambda match: str(json.loads(f'"{match[0]}"')), text)
    return {word.lower() for word in WORD.findall(plain)}


def find_absent(words: set[str], site: Path, paths: Iterable[str]) -> set[str]:
    """Return those words that no text among the files of a site has.

    Args:
        words: Words in lower case.
        site: The site's folder.
        paths: Paths of its files.
    """
    left = set(words)
    for path in paths:
        if not left:
            break
        content = read_regular_file(site / path)
        if b"\0" not in content[:TEXT_HEAD]:
            left -= split_words(content.decode("utf-8", "replace"))
    return left


def format_removed(remote: RemoteBranch, removed: RemovedContent) -> str:
    """Format what the branch's history still holds, and how its owner removes it.

    Args:
        remote: The branch to publish to.
        removed: What the last commit took out of it.

    Returns:
        A paragraph, "" if nothing was taken out.
    """
    secret = "what looks like a password or key" if removed.secret else ""
    # A part of the secret could be among the words.
    words = _format_examples(removed.words, "word", show=not removed.secret)
    parts = [part for part in (secret, words, _format_examples(removed.files)) if part]
    if not parts:
        return ""
    first = "replace the key where it is used; " if secret else ""
    return (
        f"{remote.branch}: its history still holds what this takes out, "
        f"{' and '.join(parts)}, for whoever can read it; if it must go: {first}run: "
        f"git push {remote.name} --delete {remote.branch}, then "
        f"{format_command('publish')}, which begins the branch anew, and ask the host "
        "to drop old commits; where the sources are public, so is their history"
    )


def _format_examples(
    names: Collection[str], noun: str = "file", *, show: bool = True
) -> str:
    if not names:
        return ""
    some = [quote_text(name, 40) for name in list(names)[:SHOWN]] if show else []
    if len(names) > SHOWN:
        some += ["…"] if some else []
    shown = f" ({', '.join(some)})" if some else ""
    return f"{format_noun_count(names, noun)}{shown}"
