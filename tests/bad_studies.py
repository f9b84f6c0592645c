"""Study files that are wrong, and what is said of each.

Most are in `samples/bad_studies.txt`. Here are those that cannot stand in a file of
text: other encodings, characters that do not print, files of great size or depth.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.kinds import ASKED, GOOD, HEAD, NAME

FILE = Path(__file__).parent / "samples" / "bad_studies.txt"
PARTS = {"<head>\n": HEAD, "<asked>\n": ASKED, "<good>\n": GOOD}
Cases = dict[str, tuple[str | bytes, str]]


def read(section: str) -> Cases:
    """Return each case of a section by its title: a study, and part of a message."""
    found: Cases = {}
    for case in re.split(r"^### ", section, flags=re.MULTILINE)[1:]:
        title, _, rest = case.partition("\n")
        study, *said = re.split(r"^>>> ", rest.rstrip("\n"), flags=re.MULTILINE)
        for name, part in PARTS.items():
            study = part + study[len(name) :] if study.startswith(name) else study
        found[title] = study, "".join(said)
    return found


_, *SECTIONS = re.split(r"^## ", FILE.read_text("utf-8"), flags=re.MULTILINE)
SETTINGS, REFERENCES, SYNTAX = map(read, SECTIONS)
SETTINGS["a title too long"] = (
    f"title: {'x' * 300}\n",
    "1:8: title must have at most 200 characters",
)
OTHERS: Cases = {
    "a path too long": (
        f"title: T\ncorpora: {{c: {{kind: texts, path: {'x' * 300}}}}}\n",
        "corpora.c.path must be 1 to 200",
    ),
    "tab for indentation": (
        "title: T\nmodels:\n\tlm: {kind: mute}\n",
        "3:1: tab used for indentation; use spaces\n  3 | →lm: {kind: mute}\n    | ^",
    ),
    "tabs under two levels": (
        "title: T\nmodels:\n  lm:\n\t\tkind: mute\n",
        "4:1: tab used for indentation",
    ),
    "number of 5,000 digits": (
        f"title: T\nseed: {'1' * 5000}\n",
        "2:7: seed is a number too long",
    ),
    "not UTF-8": (b"ti\xfftle: x\n", f"{NAME}:1:3: not UTF-8: byte 0xff"),
    "UTF-16 with a mark": (
        "title: T\n".encode("utf-16"),
        f"{NAME}:1:1: UTF-16 is not supported; save the file as UTF-8",
    ),
    "UTF-16 without": (
        "title: T\n".encode("utf-16-be"),
        f"{NAME}:1:1: UTF-16 is not supported",
    ),
    "NUL": (
        "title: T\nsummary: a\0b\n",
        "2:11: control character U+0000; remove it",
    ),
    "control character of C1": (
        "title: T\nsummary: a\x9b31m\n",
        "2:11: control character U+009B",
    ),
    "escape": ("title: T\nsummary: a\x1b[31m\n", "2:11: control character U+001B"),
    "empty file": ("", "1:1: expected a mapping of settings, found an empty file"),
    "brackets nested 3,000 deep": (
        f"title: {'[' * 3000}{']' * 3000}\n",
        "1:27: nested deeper than 20",
    ),
    "braces nested 200,000 deep": (
        f"title: {'{a: ' * 200_000}\n",
        "a line of more than 65,536 characters",
    ),
    "brackets nested 200,000 deep": (
        f"title: {('[' * 500 + chr(10)) * 400}\n",
        "1:27: nested deeper than 20",
    ),
    "lines nested 1,000 deep": (
        "".join(f"{' ' * i}a:\n" for i in range(1000)),
        "21:21: nested deeper than 20",
    ),
    "100 MB": (b"# " + b"x" * 100_000_000, f"{NAME}: larger than 1000000 bytes"),
    "10,001 keys and values": (
        "title: [" + "x, " * 10_001 + "]\n",
        "more than 10000 keys and values",
    ),
}
BAD = SETTINGS | REFERENCES | SYNTAX | OTHERS
