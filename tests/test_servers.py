# SPDX-License-Identifier: Apache-2.0
"""The servers that other tests lean on: they answer, they are apart from each other, and they are gone afterwards."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from obstore.store import S3Store
from redis import Redis

from tests import servers

ROOT = Path(__file__).parent.parent
T = TypeVar("T")


@contextmanager
def installed(server: AbstractContextManager[T]) -> Iterator[T]:
    """Skip where the server's program is not installed, unless this is CI, where everything is."""
    try:
        with server as running:
            yield running
    except servers.Missing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


def answers(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex((servers.LOOPBACK, port)) == 0


def plain(url: str) -> str:
    """Return a URL that psycopg itself understands."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def store_of(server: servers.ObjectStore, bucket: str) -> S3Store:
    return S3Store(
        bucket,
        endpoint=server.endpoint,
        access_key_id=server.access_key,
        secret_access_key=server.secret_key,
        region=server.region,
        client_options={"allow_http": True},
    )


def test_free_port_is_below_the_ephemeral_range_and_free() -> None:
    ports = {servers.free_port() for _ in range(50)}

    assert all(10_000 <= port < 32_768 for port in ports)
    assert len(ports) > 40
    assert not any(answers(port) for port in ports)


@pytest.mark.postgresql
def test_postgresql_hands_out_databases_that_share_nothing() -> None:
    with installed(servers.postgresql()) as server:
        template = server.create_database()
        with psycopg.connect(plain(template)) as link:
            link.execute("CREATE TABLE entry (title text)")
            link.execute("INSERT INTO entry VALUES ('大坝巡检机器人')")

        copies = [server.create_database(template=template) for _ in range(2)]
        with psycopg.connect(plain(copies[0])) as link:
            link.execute("DELETE FROM entry")

        with psycopg.connect(plain(copies[1])) as link:
            assert link.execute("SELECT title FROM entry").fetchall() == [("大坝巡检机器人",)]
            assert link.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        empty = server.create_database()
        with psycopg.connect(plain(empty)) as link, pytest.raises(psycopg.errors.UndefinedTable):
            link.execute("SELECT * FROM entry")

        server.drop_database(copies[0])
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(plain(copies[0]))

    assert not answers(server.port)


@pytest.mark.postgresql
def test_postgresql_leaves_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    # pytest's own temporary folders are closed to the account that runs the server when the tests run as root.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", name)

        with installed(servers.postgresql()):
            assert len(list(folder.iterdir())) == 1

        assert list(folder.iterdir()) == []


@pytest.mark.redis
def test_redis_keeps_nothing_for_the_next_one() -> None:
    for _ in range(2):
        with installed(servers.redis()) as url, Redis.from_url(url) as client:
            assert client.get("word") is None
            client.set("word", "印")
            assert client.get("word") == "印".encode()

    assert not answers(int(url.rpartition(":")[2].partition("/")[0]))


def test_smtp_collects_what_was_sent() -> None:
    message = EmailMessage()
    message["Subject"] = "公示通知"
    message["From"] = "contest@example.org"
    message["To"] = "judge@example.org"
    message.set_content("初评结果已公示。")

    with servers.smtp() as mailbox:
        with smtplib.SMTP(mailbox.host, mailbox.port) as client:
            client.send_message(message)
        (received,) = mailbox.wait_for(1)
        with pytest.raises(TimeoutError):
            mailbox.wait_for(2, seconds=0.05)

    assert received["Subject"] == "公示通知"
    assert received["X-Envelope-To"] == "judge@example.org"
    assert received.get_content().strip() == "初评结果已公示。"
    assert not answers(mailbox.port)


def test_s3_stores_objects_per_bucket() -> None:
    with servers.s3() as store:
        here, there = (store_of(store, store.create_bucket()) for _ in range(2))
        here.put("证书.pdf", b"%PDF")

        assert here.get("证书.pdf").bytes() == b"%PDF"
        with pytest.raises(FileNotFoundError):
            there.get("证书.pdf")


def test_a_server_that_gives_up_is_reported_with_its_words() -> None:
    command = [sys.executable, "-c", "print('no licence'); raise SystemExit(3)"]

    with (
        pytest.raises(servers.DidNotStart, match=r"(?s)ended with code 3.*no licence"),
        servers.child(command, ready=lambda: False),
    ):
        pass


def test_a_stubborn_server_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "STOP_SECONDS", 0.2)
    command = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print(); time.sleep(60)"]

    with servers.child(command, ready=lambda: True) as process:
        time.sleep(0.3)

    assert process.returncode == -9


@pytest.mark.redis
def test_servers_die_with_a_test_run_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import time; from tests import servers\nwith servers.redis() as url: print(url, flush=True); time.sleep(60)"
    )
    env = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        line = run.stdout.readline()
        if not line:
            pytest.skip("redis-server is not installed")
        port = int(line.rpartition(":")[2].partition("/")[0])
        assert answers(port)

        run.kill()

    end = time.monotonic() + 10
    while answers(port) and time.monotonic() < end:
        time.sleep(0.05)
    assert not answers(port)
