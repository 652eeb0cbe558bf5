# SPDX-License-Identifier: Apache-2.0
"""What can be done to a contest as a whole; its parts stand in `structure.py`. Other features call this door only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import User
from app.accounts.names import clean_line
from app.accounts.service import grant_role
from app.audit import Event
from app.competitions.models import Competition, DiaryRelease, Mode
from app.competitions.readiness import blocking
from app.competitions.structure import (
    add_category,
    add_division,
    add_stage,
    change_category,
    change_division,
    change_join,
    change_stage,
    join,
    leave,
    set_window,
)
from app.db import db
from app.errors import Conflict, DomainError, Invalid, Message, Stale
from app.i18n import LANGUAGES
from app.policy import Actor, Role

__all__ = [
    "add_category",
    "add_division",
    "add_stage",
    "change",
    "change_category",
    "change_division",
    "change_join",
    "change_stage",
    "create",
    "join",
    "leave",
    "open_to_public",
    "set_window",
]

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
RESERVED = frozenset({"new", "all", "archive", "archives", "search"})
LONGEST_TEXT = 20_000
LONGEST_NOTICE = 365
FIELDS = (
    "slug",
    "title",
    "language",
    "timezone",
    "intro",
    "contact",
    "names_rule",
    "mode",
    "diary_release",
    "notice_days",
)


class Fields:
    """Gathers what is wrong with several values, so that a person reads all of it at once."""

    def __init__(self) -> None:
        self.wrong: dict[str, Message] = {}

    def add(self, name: str, message: Message) -> None:
        self.wrong.setdefault(name, message)

    def take(self, error: DomainError) -> None:
        self.wrong.update(error.fields)

    def close(self) -> None:
        if self.wrong:
            raise Invalid(_l("Something that was sent is not right. Look at the marked fields."), fields=self.wrong)


def create(
    *,
    slug: str,
    title: str,
    language: str = "zh",
    timezone: str = "Asia/Shanghai",
    intro: str = "",
    contact: str = "",
    names_rule: str = "",
    mode: Mode = Mode.STRICT,
    diary_release: DiaryRelease = DiaryRelease.BY_UNIT,
    notice_days: int = 7,
    is_rehearsal: bool = False,
    by: Actor,
    now: datetime,
) -> Competition:
    """Make a contest as a draft; whoever makes it organizes it."""
    values = checked(
        {
            "slug": slug,
            "title": title,
            "language": language,
            "timezone": timezone,
            "intro": intro,
            "contact": contact,
            "names_rule": names_rule,
            "mode": mode,
            "diary_release": diary_release,
            "notice_days": notice_days,
        }
    )
    contest = Competition(**values, is_rehearsal=is_rehearsal, created_at=now)
    session = db.session()
    session.add(contest)
    session.flush()
    audit.record(
        Event.COMPETITION_CREATED,
        contest,
        by=by,
        now=now,
        competition=contest,
        data={"slug": contest.slug, "rehearsal": "yes" if is_rehearsal else "no"},
    )
    if by.user_id is not None:
        grant_role(session.get_one(User, by.user_id), contest, Role.ORGANIZER, by=by, now=now)
    return contest


def change(
    competition: Competition, *, expected_version: int, values: Mapping[str, object], by: Actor, now: datetime
) -> Competition:
    """Change the settings named in `values`; the address of an open contest stays what it was printed as."""
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"no settings of a contest: {sorted(unknown)}")
    if competition.version != expected_version:
        raise Stale(
            _l("Somebody else changed these settings meanwhile. What stands there now is shown beside your text."),
            yours=dict(values),
            theirs={name: getattr(competition, name) for name in FIELDS},
        )
    clean = checked(values)
    if competition.opened_at is not None and clean.get("slug", competition.slug) != competition.slug:
        fault = _l("The contest is open; its address stays.")
        raise Invalid(fault, fields={"slug": fault})
    changed = sorted(name for name, value in clean.items() if getattr(competition, name) != value)
    for name in changed:
        setattr(competition, name, clean[name])
    if changed:
        # Free text is named, not copied: a contact is a person.
        told = {n: str(clean[n]) for n in changed if n not in ("title", "intro", "contact", "names_rule")}
        audit.record(
            Event.COMPETITION_CHANGED,
            competition,
            by=by,
            now=now,
            competition=competition,
            data={"changed": changed, **told},
        )
    return competition


def open_to_public(competition: Competition, *, by: Actor, now: datetime) -> None:
    """Open a contest: from now on everybody can find it. Refuse while something that it needs is missing."""
    if competition.opened_at is not None:
        raise Conflict(_l("This contest is open already."))
    missing = blocking(competition)
    if missing:
        raise Conflict(_l("Not ready yet: %(what)s", what=missing[0].text))
    competition.opened_at = now
    audit.record(Event.COMPETITION_OPENED, competition, by=by, now=now, competition=competition)


def checked(values: Mapping[str, object]) -> dict[str, object]:
    """Return settings as they are stored, or raise Invalid with everything that is wrong."""
    fields = Fields()
    clean: dict[str, object] = dict(values)
    if "slug" in values:
        slug = str(values["slug"]).strip()
        if not SLUG.fullmatch(slug):
            fields.add("slug", _l("Take 3 to 40 small letters a–z, digits and hyphens, such as yangtze-2026."))
        elif slug in RESERVED:
            fields.add("slug", _l("This word has another use in addresses. Take another one."))
        clean["slug"] = slug
    if "title" in values:
        try:
            clean["title"] = clean_line(str(values["title"]), field="title", limit=200)
        except Invalid as error:
            fields.take(error)
    if "language" in values and values["language"] not in LANGUAGES:
        fields.add("language", _l("There is no such language here."))
    if "timezone" in values and not _is_zone(str(values["timezone"])):
        fields.add("timezone", _l("This is no time zone. Write it as Asia/Shanghai."))
    for name in ("intro", "contact", "names_rule"):
        if name in values:
            clean[name] = str(values[name]).replace("\r\n", "\n").strip()
            if len(str(clean[name])) > LONGEST_TEXT:
                fields.add(name, _l("Write at most %(most)s characters.", most=LONGEST_TEXT))
    for name, kind in (("mode", Mode), ("diary_release", DiaryRelease)):
        if name in values:
            try:
                clean[name] = kind(str(values[name]))
            except ValueError:
                fields.add(name, _l("Choose one of the list."))
    if "notice_days" in values:
        days = values["notice_days"]
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= LONGEST_NOTICE:
            fields.add("notice_days", _l("Write a whole number of days from 0 to %(most)s.", most=LONGEST_NOTICE))
    fields.close()
    return clean


def _is_zone(name: str) -> bool:
    if name not in available_timezones():
        return False
    ZoneInfo(name)
    return True
