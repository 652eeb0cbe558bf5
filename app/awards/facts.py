# SPDX-License-Identifier: Apache-2.0
"""What a certificate states: a snapshot taken when it is issued, which nothing changes afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from app.awards.models import Award
from app.competitions.models import Competition
from app.results.models import RankingRow, RankingRun
from app.results.queries import code_of
from app.results.stored import stored

FORMAT = 1
Facts = dict[str, Any]


def facts_of_award(
    award: Award,
    row: RankingRow,
    run: RankingRun,
    *,
    serial: str,
    issuer: str,
    verify_at: str,
    now: datetime,
) -> Facts:
    """Return what the certificate of an award says; strings, whole numbers and truth values only."""
    join = run.stage_category
    category, contest = join.category, join.stage.competition
    facts: Facts = {
        "v": FORMAT,
        "serial": serial,
        "contest": contest.title,
        "contest_id": contest.public_id,
        "division": category.division.title,
        "category": category.title,
        "category_code": code_of(join),
        "stage": join.stage.title,
        "entry": award.entry.number,
        "title": award.entry.title,
        "applicant": award.entry.applicant,
        "applicant_is": str(category.division.applicant),
        "unit": award.entry.unit.name,
        "award": award.title,
        "score": row.score or "",
        "date": now.astimezone(ZoneInfo(contest.timezone)).date().isoformat(),
        "issuer": issuer,
        "mode": str(run.mode),
        "standings": stored(run).standings_digest,
        "demo": contest.is_rehearsal,
        "language": contest.language,
        "verify_at": verify_at,
    }
    if row.place is not None:
        facts["place"] = row.place
        facts["tied"] = row.tied
    return facts


def default_issuer(contest: Competition) -> str:
    """Return who issues when the organizer names nobody: the contest's committee."""
    return f"{contest.title}组织委员会" if contest.language == "zh" else f"Organizing committee of {contest.title}"


def digest(facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the facts' canonical JSON."""
    return hashlib.sha256(rfc8785.dumps(dict(facts))).hexdigest()


def words(facts: Mapping[str, Any]) -> str:
    """Return everything of the facts that stands on paper as text: what the typefaces have to be able to draw."""
    return "".join(str(facts[key]) for key in ON_PAPER)


ON_PAPER = ("contest", "division", "category", "title", "applicant", "unit", "award", "issuer", "serial", "verify_at")
