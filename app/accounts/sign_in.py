# SPDX-License-Identifier: Apache-2.0
"""Ways in and out: password, personal link, sessions, and the link that makes the first administrator."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import select, update

from app import audit, clock
from app.accounts import passwords
from app.accounts.identity import actor_of, open_session, token_hash
from app.accounts.models import SignInLink, User, UserSession
from app.accounts.names import login_key
from app.accounts.passwords import Hashed
from app.audit import Event
from app.db import PUBLIC_ID_ALPHABET, db
from app.errors import Conflict, Invalid, Message, NotFound
from app.policy import Actor

LONGEST_LINK = timedelta(days=400)
FIRST_LINK_SECONDS = 24 * 3600
EXPIRED = _l("This link has expired. Ask for a new one where you got it.")
REVOKED = _l("This link was ended. Ask for a new one where you got it.")
USED = _l("This link was used once and works only once. Ask for a new one where you got it.")
SUSPENDED = _l("This account is suspended. Ask the administrator.")


class LinkOver(Conflict):
    """A personal link that was good once: expired, ended or used."""

    status = 410


def authenticate(login: str, password: str, now: datetime) -> User | None:
    """Return the person whom login name and password fit; the same work whether such a person exists or not.

    Reads only; call it before the transaction, since checking takes long on purpose.
    """
    try:
        key = login_key(login)
    except Invalid:
        key = None
    user = db.session.scalar(select(User).where(User.login_key == key)) if key is not None else None
    right = passwords.matches(password, user.password_hash if user is not None else None)
    return user if right and user is not None and user.suspended_at is None else None


def start_session(
    user: User,
    *,
    device: str,
    now: datetime,
    how: str = "password",
    replaces: int | None = None,
    renewed: Hashed | None = None,
) -> str:
    """Sign a person in on a device and return the token that its browser keeps.

    `replaces` is the session that this browser had before; `renewed` the password hashed at today's cost.
    """
    if user.suspended_at is not None:
        raise Conflict(SUSPENDED)
    session = db.session()
    if replaces is not None:
        session.execute(
            update(UserSession).where(UserSession.id == replaces, UserSession.ended_at.is_(None)).values(ended_at=now)
        )
    if renewed is not None:
        user.password_hash = renewed.text
    token = open_session(user, device=device, now=now)
    audit.record(Event.SESSION_STARTED, user, by=actor_of(user), now=now, data={"how": how})
    return token


def end_session(session: UserSession, *, by: Actor, now: datetime) -> None:
    """End a session; ending it twice does nothing."""
    if session.ended_at is None:
        session.ended_at = now
        audit.record(Event.SESSION_ENDED, session, by=by, now=now)


def end_other_sessions(user: User, *, keep: int | None, by: Actor, now: datetime) -> int:
    """End every session of a person but `keep`, and return how many ended."""
    query = select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    ended = [row for row in db.session().scalars(query) if row.id != keep and row.expires_at > now]
    for row in ended:
        end_session(row, by=by, now=now)
    return len(ended)


# ---------------------------------------------------------------------------------------------------------------- links


def new_link_token() -> str:
    """Return 125 random bits in five groups of five small letters and digits: somebody may have to type them."""
    letters = "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(25))
    return "-".join(letters[at : at + 5] for at in range(0, 25, 5))


def _bare(token: str) -> str:
    return token.replace("-", "").lower()


def make_link(user: User, *, expires_at: datetime, single_use: bool = False, by: Actor, now: datetime) -> str:
    """Make a personal sign-in link and return its token: the only moment at which anybody can read it."""
    if user.suspended_at is not None:
        raise Conflict(SUSPENDED)
    if not now < expires_at <= now + LONGEST_LINK:
        fault = _l("Let the link end between now and 400 days from now.")
        raise Invalid(fault, fields={"expires_at": fault})
    token = new_link_token()
    link = SignInLink(
        user_id=user.id,
        token_hash=token_hash(_bare(token)),
        single_use=single_use,
        created_at=now,
        created_by_id=by.user_id,
        expires_at=expires_at,
    )
    db.session().add(link)
    audit.record(
        Event.SIGN_IN_LINK_MADE,
        link,
        by=by,
        now=now,
        data={"user": user.public_id, "expires": clock.iso(expires_at), "single_use": "yes" if single_use else "no"},
    )
    return token


def revoke_link(link: SignInLink, *, by: Actor, now: datetime) -> None:
    """End a link; sessions that it opened stay and can be ended by themselves."""
    if link.revoked_at is None:
        link.revoked_at = now
        audit.record(Event.SIGN_IN_LINK_REVOKED, link, by=by, now=now, data={"user": link.user.public_id})


def link_of(token: str, now: datetime, *, lock: bool = False) -> SignInLink:
    """Return the link behind a token that is good now; NotFound for an unknown one, LinkOver for one that was good."""
    query = select(SignInLink).where(SignInLink.token_hash == token_hash(_bare(token)))
    link = db.session.scalar(query.with_for_update() if lock else query)
    if link is None:
        raise NotFound
    fault = fault_of(link, now)
    if fault is not None:
        raise LinkOver(fault)
    return link


def fault_of(link: SignInLink, now: datetime) -> Message | None:
    """Return why a link is not good any more, or None."""
    if link.revoked_at is not None:
        return REVOKED
    if link.single_use and link.used_at is not None:
        return USED
    if now >= link.expires_at:
        return EXPIRED
    return SUSPENDED if link.user.suspended_at is not None else None


def follow_link(token: str, *, device: str, now: datetime, replaces: int | None = None) -> tuple[User, str]:
    """Sign in by a personal link: return the person and the token of the new session."""
    link = link_of(token, now, lock=True)  # of two who come at the same moment with a link for one, one gets in
    link.used_at = now
    return link.user, start_session(link.user, device=device, now=now, how=f"link:{link.public_id}", replaces=replaces)


# ------------------------------------------------------------------------------------------------- first administrator


class _Signer(TimestampSigner):
    """A signer whose time is ours."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _signer() -> _Signer:
    return _Signer(current_app.config["YOUYIN"].secret_key, salt="youyin-first-administrator")


def first_token() -> str:
    """Return the token of the link that makes the first administrator: good for a day, and while there is none."""
    return _signer().sign(secrets.token_urlsafe(12)).decode("ascii")


def first_token_holds(token: str) -> bool:
    """Tell whether a first-administrator token is ours and not too old."""
    try:
        _signer().unsign(token, max_age=FIRST_LINK_SECONDS)
    except BadSignature:
        return False
    return True
