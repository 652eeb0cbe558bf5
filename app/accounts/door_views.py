# SPDX-License-Identifier: Apache-2.0
"""Ways in and out: login name and password, personal link, first administrator, signing out."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address

from app import clock
from app.accounts import passwords, queries, service, sign_in
from app.accounts.blueprint import blueprint
from app.accounts.devices import device_name
from app.accounts.forms import FirstForm, SignInForm, text
from app.accounts.identity import TOKEN
from app.accounts.models import UserSession
from app.accounts.names import login_key
from app.accounts.returning import page_to_return_to
from app.db import db, transaction
from app.errors import DomainError, Invalid, NotFound
from app.policy import SYSTEM, actor, public
from app.security import limiter

# Failed tries only, and only from one address: whoever types right is never kept waiting, and nobody can keep a judge
# out by failing in his name from elsewhere.
TRIES_FOR_ONE = "8 per minute; 60 per hour"
TRIES_FROM_ONE = "60 per minute; 600 per hour"


def _enter(token: str) -> None:
    """Make this browser's session a new one: nothing of the old cookie survives, so nobody can have planted it."""
    session.clear()
    session[TOKEN] = token
    session.permanent = True


def _device() -> str:
    return device_name(request.user_agent.string)


def _address_and_login() -> str:
    text = request.form.get("login", "")
    try:
        key = login_key(text)
    except Invalid:
        key = text[:80].casefold()
    return f"{get_remote_address()}|{key}"


def _failed(response: Response) -> bool:
    return response.status_code == 422


def _too_many(_limit: object) -> Response:
    form = SignInForm()
    form.form_errors = [_("Too many wrong tries. Wait a minute, then try again; nothing is locked.")]
    response = make_response(render_template("accounts/sign_in.html", form=form), 429)
    response.headers["Retry-After"] = "60"
    return response


@blueprint.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@limiter.limit(TRIES_FOR_ONE, key_func=_address_and_login, methods=["POST"], deduct_when=_failed, on_breach=_too_many)
@limiter.limit(TRIES_FROM_ONE, methods=["POST"], deduct_when=_failed, on_breach=_too_many)
@public
def sign_in_page() -> ResponseReturnValue:
    """Ask for login name and password; take them."""
    form = SignInForm()
    target = page_to_return_to(request.values.get("next"))
    if request.method == "GET":
        if actor().is_signed_in:
            return redirect(target, 303)
        form.next.data = target if target != "/" else ""
        return render_template("accounts/sign_in.html", form=form)
    if form.validate():
        now = clock.now()
        user = service.authenticate(text(form.login), text(form.password), now)
        if user is not None:
            renewed = passwords.renewed(text(form.password), user.password_hash or "")
            with transaction():
                token = service.start_session(
                    user, device=_device(), now=now, replaces=actor().session_id, renewed=renewed
                )
            _enter(token)
            return redirect(target, 303)
        form.form_errors = [_("Login name and password do not fit together. Look at both and try again.")]
    return render_template("accounts/sign_in.html", form=form), 422


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this device's session."""
    session_id = actor().session_id
    if session_id is not None:
        with transaction():
            service.end_session(db.session.get_one(UserSession, session_id), by=actor(), now=clock.now())
    session.clear()
    flash(_("You are signed out."), "good")
    return redirect("/", 303)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@public
def follow_link(token: str) -> ResponseReturnValue:
    """Show one button with the person's name; sign in when it is pressed.

    Looking uses nothing up: mail programs and messengers open links before people do.
    """
    now = clock.now()
    try:
        if request.method == "POST":
            with transaction():
                _user, opened = service.follow_link(token, device=_device(), now=now, replaces=actor().session_id)
            _enter(opened)
            return redirect("/", 303)
        link = sign_in.link_of(token, now)
    except NotFound:
        message = _l("This link is not known here. Look whether every letter of it arrived, or scan the code again.")
        return _sealed(render_template("accounts/link_over.html", message=message), 404)
    except sign_in.LinkOver as over:
        return _sealed(render_template("accounts/link_over.html", message=over.message), over.status)
    return _sealed(render_template("accounts/link.html", person=link.user, link=link))


def _sealed(page: str, status: int = 200) -> Response:
    """Keep a page whose address is a secret out of every cache and out of referrers."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.route("/first/<token>", methods=["GET", "POST"])
@public
def first_administrator(token: str) -> ResponseReturnValue:
    """Let the one who started a new installation make its first administrator."""
    if not sign_in.first_token_holds(token) or queries.has_administrator():
        message = _l("This link has done its work, or is older than a day. Start the server again for a new one.")
        return _sealed(render_template("accounts/link_over.html", message=message), 410)
    form = FirstForm()
    if request.method == "POST" and form.validate():
        now = clock.now()
        try:
            hashed = passwords.prepare(text(form.password), login=text(form.login))
            with transaction():
                user = service.create_first_administrator(
                    login=text(form.login), name=text(form.name), password=hashed, by=SYSTEM, now=now
                )
                opened = service.start_session(user, device=_device(), now=now)
            _enter(opened)
            flash(_("Welcome. Make units and people, then the first contest."), "good")
            return redirect(url_for("accounts.people"), 303)
        except DomainError as error:
            form.refuse(error)
    return _sealed(render_template("accounts/first.html", form=form), 422 if request.method == "POST" else 200)
