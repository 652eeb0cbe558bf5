# SPDX-License-Identifier: Apache-2.0
"""Take in, check, store and redraw the files that people upload. This page is the package's only door."""

from uploads.drawing import previews
from uploads.intake import receive
from uploads.kinds import Kind
from uploads.names import clean_file_name
from uploads.records import Limits, Preview, Received
from uploads.refusals import Code, Refused
from uploads.report import SandboxReport, sandbox_report
from uploads.storage import Storage, StorageError, StorageFull

__all__ = [
    "Code",
    "Kind",
    "Limits",
    "Preview",
    "Received",
    "Refused",
    "SandboxReport",
    "Storage",
    "StorageError",
    "StorageFull",
    "clean_file_name",
    "previews",
    "receive",
    "sandbox_report",
]
