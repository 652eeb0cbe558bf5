# SPDX-License-Identifier: Apache-2.0
"""The independent verifier of archives: standard library only, no code shared with the platform.

`pack` makes the one file that goes into every archive; `verify` is the same check for a program that is already
running. The constants say where everything lies, for whoever writes an archive.
"""

from verifier.checking import verify
from verifier.layout import (
    AUDIT,
    BAG_INFO,
    BAGIT,
    BAGIT_TEXT,
    COMPETITION,
    FORMAT,
    MANIFEST,
    PROGRAM,
    TABLES,
    TAG_MANIFEST,
    VERIFIER,
    derivations_path,
    document_path,
    file_path,
    input_path,
    standings_path,
    table_path,
    version_path,
)
from verifier.packing import pack
from verifier.report import Finding, NotAnArchiveError, Report

__all__ = [
    "AUDIT",
    "BAGIT",
    "BAGIT_TEXT",
    "BAG_INFO",
    "COMPETITION",
    "FORMAT",
    "MANIFEST",
    "PROGRAM",
    "TABLES",
    "TAG_MANIFEST",
    "VERIFIER",
    "Finding",
    "NotAnArchiveError",
    "Report",
    "derivations_path",
    "document_path",
    "file_path",
    "input_path",
    "pack",
    "standings_path",
    "table_path",
    "verify",
    "version_path",
]
