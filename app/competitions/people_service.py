# SPDX-License-Identifier: Apache-2.0
"""Slips for people of a contest: links made many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts import queries as people
from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.roles import may_be_let_in
from app.competitions.models import Competition
from app.errors import Forbidden
from app.policy import Actor


def make_slips(
    competition: Competition, chosen: Sequence[User], *, expires_at: datetime, replace: bool, by: Actor, now: datetime
) -> dict[str, str]:
    """Make a personal link for each person and return the tokens by public id; `replace` ends earlier links.

    Whom `by` may let in is asked again here, since a link is as good as the person.
    """
    involved = people.involvements([user.id for user in chosen])
    tokens = {}
    for user in chosen:
        own = involved[user.id]
        if not any(contest == competition.id for contest, _ in own) or not may_be_let_in(user, own, by=by):
            raise Forbidden(_l("You may not make a link for %(name)s. An administrator can.", name=user.name))
        if replace:
            for link in people.links_of(user.id, now):
                accounts.revoke_link(link, by=by, now=now)
        tokens[user.public_id] = accounts.make_link(user, expires_at=expires_at, by=by, now=now)
    return tokens
