# SPDX-License-Identifier: Apache-2.0
"""Claims about certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.awards.models import Certificate, CertificateState
from app.entries import predicates as entries
from app.policy import Actor, predicate


@predicate(None)
def winner(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Certificate) and entries.owner(actor, obj.award.entry, now)


@predicate(_l("This certificate is not issued, or was withdrawn."))
def is_issued(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Certificate) and obj.state == CertificateState.ISSUED
