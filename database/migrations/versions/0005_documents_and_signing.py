"""Documents of dossiers with their labels and versions, and all that signing them leaves behind."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from crypto.source import SystemSource

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
PLATFORM_ID = uuid.UUID(int=0)

READING = ("document:read",)
COLLECTING = (*READING, "document:upload")
SIGNING = (*READING, "document:edit", "signing:request")
FILING = (*SIGNING, "document:mail", "document:upload")
LABELLING = ("document_label:administer",)
# The permissions that are new, for the roles that came along before them: (kind of organisation, role).
NEW_PERMISSIONS = {
    ("employer", "werkgever"): FILING,
    ("employer", "casemanager_werkgever"): (*FILING, "document:read_all"),
    ("employer", "leidinggevende"): SIGNING,
    ("employer", "wg_combi_incl"): FILING,
    ("employer", "wg_combi_excl"): FILING,
    ("employer", "wg_meekijken"): READING,
    ("service", "superbeheerder"): (*FILING, *LABELLING),
    ("service", "functioneel_beheerder"): LABELLING,
    ("service", "klantbeheer"): (*FILING, *LABELLING),
    ("service", "ad"): COLLECTING,
    ("service", "casemanager_administratief"): FILING,
    ("service", "casemanager_arbo"): FILING,
    ("service", "casemanager_erd_administratief"): FILING,
    ("service", "casemanager_taakdelegatie"): FILING,
    ("service", "casemanager_wga"): FILING,
    ("service", "casemanager_zw"): FILING,
    ("service", "loonspecialist_zw"): COLLECTING,
    ("service", "medische_gebruikers"): FILING,
    ("service", "wga_wac"): COLLECTING,
}
# The labels that come along (DOC-18, DOC-23): name, whether of an employer's dossier, audience, whether for few.
LABELS = (
    ("Algemeen", False, "both", False),
    ("Mandaat – Algemeen", False, "both", False),
    ("Verzuim Support - Algemeen", False, "both", False),
    ("Gemigreerde documenten uit VDD", False, "both", True),
    ("Alleen werkgever", False, "employer", False),
    ("Alleen arbodienst", False, "service", False),
    ("Medisch", False, "medical", False),
    ("Algemeen", True, "both", False),
    ("DVO", True, "both", False),
    ("RI&E", True, "both", False),
    ("Alleen werkgever", True, "employer", False),
    ("Alleen arbodienst", True, "service", False),
)


def upgrade() -> None:
    """Make the tables, the labels that come along, and give the roles that are there what they gained."""
    op.add_column("file_key", sa.Column("form", sa.String(8), nullable=False, server_default="wrapped"))
    _create_mail()
    _create_documents()
    _create_requests()
    _create_signers()
    _create_certificates()
    _create_archive()
    _add_labels()
    _give_permissions()


def _create_mail() -> None:
    op.add_column("outgoing_message", sa.Column("receipt", sa.String(8), nullable=True))
    op.create_table(
        "mail_attachment",
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("outgoing_message.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _create_documents() -> None:
    op.create_table(
        "document_label",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("of_employer", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("is_limited", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
    )
    op.create_index("ix_document_label_organisation_id", "document_label", ["organisation_id"])
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), nullable=True),
        sa.Column("label_id", sa.Uuid(), sa.ForeignKey("document_label.id"), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(40), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
    )
    op.create_index("ix_document_employee_id_created_at", "document", ["employee_id", "created_at"])
    op.create_index("ix_document_employer_id_employee_id", "document", ["employer_id", "employee_id"])
    op.create_index("ix_document_label_id", "document", ["label_id"])
    op.create_table(
        "document_version",
        sa.Column("document_id", sa.Uuid(), sa.ForeignKey("document.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), sa.ForeignKey("stored_file.id"), nullable=False, unique=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("form_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("signing_id", sa.Uuid(), nullable=True),
    )


def _create_requests() -> None:
    op.create_table(
        "signing_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("dialogue_id", sa.Uuid(), nullable=True, unique=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("statement_version", sa.String(20), nullable=False),
        sa.Column("base_file_id", sa.Uuid(), nullable=True),
        sa.Column("base_key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("base_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("latest_file_id", sa.Uuid(), nullable=True),
        sa.Column("latest_key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("signed_version", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_signing_request_document_id_requested_at", "signing_request", ["document_id", "requested_at"])
    op.create_index("ix_signing_request_state_expires_at", "signing_request", ["state", "expires_at"])
    op.create_index(
        "uq_signing_request_running",
        "signing_request",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "signing_request_key",
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("signing_request.id"), primary_key=True),
        sa.Column("key_number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_signing_request_key_holder_id", "signing_request_key", ["holder_id"])


def _create_signers() -> None:
    op.create_table(
        "signer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("signing_request.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("field_name", sa.String(40), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("entry_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("drawing_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("refusal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_source", sa.String(10), nullable=True),
        sa.Column("number_digest", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("pages_seen", sa.Integer(), nullable=False),
        sa.Column("seconds_seen", sa.Integer(), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("agreed_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("statement_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("method", sa.String(16), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("certificate_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("request_id", "field_name"),
    )
    op.create_index("ix_signer_participant_id", "signer", ["participant_id"])
    op.create_index("ix_signer_person_id_state", "signer", ["person_id", "state"])
    op.create_index("ix_signer_request_id", "signer", ["request_id"])
    op.create_index("ix_signer_state_expires_at", "signer", ["state", "expires_at"])
    op.create_table(
        "signing_code",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("signer_id", sa.Uuid(), sa.ForeignKey("signer.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("base_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("statement_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_signing_code_expires_at", "signing_code", ["expires_at"])
    op.create_index("ix_signing_code_signer_id", "signing_code", ["signer_id"])
    op.create_table(
        "signing_event",
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("signing_request.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("access_point", sa.String(60), nullable=True),
        sa.Column("details", sa.String(1000), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )


def _create_certificates() -> None:
    op.create_table(
        "signing_certificate",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
    )
    op.create_index(
        "ix_signing_certificate_organisation_id_purpose", "signing_certificate", ["organisation_id", "purpose"]
    )


def _create_archive() -> None:
    op.create_table(
        "archive_timestamp",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "archived_document",
        sa.Column("archive_number", sa.Integer(), sa.ForeignKey("archive_timestamp.number"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("request_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
    )


def _add_labels() -> None:
    label = sa.table(
        "document_label",
        sa.column("id", sa.Uuid()),
        sa.column("organisation_id", sa.Uuid()),
        sa.column("name", sa.String()),
        sa.column("of_employer", sa.Boolean()),
        sa.column("audience", sa.String()),
        sa.column("is_limited", sa.Boolean()),
        sa.column("created_at", MOMENT),
    )
    source = SystemSource()
    now = source.now()
    for name, of_employer, audience, is_limited in LABELS:
        values = {
            "id": source.new_id(),
            "organisation_id": PLATFORM_ID,
            "name": name,
            "of_employer": of_employer,
            "audience": audience,
            "is_limited": is_limited,
            "created_at": now,
        }
        op.get_bind().execute(sa.insert(label), values)


def _give_permissions() -> None:
    role = sa.table(
        "role", sa.column("id", sa.Uuid()), sa.column("organisation_kind", sa.String()), sa.column("key", sa.String())
    )
    given = sa.table("role_permission", sa.column("role_id", sa.Uuid()), sa.column("permission", sa.String()))
    connection = op.get_bind()
    present = connection.execute(sa.select(role.c.id, role.c.organisation_kind, role.c.key)).all()
    for role_id, kind, key in present:
        for permission in NEW_PERMISSIONS.get((kind, key), ()):
            connection.execute(sa.insert(given), {"role_id": role_id, "permission": permission})
