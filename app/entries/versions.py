# SPDX-License-Identifier: Apache-2.0
"""What was handed in, as canonical bytes: RFC 8785 JSON whose SHA-256 stands on the receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import rfc8785

from app.clock import iso
from app.entries.models import Entry, Part
from app.evidence.queries import File

FORMAT = 1


def canonical(content: dict[str, Any]) -> tuple[str, str]:
    """Return the canonical form and its SHA-256."""
    data = rfc8785.dumps(content)
    return data.decode("utf-8"), hashlib.sha256(data).hexdigest()


def application_content(entry: Entry, *, number: int, now: datetime) -> dict[str, Any]:
    """Return what an application form says, with the rule for names that was accepted with it."""
    return {
        **_head(entry, Part.APPLICATION, number=number, now=now),
        "title": entry.title,
        "applicant": entry.applicant,
        "unit": {"code": entry.unit.code, "name": entry.unit.name},
        "members": [member.name for member in entry.members],
        "form": dict(entry.form),
        "names_rule": entry.competition.names_rule,
    }


def result_content(entry: Entry, files: Sequence[File], *, number: int, now: datetime) -> dict[str, Any]:
    """Return what a result report says, with the digests of its files."""
    return {
        **_head(entry, Part.RESULT, number=number, now=now),
        "report": entry.report,
        "evidence": [
            {
                "id": file.public_id,
                "file_name": file.file_name,
                "caption": file.caption,
                "kind": file.kind,
                "size": file.size,
                "sha256": file.sha256,
                "struck": file.is_struck,
            }
            for file in files
        ],
    }


def _head(entry: Entry, part: Part, *, number: int, now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "part": str(part),
        "version": number,
        "competition": entry.competition.public_id,
        "division": entry.category.division.code,
        "category": entry.category.code,
        "entry": entry.public_id,
        "number": entry.number,
        "handed_in_at": iso(now),
    }
