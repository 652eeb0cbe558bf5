# SPDX-License-Identifier: Apache-2.0
"""Telling people: a notice in the site, and mail to those who have an address. Always after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Flask, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Integer, String, bindparam, column, func, select, table, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, jobs
from app.db import Base, PublicId, db, transaction
from app.errors import Message
from app.policy import SYSTEM, Action, actor, requires


class NoticeKind(StrEnum):
    """What we tell people about."""

    DIARY_ENTRY_RELEASED = "diary_entry_released"
    DIARY_ENTRY_HELD = "diary_entry_held"
    HANDED_IN = "handed_in"
    ASSIGNED = "assigned"
    SHEET_RETURNED = "sheet_returned"
    JUDGE_RECUSED = "judge_recused"
    RANKING_WAITS = "ranking_waits"
    RANKING_PUBLISHED = "ranking_published"
    PROMOTED = "promoted"
    CERTIFICATE_READY = "certificate_ready"


WORDING: dict[NoticeKind, Message] = {
    NoticeKind.DIARY_ENTRY_RELEASED: _l("Your diary entry “%(title)s” is public now."),
    NoticeKind.DIARY_ENTRY_HELD: _l("Your diary entry “%(title)s” was held back: %(reason)s"),
    NoticeKind.HANDED_IN: _l("“%(title)s” is handed in. Keep the receipt."),
    NoticeKind.ASSIGNED: _l("%(count)s entries wait for your marks in %(stage)s."),
    NoticeKind.SHEET_RETURNED: _l("Your scoresheet for “%(title)s” came back: %(reason)s"),
    NoticeKind.JUDGE_RECUSED: _l(
        "A judge stepped back from entry %(number)s in %(stage)s. Draw again to fill the gap."
    ),
    NoticeKind.RANKING_WAITS: _l("The ranking of %(category)s waits for your confirmation."),
    NoticeKind.RANKING_PUBLISHED: _l("The ranking of %(category)s is published."),
    NoticeKind.PROMOTED: _l("“%(title)s” is promoted to %(stage)s."),
    NoticeKind.CERTIFICATE_READY: _l("The certificate for “%(title)s” is ready."),
}


USER = table("user", column("id"), column("email"), column("language"))  # the core knows no feature's model


class Notice(Base, PublicId):
    """One message to one person; worded when it is read, in the reader's language."""

    __tablename__ = "notice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    competition_id: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[NoticeKind] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    url: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    @property
    def text(self) -> str:
        return wording(self.kind, self.params)


def wording(kind: NoticeKind, params: Mapping[str, Any]) -> str:
    """Return the sentence of a notice in the present language."""
    return str(WORDING[NoticeKind(kind)]) % dict(params)


def notify(
    user_id: int,
    kind: NoticeKind,
    *,
    now: datetime,
    url: str | None = None,
    competition_id: int | None = None,
    **params: Any,
) -> None:
    """Add a notice to the running transaction; mail follows by a job once it is stored."""
    session = db.session()
    notice = Notice(user_id=user_id, kind=kind, params=params, url=url, created_at=now, competition_id=competition_id)
    session.add(notice)
    session.flush()
    if current_app.config["YOUYIN"].mail_url:
        jobs.enqueue("mail", {"notice": notice.id}, by=SYSTEM, now=now, competition_id=competition_id)


@jobs.job("mail", _l("Sending mail"))
def _mail(progress: jobs.Progress, *, notice: int) -> None:
    row = db.session.execute(
        select(Notice, USER.c.email, USER.c.language).join(USER, USER.c.id == Notice.user_id).where(Notice.id == notice)
    ).one_or_none()
    if row is None or not row[1]:
        return
    found, address, language = row
    settings = current_app.config["YOUYIN"]
    with force_locale(language or settings.default_language):
        message = EmailMessage()
        message["From"] = settings.mail_from
        message["To"] = address
        message["Subject"] = gettext("Youyin: a notice for you")  # no personal data in a subject
        body = wording(found.kind, found.params)
        if found.url and settings.public_url:
            body += f"\n\n{settings.public_url}{found.url}"
        message.set_content(body)
    db.session.rollback()
    send(message, settings.mail_url)


def send(message: EmailMessage, url: str) -> None:
    """Hand a message to the server behind `smtp://` or `smtps://` (user and password in the address)."""
    import smtplib

    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    server = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with server(parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=20) as connection:
        if not secure and connection.has_extn("starttls"):
            connection.starttls()
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        connection.send_message(message)


_UNREAD = select(func.count(Notice.id)).where(Notice.user_id == bindparam("user"), Notice.read_at.is_(None))


def unread(user_id: int) -> int:
    """Count the notices that a person has not read."""
    return db.session.scalar(_UNREAD, {"user": user_id}) or 0


blueprint = Blueprint("notify", __name__)


@blueprint.get("/notices")
@requires(Action.ACCOUNT_USE)
def inbox() -> ResponseReturnValue:
    """Show the newest hundred notices."""
    query = select(Notice).where(Notice.user_id == actor().user_id).order_by(Notice.id.desc()).limit(100)
    return render_template("notices.html", notices=db.session.scalars(query).all())


@blueprint.post("/notices/read")
@requires(Action.ACCOUNT_USE)
def mark_read() -> ResponseReturnValue:
    """Mark all notices as read."""
    with transaction() as session:
        session.execute(
            update(Notice)
            .where(Notice.user_id == actor().user_id, Notice.read_at.is_(None))
            .values(read_at=clock.now())
        )
    return redirect(url_for("notify.inbox"), 303)


def init_app(app: Flask) -> None:
    """Add the inbox."""
    app.register_blueprint(blueprint)
