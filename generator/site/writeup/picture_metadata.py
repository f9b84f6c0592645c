"""Metadata of authors' pictures, taken out before a picture is published.

A photograph can say where and when it was taken, with which device and by whom, and
hold a thumbnail of what was cut off since. Of a picture only the parts are published
that decide what is drawn: the parts are copied as they are, so no pixel changes and
nothing is lost, and whatever else a file holds is left out, what follows its end too.
Two things beside the pixels decide what is drawn, and stay: the colour profile, and the
orientation, as Exif data that say nothing else.

An AVIF has its parts at places that other parts name, so that none can be taken out
without writing it anew; one with metadata is refused.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator

ORIENTATION = 0x0112
"""The tag of Exif that says how a picture is to be turned."""
SHORT = 3
"""The kind of a value that is a 16-bit integer."""
TURNED = range(2, 9)
"""Its values that turn or mirror; 1 is as it is."""
BROKEN = "is damaged, so that its metadata cannot be taken out; save it anew"


class PictureError(ValueError):
    """A picture cannot be published; the message says why, to follow its name."""


def strip_metadata(data: bytes) -> bytes:
    """Return a picture without what does not decide how it is drawn.

    Args:
        data: A file of PNG, JPEG, GIF, WebP or AVIF.

    Returns:
        A file of the same pixels, colour profile and orientation; the same bytes where
        there is nothing to take out.

    Raises:
        PictureError: It is none of these, is damaged, or is an AVIF with metadata.
    """
    strip = next((s for form, s in FORMATS.items() if form.match(data)), None)
    if strip is None:
        raise PictureError(
            "holds no PNG, JPEG, GIF, WebP or AVIF; save it as one of these"
        )
    try:
        return strip(data)
    except (IndexError, struct.error) as error:
        raise PictureError(BROKEN) from error


def _take(data: bytes, at: int, size: int) -> bytes:
    """Return some bytes at a place, all of which must be there."""
    if at + size > len(data):
        raise PictureError(BROKEN)
    return data[at : at + size]


def read_orientation(exif: bytes) -> int:
    """Return the orientation that Exif data give a picture; 1 where they give none.

    Args:
        exif: The data, which begin as a TIFF file does.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for number in range(count):
            place = start + 2 + 12 * number
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, place)
            if tag == ORIENTATION and kind == SHORT:
                return value if value in TURNED else 1
    except struct.error:
        return 1
    return 1


def encode_orientation(value: int) -> bytes:
    """Return Exif data that hold an orientation and nothing else.

    Args:
        value: The orientation, from 1 to 8.
    """
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, value, 0, 0)


PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_LIMITS = {
    b"IHDR": 13, b"PLTE": 768, b"IDAT": 2**31, b"IEND": 0, b"tRNS": 256, b"gAMA": 4,
    b"cHRM": 32, b"sRGB": 1, b"sBIT": 4, b"bKGD": 6, b"pHYs": 9, b"cICP": 4,
    b"mDCV": 24, b"cLLI": 8, b"acTL": 8, b"fcTL": 26, b"fdAT": 2**31,
}  # fmt: skip
"""Chunks that say how a PNG is drawn, and the bytes that each may have."""
PROFILE_NAME = b"icc\0"
"""The name of a profile in a PNG, which nobody reads and any text may take the place
of."""


def _strip_png(data: bytes) -> bytes:
    kept = [PNG_START]
    at, kind = len(PNG_START), b""
    while kind != b"IEND":
        (size,) = struct.unpack_from(">I", data, at)
        kind = _take(data, at + 4, 4)
        whole = _take(data, at, size + 12)
        body, at = whole[8:-4], at + size + 12
        if kind == b"eXIf" and (turn := read_orientation(body)) in TURNED:
            kept.append(_encode_chunk(kind, encode_orientation(turn)))
        elif kind == b"iCCP" and b"\0" in body[:80]:
            profile = PROFILE_NAME + body.partition(b"\0")[2]
            kept.append(_encode_chunk(kind, profile))
        elif size <= PNG_LIMITS.get(kind, -1):
            kept.append(whole)
        elif kind[:1].isupper():  # it cannot be drawn without
            raise PictureError(BROKEN)
    return b"".join(kept)


