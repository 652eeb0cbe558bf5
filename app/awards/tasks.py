# SPDX-License-Identifier: Apache-2.0
"""The job that draws certificates."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import audit, clock, jobs
from app.accounts.identity import actor_of
from app.accounts.models import User
from app.audit import Event
from app.awards import service
from app.awards.drawing import Paper, Press
from app.awards.models import Award, Certificate, CertificateState
from app.db import db, transaction
from app.evidence.service import keep_blob
from app.evidence.store import storage
from app.notify import NoticeKind, notify
from app.policy import SYSTEM, Actor
from app.results.models import RankingRun
from app.results.recipients import people_of_entries

AT_ONCE = 10  # certificates in one transaction: drawing takes time, and is done before it
MEDIA_TYPE = "application/pdf"


@jobs.job(service.KIND, _l("Drawing certificates"))
def draw(progress: jobs.Progress, *, run: int, actor: int | None) -> dict[str, Any]:
    """Draw every certificate of a run that has no paper yet; may run again from any point, each is issued once."""
    rows = db.session.execute(
        select(
            Certificate.id, Certificate.check_code, Certificate.facts, Certificate.digest, Certificate.created_at,
            Certificate.state,
        )
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.run_id == run)
        .order_by(Certificate.id)
    ).all()  # fmt: skip
    person = db.session.get(User, actor) if actor is not None else None
    by = actor_of(person, via="job") if person is not None else SYSTEM
    db.session.rollback()
    papers = {row.id: Paper(row.check_code, row.facts, row.digest, row.created_at) for row in rows}
    waiting = [row.id for row in rows if row.state == CertificateState.WAITING]
    done = len(rows) - len(waiting)
    progress(done, len(rows))
    if not waiting:
        return {"certificates": 0}
    press = Press(papers.values())
    for start in range(0, len(waiting), AT_ONCE):
        drawn = []
        for certificate in waiting[start : start + AT_ONCE]:
            pdf = press.draw(papers[certificate])
            sha256 = hashlib.sha256(pdf).hexdigest()
            key = f"certificates/{sha256[:2]}/{sha256}.pdf"
            storage().put(key, pdf)
            drawn.append((certificate, sha256, len(pdf), key))
        with transaction():
            _issue(drawn, run, by=by)
        done += len(drawn)
        progress(done, len(rows))
    return {"certificates": len(waiting)}


def _issue(drawn: Sequence[tuple[int, str, int, str]], run_id: int, *, by: Actor) -> None:
    """Join papers with their certificates; one that another worker issued meanwhile stays as it is."""
    now = clock.now()
    session = db.session()
    contest = session.get_one(RankingRun, run_id).competition
    found = {
        row.id: row
        for row in session.scalars(
            select(Certificate)
            .where(Certificate.id.in_([one[0] for one in drawn]), Certificate.state == CertificateState.WAITING)
            .with_for_update(of=Certificate)
        )
    }
    people = people_of_entries({row.award.entry_id for row in found.values()})
    for certificate_id, sha256, size, key in drawn:
        row = found.get(certificate_id)
        if row is None:
            continue
        row.blob_id = keep_blob(sha256=sha256, size=size, media_type=MEDIA_TYPE, key=key, now=now).id
        row.state, row.issued_at = CertificateState.ISSUED, now
        audit.record(
            Event.CERTIFICATE_ISSUED,
            row,
            by=by,
            now=now,
            competition=contest,
            data={"serial": row.serial, "digest": row.digest, "file": sha256},
        )
        for user_id in people[row.award.entry_id]:
            notify(
                user_id,
                NoticeKind.CERTIFICATE_READY,
                now=now,
                url=f"/certificates/{row.public_id}.pdf",
                competition_id=contest.id,
                title=row.award.entry.title,
            )
