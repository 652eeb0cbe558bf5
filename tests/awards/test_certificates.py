# SPDX-License-Identifier: Apache-2.0
"""Awards and their certificates: facts, codes, papers, withdrawal."""

from __future__ import annotations

import hashlib
import io
import json
import random

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.audit import AuditEvent
from app.awards import codes, service
from app.awards import tasks as drawing
from app.awards.facts import digest
from app.awards.models import Award, Certificate, CertificateState
from app.db import db, transaction
from app.entries.models import EntryState
from app.errors import Conflict, Forbidden, Invalid
from app.evidence.store import storage
from app.jobs import Job, JobState
from app.notify import Notice, NoticeKind
from app.results.models import RankingRun
from app.results.stored import stored
from tests import factories as make
from tests.results.conftest import World, a_world

NOW = make.NOW
AWARDS = make.DOCUMENT + '[[rule.awards]]\ncode = "second"\ntitle = "Second prize"\ncount = 2\nties = "include"\n'


@pytest.fixture
def winners(app: object) -> World:
    """Three entries: one first prize, two second ones."""
    world = a_world(text=AWARDS, slug="pumps-2026")
    for number, mark in (("A-1", "50"), ("A-2", "40"), ("A-3", "30")):
        world.mark(world.enter(number, applicant=f"泵站班组{number[-1]}"), 0, (mark, "20", "10"))
    return world


def _issue(world: World, run: RankingRun, **options: str) -> list[Certificate]:
    with transaction():
        return service.issue(run, by=world.first, now=NOW, **options)


def _draw() -> None:
    with clock.at(NOW):
        jobs.run_pending()
    assert {job.state for job in db.session.scalars(select(Job))} <= {JobState.DONE}


def _pdf(certificate: Certificate) -> bytes:
    db.session.refresh(certificate)
    assert certificate.blob is not None
    return storage().read(certificate.blob.key)


def test_awards_follow_the_rule_of_the_final_ranking_once(winners: World) -> None:
    run = winners.published()
    with pytest.raises(Forbidden), transaction():
        service.grant(run, by=winners.first, now=NOW)
    winners.finish(run)
    for _ in range(2):
        with transaction():
            granted = service.grant(run, by=winners.first, now=NOW)
        assert [(one.entry.number, one.code, one.title) for one in granted] == [
            ("A-1", "first", "First prize"),
            ("A-2", "second", "Second prize"),
            ("A-3", "second", "Second prize"),
        ]
    assert len(db.session.scalars(select(Award)).all()) == 3


def test_a_ranking_that_granted_awards_is_not_replaced(winners: World) -> None:
    run = winners.final()
    with transaction():
        service.grant(run, by=winners.first, now=NOW)
    again = winners.confirm(winners.compute())
    with pytest.raises(Conflict) as refused:
        winners.publish(again)
    assert "Awards are granted by the ranking that stands" in str(refused.value.message)


def test_nobody_who_left_gets_an_award(winners: World) -> None:
    run = winners.final()
    with transaction():
        winners.entries[0].state = EntryState.DISQUALIFIED
    with pytest.raises(Conflict) as refused, transaction():
        service.grant(run, by=winners.first, now=NOW)
    assert "A-1" in str(refused.value.message)


def test_a_certificate_states_a_snapshot_that_later_changes_do_not_touch(winners: World) -> None:
    run = winners.final()
    first, *_ = _issue(winners, run, issuer="Pump Committee", address="https://pumps.example/")
    expected = {
        "v": 1,
        "serial": "PUMPS-2026-2026-0001",
        "contest": winners.contest.title,
        "contest_id": winners.contest.public_id,
        "division": "Teams",
        "category": "Improvements",
        "category_code": "team.improvement",
        "stage": "Initial",
        "entry": "A-1",
        "title": winners.entries[0].title,
        "applicant": "泵站班组1",
        "applicant_is": "unit",
        "unit": "Pump works",
        "award": "First prize",
        "score": "80",
        "place": 1,
        "tied": False,
        "date": "2026-06-01",
        "issuer": "Pump Committee",
        "mode": "strict",
        "standings": stored(run).standings_digest,
        "demo": False,
        "language": "en",
        "verify_at": "https://pumps.example/verify",
    }
    assert first.facts == expected
    assert first.digest == digest(expected)
    with transaction():
        winners.entries[0].applicant = "Somebody else"
    db.session.refresh(first)
    assert first.facts == expected


