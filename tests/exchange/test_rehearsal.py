# SPDX-License-Identifier: Apache-2.0
"""A rehearsed contest: the same for the same seed on both engines, and its archive verifies on its own."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.awards.models import Certificate, CertificateState
from app.db import db
from app.evidence.store import storage
from app.exchange.folder import read
from app.exchange.rehearsal.chance import Chance
from app.exchange.rehearsal.media import Media
from app.exchange.rehearsal.play import Play
from app.exchange.rehearsal.report import Report, Until
from app.exchange.rehearsal.shift import into_the_final
from app.judging.models import Scoresheet, SheetState
from app.results.models import Promotion
from tests import factories as make

TINY = Path(__file__).resolve().parents[2] / "examples" / "tiny"
SEED_1 = "793d55acefe57db9a179560a67bd93921ccfbaa94daabb0617406de0abfad13c"  # on every engine and Python version


def play(until: Until, *, seed: int = 1, media: Media = Media.NONE) -> Play:
    found = Play(read(TINY), seed, media, Report())
    found.run(until)
    return found


@pytest.mark.slow
def test_a_whole_contest_ends_in_an_archive_that_verifies(app: Flask, tmp_path: Path) -> None:
    played = play(Until.ARCHIVE, media=Media.SMALL)
    assert played.report.standings == SEED_1
    assert db.session.scalar(select(func.count()).select_from(Promotion)) == 2
    issued = select(func.count()).select_from(Certificate).where(Certificate.state == CertificateState.ISSUED)
    assert db.session.scalar(issued) == 2
    assert played.report.archive is not None
    file = tmp_path / "tiny.zip"
    file.write_bytes(storage().read(played.report.archive))
    with zipfile.ZipFile(file) as bag:
        program = next(name for name in bag.namelist() if name.endswith("/verify.pyz"))
        (tmp_path / "verify.pyz").write_bytes(bag.read(program))
    found = verify(tmp_path, file)
    assert found.returncode == 0, found.stdout
    assert json.loads(found.stdout)["standings_sha256"] == SEED_1
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as bag:
        marks = next(info for info in bag.infolist() if info.filename.endswith("tables/marks.csv"))
    content[marks.header_offset + 30 + len(marks.filename) + len(marks.extra) + 40] ^= 1
    file.write_bytes(bytes(content))
    broken = verify(tmp_path, file)
    assert broken.returncode != 0
    assert "marks.csv" in broken.stdout


def verify(folder: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """Run the packed verifier in a Python without our packages."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.pyz"), str(file), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_another_seed_gives_another_contest(app: Flask) -> None:
    assert play(Until.PUBLISHED, seed=2).report.standings not in (None, SEED_1)


def test_a_contest_stops_in_the_middle_of_its_final(app: Flask) -> None:
    played = Play(into_the_final(read(TINY), make.NOW), 1, Media.NONE, Report())
    played.run(Until.FINAL)
    states = db.session.scalars(select(Scoresheet.state)).all()
    assert SheetState.SUBMITTED in states
    assert played.report.standings is None


def test_chance_depends_on_its_labels_alone() -> None:
    chance = Chance("seed")
    assert [chance.number("a", 1, 6), chance.number("b", 1, 6)] == [chance.number("a", 1, 6), chance.number("b", 1, 6)]
    assert chance.of("x").number("a", 0, 10**9) != chance.of("y").number("a", 0, 10**9)
    assert all(3 <= chance.number(str(draw), 3, 5) <= 5 for draw in range(200))
