# SPDX-License-Identifier: Apache-2.0
"""The three stores keep the same promises; the local one puts its bytes on the disk before it says so."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import servers
from uploads import Storage, StorageError

ROOT = Path(__file__).parents[2]
KEY = "sha256/ab/abcdef"


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    with servers.s3() as server:
        query = (
            f"endpoint={quote(server.endpoint)}&access_key_id={server.access_key}&secret_access_key={server.secret_key}"
        )
        yield f"s3://{server.create_bucket()}/PREFIX?{query}"


@pytest.fixture(params=["local", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return Storage.from_url((tmp_path / "Ablage für 佐证 & mehr").as_uri())
    if request.param == "memory":
        return Storage.from_url("memory:")
    url: str = request.getfixturevalue("bucket")
    return Storage.from_url(url.replace("PREFIX", f"case/{tmp_path.name}"))


def test_what_is_put_can_be_read_in_every_way(store: Storage, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    file = tmp_path / "file"
    file.write_bytes(content)
    for source in (content, file):
        store.put(KEY, source)
        assert store.read(KEY) == content
        assert store.size(KEY) == len(content)
        assert b"".join(store.stream(KEY)) == content
        with store.open(KEY) as stream:
            assert stream.read(3) == content[:3]
            stream.seek(1000)
            assert stream.read(10) == content[1000:1010]
            assert stream.readline() == content[1010:1035]
    assert file.exists()


def test_ranges_are_half_open_and_end_with_the_object(store: Storage) -> None:
    store.put(KEY, b"0123456789")
    assert b"".join(store.stream(KEY, 2, 5)) == b"234"
    assert b"".join(store.stream(KEY, 7)) == b"789"
    assert b"".join(store.stream(KEY, None, 3)) == b"012"
    assert b"".join(store.stream(KEY, 8, 99)) == b"89"
    assert b"".join(store.stream(KEY, 10)) == b""
    assert b"".join(store.stream(KEY, 4, 4)) == b""
    store.put(KEY, b"")
    assert (store.read(KEY), list(store.stream(KEY))) == (b"", [])


def test_missing_objects_are_told_at_once(store: Storage) -> None:
    assert not store.exists(KEY)
    for ask in (store.size, store.read, store.open, store.stream):
        with pytest.raises(FileNotFoundError):
            ask(KEY)
    store.delete(KEY)
    store.put(KEY, b"x")
    assert store.exists(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)


def test_putting_again_replaces_the_whole(store: Storage) -> None:
    store.put(KEY, b"long content")
    store.put(KEY, b"short")
    assert store.read(KEY) == b"short"


def test_adopted_files_are_stored(store: Storage, tmp_path: Path) -> None:
    file = tmp_path / "spool"
    file.write_bytes(b"content")
    store.adopt(KEY, file)
    assert store.read(KEY) == b"content"


def test_a_large_object_goes_through_whole(store: Storage, tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as out:
        for number in range(24):
            out.write(bytes([number]) * (1 << 20))
    store.put(KEY, file)
    assert store.size(KEY) == 24 << 20
    assert b"".join(store.stream(KEY, (7 << 20) - 1, (7 << 20) + 1)) == b"\x06\x07"


def test_keys_are_listed_by_folder(store: Storage) -> None:
    keys = {"a/b", "a/c/d", "ab/e", "previews/00/x/page-0001.jpg"}
    for key in keys:
        store.put(key, b"x")
    assert set(store.keys()) == keys
    assert set(store.keys("a")) == set(store.keys("a/")) == {"a/b", "a/c/d"}
    assert set(store.keys("nothing")) == set()


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.part", "a b", "a\\b", "é", "a\0", "-a", "a/" * 11 + "a"]
)
def test_only_plain_keys_are_keys(store: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        store.put(key, b"x")
    with pytest.raises(ValueError, match="not a storage key"):
        store.read(key)


@pytest.mark.parametrize(
    "url",
    ["", "/tmp/store", "store", "file://host/store", "file:store", "ftp://host/a", "s3:///prefix", "s3://b?colour=red"],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"file:|bucket"):
        Storage.from_url(url)


def test_a_store_that_does_not_answer_is_an_error_of_ours() -> None:
    url = f"s3://evidence?endpoint=http://127.0.0.1:{servers.free_port()}&access_key_id=a&secret_access_key=b"
    store = Storage.from_url(url)
    with pytest.raises(StorageError):
        store.put(KEY, b"x")


def test_a_bucket_that_is_not_there_is_an_error_of_ours(bucket: str) -> None:
    store = Storage.from_url(bucket.replace("s3://", "s3://not-").replace("PREFIX", "a"))
    with pytest.raises((StorageError, FileNotFoundError)):
        store.put(KEY, b"x")


def test_local_objects_have_a_path_and_are_private(tmp_path: Path) -> None:
    store = Storage.from_url(tmp_path.as_uri())
    store.put(KEY, b"x")
    assert store.local_path(KEY) == tmp_path / KEY
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600
    assert Storage.from_url("memory:").local_path(KEY) is None


# ---------------------------------------------------------------------------------------------- durability, local only

_ACT = """
import os, sys
from pathlib import Path
from uploads import Storage
store, how = Storage.from_url(Path(sys.argv[1]).as_uri()), sys.argv[2]
if how == "put":
    store.put("sha256/ab/abcdef", b"x" * 100_000)
else:
    spool = Path(sys.argv[1]).parent / "spool"
    spool.write_bytes(b"x" * 100_000)
    store.adopt("sha256/ab/abcdef", spool)
