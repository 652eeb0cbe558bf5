# SPDX-License-Identifier: Apache-2.0
"""Awards granted by a final ranking, their certificates issued and withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import audit, jobs
from app.audit import AuditHead, Event
from app.awards import facts as snapshot
from app.awards.codes import new_check_code, read_check_code
from app.awards.fonts import without_glyph
from app.awards.models import Award, Certificate, CertificateState
from app.competitions.models import Competition, Stage, StageCategory
from app.db import db
from app.entries.models import Entry, EntryState
from app.errors import Conflict, Invalid
from app.jobs import Job
from app.policy import Action, Actor, demand
from app.results.models import RankingRow, RankingRun
from app.results.stored import stored

KIND = "certificates"
REASON = 300
ISSUER = 80


@dataclass(frozen=True, slots=True)
class Undrawable:
    """An entry with characters that no typeface of this machine has."""

    entry: str
    characters: tuple[str, ...]


class GlyphsMissing(Conflict):
    """Certificates cannot be drawn as they have to read; `problems` names each entry and its characters."""

    def __init__(self, problems: Sequence[Undrawable]) -> None:
        self.problems = problems
        listed = "; ".join(f"{one.entry}: {' '.join(named(char) for char in one.characters)}" for one in problems)
        super().__init__(
            _l(
                "No typeface on this machine can draw these characters: %(listed)s. Correct the name or the title, or "
                "install a typeface that has them; nothing is issued before.",
                listed=listed,
            )
        )


def named(char: str) -> str:
    """Return a character with its code point, so that it can be told apart when it shows as an empty box."""
    return f"“{char}” (U+{ord(char):04X})"


def grant(run: RankingRun, *, by: Actor, now: datetime) -> list[Award]:
    """Grant the awards that the rule of a final ranking gives; asked again, change nothing."""
    _hold(run)
    demand(Action.CERTIFICATES_ISSUE, by, run, now)
    session = db.session()
    there = _awards(run)
    lists = stored(run).awards
    if there or not any(one["entries"] for one in lists):
        return there
    numbers = [number for one in lists for number in one["entries"]]
    entries = {
        entry.number: entry
        for entry in session.scalars(
            select(Entry).where(Entry.competition_id == _contest(run).id, Entry.number.in_(numbers))
        )
    }
    gone = [number for number in numbers if entries[number].state != EntryState.HANDED_IN]
    if gone:
        raise Conflict(
            _l(
                "These entries were withdrawn or disqualified after the ranking was made: %(entries)s. Compute and "
                "publish a new ranking first.",
                entries=", ".join(sorted(gone)),
            )
        )
    session.add_all(
        Award(run_id=run.id, entry_id=entries[number].id, code=one["code"], title=one["title"], granted_at=now)
        for one in lists
        for number in one["entries"]
    )
    audit.record(
        Event.AWARDS_GRANTED,
        run,
        by=by,
        now=now,
        competition=_contest(run),
        data={"output": run.output_digest, "awards": {one["code"]: list(one["entries"]) for one in lists}},
    )
    return _awards(run)


def issue(
    run: RankingRun, *, by: Actor, now: datetime, issuer: str | None = None, address: str | None = None
) -> list[Certificate]:
    """Give every award of a final ranking its certificate: number, check code and facts now, the paper by a job.

    `address` is where this installation is reached (`https://…`), for the QR code; the setting goes before it.
    """
    awards = grant(run, by=by, now=now)
    contest = _contest(run)
    issuer = " ".join((issuer or snapshot.default_issuer(contest)[:ISSUER]).split())
    if not 1 <= len(issuer) <= ISSUER:
        message = _l("Name who issues the certificates, in at most %(most)s characters.", most=ISSUER)
        raise Invalid(message, fields={"issuer": message})
    session = db.session()
    valid = select(Certificate.award_id).where(Certificate.award_id.in_([award.id for award in awards]))
    done = set(session.scalars(valid))
    waiting = [award for award in awards if award.id not in done]
    if not waiting:
        _draw_again(run, by=by, now=now)
        return _certificates(run)
    rows = {row.entry_id: row for row in session.scalars(select(RankingRow).where(RankingRow.run_id == run.id))}
    verify_at = _verify_at(address)
    number = _issued_so_far(contest)
    year = now.astimezone(ZoneInfo(contest.timezone)).year
    made = []
    for award in waiting:
        number += 1
        serial = f"{contest.slug.upper()}-{year}-{number:04d}"
        facts = snapshot.facts_of_award(
            award, rows[award.entry_id], run, serial=serial, issuer=issuer, verify_at=verify_at, now=now
        )
        made.append(
            Certificate(
                award_id=award.id,
                serial=serial,
                check_code=new_check_code(),
                facts=facts,
                digest=snapshot.digest(facts),
                state=CertificateState.WAITING,
                created_at=now,
            )
        )
    _refuse_undrawable(made)
    session.add_all(made)
    session.flush()
    audit.record(
        Event.CERTIFICATES_ORDERED,
        run,
        by=by,
        now=now,
        competition=contest,
        data={"output": run.output_digest, "certificates": {one.serial: one.digest for one in made}},
    )
    jobs.enqueue(KIND, {"run": run.id, "actor": by.user_id}, by=by, now=now, competition_id=contest.id)
    return _certificates(run)


def _draw_again(run: RankingRun, *, by: Actor, now: datetime) -> None:
    """Ask for the papers once more where some are missing and no job is about to draw them."""
    session = db.session()
    missing = (
        select(Certificate.id)
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.run_id == run.id, Certificate.state == CertificateState.WAITING)
    )
    last = last_job(run)
    if session.scalar(missing.limit(1)) is not None and (last is None or last.is_over):
        jobs.enqueue(KIND, {"run": run.id, "actor": by.user_id}, by=by, now=now, competition_id=_contest(run).id)


def last_job(run: RankingRun) -> Job | None:
    """Return the newest drawing of a run's certificates."""
    query = select(Job).where(Job.kind == KIND, Job.competition_id == _contest(run).id).order_by(Job.id.desc())
    return next((job for job in db.session().scalars(query) if job.arguments.get("run") == run.id), None)