def _encode_chunk(kind: bytes, body: bytes) -> bytes:
    named = kind + body
    return struct.pack(">I", len(body)) + named + struct.pack(">I", zlib.crc32(named))


JPEG_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])", re.DOTALL)
"""A marker; FF before 00, and the marks of restarts, are part of a scan."""
SCAN, END = 0xDA, 0xD9
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
JPEG_TABLES = frozenset({*range(0xC0, 0xD0), SCAN, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}) - {
    0xC8
}
"""Segments that say how a JPEG is drawn: frames, tables, scans."""
EXIF, ICC, JFIF, ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"


def _strip_jpeg(data: bytes) -> bytes:
    kept = [b"\xff\xd8"]
    at, scanning = 2, False
    while True:
        match = JPEG_MARKER.search(data, at)
        if match is None:
            raise PictureError(BROKEN)
        if scanning:
            kept.append(data[at : match.start()])
        marker, at = match[1][0], match.end()
        if marker == END:
            return b"".join([*kept, b"\xff\xd9"])
        (size,) = struct.unpack_from(">H", data, at)
        body = _take(data, at + 2, max(0, size - 2))
        at += size
        scanning = marker == SCAN
        body = body if marker in JPEG_TABLES else _reduce_segment(marker, body)
        if body:
            kept.append(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body)


def _reduce_segment(marker: int, body: bytes) -> bytes:
    """Return what is published of a segment that holds no part of the drawing."""
    if marker == APP0 and body.startswith(JFIF):
        return body[:12] + b"\0\0"  # no thumbnail
    if marker == APP1 and body.startswith(EXIF):
        turn = read_orientation(body[len(EXIF) :])
        return EXIF + encode_orientation(turn) if turn in TURNED else b""
    if marker == APP2 and body.startswith(ICC):
        return body
    if marker == APP14 and body.startswith(ADOBE):
        return body[:12]
    return b""


GIF_END, IMAGE, EXTENSION = 0x3B, 0x2C, 0x21
CONTROL, TEXT, APPLICATION = 0xF9, 0x01, 0xFF
LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
GIF_PROFILE = b"\x0bICCRGBG1012"


def _strip_gif(data: bytes) -> bytes:
    at = 13 + _measure_palette(data[10])
    kept = [_take(data, 0, at)]
    control = b""
    while True:
        kind, start = data[at], at
        if kind == GIF_END:
            return b"".join([*kept, b";"])
        if kind == IMAGE:
            at = _end_blocks(data, at + 11 + _measure_palette(data[at + 9]))
            kept += [control, _take(data, start, at - start)]
            control = b""
            continue
        if kind != EXTENSION:
            raise PictureError(BROKEN)
        label, head = data[at + 1], data[at + 2 : at + 14]
        at = _end_blocks(data, at + 2)
        if label == CONTROL:  # how the next image is put in
            control = _take(data, start, 7) + b"\0"
        elif label == TEXT:  # which no browser draws
            control = b""
        elif label == APPLICATION and head == GIF_PROFILE:
            kept.append(_take(data, start, at - start))
        elif label == APPLICATION and head in LOOPS:
            kept.append(_take(data, start, 14) + _reduce_loop(data, start + 14))


def _measure_palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_blocks(data: bytes, at: int) -> int:
    """Return the place after a row of blocks, each of which begins with its size."""
    while size := data[at]:
        at += size + 1
    return at + 1


def _reduce_loop(data: bytes, at: int) -> bytes:
    """Return how often an animation is repeated, and nothing else that stands there."""
    while data[at]:
        block = _take(data, at, data[at] + 1)
        if block[:2] == b"\x03\x01":
            return block[:4] + b"\0"
        at += len(block)
    return b"\0"


WEBP_DRAWN = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ICCP"})
XMP_FLAG, EXIF_FLAG = 0x04, 0x08


