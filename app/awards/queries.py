# SPDX-License-Identifier: Apache-2.0
"""What the pages of awards read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.awards.codes import read_check_code
from app.awards.facts import Facts
from app.awards.models import Award, Certificate, CertificateState
from app.competitions.models import StageCategory
from app.db import db
from app.entries.models import Entry
from app.results.models import RankingRun, RunState


@dataclass(frozen=True, slots=True)
class AwardLine:
    """An award with its certificate, if there is one, as the organizers' page lists it."""

    title: str
    number: str
    entry_title: str
    applicant: str
    certificate: str | None
    serial: str | None
    check_code: str | None
    state: CertificateState | None
    issued_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


def awards_of(run: RankingRun) -> list[AwardLine]:
    """Return the awards of a run in the order of the rule and the places: one statement."""
    rows: Any = db.session.execute(
        select(
            Award.title,
            Entry.number,
            Entry.title,
            Entry.applicant,
            Certificate.public_id,
            Certificate.serial,
            Certificate.check_code,
            Certificate.state,
            Certificate.issued_at,
            Certificate.withdrawn_at,
            Certificate.withdrawn_reason,
        )
        .join(Entry, Entry.id == Award.entry_id)
        .outerjoin(Certificate, Certificate.award_id == Award.id)
        .where(Award.run_id == run.id)
        .order_by(Award.id, Certificate.id)
    )
    return [AwardLine(*row) for row in rows]


def of_entry(entry: Entry) -> Sequence[Certificate]:
    """Return the certificates of an entry that were issued, the oldest first."""
    query = (
        select(Certificate)
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.entry_id == entry.id, Certificate.state != CertificateState.WAITING)
        .options(joinedload(Certificate.award))
        .order_by(Certificate.id)
    )
    return db.session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class Verified:
    """What everybody may know of a certificate by its check code."""

    check_code: str
    facts: Facts
    digest: str
    state: CertificateState
    issued_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    timezone: str
    run: str
    is_replaced: bool


def verified(check_code: str) -> Verified | None:
    """Return what a certificate states, from the database alone; None for every code that no issued one has."""
    code = read_check_code(check_code)
    if code is None:
        return None
    found = db.session.scalar(
        select(Certificate)
        .where(Certificate.check_code == code, Certificate.state != CertificateState.WAITING)
        .options(
            joinedload(Certificate.award)
            .joinedload(Award.run)
            .joinedload(RankingRun.stage_category)
            .joinedload(StageCategory.stage)
        )
    )
    if found is None:
        return None
    run = found.award.run
    return Verified(
        check_code=found.check_code,
        facts=found.facts,
        digest=found.digest,
        state=CertificateState(found.state),
        issued_at=found.issued_at,
        withdrawn_at=found.withdrawn_at,
        withdrawn_reason=found.withdrawn_reason,
        timezone=run.competition.timezone,
        run=run.public_id,
        is_replaced=run.state == RunState.SUPERSEDED,
    )
