# SPDX-License-Identifier: Apache-2.0
"""From facts to paper: PDF/A-3a by WeasyPrint, from memory alone, the same bytes for the same facts.

What is the same on every certificate of a batch is made once: the typefaces cut to the characters of the whole ranking
run, the style sheet, frame and seal. The cut goes by the run and not by what is still to be drawn, so that a batch that
was interrupted goes on with the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import segno
from flask import current_app
from flask_babel import force_locale

from app.awards.fonts import FACES, cut
from app.awards.frame import frame
from app.awards.seal import seal
from app.clock import iso
from app.templating.wording import day

SCHEME = "certificate:"
PROFILE = "paper"
MM = 72 / 25.4
SEAL_X, SEAL_Y, SEAL_SIZE = 224.0, 53.0, 42.0  # millimetres from the lower left corner


@dataclass(frozen=True, slots=True)
class Paper:
    """What one certificate is drawn from."""

    check_code: str
    facts: Mapping[str, Any]
    digest: str
    created_at: datetime


class Press:
    """Draws the certificates of one ranking run."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        from weasyprint import CSS  # a second, and only jobs draw
        from weasyprint.text.fonts import FontConfiguration

        pages = {paper.check_code: page(paper) for paper in papers}
        text = set("".join(pages.values())) | set("0123456789：")
        self._common = {f"{face.name}-{face.weight}.otf": cut(face, text) for face in FACES}
        self._common["frame.svg"] = frame().encode("utf-8")
        self._pages = pages
        self._colours = _colours()
        self._fonts = FontConfiguration()
        loader = current_app.jinja_env.loader
        assert loader is not None, "a Flask application has a loader"
        source, _, _ = loader.get_source(current_app.jinja_env, "awards/certificate.css")
        self._sheet = CSS(string=source, font_config=self._fonts, url_fetcher=self._fetcher({}))

    def draw(self, paper: Paper) -> bytes:
        """Return a certificate as PDF/A-3a with its facts attached as `facts.json`."""
        from weasyprint import HTML, Attachment

        fetcher = self._fetcher({"qr.svg": qr(paper)})
        facts = Attachment(
            string=json.dumps(paper.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            name="facts.json",
            description="Facts stated by this certificate",
            created=paper.created_at.astimezone(UTC),
            modified=paper.created_at.astimezone(UTC),
            relationship="Data",
            url_fetcher=fetcher,
        )
        out = io.BytesIO()
        HTML(string=self._pages[paper.check_code], base_url=SCHEME, url_fetcher=fetcher).write_pdf(
            out,
            stylesheets=[self._sheet],
            font_config=self._fonts,
            attachments=[facts],
            color_profiles={PROFILE: self._colours},
            output_intent=PROFILE,
            pdf_variant="pdf/a-3a",
            pdf_identifier=paper.digest[:32].encode("ascii"),
            finisher=_sealed(str(paper.facts["issuer"])) if paper.facts["demo"] else None,
        )
        return out.getvalue()

    def _fetcher(self, own: Mapping[str, bytes]) -> Any:
        return fetcher_of({**self._common, **own})


def _colours() -> Any:
    """Return the sRGB profile that WeasyPrint brings; left to itself it opens the file anew for every page."""
    from weasyprint.css import ColorProfile

    content = (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()
    return ColorProfile(io.BytesIO(content), "sRGB2014.icc", "relative-colorimetric", ("r", "g", "b"))


def _sealed(issuer: str) -> Any:
    """Return what lays the specimen's seal under the text of a finished page."""

    def lay(_: Any, pdf: Any) -> None:
        import pydyf  # type: ignore[import-untyped]  # WeasyPrint's own writer ships no types

        stream = pydyf.Stream([seal(issuer, x=SEAL_X * MM, y=SEAL_Y * MM, size=SEAL_SIZE * MM)], compress=True)
        pdf.add_object(stream)
        for sheet in pdf.objects:
            if isinstance(sheet, pydyf.Dictionary) and sheet.get("Type") == "/Page":
                sheet["Contents"] = pydyf.Array([stream.reference, sheet["Contents"]])

    return lay


def page(paper: Paper) -> str:
    """Return a certificate as HTML, worded in the contest's language."""
    facts = paper.facts
    with force_locale(str(facts["language"])):
        template = current_app.jinja_env.get_template("awards/certificate.html")
        return template.render(
            facts=facts,
            check_code=paper.check_code,
            created=iso(paper.created_at),
            day=day(date.fromisoformat(str(facts["date"]))),
        )


def qr(paper: Paper) -> bytes:
    """Return the QR code as SVG: the address of this certificate's page, or the code alone without an address."""
    verify_at = paper.facts["verify_at"]
    target = f"{verify_at}/{paper.check_code}" if verify_at else paper.check_code
    out = io.BytesIO()
    segno.make(target, error="m", micro=False).save(
        out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None, dark="#262020", omitsize=True
    )
    return out.getvalue()


def fetcher_of(files: Mapping[str, bytes]) -> Any:
    """Return a fetcher that knows a fixed set of files in memory and opens nothing else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):
        """Serve `certificate:name`; stop the drawing at any other address."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in files:
                raise FatalURLFetchingError(f"a certificate asks for {url!r}")
            kind = "image/svg+xml" if name.endswith(".svg") else "font/otf"
            return URLFetcherResponse(url, io.BytesIO(files[name]), {"Content-Type": kind})

    return Fetcher()
