# SPDX-License-Identifier: Apache-2.0
"""Check and redraw pictures: only five decoders, pixels counted from the header before anything is decoded."""

from __future__ import annotations

import copy  # noqa: F401  (see below)
import io
import os
import struct
from collections.abc import Callable, Iterator
from typing import IO

# Loaded, like copy, before the fences close, because Pillow imports what it needs only when it needs it.
from PIL import (  # noqa: F401  (loaded for their effect)
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    ImageMode,
    JpegImagePlugin,
    JpegPresets,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from uploads.parsers import boxes
from uploads.refusals import Code, Refused

# And the rest of what it would load at the first picture that it saves.
Image.preinit()

Json = dict[str, object]

DISPLAY, THUMB = 2048, 480
QUALITY = 84
_DECODERS: dict[str, Callable[[IO[bytes]], Image.Image]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_STRIP_ROWS = 512

# The decoder of WebP holds the picture twice beside ours; more than this does not fit into the memory there is.
_MOST_PIXELS = {"webp": 24_000_000}

# Our own count comes first and is exact; Pillow's is a warning about twice the number.
Image.MAX_IMAGE_PIXELS = None


def check(request: Json) -> Json:
    """Decode the whole picture once, so that a cut-off or broken one is known now; return its size as seen."""
    name = str(request["format"])
    allowed = min(int(str(request["max_pixels"])), _MOST_PIXELS.get(name, 1 << 62))
    picture, turn = _open(name, allowed)
    try:
        if name == "jpeg":
            picture.draft(None, (1, 1))  # reads every byte, but keeps an eighth of the pixels
            width, height = _size(_stdin(), "jpeg")
        else:
            width, height = picture.size
        picture.load()
    except MemoryError:
        raise Refused(Code.TOO_MANY_PIXELS, width=picture.width, height=picture.height, limit=allowed) from None
    except (OSError, EOFError, struct.error, SyntaxError) as error:
        raise Refused(Code.CUT_OFF if _sounds_cut(error) else Code.UNREADABLE) from error
    return {"width": height, "height": width} if turn > 4 else {"width": width, "height": height}


def draw(request: Json) -> Iterator[Json]:
    """Write display.jpg and thumb.jpg: turned upright, on white, in sRGB, with nothing but pixels in them."""
    name = str(request["format"])
    picture, turn = _open(name, 1 << 62)
    if name == "jpeg":
        picture.draft(None, (DISPLAY, DISPLAY))
    shown = _shrunk(picture, DISPLAY)
    if turn in _TURNS:
        shown = shown.transpose(_TURNS[turn])
    yield save(shown, "display", 1)
    shown.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS, reducing_gap=2.0)
    yield {**save(shown, "thumb", 1), "end": True}


def save(picture: Image.Image, name: str, number: int) -> Json:
    """Write a picture under its final name only when it is whole, and say its size."""
    # Pillow copies comments and profiles from here into what it writes.
    picture.info.clear()
    file = f"{name}-{number:04}.jpg"
    picture.save("part", "JPEG", quality=QUALITY, optimize=True)
    os.rename("part", file)
    return {"name": name, "number": number, "file": file, "width": picture.width, "height": picture.height}


def _open(name: str, allowed: int) -> tuple[Image.Image, int]:
    """Open the picture and tell which way it must be turned, 1 to 8 as EXIF counts."""
    _whole(name)
    stream = _stdin()
    try:
        if name == "heic":
            return _open_heic(stream, allowed), 1
        if name == "webp":
            _within(_size(stream, name), allowed)  # the decoder takes memory for all pixels on opening
        picture = _DECODERS[name](stream)
    except (OSError, EOFError, struct.error, SyntaxError) as error:
        raise Refused(Code.CUT_OFF if _sounds_cut(error) else Code.UNREADABLE) from error
    _within(picture.size, allowed)
    return picture, _turn(picture)


def _whole(name: str) -> None:
    """Refuse a picture whose frame goes on beyond the end of the file; JPEG has no frame, its decoder notices."""
    length = os.fstat(0).st_size
    if name == "webp" and 8 + int.from_bytes(os.pread(0, 4, 4), "little") > length:
        raise Refused(Code.CUT_OFF)
    if name == "heic":
        for _ in boxes.outer():
            pass
    if name == "png":
        at = 8
        while True:
            head = os.pread(0, 8, at)
            size, kind = int.from_bytes(head[:4], "big"), head[4:]
            at += 12 + size
            if len(head) < 8 or at > length:
                raise Refused(Code.CUT_OFF)
            if not kind.isalpha():
                raise Refused(Code.UNREADABLE)
            if kind == b"IEND":
                return


def _open_heic(stream: IO[bytes], allowed: int) -> Image.Image:
    import pillow_heif

    container = pillow_heif.open_heif(stream, convert_hdr_to_8bit=True)
    primary = container[container.primary_index]
    _within(primary.size, allowed)
    return primary.to_pillow()  # libheif has already turned it upright


def load_heic() -> None:
    """Import the HEIC decoder, 30 MB that the others do not need."""
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1


def _within(size: tuple[int, int], allowed: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise Refused(Code.UNREADABLE)
    if width * height > allowed:
        raise Refused(Code.TOO_MANY_PIXELS, width=width, height=height, limit=allowed)


def _size(stream: IO[bytes], name: str) -> tuple[int, int]:
    """Read the size from the header without a decoder (WebP), or again from the start (JPEG)."""
    if name == "jpeg":
        return JpegImagePlugin.JpegImageFile(stream).size
    stream.seek(0)
    head = stream.read(30)
    stream.seek(0)
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise Refused(Code.UNREADABLE)


def _turn(picture: Image.Image) -> int:
    try:
        turn = picture.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001  (a broken EXIF block says nothing about the pixels)
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture in sRGB on white, no side longer than given.

    The first, coarse step goes strip by strip, so that beside the decoded pixels only a small picture is held.
    """
    factor = max(1, max(picture.size) // (2 * longest))
    width, height = picture.size
    small: Image.Image | None = None
    rows = max(1, _STRIP_ROWS // factor) * factor
    for top in range(0, height, rows):
        part = _on_white(picture.crop((0, top, width, min(height, top + rows))), picture)
        part = part.reduce(factor) if factor > 1 else part
        if small is None:
            small = Image.new(part.mode, (part.width, -(-height // factor)))
        small.paste(part, (0, top // factor))
    assert small is not None
    profile = picture.info.get("icc_profile")
    picture.close()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _in_srgb(small, profile)


def _on_white(part: Image.Image, whole: Image.Image) -> Image.Image:
    """Return the strip without transparency, as L, RGB or CMYK."""
    if part.mode in ("L", "RGB", "CMYK") and "transparency" not in whole.info:
        return part
    if part.mode.startswith("I"):
        # 16 bits a pixel: keep the upper eight.
        return part.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if part.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in whole.info:
        clear = part.convert("RGBA")
        ground = Image.new("RGB", part.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return part.convert("RGB")


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    if isinstance(profile, bytes) and profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken or foreign profile: the plain numbers are the best guess
    return picture.convert("RGB")


def _sounds_cut(error: Exception) -> bool:
    text = str(error).lower()
    return "truncated" in text or "unexpected end" in text or isinstance(error, (EOFError, struct.error))


def _stdin() -> IO[bytes]:
    stream = os.fdopen(os.dup(0), "rb")
    stream.seek(0)
    return stream
