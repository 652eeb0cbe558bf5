# SPDX-License-Identifier: Apache-2.0
"""Register entries, save and hand in their application form and result report, withdraw, disqualify."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app import audit
from app.accounts.models import Unit, User
from app.accounts.names import clean_line, sort_key
from app.audit import Event
from app.competitions.models import Applicant, Category, Competition, Division
from app.db import db
from app.diaries.models import Diary
from app.diaries.texts import clean_text
from app.entries import application, versions
from app.entries.models import Entry, EntryMember, EntryState, EntryVersion, Part
from app.errors import Conflict, Invalid, Stale
from app.evidence import queries as evidence_queries
from app.evidence import service as evidence_service
from app.evidence.models import Evidence
from app.evidence.service import checked_reason
from app.notify import NoticeKind, notify
from app.policy import Actor
from uploads import Received

TITLE, APPLICANT, MEMBER, REPORT = 200, 120, 80, 60_000  # characters
MEMBERS = 100
FILES = 60  # of one result report
TRIES = 5  # at a free number, when others register at the same moment


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What becomes of the files of a result report when it is saved."""

    added: Sequence[Received] = ()
    captions: Mapping[str, str] = field(default_factory=dict)  # by the file's public id
    order: Mapping[str, int] = field(default_factory=dict)
    removed: Iterable[str] = ()


def create(
    competition: Competition,
    category: Category,
    *,
    number: str | None = None,
    title: str,
    applicant: str,
    unit: Unit,
    owner: User,
    by: Actor,
    now: datetime,
) -> Entry:
    """Register an entry as a draft, with its diary; without `number` it gets the next free one of its category."""
    if category.division.competition_id != competition.id:
        raise ValueError("this category belongs to another competition")
    title, applicant = _checked_names(title, applicant)
    diary = Diary()
    session = db.session()
    session.add(diary)
    session.flush()
    entry = Entry(
        competition_id=competition.id,
        category_id=category.id,
        title=title,
        applicant=applicant,
        sort_key=_sort_key(applicant, category.division),
        unit_id=unit.id,
        owner_id=owner.id,
        diary_id=diary.id,
        form={},
        created_at=now,
    )
    if number is not None:
        entry.number = clean_line(number, field="number", limit=20)
        session.add(entry)
        session.flush()
    else:
        _add_with_next_number(entry, number_prefix(competition, category))
    audit.record(
        Event.ENTRY_CREATED,
        entry,
        by=by,
        now=now,
        competition=competition,
        data={"number": entry.number, "category": category.public_id, "unit": unit.public_id},
    )
    return entry


def save(
    entry: Entry,
    *,
    expected_version: int,
    title: str,
    applicant: str,
    form: Mapping[str, Any],
    members: Sequence[str],
    by: Actor,
    now: datetime,
) -> Entry:
    """Save the application form as a draft: limits hold, what is required may still be missing."""
    _demand_live(entry)
    if entry.version != expected_version:
        raise Stale(
            _l("The application form was saved meanwhile, perhaps in another window. Both texts are below."),
            theirs=entry,
        )
    faults: dict[str, Any] = {}
    try:
        title, applicant = _checked_names(title, applicant)
    except Invalid as invalid:
        faults.update(invalid.fields)
    try:
        names = _checked_members(members)
    except Invalid as invalid:
        faults.update(invalid.fields)
        names = []
    stored, wrong = application.cleaned(fields_of(entry), form, complete=False)
    faults.update(wrong)
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    entry.title, entry.applicant = title, applicant
    entry.sort_key = _sort_key(applicant, entry.category.division)
    entry.form = stored
    _set_members(entry, names)
    flag_modified(entry, "form")  # a change of the members alone counts as a new version too
    audit.record(Event.ENTRY_SAVED, entry, by=by, now=now, competition=entry.competition)
    return entry


def hand_in(entry: Entry, *, accept_names: bool, by: Actor, now: datetime) -> EntryVersion:
    """Hand the application form in, or again: what it says now is kept as a version that nobody changes."""
    _demand_live(entry)
    faults = dict(application.cleaned(fields_of(entry), entry.form, complete=True)[1])
    if not accept_names:
        faults["accept_names"] = _l("Read how names are published and accept it.")
    if faults:
        raise Invalid(_l("Something is still missing."), fields=faults)
    number = _next_version(entry, Part.APPLICATION)
    version = _add_version(
        entry, Part.APPLICATION, versions.application_content(entry, number=number, now=now), number, by=by, now=now
    )
    entry.state = EntryState.HANDED_IN
    entry.names_accepted_at = now
    _note_hand_in(entry, version, Event.ENTRY_HANDED_IN, by=by, now=now)
    return version


