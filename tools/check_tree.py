# SPDX-License-Identifier: Apache-2.0
"""Checks of the tree that no other tool makes; prints one line per finding and ends with 1 when there is one.

Run by `./run lint`. Every check takes the tracked files and yields findings as (file, line, sentence).
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 450
MAX_BYTES = 1_000_000
SOURCES = {".css", ".html", ".js", ".mako", ".mjs", ".py", ".sh"}
SCRIPTS = {"run", ".ci/run"}

Finding = tuple[str, int, str]
Check = Callable[[dict[str, bytes]], Iterator[Finding]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Add a check to the list."""
    CHECKS.append(function)
    return function


def lines_of(files: dict[str, bytes], *endings: str, under: str = "") -> Iterator[tuple[str, int, str]]:
    """Yield (file, number, line) of the text files with one of these endings."""
    for name, content in files.items():
        if name.startswith(under) and name.endswith(endings):
            for number, line in enumerate(content.decode().splitlines(), 1):
                yield name, number, line


def is_text(content: bytes) -> bool:
    """Tell text from pictures and other binary files."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


@check
def licence_line(files: dict[str, bytes]) -> Iterator[Finding]:
    """Every source file says its licence near the top."""
    for name, content in files.items():
        if Path(name).suffix in SOURCES or name in SCRIPTS:
            head = content.decode(errors="replace").splitlines()[:3]
            if content.strip() and not any("SPDX-License-Identifier: Apache-2.0" in line for line in head):
                yield name, 1, "has no line 'SPDX-License-Identifier: Apache-2.0' at its top"


@check
def no_registry(files: dict[str, bytes]) -> Iterator[Finding]:
    """Locks and settings name no registry, so that everybody's own mirror is used."""
    for name, number, line in lines_of(files, ".lock", ".in", ".npmrc"):
        if "://" in line or re.search(r"index-url|find-links|^\s*registry\s*=", line):
            yield name, number, "names a registry"
    for name, number, line in lines_of(files, "pyproject.toml", ".toml", under="pyproject"):
        if re.search(r"index-url|find-links|\[\[tool\.uv\.index", line):
            yield name, number, "names a registry"
    for name, content in files.items():
        if Path(name).name == "package-lock.json":
            for package, entry in json.loads(content)["packages"].items():
                if "resolved" in entry:
                    yield name, 1, f"names a registry for {package}"
                if package and "integrity" not in entry:
                    yield name, 1, f"has no hash of {package}"


@check
def no_machine_path(files: dict[str, bytes]) -> Iterator[Finding]:
    """No file speaks of the machine on which it was written."""
    places = {f"{ROOT}/", f"{Path.home()}/"}
    if len(ROOT.parts) > 2 and ROOT.parent != Path("/tmp"):  # noqa: S108 the name of a place, not a file to make
        places.add(f"{ROOT.parent}/")
    pattern = re.compile("|".join(map(re.escape, sorted(places))) + r"|/home/[a-z]")
    for name, content in files.items():
        if is_text(content):
            for number, line in enumerate(content.decode().splitlines(), 1):
                # A path inside something else ("$tree/root/x", "https://host/home/a") is not one of this machine.
                if (found := pattern.search(line)) and not re.search(r"[\w.}\"')]$", line[: found.start()]):
                    yield name, number, f"names a path of one machine: {found[0]}"


@check
def size(files: dict[str, bytes]) -> Iterator[Finding]:
    """A file is one subject: split it by noun before it grows too long."""
    for name, content in files.items():
        if len(content) > MAX_BYTES:
            yield name, 1, f"is larger than {MAX_BYTES} bytes"
        # A migration is written once, by Alembic, and says one thing.
        written = name.endswith((".css", ".html", ".js", ".mjs", ".py")) and not name.startswith("migrations/versions/")
        if written and (count := len(content.splitlines())) > MAX_LINES:
            yield name, 1, f"has {count} lines; split it by noun at about 400"


@check
def one_committer(files: dict[str, bytes]) -> Iterator[Finding]:
    """Only app/db.py commits: everything else uses transaction()."""
    for name, number, line in lines_of(files, ".py", under="app/"):
        if name != "app/db.py" and re.search(r"\.commit\(\)", line):
            yield name, number, "commits by itself: use app.db.transaction()"


@check
def verifier_alone(files: dict[str, bytes]) -> Iterator[Finding]:
    """The verifier runs in an empty Python: it imports the standard library and itself."""
    for name, content in files.items():
        if name.startswith("verifier/") and name.endswith(".py"):
            for node in ast.walk(ast.parse(content)):
                modules = []
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    modules = [node.module or ""]
                for module in modules:
                    if module.partition(".")[0] not in sys.stdlib_module_names | {"verifier"}:
                        yield name, node.lineno, f"imports {module}, which is not of the standard library"


@check
def exact_numbers(files: dict[str, bytes]) -> Iterator[Finding]:
    """scoring/exact holds no float and no numpy."""
    for name, content in files.items():
        if name.startswith("scoring/exact") and name.endswith(".py"):
            for node in ast.walk(ast.parse(content)):
                line = getattr(node, "lineno", 0)
                if isinstance(node, ast.Constant) and isinstance(node.value, float):
                    yield name, line, f"holds the float {node.value}"
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                    yield name, line, "makes a float"
                elif isinstance(node, ast.Import | ast.ImportFrom) and "numpy" in ast.unparse(node):
                    yield name, line, "imports numpy"


@check
def strict_pages(files: dict[str, bytes]) -> Iterator[Finding]:
    """Templates keep the Content-Security-Policy: nothing inline, nothing from elsewhere, nothing unescaped."""
    rules = {
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")": "has an inline script",
        r"<style\b": "has an inline style sheet",
        r"\sstyle\s*=": "has an inline style",
        r"\son[a-z]+\s*=\s*[\"']": "has an inline handler",
        r"\bhx-on\b|[\"']js:|javascript:": "runs script from an attribute",
        r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//": "loads from abroad",
        r"\|\s*safe\b|autoescape\s+false": "switches escaping off",
    }
    for name, number, line in lines_of(files, ".html", under="templates/"):
        # Pages that WeasyPrint draws are not shown by a browser and carry their own style.
        if "/pdf/" in name:
            continue
        for pattern, sentence in rules.items():
            if re.search(pattern, line):
                yield name, number, sentence


@check
def reasons(files: dict[str, bytes]) -> Iterator[Finding]:
    """A suppression carries its reason on the line."""
    noqa, ignore = r"noqa:\s*[A-Z0-9, ]+|pragma: no cover", r"type:\s*ignore\[[\w, -]+\]"
    for name, number, line in lines_of(files, ".py"):
        # No type checker reads the tests; a remark for an editor suppresses nothing there.
        marks = re.compile(rf"#\s*(?:{noqa if name.startswith('tests/') else f'{noqa}|{ignore}'})(?P<reason>.*)")
        if (found := marks.search(line)) and not re.search(r"[^\W\d_]{2,}", found["reason"]):
            yield name, number, "suppresses a check without a reason on the line"


def tracked() -> dict[str, bytes]:
    """Return the files of the tree that git knows and that still exist."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    names = sorted(filter(None, listed.stdout.decode().split("\0")))
    return {name: (ROOT / name).read_bytes() for name in names if (ROOT / name).is_file()}


def main() -> int:
    """Print the findings of every check; return how this program ends."""
    files = tracked()
    if not files:
        print("there is nothing to check: is git installed, and is this a clone?", file=sys.stderr)
        return 1
    findings = [finding for one in CHECKS for finding in one(files)]
    for name, number, sentence in findings:
        print(f"{name}:{number}: {sentence}")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
