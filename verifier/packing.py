# SPDX-License-Identifier: Apache-2.0
"""The verifier as one file that any Python runs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_SHEBANG = b"#!/usr/bin/env python3\n"
_MAIN = b"""# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

if sys.version_info < (3, 9):
    sys.exit("verify.pyz needs Python 3.9 or later.")

from verifier.cli import main

sys.exit(main(program=Path(__file__).parent))
"""
# Entries are stored, and dated as early as a zip can say: the same sources give the same bytes everywhere.
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def pack() -> bytes:
    """Return the bytes of verify.pyz; equal for equal sources."""
    files = {"__main__.py": _MAIN}
    for path in Path(__file__).parent.glob("*.py"):
        if path.name not in ("__main__.py", "packing.py"):
            files["verifier/" + path.name] = path.read_bytes().replace(b"\r\n", b"\n")
    files["verifier/__init__.py"] = b"# SPDX-License-Identifier: Apache-2.0\n"
    packed = io.BytesIO()
    packed.write(_SHEBANG)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = 3  # as on Unix, whatever the machine
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()
