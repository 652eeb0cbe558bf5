# SPDX-License-Identifier: Apache-2.0
"""What is taken in, under which name and key, and what is refused with which reason."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.uploads import corpus
from uploads import Code, Kind, Limits, Received, Refused, Storage, StorageError, receive

Take = Callable[..., Received]
Refusal = Callable[..., Refused]


def _id(value: object) -> str | None:
    """Let content go by the file's name and the reason, not by its bytes."""
    return "" if isinstance(value, bytes) else None


OOXML = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kind", "size"),
    [
        (corpus.picture("JPEG"), "a.jpg", "image/jpeg", Kind.PICTURE, (64, 48)),
        (corpus.picture("JPEG", mode="CMYK"), "a.jpeg", "image/jpeg", Kind.PICTURE, (64, 48)),
        (corpus.picture("JPEG", mode="L", progressive=True), "A.JPG", "image/jpeg", Kind.PICTURE, (64, 48)),
        (corpus.picture("PNG", mode="RGBA"), "a.png", "image/png", Kind.PICTURE, (64, 48)),
        (corpus.picture("PNG", mode="P"), "a.png", "image/png", Kind.PICTURE, (64, 48)),
        (corpus.picture("PNG", mode="I;16"), "a.png", "image/png", Kind.PICTURE, (64, 48)),
        (corpus.picture("WEBP"), "a.webp", "image/webp", Kind.PICTURE, (64, 48)),
        (corpus.picture("WEBP", mode="RGBA", lossless=True), "a.webp", "image/webp", Kind.PICTURE, (64, 48)),
        (corpus.picture("GIF", mode="P"), "a.gif", "image/gif", Kind.PICTURE, (64, 48)),
        (corpus.picture("HEIF"), "a.heic", "image/heic", Kind.PICTURE, (64, 48)),
        (corpus.photo(6), "a.jpg", "image/jpeg", Kind.PICTURE, (480, 640)),
        (corpus.mp4(), "a.mp4", "video/mp4", Kind.VIDEO, (1920, 1080)),
        (corpus.mp4(b"qt  ", turned=True), "a.mov", "video/quicktime", Kind.VIDEO, (1080, 1920)),
    ],
    ids=_id,
)
def test_pictures_and_videos_are_taken_with_their_size(
    take: Take, content: bytes, name: str, media_type: str, kind: Kind, size: tuple[int, int]
) -> None:
    received = take(content, name)
    assert (received.media_type, received.kind, (received.width, received.height)) == (media_type, kind, size)
    assert received.pages is None


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kind", "pages"),
    [
        (corpus.pdf(3), "a.pdf", "application/pdf", Kind.PDF, 3),
        (corpus.pdf(1, owner="printing is forbidden"), "a.pdf", "application/pdf", Kind.PDF, 1),
        (corpus.office("docx"), "a.docx", f"{OOXML}wordprocessingml.document", Kind.OFFICE, None),
        (corpus.office("xlsx"), "a.xlsx", f"{OOXML}spreadsheetml.sheet", Kind.OFFICE, None),
        (corpus.office("pptx"), "a.pptx", f"{OOXML}presentationml.presentation", Kind.OFFICE, None),
        (corpus.nested(1), "a.docx", f"{OOXML}wordprocessingml.document", Kind.OFFICE, None),
        ("第一行\r\n第二行\t末".encode(), "a.txt", "text/plain", Kind.TEXT, None),
        ("姓名,单位\r\n王,七号".encode("gb18030"), "a.csv", "text/csv", Kind.TEXT, None),
        ("姓名,单位\n".encode("utf-16"), "a.csv", "text/csv", Kind.TEXT, None),
        (b"\xef\xbb\xbfa,b\n1,2\n", "a.csv", "text/csv", Kind.TEXT, None),
        (b"x", "a.txt", "text/plain", Kind.TEXT, None),
    ],
    ids=_id,
)
def test_documents_are_taken(
    take: Take, content: bytes, name: str, media_type: str, kind: Kind, pages: int | None
) -> None:
    received = take(content, name)
    assert (received.media_type, received.kind, received.pages) == (media_type, kind, pages)


def test_stored_under_the_name_of_the_content_byte_for_byte(take: Take, storage: Storage, workdir: Path) -> None:
    content = corpus.photo()
    digest = hashlib.sha256(content).hexdigest()
    received = take(content, "C:\\照片\u202e.jpg")
    assert received.key == f"sha256/{digest[:2]}/{digest}"
    assert (received.sha256, received.size, received.file_name) == (digest, len(content), "照片.jpg")
    assert storage.read(received.key) == content
    assert list(workdir.iterdir()) == []


