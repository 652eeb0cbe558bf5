# SPDX-License-Identifier: Apache-2.0
"""How dates, numbers, names and sizes are written, in the reader's language and the contest's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_timezone, gettext, ngettext
from markupsafe import Markup

from app import i18n

Zone = str | tzinfo | None

_FORMS = {
    "zh": {
        "day": "{0.year}年{0.month}月{0.day}日",
        "day_short": "{0.month}月{0.day}日",
        "month": "{0.year}年{0.month}月",
        "moment": "{0.year}年{0.month}月{0.day}日 {0:%H:%M}",
        "short": "{0.month}月{0.day}日 {0:%H:%M}",
    },
    "en": {
        "day": "{0.day} {1:.3} {0.year}",
        "day_short": "{0.day} {1:.3}",
        "month": "{1} {0.year}",
        "moment": "{0.day} {1:.3} {0.year}, {0:%H:%M}",
        "short": "{0.day} {1:.3}, {0:%H:%M}",
    },
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _local(moment: datetime, zone: Zone) -> datetime:
    """Move a moment to the zone given, else to the one that this request is shown in."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown")
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone or get_timezone())


def _form(local: date | datetime, form: str) -> str:
    """Write a date by our own forms: Babel's patterns cost a third of a page that lists twenty times."""
    return _FORMS[i18n.language()][form].format(local, _MONTHS[local.month - 1])


def _written(moment: date | datetime | None, form: str, zone: Zone) -> str:
    if moment is None:
        return ""
    return _form(_local(moment, zone) if isinstance(moment, datetime) else moment, form)


def day(moment: date | datetime | None, zone: Zone = None) -> str:
    """Write a day: 2026年11月20日, 20 Nov 2026."""
    return _written(moment, "day", zone)


def day_short(moment: date | datetime | None, zone: Zone = None) -> str:
    """Write a day without its year."""
    return _written(moment, "day_short", zone)


def moment(moment: datetime | None, zone: Zone = None) -> str:
    """Write a day and a time to the minute."""
    return _written(moment, "moment", zone)


def short(moment: datetime | None, zone: Zone = None) -> str:
    """Write a moment of the present year: no year, to the minute."""
    return _written(moment, "short", zone)


def month(moment: date | datetime | None, zone: Zone = None) -> str:
    """Write a month and its year."""
    return _written(moment, "month", zone)


def hour(moment: datetime | None, zone: Zone = None) -> str:
    """Write a time of day to the minute, on a clock of 24 hours."""
    return "" if moment is None else _local(moment, zone).strftime("%H:%M")


def iso(moment: date | datetime | None, zone: Zone = None) -> str:
    """Write a moment for the `datetime` attribute of a <time> element."""
    if isinstance(moment, datetime):
        return _local(moment, zone).isoformat(timespec="seconds")
    return moment.isoformat() if moment else ""


def when(moment: date | datetime | None, form: str = "moment", zone: Zone = None) -> Markup:
    """Write a moment as a <time> element, its exact time and zone in the title; a day has neither."""
    if moment is None:
        return Markup("")
    if not isinstance(moment, datetime):
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), _written(moment, form, zone))
    local = _local(moment, zone)
    exact = f"{local:%Y-%m-%d %H:%M:%S %Z}"
    html = f'<time datetime="{local.isoformat(timespec="seconds")}" title="{exact}">{_form(local, form)}</time>'
    return Markup(html)  # noqa: S704 -- digits, names of months and of zones


def time_left(end: datetime, now: datetime) -> str:
    """Say how long it is until a window's end, in the largest unit that helps: days, then hours, then minutes."""
    unit, num = _span(end - now)
    if num == 0:
        return str(gettext("ended"))
    if unit == "days":
        return str(ngettext("%(num)d day left", "%(num)d days left", num))
    if unit == "hours":
        return str(ngettext("%(num)d hour left", "%(num)d hours left", num))
    return str(ngettext("%(num)d minute left", "%(num)d minutes left", num))


