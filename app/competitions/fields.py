# SPDX-License-Identifier: Apache-2.0
"""A field for a moment in the contest's zone: what a clock on the wall there shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import Field
from wtforms.widgets import DateTimeLocalInput


class MomentField(Field):
    """Reads and writes `datetime-local`; `data` is a moment with the contest's zone. Set `zone` before processing."""

    widget = DateTimeLocalInput()
    zone: ZoneInfo = ZoneInfo("UTC")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        local = self.data.astimezone(self.zone).replace(tzinfo=None)
        return str(local.isoformat(timespec="seconds" if local.second else "minutes"))

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            naive = datetime.fromisoformat(text)
        except ValueError:
            self.data = None
            raise ValueError(_("Write a day and a time, such as 2026-06-01 09:00.")) from None
        if naive.tzinfo is not None or not 1970 < naive.year < 2200:
            self.data = None
            raise ValueError(_("Write a day and a time, such as 2026-06-01 09:00."))
        moment = naive.replace(tzinfo=self.zone)
        if moment.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != naive:
            self.data = None
            raise ValueError(_("Clocks are put forward at this moment; this time does not exist. Take the next hour."))
        self.data = moment.astimezone(UTC)


def in_zone(form: Any, zone: str, formdata: Any, **data: Any) -> None:
    """Fill a form whose moments are those of `zone`, from what was sent or from `data`."""
    for field in form:
        if isinstance(field, MomentField):
            field.zone = ZoneInfo(zone)
    form.process(formdata, **data)