def test_same_content_is_stored_once(take: Take, storage: Storage) -> None:
    first, second = take(corpus.pdf(), "one.pdf"), take(corpus.pdf(), "two.pdf")
    assert (first.key, second.file_name) == (second.key, "two.pdf")
    assert list(storage.keys()) == [first.key]


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (corpus.picture("PNG"), "chat.jpg", "chat.png"),
        (corpus.picture("HEIF"), "IMG_0001.JPG", "IMG_0001.heic"),
        (corpus.picture("WEBP"), "saved", "saved.webp"),
        (corpus.mp4(b"qt  "), "clip.mp4", "clip.mov"),
        (corpus.office("xlsx"), "table.docx", "table.xlsx"),
        (corpus.pdf(), "no ending", "no ending.pdf"),
        (corpus.pdf(), "UPPER.PDF", "UPPER.PDF"),
    ],
    ids=_id,
)
def test_ending_of_the_same_kind_is_put_right(take: Take, content: bytes, name: str, kept: str) -> None:
    assert take(content, name).file_name == kept


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.jpg", Code.EMPTY),
        (HTML, "a.html", Code.WRONG_TYPE),
        (SVG, "a.svg", Code.WRONG_TYPE),
        (b"MZ" + bytes(500), "a.exe", Code.WRONG_TYPE),
        (b"\x7fELF" + bytes(500), "a", Code.WRONG_TYPE),
        (b"PK\x03\x04" + bytes(500), "a.zip", Code.WRONG_TYPE),
        (corpus.office(), "a.jar", Code.WRONG_TYPE),
        (b"II*\0" + bytes(500), "a.tiff", Code.WRONG_TYPE),
        (b"\0\0\0 ftypavif" + bytes(500), "a.avif", Code.WRONG_TYPE),
        (b"Rar!\x1a\x07\x01\0" + bytes(100), "a.rar", Code.WRONG_TYPE),
        (b"FWS\x05" + bytes(100), "a.swf", Code.WRONG_TYPE),
        (HTML, "a.jpg", Code.DISGUISED),
        (HTML, "a.pdf", Code.DISGUISED),
        (HTML, "a.txt", Code.DISGUISED),
        (b"\xef\xbb\xbf \n" + HTML, "a.csv", Code.DISGUISED),
        (SVG, "a.png", Code.DISGUISED),
        (SVG, "a.txt", Code.DISGUISED),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt", Code.DISGUISED),
        (b"MZ" + bytes(500), "a.txt", Code.DISGUISED),
        (b"MZ" + bytes(500), "photo.jpg", Code.DISGUISED),
        (b"text\0with zero", "a.txt", Code.DISGUISED),
        (corpus.pdf(), "a.jpg", Code.DISGUISED),
        (corpus.pdf(), "a.exe", Code.DISGUISED),
        (corpus.picture("JPEG"), "a.php", Code.DISGUISED),
        (corpus.picture("JPEG"), "a.jpg.html", Code.DISGUISED),
        (HTML + corpus.pdf(), "a.pdf", Code.DISGUISED),
        (b"\x89PNG\r\n\x1a\n" + HTML, "a.png", Code.UNREADABLE),
        (b"GIF89a" + HTML, "a.gif", Code.UNREADABLE),
        (b"\xff\xd8\xff" + HTML, "a.jpg", Code.UNREADABLE),
        (b"%PDF-1.7\n" + HTML + b"%%EOF", "a.pdf", Code.UNREADABLE),
        (corpus.picture("JPEG", (640, 480))[:-900], "a.jpg", Code.CUT_OFF),
        (corpus.picture("JPEG", (640, 480), progressive=True)[:-900], "a.jpg", Code.CUT_OFF),
        (corpus.picture("PNG", (640, 480))[:-300], "a.png", Code.CUT_OFF),
        (corpus.picture("PNG")[:-12], "a.png", Code.CUT_OFF),
        (corpus.picture("GIF", (640, 480), "P")[:-300], "a.gif", Code.CUT_OFF),
        (corpus.picture("WEBP", (640, 480))[:-300], "a.webp", Code.CUT_OFF),
        (corpus.picture("HEIF", (640, 480))[:-300], "a.heic", Code.CUT_OFF),
        (corpus.pdf(30)[:-200], "a.pdf", Code.CUT_OFF),
        (corpus.office()[:-30], "a.docx", Code.CUT_OFF),
        (corpus.mp4()[:-100], "a.mp4", Code.CUT_OFF),
        (corpus.mp4()[:40], "a.mp4", Code.CUT_OFF),
        (corpus.pdf(password="secret"), "a.pdf", Code.ENCRYPTED),
        (corpus.ole("EncryptedPackage"), "a.docx", Code.ENCRYPTED),
        (corpus.ole("WordDocument"), "a.docx", Code.DISGUISED),
        (corpus.ole("WordDocument"), "a.doc", Code.WRONG_TYPE),
        (corpus.pdf(201), "a.pdf", Code.TOO_MANY_PAGES),
        (corpus.png_header(30_000, 30_000), "a.png", Code.TOO_MANY_PIXELS),
        (corpus.png_header(2**31 - 1, 2**31 - 1), "a.png", Code.TOO_MANY_PIXELS),
        (corpus.webp_header(16_383, 16_383), "a.webp", Code.TOO_MANY_PIXELS),
        (corpus.png_text_bomb(), "a.png", Code.UNREADABLE),
    ],
    ids=_id,
)
def test_refused_with_the_reason_and_nothing_stays(refusal: Refusal, content: bytes, name: str, code: Code) -> None:
    assert refusal(content, name).code == code


