# SPDX-License-Identifier: Apache-2.0
"""Turn an Office document into a PDF, where LibreOffice is installed."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from uploads.convert import NO_NETWORK
from uploads.fences import FILE_BYTES
from uploads.parse import end_group
from uploads.refusals import Code, Refused

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("convert.py")
WALL_SECONDS = 120
_one = threading.Lock()  # at a time: each takes up to a gigabyte


def as_pdf(file: Path, ending: str, folder: Path) -> Path | None:
    """Return the document as PDF; None if this system cannot make one; Refused if LibreOffice cannot read it."""
    soffice = shutil.which("soffice")
    if soffice is None:
        return None
    work = folder / "office"
    work.mkdir(mode=0o700)
    with _one, file.open("rb") as taken:
        child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(PROGRAM), soffice, ending],
            stdin=taken,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=work,
            env={},
            start_new_session=True,
        )
        try:
            status = child.wait(WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Refused(Code.TIMEOUT) from error
        finally:
            end_group(child)
    if status == NO_NETWORK:
        log.warning("no previews of Office documents: LibreOffice cannot be cut off from the network here")
        return None
    made = work / "document.pdf"
    if made.is_symlink() or not made.is_file() or made.stat().st_size > FILE_BYTES:
        raise Refused(Code.UNREADABLE)
    return made