def test_numbers_run_through_the_contest_and_codes_are_single(winners: World) -> None:
    made = _issue(winners, winners.final())
    assert [one.serial for one in made] == [f"PUMPS-2026-2026-000{n}" for n in (1, 2, 3)]
    assert len({one.check_code for one in made}) == 3
    assert {one.state for one in made} == {CertificateState.WAITING}


def test_the_job_draws_each_certificate_once(winners: World) -> None:
    made = _issue(winners, winners.final())
    _draw()
    assert [one.state for one in made] == [CertificateState.ISSUED] * 3
    papers = [_pdf(one) for one in made]
    assert [one.blob.sha256 for one in made if one.blob] == [hashlib.sha256(paper).hexdigest() for paper in papers]
    assert all(paper.startswith(b"%PDF-1.7") for paper in papers)
    again = _issue(winners, made[0].award.run)
    assert [one.id for one in again] == [one.id for one in made]
    _draw()
    assert [_pdf(one) for one in again] == papers
    told = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.CERTIFICATE_READY)).all()
    assert {notice.user_id for notice in told} == {user.id for user in winners.contestants}


@pytest.mark.slow
def test_a_batch_that_broke_off_goes_on_and_gives_the_same_bytes(
    winners: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _issue(winners, winners.final())
    monkeypatch.setattr(drawing, "AT_ONCE", 1)
    real, calls = drawing.Press.draw, []

    def breaks_off(press: drawing.Press, paper: drawing.Paper) -> bytes:
        calls.append(paper.check_code)
        if len(calls) == 3:
            raise OSError("the power went")
        return real(press, paper)

    monkeypatch.setattr(drawing.Press, "draw", breaks_off)
    with clock.at(NOW):
        jobs.run_pending(limit=1)
    db.session.expire_all()
    assert [one.state for one in made] == [CertificateState.ISSUED, CertificateState.ISSUED, CertificateState.WAITING]
    before = [_pdf(one) for one in made[:2]]
    monkeypatch.setattr(drawing.Press, "draw", real)
    _draw()
    assert [_pdf(one) for one in made[:2]] == before
    assert _pdf(made[2]) == real(drawing.Press([_paper(one) for one in made]), _paper(made[2]))
    issued = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "certificate.issued")).all()
    assert len(issued) == 3


