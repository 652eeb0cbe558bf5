# SPDX-License-Identifier: Apache-2.0
"""Parse one user file, behind fences, in a process of its own: `python -I child.py REQUEST < file`.

The file is open as standard input; pictures that are drawn go into the current folder; the answer goes out as lines
of JSON, the last of which says `end` or `refused`. Nothing here is trusted by the caller, and nothing of the
application is loaded: only the parser that the request names.
"""

from __future__ import annotations

import codecs
import errno
import importlib
import json
import os
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

# The package without its door, which would load the object store: a bare name with the right folder.
_package = types.ModuleType("uploads")
_package.__path__ = [str(Path(__file__).parent)]
sys.modules.setdefault("uploads", _package)

from uploads import fences  # noqa: E402  (needs the bare package above)
from uploads.refusals import Code, Refused  # noqa: E402  (as above)

Json = dict[str, object]
ENCODINGS = ("ascii", "latin-1", "cp437", "gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
Task = Callable[[Json], Iterator[Json]]

_BY_ERRNO: dict[int | None, Code] = {
    errno.ENOSPC: Code.DISK_FULL,
    errno.EDQUOT: Code.DISK_FULL,
    errno.EFBIG: Code.BOMB,
}


def main() -> None:
    """Fence off, parse, answer, end without running anybody's exit handlers."""
    request = json.loads(sys.argv[1])
    try:
        fences.limit()
        task = _load(request)
        held = fences.close(Path.cwd(), threads=request.get("format") == "heic", without=request.get("without", ()))
        for line in task({**request, "layers": held}):
            _say(line)
    except Refused as refused:
        _say({"refused": refused.code.value, "params": dict(refused.params)})
    except MemoryError:
        _say({"refused": Code.BOMB.value, "why": "memory"})
    except Exception as error:  # noqa: BLE001  (whatever a parser throws at a hostile file is an answer)
        code = _BY_ERRNO.get(error.errno if isinstance(error, OSError) else None, Code.UNREADABLE)
        _say({"refused": code.value, "why": _where(error)})
    os._exit(0)


def _load(request: Json) -> Task:
    """Import the one parser needed, before the file system is taken away."""
    if request["task"] == "report":
        from uploads import probe

        return lambda asked: iter([{"fences": probe.held(), "layers": asked["layers"], "end": True}])
    from uploads.kinds import FORMATS, Kind

    name = str(request["format"])
    module = {
        Kind.PICTURE: "pictures",
        Kind.PDF: "pdf",
        Kind.OFFICE: "office",
        Kind.TEXT: "text",
        Kind.VIDEO: "video",
    }[FORMATS[name].kind]
    for encoding in ENCODINGS:
        codecs.lookup(encoding)  # each is a module, and would be missed behind the fences
    parser = importlib.import_module(f"uploads.parsers.{module}")
    if name == "heic":
        parser.load_heic()
    if request["task"] == "draw":
        return cast(Task, parser.draw)
    from uploads.parsers import content

    content.load()
    return lambda asked: _checked(asked, parser.check)


def _checked(request: Json, check: Callable[[Json], Json]) -> Iterator[Json]:
    from uploads.parsers import content

    content.confirm(str(request["format"]))
    yield {**check(request), "end": True}


def _say(line: Json) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


def _where(error: Exception) -> str:
    """Name the error's class and place, never its text: that may quote the file."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last is not None else "?"
    return f"{type(error).__name__} {place}"


if __name__ == "__main__":
    main()
