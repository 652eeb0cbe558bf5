# SPDX-License-Identifier: Apache-2.0
"""Real servers for tests, each a context manager: it waits until the server answers, and surely ends it.

Nothing here knows pytest. A server whose program is not installed raises `Missing` with the package to install; a
fixture turns that into a skip, or into a failure where CI is set. Every server listens on loopback only, on a port
below 32768, because the system hands out the ports above it to outgoing connections. Children die with the process
that started them, so that a killed test run leaves no server behind.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as email_policy
from itertools import count
from pathlib import Path
from typing import IO

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg import sql

LOOPBACK = "127.0.0.1"
READY_SECONDS = 30.0
STOP_SECONDS = 10.0

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)

# Hypothesis and time-freezing tests seed the global generator; two workers would then try the same ports.
_random = random.SystemRandom()

Server = AbstractContextManager["subprocess.Popen[bytes]"]


class Missing(RuntimeError):
    """Say which program is not installed and which package brings it."""


class DidNotStart(RuntimeError):
    """Carry what a server said before it ended or fell silent."""


def free_port() -> int:
    """Return a port below 32768 on which nothing listens."""
    for _ in range(200):
        port = _random.randrange(10_000, 32_768)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 10000 and 32767")


def chromium_path() -> str:
    """Return the path of the distribution's Chromium."""
    return _program("chromium", "chromium-browser", "google-chrome", package="chromium")


@contextmanager
def child(
    command: Sequence[str | os.PathLike[str]],
    *,
    ready: Callable[[], bool],
    user: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; raise `DidNotStart` with its output when it does not become ready."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [*_leash(stop_signal, user), *(os.fspath(part) for part in command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=None if env is None else dict(env),
            start_new_session=True,
        )
        try:
            _wait_until(ready, process, output)
            yield process
        finally:
            _stop(process, stop_signal)


# ---------------------------------------------------------------------------------------------------------- PostgreSQL

INITDB_FLAGS = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL server of our own."""

    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database `postgres`."""
        return self.url_of("postgres")

    def url_of(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self.port}/{name}"

    def create_database(self, *, template: str | None = None) -> str:
        """Make a fresh database, empty or a copy of one that nobody is connected to, and return its URL."""
        name = f"test_{next(self._numbers)}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier("template0" if template is None else database_name(template))
            )
        )
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database and end the connections to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database_name(url))))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=LOOPBACK, port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as link:
            link.execute(statement)


def database_name(url: str) -> str:
    """Return the last part of a database URL; a bare name is given back."""
    return url.rpartition("/")[2].partition("?")[0]


@contextmanager
def postgresql() -> Iterator[Postgres]:
    """Run the distribution's newest PostgreSQL in a temporary folder, without the fsync that only real data need."""
    programs = _postgresql_programs()
    # The server refuses to run as root: a root process hands it to the account that the package made.
    user = "postgres" if os.geteuid() == 0 else None
    with _folder("youyin-pg-", owner=user) as folder:
        data = folder / "data"
        made = subprocess.run(
            [*_leash(signal.SIGKILL, user), programs / "initdb", "-D", data, *INITDB_FLAGS],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        if made.returncode:
            raise DidNotStart(f"initdb: {made.stdout}{made.stderr}")
        with _on_free_port(lambda port: _postgres_child(programs, data, folder, port, user)) as port:
            yield Postgres(port)


def _postgres_child(programs: Path, data: Path, folder: Path, port: int, user: str | None) -> Server:
    def ready() -> bool:
        try:
            psycopg.connect(host=LOOPBACK, port=port, user="postgres", dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    options = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "shared_buffers": "64MB",
        "timezone": "UTC",
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), *flags]
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
    return child(command, ready=ready, user=user, cwd=folder, stop_signal=signal.SIGINT)