def save_result(
    entry: Entry,
    *,
    expected_version: int,
    report: str,
    files: ReportFiles | None = None,
    by: Actor,
    now: datetime,
) -> Entry:
    """Save the result report, its files, their captions and order."""
    _demand_handed_in(entry)
    if entry.version != expected_version:
        raise Stale(
            _l("The result report was saved meanwhile, perhaps in another window. Both texts are below."), theirs=entry
        )
    entry.report = clean_text(report, field="report", limit=REPORT, required=False)
    _change_files(entry, files or ReportFiles(), by=by, now=now)
    flag_modified(entry, "report")  # a change of the files alone counts as a new version too
    audit.record(Event.RESULT_SAVED, entry, by=by, now=now, competition=entry.competition)
    return entry


def add_result_files(entry: Entry, files: Sequence[Received], *, by: Actor, now: datetime) -> None:
    """Keep more files with a result report, whatever becomes of the text sent with them."""
    _demand_handed_in(entry)
    _change_files(entry, ReportFiles(added=files), by=by, now=now)


def hand_in_result(entry: Entry, *, by: Actor, now: datetime) -> EntryVersion:
    """Hand the result report in, or again, with the digests of its files; from now on judges can read it."""
    _demand_handed_in(entry)
    files = evidence_queries.of_entry(entry.id)
    if not entry.report and not any(not file.is_struck for file in files):
        message = _l("The result report is empty: write it, or add the file that it stands in.")
        raise Invalid(message, fields={"report": message})
    number = _next_version(entry, Part.RESULT)
    version = _add_version(
        entry, Part.RESULT, versions.result_content(entry, files, number=number, now=now), number, by=by, now=now
    )
    entry.result_handed_in_at = now
    _note_hand_in(entry, version, Event.RESULT_HANDED_IN, by=by, now=now)
    return version


def withdraw(entry: Entry, *, reason: str, by: Actor, now: datetime) -> Entry:
    """Withdraw an entry 退赛: it leaves the contest, its record stays."""
    return _end(entry, EntryState.WITHDRAWN, Event.ENTRY_WITHDRAWN, reason=reason, by=by, now=now)


def disqualify(entry: Entry, *, reason: str, by: Actor, now: datetime) -> Entry:
    """Disqualify an entry 取消资格 for a reason that stays on the record."""
    return _end(entry, EntryState.DISQUALIFIED, Event.ENTRY_DISQUALIFIED, reason=reason, by=by, now=now)


def fields_of(entry: Entry) -> list[application.FormField]:
    """Return the fields of the entry's application form."""
    return application.fields_of(entry.category.division.form)


def default_applicant(category: Category, unit: Unit, who: Actor) -> str:
    """Return the name that is published unless another is typed."""
    return unit.name if category.division.applicant == Applicant.UNIT else who.name


def number_prefix(competition: Competition, category: Category) -> str:
    """Return the letter of a category: A for the first of the contest, Z is followed by AA."""
    query = (
        select(Category.id)
        .join(Division, Division.id == Category.division_id)
        .where(Division.competition_id == competition.id)
        .order_by(Division.position, Division.id, Category.position, Category.id)
    )
    place = list(db.session().scalars(query)).index(category.id)
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters = chr(ord("A") + rest) + letters
        place -= 1
    return letters


def _add_with_next_number(entry: Entry, prefix: str) -> None:
    """Add the entry under the next free number; the unique constraint finds who was faster, then we try again."""
    session = db.session()
    for attempt in range(TRIES):
        taken = session.scalar(
            select(Entry.number)
            .where(Entry.competition_id == entry.competition_id, Entry.number.regexp_match(f"^{prefix}-[0-9]+$"))
            .order_by(func.length(Entry.number).desc(), Entry.number.desc())
            .limit(1)
        )
        entry.number = f"{prefix}-{int(taken.partition('-')[2]) + 1 if taken else 1:03d}"
        try:
            with session.begin_nested():
                session.add(entry)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
        else:
            return


def _sort_key(applicant: str, division: Division) -> str:
    return sort_key(applicant, person=division.applicant == Applicant.PERSON, limit=240)


