"""Of an author's picture the pixels are published, and nothing that it says beside."""

from __future__ import annotations

import io
import random
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
