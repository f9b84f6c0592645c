"""Of an author's picture the pixels are published, and nothing that it says beside."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageOps, ImageSequence

from generator.site.writeup.picture_metadata import (
    PictureError,
    encode_orientation,
    read_orientation,
    strip_metadata,
)
from generator.site.writeup.pictures import read_picture
from tests.cli.publish.canary import unpack
from tests.site.writeup import photographs
from tests.site.writeup.photographs import FORMATS, WORD, make_avif, make_picture


def read_words(data: bytes) -> int:
    """How often the word is in a file, whatever is packed in it."""
    return sum(part.lower().count(WORD.encode()) for part in unpack(data))


def draw_frames(data: bytes) -> list[tuple[object, ...]]:
    """What a file is drawn as: of each frame its pixels, turned, and its time."""
    with Image.open(io.BytesIO(data)) as image:
        return [
            (
                frame.info.get("duration"),
                frame.info.get("loop"),
                ImageOps.exif_transpose(frame.convert("RGBA")).size,
                ImageOps.exif_transpose(frame).convert("RGBA").tobytes(),
            )
            for frame in ImageSequence.Iterator(image)
        ]


@pytest.mark.parametrize("form", FORMATS)
def test_no_slot_says_anything(form: str) -> None:
    """The word is in no byte of the stripped file, and was in several of the file."""
    data = make_picture(form)
    assert read_words(data) >= 3, "the control: there is something to find"
    assert read_words(strip_metadata(data)) == 0


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_drawn_stays(form: str, orientation: int) -> None:
    """Pixels, colour profile, orientation, times and repetitions are the same."""
    data = make_picture(form, orientation)
    stripped = strip_metadata(data)
    assert draw_frames(stripped) == draw_frames(data)
    with Image.open(io.BytesIO(data)) as before:
        profile, turn = before.info.get("icc_profile"), before.getexif().get(0x0112, 1)
    with Image.open(io.BytesIO(stripped)) as after:
        assert after.info.get("icc_profile") == profile
        assert after.getexif().get(0x0112, 1) == turn
        assert set(after.getexif()) <= {0x0112}
    assert strip_metadata(stripped) == stripped, "nothing is left to take out"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_plain_pictures_are_published_as_they_are(mode: str, tmp_path: Path) -> None:
    """A file without metadata is the same to the byte, in every mode of PNG."""
    path = tmp_path / "plain.png"
    Image.new(mode, (5, 7)).save(path)
    assert strip_metadata(path.read_bytes()) == path.read_bytes()
    assert read_picture(path).content == path


def test_inks_keep_their_transform() -> None:
    """A JPEG of four inks is drawn as before: how its colours are coded stays."""
    packed = io.BytesIO()
    photographs.draw().convert("CMYK").save(packed, "JPEG", comment=WORD)
    stripped = strip_metadata(packed.getvalue())
    assert draw_frames(stripped) == draw_frames(packed.getvalue())
    assert WORD.encode() not in stripped


def test_an_avif_says_nothing_or_is_refused() -> None:
    """One with Exif, XMP or a part of nobody's is named; a plain one is published."""
    plain = make_avif()
    assert strip_metadata(plain) == plain
    for more in ({"exif": photographs.make_exif()}, {"xmp": photographs.make_xmp()}):
        data = make_avif(**more)
        assert WORD.encode() in data
        with pytest.raises(PictureError, match=r"more than its picture.*PNG or WebP"):
            strip_metadata(data)
    said = WORD.encode()
    for kind in (b"free", b"uuid", b"udta"):
        with pytest.raises(PictureError, match=kind.decode()):
            strip_metadata(plain + (8 + len(said)).to_bytes(4) + kind + said)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF88a", b"BM" + bytes(60)])
def test_other_files_are_refused(data: bytes) -> None:
    """What is no picture of these formats is not published under their names."""
    with pytest.raises(PictureError, match="no PNG, JPEG, GIF, WebP or AVIF"):
        strip_metadata(data)


def test_orientations_are_read_as_written() -> None:
    """All eight, in both orders of bytes; what is none of them turns nothing."""
    for value in range(1, 9):
        assert read_orientation(encode_orientation(value)) == value
    little = b"II*\0" + bytes.fromhex("08000000 0100 1201 0300 01000000 0600 0000")
    assert read_orientation(little) == 6
    for data in (b"", b"MM\0*", b"II*\0\xff\xff\xff\xff", encode_orientation(9)):
        assert read_orientation(data) == 1


