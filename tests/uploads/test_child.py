# SPDX-License-Identifier: Apache-2.0
"""The child is fenced in, held to its limits, and believed only where its answer fits the form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.uploads import corpus
from uploads import Code, Kind, Limits, Received, Refused, parse, sandbox_report
from uploads.fences import MEMORY_BYTES
from uploads.kinds import FORMATS
from uploads.parse import Answer, ask, inspect

ROOT = Path(__file__).parents[2]
Take = Callable[..., Received]


# -------------------------------------------------------------------------------------------------------------- fences


def test_all_fences_hold_where_tests_run() -> None:
    report = sandbox_report()
    assert report.missing == ()
    assert all(report.fences.values())


@pytest.mark.parametrize(
    ("without", "open_fences"),
    [
        (["namespaces"], set()),
        (["seccomp"], set()),
        (["landlock"], set()),
        (["namespaces", "seccomp"], {"network"}),
        (["namespaces", "landlock"], {"files"}),
        (["namespaces", "landlock", "seccomp"], {"network", "files"}),
    ],
)
def test_each_fence_holds_alone_and_a_missing_one_is_seen(
    tmp_path: Path, without: list[str], open_fences: set[str]
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    line = ask({"task": "report", "without": without}, tmp_path / "file", tmp_path).lines[-1]
    fences = line["fences"]
    assert isinstance(fences, dict)
    assert {name for name, held in fences.items() if not held} == open_fences


# In a container there are no namespaces, and what was not loaded before is forbidden rather than absent.
@pytest.mark.parametrize("without", [["namespaces"], ["landlock"], ["namespaces", "landlock", "seccomp"]])
@pytest.mark.parametrize(
    ("form", "content"),
    [
        *[(name.lower(), corpus.picture(name)) for name in ("JPEG", "PNG", "GIF", "WEBP")],
        ("jpeg", corpus.photo(orientation=6)),
        ("pdf", corpus.pdf(2)),
    ],
    ids=["jpeg", "png", "gif", "webp", "photo", "pdf"],
)
def test_files_are_drawn_whichever_fences_hold(tmp_path: Path, without: list[str], form: str, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    request: parse.Json = {"task": "draw", "format": form, "first": 1, "last": 2, "without": without}

    answer = ask(request, tmp_path / "file", tmp_path)

    assert answer.refused is None
    assert all((tmp_path / "out" / str(line["file"])).stat().st_size for line in answer.lines if "file" in line)


def test_the_child_starts_quickly(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(corpus.picture("JPEG"))
    took = []
    for _ in range(5):
        started = time.perf_counter()
        inspect(tmp_path / "file", FORMATS["jpeg"], Limits(1 << 20), tmp_path)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.3


def test_only_the_parser_needed_is_loaded() -> None:
    heavy = ["PIL.Image", "pypdfium2", "pillow_heif", "obstore", "numpy", "flask", "sqlalchemy", "uploads.intake"]
    code = textwrap.dedent(f"""
        import runpy, sys
        sys.argv = ["child.py"]
        child = runpy.run_path("uploads/child.py", run_name="child")
        child["_load"]({{"task": "check", "format": sys.stdin.read()}})
        print([name for name in {heavy} if name in sys.modules])
    """)
    loaded = {
        name: subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, input=name, capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("jpeg", "heic", "pdf", "docx", "mp4", "txt")
    }
    assert loaded == {
        "jpeg": "['PIL.Image']",
        "heic": "['PIL.Image', 'pillow_heif']",
        "pdf": "['PIL.Image', 'pypdfium2']",
        "docx": "[]",
        "mp4": "[]",
        "txt": "[]",
    }


# -------------------------------------------------------------------------------------------------------------- limits

_PEAK = """
import json, resource, sys
from pathlib import Path
from uploads.parse import ask
folder = Path(sys.argv[1])
answer = ask(json.loads(sys.argv[2]), folder / "file", folder)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
code = answer.refused.code.value if answer.refused else "fine"
print(json.dumps([code, used.ru_maxrss * 1024, used.ru_utime + used.ru_stime]))
"""


def _huge_picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (8160, 6120)) -> bytes:
    return corpus.picture(kind, size, mode)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "allowed"),
    [
        pytest.param("jpeg", lambda: _huge_picture("JPEG"), {"fine"}, id="largest jpeg"),
        pytest.param("png", lambda: _huge_picture("PNG", "RGBA"), {"fine"}, id="largest png"),
        pytest.param("gif", lambda: _huge_picture("GIF", "P"), {"fine"}, id="largest gif"),
        pytest.param("heic", lambda: _huge_picture("HEIF"), {"fine"}, id="largest heic"),
        pytest.param("webp", lambda: _huge_picture("WEBP", "RGBA", (6000, 4000)), {"fine"}, id="largest webp"),
        pytest.param("png", lambda: corpus.png_bomb(13_000), {"too_many_pixels", "bomb"}, id="657 KB, 169 megapixels"),
        pytest.param("png", lambda: corpus.png_bomb(30_000), {"too_many_pixels", "bomb"}, id="900 megapixels"),
        pytest.param("png", corpus.png_text_bomb, {"unreadable"}, id="300 MB of comment"),
        pytest.param("pdf", corpus.pdf_flate_bomb, {"fine", "unreadable", "timeout", "bomb"}, id="400 MB of drawing"),
        pytest.param("pdf", corpus.pdf_picture_bomb, {"fine", "unreadable", "timeout", "bomb"}, id="a gigapixel page"),
        pytest.param("docx", lambda: corpus.office(extra={"a.xml": bytes(700 << 20)}), {"bomb"}, id="700 MB of XML"),
        pytest.param("csv", lambda: b"1," * (100 << 20), {"fine"}, id="a line of 200 MB"),
    ],
)
def test_hostile_files_stay_within_memory_and_time(
    tmp_path: Path, name: str, content: Callable[[], bytes], allowed: set[str]
) -> None:
    """Measured by the system; the pixel limit is lifted, so that the fence itself must hold."""
    (tmp_path / "file").write_bytes(content())
    for task in ("check", "draw") if name in {"jpeg", "png", "gif", "heic", "webp", "pdf"} else ("check",):
        pixels = 1 << 40 if "fine" not in allowed else 50_000_000
        request = {"task": task, "format": name, "max_pixels": pixels, "max_pages": 200, "first": 1, "last": 9}
        measured = subprocess.run(
            [sys.executable, "-c", _PEAK, tmp_path, json.dumps(request)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        code, memory, cpu = json.loads(measured.stdout)
        assert code in allowed
        assert memory <= MEMORY_BYTES
        assert cpu <= 11.5


# ------------------------------------------------------------------------------------------------- a child gone astray


@pytest.fixture
def astray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Ask a child that a hostile file has taken over: it does what the given code says."""

    def act(code: str, seconds: float = 20) -> Answer:
        script = tmp_path / "astray.py"
        script.write_text(f"import json, os, sys, time\nsys.path.insert(0, {str(ROOT)!r})\n{textwrap.dedent(code)}")
        monkeypatch.setattr(parse, "CHILD", script)
        (tmp_path / "file").write_bytes(b"x")
        return ask({"task": "check", "format": "jpeg"}, tmp_path / "file", tmp_path, seconds=seconds)

    return act


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param("os.kill(os.getpid(), 11)", Code.UNREADABLE, id="crash"),
        pytest.param("os.abort()", Code.UNREADABLE, id="abort"),
        pytest.param("sys.exit(0)", Code.UNREADABLE, id="silence"),
        pytest.param("print('{\"end\": true}', end='')", Code.UNREADABLE, id="half a line"),
        pytest.param("print('<html>')", Code.UNREADABLE, id="no JSON"),
        pytest.param("print('[1]')", Code.UNREADABLE, id="another form"),
        pytest.param("print('[' * 100_000)", Code.UNREADABLE, id="deep nesting"),
        pytest.param('print(\'{"refused": "because"}\')', Code.UNREADABLE, id="a reason that is none"),
        pytest.param("print('{\"end\": true}' + ' ' * 300_000)", Code.UNREADABLE, id="too much"),
        pytest.param("while True: os.write(1, b'x' * 65536)", Code.UNREADABLE, id="endless"),
        pytest.param("from uploads import fences; fences.limit(cpu=1)\nwhile True: pass", Code.TIMEOUT, id="CPU"),
        pytest.param(
            "from uploads import fences; fences.limit()\ntry: bytes(600 << 20)\nexcept MemoryError: os.abort()",
            Code.UNREADABLE,
            id="memory",
        ),
    ],
)
def test_a_child_that_breaks_is_a_refusal(astray: Callable[..., Answer], code: str, reason: Code) -> None:
    refused = astray(code).refused
    assert refused is not None
    assert refused.code == reason


