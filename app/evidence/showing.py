# SPDX-License-Identifier: Apache-2.0
"""Files as the gallery, document and list macros take them: addresses, sizes, wording."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.evidence.models import EvidenceState
from app.evidence.queries import File, Picture

KINDS = {"office": "doc"}  # as the macro for lists of files names them


def shots(files: Iterable[File]) -> list[dict[str, Any]]:
    """Return the pictures that can be opened in place; of a document its first page."""
    return [_shot(file) for file in files if file.thumb is not None and not file.is_struck]


def sheets(file: File) -> list[dict[str, Any]]:
    """Return the page pictures of a document."""
    return [
        {
            "url": _address(file, page),
            "width": page.width,
            "height": page.height,
            "id": f"{file.public_id}-{page.number}",
            "number": page.number,
        }
        for page in file.sheets
    ]


def lines(files: Iterable[File]) -> list[dict[str, Any]]:
    """Return files as lines to download, struck ones with the reason."""
    return [
        {
            "name": file.caption or file.file_name,
            "url": url_for("evidence.download", evidence=file.public_id),
            "size": file.size,
            "kind": KINDS.get(file.kind, file.kind),
            "note": _note(file),
            "state": "struck" if file.is_struck else None,
        }
        for file in files
    ]


def _shot(file: File) -> dict[str, Any]:
    thumb = file.thumb
    assert thumb is not None
    large = file.display or Picture("display" if file.is_picture else "page", 1, thumb.width, thumb.height)
    return {
        "url": _address(file, large),
        "thumb": _address(file, thumb),
        "alt": file.caption or file.file_name,
        "note": file.caption,
        "width": thumb.width,
        "height": thumb.height,
    }


def _address(file: File, picture: Picture) -> str:
    return url_for("evidence.preview", evidence=file.public_id, name=picture.name, number=picture.number)


def _note(file: File) -> str:
    if file.is_struck:
        return str(_("struck: %(reason)s", reason=file.struck_reason))
    return str(_("Pictures of it are being made.")) if file.state == EvidenceState.WAITING else ""
