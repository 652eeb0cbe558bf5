# SPDX-License-Identifier: Apache-2.0
"""The command line and the marks file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import scoring
from scoring import CellState, MarksError, read_marks, standings
from scoring.cli import run
from tests.scoring.contests import SIMPLE, simple

MARKS = """\
entry,judge,criterion,value,comment
a,J1,A1,8.5,
a,J1,A2,７,
a,J1,B1,high,daily
a,J2,A1,9,
a,J2,A2,9,
a,J2,B1,4,
a,J3,,recused,
b,J1,A1,0,
b,J1,A2,0,
b,J1,B1,low,
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "doc.toml").write_text(SIMPLE, encoding="utf-8")
    (tmp_path / "marks.csv").write_text(MARKS, encoding="utf-8-sig")
    return str(tmp_path / "doc.toml"), str(tmp_path / "marks.csv")


def called(*arguments: str) -> tuple[int, str, str]:
    out: list[str] = []
    err: list[str] = []
    code = run(arguments, out.append, err.append)
    return code, "\n".join(out), "\n".join(err)


def test_check_tells_the_digest_of_a_sound_document(files: tuple[str, str]) -> None:
    code, out, err = called("--lang", "en", "check", files[0])
    assert (code, err) == (0, "")
    assert out == f"{files[0]}: sound. 3 criteria, maximum 40, digest {simple().digest}"


def test_check_tells_everything_that_is_wrong(tmp_path: Path, files: tuple[str, str]) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SIMPLE.replace("max = 10", "max = 9.5"), encoding="utf-8")
    code, out, err = called("--lang", "zh", "check", files[0], str(wrong))
    assert code == 1
    assert out.startswith(files[0])
    assert err.splitlines() == [
        f'{wrong}: 第 13 行 rubric.groups[1].criteria[1].max：小数必须加引号，以保证精确：请写成 "9.5"。',
        f'{wrong}: 第 20 行 rubric.groups[1].criteria[2].max：小数必须加引号，以保证精确：请写成 "9.5"。',
    ]


def test_rank_prints_a_table(files: tuple[str, str]) -> None:
    code, out, err = called("--lang", "en", "rank", *files)
    assert (code, out.splitlines()) == (
        0,
        ["place,tied,entry,score,eligible,blocked_by", "1,no,a,30.75,yes,", ",no,b,,yes,too_few::"],
    )
    assert err.startswith("2 entries, standings digest ")


def test_rank_writes_files(files: tuple[str, str], tmp_path: Path) -> None:
    for name in ("out.json", "out.csv"):
        assert called("rank", *files, "--out", str(tmp_path / name), "--ineligible", "a")[0] == 0
    value = json.loads((tmp_path / "out.json").read_bytes())
    assert [(row["entry"], row["eligible"]) for row in value["rows"]] == [("a", False), ("b", True)]
    found = standings(simple(), read_marks(simple().rubric, MARKS, ["a"]))
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == found.canonical
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfplace,tied")


def test_explain_tells_the_way_to_a_place(files: tuple[str, str]) -> None:
    code, out, _ = called("--lang", "en", "rank", *files, "--explain", "a")
    assert (code, out.splitlines()[-1]) == (0, "Place: 1.")
    assert called("--lang", "en", "rank", *files, "--explain", "x")[::2] == (1, "There is no entry x.")


def test_canonical_document_is_read_too(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "doc.json").write_text(simple().canonical, encoding="utf-8")
    assert called("check", str(tmp_path / "doc.json"))[0] == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_file_that_cannot_be_read(content: bytes | None, files: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    code, _, err = called("--lang", "en", "rank", files[0], str(path))
    assert (code, err.startswith("This file cannot be used")) == (2, True)
    assert called("rank", *files, "--out", str(tmp_path / "no" / "x.csv"))[0] == 2


def test_cells_of_the_table_are_no_formulas(files: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(MARKS.replace("\na,", "\n=a,"), encoding="utf-8")
    assert "1,no,'=a,30.75" in called("rank", files[0], str(path))[1]


def test_every_fault_of_a_marks_file_is_told_with_row_and_column() -> None:
    text = MARKS + (
        "a,J1,A1,9,\n"  # repeated
        "c,J1,Z9,1,\n"
        "c,J1,A1,11,\n"
        "c,J1,A2,,\n"
        "c,J2,,8,\n"
        ",J1,A1,1,\n"
        "c,,A1,1,\n"
        "c,J3,A1\n"
        "a,J2,,absent,\n"
        "a,J3,A1,9,\n"
        "\n"
        "c,J1,A1,true,\n"
    )
    with pytest.raises(MarksError) as error:
        read_marks(simple().rubric, text, ["nobody"])
    assert [(problem.code, problem.row, problem.column) for problem in error.value.problems] == [
        ("repeated", 12, "criterion"),
        ("unknown_criterion", 13, "criterion"),
        ("mark", 14, "value"),
        ("mark", 15, "value"),
        ("not_a_state", 16, "value"),
        ("empty", 17, "entry"),
        ("empty", 18, "judge"),
        ("width", 19, ""),
        ("state_and_marks", 20, "criterion"),
        ("state_and_marks", 21, "criterion"),
        ("repeated", 23, "criterion"),
        ("no_such_entry", 1, "entry"),
    ]
    assert error.value.problems[2].say("en") == "row 14, column value: 11 is above the highest mark, 10."
    assert error.value.problems[2].say("zh") == "第 14 行 value 列：11 高于最高分 10。"


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("", {"no_column"}),
        ("entry,judge,criterion", {"no_column"}),
        ("entry,judge,criterion,value,extra", {"unknown_column"}),
        ("entry,judge,criterion,value,entry", {"column_repeated"}),
    ],
)
def test_header_must_be_known(header: str, codes: set[str]) -> None:
    with pytest.raises(MarksError) as error:
        read_marks(simple().rubric, header + "\n")
    assert {problem.code for problem in error.value.problems} == codes


def test_sheet_with_a_state_for_the_whole() -> None:
    found = {one.entry: {sheet.judge: sheet for sheet in one.sheets} for one in read_marks(simple().rubric, MARKS)}
    assert (found["a"]["J3"].state, found["a"]["J3"].cells) == (CellState.RECUSED, None)
    cells = found["a"]["J1"].cells
    assert cells is not None
    assert (cells["A2"].text, cells["B1"].text, cells["B1"].comment) == ("7", "10", "daily")


def test_module_runs(files: tuple[str, str]) -> None:
    root = Path(scoring.__file__).parent.parent
    command = [sys.executable, "-m", "scoring", "--lang", "zh", "check", files[0]]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=root, timeout=60)
    assert (done.returncode, "文档正确" in done.stdout) == (0, True)
