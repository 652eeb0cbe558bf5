# SPDX-License-Identifier: Apache-2.0
"""Where everything lies in an archive of format 1; docs/handbook/archive-format says the same in words."""

from __future__ import annotations

FORMAT = 1
VERIFIER = "verifier 1"

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PROGRAM = "verify.pyz"
BAGIT_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

COMPETITION = "data/competition.json"
AUDIT = "data/audit.jsonl"

# Table → its columns, in this order.
TABLES = {
    "entries": ("entry", "category", "title", "applicant", "unit", "state"),
    "versions": ("entry", "part", "number", "handed_in_at", "digest"),
    "judges": ("judge", "name", "unit"),
    "assignments": ("stage", "category", "entry", "judge", "panel", "state", "assigned_at"),
    "sheets": ("stage", "category", "entry", "judge", "state", "submitted_at", "total", "digest"),
    "marks": ("stage", "category", "entry", "judge", "criterion", "value", "comment"),
    "citations": ("stage", "category", "entry", "judge", "criterion", "diary_entry", "evidence", "page"),
    "runs": (
        "run",
        "stage",
        "category",
        "number",
        "state",
        "mode",
        "engine",
        "document_digest",
        "input_digest",
        "standings_digest",
        "derivations_digest",
        "computed_at",
        "computed_by",
        "confirmed_at",
        "confirmed_by",
        "published_at",
        "notice_ends_at",
        "final_at",
    ),
    "rows": ("run", "position", "entry", "place", "tied", "score", "eligible", "promoted", "reserve", "award"),
    "promotions": ("run", "stage", "category", "entry", "promoted_at"),
    "awards": ("run", "entry", "code", "title", "granted_at"),
    "certificates": (
        "certificate",
        "serial",
        "check_code",
        "run",
        "entry",
        "award",
        "state",
        "issued_at",
        "withdrawn_at",
        "withdrawn_reason",
        "facts",
        "digest",
        "file",
    ),
    "diary": ("diary_entry", "entry", "title", "happened_on", "place", "body", "state", "written_at", "released_at"),
    "evidence": (
        "evidence",
        "entry",
        "diary_entry",
        "kind",
        "file_name",
        "caption",
        "media_type",
        "size",
        "sha256",
        "state",
        "received_at",
        "struck_at",
        "struck_reason",
    ),
}


# A run in one of these states counts: at most one for each stage and category. A confirmed one does not count yet: it
# waits beside the published one that it will replace.
STANDING_STATES = ("published", "final")
RUN_STATES = ("computed", "rejected", "confirmed", "superseded", *STANDING_STATES)
SUBMITTED = "submitted"
CELL_STATES = ("not_yet", "abstained", "recused", "absent", "not_applicable")


def table_path(table: str) -> str:
    """Return where a table lies."""
    return f"data/tables/{table}.csv"


def document_path(stage: str, category: str) -> str:
    """Return where the document of a stage and category lies."""
    return f"data/documents/{stage}--{category}.json"


def input_path(run: str) -> str:
    """Return where the input of a run lies."""
    return f"data/inputs/{run}.json"


def standings_path(run: str) -> str:
    """Return where the standings of a run lie."""
    return f"data/standings/{run}.json"


def derivations_path(run: str) -> str:
    """Return where the derivations of a run lie."""
    return f"data/derivations/{run}.json"


def version_path(digest: str) -> str:
    """Return where a handed-in version lies."""
    return f"data/versions/{digest}.json"


def file_path(digest: str) -> str:
    """Return where the bytes of a file lie."""
    return f"data/files/{digest[:2]}/{digest}"
