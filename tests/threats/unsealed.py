"""The same world with sealing that leaves everything readable: what the search of bytes must find (a negative control).

python -m tests.threats.unsealed DATABASE
"""

from __future__ import annotations

import sys
from pathlib import Path

import crypto.sealing


def make_unsealed_world(database: Path) -> None:
    """Make a small world in `database` with a cipher that does nothing."""
    crypto.sealing.aes_256_gcm_encrypt = lambda key, nonce, plaintext, associated_data: plaintext + bytes(16)
    crypto.sealing.aes_256_gcm_decrypt = lambda key, nonce, ciphertext, associated_data: ciphertext[:-16]
    from crypto.root_key import FileRootKey
    from crypto.source import SystemSource
    from database.engine import make_engine
    from database.migrations import upgrade
    from database.session import SessionFactory
    from portal.services import package_keys
    from tests.threats.burglary import BSN, NAMES, PHONE, REASONS, STREET
    from tests.world import card, details, make_world
    from vault.models import CareQuestionKind
    from vault.records import create_record
    from vault.sharing import share_record

    engine = make_engine(f"sqlite:///{database}")
    upgrade(engine)
    root_key = FileRootKey.create(database.with_name("root.key"), SystemSource())
    with SessionFactory(engine, SystemSource(), package_keys(root_key))() as session, session.begin():
        world = make_world(session)
        employee = create_record(
            session,
            personnel_number="MS001",
            card=card(NAMES["MS001"]),
            details=details(street=STREET, phone_mobile=PHONE, bsn=BSN),
            employment=world.employment(),
            actor=world.actor("Anna"),
        )
        anna = world.actor("Anna")
        share_record(session, employee.id, CareQuestionKind.SICK_REPORT, REASONS["MS001"], anna)
    engine.dispose()


if __name__ == "__main__":
    make_unsealed_world(Path(sys.argv[1]))