def test_real_pixel_bomb_is_refused_before_it_is_unpacked(refusal: Refusal) -> None:
    bomb = corpus.png_bomb(13_000)
    assert len(bomb) < 700_000
    started = time.perf_counter()
    refused = refusal(bomb, "a.png")
    assert refused.code == Code.TOO_MANY_PIXELS
    assert refused.params == {"width": 13_000, "height": 13_000, "limit": 50_000_000}
    assert time.perf_counter() - started < 5


def test_reading_stops_at_the_limit(storage: Storage, workdir: Path) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(Refused) as caught:
        receive(stream, file_name="a.jpg", storage=storage, limits=Limits(3 << 20), workdir=workdir)
    assert caught.value.code == Code.TOO_LARGE
    assert caught.value.say("en").startswith("The file is larger than 3 MB.")
    assert stream.given <= (3 << 20) + (256 << 10)
    assert list(workdir.iterdir()) == []


def test_file_exactly_at_the_limit_is_taken(take: Take, refusal: Refusal) -> None:
    content = corpus.picture("JPEG")
    assert take(content, "a.jpg", Limits(len(content))).size == len(content)
    assert refusal(content, "a.jpg", Limits(len(content) - 1)).code == Code.TOO_LARGE


def test_only_the_kinds_asked_for_are_taken(take: Take, refusal: Refusal) -> None:
    pictures = Limits(1 << 20, kinds={Kind.PICTURE})
    assert take(corpus.picture("PNG"), "a.png", pictures).kind == Kind.PICTURE
    refused = refusal(corpus.pdf(), "a.pdf", pictures)
    assert refused.code == Code.WRONG_TYPE
    assert refused.say("en").endswith("Please upload: pictures (JPEG, PNG, WebP, GIF, HEIC).")
    # Where documents are not asked for at all, a false .pdf is not a disguise but simply not wanted.
    assert refusal(HTML, "a.pdf", pictures).code == Code.WRONG_TYPE


def test_own_limits_for_pixels_and_pages(refusal: Refusal) -> None:
    assert refusal(corpus.picture("PNG"), "a.png", Limits(1 << 20, max_pixels=3071)).code == Code.TOO_MANY_PIXELS
    refused = refusal(corpus.pdf(3), "a.pdf", Limits(1 << 20, max_pages=2))
    assert refused.say("zh") == "文档有 3 页，最多允许 2 页。请拆分后分别上传。"


@pytest.mark.parametrize("what", list(corpus.pdf_loops()))
def test_pdf_that_leads_around_in_circles_is_refused_or_drawn_within_bounds(take: Take, what: str) -> None:
    started = time.perf_counter()
    try:
        outcome: object = take(corpus.pdf_loops()[what], "a.pdf").pages
    except Refused as refused:
        outcome = refused.code
    assert outcome in {1, Code.UNREADABLE, Code.TOO_MANY_PAGES}
    assert time.perf_counter() - started < 15


def test_a_long_line_costs_no_memory_and_is_taken(take: Take) -> None:
    assert take(b"1," * (20 << 20), "a.csv", Limits(64 << 20)).size == 40 << 20


def test_a_sender_that_breaks_off_leaves_nothing(storage: Storage, workdir: Path) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(Broken(), file_name="a.jpg", storage=storage, limits=Limits(1 << 20), workdir=workdir)
    assert list(workdir.iterdir()) == []


def test_a_broken_store_is_no_refusal(take: Take, storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StorageError):
        take(corpus.pdf(), "a.pdf")
    assert list((tmp_path / "work").iterdir()) == []
