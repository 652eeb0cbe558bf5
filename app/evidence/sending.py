# SPDX-License-Identifier: Apache-2.0
"""Send stored bytes to a browser so that it never runs them: headers, ranges, streaming. Knows no policy."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import ContentRange

from app.evidence.models import Blob
from app.evidence.store import storage
from app.security import FILE_CSP

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})  # drawn by us: the only ones shown inline
PUBLIC = "public, max-age=300"  # short: an entry can be held back again
PRIVATE = "private, no-cache"  # asks again each time, so that a right taken away ends at once


def send(blob: Blob, *, file_name: str, inline: bool, public: bool) -> Response:
    """Answer with the bytes, a range of them, or 304; streamed, so that no whole file is held in memory."""
    if inline and blob.media_type not in PICTURES:
        raise ValueError("only pictures that we drew are shown inline")
    headers = {
        "Content-Type": blob.media_type,
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; {_names(file_name)}",
        "Content-Security-Policy": FILE_CSP,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": PUBLIC if public else PRIVATE,
        "Accept-Ranges": "bytes",
        "ETag": f'"{blob.sha256}"',
    }
    if request.if_none_match and request.if_none_match.contains_weak(blob.sha256):
        del headers["Content-Type"]
        return Response(status=304, headers=headers)
    start, end = 0, blob.size
    status = 200
    if request.range is not None and _range_counts(blob):
        wanted = request.range.range_for_length(blob.size)
        if wanted is None:
            headers["Content-Range"] = f"bytes */{blob.size}"
            return Response(status=416, headers={**headers, "Content-Length": "0"})
        start, end, status = wanted[0], wanted[1] or blob.size, 206
        headers["Content-Range"] = ContentRange("bytes", start, end, blob.size).to_header()
    headers["Content-Length"] = str(end - start)
    body: Iterator[bytes] = iter(()) if request.method == "HEAD" else storage().stream(blob.key, start, end)
    return Response(body, status=status, headers=headers, direct_passthrough=True)


def _range_counts(blob: Blob) -> bool:
    """Tell whether the range may be served: one range, and of the content that the browser has the rest of."""
    wanted = request.range
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return False
    condition = request.if_range
    return condition.date is None and (condition.etag is None or condition.etag == blob.sha256)


def _names(file_name: str) -> str:
    """Return the name twice, as RFC 6266 advises: in ASCII for old programs, and whole after RFC 5987."""
    plain = "".join(char if " " <= char < "\x7f" and char not in '"\\%' else "_" for char in file_name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
