"""The house: every table of the first release, and the log's refusal to be rewritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)

# What identifies a row of each insert-only table; SQLite needs it to see through INSERT OR REPLACE.
INSERT_ONLY = {
    "audit_entry": "id = NEW.id",
    "audit_subject": "entry_id = NEW.entry_id AND subject_id = NEW.subject_id",
    "audit_seal": "(organisation_id = NEW.organisation_id AND number = NEW.number) OR entry_id = NEW.entry_id",
}


def upgrade() -> None:
    """Make the tables, then the triggers."""
    _create_audit_tables()
    _create_delivery_tables()
    _create_keys_tables()
    _create_accounts_tables()
    _create_organisation_tables()
    _create_vault_tables()
    if op.get_bind().dialect.name == "postgresql":
        _refuse_changes_on_postgresql()
    else:
        _refuse_changes_on_sqlite()


def _create_audit_tables() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("moment", MOMENT, nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_roles", sa.String(400), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("access_point", sa.String(60), nullable=False),
        sa.Column("ground", sa.String(80), nullable=True),
        sa.Column("object_type", sa.String(40), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
    )
    op.create_index(
        "ix_audit_entry_organisation_id_actor_id_moment", "audit_entry", ["organisation_id", "actor_id", "moment"]
    )
    op.create_index("ix_audit_entry_organisation_id_moment", "audit_entry", ["organisation_id", "moment"])
    op.create_table(
        "audit_pending",
        sa.Column("entry_id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("moment", MOMENT, nullable=False),
    )
    op.create_index("ix_audit_pending_moment_entry_id", "audit_pending", ["moment", "entry_id"])
    op.create_table(
        "audit_seal",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_table(
        "audit_subject",
        sa.Column("entry_id", sa.Uuid(), primary_key=True),
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(80), nullable=True),
    )
    op.create_index("ix_audit_subject_organisation_id_subject_id", "audit_subject", ["organisation_id", "subject_id"])


def _create_delivery_tables() -> None:
    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("ix_outgoing_message_organisation_id", "outgoing_message", ["organisation_id"])
    op.create_index("ix_outgoing_message_state_not_before", "outgoing_message", ["state", "not_before"])


def _create_keys_tables() -> None:
    op.create_table(
        "holder",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_holder_organisation_id", "holder", ["organisation_id"])
    op.create_table(
        "admission",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_admission_organisation_id_state", "admission", ["organisation_id", "state"])
    op.create_index(
        "uq_admission_waiting",
        "admission",
        ["holder_id", "recipient_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "due_work",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("holder_id", "kind", "object_id"),
    )
    op.create_table(
        "holder_generation",
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_key_mac", sa.LargeBinary(), nullable=False),
        sa.Column("previous_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "key_grant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("recipient_generation", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.UniqueConstraint("holder_id", "generation", "recipient_id"),
    )
    op.create_index("ix_key_grant_recipient_id", "key_grant", ["recipient_id"])


def _create_accounts_tables() -> None:
    op.create_table(
        "failed_tries",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("subject", sa.LargeBinary(), primary_key=True),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("window_started_at", MOMENT, nullable=False),
        sa.Column("in_window", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("login_name", sa.String(120), nullable=False),
        sa.Column("display_name", sa.String(120), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("terms_version", sa.String(20), nullable=True),
        sa.Column("terms_accepted_at", MOMENT, nullable=True),
        sa.Column("login_at", MOMENT, nullable=True),
        sa.Column("previous_login_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("login_name"),
    )
    op.create_index("ix_person_email_lookup", "person", ["email_lookup"])
    op.create_index("ix_person_organisation_id", "person", ["organisation_id"])
    op.create_table(
        "authenticator",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_authenticator_person_id", "authenticator", ["person_id"])
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("key_generation", sa.Integer(), nullable=False),
        sa.Column("password_parameters", sa.String(60), nullable=False),
        sa.Column("password_hash", sa.LargeBinary(), nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("password_changed_at", MOMENT, nullable=False),
        sa.Column("backup_parameters", sa.String(60), nullable=True),
        sa.Column("backup_hash", sa.LargeBinary(), nullable=True),
        sa.Column("backup_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("backup_made_at", MOMENT, nullable=True),
        sa.Column("backup_kept_at", MOMENT, nullable=True),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"])
    op.create_table(
        "login_session",
        sa.Column("id_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("key_generation", sa.Integer(), nullable=True),
        sa.Column("data_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("active_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"])
    op.create_index("ix_login_session_person_id", "login_session", ["person_id"])


def _create_organisation_tables() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("first_member_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("organisation_kind", sa.String(10), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.UniqueConstraint("organisation_kind", "key"),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("visible_at", MOMENT, nullable=True),
    )
    op.create_index("ix_batch_organisation_id", "batch", ["organisation_id"])
    op.create_table(
        "department",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.UniqueConstraint("organisation_id", "name"),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("whole_scope", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_membership_organisation_id", "membership", ["organisation_id"])
    op.create_table(
        "role_permission",
        sa.Column("role_id", sa.Uuid(), sa.ForeignKey("role.id"), primary_key=True),
        sa.Column("permission", sa.String(60), primary_key=True),
    )
    op.create_table(
        "service_agreement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("service_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("employer_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
    )
    op.create_index("ix_service_agreement_employer_id", "service_agreement", ["employer_id"])
    op.create_index("ix_service_agreement_service_id", "service_agreement", ["service_id"])
    op.create_table(
        "employee",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("personnel_number", sa.String(35), nullable=False),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("organisation_id", "personnel_number"),
    )
    op.create_index("ix_employee_batch_id", "employee", ["batch_id"])
    op.create_table(
        "membership_role",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("membership.person_id"), primary_key=True),
        sa.Column("role_id", sa.Uuid(), sa.ForeignKey("role.id"), primary_key=True),
    )
    op.create_table(
        "membership_scope",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("membership.person_id"), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
    )
    op.create_table(
        "employment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), nullable=False),
        sa.Column("department_id", sa.Uuid(), sa.ForeignKey("department.id"), nullable=False),
        sa.Column("site", sa.String(120), nullable=True),
        sa.Column("function_group", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("hours", sa.Numeric(5, 2), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.UniqueConstraint("employee_id", "starts_on"),
    )
    op.create_index("ix_employment_organisation_id_department_id", "employment", ["organisation_id", "department_id"])


def _create_vault_tables() -> None:
    op.create_table(
        "employee_import",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("file_key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("ix_employee_import_organisation_id", "employee_import", ["organisation_id"])
    op.create_table(
        "processing_agreement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("signatory_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_version", sa.String(20), nullable=False),
        sa.Column("registered_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
    )
    op.create_index("ix_processing_agreement_organisation_id", "processing_agreement", ["organisation_id"])
    op.create_table(
        "vault",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.UniqueConstraint("holder_id"),
    )
    op.create_table(
        "import_chunk",
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("employee_import.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "record_key",
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("key_number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("since_generation", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_record_key_holder_id_form", "record_key", ["holder_id", "form"])
    op.create_table(
        "record_part",
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("part", sa.String(8), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("service_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("service_generation", sa.Integer(), nullable=False),
        sa.Column("service_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("shared_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("shared_at", MOMENT, nullable=False),
        sa.Column("content_began_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_share_organisation_id_shared_at", "share", ["organisation_id", "shared_at"])
    op.create_index("ix_share_service_id_employee_id", "share", ["service_id", "employee_id"])
    op.create_index(
        "uq_share_running",
        "share",
        ["employee_id", "service_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "stale_record_key",
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("key_number", sa.Integer(), primary_key=True, autoincrement=False),
    )


def _refuse_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change_of_the_log() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END $$"
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_the_log()"
        )


def _refuse_changes_on_sqlite() -> None:
    for table, same_row in INSERT_ONLY.items():
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
        op.execute(f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} {refusal}")
        op.execute(f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} {refusal}")
        # INSERT OR REPLACE deletes the old row without firing the trigger above.
        there_already = f"EXISTS (SELECT 1 FROM {table} WHERE {same_row})"  # noqa: S608 - constants of this file
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replacement BEFORE INSERT ON {table} WHEN {there_already} {refusal}"
        )
