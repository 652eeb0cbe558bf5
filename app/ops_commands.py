# SPDX-License-Identifier: Apache-2.0
"""`flask serve`, `worker`, `doctor`, `backup`, `restore`: what an operator types."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from huey.consumer import Consumer

from app import backup, clock, ops
from app.accounts.queries import has_administrator
from app.accounts.sign_in import first_token
from app.config import Settings
from app.db import db
from app.serve import listen, serve
from uploads import Storage


def _settings() -> Settings:
    found: Settings = current_app.config["YOUYIN"]
    return found


def init_app(app: Flask) -> None:
    """Add the operator's commands."""
    for command in (serve_installation, worker, doctor, write_backup, restore):
        app.cli.add_command(command)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Web processes; more than one wants a shared cache.")
@click.option("--threads", default=16, show_default=True, help="Requests at the same time in each process.")
def serve_installation(host: str, port: int, workers: int, threads: int) -> None:
    """Migrate, print the link of the first administrator if there is none, run web and worker."""
    with listen(host, port):
        pass  # says so at once when the port is taken
    upgrade()
    address = _settings().public_url or f"http://{host}:{port}"
    lines = [f"Youyin 有因: {address}"]
    if not has_administrator():
        lines.append(f"Make the first administrator, once: {address}/first/{first_token()}")
        lines.append("首次使用：请打开上面的链接创建系统管理员（仅一次有效）。")
    db.session.remove()
    sys.exit(
        serve(
            _settings(),
            host=host,
            port=port,
            workers=workers,
            threads=threads,
            on_ready=lambda: click.echo("\n".join(lines)),
        )
    )


@click.command("worker")
@click.option("--threads", default=1, show_default=True, help="Jobs run at the same time.")
def worker(threads: int) -> None:
    """Run background jobs until it is stopped."""
    huey = current_app.extensions["youyin_huey"]
    Consumer(huey, workers=threads, periodic=True, initial_delay=0.05, max_delay=1.0, scheduler_interval=1).run()


@click.command("doctor")
def doctor() -> None:
    """Look at everything this installation stands on; ends with 1 when something must be mended."""
    bad = 0
    for finding in ops.diagnose(_settings()):
        click.echo(f"{'FAULT' if finding.fault else 'ok':5}  {finding.name}: {finding.detail}")
        if finding.fault:
            bad += 1
            click.echo(f"       {finding.fault}")
    sys.exit(1 if bad else 0)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write_backup(file: Path) -> None:
    """Write everything into FILE, also while people work; then read it through."""
    settings = _settings()
    try:
        report = backup.write(
            file,
            engine=db.engine,
            storage=Storage.from_url(settings.storage_url),
            revision=ops.revision() or "none",
            now=clock.now(),
        )
        backup.check(file)
    except (backup.BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{file}: {sum(report.rows.values())} rows, {report.files} files, {report.bytes} bytes; read through, whole"
    )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill this empty installation from FILE."""
    settings = _settings()
    try:
        backup.check(file)
        upgrade()
        report = backup.restore(
            file, engine=db.engine, storage=Storage.from_url(settings.storage_url), revision=ops.head()
        )
    except (backup.BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored {sum(report.rows.values())} rows and {report.files} files")