def _postgresql_programs() -> Path:
    """Return the folder with `initdb` and `postgres` of the highest installed version."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda path: float(path.parent.name))
    return Path(os.path.realpath(_program("initdb", package="postgresql"))).parent


# --------------------------------------------------------------------------------------------------------------- Redis


@contextmanager
def redis() -> Iterator[str]:
    """Run Redis or Valkey without persistence and yield its URL."""
    program = _program("redis-server", "valkey-server", package="redis-server")
    with _folder("youyin-redis-") as folder, _on_free_port(lambda port: _redis_child(program, folder, port)) as port:
        yield f"redis://{LOOPBACK}:{port}/0"


def _redis_child(program: str, folder: Path, port: int) -> Server:
    def ready() -> bool:
        try:
            with socket.create_connection((LOOPBACK, port), timeout=2) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    command = [
        program,
        "--port",
        str(port),
        "--bind",
        LOOPBACK,
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    return child(command, ready=ready, cwd=folder)


# ---------------------------------------------------------------------------------------------------------------- mail


@dataclass(frozen=True)
class Mailbox:
    """A mail server that keeps what it is given."""

    host: str
    port: int
    messages: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The server as a URL."""
        return f"smtp://{self.host}:{self.port}"

    def wait_for(self, number: int, *, seconds: float = 10.0) -> list[EmailMessage]:
        """Return the messages as soon as there are `number` of them; raise `TimeoutError` otherwise."""
        end = time.monotonic() + seconds
        while len(self.messages) < number:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.messages)} of {number} messages arrived within {seconds} s")
            time.sleep(0.02)
        return self.messages


@contextmanager
def smtp() -> Iterator[Mailbox]:
    """Run a mail server in a thread and yield its mailbox."""
    mailbox = Mailbox(LOOPBACK, free_port())

    class Keep:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
            message = message_from_bytes(envelope.original_content or b"", policy=email_policy)
            message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
            mailbox.messages.append(message)
            return "250 OK"

    controller = Controller(Keep(), hostname=mailbox.host, port=mailbox.port, ready_timeout=READY_SECONDS)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


# ------------------------------------------------------------------------------------------------------ object storage


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server in memory."""

    endpoint: str
    access_key: str = "testing"
    secret_key: str = "testing"
    region: str = "us-east-1"
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)

    def create_bucket(self) -> str:
        """Make an empty bucket and return its name."""
        name = f"bucket-{next(self._numbers)}"
        with urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/{name}", method="PUT"), timeout=10):
            return name


@contextmanager
def s3() -> Iterator[ObjectStore]:
    """Run moto's S3 server as a child."""

    def start(port: int) -> Server:
        def ready() -> bool:
            try:
                with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/moto-api/data.json", timeout=2) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        return child([sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)], ready=ready)

    with _on_free_port(start) as port:
        yield ObjectStore(f"http://{LOOPBACK}:{port}")


# ------------------------------------------------------------------------------------------------------------- helpers


@contextmanager
def _on_free_port(start: Callable[[int], Server]) -> Iterator[int]:
    """Start a server on a free port; take another when somebody was faster."""
    with ExitStack() as running:
        attempts = 3
        while True:
            port = free_port()
            attempts -= 1
            try:
                running.enter_context(start(port))
                break
            except DidNotStart:
                if not attempts:
                    raise
        yield port


@contextmanager
def _folder(prefix: str, *, owner: str | None = None) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner is not None:
            shutil.chown(path, owner, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _program(*names: str, package: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    raise Missing(f"{names[0]} is not installed: apt-get install {package}")


def _leash(stop_signal: signal.Signals, user: str | None) -> list[str]:
    """Return the words before a command that end it with its parent and run it as another user."""
    who = [] if user is None else [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return ["setpriv", f"--pdeathsig={stop_signal.name.removeprefix('SIG')}", *who, "--"]


def _wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        answered = ready()
        # Looked at after the answer: a stranger on the port may answer while our child gives up.
        if process.poll() is not None:
            raise DidNotStart(_said(process, output, f"ended with code {process.returncode}"))
        if answered:
            return
        if time.monotonic() > end:
            raise DidNotStart(_said(process, output, f"did not answer within {READY_SECONDS:.0f} s"))
        time.sleep(0.02)


def _said(process: subprocess.Popen[bytes], output: IO[bytes], what: str) -> str:
    output.seek(0)
    text = output.read().decode(errors="replace")
    return f"{process.args!r} {what}\n{text[-4000:]}"


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    """End the child and what it started: gently, then surely."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # nobody of its session is left
    process.wait()
