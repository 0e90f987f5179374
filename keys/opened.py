"""What one logged-in person can open, for the length of one request (design 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, bindparam, select, tuple_, update

from crypto.hybrid import KeyPair, open_with
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session
from keys.errors import GrantForged, NoKey
from keys.models import Grant, HolderGeneration, SealedForm
from keys.places import place_of_grant, place_of_previous, wrap_key_of
from keys.present_keys import is_in_force
from keys.public_keys import checked_key_in, checked_public_key, current_generation

# No database takes any number of values in one query.
HOLDERS_A_QUERY = 1000


class OpenedKeys:
    """A person's own secret, and through it the secrets of every holder whose grant this person has.

    Make a new one for each request: what was opened is kept in it, so a grant that is destroyed in between still
    counts until it is dropped. It shows nothing of itself.
    """

    __slots__ = ("_own", "_pair", "_secrets", "generation", "person_id")

    def __init__(self, person_id: UUID, generation: int, secret: Secret) -> None:
        """`secret` is that of the person's holder in its `generation`, out of the session row of the login."""
        self.person_id = person_id
        self.generation = generation
        self._own = secret
        self._pair: KeyPair | None = None
        self._secrets: dict[tuple[UUID, int], Secret] = {(person_id, generation): secret}

    def __repr__(self) -> str:
        return "OpenedKeys()"

    def secret(self, session: Session, holder_id: UUID, generation: int | None = None) -> Secret:
        """Return a holder's secret: of its newest generation, or of the one that is asked for.

        A grant that lies as it was sent is re-wrapped under the person's own wrap key. Raises `NoKey` when the person
        was not handed this generation or a later one, `GrantForged` when what was handed over is not the holder's
        secret, `crypto.errors.UnsealError` when a row was moved or changed.
        """
        wanted = generation if generation is not None else self._newest(session, holder_id)
        known = self._secrets.get((holder_id, wanted))
        if known is None:
            known = self._secrets[(holder_id, wanted)] = self._open(session, holder_id, wanted)
        return known

    def wrap_key(self, session: Session, holder_id: UUID, generation: int | None = None) -> Secret:
        """Return the key for what is in the holder's own keeping. Raises as `secret` does."""
        return wrap_key_of(self.secret(session, holder_id, generation))

    def key_pair(self, session: Session, holder_id: UUID, generation: int) -> KeyPair:
        """Return the pair that opens what was sealed to the holder in that generation. Raises as `secret` does."""
        return KeyPair.from_secret(self.secret(session, holder_id, generation))

    def preload(self, session: Session, holder_ids: Iterable[UUID]) -> set[UUID]:
        """Open what the person was handed of many holders, and return those of which there was something.

        It takes three queries for each thousand holders, so that a list takes as many as a single line; `secret` finds
        afterwards what was opened here. Raises as `secret` does, but for `NoKey`.
        """
        wanted = sorted(set(holder_ids))
        opened: set[UUID] = set()
        for first in range(0, len(wanted), HOLDERS_A_QUERY):
            opened |= self._preload(session, wanted[first : first + HOLDERS_A_QUERY])
        return opened

    def _preload(self, session: Session, holder_ids: list[UUID]) -> set[UUID]:
        statement = self._handed(session).where(Grant.holder_id.in_(holder_ids))
        grants = list(session.scalars(statement.execution_options(populate_existing=True)))
        as_sent = [grant for grant in grants if grant.form == SealedForm.SEALED]
        keys = _checked_public_keys(session, as_sent)
        for grant in grants:
            secret = self._secrets[(grant.holder_id, grant.generation)] = self._open_grant(grant)
            if grant.form == SealedForm.SEALED:
                _check_secret(secret, keys.get((grant.holder_id, grant.generation)))
        self._rewrap(session, as_sent)
        return {grant.holder_id for grant in grants}

    def can_open(self, session: Session, holder_id: UUID) -> bool:
        """Tell whether this person has the grant of the holder's newest generation, to choose what a page offers.

        It opens nothing and proves nothing: what needs the key calls `secret`.
        """
        newest = select(HolderGeneration.number).where(HolderGeneration.holder_id == holder_id)
        newest = newest.order_by(HolderGeneration.number.desc()).limit(1)
        found = self._grants(session, holder_id).where(Grant.generation == newest.scalar_subquery())
        return session.scalar(found.with_only_columns(Grant.id)) is not None

    def _newest(self, session: Session, holder_id: UUID) -> int:
        return self.generation if holder_id == self.person_id else current_generation(session, holder_id)

    def _open(self, session: Session, holder_id: UUID, generation: int) -> Secret:
        at_least = (
            self._grants(session, holder_id).where(Grant.generation >= generation).order_by(Grant.generation).limit(1)
        )
        grant = session.scalar(at_least.execution_options(populate_existing=True))
        if grant is None:
            raise NoKey
        secret = self._opened(session, grant)
        for number in range(grant.generation, generation, -1):
            secret = _open_previous(session, holder_id, number, secret)
        return secret

    def _opened(self, session: Session, grant: Grant) -> Secret:
        secret = self._open_grant(grant)
        if grant.form == SealedForm.SEALED:
            _check_secret(secret, checked_public_key(session, grant.holder_id, grant.generation))
            self._secrets[(grant.holder_id, grant.generation)] = secret
            self._rewrap(session, [grant])
        return secret

    def _grants(self, session: Session, holder_id: UUID) -> Select[Grant]:
        return self._handed(session).where(Grant.holder_id == holder_id)

    def _handed(self, session: Session) -> Select[Grant]:
        # Here the server holds back a substitute's key before its first day and after its last.
        return select(Grant).where(
            Grant.recipient_id == self.person_id,
            Grant.recipient_generation == self.generation,
            is_in_force(session),
        )

    def _open_grant(self, grant: Grant) -> Secret:
        place = _place_of(grant)
        if grant.form == SealedForm.WRAPPED:
            return Secret(unseal(wrap_key_of(self._own), grant.sealed, place))
        return Secret(open_with(self._own_pair(), grant.sealed, place))

    def _own_pair(self) -> KeyPair:
        if self._pair is None:
            self._pair = KeyPair.from_secret(self._own)
        return self._pair

    def _rewrap(self, session: Session, grants: list[Grant]) -> None:
        """Lay grants that have been opened under the person's own wrap key, in one statement."""
        if not grants:
            return
        key = wrap_key_of(self._own)
        rows = [
            {
                "grant_id": grant.id,
                "wrapped": seal(key, self._secrets[(grant.holder_id, grant.generation)].reveal(), _place_of(grant)),
            }
            for grant in grants
        ]
        table = Grant.__table__
        as_sent = update(Grant).where(table.c.id == bindparam("grant_id"), table.c.form == SealedForm.SEALED.value)
        session.connection().execute(as_sent.values(form=SealedForm.WRAPPED.value, sealed=bindparam("wrapped")), rows)


