# SPDX-License-Identifier: Apache-2.0
"""Who may do what: the evaluation of one table, and the decorators that views wear. Knows no feature.

A rule is a list of clauses, a clause a list of predicates; any clause whose predicates all hold permits. A predicate is
a claim about (actor, object, moment) and carries a label that is said when it refuses. What an actor may not know of
does not exist for him: where the action that shows the object is refused too, the answer is 404, the same bytes as for
an object that is not there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import DeclarativeBase

from app import clock
from app.db import db
from app.errors import Forbidden, Message, NotFound


class Action(StrEnum):
    """Everything that anybody can ask to do or to see."""

    # accounts
    ACCOUNT_USE = "account.use"
    USERS_MANAGE = "users.manage"
    USER_MANAGE = "user.manage"
    SIGN_IN_LINK_REVOKE = "sign_in_link.revoke"
    SESSION_END = "session.end"
    # competitions
    COMPETITION_CREATE = "competition.create"
    COMPETITION_VIEW = "competition.view"
    COMPETITION_MANAGE = "competition.manage"
    COMPETITION_OVERSEE = "competition.oversee"
    GRANTS_MANAGE = "grants.manage"
    DOCUMENT_VIEW = "document.view"
    DOCUMENT_EDIT = "document.edit"
    DOCUMENT_FREEZE = "document.freeze"
    # entries, diaries, evidence
    ENTRY_CREATE = "entry.create"
    ENTRY_VIEW = "entry.view"  # that it is there, and what everybody sees
    ENTRY_READ = "entry.read"  # all of it: form, report, what is not released
    ENTRY_EDIT = "entry.edit"
    ENTRY_HAND_IN = "entry.hand_in"
    ENTRY_WITHDRAW = "entry.withdraw"
    RESULT_EDIT = "result_report.edit"
    RESULT_HAND_IN = "result_report.hand_in"
    DIARY_VIEW = "diary.view"
    DIARY_WRITE = "diary.write"
    DIARY_SET_RELEASE = "diary.set_release"
    DIARY_ENTRY_VIEW = "diary_entry.view"
    DIARY_ENTRY_EDIT = "diary_entry.edit"
    DIARY_ENTRY_RELEASE = "diary_entry.release"
    DIARY_ENTRY_STRIKE = "diary_entry.strike"
    RELEASES_VIEW = "releases.view"
    EVIDENCE_VIEW = "evidence.view"
    EVIDENCE_STRIKE = "evidence.strike"
    # judging
    PANELS_MANAGE = "panels.manage"
    PANEL_WATCH = "panel.watch"
    ASSIGNMENT_MANAGE = "assignment.manage"
    WORKLIST_VIEW = "worklist.view"
    SHEET_VIEW = "scoresheet.view"
    SHEET_MARK = "scoresheet.mark"
    SHEET_RETURN = "scoresheet.return"
    RECUSAL_DECLARE = "recusal.declare"
    # results and awards
    PROGRESS_VIEW = "progress.view"
    RANKING_COMPUTE = "ranking.compute"
    RANKING_VIEW = "ranking.view"
    RANKING_CONFIRM = "ranking.confirm"
    RANKING_REJECT = "ranking.reject"
    RANKING_PUBLISH = "ranking.publish"
    RANKING_FINISH = "ranking.finish"
    RANKING_PROMOTE = "ranking.promote"
    MATRIX_EXPORT = "matrix.export"
    CERTIFICATES_VIEW = "certificates.view"
    CERTIFICATES_ISSUE = "certificates.issue"
    CERTIFICATE_DOWNLOAD = "certificate.download"
    CERTIFICATE_WITHDRAW = "certificate.withdraw"
    # archive, jobs, audit
    ARCHIVE_LIST = "archive.list"
    ARCHIVE_MAKE = "archive.make"
    ARCHIVE_DOWNLOAD = "archive.download"
    AUDIT_VIEW = "audit.view"
    JOB_VIEW = "job.view"


class Role(StrEnum):
    """What a person is in one competition; a judge has a seat in a panel instead of a grant."""

    ORGANIZER = "organizer"
    SUPERVISOR = "supervisor"
    UNIT_CLERK = "unit_clerk"
    CONTESTANT = "contestant"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, as plain values: roles are pairs of (competition id, role), never global."""

    user_id: int | None = None
    public_id: str | None = None
    name: str = ""
    login: str = ""
    unit_id: int | None = None
    is_administrator: bool = False
    grants: frozenset[tuple[int, Role]] = frozenset()
    clerk_of: frozenset[tuple[int, int]] = frozenset()  # (competition id, unit id)
    session_id: int | None = None
    via: str = "web"

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    def has(self, role: Role, competition_id: int | None) -> bool:
        """Tell whether the actor holds `role` in this competition."""
        return competition_id is not None and (competition_id, role) in self.grants


ANONYMOUS = Actor()
SYSTEM = Actor(public_id="system", name="system", via="job")


class Predicate(Protocol):
    """A claim about who, what and when; `label` is the reason that is given when it does not hold."""

    label: Message | None

    def __call__(self, actor: Actor, obj: Any, now: datetime) -> bool: ...


Check = Callable[[Actor, Any, datetime], bool]


