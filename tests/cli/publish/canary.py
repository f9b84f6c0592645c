"""Studies that say one word in every place, and a search for it in any file."""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from generator.artifacts import Artifact, SlotScores
from generator.core.tokens import Token
from generator.methods.base import Context, Method

WORD = "kanarie"
"""What every planted word begins with; nothing else does."""
PLACES = (
    "title", "summary", "tag", "series", "author", "alias", "update", "figuretitle",
    "claim", "label", "line", "caption", "note", "alternative", "code", "picturename",
)  # fmt: skip
"""Where a study says the word to its readers, each with its own ending."""
UNPUBLISHED = ("picturetext", "pictureswords", "pictureplace")
"""Where it says it, and no site does: metadata of a picture."""
STUDY = """\
title: "{title}"
summary: "{summary}"
tags: ["{tag}"]
series: "{series}"
authors: ["{author}"]
aliases: ["/old/{alias}"]
updates: [{{date: {day}, text: "{update}"}}]
draft: {draft}
seed: 5
corpora:
  texts: {{kind: stub, count: 3}}
models:
  lm: {{kind: stub, corpus: texts, epochs: 1}}
artifacts:
  small: {{method: stub-label, model: lm, label: "{label}"}}
  table: {{method: stub-table, model: lm, of: small}}
figures:
  numbers: {{figure: matrix, artifact: small, title: "{figuretitle}"}}
claims:
  high: {{says: "{claim}", value: table.rows.mean, expects: above, than: 0.1}}
"""
PROSE = """\
What was read: {line}.

![{caption}](figure:numbers)

- @a/: A row, {note}.

![{alternative}](images/{picturename}.png)

    print("{code}")
"""


class LabelledScores(Method):
    """Scores of words, one of them a label of the study file."""

    gives: ClassVar[type[Artifact]] = SlotScores
    method: Literal["stub-label"]
    label: str

    def collect(self, context: Context) -> Artifact:
        """The same scores each time."""
        del context
        words = (Token("a"), Token(self.label))
        return SlotScores(
            targets=words,
            histories=(words, words),
            scores=np.full((2, 2), 0.5, np.float32),
            probabilities=np.full(2, 0.5, np.float32),
            quantity="attention weight",
        )


def write_study(project: Path, folder: str, owner: str, *, draft: bool = False) -> Path:
    """Write a study that says a word of its own in each place, or none for no owner."""
    home = project / "studies" / folder
    slug = folder[11:]
    words = {
        place: f"{WORD}{owner}{place}" if owner else f"plain{slug}{place}"
        for place in (*PLACES, *UNPUBLISHED)
    }
    (home / "images").mkdir(parents=True, exist_ok=True)
    (home / "study.yaml").write_text(
        STUDY.format(draft=str(draft).lower(), day=folder[:10], **words)
    )
    (home / "index.md").write_text(PROSE.format(**words))
    text = PngInfo()
    text.add_text("Comment", words["picturetext"])
    text.add_text("Description", words["pictureswords"], zip=True)
    place = Image.Exif()
    place.get_ifd(0x8825)[29] = words["pictureplace"]
    picture = Image.new("L", (4, 4), len(owner))
    path = home / "images" / f"{words['picturename']}.png"
    picture.save(path, pnginfo=text, exif=place.tobytes())
    return home


def find_words(name: str, content: bytes) -> set[str]:
    """Every planted word in a file: in its name, its bytes and what is packed in it."""
    found: set[str] = set()
    for part in (name.encode(), *unpack(content)):
        text = html.unescape(part.decode("utf-8", "replace")).lower()
        found |= set(re.findall(f"{WORD}[a-z]+", text))
    return found


def unpack(content: bytes) -> Iterator[bytes]:
    """Yield bytes, and all that is in them: archives, pictures' chunks, data URIs."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment
            for member in archive.infolist():
                yield member.filename.encode() + member.comment + member.extra
                yield from unpack(archive.read(member))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from read_chunks(content)
    if content.startswith(b"\x1f\x8b"):
        yield from unpack(zlib.decompress(content, 31))
    for packed in re.findall(rb"base64,([A-Za-z0-9+/=\s]+)", content):
        try:
            yield from unpack(base64.b64decode(packed))
        except binascii.Error:
            continue


def read_chunks(content: bytes) -> Iterator[bytes]:
    """Yield each chunk of a PNG, text inflated where it is deflated, and the pixels."""
    at, pixels = 8, b""
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        at += size + 12
        yield kind + body
        if kind == b"zTXt":
            yield zlib.decompress(body.partition(b"\0")[2][1:])
        if kind == b"iTXt":
            rest = body.partition(b"\0")[2]
            text = rest[2:].split(b"\0", 2)[2]
            yield zlib.decompress(text) if rest[:1] == b"\1" else text
        if kind == b"IDAT":
            pixels += body
    yield zlib.decompress(pixels)


def find_in_folder(folder: Path) -> set[str]:
    """Every planted word in the files of a folder, or in their names."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found |= find_words(name, path.read_bytes())
    return found


def find_in_tree(repository: Path, commit: str) -> set[str]:
    """Every planted word in the tree of a commit and in its message."""
    git = ["git", "-C", str(repository)]

    def run(*words: str) -> bytes:
        return subprocess.run([*git, *words], check=True, capture_output=True).stdout

    found = find_words("", run("log", "-1", "--format=%B", commit))
    with zipfile.ZipFile(io.BytesIO(run("archive", "--format=zip", commit))) as archive:
        for name in archive.namelist():
            found |= find_words(name, archive.read(name))
    return found
