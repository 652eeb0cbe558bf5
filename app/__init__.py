# SPDX-License-Identifier: Apache-2.0
"""The web application of Youyin 有因. `create_app` wires it; nothing else happens here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask

from app import audit, cli, db, errors, i18n, idempotency, jobs, logs, notify, policy, policy_table, security
from app.accounts import identity
from app.config import Settings
from app.templating import folding

ROOT = Path(__file__).resolve().parent.parent
FEATURES = (
    "accounts",
    "competitions",
    "evidence",
    "diaries",
    "rubrics",
    "entries",
    "judging",
    "results",
    "awards",
    "archives",
    "workspaces",
    "exchange",
)


def create_app(settings: Settings) -> Flask:
    """Return the application of one installation."""
    app = Flask(
        "youyin",
        root_path=str(ROOT / "app"),
        instance_path=str(settings.instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
    )
    app.testing = settings.testing
    app.jinja_environment = folding.Environment  # type: ignore[assignment]  # Flask declares its own class there
    logs.init(settings.log_level)
    app.config["YOUYIN"] = settings
    settings.instance.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": not settings.database_url.startswith("sqlite")}
    db.db.init_app(app)
    db.migrate.init_app(app, db.db, directory=str(ROOT / "migrations"))
    security.init_app(app, settings)
    i18n.init_app(app, settings.timezone)
    identity.init_app(app)
    idempotency.init_app(app)
    errors.init_app(app)
    policy.init_app(app, policy_table.TABLE)
    audit.init_app(app)
    jobs.init_app(app, jobs.make_huey(settings.jobs_url, settings.secret_key))
    for name in ("templating", "ops"):
        if find_spec(f"app.{name}"):
            import_module(f"app.{name}").init_app(app)
    notify.init_app(app)
    for feature in FEATURES:
        if find_spec(f"app.{feature}.models"):
            import_module(f"app.{feature}.models")
        if find_spec(f"app.{feature}.views"):
            module = import_module(f"app.{feature}.views")
            app.register_blueprint(module.blueprint)
        if find_spec(f"app.{feature}.tasks"):
            import_module(f"app.{feature}.tasks")
    if settings.development and find_spec("app.styleguide"):
        app.register_blueprint(import_module("app.styleguide.views").blueprint)
    cli.init_app(app)
    return app
