# SPDX-License-Identifier: Apache-2.0
"""The one door, on a system made of stubs: what it installs, what it leaves alone, and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 fonts-noto-cjk"
TESTS = "chromium postgresql redis-server poppler-utils strace"

PYTHON = """#!/bin/sh
# A Python that notes what it was asked and does nothing else.
case "$*" in
  *ensurepip*) [ ! -e "$STUBS/no-python" ] ;;
  *'print("%d.%d"'*) echo 3.11 ;;
  *"-m venv"*) mkdir -p .venv/bin .venv/lib/python3.11 && cp "$0" .venv/bin/python ;;
  *"-m pip install"*) echo "python $*" >>"$STUBS/log"; [ ! -e "$STUBS/no-network" ] ;;
  *) echo "python $*" >>"$STUBS/log" ;;
esac
"""
STUB_PROGRAMS = {
    "python3": PYTHON,
    "id": "#!/bin/sh\ncat $STUBS/uid\n",
    "dpkg-query": "#!/bin/sh\ncat $STUBS/packages\n",
    "apt-get": '#!/bin/sh\necho "apt-get $*" >>$STUBS/log\n',
    "node": "#!/bin/sh\n",
    "npm": '#!/bin/sh\nmkdir -p node_modules static/vendor\necho "npm $*" >>$STUBS/log\n',
}


class Machine:
    """A folder with the door in it, and a path on which every program is a stub."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.stubs = folder / "stubs"
        self.stubs.mkdir()
        (self.folder / "static/src").mkdir(parents=True)
        shutil.copy(ROOT / "run", self.folder / "run")
        for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json", "static/src/vendor.mjs"):
            (self.folder / name).write_text(f"the {name} of this test\n", encoding="utf-8")
        (self.folder / "static/src/icons.json").write_text("[]", encoding="utf-8")
        for name, text in STUB_PROGRAMS.items():
            (self.stubs / name).write_text(text, encoding="utf-8")
            (self.stubs / name).chmod(0o755)
        self.install(*RUNTIME.split(), *TESTS.split())
        self.set_uid(1000)

    def install(self, *names: str) -> None:
        """Let these packages be installed, and one that was removed."""
        lines = [f"installed {name}, " for name in names] + ["config-files old-thing, "]
        (self.stubs / "packages").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def set_uid(self, uid: int) -> None:
        (self.stubs / "uid").write_text(f"{uid}\n", encoding="utf-8")

    def set(self, flag: str) -> None:
        (self.stubs / flag).touch()

    def log(self) -> list[str]:
        """Return and forget what the stubs were asked."""
        path = self.stubs / "log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        clean = {"PATH": f"{self.stubs}:{os.defpath}", "STUBS": str(self.stubs), "LANG": "C.UTF-8"}
        return subprocess.run(
            [shutil.which("dash") or "sh", "./run", *words],
            cwd=self.folder,
            env=clean | env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_first_start_brings_everything_and_the_second_nothing(machine: Machine) -> None:
    first = machine.run()

    assert first.returncode == 0, first.stderr
    asked = machine.log()
    assert asked[0].startswith("python -m pip install")
    assert "--require-hashes" in asked[0]
    assert asked[0].endswith("-r requirements.lock")
    assert asked[1].startswith("npm ci --omit=dev")
    assert asked[2] == "npm run --silent vendor"
    assert asked[3:] == ["python -m flask demo"]
    assert (machine.folder / "instance/demo").is_dir()

    assert machine.run().returncode == 0
    assert machine.log() == ["python -m flask demo"]


def test_a_changed_lock_is_installed(machine: Machine) -> None:
    machine.run()
    machine.log()
    (machine.folder / "requirements.lock").write_text("newer\n", encoding="utf-8")

    machine.run("serve", "--port", "8080")

    asked = machine.log()
    assert len(asked) == 2
    assert asked[0].endswith("-r requirements.lock")
    assert asked[1] == "python -m flask serve --port 8080"


def test_the_packages_of_the_tests_serve_the_start_as_well(machine: Machine) -> None:
    machine.run("test", "tests/tools")
    asked = machine.log()
    assert asked[0].endswith("-r requirements-dev.lock")
    assert asked[1].startswith("npm ci --include=dev")
    assert asked[-1] == "python -m pytest tests/tools"

    machine.run()
    assert machine.log() == ["python -m flask demo"]


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        (["--port", "8080"], "python -m flask demo --port 8080"),
        (["demo", "--port", "8080"], "python -m flask demo --port 8080"),
        (["flask", "user", "create"], "python -m flask user create"),
        (["test"], "python -m pytest -n 2"),
        (["test", "quick", "-x"], "python -m pytest -n 2 -m not slow and not browser -x"),
        (["bench"], "python -m tests.bench"),
        (["shots", "out"], "python -m tools.shots out"),
    ],
)
def test_each_word_leads_to_its_command(machine: Machine, words: list[str], ending: str) -> None:
    result = machine.run(*words)

    assert result.returncode == 0, result.stderr
    assert machine.log()[-1] == ending


