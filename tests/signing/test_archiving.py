"""Once a year a timestamp over all that was signed; a change of anything under it is found (signing.md 9.2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from crypto.source import SeededSource
from database.session import Session, SessionFactory
from signing.archiving import Archived, archive_past_years, look_into_archive
from signing.errors import TimestampUnavailable
from signing.events import EventKind
from signing.models import ArchivedDocument, ArchiveTimestamp, RequestState, SigningEvent
from signing.timestamping import HttpTimestamper, Timestamper
from tests.signing.rows import bare_request
from tests.signing.signed_documents import authority, timestamper
from tests.signing.timestamp_services import make_stamping_authority, running_service, service_at
from tests.world import World

SUMMER = datetime(2027, 7, 1, 12, tzinfo=UTC)


class Archive:
    """What was signed, and the worker's visits to it; the clock says summer of 2027 at first."""

    def __init__(self, world: World, engine: Engine) -> None:
        self.world, self.session = world, world.session
        self.source = SeededSource("archive", SUMMER)
        self.factory = SessionFactory(engine, self.source, {})
        self.asked = 0

    def sign(self, words: bytes, *, state: RequestState = RequestState.DONE) -> None:
        """Have something signed now."""
        request = bare_request(self.world, state=state.value, ended_at=self.source.now())
        self.session.add(request)
        self.session.flush()
        self.session.add(
            SigningEvent(
                request_id=request.id,
                number=1,
                organisation_id=request.organisation_id,
                kind=EventKind.SEALED.value,
                happened_at=self.source.now(),
                details=json.dumps({"sha256": sha256(words).hexdigest(), "bytes": len(words)}),
                previous_hash=b"",
                hash=b"",
            )
        )
        self.session.commit()

    def stamp(self, service: Timestamper | None = None) -> int:
        """Let the worker come by."""
        return archive_past_years(self.factory, lambda _session: service or self._built_in())

    def later(self, days: int = 366) -> None:
        """Let so many days pass."""
        self.source.advance(timedelta(days=days))

    def found(self) -> list[tuple[int, int, bool]]:
        """What a check finds: of each timestamp its number, how many documents, and whether it is right."""
        with self.factory() as session:
            told: list[Archived] = look_into_archive(session, [authority().root])
        return [(one.number, one.documents, one.is_right) for one in told]

    def _built_in(self) -> Timestamper:
        self.asked += 1
        return timestamper(self.source)


@pytest.fixture
def archive(world: World, engine: Engine) -> Archive:
    world.session.commit()
    return Archive(world, engine)


@pytest.fixture
def two_years(archive: Archive) -> Archive:
    """Two documents of 2027 and one of 2028, stamped in the Januaries after."""
    for words in (b"first", b"second"):
        archive.sign(words)
    archive.later()
    assert archive.stamp() == 2
    archive.sign(b"third")
    archive.later()
    assert archive.stamp() == 1
    return archive


def digests(session: Session) -> list[bytes]:
    return list(
        session.scalars(
            select(ArchivedDocument.sha256).order_by(ArchivedDocument.archive_number, ArchivedDocument.position)
        )
    )


def test_what_was_signed_in_a_year_is_stamped_once_in_the_next(archive: Archive) -> None:
    archive.sign(b"plan")
    archive.sign(b"refused after the seal", state=RequestState.VOIDED)
    assert (archive.stamp(), archive.asked) == (0, 0), "the year is not over"

    archive.later()
    archive.sign(b"of the year that runs")
    assert (archive.stamp(), archive.stamp(), archive.asked) == (1, 0, 1)

    assert archive.found() == [(1, 1, True)]


def test_nothing_is_stamped_before_anything_was_signed(archive: Archive) -> None:
    archive.later()

    assert (archive.stamp(), archive.asked, archive.found()) == (0, 0, [])


def test_a_year_without_signatures_renews_the_timestamp_before(two_years: Archive) -> None:
    two_years.later()
    assert two_years.stamp() == 0
    assert two_years.stamp() == 0

    assert two_years.found() == [(1, 2, True), (2, 1, True), (3, 0, True)]


def exchanged_digest(session: Session) -> None:
    other = sha256(b"forged").digest()
    session.execute(update(ArchivedDocument).where(ArchivedDocument.position == 2).values(sha256=other))


def left_out(session: Session) -> None:
    session.execute(delete(ArchivedDocument).where(ArchivedDocument.position == 2))


def exchanged_event(session: Session) -> None:
    under_first = select(ArchivedDocument.request_id).where(ArchivedDocument.archive_number == 1)
    changed = update(SigningEvent).where(SigningEvent.request_id.in_(under_first))
    session.execute(changed.values(details=json.dumps({"sha256": sha256(b"forged").hexdigest(), "bytes": 6})))


def unreadable_event(session: Session) -> None:
    under_first = select(ArchivedDocument.request_id).where(ArchivedDocument.archive_number == 1)
    session.execute(update(SigningEvent).where(SigningEvent.request_id.in_(under_first)).values(details="[]"))


def unreadable_token(session: Session) -> None:
    session.execute(update(ArchiveTimestamp).where(ArchiveTimestamp.number == 1).values(token=b"\x30\x03abc"))


@pytest.mark.parametrize("change", [exchanged_digest, left_out, exchanged_event, unreadable_event])
def test_a_change_under_a_timestamp_is_found(two_years: Archive, change: object) -> None:
    assert callable(change)
    change(two_years.session)
    two_years.session.commit()

    assert two_years.found() == [(1, 1 if change is left_out else 2, False), (2, 1, True)]


def test_a_timestamp_that_was_made_anew_does_not_fit_the_one_after_it(two_years: Archive) -> None:
    """Who has the key of the service, and changes a year together with its token, meets the year after."""
    session = two_years.session
    exchanged_digest(session)
    forged = b"datakluis archive 1\0" + b"".join(digests(session)[:2])
    token = timestamper(two_years.source).token(forged)
    session.execute(update(ArchiveTimestamp).where(ArchiveTimestamp.number == 1).values(token=token))
    under_first = select(ArchivedDocument.request_id).where(ArchivedDocument.position == 2)
    session.execute(
        update(SigningEvent)
        .where(SigningEvent.request_id.in_(under_first))
        .values(details=json.dumps({"sha256": sha256(b"forged").hexdigest(), "bytes": 6}))
    )
    session.commit()

    assert two_years.found() == [(1, 2, True), (2, 1, False)]


def test_an_unreadable_token_is_wrong_and_so_is_what_follows(two_years: Archive) -> None:
    unreadable_token(two_years.session)
    two_years.session.commit()

    assert two_years.found() == [(1, 2, False), (2, 1, False)]


def test_a_timestamp_that_is_missing_is_found(two_years: Archive) -> None:
    two_years.session.execute(delete(ArchivedDocument).where(ArchivedDocument.archive_number == 1))
    two_years.session.execute(delete(ArchiveTimestamp).where(ArchiveTimestamp.number == 1))
    two_years.session.commit()

    assert two_years.found() == [(2, 1, False)]


def test_a_service_that_refuses_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    archive.sign(b"plan")
    archive.later()
    stamping = make_stamping_authority(tmp_path)
    with running_service(lambda _query: (503, b"")) as url, pytest.raises(TimestampUnavailable):
        archive.stamp(HttpTimestamper(service_at(url, stamping), archive.source))

    assert archive.found() == []
    assert archive.stamp() == 1