def test_a_child_that_hangs_is_ended_with_all_it_started(astray: Callable[..., Answer], tmp_path: Path) -> None:
    started = time.perf_counter()
    refused = astray(f"""
        if os.fork() == 0:
            open({str(tmp_path / "grandchild")!r}, "w").write(str(os.getpid()))
        time.sleep(60)
    """, seconds=1.5).refused  # fmt: skip
    assert refused is not None
    assert refused.code == Code.TIMEOUT
    assert time.perf_counter() - started < 10
    with pytest.raises(ProcessLookupError):
        _wait_for_end(int((tmp_path / "grandchild").read_text()))


def _wait_for_end(process: int) -> None:
    for _ in range(100):
        os.kill(process, 0)
        if "Z" in Path(f"/proc/{process}/stat").read_text().split(")")[1]:
            raise ProcessLookupError
        time.sleep(0.02)


def test_a_child_that_goes_on_after_its_answer_is_ended(astray: Callable[..., Answer]) -> None:
    started = time.perf_counter()
    answer = astray("os.write(1, b'{\"end\": true}\\n'); os.close(1); time.sleep(60)")
    assert answer.refused is None
    assert time.perf_counter() - started < 10


def test_figures_that_cannot_be_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "astray.py"
    script.write_text(
        """print('{"width": -3, "height": 1e400, "pages": true, "format": "pdf", "key": "../../x", "end": true}')"""
    )
    monkeypatch.setattr(parse, "CHILD", script)
    (tmp_path / "file").write_bytes(b"x")
    found = inspect(tmp_path / "file", FORMATS["jpeg"], Limits(1), tmp_path)
    assert (found.format, found.width, found.height, found.pages) == (FORMATS["jpeg"], None, None, None)