def test_an_interrupted_installation_is_done_again(machine: Machine) -> None:
    machine.set("no-network")
    result = machine.run()
    assert result.returncode == 1
    assert "check the network, or set a mirror with 'pip config set global.index-url ADDRESS'" in result.stderr
    (machine.stubs / "no-network").unlink()
    machine.log()

    assert machine.run().returncode == 0
    assert machine.log()[0].endswith("-r requirements.lock")


def test_missing_packages_are_named_in_one_line(machine: Machine) -> None:
    machine.install("libpango-1.0-0", "fonts-noto-cjk")

    result = machine.run()

    assert result.returncode == 1
    assert result.stderr.splitlines()[1] == (
        "  sudo apt-get update && sudo apt-get install --no-install-recommends -y "
        "libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1"
    )
    assert machine.log() == []


def test_root_installs_what_is_missing(machine: Machine) -> None:
    machine.install("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "libmagic1", "fonts-noto-cjk")
    machine.set_uid(0)

    assert machine.run("test").returncode == 0
    assert machine.log()[:2] == [
        "apt-get update -qq",
        f"apt-get install -qq -y --no-install-recommends {TESTS}",
    ]


def test_a_package_that_provides_another_counts_for_it(machine: Machine) -> None:
    machine.install("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-cjk")
    with (machine.stubs / "packages").open("a", encoding="utf-8") as packages:
        packages.write("installed libmagic1t64, libmagic-thing, libmagic1 (= 1:5.46-5)\n")

    assert machine.run().returncode == 0


def test_without_python_its_packages_are_named_too(machine: Machine) -> None:
    machine.set("no-python")
    script = machine.folder / "run"
    script.write_text(
        script.read_text(encoding="utf-8").replace("/usr/bin/python3", "/nowhere/python3"), encoding="utf-8"
    )
    # The path holds the stubs and what the script itself needs, and no Python of this machine.
    for name in ("awk", "cat", "cut", "dirname", "mkdir", "sha256sum", "sh"):
        (machine.stubs / name).symlink_to(str(shutil.which(name)))

    result = machine.run(PATH=str(machine.stubs))

    assert result.returncode == 1
    assert result.stderr.splitlines()[1].endswith("-y python3 python3-venv")


def test_a_folder_that_cannot_be_written_is_named(machine: Machine) -> None:
    result = machine.run(YOUYIN_INSTANCE="/proc/youyin")

    assert result.returncode == 1
    assert result.stderr == (
        "The folder /proc/youyin cannot be written to: "
        "give this account write access, or name another one in YOUYIN_INSTANCE.\n"
    )


def test_a_chinese_terminal_is_told_in_chinese_too(machine: Machine) -> None:
    result = machine.run(YOUYIN_INSTANCE="/proc/youyin", LANG="zh_CN.UTF-8")

    assert result.stderr.splitlines()[1] == (
        "文件夹 /proc/youyin 不可写：请授予当前账号写权限，或用 YOUYIN_INSTANCE 指定另一个文件夹。"
    )
    assert "演示" in machine.run("help", LC_ALL="zh_CN.UTF-8").stdout
    assert "演示" not in machine.run("help").stdout


def test_an_unknown_word_is_answered_with_the_known_ones(machine: Machine) -> None:
    result = machine.run("strat")

    assert result.returncode == 2
    assert result.stderr.startswith("There is no command 'strat'. These are known:\n./run ")
    assert machine.run("help").stdout.startswith("./run ")