def undrawable(run: RankingRun, *, issuer: str | None = None) -> list[Undrawable]:
    """Return the awarded entries with characters that certificates cannot show, for the page before the issue."""
    numbers = [number for one in stored(run).awards for number in one["entries"]]
    contest = _contest(run)
    rows = db.session.scalars(
        select(Entry)
        .where(Entry.competition_id == contest.id, Entry.number.in_(numbers))
        .options(joinedload(Entry.unit))
        .order_by(Entry.number)
    )
    common = contest.title + (issuer or "")
    found = [(row.number, without_glyph(row.title + row.applicant + row.unit.name + common)) for row in rows]
    return [Undrawable(number, tuple(missing)) for number, missing in found if missing]


def _refuse_undrawable(made: Sequence[Certificate]) -> None:
    found = [(one.facts["entry"], without_glyph(snapshot.words(one.facts))) for one in made]
    problems = [Undrawable(entry, tuple(missing)) for entry, missing in found if missing]
    if problems:
        raise GlyphsMissing(problems)


def withdraw(certificate: Certificate, *, reason: str, by: Actor, now: datetime) -> Certificate:
    """Withdraw a certificate; whoever verifies it reads that, since when and why."""
    session = db.session()
    session.scalars(
        select(Certificate)
        .where(Certificate.id == certificate.id)
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    ).one()
    demand(Action.CERTIFICATE_WITHDRAW, by, certificate, now)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON:
        message = _l("Say why, in at most %(most)s characters. Whoever verifies the certificate reads it.", most=REASON)
        raise Invalid(message, fields={"reason": message})
    certificate.state = CertificateState.WITHDRAWN
    certificate.withdrawn_at, certificate.withdrawn_reason = now, reason
    entry = certificate.award.entry
    audit.record(
        Event.CERTIFICATE_WITHDRAWN,
        certificate,
        by=by,
        now=now,
        competition=_contest(certificate.award.run),
        data={
            "serial": certificate.serial,
            "digest": certificate.digest,
            "reason": audit.commitment(reason, user_id=entry.owner_id),
        },
    )
    return certificate


def facts_of(check_code: str) -> Mapping[str, Any] | None:
    """Return what the certificate with this code states, however the code is written; None when there is none."""
    code = read_check_code(check_code)
    if code is None:
        return None
    return db.session.scalar(
        select(Certificate.facts).where(Certificate.check_code == code, Certificate.state != CertificateState.WAITING)
    )


def _hold(run: RankingRun) -> None:
    """Lock a run, and the contest's trail, so that serial numbers are given out one after the other."""
    session = db.session()
    session.scalars(
        select(RankingRun)
        .where(RankingRun.id == run.id)
        .with_for_update(of=RankingRun)
        .execution_options(populate_existing=True)
    ).one()
    session.execute(select(AuditHead.id).where(AuditHead.competition_id == _contest(run).id).with_for_update())


def _awards(run: RankingRun) -> list[Award]:
    """Return the awards of a run in the order of the rule and of the places."""
    query = (
        select(Award)
        .where(Award.run_id == run.id)
        .options(joinedload(Award.entry).joinedload(Entry.unit))
        .order_by(Award.id)
    )
    return list(db.session().scalars(query))


def _certificates(run: RankingRun) -> list[Certificate]:
    query = select(Certificate).join(Award, Award.id == Certificate.award_id).where(Award.run_id == run.id)
    return list(db.session().scalars(query.order_by(Certificate.id)))


def _issued_so_far(contest: Competition) -> int:
    """Count the certificates of a contest, withdrawn ones too: a number is given out once."""
    query = (
        select(func.count(Certificate.id))
        .join(Award, Award.id == Certificate.award_id)
        .join(RankingRun, RankingRun.id == Award.run_id)
        .join(StageCategory, StageCategory.id == RankingRun.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(Stage.competition_id == contest.id)
    )
    return db.session().scalar(query) or 0


def _verify_at(address: str | None) -> str:
    base = current_app.config["YOUYIN"].public_url or (address or "").rstrip("/")
    return f"{base}/verify" if base else ""


def _contest(run: RankingRun) -> Competition:
    return run.stage_category.stage.competition
