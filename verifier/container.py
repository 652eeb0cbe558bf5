# SPDX-License-Identifier: Apache-2.0
"""The files of a bag, out of a zip or a folder; nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path
from typing import IO

from verifier.layout import BAGIT
from verifier.report import NotAnArchiveError, Report

MOST_FILES = 1_000_000
# Beyond this ratio deflate has packed nothing but repetition; small files may well be repetitive.
WORST_RATIO = 250
SMALL = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = 30


class Source:
    """Files of a bag by their names inside it."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        raise NotImplementedError

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        with self.open(name) as stream:
            return stream.read()


class FolderSource(Source):
    """A bag that lies unpacked in a folder."""

    def __init__(self, root: Path, report: Report) -> None:
        super().__init__()
        self.root = root
        for folder, folders, files in os.walk(str(root)):
            for name in sorted(folders) + sorted(files):
                path = Path(folder) / name
                mode = path.lstat().st_mode
                inside = path.relative_to(root).as_posix()
                if stat.S_ISLNK(mode) or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                    report.add("link", inside)
                elif stat.S_ISREG(mode):
                    self.sizes[inside] = path.lstat().st_size

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        return (self.root / name).open("rb")


class ZipSource(Source):
    """A bag inside a zip, under its one top folder."""

    def __init__(self, path: Path, report: Report) -> None:
        super().__init__()
        try:
            self.zip = zipfile.ZipFile(str(path))
            infos = self.zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            raise NotAnArchiveError("not_a_zip", detail=str(error)) from error
        self.members: dict[str, zipfile.ZipInfo] = {}
        tops = {info.filename.replace("\\", "/").split("/")[0] for info in infos}
        if len(infos) > MOST_FILES:
            report.add("too_many_files", count=len(infos))
            return
        seen: dict[str, str] = {}
        for info in infos:
            fault = name_fault(info.filename)
            if fault:
                report.add(fault, name=info.filename)
                continue
            folded = info.filename.rstrip("/").casefold()
            if folded in seen:
                report.add("name_repeated", name=info.filename, other=seen[folded])
            seen[folded] = info.filename
            self._check(info, report)
            if not info.filename.endswith("/"):
                inside = info.filename.split("/", 1)[1] if "/" in info.filename else ""
                self.members[inside or info.filename] = info
        if len(tops) != 1 or any("/" not in info.filename for info in infos):
            report.add("not_one_folder")
        _refuse_overlap(infos, report)
        self.sizes = {name: info.file_size for name, info in self.members.items()}

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading; a damaged one raises `BadZipFile` while it is read."""
        return self.zip.open(self.members[name])

    def _check(self, info: zipfile.ZipInfo, report: Report) -> None:
        mode = info.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            report.add("link", info.filename)
        if info.flag_bits & 0x1:
            report.add("encrypted", info.filename)
        if info.compress_type not in _METHODS:
            report.add("method", info.filename, method=info.compress_type)
        if info.file_size > SMALL and info.file_size > WORST_RATIO * max(info.compress_size, 1):
            report.add("ratio", info.filename, size=info.file_size, packed=info.compress_size)


def name_fault(name: str) -> str | None:
    """Return why a zip entry's name is refused, or None."""
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "name_absolute"
    if "\\" in name or any(not char.isprintable() for char in name):
        return "name_strange"
    if any(part in ("", ".", "..") for part in parts):
        return "name_escapes"
    return None


def _refuse_overlap(infos: list[zipfile.ZipInfo], report: Report) -> None:
    """Refuse entries that share bytes: the trick behind small zips of endless content."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for one, following in zip(ordered, ordered[1:]):
        end = one.header_offset + _LOCAL_HEADER + len(one.filename.encode("utf-8")) + one.compress_size
        if end > following.header_offset:
            report.add("overlap", following.filename)
            return


def open_source(path: Path, report: Report) -> Source:
    """Open a zip, an unpacked bag, or a folder that holds one."""
    if path.is_dir():
        if not (path / BAGIT).is_file():
            inner = [one for one in sorted(path.iterdir()) if (one / BAGIT).is_file()]
            if len(inner) != 1:
                raise NotAnArchiveError("no_bag", path=str(path))
            path = inner[0]
        return FolderSource(path, report)
    if not path.is_file():
        raise NotAnArchiveError("no_file", path=str(path))
    return ZipSource(path, report)
