# SPDX-License-Identifier: Apache-2.0
"""Pages of the style guide; registered in development only."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.errors import HTTP_MESSAGES
from app.policy import public
from app.styleguide import samples
from app.templating.chips import STATES

blueprint = Blueprint("styleguide", __name__, url_prefix="/styleguide")

PARTS = {
    "identity": ("palette", "Identity", "标识与色彩"),
    "pieces": ("layout-grid", "Pieces", "页面构件"),
    "forms": ("forms", "Forms", "表单"),
    "data": ("table", "Tables", "表格与列表"),
    "diary": ("notebook", "Diary and evidence", "日记与佐证"),
    "judging": ("scale", "Scoresheet", "评分表"),
    "reasons": ("route", "Reasons", "有因"),
    "public": ("world", "Public pages", "公众页面"),
}
ERRORS = (400, 403, 404, 409, 413, 422, 429, 500, 503)


def _nav(here: str) -> list[tuple[str, str | None, str | None, bool]]:
    lines: list[tuple[str, str | None, str | None, bool]] = [
        (samples.say(zh, en), url_for("styleguide.show", part=name), symbol, name == here)
        for name, (symbol, en, zh) in PARTS.items()
    ]
    return lines


@blueprint.get("/")
@blueprint.get("/<part>")
@public
def show(part: str = "identity") -> ResponseReturnValue:
    """Show one part of the guide."""
    if part not in PARTS:
        abort(404)
    now = clock.now()
    return render_template(
        f"styleguide/{part}.html",
        nav=_nav(part),
        heading=samples.say(PARTS[part][2], PARTS[part][1]),
        say=samples.say,
        states=list(STATES),
        errors=ERRORS,
        form=samples.entry_form({"title": samples.say("山区小流域泥沙自动监测", "Sediment watch"), "category": "1"}),
        wrong=samples.entry_form({"summary": samples.say("为", "We ") * 131, "budget": "abc"}, validate=True),
        page=samples.Page(),
        entries=samples.entries(),
        stages=samples.stages(now),
        months=samples.months(),
        pictures=samples.pictures(url_for("styleguide.picture", number=9)),
        levels=samples.levels(),
        present=now,
        day=timedelta(days=1),
    )


@blueprint.get("/error/<int:status>")
@public
def error(status: int) -> ResponseReturnValue:
    """Show an error page as it comes."""
    if status not in ERRORS:
        abort(404)
    return render_template("errors/page.html", status=status, message=HTTP_MESSAGES[status], fields={}), status


@blueprint.get("/picture/<int:number>.svg")
@public
def picture(number: int) -> Response:
    """Draw an invented landscape."""
    hue = (number * 47) % 360
    hill = 150 - (number * 13) % 60
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 320 240">'
        f'<rect width="320" height="240" fill="hsl({hue},35%,78%)"/>'
        f'<path d="M0 {hill}Q80 {hill - 60} 160 {hill}T320 {hill - 20}V240H0z" fill="hsl({hue},25%,52%)"/>'
        f'<path d="M0 {hill + 50}Q120 {hill} 320 {hill + 44}V240H0z" fill="hsl({hue},30%,36%)"/></svg>'
    )
    return Response(svg, mimetype="image/svg+xml")
