# SPDX-License-Identifier: Apache-2.0
"""Writes a whole contest as an archive of format 1; docs/handbook/archive-format says what lies where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import select

import verifier
from app.archives.bag import Bag
from app.archives.cast import Cast
from app.archives.tables import Tables, as_csv
from app.audit import AuditEvent
from app.awards.models import Award, Certificate
from app.clock import iso
from app.competitions.models import Competition
from app.db import db
from app.diaries.models import DiaryEntry
from app.entries.models import Entry, EntryVersion
from app.evidence.models import Blob, Evidence
from app.ledger import root
from app.results.stored import stored
from uploads import Storage

FORMAT = 1
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What names an archive: the bag's digest, and how many files it holds."""

    bag_digest: str
    files: int


def write(
    competition: Competition, out: IO[bytes], *, name: str, storage: Storage, now: datetime, advance: Advance
) -> Written:
    """Write the archive into `out`, from one consistent view of the database; `advance(done, total)` counts files.

    All rows are read before the first file, so that `advance` may write in between.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.rollback()
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        competition = db.session.get_one(Competition, competition.id)
    cast = Cast(competition)
    bag = Bag(out, name)
    counts: dict[str, int] = {}
    for table, rows in Tables(cast).all():
        content, counts[table] = as_csv(table, rows)
        bag.put(f"tables/{table}.csv", content)
    _documents(bag, cast)
    for run in cast.runs:
        code, outcome = cast.run_code(run.id), stored(run)
        bag.put(f"inputs/{code}.json", run.input)
        bag.put(f"standings/{code}.json", outcome.standings_canonical)
        bag.put(f"derivations/{code}.json", outcome.derivations_canonical)
    for digest, canonical in _versions(competition):
        bag.put(f"versions/{digest}.json", canonical)
    lines = [line.encode("utf-8") for line in _trail(competition)]
    bag.put("audit.jsonl", (line + b"\n" for line in lines))
    files = sorted(_files(competition))
    audit = {"events": len(lines), "root": root(lines)}
    bag.put("competition.json", cast.canonical(_head(cast, counts, audit, now)))
    for number, (sha256, key) in enumerate(files):
        advance(number, len(files))
        bag.put(f"files/{sha256[:2]}/{sha256}", storage.stream(key), packed=False)
    bag.tag("verify.pyz", verifier.pack())
    return Written(bag.close(now=now, description=competition.slug), len(bag.payload))


def _head(cast: Cast, rows: dict[str, int], audit: dict[str, Any], now: datetime) -> dict[str, Any]:
    contest = cast.competition
    return {
        "format": FORMAT,
        "id": contest.public_id,
        "slug": contest.slug,
        "title": contest.title,
        "language": contest.language,
        "timezone": contest.timezone,
        "mode": str(contest.mode),
        "rehearsal": contest.is_rehearsal,
        "made_at": iso(now),
        "files": "all",
        "stages": [{"code": stage.code, "title": stage.title} for stage in contest.stages],
        "divisions": [
            {
                "code": division.code,
                "title": division.title,
                "applicant": str(division.applicant),
                "categories": [{"code": category.code, "title": category.title} for category in division.categories],
            }
            for division in contest.divisions
        ],
        "documents": [
            {
                "stage": stage.code,
                "category": cast.category(join.category_id),
                "digest": join.digest,
                "frozen_at": iso(join.frozen_at) if join.frozen_at is not None else None,
                "judges": join.judges_wanted,
            }
            for stage in contest.stages
            for join in stage.stage_categories
            if join.document is not None
        ],
        "audit": audit,
        "rows": rows,
    }


def _documents(bag: Bag, cast: Cast) -> None:
    for stage in cast.competition.stages:
        for join in stage.stage_categories:
            if join.document is not None:
                bag.put(f"documents/{stage.code}--{cast.category(join.category_id)}.json", join.document)


def _versions(competition: Competition) -> Iterator[tuple[str, str]]:
    query = (
        select(EntryVersion.digest, EntryVersion.canonical)
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .where(Entry.competition_id == competition.id)
        .order_by(EntryVersion.id)
    )
    seen = set()
    for digest, canonical in db.session.execute(query.execution_options(yield_per=100)):
        if digest not in seen:
            seen.add(digest)
            yield digest, canonical


def _trail(competition: Competition) -> Iterable[str]:
    return db.session.scalars(
        select(AuditEvent.canonical)
        .where(AuditEvent.competition_id == competition.id)
        .order_by(AuditEvent.sequence)
        .execution_options(yield_per=1000)
    )


def _files(competition: Competition) -> set[tuple[str, str]]:
    """Return digest and key of every file: evidence of reports, evidence of diaries, certificates."""
    of_report = (
        select(Blob.sha256, Blob.key)
        .join(Evidence, Evidence.blob_id == Blob.id)
        .join(Entry, Entry.id == Evidence.entry_id)
        .where(Entry.competition_id == competition.id)
    )
    of_diary = (
        select(Blob.sha256, Blob.key)
        .join(Evidence, Evidence.blob_id == Blob.id)
        .join(DiaryEntry, DiaryEntry.id == Evidence.diary_entry_id)
        .join(Entry, Entry.diary_id == DiaryEntry.diary_id)
        .where(Entry.competition_id == competition.id)
    )
    papers = (
        select(Blob.sha256, Blob.key)
        .join(Certificate, Certificate.blob_id == Blob.id)
        .join(Award, Award.id == Certificate.award_id)
        .join(Entry, Entry.id == Award.entry_id)
        .where(Entry.competition_id == competition.id)
    )
    return {(sha256, key) for query in (of_report, of_diary, papers) for sha256, key in db.session.execute(query)}
