"""Pictures of every format that say one word wherever their format lets them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

WORD = "kanarie"
FORMATS = ("png", "jpg", "progressive.jpg", "gif", "webp", "moving.webp", "moving.png")


def draw(frame: int = 0) -> Image.Image:
    """A picture of 24 by 16 pixels, no two rows of which are the same."""
    image = Image.new("RGB", (24, 16))
    image.putdata([(9 * x, 15 * y, 40 * frame) for y in range(16) for x in range(24)])
    return image


def make_exif(orientation: int = 1) -> bytes:
    """Exif of a photograph, with a place, a device, a comment and a thumbnail."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = f"{WORD} maker"
    exif[0x010E] = f"{WORD} description"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 11.0), 29: f"{WORD} gps"})
    exif.get_ifd(0x8769).update({0x9286: f"{WORD} comment".encode()})
    return exif.tobytes() + f"{WORD} thumbnail".encode()


def make_xmp() -> bytes:
    """XMP that names a person."""
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{WORD} creator</x:xmpmeta>".encode()


def make_profile() -> bytes:
    """A colour profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def make_picture(form: str, orientation: int = 1) -> bytes:
    """A file that says the word in every slot, and after its end."""
    kind = form.rpartition(".")[2]
    moving = form.startswith("moving") or kind == "gif"
    frames = [draw(number) for number in range(3 if moving else 1)]
    more: dict[str, object] = {"append_images": frames[1:]} if moving else {}
    if moving:
        more |= {"save_all": True, "duration": 80, "loop": 5}
    exif, profile = make_exif(orientation), make_profile()
    if kind != "gif":
        more |= {"exif": exif, "icc_profile": profile}
    if kind == "webp":
        more |= {"xmp": make_xmp(), "lossless": True}
    if kind == "gif":
        more |= {"comment": f"{WORD} comment"}
    if kind == "png":
        text = PngInfo()
        text.add_text("Comment", f"{WORD} text")
        text.add_text("Title", f"{WORD} packed", zip=True)
        text.add_itxt("XML:com.adobe.xmp", make_xmp().decode(), zip=True)
        more["pnginfo"] = text
    if kind == "jpg":
        more |= {"comment": f"{WORD} comment", "progressive": "progressive" in form}
    packed = io.BytesIO()
    frames[0].save(packed, {"jpg": "JPEG"}.get(kind, kind.upper()), **more)
    return {"png": _add_to_png, "jpg": _add_to_jpeg, "gif": _add_to_gif}.get(
        kind, _add_to_webp
    )(packed.getvalue()) + f"{WORD} trailer".encode()


def _add_to_png(data: bytes) -> bytes:
    """Add chunks of a camera's own, a time, and a profile's name."""
    named = f"{WORD} name".encode().ljust(12)
    chunks = [b"tIME" + struct.pack(">H5B", 2024, 1, 2, 3, 4, 5)]
    chunks.append(b"prVt" + f"{WORD} private".encode())
    made = b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in chunks
    )
    at = data.index(b"iCCP") - 4
    (size,) = struct.unpack_from(">I", data, at)
    _, _, rest = data[at + 8 : at + 8 + size].partition(b"\0")
    body = b"iCCP" + named + b"\0" + rest
    profile = struct.pack(">I", len(body) - 4) + body
    profile += struct.pack(">I", zlib.crc32(body))
    return data[:at] + profile + made + data[at + 12 + size :]


def _add_to_jpeg(data: bytes) -> bytes:
    """Add XMP, Photoshop's records and an extension thumbnail."""
    parts = (
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + make_xmp()),
        (0xED, b"Photoshop 3.0\x008BIM" + f"{WORD} caption".encode()),
        (0xE0, b"JFXX\0\x10" + f"{WORD} preview".encode()),
        (0xE2, b"FPXR\0" + f"{WORD} other size".encode()),
    )
    made = b"".join(
        struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body for kind, body in parts
    )
    at = data.index(b"\xff\xdb")
    return data[:at] + made + data[at:]


def _add_to_gif(data: bytes) -> bytes:
    """Add XMP as an application's extension, and a plain text."""
    xmp = make_xmp() + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    made = b"\x21\xff\x0bXMP DataXMP" + xmp
    text = b"\x21\x01\x0c" + bytes(12)
    said = f"{WORD} plain".encode()
    text += bytes([len(said)]) + said + b"\0"
    return data[:-1] + made + text + data[-1:]


def _add_to_webp(data: bytes) -> bytes:
    """Add a chunk of nobody's."""
    said = f"{WORD} private!".encode()
    chunk = b"PrvT" + struct.pack("<I", len(said)) + said + b"\0" * (len(said) % 2)
    whole = data[8:] + chunk
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def make_avif(**more: object) -> bytes:
    """A picture as AVIF."""
    packed = io.BytesIO()
    draw().save(packed, "AVIF", **more)
    return packed.getvalue()
