# SPDX-License-Identifier: Apache-2.0
"""The web server and the worker live and end together, whoever ends first and however."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import serve
from tests.servers import LOOPBACK, free_port

ROOT = Path(__file__).resolve().parent.parent.parent

# An application that says who serves it, so that the supervisor is tested without the weight of the real one.
WSGI = """
import os, signal, sys, time
from flask import Flask

app = Flask(__name__)
app.add_url_rule("/healthz", "health", lambda: "ok")
app.add_url_rule("/server", "server", lambda: str(os.getppid()))
app.add_url_rule("/instance", "instance", lambda: os.environ["YOUYIN_INSTANCE"])

@app.get("/slow")
def slow():
    time.sleep(1)
    return "whole"

@app.cli.command("worker")
def worker():
    print("worker", os.getpid(), flush=True)
    signal.pause()
"""
SUPERVISOR = """
import sys
from pathlib import Path
from app import serve
from app.config import Settings

serve.ROOT = Path(sys.argv[1])
settings = Settings(instance=Path(sys.argv[1]) / "instance", secret_key="x")
ready = lambda: print("ready", flush=True)
raise SystemExit(serve.serve(settings, host="127.0.0.1", port=int(sys.argv[2]), on_ready=ready))
"""


class Service:
    """A supervisor in a process of its own, with its two children."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        lines = self.read(2)
        assert "ready" in lines
        self.worker = int(next(line.removeprefix("worker ") for line in lines if line.startswith("worker ")))
        self.web = int(self.get("/server"))

    def read(self, number: int) -> list[str]:
        assert self.process.stdout is not None
        return [self.process.stdout.readline().strip() for _ in range(number)]

    def get(self, path: str) -> str:
        caller = http.client.HTTPConnection(LOOPBACK, self.port, timeout=10)
        caller.request("GET", path)
        text = caller.getresponse().read().decode()
        caller.close()
        return text

    def both_gone(self) -> bool:
        """Tell whether both children end within ten seconds."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if not runs(self.web) and not runs(self.worker):
                return True
            time.sleep(0.05)
        return False


def runs(pid: int) -> bool:
    """Tell whether a process is alive; one that only waits to be counted by its parent is not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return re.sub(r".*\) ", "", status)[0] != "Z"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    (tmp_path / "wsgi.py").write_text(WSGI, encoding="utf-8")
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path), str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Service(process, port)
        finally:
            process.kill()


def test_it_ends_when_asked_and_finishes_what_it_has_begun(service: Service, tmp_path: Path) -> None:
    assert service.get("/instance") == str(tmp_path / "instance")
    answers: list[str] = []
    reader = threading.Thread(target=lambda: answers.append(service.get("/slow")))
    reader.start()
    time.sleep(0.3)

    service.process.send_signal(signal.SIGTERM)

    reader.join(10)
    assert answers == ["whole"]
    assert service.process.wait(10) == 0
    assert service.both_gone()


@pytest.mark.parametrize("part", ["web", "worker"])
def test_when_one_part_is_killed_the_other_ends_too(service: Service, part: str) -> None:
    os.kill(getattr(service, part), signal.SIGKILL)

    assert service.process.wait(15) == 1
    assert re.search(rf"ended by itself.*part={part}", service.read(1)[0])
    assert service.both_gone()


def test_when_the_supervisor_is_killed_nothing_is_left(service: Service) -> None:
    service.process.kill()

    assert service.both_gone()


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, free_port())) as other:
        yield other.getsockname()[1]


def test_a_taken_port_is_said_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    with taken_port() as port, pytest.raises(serve.CannotServe) as refused, serve.listen(LOOPBACK, port):
        pass

    assert refused.value.message == (
        f"Port {port} is taken: end the program that uses it, or choose another port, such as --port {port + 1}."
    )


def test_a_chinese_terminal_is_told_in_chinese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    with (
        taken_port() as port,
        pytest.raises(serve.CannotServe, match=f"端口 {port} 已被占用"),
        serve.listen(LOOPBACK, port),
    ):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_refused_by_name(host: str) -> None:
    with pytest.raises(serve.CannotServe, match=f"{host}.*--host"), serve.listen(host, free_port()):
        pass
