# SPDX-License-Identifier: Apache-2.0
"""What a killed process leaves behind is found and removed; what is stored is only reported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.uploads import corpus
from uploads import Kind, Received, Storage, previews
from uploads.sweep import REMAINS_SECONDS, sweep

ROOT = Path(__file__).parents[2]
Take = Callable[..., Received]

_RECEIVE = """
import os, sys, time
from pathlib import Path
from uploads import Limits, Storage, receive
class Slow:
    def read(self, size):
        os.write(1, b".")
        time.sleep(0.01)
        return b"x" * size
receive(Slow(), file_name="a.jpg", storage=Storage.from_url(Path(sys.argv[1]).as_uri()), limits=Limits(1 << 40),
        workdir=Path(sys.argv[2]))
"""


def test_killed_while_receiving_leaves_only_what_the_sweeper_removes(storage: Storage, workdir: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _RECEIVE, workdir.parent / "store", workdir], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.read(20)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    (left,) = workdir.iterdir()
    now = time.time()
    assert sweep(workdir, storage, [], now=now).removed == 0  # it might still be in use
    assert left.exists()
    assert sweep(workdir, storage, [], now=now + REMAINS_SECONDS + 60).removed == 1
    assert list(workdir.iterdir()) == []
    assert list(storage.keys()) == []


def test_half_written_objects_are_removed_and_other_files_are_not(
    take: Take, storage: Storage, workdir: Path, tmp_path: Path
) -> None:
    received = take(corpus.pdf(), "a.pdf")
    folder = (tmp_path / "store" / received.key).parent
    (folder / ".0123456789abcdef01234567.part").write_bytes(b"half")
    (workdir / "somebody's").mkdir()
    for path in (folder / ".0123456789abcdef01234567.part", workdir / "somebody's"):
        os.utime(path, (0, 0))
    assert sweep(workdir, storage, [received.key], now=time.time()).removed == 1
    assert [path.name for path in folder.iterdir()] == [received.sha256]
    assert (workdir / "somebody's").exists()


def test_unknown_and_missing_objects_are_reported_and_left(take: Take, storage: Storage, workdir: Path) -> None:
    known, unknown = take(corpus.pdf(1), "a.pdf"), take(corpus.pdf(2), "b.pdf")
    for received in (known, unknown):
        list(previews(received, Kind.PDF, storage=storage, workdir=workdir))
    before = set(storage.keys())
    missing = "sha256/00/" + "0" * 64
    swept = sweep(workdir, storage, [known.key, missing], now=time.time())
    assert swept.missing == (missing,)
    assert set(swept.unknown) == {key for key in before if unknown.sha256 in key}
    assert len(swept.unknown) == 4
    assert set(storage.keys()) == before


def test_it_runs_from_a_terminal(take: Take, workdir: Path, tmp_path: Path) -> None:
    received = take(corpus.pdf(), "a.pdf")
    done = subprocess.run(
        [sys.executable, "-m", "uploads.sweep", workdir, (tmp_path / "store").as_uri()],
        cwd=ROOT,
        input="sha256/aa/nothing\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "removed 0 temporary remains",
        f"unknown {received.key}",
        "missing sha256/aa/nothing",
    ]
