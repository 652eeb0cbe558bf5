# SPDX-License-Identifier: Apache-2.0
"""A store, a work folder, and one call that takes a file in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from uploads import Limits, Received, Refused, Storage, receive

Take = Callable[..., Received]


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage.from_url((tmp_path / "store").as_uri())


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def take(storage: Storage, workdir: Path) -> Take:
    """Receive some bytes under a name, within 32 MB unless said otherwise."""

    def act(content: bytes, name: str, limits: Limits | None = None) -> Received:
        return receive(
            io.BytesIO(content), file_name=name, storage=storage, limits=limits or Limits(32 << 20), workdir=workdir
        )

    return act


@pytest.fixture
def refusal(take: Take, storage: Storage, workdir: Path) -> Callable[..., Refused]:
    """Return the refusal of a file, having seen that nothing of it stayed."""

    def act(content: bytes, name: str, limits: Limits | None = None) -> Refused:
        before = set(storage.keys())
        with pytest.raises(Refused) as caught:
            take(content, name, limits)
        assert set(storage.keys()) == before
        assert list(workdir.iterdir()) == []
        return caught.value

    return act