@pytest.mark.parametrize(
    "line",
    [
        '{"name": "../../evil", "number": 1, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": 0, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": true, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": 7, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": 1, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": 2, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": 3, "file": "x", "width": 1, "height": 1}',
        '{"name": "page", "number": 4, "file": "x", "width": 1, "height": 1}',
    ],
)
def test_pictures_that_are_none_are_not_stored(
    take: Take, storage: object, workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """A link to a secret, a second name for it, a queue, a page of HTML: none of them reaches the store."""
    from uploads import Storage, previews

    assert isinstance(storage, Storage)
    received = take(corpus.pdf(), "a.pdf")
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xd8\xff secret")
    script = tmp_path / "astray.py"
    script.write_text(
        f"import os\nos.symlink({str(secret)!r}, 'page-0001.jpg')\nos.link({str(secret)!r}, 'page-0002.jpg')\n"
        f"os.mkfifo('page-0003.jpg')\nopen('page-0004.jpg', 'w').write('<html>')\n"
        f"print({line!r})\nprint('{{\"end\": true}}')"
    )
    monkeypatch.setattr(parse, "CHILD", script)
    before = set(storage.keys())
    with pytest.raises(Refused) as caught:
        list(previews(received, Kind.PDF, storage=storage, workdir=workdir))
    assert caught.value.code == Code.UNREADABLE
    assert set(storage.keys()) == before
