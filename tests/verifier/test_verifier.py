# SPDX-License-Identifier: Apache-2.0
"""The verifier as people use it: one file, any Python, an archive beside it."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
import string
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring
import verifier
from tests.scoring.contests import fixed
from tests.verifier.archives import NAME, Archive, pack
from verifier import words
from verifier.cli import main
from verifier.numbers import read_number, rounded, write_number
from verifier.proofs import merkle_root

SOURCES = sorted(Path(verifier.__file__).parent.glob("*.py"))
PAGES = Path(verifier.__file__).parent.parent / "docs" / "handbook"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return pack(Archive().bag(), tmp_path / "small.zip")


def test_sound_archive(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(archive), "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert "The archive is sound." in printed
    assert re.search(r"^standings sha256 [0-9a-f]{64}$", printed, re.MULTILINE)
    assert main([str(archive), "--lang", "zh"]) == 0
    assert "归档完好" in capsys.readouterr().out


def test_digest_of_all_places_is_the_one_that_scoring_gives(archive: Path) -> None:
    standing = re.compile(rf"{NAME}/data/standings/([a-z]+)--([a-z.]+)--2\.json")
    with zipfile.ZipFile(archive) as zipped:
        named = ((standing.fullmatch(name), name) for name in zipped.namelist())
        runs = [(match[1], match[2], json.loads(zipped.read(name))) for match, name in named if match]
    text = scoring.places_canonical(runs)
    assert verifier.verify(archive).standings_sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_unpacked_archive_has_the_same_digests(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(tmp_path / "out")
    inside, outside = verifier.verify(tmp_path / "out" / NAME), verifier.verify(archive)
    assert verifier.verify(tmp_path / "out").standings_sha256 == outside.standings_sha256
    assert (inside.bag_sha256, inside.standings_sha256) == (outside.bag_sha256, outside.standings_sha256)
    (tmp_path / "out" / NAME / "data" / "extra").symlink_to("/etc/passwd")
    assert [finding.code for finding in verifier.verify(tmp_path / "out").findings] == ["link"]


def test_json_for_programs(archive: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([str(archive), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["findings"], told["counts"]["entries"]) == (True, [], 8)
    assert main([str(tmp_path / "nothing.zip"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "no_file"


def run(python: str, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python that sees nothing but its standard library."""
    command = [python, "-I", "-S", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120, encoding="utf-8")


def test_packed_file_finds_its_archive(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    program = folder / NAME / "verify.pyz"
    inside = run(sys.executable, program, cwd=tmp_path)
    assert (inside.returncode, inside.stderr) == (0, "")
    assert list(folder.rglob("__pycache__")) == []
    beside = tmp_path / "beside"
    beside.mkdir()
    shutil.copy(program, beside)
    assert run(sys.executable, beside / "verify.pyz", cwd=tmp_path).returncode == 2
    shutil.copy(archive, beside)
    found = run(sys.executable, beside / "verify.pyz", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    data = bytearray((folder / NAME / "data" / "tables" / "marks.csv").read_bytes())
    data[100] ^= 1
    (folder / NAME / "data" / "tables" / "marks.csv").write_bytes(data)
    changed = run(sys.executable, program, "--lang", "en", cwd=tmp_path)
    assert changed.returncode == 1
    assert "data/tables/marks.csv: The file was changed" in changed.stdout


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.9", "3.10", "3.11", "3.12", "3.13"])
def test_packed_file_runs_on_other_pythons(version: str, archive: Path, tmp_path: Path) -> None:
    python = shutil.which(f"python{version}")
    works = python and run(python, "-c", "pass", cwd=tmp_path).returncode == 0
    if python is None or not works:
        pytest.skip(f"there is no working python{version} on this machine")
    (tmp_path / "verify.pyz").write_bytes(verifier.pack())
    found = run(python, tmp_path / "verify.pyz", archive, cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert verifier.verify(archive).standings_sha256 in found.stdout


def test_packing_gives_the_same_bytes() -> None:
    assert verifier.pack() == verifier.pack()
    assert verifier.pack().startswith(b"#!/usr/bin/env python3\nPK")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_sources_need_only_an_old_python_and_its_library(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.split(".")[0]
            assert top == "verifier" or top in sys.stdlib_module_names, name
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id == "float")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_handbook_lists_exactly_the_columns(language: str) -> None:
    page = (PAGES / f"archive-format.{language}.md").read_text(encoding="utf-8")
    listed = {}
    for line in page.splitlines():
        if match := re.fullmatch(r"\| `([a-z]+)` \| ((?:`[a-z_0-9]+`(?:, )?){3,}) \|", line):
            listed[match[1]] = tuple(re.findall(r"`([a-z_0-9]+)`", match[2]))
    assert listed == verifier.TABLES


def test_every_code_has_its_sentences() -> None:
    used = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'(?:report\.add|NotAnArchiveError|sentence)\(\s*"([a-z_0-9]+)"', text))
    assert used <= set(words.codes())
    for code in words.codes():
        chinese, english = (words.sentence(code, Anything(), language) for language in ("zh", "en"))
        assert chinese != english
        fields = [{f for _, f, _, _ in string.Formatter().parse(text) if f} for text in words._SENTENCES[code]]
        assert fields[0] == fields[1], code


class Anything(dict[str, str]):
    """Values for every placeholder."""

    def __missing__(self, key: str) -> str:
        return "…"


@fixed(300)
@given(st.fractions(-(10**9), 10**9), st.sampled_from(["half_up", "half_even", "down", "up", "cut"]), st.integers(0, 6))
def test_numbers_agree_with_the_engine(value: Fraction, mode: str, places: int) -> None:
    expected = scoring.Rounding(scoring.RoundingMode(mode), places).apply(value)
    assert rounded(value, (mode, places)) == expected
    assert write_number(value) == scoring.format_number(value)
    assert read_number(write_number(expected)) == expected


def test_numbers_have_one_spelling() -> None:
    for text in ("01", "1.0", "-0", "1e3", "+1", ".5", "5.", "١", "1/2", "", " 1", "1\n", "NaN"):
        assert read_number(text) is None


def test_merkle_root_has_the_published_values() -> None:
    """The test vectors of RFC 6962's first implementation."""
    leaves = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
    roots = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    for size, root in roots.items():
        assert merkle_root(leaves[:size]).hex() == root
