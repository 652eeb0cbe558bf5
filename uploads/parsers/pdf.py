# SPDX-License-Identifier: Apache-2.0
"""Check PDF documents and draw their pages."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from uploads.parsers.pictures import THUMB, save
from uploads.refusals import Code, Refused

Json = dict[str, object]

WIDTH, HEIGHT = 1600, 4000
FINEST = 300 / 72  # a small page is not blown up beyond 300 dots per inch
TAIL = 64 * 1024


def check(request: Json) -> Json:
    """Open the document, count its pages, load the first; return the count."""
    allowed = int(str(request["max_pages"]))
    _whole()
    pdf = _open()
    pages = len(pdf)
    if pages < 1:
        raise Refused(Code.UNREADABLE)
    if pages > allowed:
        raise Refused(Code.TOO_MANY_PAGES, pages=pages, limit=allowed)
    pdf[0].get_size()
    return {"pages": pages}


def draw(request: Json) -> Iterator[Json]:
    """Draw pages from the first asked for to the last; when the batch's time is over, `next` says where to go on."""
    first, last = int(str(request["first"])), int(str(request["last"]))
    seconds = float(str(request.get("seconds", 5)))
    pdf = _open()
    pdf.init_forms()
    for number in range(first, min(last, len(pdf)) + 1):
        if number > first and time.process_time() > seconds:
            yield {"next": number, "end": True}
            return
        page = _page(pdf, number)
        yield save(page, "page", number)
        if number == 1:
            page.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS, reducing_gap=2.0)
            yield save(page, "thumb", 1)
    yield {"end": True}


def _page(pdf: pypdfium2.PdfDocument, number: int) -> Image.Image:
    page = pdf[number - 1]
    width, height = page.get_size()
    # A hair less, because the renderer rounds up, and one pixel too many would have to be taken away again.
    scale = min((WIDTH - 0.01) / max(width, 1), (HEIGHT - 0.01) / max(height, 1), FINEST)
    bitmap = page.render(scale=scale, rev_byteorder=True, limit_image_cache=True)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    page.close()
    return picture


def _open() -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(os.fdopen(os.dup(0), "rb"))
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Refused(Code.ENCRYPTED) from error
        raise Refused(Code.UNREADABLE) from error


def _whole() -> None:
    """Refuse a document whose end is missing, which PDFium would repair into fewer pages without a word."""
    size = os.fstat(0).st_size
    head = os.pread(0, 1024, 0)
    linear = re.search(rb"/Linearized\b.{0,200}?/L\s+(\d{1,15})", head, re.DOTALL)
    if b"%%EOF" not in os.pread(0, TAIL, max(0, size - TAIL)) or (linear and int(linear[1]) > size):
        raise Refused(Code.CUT_OFF)
