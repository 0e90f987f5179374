"""People in thousands: versions of a batch, blind indexes, share requests, recovery sheets, what an import keeps."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)

# The permissions that are new, for the roles that came along before them: (kind of organisation, role, permission).
NEW_PERMISSIONS = (
    ("employer", "datakluisbeheerder", "employee:export"),
    ("employer", "werkgever", "employee:export"),
    ("service", "klantbeheer", "employee:export"),
    ("service", "casemanager_arbo", "employee:export"),
    ("service", "casemanager_arbo", "share:request"),
)


def upgrade() -> None:
    """Make the tables and columns, and give the roles that are there what they gained."""
    _add_columns()
    _create_staged_employment()
    _create_staged_record_key()
    _create_record_index()
    _create_share_request()
    _create_import_mapping()
    _create_recovery_sheet()
    _give_permissions()


def _add_columns() -> None:
    op.add_column("holder_generation", sa.Column("index_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("employment", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    # To count who works where is to read this index and nothing else.
    columns = ["organisation_id", "department_id", "ends_on", "employee_id"]
    op.create_index("ix_employment_organisation_id_department_id_ends_on_employee_id", "employment", columns)
    op.drop_index("ix_employment_organisation_id_department_id", "employment")
    _add_batch_of_parts()
    op.create_index(
        "ix_record_part_batch_id",
        "record_part",
        ["batch_id"],
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.add_column("employee_import", sa.Column("choice_sealed", sa.LargeBinary(), nullable=True))
    for name in ("written_row", "added", "changed", "unchanged"):
        op.add_column("employee_import", sa.Column(name, sa.Integer(), nullable=True))


def _add_batch_of_parts() -> None:
    # SQLite gives a foreign key its name only where the whole table is made, so there the table is copied.
    with op.batch_alter_table("record_part") as table:
        table.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        table.create_foreign_key("fk_record_part_batch_id", "batch", ["batch_id"], ["id"])


def _create_staged_employment() -> None:
    op.create_table(
        "staged_employment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), nullable=False),
        sa.Column("employment_id", sa.Uuid(), sa.ForeignKey("employment.id"), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Uuid(), sa.ForeignKey("department.id"), nullable=False),
        sa.Column("site", sa.String(120), nullable=True),
        sa.Column("function_group", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("hours", sa.Numeric(5, 2), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
    )
    op.create_index("ix_staged_employment_batch_id", "staged_employment", ["batch_id"])


def _create_staged_record_key() -> None:
    op.create_table(
        "staged_record_key",
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), primary_key=True),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("key_number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("since_generation", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _create_record_index() -> None:
    digests = ("last_name", "second_name", "birth_month", "postcode", "bsn")
    op.create_table(
        "record_index",
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in digests),
    )
    for name in digests:
        op.create_index(f"ix_record_index_holder_id_{name}", "record_index", ["holder_id", name])


def _create_share_request() -> None:
    op.create_table(
        "share_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employee_id", sa.Uuid(), sa.ForeignKey("employee.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("service_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("service_generation", sa.Integer(), nullable=False),
        sa.Column("service_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("refusal_generation", sa.Integer(), nullable=True),
        sa.Column("refusal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("service_refusal_generation", sa.Integer(), nullable=True),
        sa.Column("service_refusal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("share_id", sa.Uuid(), sa.ForeignKey("share.id"), nullable=True),
    )
    op.create_index(
        "uq_share_request_waiting",
        "share_request",
        ["employee_id", "service_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_share_request_employee_id_service_id", "share_request", ["employee_id", "service_id"])
    op.create_index("ix_share_request_organisation_id_state", "share_request", ["organisation_id", "state"])
    op.create_index("ix_share_request_service_id_requested_at", "share_request", ["service_id", "requested_at"])
    op.create_index("ix_share_request_state_expires_at", "share_request", ["state", "expires_at"])


def _create_import_mapping() -> None:
    op.create_table(
        "import_mapping",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )


def _create_recovery_sheet() -> None:
    op.create_table(
        "recovery_sheet",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("for_holder_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("named_person_id", sa.Uuid(), sa.ForeignKey("holder.id"), nullable=False),
        sa.Column("named_generation", sa.Integer(), nullable=False),
        sa.Column("half_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_recovery_sheet_for_holder_id_state", "recovery_sheet", ["for_holder_id", "state"])
    op.create_index("ix_recovery_sheet_named_person_id", "recovery_sheet", ["named_person_id"])


def _give_permissions() -> None:
    role = sa.table(
        "role", sa.column("id", sa.Uuid()), sa.column("organisation_kind", sa.String()), sa.column("key", sa.String())
    )
    given = sa.table("role_permission", sa.column("role_id", sa.Uuid()), sa.column("permission", sa.String()))
    connection = op.get_bind()
    for kind, key, permission in NEW_PERMISSIONS:
        wanted = sa.select(role.c.id).where(role.c.organisation_kind == kind, role.c.key == key)
        role_id: uuid.UUID | None = connection.scalar(wanted)
        if role_id is not None:
            connection.execute(sa.insert(given), {"role_id": role_id, "permission": permission})
