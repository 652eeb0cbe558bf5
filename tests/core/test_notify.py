# SPDX-License-Identifier: Apache-2.0
"""Notices: in the site at once, by mail after the commit, each in the language of its reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app import jobs, notify
from app.db import db, transaction
from app.notify import NoticeKind
from tests import factories as make
from tests import servers


def test_a_notice_stands_in_the_site_and_goes_by_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = make.user(email="reader@example.org", language="zh")
    with servers.smtp() as mailbox:
        settings = replace(app.config["YOUYIN"], mail_url=mailbox.url, public_url="https://contest.example.org")
        monkeypatch.setitem(app.config, "YOUYIN", settings)
        with transaction():
            notify.notify(reader.id, NoticeKind.RANKING_PUBLISHED, now=make.NOW, url="/rankings/x", category="Bridges")
        assert mailbox.messages == []  # nothing leaves before a worker takes it up
        assert jobs.run_pending() == 1
        (message,) = mailbox.messages
    assert "Bridges" in message.get_content()
    assert "https://contest.example.org/rankings/x" in message.get_content()
    assert message["To"] == "reader@example.org"
    assert "Bridges" not in message["Subject"]
    assert notify.unread(reader.id) == 1


def test_without_a_mail_server_or_an_address_nothing_is_sent(app: Flask, client: Any) -> None:
    reader = make.user()
    with transaction():
        notify.notify(reader.id, NoticeKind.ASSIGNED, now=make.NOW, count=3, stage="Initial")
    assert jobs.run_pending() == 0
    client.sign_in(reader)
    assert "3 entries wait for your marks in Initial." in client.get("/notices").get_data(as_text=True)
    client.post("/notices/read")
    db.session.rollback()
    assert notify.unread(reader.id) == 0