@pytest.mark.parametrize("form", [*FORMATS, "avif"])
def test_damage_is_refused_or_harmless(form: str) -> None:
    """Cut or changed anywhere, a file is refused with a reason, and is never a bug."""
    data = make_avif() if form == "avif" else make_picture(form)
    draw = random.Random(form)  # noqa: S311 - seeded by the format
    for _ in range(300):
        harmed = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            harmed[draw.randrange(len(harmed))] = draw.randrange(256)
        cut = draw.randrange(len(harmed)) if draw.random() < 0.5 else len(harmed)
        try:
            strip_metadata(bytes(harmed[:cut]))
        except PictureError as error:
            assert str(error)  # noqa: PT017 - its reason is told


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    sealed = kind + body
    return struct.pack(">I", len(body)) + sealed + struct.pack(">I", zlib.crc32(sealed))


CHUNKS = {
    b"IHDR": 13, b"PLTE": 768, b"tRNS": 256, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1,
    b"sBIT": 4, b"bKGD": 6, b"pHYs": 9, b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"acTL": 8,
    b"fcTL": 26,
}  # fmt: skip


@pytest.mark.parametrize("kind", CHUNKS)
def test_a_chunk_holds_what_its_kind_needs(kind: bytes) -> None:
    """One byte more could say something: it goes, or the file with it."""
    start, end = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
    fits = start + chunk(kind, bytes(CHUNKS[kind])) + end
    assert strip_metadata(fits) == fits
    over = start + chunk(kind, bytes(CHUNKS[kind] + 1)) + end
    if kind[:1].isupper():
        with pytest.raises(PictureError):
            strip_metadata(over)
    else:
        assert strip_metadata(over) == start + end


def test_a_profile_in_a_png_has_no_name() -> None:
    """Where one stands within the first eighty bytes; else it is no profile."""
    start, end = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
    for name, stays in ((b"n" * 79, True), (b"n" * 80, False)):
        data = start + chunk(b"iCCP", name + b"\0body") + end
        found = chunk(b"iCCP", b"icc\0body") if stays else b""
        assert strip_metadata(data) == start + found + end


def box(kind: bytes, body: bytes, *, wide: bool = False) -> bytes:
    """A box of an AVIF, its size in four bytes or in eight."""
    if wide:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


def item(version: int, kind: bytes, name: bytes) -> bytes:
    """An AVIF of one item."""
    number = b"\0\1" if version == 2 else b"\0\0\0\1"
    info = bytes([version, 0, 0, 0]) + number + b"\0\0" + kind + name + b"\0"
    items = box(b"iinf", bytes(6) + box(b"infe", info))
    meta = box(b"meta", bytes(4) + items)
    return box(b"ftyp", b"avif") + meta


@pytest.mark.parametrize("version", [2, 3])
def test_an_item_is_a_picture_without_a_name(version: int) -> None:
    """In both forms of its entry."""
    for kind, name, said in (
        (b"av01", b"", ""),
        (b"av01", b"Color", ""),
        (b"grid", b"Alpha", ""),
        (b"Exif", b"", "Exif"),
        (b"mime", b"Color", "mime"),
        (b"av01", WORD.encode(), "a name"),
    ):
        data = item(version, kind, name)
        if not said:
            assert strip_metadata(data) == data
            continue
        with pytest.raises(PictureError, match=rf"\({said}\)"):
            strip_metadata(data)


@pytest.mark.parametrize("kind", [b"mdat", b"free"])
def test_a_box_is_read_whatever_its_size_is_written_in(kind: bytes) -> None:
    """Four bytes, eight, or 0 for what is left; one smaller than its head is damage."""
    head = box(b"ftyp", b"avif")
    rest = box(b"free", b"x")
    for data, hidden in (
        (head + box(kind, b"x"), kind == b"free"),
        (head + box(kind, b"x", wide=True), kind == b"free"),
        (head + box(kind, b"", wide=True), kind == b"free"),
        (head + box(kind, b"x", wide=True) + rest, True),
        (head + struct.pack(">I4s", 0, kind) + rest, kind == b"free"),
    ):
        if hidden:
            with pytest.raises(PictureError, match="a part called 'free'"):
                strip_metadata(data)
        else:
            assert strip_metadata(data) == data
    for size in (2, 7):
        with pytest.raises(PictureError) as caught:
            strip_metadata(head + struct.pack(">I4s", size, b"mdat"))
        assert "free" not in str(caught.value)
    with pytest.raises(PictureError):
        strip_metadata(head + struct.pack(">I4sQ", 1, b"mdat", 15) + bytes(9))