os.write(1, b"acknowledged")
"""

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace: apt install strace")


def _strace(tmp_path: Path, how: str, *options: str) -> tuple[subprocess.CompletedProcess[bytes], list[str]]:
    log = tmp_path / "strace.log"
    traced = "trace=openat,mkdir,write,fsync,fdatasync,rename,renameat,renameat2"
    done = subprocess.run(
        ["strace", "-f", "-y", "-o", log, "-e", traced, *options, sys.executable, "-c", _ACT, tmp_path / "store", how],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return done, log.read_text().splitlines()


def _where(lines: list[str], pattern: str) -> int:
    found = [number for number, line in enumerate(lines) if re.search(pattern, line)]
    assert found, f"no {pattern} in the trace"
    return found[-1]


@needs_strace
@pytest.mark.parametrize("how", ["put", "adopt"])
def test_bytes_and_names_are_on_the_disk_before_the_acknowledgement(tmp_path: Path, how: str) -> None:
    done, lines = _strace(tmp_path, how)
    assert done.stdout == b"acknowledged"
    written = r"store/sha256/ab/\.\w+\.part" if how == "put" else r"/spool"
    steps = [
        _where(lines, rf"fsync\(\d+<[^>]*{written}>\)\s+= 0"),
        _where(lines, rf"rename\(\"[^\"]*{written}\", \"[^\"]*/sha256/ab/abcdef\"\) = 0"),
        _where(lines, r"fsync\(\d+<[^>]*store/sha256/ab>\)\s+= 0"),
        _where(lines, r"write\(1.*acknowledged"),
    ]
    assert steps == sorted(steps)
    for folder in ("store/sha256", "store", tmp_path.name):
        made = _where(lines, rf"fsync\(\d+<[^>]*{folder}>\)\s+= 0")
        assert made < steps[-1]


@needs_strace
@pytest.mark.parametrize("how", ["put", "adopt"])
def test_a_disk_that_cannot_sync_is_never_acknowledged(tmp_path: Path, how: str) -> None:
    for number in range(1, 20):
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        done, lines = _strace(tmp_path, how, "-e", f"inject=fsync:error=EIO:when={number}")
        if not any("(INJECTED)" in line for line in lines):
            assert done.stdout == b"acknowledged"
            break
        assert done.stdout == b""
        assert b"StorageError" in done.stderr
        assert not list((tmp_path / "store").rglob("*.part"))
    assert number > 4  # the file, its folder, and those above it


@needs_strace
@pytest.mark.parametrize("call", ["write", "fsync", "rename", "mkdir"])
def test_killed_at_any_step_leaves_the_whole_object_or_none(tmp_path: Path, call: str) -> None:
    for number in range(1, 30):
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        done, _ = _strace(tmp_path, "put", "-e", f"inject={call}:signal=KILL:when={number}")
        stored = tmp_path / "store" / KEY
        assert not stored.exists() or stored.stat().st_size == 100_000
        if done.stdout == b"acknowledged":
            assert stored.exists()
        if done.returncode == 0:
            break
    else:
        pytest.fail("never came to its end")
    assert number > 1


def test_killed_in_the_middle_of_a_large_object_leaves_none_under_its_key(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as out:
        out.truncate(1 << 30)
    act = (
        "import sys; from pathlib import Path; from uploads import Storage;"
        f"Storage.from_url(sys.argv[1]).put({KEY!r}, Path(sys.argv[2]))"
    )
    store = tmp_path / "store"
    child = subprocess.Popen([sys.executable, "-c", act, store.as_uri(), source], cwd=ROOT)
    until = time.monotonic() + 20
    while not list(store.rglob("*.part")) and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert list(store.rglob("*.part"))
    assert not (store / KEY).exists()
    assert list(Storage.from_url(store.as_uri()).keys()) == []


_FULL = """
set -e
mount -t tmpfs -o size=2m tmpfs "$1"
exec "$2" -c '
import io, os, sys
from pathlib import Path
from uploads import Limits, Refused, Storage, StorageFull, receive
disk = Path(sys.argv[1])
store = Storage.from_url((disk / "store").as_uri())
store.put("a/kept", b"kept")
try:
    store.put("a/large", bytes(8 << 20))
except StorageFull:
    print("full")
small = b"some text\\n" * 90_000
for workdir in (disk / "work", Path(sys.argv[2])):
    for name, content in (("one.txt", small), ("two.txt", small + b"2"), ("three.txt", small + b"3")):
        try:
            stream = io.BytesIO(content)
            print(receive(stream, file_name=name, storage=store, limits=Limits(32 << 20), workdir=workdir).size)
        except Refused as refused:
            print(refused.code)
for key in sorted(store.keys()):
    print(key[:6], store.size(key))
print(sorted(str(path) for path in disk.rglob("*") if path.name.startswith((".", "youyin"))))
' "$1" "$3"
"""


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="needs user and mount namespaces",
)
def test_a_full_disk_refuses_and_keeps_nothing_half(tmp_path: Path) -> None:
    disk, work = tmp_path / "disk", tmp_path / "work"
    disk.mkdir()
    work.mkdir()
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", _FULL, "sh", disk, sys.executable, work],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "full",
        # The work folder on the same small disk: the second still fits, the third does not.
        "900000",
        "900001",
        "disk_full",
        # On another disk: what is there already is there; the new one finds no room.
        "900000",
        "900001",
        "disk_full",
        "a/kept 4",
        "sha256 900000",
        "sha256 900001",
        "[]",
    ]