def time_to(start: datetime, now: datetime) -> str:
    """Say how long it is until a window's start."""
    unit, num = _span(start - now)
    if num == 0:
        return str(gettext("begins now"))
    if unit == "days":
        return str(ngettext("begins in %(num)d day", "begins in %(num)d days", num))
    if unit == "hours":
        return str(ngettext("begins in %(num)d hour", "begins in %(num)d hours", num))
    return str(ngettext("begins in %(num)d minute", "begins in %(num)d minutes", num))


def _span(left: timedelta) -> tuple[str, int]:
    """Return the largest unit of which there are at least two, and how many whole ones are left."""
    if left <= timedelta(0):
        return "minutes", 0
    if left >= timedelta(days=2):
        return "days", left.days
    minutes = int(left.total_seconds() // 60)
    return ("hours", minutes // 60) if minutes >= 120 else ("minutes", max(1, minutes))


def number(value: int | Fraction | Decimal | None, places: int | None = None, blank: str = "—") -> str:
    """Write a mark exactly; with `places`, rounded half up and padded.

    A fraction without an end in decimals is cut after four places and followed by an ellipsis, so that nobody takes it
    for the whole number.
    """
    if value is None:
        return blank
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, Decimal)):
        raise TypeError(f"a mark is an exact number, not {type(value).__name__}")
    exact = Fraction(value)
    if places is not None:
        scaled = abs(exact) * 10**places + Fraction(1, 2)
        return _decimal(exact < 0, int(scaled), places)
    rest = exact.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    needed = max(twos, fives)
    if rest == 1 and needed <= 9:
        return _decimal(exact < 0, int(abs(exact) * 10**needed), needed)
    return _decimal(exact < 0, int(abs(exact) * 10**4), 4) + "…"


def _decimal(negative: bool, digits: int, places: int) -> str:
    text = str(digits).rjust(places + 1, "0")
    whole = text if places == 0 else f"{text[:-places]}.{text[-places:]}"
    return f"−{whole}" if negative and digits else whole


def count(value: int) -> str:
    """Write a count with its thousands parted."""
    return f"{value:,}"


def file_size(size: int | None) -> str:
    """Write a number of bytes as people say it."""
    if size is None:
        return ""
    if size < 1024:
        return str(ngettext("%(num)d byte", "%(num)d bytes", size))
    value = Decimal(size)
    for unit in ("KB", "MB", "GB"):
        value /= 1024
        if value < 1024 or unit == "GB":
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    raise AssertionError("unreachable")


def initials(name: str | None) -> str:
    """Return what stands for a person in a small circle: the given name's last two characters, or two initials."""
    text = (name or "").strip()
    if not text:
        return "?"
    if any("\u3400" <= char <= "\u9fff" for char in text):
        return text[-2:] if len(text) > 2 else text
    words = text.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def mask_name(name: str | None) -> str:
    """Hide the middle of a name: 张三 → 张*, 欧阳娜娜 → 欧**娜."""
    text = (name or "").strip()
    if len(text) <= 1:
        return text
    return text[0] + "*" * max(1, len(text) - 2) + (text[-1] if len(text) > 2 else "")


def mask_login(login: str | None) -> str:
    """Hide the middle of a phone or staff number: 13800001234 → 138****1234."""
    text = (login or "").strip()
    if len(text) >= 9:
        return f"{text[:3]}****{text[-4:]}"
    return text[:1] + "*" * max(1, len(text) - 2) + text[-1:] if len(text) > 2 else "*" * len(text)


def digest_groups(digest: str, shown: int = 12) -> str:
    """Return the start of a digest in groups of four, as people read it out to each other."""
    start = digest[:shown]
    return " ".join(start[at : at + 4] for at in range(0, len(start), 4))


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "day_short": day_short,
    "moment": moment,
    "short": short,
    "month": month,
    "hour": hour,
    "iso": iso,
    "when": when,
    "number": number,
    "count": count,
    "file_size": file_size,
    "initials": initials,
    "mask_name": mask_name,
    "mask_login": mask_login,
    "digest_groups": digest_groups,
}
