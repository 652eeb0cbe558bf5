# SPDX-License-Identifier: Apache-2.0
"""Become LibreOffice, without network and within limits: `python -I convert.py SOFFICE ENDING < file`.

Writes `document.pdf` into the current folder. LibreOffice needs programs, threads, files and more than half a gigabyte
of addresses, so it cannot stand behind the fences of child.py; it gets what it can live with, and is not started at all
where it could reach a network. The PDF that comes out is as untrusted as the file that went in.
"""

from __future__ import annotations

import os
import shutil
import sys
import types
from pathlib import Path

_package = types.ModuleType("uploads")
_package.__path__ = [str(Path(__file__).parent)]
sys.modules.setdefault("uploads", _package)

from uploads import fences  # noqa: E402  (needs the bare package above)

# Thirty photographs in a document take it to 530 MB; with less it leaves pictures out without a word.
MEMORY_BYTES, CPU_SECONDS, OPEN_FILES = 1 << 30, 60, 1024
NO_NETWORK = 3  # exit status: the network could not be taken away


def main() -> None:
    """Copy the file in, close the fences, give way to LibreOffice."""
    program, ending = sys.argv[1:3]
    with open(f"document{ending}", "xb") as copy, os.fdopen(0, "rb", closefd=False) as original:
        shutil.copyfileobj(original, copy)
    fences.limit(memory=MEMORY_BYTES, cpu=CPU_SECONDS, open_files=OPEN_FILES)
    if not fences.close_for_program(Path.cwd()):
        os._exit(NO_NETWORK)
    arguments = [
        program,
        "-env:UserInstallation=file:///tmp/profile",
        *("--headless", "--norestore", "--nologo", "--nolockcheck", "--convert-to", "pdf"),
        *("--outdir", "/tmp", f"/tmp/document{ending}"),  # noqa: S108  (our own folder, mounted there)
    ]
    environment = {"HOME": "/tmp", "TMPDIR": "/tmp", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}  # noqa: S108  (as above)
    os.execve(program, arguments, environment)  # noqa: S606  (no shell is what we want)


if __name__ == "__main__":
    main()
