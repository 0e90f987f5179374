"""Dialogues, sealed files, accounts of employees, and what an employee sees of the own data."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from crypto.source import SystemSource

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
EMPLOYEES_ID = uuid.UUID(int=1)

# Whoever sees employees takes part in dialogues (domain.md C.2, *Start dialogue / participate*).
SEEING = ("employee:list", "dossier:read")
TALKING = ("dialogue:read", "dialogue:start")
# The permissions that are new besides, for the roles that came along before them: (kind of organisation, role).
NEW_PERMISSIONS = {
    ("employer", "werkgever"): ("standard_text:administer",),
    ("employer", "datakluisbeheerder"): ("own_data:link",),
    ("employer", "datakluisgebruiker"): ("own_data:link",),
    ("service", "superbeheerder"): ("standard_text:administer",),
    ("service", "klantbeheer"): ("standard_text:administer",),
}


def upgrade() -> None:
    """Make the tables, columns and the organisation of employees; give the roles that are there what they gained."""
    op.add_column("contact_person", sa.Column("contact_changed_at", MOMENT, nullable=True))
    op.add_column("record_part", sa.Column("contact_changed_at", MOMENT, nullable=True))
    _create_dialogues()
    _create_files()
    _create_participants()
    _create_messages()
    _create_texts()
    _create_links()
    _add_employees()
    _give_permissions()


def _create_dialogues() -> None:
    op.create_table(
        "dialogue",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("employer_id", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("last_message_at", MOMENT, nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("epoch_number", sa.Integer(), nullable=False),
        sa.Column("epoch_due", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_dialogue_last_message_at", "dialogue", ["last_message_at"])
    op.create_index("ix_dialogue_organisation_id_employee_id", "dialogue", ["organisation_id", "employee_id"])
    op.create_index("ix_dialogue_organisation_id_employer_id", "dialogue", ["organisation_id", "employer_id"])
    op.create_table(
        "dialogue_epoch",
        sa.Column("dialogue_id", sa.Uuid(), sa.ForeignKey("dialogue.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False, unique=True),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("roster_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
    )


def _create_files() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_stored_file_organisation_id", "stored_file", ["organisation_id"])
    op.create_table(
        "file_key",
        sa.Column("file_id", sa.Uuid(), sa.ForeignKey("stored_file.id"), primary_key=True),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_file_key_holder_id", "file_key", ["holder_id"])


def _create_participants() -> None:
    op.create_table(
        "dialogue_participant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("dialogue_id", sa.Uuid(), sa.ForeignKey("dialogue.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("contact_person_id", sa.Uuid(), nullable=True),
        sa.Column("substitutes_for", sa.Uuid(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_source", sa.String(10), nullable=True),
        sa.Column("from_epoch", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("read_up_to", sa.Integer(), nullable=False),
        sa.Column("notice_sent_at", MOMENT, nullable=True),
        sa.UniqueConstraint("dialogue_id", "person_id"),
    )
    op.create_index("ix_dialogue_participant_contact_person_id", "dialogue_participant", ["contact_person_id"])
    op.create_index("ix_dialogue_participant_employee_id", "dialogue_participant", ["employee_id"])
    op.create_index("ix_dialogue_participant_person_id_state", "dialogue_participant", ["person_id", "state"])
    op.create_table(
        "dialogue_invitation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("participant_id", sa.Uuid(), sa.ForeignKey("dialogue_participant.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_dialogue_invitation_expires_at", "dialogue_invitation", ["expires_at"])
    op.create_index("ix_dialogue_invitation_participant_id", "dialogue_invitation", ["participant_id"])
    op.create_table(
        "dialogue_invitation_code",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("invitation_id", sa.Uuid(), sa.ForeignKey("dialogue_invitation.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_dialogue_invitation_code_expires_at", "dialogue_invitation_code", ["expires_at"])
    op.create_index("ix_dialogue_invitation_code_invitation_id", "dialogue_invitation_code", ["invitation_id"])


def _create_messages() -> None:
    op.create_table(
        "dialogue_message",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("dialogue_id", sa.Uuid(), sa.ForeignKey("dialogue.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("epoch_number", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.UniqueConstraint("dialogue_id", "number"),
        sa.UniqueConstraint("dialogue_id", "request_id"),
    )
    op.create_table(
        "dialogue_reading",
        sa.Column("participant_id", sa.Uuid(), sa.ForeignKey("dialogue_participant.id"), primary_key=True),
        sa.Column("up_to", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
    op.create_table(
        "dialogue_attachment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("dialogue_id", sa.Uuid(), sa.ForeignKey("dialogue.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("dialogue_message.id"), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), sa.ForeignKey("stored_file.id"), nullable=False, unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index(
        "ix_dialogue_attachment_dialogue_id_message_id", "dialogue_attachment", ["dialogue_id", "message_id"]
    )
    op.create_index("ix_dialogue_attachment_message_id_created_at", "dialogue_attachment", ["message_id", "created_at"])
    op.create_table(
        "dialogue_draft",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("dialogue_id", sa.Uuid(), sa.ForeignKey("dialogue.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
    )


def _create_texts() -> None:
    op.create_table(
        "standard_text",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_index("ix_standard_text_organisation_id", "standard_text", ["organisation_id"])
    op.create_table(
        "message_signature",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "weekly_overview",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
    )


def _create_links() -> None:
    op.create_table(
        "own_data_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("linked_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_own_data_link_person_id", "own_data_link", ["person_id"])
    op.create_index(
        "uq_own_data_link_running",
        "own_data_link",
        ["employee_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _add_employees() -> None:
    organisation = sa.table(
        "organisation",
        sa.column("id", sa.Uuid()),
        sa.column("kind", sa.String()),
        sa.column("name", sa.String()),
        sa.column("created_at", MOMENT),
    )
    values = {"id": EMPLOYEES_ID, "kind": "employees", "name": "Employees", "created_at": SystemSource().now()}
    op.get_bind().execute(sa.insert(organisation), values)


def _give_permissions() -> None:
    role = sa.table(
        "role", sa.column("id", sa.Uuid()), sa.column("organisation_kind", sa.String()), sa.column("key", sa.String())
    )
    given = sa.table("role_permission", sa.column("role_id", sa.Uuid()), sa.column("permission", sa.String()))
    connection = op.get_bind()
    seeing = sa.select(given.c.role_id).where(given.c.permission.in_(SEEING)).distinct()
    new = [(role_id, permission) for role_id in connection.scalars(seeing).all() for permission in TALKING]
    present = connection.execute(sa.select(role.c.id, role.c.organisation_kind, role.c.key)).all()
    new += [(role_id, word) for role_id, kind, key in present for word in NEW_PERMISSIONS.get((kind, key), ())]
    for role_id, permission in new:
        connection.execute(sa.insert(given), {"role_id": role_id, "permission": permission})
