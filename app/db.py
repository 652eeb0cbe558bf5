# SPDX-License-Identifier: Apache-2.0
"""The database: base class, column types, the one `transaction()`, and what to do after a commit.

Nothing else in the application commits. Reading needs no ceremony; a write outside `transaction()` raises.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    event,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.schema import UniqueConstraint

from app.errors import Conflict, DomainError, Message, Stale

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive values, stores UTC, gives UTC back on every engine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Fraction]):
    """An exact number of at most six decimal places, stored as a scaled integer on every engine."""

    impl = BigInteger
    cache_ok = True
    SCALE = 10**6

    def process_bind_param(self, value: Fraction | Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("a float never becomes a mark")
        scaled = Fraction(value) * self.SCALE
        if scaled.denominator != 1:
            raise ValueError(f"{value} has more than six decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else Fraction(value, self.SCALE)


class Base(DeclarativeBase):
    """The root of every model."""

    metadata = MetaData(naming_convention=NAMING)
    registry = registry(metadata=metadata, type_annotation_map={datetime: UtcDateTime, Fraction: Exact})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)


PUBLIC_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_public_id() -> str:
    """Return 130 random bits as 26 lower-case letters and digits: the only id that leaves the house."""
    return "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(26))


class PublicId:
    """Adds the id that stands in URLs."""

    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_public_id)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(render_as_batch=True, compare_type=True)

_WRITING = "youyin_writing"
_HOOKS = "youyin_after_commit"
_write_lock = threading.RLock()
_conflicts: dict[str, Message] = {}


def name_conflict(constraint: str, message: Message) -> None:
    """Say what people read when the database refuses a row by this constraint."""
    _conflicts[constraint] = message


@contextmanager
def transaction() -> Iterator[Session]:
    """Surround one service call: commit, or roll back; then run what waits for the commit.

    On SQLite writers of one process queue at a lock, since waiting in the database's busy handler costs half a second;
    other processes are kept apart by BEGIN IMMEDIATE.
    """
    session = db.session()
    if session.info.get(_WRITING):
        raise RuntimeError("transaction() does not nest: one request, one service call")
    sqlite = session.get_bind().dialect.name == "sqlite"
    with _write_lock if sqlite else nullcontext():
        session.rollback()  # ends the read that guarded the request; its objects are read again inside the write
        session.info[_WRITING] = True
        hooks: list[Callable[[], None]] = []
        session.info[_HOOKS] = hooks
        try:
            session.connection(execution_options={"youyin_write": True})
            yield session
            session.commit()
        except IntegrityError as error:
            session.rollback()
            raise _domain_error(error) from error
        except StaleDataError as error:
            session.rollback()
            raise Stale(
                _l("Somebody else changed this meanwhile. Reload the page and look at what stands there now.")
            ) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info[_WRITING] = False
    for hook in hooks:
        hook()


def after_commit(hook: Callable[[], None]) -> None:
    """Run `hook` once the running transaction is safely stored; never when it fails."""
    hooks: list[Callable[[], None]] | None = db.session().info.get(_HOOKS)
    if hooks is None or not db.session().info.get(_WRITING):
        raise RuntimeError("after_commit() belongs inside transaction()")
    hooks.append(hook)


def is_writing() -> bool:
    """Tell whether a transaction() is running in this thread."""
    return bool(db.session().info.get(_WRITING))


def _domain_error(error: IntegrityError) -> DomainError:
    name = _constraint_name(error)
    if name is not None and name in _conflicts:
        return Conflict(_conflicts[name])
    return Conflict(_l("This cannot be stored beside what is there already. Reload the page and look again."))


def _constraint_name(error: IntegrityError) -> str | None:
    """Return the violated constraint's name; SQLite tells only the columns of a unique one."""
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return str(diagnostics.constraint_name)
    text = str(error.orig)
    kind, _, rest = text.partition(" constraint failed: ")
    if kind == "CHECK":
        return rest
    if kind != "UNIQUE":
        return None
    columns = [part.strip().split(".") for part in rest.split(",")]
    table = Base.metadata.tables.get(columns[0][0])
    if table is None:
        return None
    wanted = {column[1] for column in columns}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and {c.name for c in constraint.columns} == wanted:
            return str(constraint.name)
    return next((str(i.name) for i in table.indexes if i.unique and {c.name for c in i.columns} == wanted), None)


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, *_: object) -> None:
    if not session.info.get(_WRITING) and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a write outside transaction()")


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _: object) -> None:
    """Set the pragmas of STACK's SQLite rules; each was measured there."""
    if type(connection).__module__.partition(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # SQLAlchemy's own BEGIN, see below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # so that REPLACE fires the delete triggers of audit_event
        "busy_timeout=5000",
        "synchronous=FULL",  # NORMAL answers before the data is on disk
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("youyin_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
