# SPDX-License-Identifier: Apache-2.0
"""The second half of a play: marking stage by stage, ranking, publication, certificates, archive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.archives import service as archives
from app.archives.models import Archive
from app.awards import service as awards
from app.awards.models import Certificate, CertificateState
from app.competitions.models import Mode, Stage, WindowKind
from app.db import db, transaction
from app.evidence.store import storage
from app.exchange.rehearsal.report import Until
from app.policy import Action
from app.results import service as results
from app.results.models import RankingRow, RankingRun
from app.results.queries import places_canonical

if TYPE_CHECKING:
    from app.exchange.rehearsal.play import Play

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Ending:
    """What follows the hand-in."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.report = play.report
        organizers = play.organizers()
        if play.contest.mode == Mode.STRICT and len(organizers) < 2:
            from app.exchange.rehearsal.play import CannotPlay

            raise CannotPlay("A strict contest needs two organizers: add one to rosters/grants.csv.")
        self.first, self.second = organizers[0], organizers[-1]

    def run(self, until: Until) -> None:
        """Mark and rank stage by stage until told to stop."""
        for place in range(len(self.stages) - 1):
            self.play.mark_stage(self.stages[place])
            if until == Until.INITIAL:
                return
            self._promote(self._rank(self.stages[place]))
            if until == Until.RANKED:
                return
        self.play.mark_stage(self.stages[-1], percent=50 if until == Until.FINAL else 100)
        if until == Until.FINAL:
            return
        runs = self._rank(self.stages[-1])
        self.report.digest(places_canonical(self.play.contest))
        if until.reaches(Until.ARCHIVE):
            self._certificates(runs)
            self._archive()

    @property
    def stages(self) -> list[Stage]:
        """The stages, read anew: marking empties the session."""
        return list(self.play.contest.stages)

    def _after(self, stage: Stage) -> datetime:
        return self.play.window(WindowKind.MARKING, stage)[1]

    def _rank(self, stage: Stage) -> list[RankingRun]:
        now = self._after(stage) + 2 * HOUR
        runs = []
        with self.report.step(f"{stage.code}: ranking") as count:
            for join in sorted(
                stage.stage_categories, key=lambda item: (item.category.division.position, item.category.position)
            ):
                self.play.may(Action.RANKING_COMPUTE, self.first, join, now)
                with transaction():
                    run = results.compute(join, by=self.first, now=now)
                self.play.may(Action.RANKING_CONFIRM, self.second, run, now + HOUR)
                with transaction():
                    results.confirm(run, expected_output_digest=run.output_digest, by=self.second, now=now + HOUR)
                self.play.may(Action.RANKING_PUBLISH, self.first, run, now + 2 * HOUR)
                with transaction():
                    results.publish(run, by=self.first, now=now + 2 * HOUR)
                runs.append(run)
                rows = db.session.scalars(select(RankingRow.id).where(RankingRow.run_id == run.id)).all()
                count(len(rows))
        return runs

    def _finish(self, run: RankingRun) -> datetime:
        """Make a run final once its notice period is over, and return that moment."""
        over = (run.notice_ends_at or run.published_at or self._after(self.stages[-1])) + HOUR
        self.play.may(Action.RANKING_FINISH, self.first, run, over)
        with transaction():
            results.finish(run, by=self.first, now=over)
        return over

    def _promote(self, runs: list[RankingRun]) -> None:
        with self.report.step("promoted") as count:
            for run in runs:
                over = self._finish(run)
                self.play.may(Action.RANKING_PROMOTE, self.first, run, over)
                with transaction():
                    count(len(results.promote(run, by=self.first, now=over)))

    def _certificates(self, runs: list[RankingRun]) -> None:
        over = self._after(self.stages[-1])
        with self.report.step("awards") as count:
            for run in runs:
                over = max(over, self._finish(run))
                with transaction():
                    count(len(awards.grant(run, by=self.first, now=over)))
        with self.report.step("certificates") as count:
            for run in runs:
                self.play.may(Action.CERTIFICATES_ISSUE, self.first, run, over)
                with transaction():
                    awards.issue(run, by=self.first, now=over + HOUR)
            self.play.run_jobs(over + 2 * HOUR)
            issued = db.session.scalars(
                select(Certificate.id).where(Certificate.state == CertificateState.ISSUED)
            ).all()
            count(len(issued))

    def _archive(self) -> None:
        now = self._after(self.stages[-1]) + 30 * DAY
        with self.report.step("archive") as count:
            self.play.may(Action.ARCHIVE_MAKE, self.first, self.play.contest, now)
            with transaction():
                archives.make(self.play.contest, by=self.first, now=now)
            self.play.run_jobs(now)
            made = db.session.scalars(
                select(Archive).where(Archive.competition_id == self.play.contest.id).order_by(Archive.id.desc())
            ).first()
            if made is None:
                from app.exchange.rehearsal.play import CannotPlay

                raise CannotPlay("No archive was made.")
            count(made.size)
            self.report.archive = made.key
            path = storage().local_path(made.key)
            if path is not None:
                self.report.tell(f"archive {path}")
