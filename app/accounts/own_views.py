# SPDX-License-Identifier: Apache-2.0
"""One's own account: sessions, links, password, language."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.accounts import passwords, queries, service
from app.accounts.blueprint import blueprint
from app.accounts.forms import LanguageForm, PasswordForm, text
from app.accounts.models import SignInLink, User, UserSession
from app.db import db, transaction
from app.errors import DomainError
from app.i18n import language as present_language
from app.policy import Action, actor, requires


def _me() -> User:
    return db.session.get_one(User, actor().user_id)


def _page(
    *, password: PasswordForm | None = None, language: LanguageForm | None = None, status: int = 200
) -> ResponseReturnValue:
    user, now = _me(), clock.now()
    page = render_template(
        "accounts/me.html",
        person=user,
        sessions=queries.sessions_of(user.id, now),
        links=queries.links_of(user.id, now),
        password_form=password or PasswordForm(formdata=None),
        language_form=language or LanguageForm(formdata=None, language=user.language or present_language()),
    )
    return page, status


@blueprint.get("/me")
@requires(Action.ACCOUNT_USE)
def me() -> ResponseReturnValue:
    """Show a person's own account."""
    return _page()


@blueprint.post("/me/password")
@requires(Action.ACCOUNT_USE)
def change_password() -> ResponseReturnValue:
    """Set a new password; every other device is signed out."""
    form, user = PasswordForm(), _me()
    if user.password_hash is None:
        del form.current
    if form.validate():
        try:
            if user.password_hash is not None and not passwords.matches(text(form.current), user.password_hash):
                form.current.errors = [_("This is not your present password.")]
                return _page(password=form, status=422)
            hashed = passwords.prepare(text(form.password), login=user.login)
            with transaction():
                service.set_password(user, hashed, by=actor(), now=clock.now())
            flash(_("The new password holds. Other devices are signed out."), "good")
            return redirect(url_for("accounts.me"), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(password=form, status=422)


@blueprint.post("/me/language")
@requires(Action.ACCOUNT_USE)
def change_language() -> ResponseReturnValue:
    """Keep the language that the person reads in, also for mail."""
    form = LanguageForm()
    if not form.validate():
        return _page(language=form, status=422)
    with transaction():
        service.set_language(_me(), form.language.data, by=actor(), now=clock.now())
    response = redirect(url_for("accounts.me"), 303)
    response.delete_cookie("language", path="/")
    return response


@blueprint.post("/sessions/<user_session>/end")
@requires(Action.SESSION_END, UserSession, "user_session")
def end_session(user_session: UserSession) -> ResponseReturnValue:
    """Sign one device out."""
    with transaction():
        service.end_session(user_session, by=actor(), now=clock.now())
    flash(_("That device is signed out."), "good")
    return _back_to(user_session.user_id)


@blueprint.post("/me/sessions/end")
@requires(Action.ACCOUNT_USE)
def end_other_sessions() -> ResponseReturnValue:
    """Sign every other device out."""
    with transaction():
        count = service.end_other_sessions(_me(), keep=actor().session_id, by=actor(), now=clock.now())
    flash(ngettext("%(num)d device is signed out.", "%(num)d devices are signed out.", count), "good")
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/links/<sign_in_link>/revoke")
@requires(Action.SIGN_IN_LINK_REVOKE, SignInLink, "sign_in_link")
def revoke_link(sign_in_link: SignInLink) -> ResponseReturnValue:
    """End a personal link."""
    with transaction():
        service.revoke_link(sign_in_link, by=actor(), now=clock.now())
    flash(_("That link is ended."), "good")
    return _back_to(sign_in_link.user_id)


def _back_to(user_id: int) -> ResponseReturnValue:
    """Go back to the account that was changed: one's own, or the one an administrator looks at."""
    if user_id == actor().user_id:
        return redirect(url_for("accounts.me"), 303)
    return redirect(url_for("accounts.person", user=db.session.get_one(User, user_id).public_id), 303)
