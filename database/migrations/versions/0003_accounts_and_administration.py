"""Accounts and administration: ways in, groups of users, substitutes, what a service keeps of its employers."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from crypto.source import SystemSource

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
FIRST_FOLDER = "1. Klanten"

# The permissions that are new, for the roles that came along before them: (kind of organisation, role).
NEW_PERMISSIONS = {
    ("employer", "werkgever"): ("employer:read",),
    ("employer", "leidinggevende"): ("employer:read",),
    ("employer", "datakluisbeheerder"): ("employer:read",),
    ("employer", "datakluisgebruiker"): ("employer:read",),
    ("service", "klantbeheer"): (
        "announcement:administer",
        "authorisation:administer",
        "case_manager:assign",
        "employer:administer",
        "employer:read",
        "service_agreement:administer",
        "user:administer",
    ),
    ("service", "casemanager_arbo"): ("employer:read",),
}


def upgrade() -> None:
    """Make the tables and columns, and give the roles and employers that are there what they gained."""
    _add_columns()
    _create_ways_in()
    _create_groups()
    _create_employers()
    _give_permissions()
    _publish_employers()


def _add_columns() -> None:
    op.add_column("outgoing_message", sa.Column("channel", sa.String(4), nullable=False, server_default="mail"))
    op.add_column("outgoing_message", sa.Column("language", sa.String(5), nullable=False, server_default="nl"))
    op.add_column("person", sa.Column("given_name", sa.String(60), nullable=True))
    op.add_column("person", sa.Column("initials", sa.String(20), nullable=True))
    op.add_column("person", sa.Column("infix", sa.String(20), nullable=True))
    op.add_column("person", sa.Column("last_name", sa.String(80), nullable=True))
    op.add_column("person", sa.Column("gender", sa.String(10), nullable=True))
    op.add_column("person", sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("person", sa.Column("phone_confirmed_at", MOMENT, nullable=True))
    op.add_column("person", sa.Column("preferred_factor", sa.String(12), nullable=True))
    op.add_column("person", sa.Column("language", sa.String(5), nullable=False, server_default="nl"))
    op.add_column("person", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("state_reason", sa.String(20), nullable=True))
    op.add_column("person", sa.Column("state_changed_at", MOMENT, nullable=True))
    op.add_column("person", sa.Column("locked_at", MOMENT, nullable=True))
    op.add_column("person", sa.Column("warned_at", MOMENT, nullable=True))
    op.create_index("ix_person_state_login_at", "person", ["state", "login_at"])
    op.create_index("ix_person_valid_until", "person", ["valid_until"])
    op.add_column("role", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.add_column("authenticator", sa.Column("last_used_at", MOMENT, nullable=True))
    op.add_column("department", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("department", sa.Column("manager_id", sa.Uuid(), nullable=True))
    op.add_column("key_grant", sa.Column("substitution_id", sa.Uuid(), nullable=True))
    op.add_column("key_grant", sa.Column("not_before", MOMENT, nullable=True))
    op.add_column("key_grant", sa.Column("not_after", MOMENT, nullable=True))
    op.create_index("ix_key_grant_substitution_id", "key_grant", ["substitution_id"])
    op.add_column("login_session", sa.Column("reference", sa.Uuid(), nullable=True))
    op.add_column("login_session", sa.Column("device_name", sa.String(80), nullable=True))
    op.add_column("login_session", sa.Column("access_point", sa.String(60), nullable=True))
    op.add_column("login_session", sa.Column("ends_at", MOMENT, nullable=True))
    op.add_column("login_session", sa.Column("inactivity_seconds", sa.Integer(), nullable=True))
    op.add_column("membership", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column("membership", sa.Column("takes_over", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("membership", sa.Column("sees_all_people", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_membership_group_id", "membership", ["group_id"])
    op.add_column("service_agreement", sa.Column("employer_identification", sa.String(40), nullable=True))
    op.add_column("service_agreement", sa.Column("exchange_number", sa.String(40), nullable=True))


def _create_ways_in() -> None:
    op.create_table(
        "sms_count",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("subject", sa.LargeBinary(), primary_key=True),
        sa.Column("window_started_at", MOMENT, nullable=False),
        sa.Column("in_window", sa.Integer(), nullable=False),
    )
    op.create_index("ix_sms_count_window_started_at", "sms_count", ["window_started_at"])
    op.create_table(
        "used_once",
        sa.Column("purpose", sa.String(20), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("ix_used_once_expires_at", "used_once", ["expires_at"])
    op.create_table(
        "muted_notice",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
    )
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("renews_factors", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_password_reset_person_id", "password_reset", ["person_id"])
    op.create_table(
        "forgotten_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("typed_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("access_point", sa.String(60), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_forgotten_request_created_at", "forgotten_request", ["created_at"])
    op.create_table(
        "security_key",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("transports", sa.String(80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_security_key_person_id", "security_key", ["person_id"])
    op.create_table(
        "sms_code",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_sms_code_expires_at", "sms_code", ["expires_at"])
    op.create_index("ix_sms_code_person_id", "sms_code", ["person_id"])


def _create_groups() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_announcement_organisation_id", "announcement", ["organisation_id"])
    op.create_table(
        "circle",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("kind", sa.String(12), primary_key=True),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("first_member_id", sa.Uuid(), nullable=True),
    )
    op.create_table(
        "people_scope",
        sa.Column("owner_id", sa.Uuid(), primary_key=True),
        sa.Column("target_id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
    )
    op.create_table(
        "session_setting",
        sa.Column("owner_id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("inactivity_minutes", sa.Integer(), nullable=True),
        sa.Column("lifetime_minutes", sa.Integer(), nullable=True),
        sa.Column("single_session", sa.Boolean(), nullable=True),
    )
    op.create_index("ix_session_setting_organisation_id", "session_setting", ["organisation_id"])
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("absent_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_substitution_absent_id", "substitution", ["absent_id"])
    op.create_index("ix_substitution_organisation_id", "substitution", ["organisation_id"])
    op.create_index("ix_substitution_substitute_id", "substitution", ["substitute_id"])
    op.create_table(
        "user_group",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), sa.ForeignKey("user_group.id"), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role_id", sa.Uuid(), sa.ForeignKey("role.id"), nullable=True),
        sa.Column("whole_scope", sa.Boolean(), nullable=False),
        sa.Column("sees_all_people", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("organisation_id", "name"),
    )
    op.create_index("ix_user_group_parent_id", "user_group", ["parent_id"])
    op.create_table(
        "group_scope",
        sa.Column("group_id", sa.Uuid(), sa.ForeignKey("user_group.id"), primary_key=True),
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
    )


def _create_employers() -> None:
    op.create_table(
        "employer_folder",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("service_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), sa.ForeignKey("employer_folder.id"), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
    )
    op.create_index("ix_employer_folder_service_id", "employer_folder", ["service_id"])
    op.create_table(
        "employer_profile",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("code", sa.String(20), nullable=True),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("visiting_street", sa.String(120), nullable=True),
        sa.Column("visiting_house_number", sa.String(10), nullable=True),
        sa.Column("visiting_postcode", sa.String(10), nullable=True),
        sa.Column("visiting_city", sa.String(80), nullable=True),
        sa.Column("postal_street", sa.String(120), nullable=True),
        sa.Column("postal_house_number", sa.String(10), nullable=True),
        sa.Column("postal_postcode", sa.String(10), nullable=True),
        sa.Column("postal_city", sa.String(80), nullable=True),
        sa.Column("wage_tax_number", sa.String(12), nullable=True),
        sa.Column("uwv_office", sa.String(60), nullable=True),
        sa.Column("uwv_connection_number", sa.String(14), nullable=True),
        sa.Column("sector", sa.String(120), nullable=True),
        sa.Column("offer", sa.String(500), nullable=True),
        sa.Column("personnel_system", sa.String(40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("street", sa.String(120), nullable=True),
        sa.Column("house_number", sa.String(10), nullable=True),
        sa.Column("postcode", sa.String(10), nullable=True),
        sa.Column("city", sa.String(80), nullable=True),
        sa.Column("phone", sa.String(20), nullable=True),
    )
    op.create_index("ix_site_organisation_id", "site", ["organisation_id"])
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_contact_person_organisation_id", "contact_person", ["organisation_id"])
    op.create_index("ix_contact_person_site_id", "contact_person", ["site_id"])
    op.create_table(
        "employer_placement",
        sa.Column("service_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("employer_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("folder_id", sa.Uuid(), sa.ForeignKey("employer_folder.id"), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("case_manager_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=True),
    )
    op.create_index("ix_employer_placement_folder_id", "employer_placement", ["folder_id"])


def _give_permissions() -> None:
    role = sa.table(
        "role", sa.column("id", sa.Uuid()), sa.column("organisation_kind", sa.String()), sa.column("key", sa.String())
    )
    given = sa.table("role_permission", sa.column("role_id", sa.Uuid()), sa.column("permission", sa.String()))
    connection = op.get_bind()
    for (kind, key), permissions in NEW_PERMISSIONS.items():
        wanted = sa.select(role.c.id).where(role.c.organisation_kind == kind, role.c.key == key)
        role_id: uuid.UUID | None = connection.scalar(wanted)
        for permission in permissions if role_id is not None else ():
            connection.execute(sa.insert(given), {"role_id": role_id, "permission": permission})


def _publish_employers() -> None:
    """Until now every employer was visible to the whole of the service that serves it, and stays so (O-23)."""
    agreement = sa.table("service_agreement", sa.column("service_id", sa.Uuid()), sa.column("employer_id", sa.Uuid()))
    folder = sa.table(
        "employer_folder",
        sa.column("id", sa.Uuid()),
        sa.column("service_id", sa.Uuid()),
        sa.column("name", sa.String()),
    )
    placement = sa.table(
        "employer_placement",
        sa.column("service_id", sa.Uuid()),
        sa.column("employer_id", sa.Uuid()),
        sa.column("folder_id", sa.Uuid()),
        sa.column("published_at", MOMENT),
    )
    connection = op.get_bind()
    pairs = connection.execute(sa.select(agreement.c.service_id, agreement.c.employer_id).distinct()).all()
    source = SystemSource()
    folders = {service_id: source.new_id() for service_id, _ in pairs}
    for service_id, folder_id in folders.items():
        connection.execute(sa.insert(folder), {"id": folder_id, "service_id": service_id, "name": FIRST_FOLDER})
    for service_id, employer_id in pairs:
        values = {"service_id": service_id, "employer_id": employer_id, "folder_id": folders[service_id]}
        connection.execute(sa.insert(placement), values | {"published_at": source.now()})
