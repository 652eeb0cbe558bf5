# SPDX-License-Identifier: Apache-2.0
"""Office documents are zip files: bombs, tricks and macros in them are refused."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable

import pytest

from tests.uploads import corpus
from uploads import Code, Received, Refused

Take = Callable[..., Received]
Refusal = Callable[..., Refused]

TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def _with_entry(name: str, content: bytes = b"x", *, mode: int = 0, flags: int = 0, method: int = 8) -> bytes:
    """A document with one more part, described freely."""
    part = zipfile.ZipInfo(name)
    part.external_attr = mode << 16
    part.compress_type = method
    out = io.BytesIO(corpus.office())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(part, content)
    changed = bytearray(out.getvalue())
    if flags:
        local = changed.rfind(b"PK\x03\x04")
        central = changed.rfind(b"PK\x01\x02")
        struct.pack_into("<H", changed, local + 6, flags)
        struct.pack_into("<H", changed, central + 8, flags)
    return bytes(changed)


def _twice(first: str, second: str) -> bytes:
    out = io.BytesIO(corpus.office())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(first, b"1")
        archive.writestr(second, b"2")
    return out.getvalue()


def _lying_size() -> bytes:
    """A part that unpacks to more than its entry says."""
    document = bytearray(_with_entry("word/big.bin", bytes(1 << 20)))
    struct.pack_into("<L", document, document.rfind(b"PK\x01\x02") + 24, 10)
    struct.pack_into("<L", document, document.rfind(b"PK\x03\x04") + 22, 10)
    return bytes(document)


def _two_names() -> bytes:
    """A part that is called one thing in the directory and another beside its bytes."""
    document = _with_entry("word/harmless.xml", b"<a/>")
    return document.replace(b"word/harmless.xml", b"word/vbaProject.x", 1)


def _many(count: int) -> bytes:
    out = io.BytesIO(corpus.office())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as archive:
        for number in range(count):
            archive.writestr(f"word/{number}.bin", b"")
    return out.getvalue()


def _named_in_chinese() -> bytes:
    return corpus.office(extra={"word/media/图片1.png": corpus.picture("PNG"), "customXml/item1.xml": b"<a/>"})


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(_named_in_chinese(), id="names in Chinese"),
        pytest.param(corpus.office(packing=zipfile.ZIP_STORED), id="stored, not packed"),
        pytest.param(_with_entry("word/media/", b""), id="a folder of its own"),
        pytest.param(corpus.office(extra={"word/media/a.bin": os.urandom(3 << 20)}), id="three megabytes of noise"),
        pytest.param(corpus.office(extra={"word/rows.xml": b"<a/>" * (2 << 20)}), id="very regular, but small"),
        pytest.param(corpus.nested(2), id="a table in a document in a document"),
    ],
)
def test_unusual_but_honest_documents_are_taken(take: Take, document: bytes) -> None:
    assert take(document, "a.docx").kind == "office"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(corpus.office(extra={"word/a.xml": bytes(600 << 20)}), Code.BOMB, id="600 MB of nothing"),
        pytest.param(corpus.office(extra={"word/a.bin": bytes(30 << 20)}), Code.BOMB, id="a thousand to one"),
        pytest.param(corpus.overlapping(corpus.office(extra={"word/a.bin": bytes(9 << 20)})), Code.BOMB, id="overlap"),
        pytest.param(corpus.nested(3), Code.BOMB, id="too deep"),
        pytest.param(corpus.nested(40), Code.BOMB, id="far too deep"),
        pytest.param(_many(10_001), Code.BOMB, id="too many parts"),
        pytest.param(_lying_size(), Code.UNREADABLE, id="says a false size"),
        pytest.param(_two_names(), Code.UNREADABLE, id="two names"),
        pytest.param(b"x" * 100 + corpus.office(), Code.DISGUISED, id="something before"),
        pytest.param(corpus.office() + b"<script>", Code.UNREADABLE, id="something after"),
        pytest.param(corpus.picture("PNG") + corpus.office(), Code.DISGUISED, id="picture before"),
        pytest.param(_with_entry("../../evil.xml"), Code.UNREADABLE, id="out of the folder"),
        pytest.param(_with_entry("/etc/passwd"), Code.UNREADABLE, id="from the root"),
        pytest.param(_with_entry("word\\evil.xml"), Code.UNREADABLE, id="backslash"),
        pytest.param(_with_entry("C:evil.xml"), Code.UNREADABLE, id="drive"),
        pytest.param(_with_entry("word/a\x01.xml"), Code.UNREADABLE, id="control character"),
        pytest.param(_with_entry("word/link", b"/etc/passwd", mode=0o120777), Code.UNREADABLE, id="symbolic link"),
        pytest.param(_twice("word/A.xml", "word/a.xml"), Code.UNREADABLE, id="twins by case"),
        pytest.param(_twice("word/\u00fc.xml", "word/u\u0308.xml"), Code.UNREADABLE, id="twins by composition"),
        pytest.param(_with_entry("word/a.xml", flags=0x1), Code.ENCRYPTED, id="a part with a password"),
        pytest.param(_with_entry("word/a.xml", method=zipfile.ZIP_LZMA), Code.UNREADABLE, id="another packing"),
        pytest.param(corpus.office(extra={"word/vbaProject.bin": b"x"}), Code.MACROS, id="macros"),
        pytest.param(corpus.office(extra={"word/activeX/a.bin": b"x"}), Code.MACROS, id="controls"),
        pytest.param(corpus.office(extra={"xl/macrosheets/a.xml": b"<x/>"}), Code.MACROS, id="old macros"),
        pytest.param(
            corpus.office(types=f"<Types>{TYPES.replace('document.main', 'document.macroEnabled.main')}</Types>"),
            Code.MACROS,
            id="macros by type",
        ),
        pytest.param(
            corpus.office(extra={"word/embeddings/a.bin": corpus.office("xlsx", {"xl/vbaProject.bin": b"x"})}),
            Code.MACROS,
            id="macros inside",
        ),
        pytest.param(corpus.office(types="<Types/>"), Code.DISGUISED, id="no document in it"),
        pytest.param(
            corpus.office(extra={"word/a.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}), Code.BOMB, id="entities"
        ),
        pytest.param(
            corpus.office(extra={"word/a.xml": '<!DOCTYPE a [<!ENTITY b "b">]>'.encode("utf-16")}),
            Code.BOMB,
            id="entities in UTF-16",
        ),
        pytest.param(
            corpus.office(extra={"word/a.xml": b" " * (256 * 1024 - 5) + b"<!DOCTYPE a>"}),
            Code.BOMB,
            id="a type across two pieces",
        ),
    ],
)
def test_tricks_are_refused(refusal: Refusal, document: bytes, code: Code) -> None:
    assert refusal(document, "a.docx").code == code


def test_a_million_parts_are_refused_without_reading_them(refusal: Refusal) -> None:
    plain = corpus.office()
    end = plain.rfind(b"PK\x05\x06")
    # What Zip64 writes when there are more parts than the old directory can count.
    many = plain[: end + 8] + b"\xff\xff\xff\xff" + plain[end + 12 :]
    assert refusal(many, "a.docx").code == Code.BOMB
