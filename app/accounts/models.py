# SPDX-License-Identifier: Apache-2.0
"""People, their units, their sessions and links, and their roles in contests."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, PublicId, name_conflict
from app.policy import Role


class Unit(Base, PublicId):
    """A unit 单位, a node of the tree. `path` is `/1/4/9/`, from the root to itself."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(240), default="")
    region: Mapped[str] = mapped_column(String(60), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), default="", index=True)
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id")

    __mapper_args__ = {"version_id_col": version}


name_conflict("uq_unit_code", _l("Another unit has this code."))


class User(Base, PublicId):
    """A person who can sign in. `login_key` is the login after NFKC, casefold and trimming."""

    __tablename__ = "user"

    login: Mapped[str] = mapped_column(String(80))
    login_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(160), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(2))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_administrator: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    suspended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


name_conflict("uq_user_login_key", _l("Somebody else signs in with this name. Choose another one."))


class UserSession(Base, PublicId):
    """One signed-in device; the browser holds the token, we its hash."""

    __tablename__ = "user_session"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(120), default="")

    user: Mapped[User] = relationship()


class SignInLink(Base, PublicId):
    """A personal way in without a password: printed with a QR code, expiring, revocable."""

    __tablename__ = "sign_in_link"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    single_use: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class RoleGrant(Base, PublicId):
    """A role of one person in one competition; a unit clerk's role is bound to a unit and those below it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(role = 'unit_clerk') = (unit_id IS NOT NULL)", name="clerk_has_unit"),
        Index(
            "uq_role_grant_active",
            "competition_id",
            "user_id",
            "role",
            "unit_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=text("revoked_at IS NULL AND unit_id IS NOT NULL"),
        ),
        Index(  # a second one, since NULL equals no NULL
            "uq_role_grant_active_plain",
            "competition_id",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL AND unit_id IS NULL"),
            postgresql_where=text("revoked_at IS NULL AND unit_id IS NULL"),
        ),
    )

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit | None] = relationship()


name_conflict("uq_role_grant_active", _l("This person has this role already."))
name_conflict("uq_role_grant_active_plain", _l("This person has this role already."))
