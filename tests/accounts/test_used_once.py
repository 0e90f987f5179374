"""What can be used once is used once, also by many at the same moment (security.md, goal K)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.errors import UsedBefore
from accounts.models import UsedOnce
from accounts.used_once import purge_used_once, use_once
from crypto.source import SeededSource
from database.session import Session, SessionFactory

HOUR = timedelta(hours=1)


def test_a_token_is_good_once_for_each_purpose(session: Session) -> None:
    ends = session.source.now() + HOUR
    use_once(session, "security key", "a", ends)
    use_once(session, "proof of work", "a", ends)
    use_once(session, "security key", "b", ends)

    with pytest.raises(UsedBefore):
        use_once(session, "security key", "a", ends)


def test_the_table_holds_no_token(session: Session) -> None:
    use_once(session, "security key", "a token that is a secret", session.source.now() + HOUR)

    assert b"secret" not in session.scalars(select(UsedOnce.token_hash)).one()


def test_only_what_has_expired_is_forgotten(session: Session, source: SeededSource) -> None:
    use_once(session, "security key", "old", source.now() + HOUR)
    use_once(session, "security key", "new", source.now() + 2 * HOUR)
    source.advance(HOUR)

    assert purge_used_once(session) == 1
    use_once(session, "security key", "old", source.now() + HOUR)
    with pytest.raises(UsedBefore):
        use_once(session, "security key", "new", source.now() + HOUR)


def test_of_sixteen_at_once_one_uses_it(session_factory: SessionFactory) -> None:
    def attempt(_number: int) -> bool:
        with session_factory() as session, session.begin():
            try:
                use_once(session, "security key", "a", session.source.now() + HOUR)
            except UsedBefore:
                return False
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1
