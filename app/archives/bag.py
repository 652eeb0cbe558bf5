# SPDX-License-Identifier: Apache-2.0
"""A BagIt 1.0 bag as one zip, written in a single pass: what is put in is hashed on its way."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same zip, whenever it is written


@dataclass
class Bag:
    """One bag under construction; `close()` adds the manifests."""

    out: IO[bytes]
    name: str
    payload: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    octets: int = 0

    def __post_init__(self) -> None:
        self.zip = zipfile.ZipFile(self.out, "w", allowZip64=True)

    def put(self, path: str, content: str | bytes | Iterable[bytes], *, packed: bool = True) -> str:
        """Write a file of the payload (under data/) and return its SHA-256."""
        digest, size = self._write(f"data/{path}", content, packed=packed)
        self.payload[f"data/{path}"] = digest
        self.octets += size
        return digest

    def tag(self, path: str, content: str | bytes) -> str:
        """Write a file beside the payload and return its SHA-256."""
        self.tags[path], _ = self._write(path, content, packed=False)
        return self.tags[path]

    def close(self, *, now: datetime, description: str) -> str:
        """Write the manifests and return the SHA-256 that names the whole bag."""
        self.tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        self.tag(
            "bag-info.txt",
            f"Bagging-Date: {now.date().isoformat()}\nBag-Software-Agent: Youyin\n"
            f"External-Description: {description}\nPayload-Oxum: {self.octets}.{len(self.payload)}\n",
        )
        self.tag("manifest-sha256.txt", _manifest(self.payload))
        digest, _ = self._write("tagmanifest-sha256.txt", _manifest(self.tags), packed=False)
        self.zip.close()
        return digest

    def _write(self, path: str, content: str | bytes | Iterable[bytes], *, packed: bool) -> tuple[str, int]:
        info = zipfile.ZipInfo(f"{self.name}/{path}", EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        if isinstance(content, str):
            content = content.encode("utf-8")
        chunks = [content] if isinstance(content, bytes) else content
        hasher, size = hashlib.sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                data = bytes(chunk)
                hasher.update(data)
                size += len(data)
                member.write(data)
        return hasher.hexdigest(), size


def _manifest(digests: dict[str, str]) -> str:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))
