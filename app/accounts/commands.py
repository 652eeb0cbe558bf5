# SPDX-License-Identifier: Apache-2.0
"""`flask user …`: what the operator of an installation does for people from the command line."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import clock
from app.accounts import passwords, queries, service, sign_in
from app.accounts.models import User
from app.db import transaction
from app.errors import DomainError
from app.policy import Actor

OPERATOR = Actor(public_id="operator", name="operator", via="cli")
user_group = AppGroup("user", help="People of this installation.")


def _base(url: str | None) -> str:
    return (url or current_app.config["YOUYIN"].public_url or "http://127.0.0.1:8000").rstrip("/")


def _person(login: str) -> User:
    user = queries.by_login(login)
    if user is None:
        raise click.ClickException(f"Nobody signs in with the name {login!r}. See the list on /people.")
    return user


def _refused(error: DomainError) -> click.ClickException:
    lines = [str(error.message), *(f"{name}: {text}" for name, text in error.fields.items())]
    return click.ClickException("\n".join(dict.fromkeys(lines)))


@user_group.command("first-link")
@click.option("--base-url", help="Address of this installation as browsers type it.")
def first_link(base_url: str | None) -> None:
    """Print the one-time link that makes the first administrator; fails when there is one."""
    if queries.has_administrator():
        raise click.ClickException("There is an administrator. Use: flask user link LOGIN")
    click.echo(f"{_base(base_url)}/first/{sign_in.first_token()}")


@user_group.command("create")
@click.argument("login")
@click.argument("name")
@click.option("--administrator", is_flag=True, help="May make contests, people and units.")
@click.option("--unit", "unit_code", help="Code of the person's unit.")
@click.option("--email")
@click.option("--language", type=click.Choice(["zh", "en"]))
def create(
    login: str, name: str, administrator: bool, unit_code: str | None, email: str | None, language: str | None
) -> None:
    """Add a person; give a password or a link afterwards."""
    unit = queries.unit_by_code(unit_code) if unit_code else None
    if unit_code and unit is None:
        raise click.ClickException(f"There is no unit with the code {unit_code!r}.")
    try:
        with transaction():
            service.create_user(
                login=login,
                name=name,
                unit=unit,
                email=email,
                language=language,
                is_administrator=administrator,
                by=OPERATOR,
                now=clock.now(),
            )
    except DomainError as error:
        raise _refused(error) from error
    click.echo(f"Added. Next: flask user link {login}")


@user_group.command("link")
@click.argument("login")
@click.option("--hours", type=click.IntRange(1, 24 * 400), default=24, show_default=True)
@click.option("--single-use", is_flag=True, help="The link works once.")
@click.option("--base-url", help="Address of this installation as browsers type it.")
def link(login: str, hours: int, single_use: bool, base_url: str | None) -> None:
    """Print a personal sign-in link."""
    now = clock.now()
    try:
        with transaction():
            token = service.make_link(
                _person(login), expires_at=now + timedelta(hours=hours), single_use=single_use, by=OPERATOR, now=now
            )
    except DomainError as error:
        raise _refused(error) from error
    click.echo(f"{_base(base_url)}/link/{token}")


@user_group.command("password")
@click.argument("login")
@click.password_option(help="Asked for when left out; leave it out, other people read command lines.")
def password(login: str, password: str) -> None:
    """Set a person's password and end that person's sessions."""
    user = _person(login)
    try:
        hashed = passwords.prepare(password, login=user.login)
        with transaction():
            service.set_password(user, hashed, by=OPERATOR, now=clock.now())
    except DomainError as error:
        raise _refused(error) from error
    click.echo("The new password holds; sessions are ended.")


def init_app(app: Flask) -> None:
    """Add the group."""
    app.cli.add_command(user_group)