def predicate(label: Message | None = None) -> Callable[[Check], Predicate]:
    """Make a function a predicate. Without a label it never gives a reason: it only hides."""

    def mark(check: Check) -> Predicate:
        check.label = label  # type: ignore[attr-defined]  # a function carries its reason
        return check  # type: ignore[return-value]  # the same function, now with a label

    return mark


Clause = tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """When an action is permitted, and which action shows that its object exists.

    `open`: the public may ever be permitted, so a stranger who is refused reads 404 instead of the way to sign in.
    """

    clauses: tuple[Clause, ...]
    seen_by: Action | None = None
    open: bool = False


@dataclass(frozen=True)
class Policy:
    """The whole table."""

    rules: Mapping[Action, Rule]

    def permits(self, action: Action, actor: Actor, obj: Any, now: datetime) -> bool:
        """Tell whether any clause of the action holds; an error in a predicate is an error, not an answer."""
        return any(all(p(actor, obj, now) for p in clause) for clause in self.rules[action].clauses)

    def why_not(self, action: Action, actor: Actor, obj: Any, now: datetime) -> Message | None:
        """Return the reason of the clause that came furthest, or None when the action is permitted."""
        best: tuple[int, Message] = (-1, _l("This is not open to you."))
        for clause in self.rules[action].clauses:
            for depth, claim in enumerate(clause):
                if not claim(actor, obj, now):
                    if claim.label is not None and depth > best[0]:
                        best = (depth, claim.label)
                    break
            else:
                return None
        return best[1]

    def shows(self, action: Action, actor: Actor, obj: Any, now: datetime) -> bool:
        """Tell whether the actor may know that `obj` exists, although `action` was refused."""
        seen_by = self.rules[action].seen_by
        return seen_by is not None and self.permits(seen_by, actor, obj, now)


def policy() -> Policy:
    """Return the application's table."""
    table: Policy = current_app.extensions["youyin_policy"]
    return table


def actor() -> Actor:
    """Return who sends this request; put there before the view runs."""
    found: Actor = g.get("actor", ANONYMOUS)
    return found


def can(action: Action | str, obj: Any = None) -> bool:
    """Tell a template whether the present actor may; never asks for a role."""
    return policy().permits(Action(action), actor(), obj, clock.now())


def why_not(action: Action | str, obj: Any = None) -> Message | None:
    """Tell a template why the present actor may not, or None."""
    return policy().why_not(Action(action), actor(), obj, clock.now())


def demand(action: Action, who: Actor, obj: Any, now: datetime) -> None:
    """Raise what the actor may learn when the action is refused: NotFound, or Forbidden with the reason."""
    table = policy()
    if table.permits(action, who, obj, now):
        return
    if obj is not None and not table.shows(action, who, obj, now):
        raise NotFound
    raise Forbidden(table.why_not(action, who, obj, now) or NotFound().message)


View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """What a view declared: read by the test that walks every route."""

    action: Action | None  # None: public
    model: type[DeclarativeBase] | None = None
    argument: str | None = None
    lookup: tuple[str, ...] = field(default=("public_id",))


def requires(
    action: Action, model: type[Any] | None = None, argument: str | None = None, *, by: str = "public_id"
) -> Callable[[View], View]:
    """Guard a view: load `model` by the URL argument, hide or refuse, and hand the object on.

    The URL argument bears the name under which the view takes the object; `by` is the column it is looked up by.
    """
    name = argument or (model.__tablename__ if model is not None else None)
    guard = Guard(action, model, name, (by,))
    # Built once: building a statement takes longer than asking it.
    lookup = select(model).where(getattr(model, by) == bindparam("value")) if model is not None else select()

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            who, now = actor(), clock.now()
            rule = policy().rules[action]
            obj = None
            if model is not None and name is not None:
                obj = db.session.scalar(lookup, {"value": kwargs[name]})
            refused = (model is not None and obj is None) or not policy().permits(action, who, obj, now)
            if refused and not who.is_signed_in and not rule.open:
                back = request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("accounts.sign_in", next=back), 303)
            if model is not None and obj is None:
                raise NotFound
            if refused:
                demand(action, who, obj, now)
            if name is not None:
                kwargs[name] = obj
            return view(*args, **kwargs)

        guarded.policy_guard = guard  # type: ignore[attr-defined]  # a view carries its guard for the route test
        return guarded  # type: ignore[return-value]  # the wrapper takes what the view takes

    return wrap


def public(view: View) -> View:
    """Declare that everybody may call this view; what it shows it decides itself by `visible_*` queries."""
    view.policy_guard = Guard(None)  # type: ignore[attr-defined]  # a view carries its guard for the route test
    return view


def unguarded(app: Flask) -> list[str]:
    """Return the endpoints that no policy line covers; the build fails when there is one."""
    return sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "policy_guard")
    )


def init_app(app: Flask, table: Policy) -> None:
    """Install the table; refuse to start with an action or a route that it does not cover."""
    missing = [action for action in Action if action not in table.rules]
    if missing:
        raise RuntimeError(f"the policy table says nothing about {', '.join(missing)}")
    app.extensions["youyin_policy"] = table
    app.jinja_env.globals.update(can=can, why_not=why_not, Action=Action)
