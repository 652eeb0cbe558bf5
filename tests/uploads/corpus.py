# SPDX-License-Identifier: Apache-2.0
"""Good and hostile files, made on the spot so that nothing dangerous lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pikepdf
import pillow_heif
from PIL import Image, PngImagePlugin

CANARY = "WangXiaomingAtUnitSeven"
_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": ("word/document.xml", f"{_OOXML}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OOXML}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OOXML}presentationml.presentation.main+xml"),
}

# ------------------------------------------------------------------------------------------------------------ pictures


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture whose left upper quarter is red, so that its turning can be seen."""
    picture = Image.new("RGB", (width, height), (20, 60, 200))
    picture.paste((220, 20, 20), (0, 0, width // 2, height // 2))
    return picture.convert(mode)


def picture(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    """A good picture: JPEG, PNG, WEBP, GIF or HEIF."""
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(scene(*size, mode)).save(out, quality=60, enc_params={"preset": "ultrafast"}, **options)
    else:
        scene(*size, mode).save(out, kind, **options)
    return out.getvalue()


def photo(orientation: int = 1) -> bytes:
    """A JPEG that tells who took it, where and with what, in every way a JPEG can."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = exif[0x013B] = exif[0x8298] = CANARY  # description, artist, copyright
    exif.get_ifd(0x8769)[0x927C] = CANARY.encode()  # maker's note
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 35.0, 12.0), 3: "E", 4: (114.0, 17.0, 3.0), 29: CANARY})
    plain = picture(
        "JPEG", (640, 480), exif=exif, comment=CANARY.encode(), xmp=f"<x:xmpmeta>{CANARY}</x:xmpmeta>".encode()
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">L", 40) + b"\x1c\x02\x50" + CANARY.encode()
    block = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return plain[:2] + block + plain[2:] + CANARY.encode()  # and once more behind the end


def chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises so many pixels and brings none."""
    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def png_bomb(side: int) -> bytes:
    """A PNG that really holds all its pixels, in a thousandth of the space."""
    packer, row = zlib.compressobj(9), bytes(1 + 3 * side)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def png_with_texts() -> bytes:
    """A PNG with every kind of text it can carry."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", CANARY)
    texts.add_text("Comment", CANARY, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY}</x>")
    exif = Image.Exif()
    exif[0x013B] = CANARY
    return picture("PNG", pnginfo=texts, exif=exif, icc_profile=CANARY.encode())


def png_text_bomb() -> bytes:
    """A PNG whose compressed text unpacks to 300 MB."""
    good = picture("PNG")
    text = b"Comment\0\0" + zlib.compress(bytes(300 << 20), 9)
    return good[:33] + chunk(b"zTXt", text) + good[33:]


def webp_header(width: int, height: int) -> bytes:
    """A WebP that promises so many pixels."""
    canvas = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<L", 10) + canvas + picture("WEBP")[12:]
    return b"RIFF" + struct.pack("<L", len(body)) + body


def gif_javascript() -> bytes:
    """A GIF that is a script as well."""
    good = picture("GIF", (0x2F2A, 4), "P")  # the width reads as `/*`
    return good[:-1] + b"*/=1;alert('" + CANARY.encode() + b"');//" + good[-1:]


# ----------------------------------------------------------------------------------------------------------- documents


def pdf(pages: int = 1, *, password: str | None = None, owner: str | None = None) -> bytes:
    """A plain PDF with a black bar on each page."""
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(b"0 0 0 rg 100 700 300 40 re f")
    out = io.BytesIO()
    lock = pikepdf.Encryption(user=password or "", owner=owner or password or "") if password or owner else False
    document.save(out, encryption=lock, static_id=lock is False)
    return out.getvalue()


def pdf_with_traces() -> bytes:
    """A PDF that tells of its author in every place, runs a script and carries a file."""
    document = pikepdf.open(io.BytesIO(pdf(1)))
    document.docinfo["/Author"] = CANARY
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [CANARY]
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{CANARY}')")
    document.attachments["notes.txt"] = pikepdf.AttachedFileSpec(document, CANARY.encode(), filename=f"{CANARY}.txt")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def raw_pdf(objects: Mapping[int, bytes]) -> bytes:
    """A PDF of handwritten objects; number 1 is the catalogue."""
    out, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, max(objects) + 1))
    size = max(objects) + 1
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>"


def pdf_loops() -> dict[str, bytes]:
    """PDFs that lead around in circles or claim what they do not have."""
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    draw = b"<</Length 5>>stream\n/X Do\nendstream"
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    head += b"/Length %d>>stream\n%s\nendstream"
    form = head % (5, 11, b"/X Do /X Do")
    calls = b"/X Do " * 10
    tree = {n: head % (n + 1, len(calls), calls) for n in range(5, 15)}
    return {
        "pages that contain themselves": raw_pdf({1: catalog, 2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"}),
        "parents in a circle": raw_pdf(
            {1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 9>>", 3: b"<</Type/Pages/Kids[2 0 R]/Count 9>>"}
        ),
        "a form that draws itself": raw_pdf(
            {1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE, 4: draw, 5: form}
        ),
        "ten forms deep, ten times each": raw_pdf(
            {1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE, 4: draw, **tree}
        ),
        "two thousand million pages": raw_pdf(
            {1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>", 3: _PAGE}
        ),
        "a page of a kilometre": raw_pdf(
            {
                1: catalog,
                2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99999999 9999999999]>>",
            }
        ),
        "a table that points at itself": (
            b"%PDF-1.7\nxref\n0 0\ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"
        ),
    }


def pdf_flate_bomb() -> bytes:
    """A page whose content unpacks twice, to 400 MB of drawing."""
    once = zlib.compress(b"0 0 m 9 9 l S\n" * (30 << 20), 9)
    twice = zlib.compress(once, 9)
    content = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream" % (len(twice), twice)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    return raw_pdf(
        {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: page, 4: content}
    )


def pdf_picture_bomb() -> bytes:
    """A page with one picture of 30000 by 30000 pixels, packed to almost nothing."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(30_000)) for _ in range(30_000)) + packer.flush()
    head = b"<</Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceGray"
    image = head + b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)
    draw = b"<</Length 24>>stream\n500 0 0 500 0 0 cm /X Do\nendstream"
    return raw_pdf(
        {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE, 4: draw, 5: image}
    )


# ------------------------------------------------------------------------------------------------------------- office


def office(
    ending: str = "docx",
    extra: Mapping[str, bytes] | None = None,
    *,
    types: str | None = None,
    packing: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The smallest Office document of a kind, with further parts."""
    main, main_type = _MAIN[ending]
    override = f'<Override PartName="/{main}" ContentType="{main_type}"/>'
    parts = {
        "[Content_Types].xml": types or f'<?xml version="1.0"?><Types xmlns="x">{override}</Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships><Relationship Target="{main}"/></Relationships>',
        main: f'<?xml version="1.0"?><document>{CANARY}</document>',
        **(extra or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def overlapping(document: bytes, copies: int = 200) -> bytes:
    """Let the directory name one packed part many times over."""
    end = document.rfind(b"PK\x05\x06")
    count, length, start = struct.unpack("<HLL", document[end + 10 : end + 20])
    directory = document[start : start + length]
    at = directory.rfind(b"PK\x01\x02")
    last = directory[at:]
    name = struct.unpack("<H", last[28:30])[0]
    more = b""
    for number in range(copies):
        renamed = f"{number:0{name}}"[:name].encode()
        more += last[:46] + renamed + last[46 + name :]
    directory += more
    tail = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count + copies, count + copies, len(directory), start, 0)
    return document[:start] + directory + tail


def nested(levels: int) -> bytes:
    """A document in a document, and so on."""
    inner = office("xlsx")
    for _ in range(levels):
        inner = office("docx", {"word/embeddings/inside.docx": inner})
    return inner


def ole(text: str) -> bytes:
    """The old container with one name in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + text.encode("utf-16-le") + bytes(2048)


# --------------------------------------------------------------------------------------------------------------- video


def box(kind: bytes, *content: bytes) -> bytes:
    """One box of an MP4 file."""
    body = b"".join(content)
    return struct.pack(">L4s", len(body) + 8, kind) + body


def mp4(brand: bytes = b"isom", size: tuple[int, int] = (1920, 1080), *, turned: bool = False) -> bytes:
    """The frame of a video, without a picture in it."""
    matrix = (
        (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30) if turned else (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    )
    track_header = bytes(40) + struct.pack(">9l", *matrix) + struct.pack(">LL", size[0] << 16, size[1] << 16)
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    track = box(b"trak", box(b"tkhd", track_header), box(b"mdia", handler))
    return (
        box(b"ftyp", brand, bytes(4), brand) + box(b"moov", box(b"mvhd", bytes(100)), track) + box(b"mdat", bytes(5000))
    )