def _place_of(grant: Grant) -> Context:
    return place_of_grant(
        grant.id,
        holder_id=grant.holder_id,
        generation=grant.generation,
        recipient_id=grant.recipient_id,
        recipient_generation=grant.recipient_generation,
    )


def _check_secret(secret: Secret, public_key: bytes | None) -> None:
    """Anyone can seal to a public key: what arrived counts only if it is the secret behind the holder's public key."""
    if KeyPair.from_secret(secret).public_key != public_key:
        raise GrantForged


def _checked_public_keys(session: Session, grants: Iterable[Grant]) -> dict[tuple[UUID, int], bytes]:
    """The public keys behind which the secrets of some grants must lie. Raises `PublicKeyForged`."""
    wanted = {(grant.holder_id, grant.generation) for grant in grants}
    if not wanted:
        return {}
    statement = select(HolderGeneration).where(
        tuple_(HolderGeneration.holder_id, HolderGeneration.number).in_(sorted(wanted))
    )
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return {(row.holder_id, row.number): checked_key_in(session, row) for row in rows}


def _open_previous(session: Session, holder_id: UUID, generation: int, secret: Secret) -> Secret:
    row = session.get(HolderGeneration, (holder_id, generation))
    if row is None or row.previous_sealed is None:
        raise NoKey
    return Secret(unseal(wrap_key_of(secret), row.previous_sealed, place_of_previous(holder_id, generation)))
