"""Who signs the processing agreement (K-09, K-17, N-07)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from tests.world import World
from vault.agreements import TEXT_VERSION, has_signatory, list_agreements, register_signatory
from vault.errors import InvalidFields
from vault.models import ProcessingAgreement


def test_the_signatory_is_kept_and_gets_a_mail_in_the_same_transaction(closed_world: World) -> None:
    """K-09, N-07: no click needed; the mail says no name."""
    session, anna = closed_world.session, closed_world.actor("Anna")
    assert not has_signatory(session, anna.organisation_id)
    register_signatory(session, name="Dirk Directeur", email="Directeur@Example.org", actor=anna)
    (line,) = list_agreements(session, anna)
    assert (line.signatory, line.email) == ("Dirk Directeur", "directeur@example.org")
    assert (line.registered_by, line.text_version) == ("Anna", TEXT_VERSION)
    mail = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == MailKind.AGREEMENT_CONFIRMATION)).one()
    content = open_content(session, mail)
    assert content.to == "directeur@example.org"
    assert "Directeur" not in str(dict(content.values))
    session.rollback()
    assert session.scalars(select(OutgoingMessage)).all() == []


def test_neither_name_nor_address_is_readable_in_the_row_or_the_log(closed_world: World) -> None:
    """Design 2.4."""
    session, anna = closed_world.session, closed_world.actor("Anna")
    register_signatory(session, name="Dirk Directeur", email="directeur@example.org", actor=anna)
    row = session.scalars(select(ProcessingAgreement)).one()
    assert b"irecteur" not in row.signatory_sealed
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "agreement:register")).one()
    assert entry.details == {"text_version": TEXT_VERSION}


@pytest.mark.parametrize(("name", "email"), [("", "directeur@example.org"), ("Dirk", "nergens")])
def test_a_signatory_has_a_name_and_an_address(closed_world: World, name: str, email: str) -> None:
    """K-09."""
    with pytest.raises(InvalidFields):
        register_signatory(closed_world.session, name=name, email=email, actor=closed_world.actor("Anna"))


def test_another_employer_and_the_arbo_side_see_nothing(world: World) -> None:
    """D-rules 16 and 18."""
    assert [line.registered_by for line in list_agreements(world.session, world.actor("Bram"))] == ["Bram"]
    for verb in (
        lambda: list_agreements(world.session, world.actor("Carla")),
        lambda: register_signatory(world.session, name="X", email="x@example.org", actor=world.actor("Carla")),
    ):
        with pytest.raises(PermissionDenied):
            verb()