@pytest.mark.slow
def test_papers_that_a_failed_job_left_out_are_asked_for_again(winners: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _issue(winners, winners.final())
    real = drawing.Press.draw

    def fails(*_: object) -> bytes:
        raise OSError("no room on the disk")

    monkeypatch.setattr(drawing.Press, "draw", fails)
    with clock.at(NOW):
        jobs.run_pending()
    assert service.last_job(made[0].award.run).state == JobState.FAILED  # type: ignore[union-attr]
    monkeypatch.setattr(drawing.Press, "draw", real)
    for _ in range(2):
        again = _issue(winners, made[0].award.run)
    assert len(db.session.scalars(select(Job).where(Job.state == JobState.QUEUED)).all()) == 1
    with clock.at(NOW):
        jobs.run_pending()
    db.session.expire_all()
    assert [one.state for one in again] == [CertificateState.ISSUED] * 3


def _paper(certificate: Certificate) -> drawing.Paper:
    return drawing.Paper(certificate.check_code, certificate.facts, certificate.digest, certificate.created_at)


def test_the_paper_is_pdf_a_3a_with_its_facts_and_fonts_inside(winners: World) -> None:
    import pikepdf
    from pypdf import PdfReader

    made = _issue(winners, winners.final(), address="https://pumps.example")
    _draw()
    content = _pdf(made[0])
    with pikepdf.open(io.BytesIO(content)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
        assert pdf.Root.MarkInfo.Marked
        assert len(pdf.pages) == 1
        assert json.loads(pdf.attachments["facts.json"].get_file().read_bytes()) == made[0].facts
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile3" in font.DescendantFonts[0].FontDescriptor for font in fonts)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text().replace("\n", " ")
    for wanted in ("泵站班组1", "First prize", made[0].check_code, made[0].serial, "1 Jun 2026"):
        assert wanted in text
    assert "Specimen" not in text


@pytest.mark.slow
def test_a_rehearsal_prints_specimens(winners: World) -> None:
    from pypdf import PdfReader

    with transaction():
        winners.contest.is_rehearsal = True
    made = _issue(winners, winners.final())
    _draw()
    assert "Specimen" in PdfReader(io.BytesIO(_pdf(made[0]))).pages[0].extract_text()
    assert made[0].facts["demo"] is True


def test_a_character_without_a_glyph_is_named_and_blocks_issuing(winners: World) -> None:
    with transaction():
        winners.entries[1].applicant = "Pumps 😀 and 𪛖"
    run = winners.final()
    assert service.undrawable(run) == [service.Undrawable("A-2", ("😀", "𪛖"))]
    with pytest.raises(service.GlyphsMissing) as refused:
        _issue(winners, run)
    assert "A-2: “😀” (U+1F600) “𪛖” (U+2A6D6)" in str(refused.value.message)
    assert db.session.scalars(select(Certificate)).all() == []


def test_nothing_outside_the_memory_of_the_press_is_opened() -> None:
    from weasyprint.urls import FatalURLFetchingError

    from app.awards.drawing import fetcher_of

    fetch = fetcher_of({"a.svg": b"<svg/>"})
    assert fetch("certificate:a.svg").read() == b"<svg/>"
    for url in ("file:///etc/passwd", "https://example.org/a.svg", "certificate:b.svg", "data:text/plain,x"):
        with pytest.raises(FatalURLFetchingError):
            fetch(url)


@pytest.mark.slow
def test_names_are_text_and_never_markup(winners: World) -> None:
    from app.awards.drawing import page

    with transaction():
        winners.entries[0].applicant = '<img src="https://example.org/x.png">{{ 7 * 7 }}'
    made = _issue(winners, winners.final())
    html = page(_paper(made[0]))
    assert "&lt;img src=&#34;https://example.org/x.png&#34;&gt;{{ 7 * 7 }}" in html
    _draw()
    assert made[0].state == CertificateState.ISSUED


def test_a_withdrawn_certificate_says_so_and_keeps_its_facts(winners: World) -> None:
    made = _issue(winners, winners.final())
    with pytest.raises(Forbidden), transaction():
        service.withdraw(made[0], reason="Not yet drawn", by=winners.first, now=NOW)
    _draw()
    with pytest.raises(Invalid), transaction():
        service.withdraw(made[0], reason=" ", by=winners.first, now=NOW)
    with transaction():
        service.withdraw(made[0], reason="Issued by mistake", by=winners.first, now=NOW)
    assert (made[0].state, made[0].withdrawn_reason) == (CertificateState.WITHDRAWN, "Issued by mistake")
    assert service.facts_of(made[0].check_code.lower().replace("-", " ")) == made[0].facts
    with pytest.raises(Forbidden), transaction():
        service.withdraw(made[0], reason="Again", by=winners.first, now=NOW)


def test_codes_are_read_however_they_are_typed() -> None:
    for _ in range(200):
        code = codes.new_check_code()
        plain = code.replace("-", "")
        for typed in (code.lower(), plain, f"  {plain[:4]} {plain[4:8]}–{plain[8:]} ", plain.replace("0", "O")):
            assert codes.read_check_code(typed) == code
        assert codes.read_check_code("".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in code)) == code


def test_one_wrong_sign_and_two_exchanged_ones_are_noticed() -> None:
    chance = random.Random(1)
    for _ in range(300):
        plain = codes.new_check_code().replace("-", "")
        at, other = chance.sample(range(codes.LENGTH), 2)
        wrong = plain[:at] + chance.choice([c for c in codes.ALPHABET if c != plain[at]]) + plain[at + 1 :]
        assert codes.read_check_code(wrong) is None
        signs = list(plain)
        signs[at], signs[other] = signs[other], signs[at]
        if signs != list(plain):
            assert codes.read_check_code("".join(signs)) is None
    for text in ("", "ABCD", "ABCD-EFGH-JKLM-NPQR", "🦀" * 12, "<script>"):
        assert codes.read_check_code(text) is None


def test_a_rule_without_awards_makes_no_certificates(app: object) -> None:
    text = make.DOCUMENT[: make.DOCUMENT.index("[[rule.awards]]")]
    world = a_world(text=text)
    world.mark(world.enter("A-1"), 0, ("50", "20", "10"))
    assert _issue(world, world.final()) == []
    assert db.session.scalars(select(Job).where(Job.kind == service.KIND)).all() == []
