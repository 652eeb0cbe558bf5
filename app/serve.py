# SPDX-License-Identifier: Apache-2.0
"""Runs one installation: the web server and the worker as two children that live and end together."""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import click
import structlog

from app.config import Settings

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
# A request in flight may take that long to end; a worker that waits longer is cut off, and its job runs again.
GRACE_SECONDS = 25
log = structlog.get_logger()


class CannotServe(click.ClickException):
    """Say why nothing can be served at this address, and what to do."""


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    threads: int = 16,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Serve until a signal asks to stop or a child ends; return the exit code of this command.

    Raises `CannotServe` before anything is started. `on_ready` is called once, when pages answer.
    """
    with ExitStack() as stack:
        door = stack.enter_context(listen(host, port))
        signals = stack.enter_context(_Signals.caught())
        env = os.environ | {"YOUYIN_INSTANCE": str(settings.instance)}
        children: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(_stop, children)
        children["web"] = _start(_web_command(door, workers=workers, threads=threads), env, pass_fds=(door.fileno(),))
        children["worker"] = _start([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], env)
        address = door.getsockname()[:2]
        # Only the web server holds the socket from here on: when it ends, callers are refused instead of kept waiting.
        door.close()
        if _wait_until_ready(address, children, signals) and on_ready is not None:
            on_ready()
        while not signals.asked and not (ended := _ended(children)):
            signals.wait(60.0)
        if signals.asked:
            return 0
        for name, code in ended.items():
            log.error("a part of the installation ended by itself; the rest stops too", part=name, code=code)
        return 1


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Open the door at an address, or raise `CannotServe` with what to do about it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise CannotServe(
            _say(
                f"{host} is not an address of this machine: name another with --host.",
                f"{host} 不是本机地址：请用 --host 指定。",
            )
        ) from error
    with socket.socket(family, kind, protocol) as door:
        # As every server does: a port whose last connections are still closing is free.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(address)
            door.listen(512)
        except OSError as error:
            raise CannotServe(_why_not(error, host, port)) from error
        door.set_inheritable(True)
        yield door


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _say(
            f"Port {port} is taken: end the program that uses it, or choose another port, such as --port {port + 1}.",
            f"端口 {port} 已被占用：请结束占用它的程序，或换一个端口，例如 --port {port + 1}。",
        )
    if error.errno == errno.EACCES:
        return _say(
            f"Port {port} is reserved for root: choose one from 1024 on, such as --port 8000.",
            f"端口 {port} 仅限 root 使用：请选择 1024 以上的端口，例如 --port 8000。",
        )
    return _say(
        f"Nothing can listen at {host}, port {port} ({error.strerror}): name an address of this machine with --host.",
        f"无法在 {host} 的端口 {port} 上监听（{error.strerror}）：请用 --host 指定本机地址。",
    )


def _say(english: str, chinese: str) -> str:
    """Return the sentence, in Chinese as well where the terminal speaks it, as `./run` does."""
    language = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return f"{english}\n{chinese}" if language.startswith("zh") else english


def _web_command(door: socket.socket, *, workers: int, threads: int) -> list[str]:
    options = {
        "--bind": f"fd://{door.fileno()}",
        "--chdir": str(ROOT),
        "--graceful-timeout": str(GRACE_SECONDS),
        "--keep-alive": "5",
        "--log-level": "warning",
        "--threads": str(threads),
        "--worker-class": "gthread",
        "--workers": str(workers),
    }
    # A worker's sign of life is a file; on a disk that is busy, writing it could stall and look like death.
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 the memory file system, not a folder for temporary files
        options["--worker-tmp-dir"] = "/dev/shm"  # noqa: S108 as above
    flags = [word for pair in options.items() for word in pair]
    # The control socket would lie in the home folder, which an account of a service need not have.
    return [sys.executable, "-m", "gunicorn", "--no-control-socket", *flags, "wsgi:app"]


def _start(command: list[str], env: Mapping[str, str], pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us and once."""
    # Where the system has it, the kernel ends the child when this process is killed.
    leash = ["setpriv", "--pdeathsig=TERM", "--"] if shutil.which("setpriv") else []
    return subprocess.Popen(
        [*leash, *command],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        pass_fds=pass_fds,
        start_new_session=True,
    )


def _wait_until_ready(
    address: tuple[str, int], children: Mapping[str, subprocess.Popen[bytes]], signals: _Signals
) -> bool:
    """Return whether pages answer; give up when a child ends, a signal comes, or a minute has passed."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and not signals.asked and not _ended(children):
        try:
            caller = http.client.HTTPConnection(*address, timeout=5)
            caller.request("GET", "/healthz")
            caller.getresponse().read()
            caller.close()
        except (OSError, http.client.HTTPException):
            signals.wait(0.1)
        else:
            return True
    return False


def _ended(children: Mapping[str, subprocess.Popen[bytes]]) -> dict[str, int]:
    return {name: code for name, child in children.items() if (code := child.poll()) is not None}


def _stop(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, wait for it, then make sure of it and of what it started."""
    for child in children.values():
        child.terminate()
    end = time.monotonic() + GRACE_SECONDS + 5
    for child in children.values():
        try:
            child.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("a child did not end when asked and is killed", pid=child.pid)
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # nobody of its session is left
        child.wait()


class _Signals:
    """What the outside world has asked for since this was made."""

    def __init__(self) -> None:
        self.asked = False
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(True)
        self._mouth.setblocking(False)

    @classmethod
    @contextmanager
    def caught(cls) -> Iterator[_Signals]:
        """Catch the signals that end a service, and the end of a child, until the block ends."""
        signals = cls()
        handlers = {
            signal.SIGTERM: signals._ask,
            signal.SIGINT: signals._ask,
            signal.SIGHUP: signals._ask,
            signal.SIGCHLD: signals._note,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        wakeup = signal.set_wakeup_fd(signals._mouth.fileno(), warn_on_full_buffer=False)
        try:
            yield signals
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            signals._ear.close()
            signals._mouth.close()

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes, at most so many seconds."""
        self._ear.settimeout(seconds)
        try:
            self._ear.recv(64)
        except TimeoutError:
            pass  # nothing came

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        """Do nothing: being called is what wakes the waiting."""
