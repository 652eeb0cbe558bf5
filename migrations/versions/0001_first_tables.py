# SPDX-License-Identifier: Apache-2.0
"""The first tables, and the triggers that keep the audit trail append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$",
    "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("competition_id", name=op.f("uq_audit_head_competition_id")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("sha256", name=op.f("uq_blob_sha256")),
    )
    op.create_table(
        "competition",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("names_rule", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("diary_release", sa.String(length=10), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("is_rehearsal", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("notice_days >= 0", name=op.f("ck_competition_notice_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_competition_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_competition_slug")),
    )
    op.create_table(
        "diary",
        sa.Column("release_rule", sa.String(length=12), nullable=False),
        sa.Column("release_from", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "(release_rule = 'from_date') = (release_from IS NOT NULL)", name=op.f("ck_diary_from_date")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
        sa.UniqueConstraint("public_id", name=op.f("uq_diary_public_id")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("owner", "key", name=op.f("uq_idempotency_key_owner_key")),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sort_key", sa.String(length=240), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_unit_public_id")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_path"), ["path"], unique=False)

    op.create_table(
        "division",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("applicant", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_division_competition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_division")),
        sa.UniqueConstraint("competition_id", "code", name=op.f("uq_division_competition_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_division_public_id")),
    )
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_division_competition_id"), ["competition_id"], unique=False)

    op.create_table(
        "stage",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_stage_competition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("competition_id", "code", name=op.f("uq_stage_competition_id_code")),
        sa.UniqueConstraint("competition_id", "position", name=op.f("uq_stage_competition_id_position")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stage_public_id")),
    )
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_competition_id"), ["competition_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("login_key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("suspended_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login_key", name=op.f("uq_user_login_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_public_id")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "access_log",
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_access_log_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_log_competition_id"), ["competition_id"], unique=False)

    op.create_table(
        "archive",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("standings_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_archive_competition_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_archive_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive")),
        sa.UniqueConstraint("public_id", name=op.f("uq_archive_public_id")),
    )
    with op.batch_alter_table("archive", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_competition_id"), ["competition_id"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_audit_event_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("competition_id", "sequence", name=op.f("uq_audit_event_competition_id_sequence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_audit_event_public_id")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "category",
        sa.Column("division_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_category_division_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("division_id", "code", name=op.f("uq_category_division_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_category_public_id")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_division_id"), ["division_id"], unique=False)

    op.create_table(
        "diary_entry",
        sa.Column("diary_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("written_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("released_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("held_reason", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_diary_entry_author_id")),
        sa.ForeignKeyConstraint(["diary_id"], ["diary.id"], name=op.f("fk_diary_entry_diary_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["user.id"], name=op.f("fk_diary_entry_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_diary_entry_public_id")),
    )
    with op.batch_alter_table("diary_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diary_entry_diary_id"), ["diary_id"], unique=False)
        batch_op.create_index("ix_diary_entry_feed", ["state", "released_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_diary_entry_happened_on"), ["happened_on"], unique=False)

    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("competition_id", sa.Integer(), nullable=True),
        sa.Column("heartbeat_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=200), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_job_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_competition_id"), ["competition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "notice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_user_id"), ["user_id"], unique=False)

    op.create_table(
        "panel",
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_panel_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("public_id", name=op.f("uq_panel_public_id")),
        sa.UniqueConstraint("stage_id", "code", name=op.f("uq_panel_stage_id_code")),
    )
    with op.batch_alter_table("panel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "personal_salt",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_personal_salt_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_salt")),
        sa.UniqueConstraint("user_id", name=op.f("uq_personal_salt_user_id")),
    )
    op.create_table(
        "role_grant",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(role = 'unit_clerk') = (unit_id IS NOT NULL)", name=op.f("ck_role_grant_clerk_has_unit")),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_role_grant_competition_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["user.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("public_id", name=op.f("uq_role_grant_public_id")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_competition_id"), ["competition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_role_grant_active",
            ["competition_id", "user_id", "role", "unit_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND unit_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_role_grant_active_plain",
            ["competition_id", "user_id", "role"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL AND unit_id IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND unit_id IS NULL"),
        )

    op.create_table(
        "sign_in_link",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("single_use", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_sign_in_link_created_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_in_link_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "window",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'marking') = (stage_id IS NOT NULL)", name=op.f("ck_window_stage")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_window_order")),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_window_competition_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_window_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window")),
        sa.UniqueConstraint("competition_id", "kind", "stage_id", name=op.f("uq_window_competition_id_kind_stage_id")),
    )
    with op.batch_alter_table("window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_window_competition_id"), ["competition_id"], unique=False)
        batch_op.create_index(
            "uq_window_contest",
            ["competition_id", "kind"],
            unique=True,
            sqlite_where=sa.text("stage_id IS NULL"),
            postgresql_where=sa.text("stage_id IS NULL"),
        )

    op.create_table(
        "entry",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("applicant", sa.String(length=120), nullable=False),
        sa.Column("sort_key", sa.String(length=240), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("diary_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("names_accepted_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("result_handed_in_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state_reason", sa.String(length=300), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "state <> 'handed_in' OR names_accepted_at IS NOT NULL", name=op.f("ck_entry_names_accepted")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_entry_category_id")),
        sa.ForeignKeyConstraint(["competition_id"], ["competition.id"], name=op.f("fk_entry_competition_id")),
        sa.ForeignKeyConstraint(["diary_id"], ["diary.id"], name=op.f("fk_entry_diary_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_entry_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("competition_id", "number", name=op.f("uq_entry_competition_id_number")),
        sa.UniqueConstraint("diary_id", name=op.f("uq_entry_diary_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_entry_public_id")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_competition_id"), ["competition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("seated_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_seat_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_seat_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seat_public_id")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_panel_id"), ["panel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_seat_active",
            ["panel_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "stage_category",
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=True),
        sa.Column("judges_wanted", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("frozen_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("frozen_at IS NULL OR digest IS NOT NULL", name=op.f("ck_stage_category_frozen_has_digest")),
        sa.CheckConstraint("judges_wanted > 0", name=op.f("ck_stage_category_judges_wanted")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_stage_category_category_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_stage_category_panel_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stage_category_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_category")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stage_category_public_id")),
        sa.UniqueConstraint("stage_id", "category_id", name=op.f("uq_stage_category_stage_id_category_id")),
    )
    with op.batch_alter_table("stage_category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_category_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stage_category_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("stage_category_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("skipped_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_assignment_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["user.id"], name=op.f("fk_assignment_judge_id")),
        sa.ForeignKeyConstraint(
            ["stage_category_id"], ["stage_category.id"], name=op.f("fk_assignment_stage_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignment_public_id")),
        sa.UniqueConstraint(
            "stage_category_id", "entry_id", "judge_id", name=op.f("uq_assignment_stage_category_id_entry_id_judge_id")
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_stage_category_id"), ["stage_category_id"], unique=False)
        batch_op.create_index("ix_assignment_worklist", ["judge_id", "state"], unique=False)

    op.create_table(
        "criterion",
        sa.Column("stage_category_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=8), nullable=False),
        sa.Column("group_title", sa.String(length=400), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("minimum", app.db.Exact(), nullable=False),
        sa.Column("maximum", app.db.Exact(), nullable=False),
        sa.Column("weight", app.db.Exact(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stage_category_id"], ["stage_category.id"], name=op.f("fk_criterion_stage_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("stage_category_id", "code", name=op.f("uq_criterion_stage_category_id_code")),
    )
    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_criterion_stage_category_id"), ["stage_category_id"], unique=False)

    op.create_table(
        "entry_member",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_member_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_entry_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_member")),
    )
    with op.batch_alter_table("entry_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_member_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "entry_version",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("handed_in_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("handed_in_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_version_entry_id")),
        sa.ForeignKeyConstraint(["handed_in_by_id"], ["user.id"], name=op.f("fk_entry_version_handed_in_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_version")),
        sa.UniqueConstraint("entry_id", "part", "number", name=op.f("uq_entry_version_entry_id_part_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_entry_version_public_id")),
    )
    with op.batch_alter_table("entry_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_version_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("diary_entry_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("struck_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("struck_reason", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(diary_entry_id IS NULL) <> (entry_id IS NULL)", name=op.f("ck_evidence_one_owner")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_evidence_blob_id")),
        sa.ForeignKeyConstraint(["diary_entry_id"], ["diary_entry.id"], name=op.f("fk_evidence_diary_entry_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_evidence_entry_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["user.id"], name=op.f("fk_evidence_received_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evidence_public_id")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_diary_entry_id"), ["diary_entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "ranking_run",
        sa.Column("stage_category_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("document_digest", sa.String(length=64), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("output_digest", sa.String(length=64), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("computed_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("computed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("notice_ends_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("final_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "mode = 'light' OR confirmed_by_id IS NULL OR confirmed_by_id <> computed_by_id",
            name=op.f("ck_ranking_run_two"),
        ),
        sa.ForeignKeyConstraint(["computed_by_id"], ["user.id"], name=op.f("fk_ranking_run_computed_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_ranking_run_confirmed_by_id")),
        sa.ForeignKeyConstraint(
            ["stage_category_id"], ["stage_category.id"], name=op.f("fk_ranking_run_stage_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ranking_run_public_id")),
        sa.UniqueConstraint("stage_category_id", "number", name=op.f("uq_ranking_run_stage_category_id_number")),
    )
    with op.batch_alter_table("ranking_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ranking_run_stage_category_id"), ["stage_category_id"], unique=False)

    op.create_table(
        "award",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("granted_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_award_entry_id")),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_award_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("public_id", name=op.f("uq_award_public_id")),
        sa.UniqueConstraint("run_id", "entry_id", "code", name=op.f("uq_award_run_id_entry_id_code")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_run_id"), ["run_id"], unique=False)

    op.create_table(
        "level",
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("lowest", app.db.Exact(), nullable=False),
        sa.Column("highest", app.db.Exact(), nullable=False),
        sa.Column("descriptor", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_level_criterion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level")),
        sa.UniqueConstraint("criterion_id", "code", name=op.f("uq_level_criterion_id_code")),
    )
    with op.batch_alter_table("level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_criterion_id"), ["criterion_id"], unique=False)

    op.create_table(
        "preview",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_preview_blob_id")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_preview_evidence_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
        sa.UniqueConstraint("evidence_id", "name", "number", name=op.f("uq_preview_evidence_id_name_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_preview_public_id")),
    )
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preview_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "promotion",
        sa.Column("stage_category_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("promoted_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_promotion_entry_id")),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_promotion_run_id")),
        sa.ForeignKeyConstraint(
            ["stage_category_id"], ["stage_category.id"], name=op.f("fk_promotion_stage_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("stage_category_id", "entry_id", name=op.f("uq_promotion_stage_category_id_entry_id")),
    )
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promotion_stage_category_id"), ["stage_category_id"], unique=False)

    op.create_table(
        "ranking_row",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("tied", sa.Boolean(), nullable=False),
        sa.Column("score", sa.String(length=60), nullable=True),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=True),
        sa.Column("award", sa.String(length=16), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_ranking_row_entry_id")),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_ranking_row_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_row")),
        sa.UniqueConstraint("run_id", "entry_id", name=op.f("uq_ranking_row_run_id_entry_id")),
    )
    with op.batch_alter_table("ranking_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ranking_row_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ranking_row_run_id"), ["run_id"], unique=False)

    op.create_table(
        "scoresheet",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("total", app.db.Exact(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("started_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(state = 'submitted') = (digest IS NOT NULL)", name=op.f("ck_scoresheet_submitted_digest")),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_scoresheet_submitted_when")
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_scoresheet_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoresheet")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_scoresheet_assignment_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_scoresheet_public_id")),
    )
    with op.batch_alter_table("scoresheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scoresheet_state"), ["state"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("check_code", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(state <> 'waiting') = (blob_id IS NOT NULL)", name=op.f("ck_certificate_issued_file")),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_certificate_withdrawn_when")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_certificate_award_id")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_certificate_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("check_code", name=op.f("uq_certificate_check_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_certificate_public_id")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_award_id"), ["award_id"], unique=False)
        batch_op.create_index(
            "uq_certificate_valid",
            ["award_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )

    op.create_table(
        "mark",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=8), nullable=False),
        sa.Column("value", app.db.Exact(), nullable=True),
        sa.Column("state", sa.String(length=15), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("value IS NULL OR state IS NULL", name=op.f("ck_mark_value_or_state")),
        sa.ForeignKeyConstraint(["sheet_id"], ["scoresheet.id"], name=op.f("fk_mark_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("sheet_id", "criterion", name=op.f("uq_mark_sheet_id_criterion")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "citation",
        sa.Column("mark_id", sa.Integer(), nullable=False),
        sa.Column("diary_entry_id", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("cited_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(diary_entry_id IS NULL) <> (evidence_id IS NULL)", name=op.f("ck_citation_one_source")),
        sa.CheckConstraint("page IS NULL OR evidence_id IS NOT NULL", name=op.f("ck_citation_page_of_file")),
        sa.ForeignKeyConstraint(["diary_entry_id"], ["diary_entry.id"], name=op.f("fk_citation_diary_entry_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_citation_evidence_id")),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"], name=op.f("fk_citation_mark_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
        sa.UniqueConstraint("mark_id", "diary_entry_id", name=op.f("uq_citation_mark_id_diary_entry_id")),
        sa.UniqueConstraint("mark_id", "evidence_id", "page", name=op.f("uq_citation_mark_id_evidence_id_page")),
    )
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citation_mark_id"), ["mark_id"], unique=False)
        batch_op.create_index(
            "uq_citation_whole_file",
            ["mark_id", "evidence_id"],
            unique=True,
            sqlite_where=sa.text("page IS NULL"),
            postgresql_where=sa.text("page IS NULL"),
        )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_citation_whole_file", sqlite_where=sa.text("page IS NULL"), postgresql_where=sa.text("page IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_citation_mark_id"))

    op.drop_table("citation")
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_sheet_id"))

    op.drop_table("mark")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_valid",
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_certificate_award_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("scoresheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scoresheet_state"))

    op.drop_table("scoresheet")
    with op.batch_alter_table("ranking_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ranking_row_run_id"))
        batch_op.drop_index(batch_op.f("ix_ranking_row_entry_id"))

    op.drop_table("ranking_row")
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_stage_category_id"))
        batch_op.drop_index(batch_op.f("ix_promotion_entry_id"))

    op.drop_table("promotion")
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preview_evidence_id"))

    op.drop_table("preview")
    with op.batch_alter_table("level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_level_criterion_id"))

    op.drop_table("level")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_run_id"))
        batch_op.drop_index(batch_op.f("ix_award_entry_id"))

    op.drop_table("award")
    with op.batch_alter_table("ranking_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ranking_run_stage_category_id"))

    op.drop_table("ranking_run")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_entry_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_diary_entry_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("entry_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_version_entry_id"))

    op.drop_table("entry_version")
    with op.batch_alter_table("entry_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_member_entry_id"))

    op.drop_table("entry_member")
    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_criterion_stage_category_id"))

    op.drop_table("criterion")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_worklist")
        batch_op.drop_index(batch_op.f("ix_assignment_stage_category_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_judge_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_entry_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("stage_category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_category_stage_id"))
        batch_op.drop_index(batch_op.f("ix_stage_category_category_id"))

    op.drop_table("stage_category")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seat_active", sqlite_where=sa.text("left_at IS NULL"), postgresql_where=sa.text("left_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_seat_user_id"))
        batch_op.drop_index(batch_op.f("ix_seat_panel_id"))

    op.drop_table("seat")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_unit_id"))
        batch_op.drop_index(batch_op.f("ix_entry_state"))
        batch_op.drop_index(batch_op.f("ix_entry_owner_id"))
        batch_op.drop_index(batch_op.f("ix_entry_competition_id"))
        batch_op.drop_index(batch_op.f("ix_entry_category_id"))

    op.drop_table("entry")
    with op.batch_alter_table("window", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_window_contest", sqlite_where=sa.text("stage_id IS NULL"), postgresql_where=sa.text("stage_id IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_window_competition_id"))

    op.drop_table("window")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_link_user_id"))

    op.drop_table("sign_in_link")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_grant_active_plain",
            sqlite_where=sa.text("revoked_at IS NULL AND unit_id IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND unit_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_role_grant_active",
            sqlite_where=sa.text("revoked_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND unit_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_role_grant_user_id"))
        batch_op.drop_index(batch_op.f("ix_role_grant_competition_id"))

    op.drop_table("role_grant")
    op.drop_table("personal_salt")
    with op.batch_alter_table("panel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_panel_stage_id"))

    op.drop_table("panel")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_user_id"))

    op.drop_table("notice")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_kind"))
        batch_op.drop_index(batch_op.f("ix_job_competition_id"))

    op.drop_table("job")
    with op.batch_alter_table("diary_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_diary_entry_happened_on"))
        batch_op.drop_index("ix_diary_entry_feed")
        batch_op.drop_index(batch_op.f("ix_diary_entry_diary_id"))

    op.drop_table("diary_entry")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_division_id"))

    op.drop_table("category")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_subject_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_name"))

    op.drop_table("audit_event")
    with op.batch_alter_table("archive", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_archive_competition_id"))

    op.drop_table("archive")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_log_competition_id"))

    op.drop_table("access_log")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_unit_id"))

    op.drop_table("user")
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_competition_id"))

    op.drop_table("stage")
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_division_competition_id"))

    op.drop_table("division")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_path"))
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    op.drop_table("idempotency_key")
    op.drop_table("diary")
    op.drop_table("competition")
    op.drop_table("blob")
    op.drop_table("audit_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_refuse()")
