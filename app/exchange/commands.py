# SPDX-License-Identifier: Apache-2.0
"""`flask competition load|dump`, `flask rehearse`, `flask demo`."""

from __future__ import annotations

import resource
import shutil
import sys
import time
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app import clock
from app.competitions.models import Competition
from app.db import db, transaction
from app.errors import DomainError
from app.evidence.store import storage
from app.exchange import demo as demonstration
from app.exchange.dump import dump
from app.exchange.folder import read
from app.exchange.load import load
from app.exchange.rehearsal.instance import throw_away
from app.exchange.rehearsal.media import Media
from app.exchange.rehearsal.play import CannotPlay, Play
from app.exchange.rehearsal.report import Report, Until
from app.policy import SYSTEM

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
STEPS = [step.value for step in Until]
AMOUNTS = [much.value for much in Media]
group = AppGroup("competition", help="Load a competition folder, or write one.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
    app.cli.add_command(rehearse)
    app.cli.add_command(demo)


@group.command("load")
@click.argument("folder", type=FOLDER)
@click.option("--open", "opened", is_flag=True, help="Open the contest to the public at once.")
def load_folder(folder: Path, *, opened: bool) -> None:
    """Load FOLDER as a new contest: all of it, or nothing and every fault with its place."""
    from app.competitions import service as competitions

    try:
        found = read(folder)
        with transaction():
            loaded = load(found, by=SYSTEM, now=clock.now())
            if opened:
                competitions.open_to_public(loaded.competition, by=SYSTEM, now=clock.now())
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{found.slug}: {len(found.divisions)} divisions, {len(found.category_codes())} categories, "
        f"{len(found.units)} units, {len(found.people)} people, {len(found.entries)} entries"
    )


@group.command("dump")
@click.argument("contest")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def dump_folder(contest: str, folder: Path) -> None:
    """Write the contest with the address CONTEST into FOLDER, so that it loads as the same contest again."""
    found = db.session.query(Competition).filter_by(slug=contest).one_or_none()
    if found is None:
        raise click.ClickException(f"There is no contest {contest}.")
    try:
        files = dump(found, folder)
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder}: {len(files)} files")


@click.command("rehearse")
@click.argument("folder", type=FOLDER)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same contest.")
@click.option("--until", type=click.Choice(STEPS), default=Until.ARCHIVE.value, show_default=True)
@click.option("--media", type=click.Choice(AMOUNTS), default=Media.SMALL.value, show_default=True)
@click.option("--into", is_flag=True, help="Play into this installation and keep it, instead of a throw-away one.")
@click.option("--database", metavar="URL", help="An empty database for the throw-away installation.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Copy the archive here.")
def rehearse(
    folder: Path, seed: int, until: str, media: str, *, into: bool, database: str | None, out: Path | None
) -> None:
    """Play the contest of FOLDER from the first application to the verified archive."""
    begun = time.perf_counter()
    report = Report(tell=click.echo)
    try:
        found = read(folder)
        if into:
            _play(Play(found, seed, Media(media), report), Until(until), out)
        else:
            with throw_away(database, found.language):
                _play(Play(found, seed, Media(media), report), Until(until), out)
    except (DomainError, CannotPlay) as error:
        raise click.ClickException(str(error)) from error
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(f"{time.perf_counter() - begun:.1f} s in all, {peak} MiB at most")


def _play(play: Play, until: Until, out: Path | None) -> None:
    play.run(until)
    if out is not None and play.report.archive is not None:
        with storage().open(play.report.archive) as source, out.open("wb") as target:
            shutil.copyfileobj(source, target)
        click.echo(f"archive {out}")


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo(host: str, port: int) -> None:
    """Prepare the rehearsed contest when it is not there, print a way in for each role, and serve."""
    sys.exit(demonstration.run(host=host, port=port, tell=click.echo))
