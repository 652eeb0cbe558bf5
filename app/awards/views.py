# SPDX-License-Identifier: Apache-2.0
"""Certificates: the organizers' page of a ranking, the paper itself, and the page where anybody verifies one."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock, security
from app.awards import facts, queries, service
from app.awards.codes import read_check_code
from app.awards.forms import CodeForm, IssueForm, WithdrawForm
from app.awards.models import Certificate
from app.competitions.models import Applicant
from app.db import db, transaction
from app.errors import DomainError
from app.evidence.store import storage
from app.jobs import JobState
from app.policy import Action, actor, public, requires
from app.results.models import RankingRun
from app.results.stored import stored

blueprint = Blueprint("awards", __name__)
TRIES = "60 per minute"  # of verifying, from one address: a factory sits behind one


@blueprint.get("/rankings/<ranking_run>/certificates")
@requires(Action.CERTIFICATES_VIEW, RankingRun, "ranking_run")
def certificates(ranking_run: RankingRun) -> ResponseReturnValue:
    """List the awards of a ranking and their certificates."""
    return _page(ranking_run)


@blueprint.post("/rankings/<ranking_run>/certificates")
@requires(Action.CERTIFICATES_ISSUE, RankingRun, "ranking_run")
def issue(ranking_run: RankingRun) -> ResponseReturnValue:
    """Grant the awards and issue their certificates; a job draws the papers."""
    form = IssueForm()
    if not form.validate():
        return _page(ranking_run, form=form, status=422)
    try:
        with transaction():
            made = service.issue(
                ranking_run, by=actor(), now=clock.now(), issuer=form.issuer.data, address=request.url_root
            )
    except DomainError as error:
        form.refuse(error)
        return _page(ranking_run, form=form, status=error.status)
    flash(ngettext("%(num)d certificate is being drawn.", "%(num)d certificates are being drawn.", len(made)), "good")
    return redirect(url_for("awards.certificates", ranking_run=ranking_run.public_id), 303)


def _page(
    run: RankingRun,
    *,
    form: IssueForm | None = None,
    withdraw: WithdrawForm | None = None,
    open_at: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    join = run.stage_category
    contest = join.stage.competition
    page = render_template(
        "awards/certificates.html",
        run=run,
        contest=contest,
        join=join,
        stage=join.stage,
        category=join.category,
        lines=queries.awards_of(run),
        planned=stored(run).awards,
        problems=_problems(run),
        job=job if (job := service.last_job(run)) is not None and job.state != JobState.DONE else None,
        form=form or IssueForm(formdata=None, issuer=facts.default_issuer(contest)[: service.ISSUER]),
        withdraw=withdraw or WithdrawForm(formdata=None),
        open_at=open_at,
    )
    return page, status


def _problems(run: RankingRun) -> list[tuple[str, str]]:
    """Return the entries that cannot be drawn and their characters, or nothing when the typefaces are missing."""
    try:
        found = service.undrawable(run)
    except DomainError as error:
        return [("", str(error.message))]
    return [(one.entry, " ".join(service.named(char) for char in one.characters)) for one in found]


@blueprint.get("/certificates/<certificate>.pdf")
@requires(Action.CERTIFICATE_DOWNLOAD, Certificate, "certificate")
def download(certificate: Certificate) -> ResponseReturnValue:
    """Send a certificate to its winner or to an organizer."""
    assert certificate.blob is not None, "an issued certificate has its file"
    key, size, serial = certificate.blob.key, certificate.blob.size, certificate.serial
    db.session.rollback()
    return Response(
        storage().stream(key),
        mimetype="application/pdf",
        headers={
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="{serial}.pdf"',
            "Content-Security-Policy": security.FILE_CSP,
        },
    )


@blueprint.post("/certificates/<certificate>/withdraw")
@requires(Action.CERTIFICATE_WITHDRAW, Certificate, "certificate")
def withdraw(certificate: Certificate) -> ResponseReturnValue:
    """Withdraw a certificate with a reason that everybody reads."""
    form = WithdrawForm()
    run, public_id = certificate.award.run, certificate.public_id
    if not form.validate():
        return _page(run, withdraw=form, open_at=public_id, status=422)
    try:
        with transaction():
            service.withdraw(certificate, reason=form.reason.data or "", by=actor(), now=clock.now())
    except DomainError as error:
        form.refuse(error)
        return _page(run, withdraw=form, open_at=public_id, status=error.status)
    flash(gettext("Withdrawn. Whoever verifies it reads that and why."), "good")
    return redirect(url_for("awards.certificates", ranking_run=run.public_id), 303)


@blueprint.get("/verify")
@public
@security.limiter.limit(TRIES)
def verify() -> ResponseReturnValue:
    """Ask for a check code; send a code on to its page."""
    form = CodeForm(request.args)
    if "code" not in request.args:
        return render_template("awards/verify.html", form=CodeForm(formdata=None))
    code = read_check_code(form.code.data or "")
    if code is None:
        return _unknown(form)
    return redirect(url_for("awards.verified", check_code=code), 303)


@blueprint.get("/verify/<check_code>")
@public
@security.limiter.limit(TRIES)
def verified(check_code: str) -> ResponseReturnValue:
    """Show what the certificate with this code states, or that there is none; nothing of it comes from the address."""
    found = queries.verified(check_code)
    if found is None:
        return _unknown(CodeForm(formdata=None))
    return render_template(
        "awards/verified.html", found=found, is_person=found.facts["applicant_is"] == Applicant.PERSON
    )


def _unknown(form: CodeForm) -> ResponseReturnValue:
    """Say the same of a code that cannot be one and of a code that nobody has."""
    return render_template("awards/verify.html", form=form, unknown=True), 404
