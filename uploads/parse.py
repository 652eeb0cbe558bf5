# SPDX-License-Identifier: Apache-2.0
"""Ask the child about a user's file, and believe only what fits the form."""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from uploads.kinds import FORMATS, Format
from uploads.records import Limits
from uploads.refusals import Code, Param, Refused

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child.py")
WALL_SECONDS = 40  # well beyond the CPU limit, so that a busy host is no reason to refuse
ANSWER_BYTES = 256 * 1024
# Each child may take half a gigabyte: no more of them at once than there are processors, and at least two.
_slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))

Json = dict[str, object]


@dataclass(frozen=True)
class Found:
    """What the child saw; sizes as a person sees the picture, orientation applied."""

    format: Format
    width: int | None = None
    height: int | None = None
    pages: int | None = None


@dataclass
class Answer:
    """The child's lines, and why it did not get to its end, if it did not."""

    lines: list[Json] = field(default_factory=list)
    refused: Refused | None = None


def inspect(file: Path, claimed: Format, limits: Limits, folder: Path) -> Found:
    """Have the file parsed from end to end; raise Refused if it is not what it claims, or not within the limits."""
    request: Json = {
        "task": "check",
        "format": claimed.name,
        "max_pixels": limits.max_pixels,
        "max_pages": limits.max_pages,
    }
    answer = ask(request, file, folder)
    if answer.refused is not None:
        raise answer.refused
    facts = answer.lines[-1]
    # Of Office documents the child sees which of the three it is; nobody's kind may change on its word.
    seen = FORMATS.get(str(facts.get("format")), claimed)
    width, height, pages = (_count(facts.get(name)) for name in ("width", "height", "pages"))
    return Found(seen if seen.kind is claimed.kind else claimed, width, height, pages)


def ask(request: Json, file: Path, folder: Path, *, seconds: float = WALL_SECONDS) -> Answer:
    """Run one child over the file, its outputs in `folder/out`; whatever becomes of it is told in the answer."""
    out = folder / "out"
    out.mkdir(mode=0o700, exist_ok=True)
    with _slots, file.open("rb") as taken:
        child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(CHILD), json.dumps(request)],
            stdin=taken,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=out,
            env={},
            start_new_session=True,
        )
        assert child.stdout is not None
        try:
            said, in_time = _read(child.stdout, time.monotonic() + seconds)
        finally:
            child.stdout.close()
            end_group(child)
    answer = _understand(said)
    if answer.refused is None and not (answer.lines and answer.lines[-1].get("end") is True):
        answer.refused = Refused(_cause(in_time, child.returncode))
        log.warning("parser child ended without an answer: %s, status %s", answer.refused.code, child.returncode)
    return answer


def _read(stream: IO[bytes], deadline: float) -> tuple[bytes, bool]:
    """Read to the end, the deadline or the size cap; say whether it was in time."""
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while len(said) <= ANSWER_BYTES:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return said, False
            chunk = os.read(stream.fileno(), 65536)
            if not chunk:
                return said, True
            said += chunk
    return b"", True


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it may have started, and wait for it."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # gone already
    child.wait()


def _understand(said: bytes) -> Answer:
    answer = Answer()
    for line in said.split(b"\n")[:-1]:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not isinstance(told, dict):
            break
        if "refused" in told:
            answer.refused = _refusal(told)
            why = str(told.get("why") or "")[:200]
            if why:
                # These are no file's fault: something was not loaded before the fences closed, or we made a mistake.
                ours = why.startswith(
                    ("ImportError", "ModuleNotFoundError", "LookupError", "NameError", "AttributeError")
                )
                log.log(logging.ERROR if ours else logging.INFO, "parser child refused a file: %s", why)
            break
        answer.lines.append(told)
    return answer


def _refusal(told: Json) -> Refused:
    try:
        code = Code(str(told["refused"]))
    except ValueError:
        return Refused(Code.UNREADABLE)
    given = told.get("params")
    params: dict[str, Param] = {}
    if isinstance(given, dict):
        for name in ("width", "height", "pages", "limit"):
            if (count := _count(given.get(name))) is not None:
                params[name] = count
        if isinstance(given.get("extension"), str):
            params["extension"] = str(given["extension"])[:12]
    return Refused(code, **params)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 1 << 53 else None


def _cause(in_time: bool, status: int) -> Code:
    if not in_time or status in (-signal.SIGXCPU, -signal.SIGALRM):
        return Code.TIMEOUT
    return Code.UNREADABLE