def _strip_webp(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, 4)
    chunks = list(_read_riff(_take(data, 8, size)[4:]))
    turn = next((_read_exif(body) for kind, body in chunks if kind == b"EXIF"), 1)
    kept = []
    for kind, body in chunks:
        if kind == b"VP8X":
            flags = body[0] & ~(XMP_FLAG | EXIF_FLAG)
            flags |= EXIF_FLAG if turn in TURNED else 0
            kept.append((kind, bytes([flags]) + body[1:10]))
        elif kind == b"ANMF":
            frame = [c for c in _read_riff(body[16:]) if c[0] in WEBP_DRAWN]
            kept.append((kind, body[:16] + _write_riff(frame)))
        elif kind in WEBP_DRAWN:
            kept.append((kind, body))
    if turn in TURNED:
        kept.append((b"EXIF", encode_orientation(turn)))
    whole = b"WEBP" + _write_riff(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _read_exif(body: bytes) -> int:
    """Return the orientation of Exif data, which may begin as those of a JPEG do."""
    return read_orientation(body.removeprefix(EXIF))


def _read_riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        kind = _take(data, at, 4)
        (size,) = struct.unpack_from("<I", data, at + 4)
        yield kind, _take(data, at + 8, size)
        at += 8 + size + size % 2


def _write_riff(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for kind, body in chunks
    )


AVIF_BOXES = {
    b"": {b"ftyp", b"meta", b"mdat"},
    b"meta": {b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"iprp", b"idat"},
    b"iprp": {b"ipco", b"ipma"},
    b"ipco": {
        b"ispe", b"pixi", b"av1C", b"colr", b"irot", b"imir", b"auxC", b"clap", b"pasp",
        b"a1op", b"lsel", b"a1lx", b"clli", b"mdcv", b"cclv",
    },
    b"iinf": {b"infe"},
}  # fmt: skip
"""Boxes that say how an AVIF is drawn, by the box that they are in."""
AVIF_HEADS = {b"meta": 4, b"iinf": 6}
"""Bytes before the boxes in a box, where there are some."""
AVIF_ITEMS = frozenset({b"av01", b"grid", b"iovl", b"iden"})
AVIF_NAMES = frozenset({b"", b"Color", b"Alpha", b"libavif", b"PictureHandler"})
"""What encoders call the parts of any picture."""


def _check_avif(data: bytes) -> bytes:
    """Return an AVIF as it is, if it holds nothing but its picture."""
    for what in _find_avif_metadata(data, b""):
        raise PictureError(
            f"is an AVIF with more than its picture ({what}), which cannot be taken "
            "out of this format as it is; save it without, or as PNG or WebP"
        )
    return data


def _find_avif_metadata(data: bytes, inside: bytes) -> Iterator[str]:
    for kind, body in _read_boxes(data):
        if kind not in AVIF_BOXES[inside]:
            yield f"a part called {kind.decode('latin-1')!r}"
        elif kind == b"infe":
            yield from _find_item_metadata(body)
        elif kind == b"hdlr" and body[24:].strip(b"\0") not in AVIF_NAMES:
            yield "a name"
        elif kind in AVIF_BOXES:
            yield from _find_avif_metadata(body[AVIF_HEADS.get(kind, 0) :], kind)


def _find_item_metadata(body: bytes) -> Iterator[str]:
    wide = body[0] > 2  # noqa: PLR2004 - the version with longer numbers
    kind, name = body[10:14] if wide else body[8:12], body[14 if wide else 12 :]
    if kind not in AVIF_ITEMS:
        yield kind.decode("latin-1")
    elif name.strip(b"\0") not in AVIF_NAMES:
        yield "a name"


def _read_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        size = size or len(data) - at
        if size < head:
            raise PictureError(BROKEN)
        yield kind, _take(data, at, size)[head:]
        at += size


FORMATS: dict[re.Pattern[bytes], Callable[[bytes], bytes]] = {
    re.compile(re.escape(PNG_START)): _strip_png,
    re.compile(rb"\xff\xd8\xff"): _strip_jpeg,
    re.compile(rb"GIF8[79]a"): _strip_gif,
    re.compile(rb"RIFF.{4}WEBP", re.DOTALL): _strip_webp,
    re.compile(rb".{4}ftypavi[fs]", re.DOTALL): _check_avif,
}
"""How files of each format begin, and what strips them."""