def _checked_names(title: str, applicant: str) -> tuple[str, str]:
    faults: dict[str, Any] = {}
    found = []
    for name, value, limit in (("title", title, TITLE), ("applicant", applicant, APPLICANT)):
        try:
            found.append(clean_line(value, field=name, limit=limit))
        except Invalid as invalid:
            faults.update(invalid.fields)
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return found[0], found[1]


def _checked_members(members: Sequence[str]) -> list[str]:
    names = [clean_line(name, field="members", limit=MEMBER, required=False) for name in members]
    names = [name for name in names if name]
    if len(names) > MEMBERS:
        message = _l("At most %(limit)s people can be named.", limit=MEMBERS)
        raise Invalid(message, fields={"members": message})
    return names


def _set_members(entry: Entry, names: Sequence[str]) -> None:
    """Name the people of an entry in this order; who is named already keeps the link with an account."""
    if [member.name for member in entry.members] == list(names):
        return
    known: dict[str, int | None] = {member.name: member.user_id for member in entry.members}
    entry.members = [
        EntryMember(name=name, user_id=known.get(name), position=position) for position, name in enumerate(names)
    ]


def _demand_live(entry: Entry) -> None:
    if entry.state not in (EntryState.DRAFT, EntryState.HANDED_IN):
        raise Conflict(_l("The entry is no longer open to changes: it is withdrawn or disqualified."))


def _demand_handed_in(entry: Entry) -> None:
    _demand_live(entry)
    if entry.state != EntryState.HANDED_IN:
        raise Conflict(_l("Hand the application form in first."))


def _next_version(entry: Entry, part: Part) -> int:
    last = db.session().scalar(
        select(func.max(EntryVersion.number)).where(EntryVersion.entry_id == entry.id, EntryVersion.part == part)
    )
    return (last or 0) + 1


def _add_version(
    entry: Entry, part: Part, content: dict[str, Any], number: int, *, by: Actor, now: datetime
) -> EntryVersion:
    text, digest = versions.canonical(content)
    version = EntryVersion(
        entry_id=entry.id,
        part=part,
        number=number,
        canonical=text,
        digest=digest,
        handed_in_at=now,
        handed_in_by_id=by.user_id if by.user_id is not None else entry.owner_id,
    )
    session = db.session()
    session.add(version)
    session.flush()
    return version


def _note_hand_in(entry: Entry, version: EntryVersion, event: Event, *, by: Actor, now: datetime) -> None:
    audit.record(
        event,
        entry,
        by=by,
        now=now,
        competition=entry.competition,
        data={"version": version.number, "receipt": version.public_id, "digest": version.digest},
    )
    notify(
        entry.owner_id,
        NoticeKind.HANDED_IN,
        now=now,
        url=f"/entries/{entry.public_id}/receipt/{version.public_id}",
        competition_id=entry.competition_id,
        title=entry.title,
    )


def _end(entry: Entry, state: EntryState, event: Event, *, reason: str, by: Actor, now: datetime) -> Entry:
    _demand_live(entry)
    entry.state_reason = checked_reason(reason)
    entry.state = state
    audit.record(event, entry, by=by, now=now, competition=entry.competition, data={"reason": entry.state_reason})
    return entry


def _change_files(entry: Entry, files: ReportFiles, *, by: Actor, now: datetime) -> None:
    query = select(Evidence).where(Evidence.entry_id == entry.id).order_by(Evidence.position, Evidence.id)
    removed = set(files.removed)
    kept = []
    for file in db.session().scalars(query).all():
        if file.public_id not in removed:
            kept.append(file)
        elif was_handed_in(entry, file):
            raise Conflict(_l("This file was handed in: it stays on the record. Strike it instead."))
        else:
            evidence_service.discard(file, by=by, now=now)
    kept.sort(key=lambda file: files.order.get(file.public_id, file.position))
    for position, file in enumerate(kept):
        evidence_service.describe(file, caption=files.captions.get(file.public_id, file.caption), position=position)
    if len(kept) + len(files.added) > FILES:
        message = _l("At most %(limit)s files belong to a result report.", limit=FILES)
        raise Invalid(message, fields={"files": message})
    for position, received in enumerate(files.added, start=len(kept)):
        evidence_service.keep(received, entry=entry, position=position, by=by, now=now)


def was_handed_in(entry: Entry, file: Evidence) -> bool:
    """Tell whether a file of a result report was part of a hand-in."""
    return entry.result_handed_in_at is not None and file.received_at <= entry.result_handed_in_at
