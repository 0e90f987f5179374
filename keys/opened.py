"""What one logged-in person can open, for the length of one request (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select, update

from crypto.hybrid import KeyPair, open_with
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session
from keys.errors import GrantForged, NoKey
from keys.models import Grant, HolderGeneration, SealedForm
from keys.places import place_of_grant, place_of_previous, wrap_key_of
from keys.present_keys import is_in_force
from keys.public_keys import checked_public_key, current_generation


class OpenedKeys:
    """A person's own secret, and through it the secrets of every holder whose grant this person has.

    Make a new one for each request: what was opened is kept in it, so a grant that is destroyed in between still
    counts until it is dropped. It shows nothing of itself.
    """

    __slots__ = ("_own", "_secrets", "generation", "person_id")

    def __init__(self, person_id: UUID, generation: int, secret: Secret) -> None:
        """`secret` is that of the person's holder in its `generation`, out of the session row of the login."""
        self.person_id = person_id
        self.generation = generation
        self._own = secret
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
        secret = self._open_grant(session, grant)
        for number in range(grant.generation, generation, -1):
            secret = _open_previous(session, holder_id, number, secret)
        return secret

    def _grants(self, session: Session, holder_id: UUID) -> Select[Grant]:
        # Here the server holds back a substitute's key before its first day and after its last.
        return select(Grant).where(
            Grant.holder_id == holder_id,
            Grant.recipient_id == self.person_id,
            Grant.recipient_generation == self.generation,
            is_in_force(session),
        )

    def _open_grant(self, session: Session, grant: Grant) -> Secret:
        place = _place_of(grant)
        if grant.form == SealedForm.WRAPPED:
            return Secret(unseal(wrap_key_of(self._own), grant.sealed, place))
        secret = Secret(open_with(KeyPair.from_secret(self._own), grant.sealed, place))
        # Anyone can seal to a public key: what arrived counts only if it is the secret behind the holder's public key.
        if KeyPair.from_secret(secret).public_key != checked_public_key(session, grant.holder_id, grant.generation):
            raise GrantForged
        self._rewrap(session, grant, secret, place)
        return secret

    def _rewrap(self, session: Session, grant: Grant, secret: Secret, place: Context) -> None:
        wrapped = seal(wrap_key_of(self._own), secret.reveal(), place)
        as_sent = update(Grant).where(Grant.id == grant.id, Grant.form == SealedForm.SEALED)
        session.execute(as_sent.values(form=SealedForm.WRAPPED, sealed=wrapped))


def _place_of(grant: Grant) -> Context:
    return place_of_grant(
        grant.id,
        holder_id=grant.holder_id,
        generation=grant.generation,
        recipient_id=grant.recipient_id,
        recipient_generation=grant.recipient_generation,
    )


def _open_previous(session: Session, holder_id: UUID, generation: int, secret: Secret) -> Secret:
    row = session.get(HolderGeneration, (holder_id, generation))
    if row is None or row.previous_sealed is None:
        raise NoKey
    return Secret(unseal(wrap_key_of(secret), row.previous_sealed, place_of_previous(holder_id, generation)))
